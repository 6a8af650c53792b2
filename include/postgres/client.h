#ifndef SM_POSTGRES_CLIENT_H
#define SM_POSTGRES_CLIENT_H
/* What every connection with PostgreSQL needs: where the database is, and how long to wait for it.
 *
 * Zero times mean the default. Names are resolved by libpq, which blocks while it does: give
 * hostaddr where that hurts. */
#include "base/err.h"

#define SM_POSTGRES_CONNECT_MS        10000
#define SM_POSTGRES_CALL_MS           120000
#define SM_POSTGRES_LOCK_MS           10000
#define SM_POSTGRES_IDLE_MS           10000
#define SM_POSTGRES_TAKE_OVER_LOCK_MS 1000

struct sm_postgres_client {
    const char *conninfo; /* libpq connection string or URI; what it leaves out comes from PG… */
    const char *application_name; /* as pg_stat_activity shows it */
    int connect_timeout_ms;       /* until the session is ready */
    int call_timeout_ms;          /* of one call of the store: then the session is given up */
    int lock_timeout_ms;          /* how long a statement waits for a lock; then SM_RETRY */
    int idle_timeout_ms; /* idle_in_transaction_session_timeout: PostgreSQL ends the session of a
                            process that is frozen inside a transaction */
    int take_over_lock_timeout_ms; /* how long a take-over waits for the previous owner's
                                      transaction before that session is terminated */
};
#endif
