/* What operators ask for: dead letters tried again, waiting events that shall wait no longer. */
#include "sim/memory_priv.h"

enum { ATTEMPTS_MAX = 5 };

static bool same_partition(struct sm_partition_id a, struct sm_partition_id b)
{
    return a.topic == b.topic && a.partition == b.partition;
}

struct memory_request *memory_rows_request(const struct memory_rows *rows, int64_t id)
{
    bool there = id > 0 && (size_t)id <= rows->request_count;

    return there ? &rows->requests[id - 1] : NULL;
}

struct memory_dead_letter *memory_rows_dead_letter(const struct memory_rows *rows, int64_t id)
{
    bool there = id > 0 && (size_t)id <= rows->dead_letter_count;

    return there ? &rows->dead_letters[id - 1] : NULL;
}

static bool is_asked_for(const struct memory_rows *rows, int64_t dead_letter_id, int64_t parked_id)
{
    for (size_t i = 0; i < rows->request_count; i++) {
        const struct memory_request *request = &rows->requests[i];

        if (request->outcome == MEMORY_REQUEST_OPEN && request->dead_letter_id == dead_letter_id &&
            request->parked_id == parked_id)
            return true;
    }
    return false;
}

static void add_request(struct memory_db *db, struct sm_partition_id partition,
                        const struct memory_request *like)
{
    struct memory_request *request = memory_rows_add_request(&db->rows);

    *request = *like;
    request->id = (int64_t)db->rows.request_count;
    request->partition = partition;
}

bool memory_db_retry(struct memory_db *db, int64_t dead_letter_id, enum sm_cause cause)
{
    const struct memory_dead_letter *letter = memory_rows_dead_letter(&db->rows, dead_letter_id);
    const struct memory_request wanted = {.cause = cause, .dead_letter_id = dead_letter_id};
    struct sm_partition_id partition;

    if (letter == NULL || letter->retried_seq != 0 || letter->row.erased ||
        is_asked_for(&db->rows, dead_letter_id, 0))
        return false;
    partition = (struct sm_partition_id){(enum sm_topic)(letter->row.position.topic_id - 1),
                                         letter->row.position.partition};
    add_request(db, partition, &wanted);
    return true;
}

bool memory_db_expire(struct memory_db *db, int64_t parked_id)
{
    const struct memory_parked *parked = memory_rows_parked(&db->rows, parked_id);
    const struct memory_request wanted = {.cause = SM_CAUSE_EXPIRED, .parked_id = parked_id};

    if (parked == NULL || parked->row.state != SM_PARKED_WAITING ||
        is_asked_for(&db->rows, 0, parked_id))
        return false;
    add_request(db, parked->partition, &wanted);
    return true;
}

/* ---- asked by a lane ---- */

bool memory__request_due(const struct memory_db *db, struct sm_partition_id partition,
                         struct sm_due *out, int64_t *id)
{
    for (size_t i = 0; i < db->rows.request_count; i++) {
        const struct memory_request *request = &db->rows.requests[i];

        if (request->outcome != MEMORY_REQUEST_OPEN ||
            !same_partition(request->partition, partition))
            continue;
        *out = (struct sm_due){.partition = partition, .cause = request->cause};
        *id = request->id;
        return true;
    }
    return false;
}

/* What dies with it five times is not handed out any more. */
static bool is_handed_out(struct memory_request *request, const struct sm_waiting *waiting,
                          bool *alone)
{
    if (request->outcome != MEMORY_REQUEST_OPEN || request->cause != waiting->queues[0].cause ||
        request->id <= waiting->after ||
        !same_partition(request->partition, waiting->queues[0].partition))
        return false;
    *alone |= request->attempts > 0;
    if (request->attempts >= ATTEMPTS_MAX) {
        request->outcome = MEMORY_REQUEST_DIED;
        return false;
    }
    return true;
}

