/* Rows of scans, column by column in the order of their queries. */
#include "postgres/log_rows.h"

#include <stdlib.h>

enum { RANGE_LOWER_INCLUSIVE = 0x02, RANGE_SIZE = 1 + 4 + 8 + 4 + 8 };

bool sm__find_cause(struct sm_slice name, enum sm_cause *out)
{
    for (unsigned i = 0; i < SM_CAUSE_COUNT; i++) {
        if (sm_slice_equal(name, sm_slice_of(sm_cause_name((enum sm_cause)i)))) {
            *out = (enum sm_cause)i;
            return true;
        }
    }
    return false;
}

/* An empty text of a NOT NULL column is a text, not absence; libpq points at its terminator. */
bool sm__read_event_row(const PGresult *result, int row, struct sm_event_row *out,
                        const char **what)
{
    struct sm_event *event = &out->event;

    *out = (struct sm_event_row){ .cause = SM_CAUSE_LIVE };
    *what = "cause";
    if (!sm__find_cause(sm__view_slice(result, row, 8), &out->cause))
        return false;
    sm__get_uuid(result, row, 0, &event->id);
    sm__get_uuid(result, row, 1, &event->client_id);
    event->time_us = sm__get_time(result, row, 2);
    out->created_at = sm__get_time(result, row, 3);
    out->recorded_at = sm__get_time(result, row, 4);
    out->position.offset = sm__get_i64(result, row, 5);
    out->position.ledger_seq = sm__get_i64(result, row, 6);
    *what = "type";
    if (!sm_event_type_find(sm__view_slice(result, row, 7), &event->type))
        return false;
    out->version = sm__get_i32(result, row, 9);
    out->position.partition = sm__get_i32(result, row, 10);
    out->position.topic_id = sm__get_i16(result, row, 11);
    event->key = sm__view_slice(result, row, 12);
    (void)sm__get_digest(result, row, 13, &event->content_hash); /* zeros differ from any hash */
    event->source = sm__view_slice(result, row, 14);
    event->data = sm__view_jsonb(result, row, 15);
    event->expected_version =
        sm__get_null(result, row, 16) ? SM_VERSION_ANY : sm__get_i32(result, row, 16);
    event->actor = sm__view_slice(result, row, 17);
    event->correlation_id = sm__view_slice(result, row, 18);
    event->causation_id = sm__view_slice(result, row, 19);
    event->traceparent = sm__view_slice(result, row, 20);
    out->previous = sm__view_jsonb(result, row, 21);
    return true;
}

bool sm__read_head_row(const PGresult *result, int row, struct sm_head_wanted *out,
                       const char **what)
{
    sm__get_uuid(result, row, 0, &out->name.client_id);
    *what = "kind";
    if (!sm_kind_find(sm__view_slice(result, row, 1), &out->name.kind))
        return false;
    out->name.key = sm__view_slice(result, row, 2);
    out->head.version = sm__get_i32(result, row, 3);
    out->head.last_at = sm__get_time(result, row, 4);
    out->head.active_at = sm__get_time(result, row, 5);
    return true;
}

static int32_t read_i32(const uint8_t *at)
{
    uint32_t bits;

    memcpy(&bits, at, sizeof(bits));
    return (int32_t)__builtin_bswap32(bits);
}

static int64_t read_i64(const uint8_t *at)
{
    uint64_t bits;

    memcpy(&bits, at, sizeof(bits));
    return (int64_t)__builtin_bswap64(bits);
}

static bool reserve(struct sm__range_room *room, size_t count)
{
    struct sm_range *grown;

    if (count <= room->capacity)
        return true;
    grown = realloc(room->ranges, count * sizeof(*grown));
    if (grown == NULL)
        return false;
    room->ranges = grown;
    room->capacity = count;
    return true;
}

static size_t range_count(const PGresult *result, int row, int column)
{
    struct sm_slice bytes = sm__view_slice(result, row, column);

    return bytes.size < 4 ? 0 : (size_t)read_i32(bytes.data);
}

/* multirange_send: the number of ranges, then of each its size and: flags, and both bounds with
 * their sizes. Discrete ranges are always [lower, upper); an open end is nothing of ours. */
static bool read_ranges(const PGresult *result, int row, int column, struct sm_range *out)
{
    struct sm_slice bytes = sm__view_slice(result, row, column);
    size_t count = range_count(result, row, column), at = 4;

    for (size_t i = 0; i < count; i++, at += 4 + RANGE_SIZE) {
        const uint8_t *range = bytes.data + at + 4;

        if (at + 4 + RANGE_SIZE > bytes.size || read_i32(bytes.data + at) != RANGE_SIZE ||
            range[0] != RANGE_LOWER_INCLUSIVE)
            return false;
        out[i] = (struct sm_range){ read_i64(range + 5), read_i64(range + 17) };
    }
    return true;
}

