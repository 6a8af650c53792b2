/* The waiting room of the memory database: what a unit writes of it, and what is asked of it. */
#include "sim/memory_priv.h"

/* ---- written by a unit ---- */

bool memory__waiting_check(const struct memory_db *db, const struct sm_unit *unit,
                           enum sm_conflict *kind, const char **what)
{
    *kind = SM_CONFLICT_UNIQUE;
    for (size_t i = 0; i < unit->parked_count; i++) {
        const struct sm_event *event = unit->parked[i].event;

        *what = "the event waits already";
        if (memory_rows_waiting(&db->rows, &event->client_id, &event->id, 0) != NULL)
            return false;
        *what = "the event id is in the log";
        if (memory_rows_event(&db->rows, &event->client_id, &event->id) != NULL)
            return false;
    }
    *kind = SM_CONFLICT_VERSION;
    *what = "a request is done already";
    if (!memory__requests_check(db, unit))
        return false;
    for (size_t i = 0; i < unit->parked_change_count; i++) {
        const struct memory_parked *parked =
            memory_rows_parked(&db->rows, unit->parked_changes[i].parked_id);

        *what = "an event does not wait any more";
        if (parked == NULL || parked->row.state != SM_PARKED_WAITING)
            return false;
    }
    return true;
}

static void write_parked(struct memory_db *db, const struct sm_unit *unit,
                         const struct sm_parked *from)
{
    const struct sm_unit_partition *part = &unit->partitions[from->partition_index];
    struct memory_parked *parked = memory_rows_add_parked(&db->rows);
    const struct sm_event *event = from->event;

    parked->id = ++db->rows.parked_ids;
    parked->partition = part->id;
    parked->name =
        (struct sm_stream_name){event->client_id, sm_event_type_kind(event->type), event->key};
    parked->event_id = event->id;
    parked->content_hash = event->content_hash;
    parked->gated = sm_event_type_is_gated(event->type);
    parked->wait = from->wait;
    parked->timestamp_us = from->timestamp_us;
    parked->headers = from->headers;
    parked->header_count = from->header_count;
    parked->commit = db->commits;
    parked->row = (struct sm_parked_row){
        .position = {part->row.topic_id, part->row.partition, from->offset, part->row.seq},
        .wait = sm_slice_of(sm_wait_name(from->wait.what)),
        .key = from->key,
        .value = from->value,
        .value_hash = from->value_hash,
        .state = SM_PARKED_WAITING,
    };
}

static void write_change(struct memory_db *db, const struct sm_unit *unit,
                         const struct sm_parked_change *change)
{
    struct memory_parked *parked = memory_rows_parked(&db->rows, change->parked_id);

    parked->row.state = change->state;
    if (change->state == SM_PARKED_WAITING)
        parked->wait = change->wait;
    else
        parked->resolved_seq = unit->partitions[change->partition_index].row.seq;
}

static bool same_partition(struct sm_partition_id a, struct sm_partition_id b)
{
    return a.topic == b.topic && a.partition == b.partition;
}

static void make_due(struct memory_db *db, const struct memory_parked *parked)
{
    struct memory_due *due = NULL;

    for (size_t i = 0; i < db->rows.due_count; i++) {
        struct sm_due *other = &db->rows.due[i].due;

        if (same_partition(other->partition, parked->partition) &&
            sm_uuid_equal(&other->client_id, &parked->name.client_id))
            due = &db->rows.due[i];
    }
    if (due == NULL)
        due = memory_rows_add_due(&db->rows);
    due->due = (struct sm_due){.partition = parked->partition,
                               .cause = SM_CAUSE_RELEASED,
                               .client_id = parked->name.client_id,
                               .stamp = ++db->rows.stamps};
}

static void end_due(struct memory_db *db, const struct sm_due *done)
{
    for (size_t i = 0; i < db->rows.due_count; i++) {
        const struct sm_due *due = &db->rows.due[i].due;

        if (!same_partition(due->partition, done->partition) || due->stamp != done->stamp ||
            !sm_uuid_equal(&due->client_id, &done->client_id))
            continue;
        db->rows.due[i] = db->rows.due[--db->rows.due_count];
        return;
    }
}

static bool waits_for(const struct memory_parked *parked, const struct sm_reference *reference)
{
    enum sm_wait_for what =
        reference->kind == SM_REFERENCE_FEATURE_TYPE ? SM_WAIT_FEATURE_TYPE : SM_WAIT_DATA_TYPE;

    return parked->wait.what == what && sm_slice_equal(parked->wait.code, reference->code);
}

static void open_queues(struct memory_db *db, const struct sm_unit *unit)
{
    for (size_t i = 0; i < db->rows.parked_count; i++) {
        const struct memory_parked *parked = &db->rows.parked[i];
        bool opened = false;

        for (size_t c = 0; c < unit->opened_client_count; c++)
            opened |= sm_uuid_equal(&unit->opened_clients[c], &parked->name.client_id);
        for (size_t r = 0; r < unit->opened_reference_count; r++)
            opened |= waits_for(parked, &unit->opened_references[r]);
        if (opened && parked->row.state == SM_PARKED_WAITING)
            make_due(db, parked);
    }
}

void memory__waiting_write(struct memory_db *db, const struct sm_unit *unit)
{
    for (size_t i = 0; i < unit->parked_count; i++)
        write_parked(db, unit, &unit->parked[i]);
    for (size_t i = 0; i < unit->parked_change_count; i++)
        write_change(db, unit, &unit->parked_changes[i]);
    memory__requests_write(db, unit);
    for (size_t i = 0; i < unit->done_count; i++)
        end_due(db, &unit->done[i]);
    open_queues(db, unit);
}

