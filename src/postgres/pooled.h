#ifndef SM_POSTGRES_POOLED_H
#define SM_POSTGRES_POOLED_H
/* Is a connection a session of its own? Through a pooler that hands out PostgreSQL's sessions by
 * transaction (PgBouncer's pool_mode=transaction) it is not, and nothing here could be right:
 * settings (the search path, and who may write to the tables) would be left to strangers, prepared
 * statements and the lock of `migrate` would be on another session than they are looked for, and
 * the session that a take-over ends would be a stranger's. */
#include <libpq-fe.h>

#include "postgres/client.h"

/* To be asked before anything of the session is set. Costs one question where there is no pooler;
 * else it opens a second connection to compare with, and closes it. SM_OK: a session of its own,
 * also through a pooler that pools by session. SM_FATAL: it is not. SM_RETRY: not to be told now.
 */
SM_MUST_CHECK enum sm_status sm__pooled_check(PGconn *conn, const struct sm_postgres_client *client,
                                              struct sm_err *err);
#endif
