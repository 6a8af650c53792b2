#ifndef SM_ENGINE_REBUILD_H
#define SM_ENGINE_REBUILD_H
/* Makes tables what the log says they are, while writers go on.
 *
 *   look ──► catch up ──► lock ──► catch up ──► apply
 *
 * It looks as verify does, range by range, and keeps what the log says of each stream whose rows
 * differ. A stream that went on meanwhile is looked at again; a row that was right stays right,
 * since writers project as the log does. With writers kept out the few that are left are looked at
 * once more, and then all is applied as plain rows in that one short transaction: no table is
 * swapped, so whatever hangs on them lives on. Publishes nothing and admits nothing. */
#include "engine/verify.h"
#include "ports/repair.h"

struct sm_rebuild_scope {
    const struct sm_uuid *client; /* borrowed; NULL: all */
    uint32_t kinds; /* of streams: 1 << enum sm_kind each */
    bool heads_only; /* rows in other tables are not looked at */
};
/* The scope of one table, or of the streams that one type of event belongs to. False: nothing that
 * is rebuilt has this name. */
bool sm_rebuild_scope_table(const char *table, struct sm_rebuild_scope *out);
void sm_rebuild_scope_type(enum sm_event_type type, struct sm_rebuild_scope *out);
void sm_rebuild_scope_all(struct sm_rebuild_scope *out);
/* In words that stay the same for the same scope. */
void sm_rebuild_scope_words(const struct sm_rebuild_scope *scope, char *out, size_t size);

struct sm_rebuild_result {
    struct sm_verify_result looked; /* of what was looked at this time */
    bool resumed;
    bool anything; /* there are corrections */
    uint64_t again; /* clients that were looked at again */
    struct sm_repair_result repair; /* meaningful once applied */
};

/* The first half: finds what differs and keeps it. SM_OK; SM_REJECT: see `begin`, or the log itself
 * is damaged: to follow it would spread the damage; SM_RETRY; SM_FATAL. */
SM_MUST_CHECK enum sm_status sm_rebuild_find(struct sm_log *log, struct sm_repair *repair,
                                             const struct sm_rebuild_scope *scope,
                                             const struct sm_verify_sink *sink,
                                             struct sm_rebuild_result *out, struct sm_err *err);
/* The second half: applies it. As above. */
SM_MUST_CHECK enum sm_status sm_rebuild_apply(struct sm_log *log, struct sm_repair *repair,
                                              const struct sm_rebuild_scope *scope,
                                              const struct sm_repair_author *author,
                                              const struct sm_verify_sink *sink,
                                              struct sm_rebuild_result *out, struct sm_err *err);
#endif
