#ifndef SM_POSTGRES_LAG_PRIV_H
#define SM_POSTGRES_LAG_PRIV_H
/* The connection that lag and its history are asked by. */
#include "postgres/blocking.h"
#include "postgres/lag.h"

struct sm_postgres_lag {
    const struct sm_postgres_client *client;
    PGconn *conn; /* NULL: none is open */
};

/* Opens the connection unless it is open. SM_OK, SM_RETRY or SM_FATAL. */
SM_MUST_CHECK enum sm_status sm__lag_connect(struct sm_postgres_lag *lag, struct sm_err *err);
/* After an error, when where it stands is not known. */
void sm__lag_disconnect(struct sm_postgres_lag *lag);
/* One of sql/queries, on the open connection, for the client's time to connect at the most. SM_OK
 * and a result in binary that the caller clears; SM_RETRY: no answer in time; SM_FATAL: refused. */
SM_MUST_CHECK enum sm_status sm__lag_query(struct sm_postgres_lag *lag, const char *name,
                                           const struct sm__blocking_values *values, PGresult **out,
                                           struct sm_err *err);
#endif
