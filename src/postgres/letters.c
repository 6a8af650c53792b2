/* Looks at dead letters for `dead-letters`. */
#include "postgres/letters.h"

#include <inttypes.h>
#include <stdlib.h>

#include "postgres/blocking.h"
#include "postgres/get.h"
#include "postgres/letters_priv.h"
#include "postgres/statements.h"

#define RECORDS_AT_ONCE "16" /* each may have a value of a megabyte */

void sm_letter_ids_free(struct sm_letter_ids *ids)
{
    free(ids->text);
    *ids = (struct sm_letter_ids){ 0 };
}

enum sm_status sm__letters_ask(const struct sm_postgres_client *client, const char *name,
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

enum sm_status sm__letters_take_ids(const PGresult *result, struct sm_letter_ids *out,
                                    struct sm_err *err)
{
    struct sm_slice text = sm__view_slice(result, 0, 0);

    *out = (struct sm_letter_ids){ .text = malloc(text.size + 1),
                                   .count = sm__get_i64(result, 0, 1) };
    if (out->text == NULL)
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "out of memory");
    memcpy(out->text, text.data, text.size);
    out->text[text.size] = '\0';
    return SM_OK;
}

enum sm_status sm_postgres_letters_choose(const struct sm_postgres_client *client,
                                          const struct sm_letter_filter *filter,
                                          struct sm_letter_ids *out, struct sm_err *err)
{
    char id[SM__NUMBER_SIZE], client_id[SM_UUID_TEXT_SIZE + 1], older[SM__NUMBER_SIZE],
        limit[SM__NUMBER_SIZE];
    const char *const texts[] = { filter->id != 0 ? id : NULL,
                                  filter->state,
                                  filter->code,
                                  filter->type,
                                  filter->client_id != NULL ? client_id : NULL,
                                  filter->topic,
                                  older,
                                  filter->limit != 0 ? limit : NULL };
    const struct sm__blocking_values values = { texts, SM_ARRAY_COUNT(texts) };
    PGconn *conn = NULL;
    PGresult *result = NULL;
    enum sm_status status;

    if (filter->client_id != NULL)
        sm_uuid_format(filter->client_id, client_id);
    (void)snprintf(id, sizeof(id), "%" PRId64, filter->id);
    (void)snprintf(older, sizeof(older), "%" PRId64, filter->older_than_us);
    (void)snprintf(limit, sizeof(limit), "%" PRId64, filter->limit);
    status = sm__letters_ask(client, "letters_choose", &values, &conn, &result, err);
    if (status == SM_OK)
        status = sm__letters_take_ids(result, out, err);
    PQclear(result);
    PQfinish(conn);
    return status;
}

/* Columns of letters_list.sql and letters_records.sql, which begin alike. */
static void read_view(const PGresult *result, int row, struct sm_letter_view *out)
{
    *out = (struct sm_letter_view){
        .id = sm__get_i64(result, row, 0),
        .state = sm__view_slice(result, row, 1),
        .code = sm__view_slice(result, row, 2),
        .field = sm__view_slice(result, row, 3),
        .value = sm__view_slice(result, row, 4),
        .reason = sm__view_slice(result, row, 5),
        .has_client = !sm__get_null(result, row, 6),
        .type = sm__view_slice(result, row, 7),
        .has_event = !sm__get_null(result, row, 8),
        .topic = sm__view_slice(result, row, 9),
        .partition = sm__get_i32(result, row, 10),
        .offset = sm__get_i64(result, row, 11),
        .recorded_at = sm__get_time(result, row, 12),
        .age_us = sm__get_i64(result, row, 13),
        .attempts = sm__get_i32(result, row, 14),
        .erased = !sm__get_null(result, row, 15),
    };
    if (out->has_client)
        sm__get_uuid(result, row, 6, &out->client_id);
    if (out->has_event)
        sm__get_uuid(result, row, 8, &out->event_id);
    if (out->erased)
        sm__get_uuid(result, row, 15, &out->erased_by);
}

enum sm_status sm_postgres_letters_list(const struct sm_postgres_client *client,
                                        const struct sm_letter_ids *ids, int64_t limit,
                                        const struct sm_letter_sink *sink, struct sm_err *err)
{
    char number[SM__NUMBER_SIZE];
    const char *const texts[] = { ids->text, number };
    const struct sm__blocking_values one = { texts, 1 }, two = { texts, 2 };
    PGconn *conn = NULL;
    PGresult *codes = NULL, *letters = NULL;
    enum sm_status status;

    (void)snprintf(number, sizeof(number), "%" PRId64, limit);
    status = sm__letters_ask(client, "letters_codes", &one, &conn, &codes, err);
    if (status == SM_OK)
        status = sm__letters_ask(client, "letters_list", &two, &conn, &letters, err);
    for (int row = 0; status == SM_OK && row < PQntuples(codes); row++)
        sink->code(sink->context, sm__view_slice(codes, row, 0), sm__get_i64(codes, row, 1));
    for (int row = 0; status == SM_OK && row < PQntuples(letters); row++) {
        struct sm_letter_view view;

        read_view(letters, row, &view);
        sink->letter(sink->context, &view);
    }
    PQclear(codes);
    PQclear(letters);
    PQfinish(conn);
    return status;
}

