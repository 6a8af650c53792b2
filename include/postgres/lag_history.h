#ifndef SM_POSTGRES_LAG_HISTORY_H
#define SM_POSTGRES_LAG_HISTORY_H
/* What the dashboard keeps in PostgreSQL, and the documents that PostgreSQL makes for it.
 *
 * By the connection of sm_postgres_lag, with its bounds in time. Of each call: SM_OK; SM_RETRY: no
 * answer in time, and what was asked may have been done, so that it can be asked again; SM_FATAL:
 * refused, such as by a database that was not migrated. Texts of JSON are terminated. */
#include "base/buf.h"
#include "postgres/lag.h"

/* Adds points of 5 seconds and marks, both JSON arrays of what sql/queries/lag_history_write.sql
 * names. What is there already stays as it is. */
SM_MUST_CHECK enum sm_status sm_postgres_lag_write(struct sm_postgres_lag *lag, const char *points,
                                                   const char *marks, struct sm_err *err);
/* Makes what has aged coarser, and forgets what is too old. To be done once a minute. */
SM_MUST_CHECK enum sm_status sm_postgres_lag_thin(struct sm_postgres_lag *lag, struct sm_err *err);
/* Replaces `out` by the history of the last `span_s` seconds, in steps of 5, 60 or 1800. Steps that
 * are not known have no point. */
SM_MUST_CHECK enum sm_status sm_postgres_lag_read(struct sm_postgres_lag *lag, int step_s,
                                                  int span_s, struct sm_buf *out,
                                                  struct sm_err *err);
/* Replaces `out` by what waits, what was refused, commands, tenants and instances. */
SM_MUST_CHECK enum sm_status sm_postgres_lag_board(struct sm_postgres_lag *lag, struct sm_buf *out,
                                                   struct sm_err *err);
#endif
