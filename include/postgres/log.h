#ifndef SM_POSTGRES_LOG_H
#define SM_POSTGRES_LOG_H
/* The log port on PostgreSQL: server-side cursors in one REPEATABLE READ READ ONLY transaction, so
 * that all scans see the same moment. Blocking; each scan holds one fetch of rows in memory. */
#include "ports/log.h"
#include "postgres/client.h"

/* Connects and begins the transaction. SM_OK and a log that the caller closes; SM_RETRY;
 * SM_FATAL. */
SM_MUST_CHECK enum sm_status sm_postgres_log_open(const struct sm_postgres_client *client,
                                                  struct sm_log **out, struct sm_err *err);
#endif
