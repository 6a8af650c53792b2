/* Positions and what waits, for `lag`. */
#include "postgres/lag.h"

#include <poll.h>
#include <stdlib.h>

#include "base/clock.h"
#include "postgres/lag_priv.h"
#include "postgres/get.h"
#include "postgres/sqlstate.h"
#include "postgres/statements.h"

struct sm_postgres_lag *sm_postgres_lag_create(const struct sm_postgres_client *client)
{
    struct sm_postgres_lag *lag = calloc(1, sizeof(*lag));

    if (lag != NULL)
        lag->client = client;
    return lag;
}

void sm_postgres_lag_destroy(struct sm_postgres_lag *lag)
{
    if (lag == NULL)
        return;
    PQfinish(lag->conn);
    free(lag);
}

/* A server that is frozen answers nothing and breaks no connection: the wait must end by itself. */
static bool await_result(PGconn *conn, int timeout_ms)
{
    int64_t deadline_us = sm_monotonic_us() + (int64_t)timeout_ms * 1000;

    while (PQisBusy(conn)) {
        struct pollfd wait = { .fd = PQsocket(conn), .events = POLLIN };
        int64_t left_us = deadline_us - sm_monotonic_us();

        if (left_us <= 0)
            return false;
        if (poll(&wait, 1, (int)(left_us / 1000) + 1) > 0 && PQconsumeInput(conn) != 1)
            return true; /* broken: the result tells how */
    }
    return true;
}

static enum sm_status take_result(PGconn *conn, PGresult **out, struct sm_err *err)
{
    PGresult *result = PQgetResult(conn), *next;
    enum sm_status status = SM_OK;

    while ((next = PQgetResult(conn)) != NULL) /* the end of the answer; it is there by now */
        PQclear(next);
    if (PQstatus(conn) != CONNECTION_OK)
        status = sm__err_of_connection(conn, true, err);
    else if (PQresultStatus(result) != PGRES_TUPLES_OK)
        status = sm__err_of_result(result, false, err);
    if (status == SM_OK)
        *out = result;
    else
        PQclear(result);
    return status == SM_OK || status == SM_RETRY ? status : SM_FATAL;
}

enum sm_status sm__lag_query(struct sm_postgres_lag *lag, const char *name,
                             const struct sm__blocking_values *values, PGresult **out,
                             struct sm_err *err)
{
    int timeout_ms = sm__blocking_connect_ms(lag->client);

    if (PQsendQueryParams(lag->conn, sm__query_text(name), values->count, NULL, values->texts, NULL,
                          NULL, 1) != 1)
        return sm__err_of_connection(lag->conn, true, err);
    if (!await_result(lag->conn, timeout_ms))
        return sm_err_set(err, SM_RETRY, SM_FROM_POSTGRES, "PostgreSQL did not answer within %d ms",
                          timeout_ms);
    return take_result(lag->conn, out, err);
}

enum sm_status sm__lag_connect(struct sm_postgres_lag *lag, struct sm_err *err)
{
    return lag->conn != NULL ? SM_OK : sm__blocking_open(lag->client, &lag->conn, err);
}

void sm__lag_disconnect(struct sm_postgres_lag *lag)
{
    PQfinish(lag->conn);
    lag->conn = NULL;
}

static enum sm_postgres_owned read_owned(const PGresult *result, int row, int column)
{
    if (sm__get_null(result, row, column))
        return SM_OWNED_UNKNOWN;
    return sm__get_bool(result, row, column) ? SM_OWNED : SM_OWNED_NOT;
}

static void give_rows(const PGresult *result, const struct sm_postgres_lag_sink *sink)
{
    for (int row = 0; row < PQntuples(result); row++) {
        const struct sm_postgres_lag_row given = {
            .topic = sm__view_slice(result, row, 0),
            .partition = sm__get_i32(result, row, 1),
            .next_offset = sm__get_i64(result, row, 2),
            .recorded_at_us = sm__get_time(result, row, 3),
            .taken_at_us = sm__get_time(result, row, 4),
            .lost = sm__get_i64(result, row, 5),
            .owner = sm__view_slice(result, row, 6),
            .stopped = sm__view_slice(result, row, 7),
            .waits = sm__view_slice(result, row, 8),
            .owned = read_owned(result, row, 9),
        };

        sink->row(sink->context, &given);
    }
}

static const struct sm__blocking_values nothing = { NULL, 0 };

static enum sm_status ask_positions(struct sm_postgres_lag *lag,
                                    const struct sm_postgres_lag_sink *sink, struct sm_err *err)
{
    PGresult *result = NULL;
    enum sm_status status = sm__lag_query(lag, "lag_positions", &nothing, &result, err);

    if (status == SM_OK)
        give_rows(result, sink);
    PQclear(result);
    return status;
}

static enum sm_status ask_rooms(struct sm_postgres_lag *lag, struct sm_postgres_lag_rooms *rooms,
                                struct sm_err *err)
{
    PGresult *result = NULL;
    enum sm_status status = sm__lag_query(lag, "lag_rooms", &nothing, &result, err);

    if (status == SM_OK)
        *rooms = (struct sm_postgres_lag_rooms){
            .parked = sm__get_i64(result, 0, 0),
            .parked_age_us = sm__get_i64(result, 0, 1),
            .dead_letters = sm__get_i64(result, 0, 2),
            .dead_letters_age_us = sm__get_i64(result, 0, 3),
        };
    PQclear(result);
    return status;
}

/* Nobody has consumed into a database that was never migrated, and that is known. */
static bool is_no_table(const struct sm_err *err)
{
    return strcmp(err->sqlstate, "42P01") == 0;
}

static enum sm_status ask_all(struct sm_postgres_lag *lag, const struct sm_postgres_lag_sink *sink,
                              struct sm_postgres_lag_rooms *rooms, struct sm_err *err)
{
    enum sm_status status = sm__lag_connect(lag, err);

    if (status == SM_OK)
        status = ask_positions(lag, sink, err);
    return status == SM_OK ? ask_rooms(lag, rooms, err) : status;
}

enum sm_status sm_postgres_lag_ask(struct sm_postgres_lag *lag,
                                   const struct sm_postgres_lag_sink *sink,
                                   struct sm_postgres_lag_rooms *rooms, struct sm_err *err)
{
    struct sm_err failure = { .text = "" };
    enum sm_status status;

    *rooms = (struct sm_postgres_lag_rooms){ 0, -1, 0, -1 };
    status = ask_all(lag, sink, rooms, &failure);
    if (status == SM_OK)
        return SM_OK;
    sm__lag_disconnect(lag); /* where it stands is not known */
    if (is_no_table(&failure))
        return SM_OK;
    *err = failure;
    return status;
}
