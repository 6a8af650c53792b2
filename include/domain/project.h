#ifndef SM_DOMAIN_PROJECT_H
#define SM_DOMAIN_PROJECT_H
/* Projection: what an admitted event makes of its stream. Total, pure, of one stream only.
 *
 * It never rejects and never looks at another stream, at time or at options, so that replay gives
 * the same state with any later rules. Law: project(a + b) = project(project(a), b). */
#include "base/arena.h"
#include "base/err.h"
#include "domain/client.h"
#include "domain/row.h"

/* A stream's last version and its active one: one row of `heads`.
 *
 *   version     1        2        3  = version
 *   created_at  |--------|--------|  = last_at        active_at: created_at of the active version,
 *                        ^ active_at                  or SM_TIME_NONE when none is active */
struct sm_head {
    int32_t version; /* 0: the stream has no version yet */
    int64_t last_at;
    int64_t active_at; /* always SM_TIME_NONE in streams without an active version (client) */
};
#define SM_HEAD_EMPTY ((struct sm_head){ 0, SM_TIME_NONE, SM_TIME_NONE })

/* The state of one stream. `client` is meaningful for SM_KIND_CLIENT only, `row` for kinds that
 * have
 * a table (sm_kind_table). Versioned kinds are their log rows: there is nothing but the head. */
struct sm_stream {
    struct sm_head head;
    struct sm_client client;
    struct sm_row row;
};

/* The created_at that `event` gets in a stream with this head: its own time, made strictly
 * increasing (last_at + 1 us at the least), so that created_at orders versions. */
int64_t sm_created_at(const struct sm_head *head, int64_t event_time_us);

/* Only the head: all there is to do for versioned kinds (those of which one version is active:
 * feature_config, bom_config, client_schedule, scheduler_defaults). `created_at` is as
 * sm_created_at gave it
 * (live) or as the log has it (replay). */
void sm_project_head(struct sm_head *head, enum sm_event_type type, int64_t created_at);

/* The whole stream. Slices of the new state point into `event` or into the old state, so both must
 * live as long as it. */
void sm_project(struct sm_stream *stream, const struct sm_event *event, int64_t created_at);

/* The columns of the client or row that `event` changes, with their values in `before`, as
 * canonical
 * JSON in the arena: what audit_log shows as old values. Absent where there was no client or row,
 * and for versioned kinds (their old values are the version before). Of a row all columns whose
 * value differs afterwards, but updated_at. Of client.erased the mark (domain/erasure.h) stands
 * where
 * there was personal data, so that it is the same before and after. False: the arena is too
 * small. */
SM_MUST_CHECK bool sm_previous_values(const struct sm_stream *before, const struct sm_event *event,
                                      struct sm_arena *arena, struct sm_slice *out);
#endif
