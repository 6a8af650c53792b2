/* Telling a session of one's own from a pooled one. */
#include "postgres/pooled.h"

#include <poll.h>

#include "postgres/blocking.h"
#include "postgres/get.h"
#include "postgres/sqlstate.h"

/* Each round in which two connections look like two sessions by chance needs a stranger who takes
 * the very session that we have just given back, at the right moment. */
#define ROUNDS 8

/* A pooler whose sessions are all taken keeps us waiting without a word. */
static bool await_answer(PGconn *conn, int timeout_ms)
{
    struct pollfd wait = { .fd = PQsocket(conn), .events = POLLIN };

    while (PQisBusy(conn)) {
        if (poll(&wait, 1, timeout_ms) <= 0)
            return false;
        if (!PQconsumeInput(conn)) /* the connection broke: its result says so */
            return true;
    }
    return true;
}

static enum sm_status ask(PGconn *conn, int timeout_ms, int *pid, struct sm_err *err)
{
    enum sm_status status = SM_OK;
    PGresult *result;

    if (!PQsendQueryParams(conn, "SELECT pg_backend_pid()", 0, NULL, NULL, NULL, NULL, 1))
        return sm__err_of_connection(conn, false, err);
    if (!await_answer(conn, timeout_ms))
        return sm_err_set(err, SM_RETRY, SM_FROM_POSTGRES,
                          "the pooler before PostgreSQL gave us no session within %d ms; hint: it "
                          "needs one for each of --writers, and two for a moment at the start",
                          timeout_ms);
    result = PQgetResult(conn);
    if (PQresultStatus(result) == PGRES_TUPLES_OK)
        *pid = sm__get_i32(result, 0, 0);
    else if (PQstatus(conn) == CONNECTION_OK)
        status = sm__err_of_result(result, false, err);
    else
        status = sm__err_of_connection(conn, false, err);
    PQclear(result);
    while ((result = PQgetResult(conn)) != NULL)
        PQclear(result);
    return status;
}

static enum sm_status refuse(struct sm_err *err)
{
    return sm_err_set(
        err, SM_FATAL, SM_FROM_POSTGRES,
        "a pooler that pools by transaction is between us and PostgreSQL: settings, prepared "
        "statements and locks would be on other sessions than ours; hint: connect to PostgreSQL "
        "itself, or let the pooler pool this database by session (PgBouncer: pool_mode=session)");
}

/* Sessions of their own keep their number, and no two have the same. */
static enum sm_status compare(PGconn *conn, PGconn *other, int timeout_ms, struct sm_err *err)
{
    int first[2] = { 0, 0 };
    enum sm_status status = SM_OK;

    for (int round = 0; status == SM_OK && round < ROUNDS; round++) {
        int now[2] = { 0, 0 };

        status = ask(conn, timeout_ms, &now[0], err);
        if (status == SM_OK)
            status = ask(other, timeout_ms, &now[1], err);
        if (status != SM_OK)
            return status;
        if (round == 0)
            memcpy(first, now, sizeof(first));
        if (now[0] == now[1] || now[0] != first[0] || now[1] != first[1])
            return refuse(err);
    }
    return status;
}

enum sm_status sm__pooled_check(PGconn *conn, const struct sm_postgres_client *client,
                                struct sm_err *err)
{
    int ms = sm__blocking_connect_ms(client), pid = 0;
    enum sm_status status = ask(conn, ms, &pid, err);
    PGconn *other = NULL;

    /* Who stands in between makes up the number that it gives to a client. */
    if (status != SM_OK || pid == PQbackendPID(conn))
        return status;
    status = sm__blocking_connect(client, &other, err);
    if (status == SM_OK)
        status = compare(conn, other, ms, err);
    PQfinish(other);
    return status;
}
