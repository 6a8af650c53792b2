/* A connection that may wait. */
#include "postgres/blocking.h"

#include <poll.h>

#include "postgres/params.h"
#include "postgres/pooled.h"
#include "postgres/sqlstate.h"

static void ignore_notice(void *context, const char *text)
{
    (void)context;
    (void)text;
}

static enum sm_status set_up(PGconn *conn, const struct sm_postgres_client *client,
                             struct sm_err *err)
{
    int ms = client->call_timeout_ms > 0 ? client->call_timeout_ms : SM_POSTGRES_CALL_MS;
    char sql[256];

    (void)snprintf(
        sql, sizeof(sql),
        "SET search_path = public, pg_temp; SET TimeZone = 'UTC'; SET statement_timeout = 0;"
        " SET secretmagic.writer = 'projector'; SET lock_timeout = %d",
        ms);
    return sm__blocking_run(conn, sql, err);
}

/* libpq's blocking way to connect shows no SQLSTATE, by which a wrong password is told from a
 * server that is starting. */
static bool await_connection(PGconn *conn, int timeout_ms)
{
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;

    while (PQstatus(conn) != CONNECTION_BAD) {
        struct pollfd wait = { .fd = PQsocket(conn),
                               .events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT };

        if (poll(&wait, 1, timeout_ms) <= 0)
            return false;
        state = PQconnectPoll(conn);
        if (state == PGRES_POLLING_OK || state == PGRES_POLLING_FAILED)
            return state == PGRES_POLLING_OK;
    }
    return false;
}

int sm__blocking_connect_ms(const struct sm_postgres_client *client)
{
    return client->connect_timeout_ms > 0 ? client->connect_timeout_ms : SM_POSTGRES_CONNECT_MS;
}

enum sm_status sm__blocking_connect(const struct sm_postgres_client *client, PGconn **out,
                                    struct sm_err *err)
{
    const char *const keywords[] = { "dbname", "application_name", "client_encoding", NULL };
    const char *const values[] = { client->conninfo, client->application_name, "UTF8", NULL };
    PGconn *conn = PQconnectStartParams(keywords, values, 1);
    enum sm_status status;

    if (conn == NULL)
        return sm_err_set(err, SM_RETRY, SM_FROM_OS, "out of memory for a PostgreSQL connection");
    (void)PQsetNoticeProcessor(conn, ignore_notice, NULL);
    (void)PQsetErrorVerbosity(conn, PQERRORS_VERBOSE); /* shows the SQLSTATE while connecting */
    if (await_connection(conn, sm__blocking_connect_ms(client))) {
        *out = conn;
        return SM_OK;
    }
    status = sm__err_of_connection(conn, false, err);
    PQfinish(conn);
    return status;
}

enum sm_status sm__blocking_open(const struct sm_postgres_client *client, PGconn **out,
                                 struct sm_err *err)
{
    PGconn *conn = NULL;
    enum sm_status status = sm__blocking_connect(client, &conn, err);

    if (status == SM_OK)
        status = sm__pooled_check(conn, client, err);
    if (status == SM_OK)
        status = set_up(conn, client, err);
    if (status == SM_OK)
        *out = conn;
    else
        PQfinish(conn);
    return status;
}

static enum sm_status judge(PGconn *conn, const PGresult *result, struct sm_err *err)
{
    enum sm_status status;

    if (PQresultStatus(result) == PGRES_TUPLES_OK || PQresultStatus(result) == PGRES_COMMAND_OK)
        return SM_OK;
    if (PQstatus(conn) != CONNECTION_OK)
        status = sm__err_of_connection(conn, true, err);
    else
        status = sm__err_of_result(result, false, err);
    if (status != SM_RETRY)
        status = SM_FATAL;
    if (err != NULL)
        err->status = status;
    return status;
}

enum sm_status sm__blocking_run(PGconn *conn, const char *sql, struct sm_err *err)
{
    PGresult *result = PQexec(conn, sql);
    enum sm_status status = judge(conn, result, err);

    PQclear(result);
    return status;
}

enum sm_status sm__blocking_query(PGconn *conn, const char *sql, PGresult **out, struct sm_err *err)
{
    const struct sm__blocking_values none = { NULL, 0 };

    return sm__blocking_ask(conn, sql, &none, out, err);
}

enum sm_status sm__blocking_ask(PGconn *conn, const char *sql,
                                const struct sm__blocking_values *values, PGresult **out,
                                struct sm_err *err)
{
    PGresult *result = PQexecParams(conn, sql, values->count, NULL, values->texts, NULL, NULL, 1);
    enum sm_status status = judge(conn, result, err);

    if (status == SM_OK)
        *out = result;
    else
        PQclear(result);
    return status;
}

enum sm_status sm__blocking_put(PGconn *conn, const char *sql, struct sm__params *params,
                                struct sm_err *err)
{
    PGresult *result;
    enum sm_status status;

    if (!sm__params_end(params))
        return sm_err_set(err, SM_RETRY, SM_FROM_OS, "out of memory for a statement's parameters");
    result = PQexecParams(conn, sql, params->count, NULL, params->values, params->lengths,
                          params->formats, 1);
    status = judge(conn, result, err);
    PQclear(result);
    sm__params_reset(params);
    return status;
}
