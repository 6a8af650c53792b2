/* Looks into the waiting room for `parked` and `status`. */
#include "postgres/parked_inspect.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/limits.h"
#include "postgres/blocking.h"
#include "postgres/get.h"
#include "postgres/statements.h"

#define NUMBER_SIZE 24

/* Columns of inspect_parked.sql and inspect_parked_one.sql, which begin alike. */
static void read_view(const PGresult *result, int row, struct sm_parked_view *out)
{
    *out = (struct sm_parked_view){
        .id = sm__get_i64(result, row, 0),
        .state = sm__view_slice(result, row, 1),
        .waits_for = sm__view_slice(result, row, 2),
        .waits_code = sm__view_slice(result, row, 3),
        .gated = sm__get_bool(result, row, 4),
        .kind = sm__view_slice(result, row, 6),
        .key = sm__view_slice(result, row, 7),
        .type = sm__view_slice(result, row, 8),
        .topic = sm__view_slice(result, row, 10),
        .partition = sm__get_i32(result, row, 11),
        .offset = sm__get_i64(result, row, 12),
        .recorded_at = sm__get_time(result, row, 13),
        .age_us = sm__get_i64(result, row, 14),
        .total = sm__get_i64(result, row, 15),
    };
    sm__get_uuid(result, row, 5, &out->client_id);
    sm__get_uuid(result, row, 9, &out->event_id);
}

static void read_rest(const PGresult *result, struct sm_parked_view *out)
{
    out->first_wait = sm__view_slice(result, 0, 16);
    out->ledger_seq = sm__get_i64(result, 0, 17);
    out->record_time = sm__get_time(result, 0, 18);
    out->resolved_at = sm__get_time(result, 0, 19);
    out->resolved_seq = sm__get_null(result, 0, 20) ? 0 : sm__get_i64(result, 0, 20);
    out->record_key = sm__view_slice(result, 0, 21);
    out->record_value = sm__view_slice(result, 0, 22);
    out->is_erased = !sm__get_null(result, 0, 23);
    if (out->is_erased)
        sm__get_uuid(result, 0, 23, &out->erased_by);
}

/* Runs sql/queries/<name>.sql on a connection of its own. `*conn` is to be closed in any case. */
static enum sm_status ask(const struct sm_postgres_client *client, const char *name,
                          const struct sm__blocking_values *values, PGconn **conn,
                          PGresult **result, struct sm_err *err)
{
    enum sm_status status = SM_OK;

    if (*conn == NULL)
        status = sm__blocking_open(client, conn, err);
    if (status != SM_OK)
        return status;
    return sm__blocking_ask(*conn, sm__query_text(name), values, result, err);
}

enum sm_status sm_postgres_parked_list(const struct sm_postgres_client *client,
                                       const struct sm_parked_filter *filter,
                                       const struct sm_parked_sink *sink, struct sm_err *err)
{
    char client_id[SM_UUID_TEXT_SIZE + 1], older_than[NUMBER_SIZE], limit[NUMBER_SIZE];
    const char *const texts[] = { filter->client_id != NULL ? client_id : NULL,
                                  filter->type, filter->waits_for, filter->topic, older_than,
                                  limit };
    const struct sm__blocking_values values = { texts, SM_ARRAY_COUNT(texts) };
    PGconn *conn = NULL;
    PGresult *result = NULL;
    enum sm_status status;

    if (filter->client_id != NULL)
        sm_uuid_format(filter->client_id, client_id);
    (void)snprintf(older_than, sizeof(older_than), "%" PRId64, filter->older_than_us);
    (void)snprintf(limit, sizeof(limit), "%" PRId64, filter->limit);
    status = ask(client, "inspect_parked", &values, &conn, &result, err);
    for (int row = 0; status == SM_OK && row < PQntuples(result); row++) {
        struct sm_parked_view view;

        read_view(result, row, &view);
        sink->event(sink->context, &view);
    }
    PQclear(result);
    PQfinish(conn);
    return status;
}

static void read_headers(const PGresult *result, struct sm_header headers[SM_HEADERS_MAX],
                         struct sm_parked_view *view)
{
    view->headers = headers;
    /* A record with more would have been a dead letter. */
    for (int row = 0; row < PQntuples(result) && row < SM_HEADERS_MAX; row++)
        headers[view->header_count++] = (struct sm_header){ sm__view_slice(result, row, 0),
                                                            sm__view_slice(result, row, 1) };
}

enum sm_status sm_postgres_parked_show(const struct sm_postgres_client *client, int64_t id,
                                       const struct sm_parked_sink *sink, struct sm_err *err)
{
    char number[NUMBER_SIZE];
    const char *const texts[] = { number };
    const struct sm__blocking_values values = { texts, SM_ARRAY_COUNT(texts) };
    struct sm_header headers[SM_HEADERS_MAX];
    PGconn *conn = NULL;
    PGresult *result = NULL, *header_rows = NULL;
    struct sm_parked_view view;
    enum sm_status status;

    (void)snprintf(number, sizeof(number), "%" PRId64, id);
    status = ask(client, "inspect_parked_one", &values, &conn, &result, err);
    if (status == SM_OK && PQntuples(result) == 1)
        status = ask(client, "inspect_parked_headers", &values, &conn, &header_rows, err);
    if (status == SM_OK && PQntuples(result) == 1) {
        read_view(result, 0, &view);
        read_rest(result, &view);
        read_headers(header_rows, headers, &view);
        sink->event(sink->context, &view);
    }
    PQclear(result);
    PQclear(header_rows);
    PQfinish(conn);
    return status;
}

enum sm_status sm_postgres_parked_waiting(const struct sm_postgres_client *client,
                                          const struct sm_parked_waiting_sink *sink,
                                          struct sm_err *err)
{
    const struct sm__blocking_values values = { NULL, 0 };
    PGconn *conn = NULL;
    PGresult *result = NULL;
    enum sm_status status =
        ask(client, "inspect_parked_waiting", &values, &conn, &result, err);

    for (int row = 0; status == SM_OK && row < PQntuples(result); row++) {
        const struct sm_parked_waiting waiting = {
            .topic = sm__view_slice(result, row, 0),
            .partition = sm__get_i32(result, row, 1),
            .waits_for = sm__view_slice(result, row, 2),
            .count = sm__get_i64(result, row, 3),
            .oldest_age_us = sm__get_i64(result, row, 4),
        };

        sink->waiting(sink->context, &waiting);
    }
    PQclear(result);
    PQfinish(conn);
    return status;
}