/* ---- asked by a lane ---- */

/* Queues come before requests. */
static void watch_requests(const struct memory_db *db, struct sm_watch *watch)
{
    int64_t first = INT64_MAX;

    for (size_t i = 0; i < watch->count; i++) {
        struct sm_due due;
        int64_t id;

        if (!memory__request_due(db, watch->positions[i].id, &due, &id) || id > first)
            continue;
        first = id;
        watch->due_count = 1;
        watch->due[0] = due;
    }
}

/* The queue due longest of those that are not in the list yet; once there is one, of its partition
 * only. */
static const struct sm_due *due_next(const struct memory_db *db, const struct sm_watch *watch)
{
    const struct sm_due *next = NULL;

    for (size_t w = 0; w < watch->count; w++) {
        for (size_t d = 0; d < db->rows.due_count; d++) {
            const struct sm_due *due = &db->rows.due[d].due;

            if (!same_partition(due->partition, watch->positions[w].id) ||
                (watch->due_count != 0 &&
                 (!same_partition(due->partition, watch->due[0].partition) ||
                  due->stamp <= watch->due[watch->due_count - 1].stamp)))
                continue;
            if (next == NULL || due->stamp < next->stamp)
                next = due;
        }
    }
    return next;
}

void memory__watch(struct memory_db *db, struct sm_watch *watch)
{
    const struct sm_due *due;

    watch->moved = false;
    watch->due_count = 0;
    for (size_t i = 0; i < watch->count; i++) {
        const struct sm_watch_position *wanted = &watch->positions[i];
        const struct memory_position *position = memory_rows_position(&db->rows, wanted->id);

        if (position == NULL || position->epoch != wanted->epoch ||
            position->next_offset != wanted->next_offset)
            watch->moved = true;
    }
    while (watch->due_count < SM_DUE_MAX && (due = due_next(db, watch)) != NULL)
        watch->due[watch->due_count++] = *due;
    if (watch->due_count == 0)
        watch_requests(db, watch);
}

static size_t record_bytes(const struct memory_parked *parked)
{
    return parked->row.key.size + parked->row.value.size;
}

/* Bytes lie in the database's heap for its whole life, which outlives every arena. */
static void hand_out(const struct memory_parked *parked, struct sm_waiting_event *out)
{
    *out = (struct sm_waiting_event){
        .parked_id = parked->id,
        .client_id = parked->name.client_id,
        .record = {.topic = parked->partition.topic,
                   .partition = parked->partition.partition,
                   .offset = parked->row.position.offset,
                   .timestamp_us = parked->timestamp_us,
                   .key = parked->row.key,
                   .value = parked->row.value,
                   .headers = parked->headers,
                   .header_count = parked->header_count},
        .wait = parked->wait,
    };
}

static bool is_of(const struct memory_parked *parked, const struct sm_waiting *waiting)
{
    for (size_t i = 0; i < waiting->queue_count; i++) {
        if (same_partition(parked->partition, waiting->queues[i].partition) &&
            sm_uuid_equal(&parked->name.client_id, &waiting->queues[i].client_id))
            return true;
    }
    return false;
}

static void hand_out_queues(const struct memory_db *db, struct sm_waiting *waiting,
                           struct sm_waiting_event *events)
{
    size_t bytes = 0;

    for (size_t i = 0; i < db->rows.parked_count && !waiting->more; i++) {
        const struct memory_parked *parked = &db->rows.parked[i];

        if (parked->row.state != SM_PARKED_WAITING || parked->id <= waiting->after ||
            !is_of(parked, waiting))
            continue;
        bytes += record_bytes(parked);
        waiting->more = waiting->count == waiting->count_max ||
                        (waiting->count != 0 &&
                         (bytes > waiting->bytes_max ||
                          parked->row.position.offset <= events[waiting->count - 1].record.offset));
        if (!waiting->more)
            hand_out(parked, &events[waiting->count++]);
    }
}

enum sm_status memory__waiting(struct memory_db *db, struct sm_waiting *waiting, struct sm_err *err)
{
    struct sm_waiting_event *events =
        sm_arena_zalloc(waiting->arena, waiting->count_max, sizeof(*events));

    if (events == NULL)
        return sm_err_set(err, SM_LIMIT, SM_FROM_POSTGRES, "the arena is too small");
    waiting->events = events;
    waiting->count = 0;
    waiting->more = false;
    if (waiting->queues[0].cause != SM_CAUSE_RELEASED)
        memory__requests_hand_out(db, waiting, events);
    else
        hand_out_queues(db, waiting, events);
    return SM_OK;
}
/* What is removed stays where it is, out of everybody's sight but the oracle's. */
void memory__trim(struct memory_db *db, struct sm_trim *trim)
{
    trim->removed = 0;
    for (size_t i = 0; i < db->rows.log_line_count && trim->removed < trim->count_max; i++) {
        struct memory_log_line *line = &db->rows.log_lines[i];

        if (line->removed || line->time_us >= trim->before_us)
            continue;
        line->removed = true;
        trim->removed++;
    }
}

enum sm_status memory__trial(struct memory_db *db, const struct sm_trial *trial, struct sm_err *err)
{
    struct memory_position *position = memory_rows_position(&db->rows, trial->id);

    if (position == NULL || position->epoch != trial->epoch)
        return sm_err_set(err, SM_FENCED, SM_FROM_POSTGRES,
                          "the partition to be tried has another owner");
    position->trial_offset = trial->offset;
    return SM_OK;
}
