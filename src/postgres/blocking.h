#ifndef SM_POSTGRES_BLOCKING_H
#define SM_POSTGRES_BLOCKING_H
/* A connection of the commands that may wait: migrate, verify. */
#include <libpq-fe.h>

#include "postgres/client.h"

/* Connects, makes sure that the session is our own (postgres/pooled.h), and sets the search path,
 * UTC, and `lock_timeout` to the call's time. SM_OK, SM_RETRY or SM_FATAL. */
enum sm_status sm__blocking_open(const struct sm_postgres_client *client, PGconn **out,
                                 struct sm_err *err);
/* The first half of it: connects, and sets nothing. */
enum sm_status sm__blocking_connect(const struct sm_postgres_client *client, PGconn **out,
                                    struct sm_err *err);
/* The client's time to connect, or the default. */
int sm__blocking_connect_ms(const struct sm_postgres_client *client);
/* Runs SQL text, of one statement or several. SM_OK; else as sm__err_of_result, but a refused value
 * is SM_FATAL, there being no record to refuse. */
enum sm_status sm__blocking_run(PGconn *conn, const char *sql, struct sm_err *err);
/* The same for one statement with a result in binary, which the caller clears. */
enum sm_status sm__blocking_query(PGconn *conn, const char *sql, PGresult **out,
                                  struct sm_err *err);
/* The same with parameters as text; NULL is NULL. */
struct sm__blocking_values {
    const char *const *texts;
    int count;
};
enum sm_status sm__blocking_ask(PGconn *conn, const char *sql,
                                const struct sm__blocking_values *values, PGresult **out,
                                struct sm_err *err);
struct sm__params; /* postgres/params.h */
/* Runs one statement without a result that anybody wants, with these parameters, which are empty
 * afterwards. */
enum sm_status sm__blocking_put(PGconn *conn, const char *sql, struct sm__params *params,
                                struct sm_err *err);
#endif