/* ---- with the records ---- */

static enum sm_status give_record(PGconn *conn, const PGresult *result, int row,
                                  const struct sm_letter_sink *sink, struct sm_err *err)
{
    struct sm_header *headers = NULL;
    char id[SM__NUMBER_SIZE];
    const char *const texts[] = { id };
    const struct sm__blocking_values values = { texts, SM_ARRAY_COUNT(texts) };
    struct sm_letter_view view;
    PGresult *rows = NULL;
    enum sm_status status;

    read_view(result, row, &view);
    view.ledger_seq = sm__get_i64(result, row, 16);
    view.record_time = sm__get_time(result, row, 17);
    view.record_key = sm__view_slice(result, row, 18);
    view.record_value = sm__view_slice(result, row, 19);
    (void)snprintf(id, sizeof(id), "%" PRId64, view.id);
    status = sm__letters_ask(NULL, "letters_headers", &values, &conn, &rows, err);
    if (status != SM_OK)
        return status;
    /* A record may have been refused because it had too many: there is no bound here. */
    headers = calloc((size_t)PQntuples(rows) + 1, sizeof(*headers));
    for (int i = 0; headers != NULL && i < PQntuples(rows); i++)
        headers[view.header_count++] =
            (struct sm_header){ sm__view_slice(rows, i, 0), sm__view_slice(rows, i, 1) };
    view.headers = headers;
    if (headers != NULL)
        sink->letter(sink->context, &view);
    else
        status = sm_err_set(err, SM_FATAL, SM_FROM_OS, "out of memory");
    free(headers);
    PQclear(rows);
    return status;
}

enum sm_status sm_postgres_letters_records(const struct sm_postgres_client *client,
                                           const struct sm_letter_ids *ids,
                                           const struct sm_letter_sink *sink, struct sm_err *err)
{
    char after[SM__NUMBER_SIZE] = "0";
    const char *const texts[] = { ids->text, after, RECORDS_AT_ONCE };
    const struct sm__blocking_values values = { texts, SM_ARRAY_COUNT(texts) };
    PGconn *conn = NULL;
    enum sm_status status = SM_OK;
    bool more = true;

    while (status == SM_OK && more) {
        PGresult *result = NULL;
        int rows;

        status = sm__letters_ask(client, "letters_records", &values, &conn, &result, err);
        rows = status == SM_OK ? PQntuples(result) : 0;
        for (int row = 0; status == SM_OK && row < rows; row++)
            status = give_record(conn, result, row, sink, err);
        more = rows > 0;
        if (more)
            (void)snprintf(after, sizeof(after), "%" PRId64, sm__get_i64(result, rows - 1, 0));
        PQclear(result);
    }
    PQfinish(conn);
    return status;
}

enum sm_status sm_postgres_letters_history(const struct sm_postgres_client *client, int64_t id,
                                           const struct sm_letter_sink *sink, struct sm_err *err)
{
    char number[SM__NUMBER_SIZE];
    const char *const texts[] = { number };
    const struct sm__blocking_values values = { texts, SM_ARRAY_COUNT(texts) };
    PGconn *conn = NULL;
    PGresult *result = NULL;
    enum sm_status status;

    (void)snprintf(number, sizeof(number), "%" PRId64, id);
    status = sm__letters_ask(client, "letters_history", &values, &conn, &result, err);
    for (int row = 0; status == SM_OK && row < PQntuples(result); row++) {
        const struct sm_letter_attempt attempt = {
            .id = sm__get_i64(result, row, 0),
            .action = sm__view_slice(result, row, 1),
            .actor = sm__view_slice(result, row, 2),
            .reason = sm__view_slice(result, row, 3),
            .requested_at = sm__get_time(result, row, 4),
            .done_at = sm__get_time(result, row, 5),
            .outcome = sm__view_slice(result, row, 6),
            .code = sm__view_slice(result, row, 7),
            .detail = sm__view_slice(result, row, 8),
        };

        sink->attempt(sink->context, &attempt);
    }
    PQclear(result);
    PQfinish(conn);
    return status;
}