static void hand_out(const struct memory_db *db, const struct memory_request *request,
                     struct sm_waiting_event *out)
{
    const struct memory_dead_letter *letter =
        memory_rows_dead_letter(&db->rows, request->dead_letter_id);
    const struct memory_parked *parked = memory_rows_parked(&db->rows, request->parked_id);

    *out = (struct sm_waiting_event){.parked_id = request->parked_id,
                                     .dead_letter_id = request->dead_letter_id,
                                     .request_id = request->id};
    out->record.topic = request->partition.topic;
    out->record.partition = request->partition.partition;
    if (letter != NULL) {
        out->record.offset = letter->row.position.offset;
        out->record.timestamp_us = letter->timestamp_us;
        out->record.key = letter->row.key;
        out->record.value = letter->row.value;
        out->record.headers = letter->headers;
        out->record.header_count = letter->header_count;
    } else {
        out->client_id = parked->name.client_id;
        out->wait = parked->wait;
        out->record.offset = parked->row.position.offset;
        out->record.timestamp_us = parked->timestamp_us;
        out->record.key = parked->row.key;
        out->record.value = parked->row.value;
        out->record.headers = parked->headers;
        out->record.header_count = parked->header_count;
    }
}

/* Offsets ascend strictly within a chunk; several requests may be of one offset. */
static bool follows(const struct sm_waiting *waiting, const struct sm_waiting_event *events,
                    const struct sm_waiting_event *next)
{
    return waiting->count == 0 || next->record.offset > events[waiting->count - 1].record.offset;
}

void memory__requests_hand_out(struct memory_db *db, struct sm_waiting *waiting,
                               struct sm_waiting_event *events)
{
    bool alone = false;

    for (size_t i = 0; i < db->rows.request_count && !waiting->more; i++) {
        struct memory_request *request = &db->rows.requests[i];
        struct sm_waiting_event event;

        if (!is_handed_out(request, waiting, &alone))
            continue;
        hand_out(db, request, &event);
        waiting->more = waiting->count == waiting->count_max || (alone && waiting->count != 0) ||
                        !follows(waiting, events, &event);
        if (waiting->more)
            return;
        request->attempts++;
        events[waiting->count++] = event;
    }
}

/* ---- written by a unit ---- */

/* What was handed out before it was erased must not be applied afterwards. */
static bool is_void(const struct memory_dead_letter *letter,
                    const struct sm_request_outcome *outcome)
{
    return letter == NULL || letter->retried_seq != 0 ||
           (letter->row.erased && (outcome->verdict != SM_VERDICT_REJECTED ||
                                   outcome->rejection->code != SM_CODE_VALUE_MISSING));
}

bool memory__requests_check(const struct memory_db *db, const struct sm_unit *unit)
{
    for (size_t i = 0; i < unit->outcome_count; i++) {
        const struct sm_request_outcome *outcome = &unit->outcomes[i];
        const struct memory_request *request = memory_rows_request(&db->rows, outcome->request_id);
        const struct memory_dead_letter *letter =
            memory_rows_dead_letter(&db->rows, outcome->dead_letter_id);

        if (request == NULL || request->outcome != MEMORY_REQUEST_OPEN ||
            (outcome->dead_letter_id != 0 && is_void(letter, outcome)))
            return false;
    }
    return true;
}

void memory__requests_write(struct memory_db *db, const struct sm_unit *unit)
{
    for (size_t i = 0; i < unit->outcome_count; i++) {
        const struct sm_request_outcome *outcome = &unit->outcomes[i];
        struct memory_request *request = memory_rows_request(&db->rows, outcome->request_id);
        struct memory_dead_letter *letter =
            memory_rows_dead_letter(&db->rows, outcome->dead_letter_id);

        request->outcome = MEMORY_REQUEST_DONE;
        request->verdict = outcome->verdict;
        request->seq = unit->partitions[outcome->partition_index].row.seq;
        if (outcome->rejection != NULL)
            request->code = sm_slice_of(sm_rejection_code_name(outcome->rejection->code));
        if (letter != NULL && outcome->verdict != SM_VERDICT_REJECTED)
            letter->retried_seq = request->seq;
    }
}
