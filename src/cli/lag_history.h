#ifndef SM_CLI_LAG_HISTORY_H
#define SM_CLI_LAG_HISTORY_H
/* What the dashboard tells besides the present: history, kept in PostgreSQL, and the board of what
 * waits. Of the sampler's thread alone.
 *
 * What was seen while PostgreSQL is away is kept for a quarter of an hour, and written when it is
 * back. What PostgreSQL answered last stays told; it says itself from when it is. */
#include "codec/lag_snapshot.h"
#include "postgres/lag_history.h"

#define SM__LAG_RANGES 3 /* 15 minutes, 6 hours, 7 days */

struct sm__lag_history;
/* `database` and `instance` outlive it. Waits for nothing. NULL: no memory. */
struct sm__lag_history *sm__lag_history_create(struct sm_postgres_lag *database,
                                               const char *instance);
void sm__lag_history_destroy(struct sm__lag_history *history);
/* Takes note of a look. False when memory cannot be had; then it is missing. */
SM_MUST_CHECK bool sm__lag_history_note(struct sm__lag_history *history,
                                        const struct sm_lag_snapshot *snapshot);
/* Writes what is not written yet, and asks for what is due; only where PostgreSQL has just
 * answered. SM_OK; else as include/postgres/lag_history.h says, and it is tried again later. */
SM_MUST_CHECK enum sm_status sm__lag_history_sync(struct sm__lag_history *history,
                                                  struct sm_err *err);
/* Terminated JSON, until the next sync; NULL: it is not known yet. */
const char *sm__lag_history_board(const struct sm__lag_history *history);
struct sm_slice sm__lag_history_range(const struct sm__lag_history *history, int range);
#endif