bool sm__read_ledger_row(const PGresult *result, int row, struct sm__range_room *room,
                         struct sm_ledger_record *out, const char **what)
{
    struct sm_ledger_row *ledger = &out->row;
    size_t duplicates = range_count(result, row, 13), gaps = range_count(result, row, 14);

    *out = (struct sm_ledger_record){ .row = { .cause = SM_CAUSE_LIVE } };
    *what = "cause";
    if (!sm__find_cause(sm__view_slice(result, row, 6), &ledger->cause))
        return false;
    ledger->resolved = sm__get_i32(result, row, 18);
    ledger->topic_id = sm__get_i16(result, row, 0);
    ledger->partition = sm__get_i32(result, row, 1);
    ledger->seq = sm__get_i64(result, row, 2);
    ledger->first_offset = sm__get_i64(result, row, 3);
    ledger->next_offset = sm__get_i64(result, row, 4);
    ledger->recorded_at = sm__get_time(result, row, 5);
    ledger->consumed = sm__get_i32(result, row, 7);
    ledger->appended = sm__get_i32(result, row, 8);
    ledger->logged = sm__get_i32(result, row, 9);
    ledger->duplicated = sm__get_i32(result, row, 10);
    ledger->parked = sm__get_i32(result, row, 11);
    ledger->rejected = sm__get_i32(result, row, 12);
    *what = "duplicates or gaps";
    if (!reserve(room, duplicates + gaps + 1) || /* one more: never a list of nothing */
        !read_ranges(result, row, 13, room->ranges) ||
        !read_ranges(result, row, 14, room->ranges + duplicates))
        return false;
    ledger->duplicates = room->ranges;
    ledger->duplicate_count = duplicates;
    ledger->gaps = room->ranges + duplicates;
    ledger->gap_count = gaps;
    ledger->lost = (struct sm_range){ sm__get_i64(result, row, 15), sm__get_i64(result, row, 16) };
    (void)sm__get_digest(result, row, 17, &out->digest);
    return true;
}

void sm__read_dead_letter_row(const PGresult *result, int row, struct sm_dead_letter_row *out)
{
    *out = (struct sm_dead_letter_row){
        .position = { sm__get_i16(result, row, 0), sm__get_i32(result, row, 1),
                      sm__get_i64(result, row, 3), sm__get_i64(result, row, 2) },
        .code = sm__view_slice(result, row, 4),
        .key = sm__view_slice(result, row, 5),
        .value = sm__view_slice(result, row, 6),
        .erased = sm__get_bool(result, row, 8),
    };
    (void)sm__get_digest(result, row, 7, &out->value_hash);
}

static bool find_state(struct sm_slice name, enum sm_parked_state *out)
{
    for (unsigned i = 0; i < SM_PARKED_STATE_COUNT; i++) {
        if (sm_slice_equal(name, sm_slice_of(sm_parked_state_name((enum sm_parked_state)i)))) {
            *out = (enum sm_parked_state)i;
            return true;
        }
    }
    return false;
}

bool sm__read_parked_row(const PGresult *result, int row, struct sm_parked_row *out,
                         const char **what)
{
    *out = (struct sm_parked_row){
        .position = { sm__get_i16(result, row, 0), sm__get_i32(result, row, 1),
                      sm__get_i64(result, row, 3), sm__get_i64(result, row, 2) },
        .wait = sm__view_slice(result, row, 4),
        .key = sm__view_slice(result, row, 5),
        .value = sm__view_slice(result, row, 6),
        .erased = sm__get_bool(result, row, 8),
    };
    (void)sm__get_digest(result, row, 7, &out->value_hash);
    *what = "state";
    return find_state(sm__view_slice(result, row, 9), &out->state);
}

void sm__read_position_row(const PGresult *result, int row, struct sm_position_row *out)
{
    *out = (struct sm_position_row){ .topic_id = sm__get_i16(result, row, 0),
                                     .partition = sm__get_i32(result, row, 1),
                                     .topic = sm__view_slice(result, row, 2),
                                     .next_offset = sm__get_i64(result, row, 3),
                                     .seq = sm__get_i64(result, row, 4),
                                     .consumed = sm__get_i64(result, row, 6),
                                     .resolved = sm__get_i64(result, row, 15),
                                     .appended = sm__get_i64(result, row, 7),
                                     .logged = sm__get_i64(result, row, 8),
                                     .duplicated = sm__get_i64(result, row, 9),
                                     .parked = sm__get_i64(result, row, 10),
                                     .rejected = sm__get_i64(result, row, 11),
                                     .lost = sm__get_i64(result, row, 12),
                                     .owner = sm__view_slice(result, row, 13),
                                     .stopped_reason = sm__view_slice(result, row, 14),
                                     .waits_reason = sm__view_slice(result, row, 16),
                                     .waits_since = sm__get_null(result, row, 17)
                                                        ? SM_TIME_NONE
                                                        : sm__get_time(result, row, 17) };
    (void)sm__get_digest(result, row, 5, &out->chain);
}
