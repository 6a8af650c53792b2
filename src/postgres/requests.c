/* What operators ask for of dead letters and of the waiting room. */
#include "postgres/requests.h"

#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>

#include "base/buf.h"
#include "postgres/get.h"
#include "postgres/letters_priv.h"
#include "postgres/out.h"
#include "postgres/session.h"

#define ASK_EVERY_MS    100
#define IDS_SIZE_MAX    (1u << 30)

enum sm_status sm_postgres_parked_choose(const struct sm_postgres_client *client, int64_t id,
                                         const struct sm_parked_filter *filter,
                                         struct sm_letter_ids *out, struct sm_err *err)
{
    char number[SM__NUMBER_SIZE], client_id[SM_UUID_TEXT_SIZE + 1], older[SM__NUMBER_SIZE];
    const char *const texts[] = { id != 0 ? number : NULL,
                                  filter->waits_for,
                                  filter->type,
                                  filter->client_id != NULL ? client_id : NULL,
                                  filter->topic,
                                  older };
    const struct sm__blocking_values values = { texts, SM_ARRAY_COUNT(texts) };
    PGconn *conn = NULL;
    PGresult *result = NULL;
    enum sm_status status;

    if (filter->client_id != NULL)
        sm_uuid_format(filter->client_id, client_id);
    (void)snprintf(number, sizeof(number), "%" PRId64, id);
    (void)snprintf(older, sizeof(older), "%" PRId64, filter->older_than_us);
    status = sm__letters_ask(client, "parked_choose", &values, &conn, &result, err);
    if (status == SM_OK)
        status = sm__letters_take_ids(result, out, err);
    PQclear(result);
    PQfinish(conn);
    return status;
}

/* ---- asking ---- */

static const struct {
    const char *query, *action;
} actions[] = {
    [SM_REQUEST_RETRY] = { "letters_request", "retried" },
    [SM_REQUEST_FORCE] = { "letters_request", "forced" },
    [SM_REQUEST_EXPIRE] = { "parked_request", "expired" },
    [SM_REQUEST_DISCARD] = { "letters_discard", "discarded" },
};

static enum sm_status begin(PGconn *conn, const struct sm_letter_ids *ids, bool letters,
                            struct sm_err *err)
{
    const char *const texts[] = { ids->text };
    const struct sm__blocking_values values = { texts, SM_ARRAY_COUNT(texts) };
    PGresult *result = NULL;
    enum sm_status status = sm__blocking_run(conn, "BEGIN", err);

    if (status == SM_OK && letters)
        status = sm__letters_ask(NULL, "letters_lock", &values, &conn, &result, err);
    PQclear(result);
    return status;
}

static enum sm_status take_made(const PGresult *result, struct sm_letter_ids *requests,
                                struct sm_err *err)
{
    struct sm_buf ids;

    *requests = (struct sm_letter_ids){ 0 };
    sm_buf_init(&ids, IDS_SIZE_MAX);
    for (int row = 0; row < PQntuples(result); row++) {
        int64_t made = sm__get_i64(result, row, 4);

        if (made != 0)
            sm_buf_printf(&ids, "%c%" PRId64, requests->count++ == 0 ? '{' : ',', made);
    }
    sm_buf_append_text(&ids, requests->count == 0 ? "{}" : "}");
    requests->text = sm_buf_failed(&ids) ? NULL : strdup(ids.data);
    sm_buf_deinit(&ids);
    return requests->text != NULL ? SM_OK
                                  : sm_err_set(err, SM_FATAL, SM_FROM_OS, "out of memory");
}

static void tell_made(const PGresult *result, const struct sm_request_sink *sink)
{
    for (int row = 0; row < PQntuples(result); row++) {
        const struct sm_request_made made = {
            .id = sm__get_i64(result, row, 0),
            .state = sm__view_slice(result, row, 1),
            .erased = sm__get_bool(result, row, 2),
            .standing = sm__get_i64(result, row, 3),
            .made = sm__get_i64(result, row, 4),
        };

        sink->made(sink->context, &made);
    }
}

enum sm_status sm_postgres_requests_make(const struct sm_postgres_client *client,
                                         const struct sm_letter_ids *ids,
                                         const struct sm_request *request,
                                         const struct sm_request_sink *sink,
                                         struct sm_letter_ids *requests, struct sm_err *err)
{
    const char *const texts[] = { ids->text, actions[request->action].action, request->actor,
                                  request->reason };
    const struct sm__blocking_values values = { texts, SM_ARRAY_COUNT(texts) };
    PGconn *conn = NULL;
    PGresult *result = NULL;
    enum sm_status status = sm__blocking_open(client, &conn, err);

    if (status == SM_OK)
        status = begin(conn, ids, request->action != SM_REQUEST_EXPIRE, err);
    if (status == SM_OK)
        status = sm__letters_ask(client, actions[request->action].query, &values, &conn, &result,
                                 err);
    if (status == SM_OK)
        status = take_made(result, requests, err);
    if (status == SM_OK)
        status = sm__blocking_run(conn, "COMMIT", err);
    if (status == SM_OK)
        tell_made(result, sink);
    else
        sm_letter_ids_free(requests);
    PQclear(result);
    PQfinish(conn);
    return status;
}

/* ---- waiting for what was asked for ---- */

static enum sm_status count_open(PGconn *conn, const struct sm__blocking_values *values,
                                 int64_t *out, struct sm_err *err)
{
    PGresult *result = NULL;
    enum sm_status status = sm__letters_ask(NULL, "requests_open", values, &conn, &result, err);

    if (status == SM_OK)
        *out = sm__get_i64(result, 0, 0);
    PQclear(result);
    return status;
}

static void tell_results(const PGresult *result, const struct sm_request_sink *sink)
{
    for (int row = 0; row < PQntuples(result); row++) {
        const struct sm_request_result one = {
            .id = sm__get_i64(result, row, 0),
            .outcome = sm__view_slice(result, row, 1),
            .code = sm__view_slice(result, row, 2),
            .detail = sm__view_slice(result, row, 3),
        };

        sink->result(sink->context, &one);
    }
}

enum sm_status sm_postgres_requests_await(const struct sm_postgres_client *client,
                                          const struct sm_letter_ids *requests, int64_t wait_us,
                                          const struct sm_request_sink *sink, struct sm_err *err)
{
    const char *const texts[] = { requests->text };
    const struct sm__blocking_values values = { texts, SM_ARRAY_COUNT(texts) };
    int64_t deadline_us = sm_monotonic_us() + wait_us, open = 0;
    PGconn *conn = NULL;
    PGresult *result = NULL;
    enum sm_status status = sm__blocking_open(client, &conn, err);

    if (status == SM_OK)
        status = count_open(conn, &values, &open, err);
    while (status == SM_OK && open > 0 && sm_monotonic_us() < deadline_us) {
        (void)poll(NULL, 0, ASK_EVERY_MS);
        status = count_open(conn, &values, &open, err);
    }
    if (status == SM_OK)
        status = sm__letters_ask(client, "requests_done", &values, &conn, &result, err);
    if (status == SM_OK)
        tell_results(result, sink);
    PQclear(result);
    PQfinish(conn);
    return status;
}
