/* WAITING: events of queues, or what operators asked for, with their records as they came
 * (sql/queries/waiting.sql, requests.sql). */
#include "postgres/headers.h"
#include "postgres/store_priv.h"

static struct sm_waiting *call_of(const void *context)
{
    return ((const struct sm__store *)context)->call.waiting;
}

static bool waiting_next(void *context, struct sm__cursor *cursor, struct sm__item *item)
{
    bool is_queue = call_of(context)->queues[0].cause == SM_CAUSE_RELEASED;

    if (cursor->at++ != 0)
        return false;
    *item = (struct sm__item){ .what = (int)(is_queue ? SM__SQL_WAITING : SM__SQL_REQUESTS) };
    return true;
}

static void put_clients(const struct sm_waiting *waiting, struct sm__params *params)
{
    struct sm__out *out = sm__params_array(params, SM__OID_UUID, waiting->queue_count);

    for (size_t i = 0; i < waiting->queue_count; i++)
        sm__field_bytes(out, waiting->queues[i].client_id.bytes,
                        sizeof(waiting->queues[i].client_id.bytes));
}

/* One row more than is wanted tells whether there are more. */
static bool waiting_send(void *context, struct sm__session *session, const struct sm__item *item)
{
    const struct sm_waiting *waiting = call_of(context);
    const struct sm_due *queue = &waiting->queues[0];
    struct sm__params *params = &session->params;

    if (item->what == SM__SQL_WAITING)
        put_clients(waiting, params);
    sm__field_i16(sm__params_scalar(params), session->topic_ids[queue->partition.topic]);
    sm__field_i32(sm__params_scalar(params), queue->partition.partition);
    if (item->what == SM__SQL_REQUESTS)
        sm__field_text(sm__params_scalar(params), sm_cause_name(queue->cause));
    sm__field_i64(sm__params_scalar(params), waiting->after);
    sm__field_i64(sm__params_scalar(params),
                  (int64_t)waiting->count_max + (item->what == SM__SQL_WAITING ? 1 : 0));
    if (item->what == SM__SQL_WAITING)
        sm__field_i64(sm__params_scalar(params), (int64_t)waiting->bytes_max);
    return sm__session_send(session, (enum sm__statement)item->what);
}

/* ---- answers ---- */

enum {
    PARKED_ID,
    OFFSET,
    TIME,
    KEY,
    VALUE,
    HEADER_NAMES,
    HEADER_VALUES,
    DEAD_LETTER_ID,
    REQUEST_ID,
    CLIENT_ID,
    WAITS_FOR,
    WAITS_CODE,
    FOUND /* of a queue: as many are there, one more than wanted at the most */
};

static bool read_event(const PGresult *result, int row, const struct sm_waiting *waiting,
                       struct sm_waiting_event *out)
{
    struct sm_arena *arena = waiting->arena;
    struct sm_record *record = &out->record;

    *out = (struct sm_waiting_event){
        .parked_id = sm__get_i64(result, row, PARKED_ID),
        .dead_letter_id = sm__get_i64(result, row, DEAD_LETTER_ID),
        .request_id = sm__get_i64(result, row, REQUEST_ID),
        .record = { .topic = waiting->queues[0].partition.topic,
                    .partition = waiting->queues[0].partition.partition,
                    .offset = sm__get_i64(result, row, OFFSET),
                    .timestamp_us = sm__get_time(result, row, TIME) },
    };
    if (!sm__get_null(result, row, CLIENT_ID)) {
        sm__get_uuid(result, row, CLIENT_ID, &out->client_id);
        (void)sm_wait_find(sm__view_slice(result, row, WAITS_FOR), &out->wait.what);
    }
    return sm_arena_copy(arena, sm__view_slice(result, row, WAITS_CODE), &out->wait.code) &&
           sm_arena_copy(arena, sm__view_slice(result, row, KEY), &record->key) &&
           sm_arena_copy(arena, sm__view_slice(result, row, VALUE), &record->value) &&
           sm__read_headers(result, row, HEADER_NAMES, arena, &record->headers,
                            &record->header_count);
}

static size_t row_bytes(const PGresult *result, int row)
{
    return (size_t)PQgetlength(result, row, KEY) + (size_t)PQgetlength(result, row, VALUE) +
           (size_t)PQgetlength(result, row, HEADER_NAMES) +
           (size_t)PQgetlength(result, row, HEADER_VALUES);
}

static enum sm_status waiting_take(void *context, const struct sm__item *item, PGresult *result,
                                   struct sm_err *err)
{
    struct sm_waiting *waiting = call_of(context);
    size_t rows = (size_t)PQntuples(result), found = rows, bytes = 0;
    struct sm_waiting_event *events = sm_arena_zalloc(waiting->arena, rows, sizeof(*events));

    if (item->what == SM__SQL_WAITING && rows != 0)
        found = (size_t)sm__get_i64(result, 0, FOUND);
    waiting->events = events;
    waiting->count = 0;
    for (size_t i = 0; events != NULL && i < rows && i < waiting->count_max; i++) {
        bytes += row_bytes(result, (int)i);
        if (waiting->count != 0 &&
            (bytes > waiting->bytes_max || sm__get_i64(result, (int)i, OFFSET) <=
                                               events[waiting->count - 1].record.offset))
            break;
        if (!read_event(result, (int)i, waiting, &events[waiting->count]))
            events = NULL;
        else
            waiting->count++;
    }
    waiting->more = waiting->count < found;
    if (events == NULL)
        return sm_err_set(err, SM_LIMIT, SM_FROM_POSTGRES,
                          "the arena is too small for waiting events");
    return SM_OK;
}

const struct sm__script sm__waiting_script = { waiting_next, waiting_send, waiting_take, NULL };
