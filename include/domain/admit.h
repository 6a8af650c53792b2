#ifndef SM_DOMAIN_ADMIT_H
#define SM_DOMAIN_ADMIT_H
/* Admission: decides once what becomes of a decoded, valid event. The decision is recorded and
 * never taken again (replay projects only). Pure: all that it looks at is handed in. */
#include "domain/project.h"
#include "domain/rejection.h"

enum sm_seen_where { SM_SEEN_NOWHERE, SM_SEEN_IN_LOG, SM_SEEN_IN_DEAD_LETTERS };
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
    struct sm_seen seen;
    const struct sm_stream *stream; /* the event's stream as it is now */
    const struct sm_client *client; /* the event's client as it is now; for SM_KIND_CLIENT the same
                                       state as in `stream`; versioned kinds need exists, status,
                                       tenant_mode and config_confirmed only */
    bool organization_taken; /* another client that is not archived has the organization id that
                                the client has, or that a registration asks for */
    bool feature_type_known; /* of versioned kinds with a feature type */
};

enum sm_verdict_kind { SM_VERDICT_FACT, SM_VERDICT_DUPLICATE, SM_VERDICT_REJECTED };
struct sm_verdict {
    enum sm_verdict_kind kind;
    struct sm_rejection rejection; /* of SM_VERDICT_REJECTED */
};

/* Order of the questions: time ahead, seen before (duplicate or conflict; a dead letter counts only
 * with the same content), client, rules of the type, expected version. A time in the last day of
 * the year 9999 is always too far ahead: later versions of the stream need times too.
 *
 *   type \ client          unknown         active, suspended             archived
 *   client.registered      fact (*)        CLIENT_EXISTS                 CLIENT_EXISTS
 *   client.status_changed  CLIENT_UNKNOWN  fact                          to active: fact (*),
 *                                                                        else CLIENT_ARCHIVED
 *   client.config_confirmed CLIENT_UNKNOWN fact or TENANT_MODE_DIFFERS   CLIENT_ARCHIVED
 *   other client.*         CLIENT_UNKNOWN  fact                          CLIENT_ARCHIVED
 *   feature_config.changed CLIENT_UNKNOWN  fact or FEATURE_TYPE_UNKNOWN  CLIENT_ARCHIVED
 *   feature_config.deact.  CLIENT_UNKNOWN  fact or NOTHING_ACTIVE        CLIENT_ARCHIVED
 *   (*) or ORGANIZATION_TAKEN */
void sm_admit(const struct sm_admission *admission, const struct sm_event *event,
              struct sm_verdict *out);

/* True if the event changes what the admission of other streams' events depends on (that a client
 * exists, its status, its gate): such a unit takes its client's bucket exclusively. */
bool sm_event_touches_gate(enum sm_event_type type);
#endif
