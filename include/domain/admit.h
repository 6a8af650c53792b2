#ifndef SM_DOMAIN_ADMIT_H
#define SM_DOMAIN_ADMIT_H
/* Admission: decides once what becomes of a decoded, valid event. The decision is recorded and
 * never taken again (replay projects only). Pure: all that it looks at is handed in. */
#include "domain/digest.h"
#include "domain/project.h"
#include "domain/rejection.h"
#include "domain/wait.h"

enum sm_seen_where {
    SM_SEEN_NOWHERE,
    SM_SEEN_IN_LOG, /* the log, or processing_logs */
    SM_SEEN_PARKED, /* it waits: counts as seen, like the log */
    SM_SEEN_IN_DEAD_LETTERS
};
/* What is known of the event's id within its client. */
struct sm_seen {
    enum sm_seen_where where;
    struct sm_digest content_hash; /* of what was seen; several dead letters may share an id: then
                                      the one with the event's own content, if there is one */
};

struct sm_admission_options {
    int64_t time_ahead_max_us; /* how far event time may lie ahead of the record's timestamp */
};

struct sm_admission {
    const struct sm_admission_options *options;
    int64_t record_time_us; /* the record's own timestamp; SM_TIME_NONE: has none, no check */
    enum sm_cause
        cause; /* LIVE; RELEASED; of a dead letter RETRIED or FORCED; EXPIRED: nobody waits
                            for it any more */
    struct sm_seen seen;
    const struct sm_stream *stream; /* the event's stream as it is now */
    struct sm_client_brief client; /* the event's client as it is now; for SM_KIND_CLIENT that of
                                      `stream`; of no meaning for global types and log lines */
    bool organization_taken; /* another client keeps (domain/client.h) the organization id that
                                the client has, or that a registration asks for */
    struct sm_reference_state references[SM_REFERENCES_MAX]; /* as sm_event_references has them */
    bool stream_waits; /* events of its own stream wait before it */
    bool gated_waits; /* gated events of its client and partition wait before it */
    struct sm_arena *arena; /* for checking a config by rules; given back afterwards */
};

enum sm_verdict_kind {
    SM_VERDICT_FACT, /* of log.recorded: a line for processing_logs */
    SM_VERDICT_DUPLICATE,
    SM_VERDICT_PARKED,
    SM_VERDICT_REJECTED
};
struct sm_verdict {
    enum sm_verdict_kind kind;
    struct sm_rejection rejection; /* of SM_VERDICT_REJECTED */
    struct sm_wait wait; /* of SM_VERDICT_PARKED; points into the event */
};

/* EXPIRED is rejected as PARKED_EXPIRED without further question. Of all causes but
 * LIVE, dead letters do not count as seen; RETRIED is rejected as STATE_NEWER if its stream has a
 * version that
 * is not older (head.last_at >= the event's time), after all other questions.
 * Order of the questions: time ahead, seen before (duplicate or conflict; a dead letter counts only
 * with the same content), client, references, gate, queue, rules of the type, expected version. A
 * time in the last day of the year 9999 is always too far ahead: later versions need times too.
 *
 *   type \ client           unknown      active, suspended              archived
 *   client.registered       fact (1)     CLIENT_EXISTS                  CLIENT_EXISTS
 *   client.status_changed   parked       fact                           to active: fact (1),
 *                                                                       else CLIENT_ARCHIVED
 *   client.config_confirmed parked       fact or TENANT_MODE_DIFFERS    CLIENT_ARCHIVED
 *   client.erased           parked       fact                           fact
 *   tenant.command_applied,
 *   tenant.command_failed   parked (4)   fact, or parked (4)            as left
 *   other tenant.*          parked       fact, or as sm_tenant_allows   as left
 *   other client.*          parked       fact                           CLIENT_ARCHIVED
 *   *_config.changed,
 *   client_schedule.changed parked       fact, parked (2), or its rules CLIENT_ARCHIVED
 *   *.deactivated           parked       fact or NOTHING_ACTIVE         CLIENT_ARCHIVED
 *   gated types             parked       parked unless the gate is      CLIENT_ARCHIVED
 *                                        open; then as below
 *   log.recorded            fact         fact                           fact
 *   global types            fact or TIME_ZONE_UNKNOWN: they have no client
 *   (1) or ORGANIZATION_TAKEN   (2) for a feature type or data type that is not defined
 *   (4) for its command, if that is not known: it holds up nothing, and nothing holds it up
 *
 *   state of its stream     none             running          ended
 *   batch.started           fact             BATCH_EXISTS     BATCH_EXISTS
 *   batch.completed, failed BATCH_UNKNOWN    fact             BATCH_ENDED
 *   bom_explosion.started   fact             fact (3)         fact
 *   bom_explosion.completed,
 *   failed                  RUN_NOT_ACTIVE   fact             RUN_NOT_ACTIVE
 *   feature.created         fact: defined, or defined anew
 *   (3) A run that died without a word must not block its client for ever: the new one takes its
 *   place, and the log keeps both. */
void sm_admit(const struct sm_admission *admission, const struct sm_event *event,
              struct sm_verdict *out);

/* True if the event changes what the admission of other streams' events depends on (that a client
 * exists, its status, its gate; that a reference is defined): such a unit takes its client's bucket
 * exclusively, which of global types is the nil UUID's. */
bool sm_event_touches_gate(enum sm_event_type type);
#endif
