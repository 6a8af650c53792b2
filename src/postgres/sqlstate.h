#ifndef SM_POSTGRES_SQLSTATE_H
#define SM_POSTGRES_SQLSTATE_H
/* What PostgreSQL says of a failure, as our errors. */
#include <libpq-fe.h>

#include "postgres/judge.h"

/* Fills `err` from a failed result: PostgreSQL's sentence, detail and hint; err->native as
 * ports/store.h says. Returns the status. */
enum sm_status sm__err_of_result(const PGresult *result, bool proven, struct sm_err *err);
/* The same from a connection that broke or could not be made: its verbose text has the SQLSTATE. */
enum sm_status sm__err_of_connection(const PGconn *conn, bool proven, struct sm_err *err);
#endif
