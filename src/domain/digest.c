/* What goes into the hashes, and in which order. Never change it: a new order is a new algorithm,
 * with its own number, beside this one. */
#include "domain/digest.h"

#include "base/err.h"

enum row_tag { ROW_LEDGER = 1, ROW_EVENT = 2, ROW_DEAD_LETTER = 3, ROW_PARKED = 4 };

static void add_name(struct sm_sha256 *hash, const char *name)
{
    sm_sha256_add_slice(hash, sm_slice_of(name));
}

static void add_uuid(struct sm_sha256 *hash, const struct sm_uuid *uuid)
{
    sm_sha256_add_slice(hash, (struct sm_slice){ uuid->bytes, sizeof(uuid->bytes) });
}

static void add_digest(struct sm_sha256 *hash, const struct sm_digest *digest)
{
    sm_sha256_add_slice(hash, (struct sm_slice){ digest->bytes, sizeof(digest->bytes) });
}

void sm_content_hash(const struct sm_event *event, struct sm_digest *out)
{
    struct sm_sha256 hash;

    sm_sha256_init(&hash);
    sm_sha256_add_i64(&hash, SM_CONTENT_HASH_ALGORITHM);
    add_name(&hash, sm_event_type_name(event->type));
    add_uuid(&hash, &event->id);
    add_uuid(&hash, &event->client_id);
    sm_sha256_add_i64(&hash, event->time_us);
    sm_sha256_add_slice(&hash, event->source);
    sm_sha256_add_slice(&hash, event->actor);
    sm_sha256_add_slice(&hash, event->correlation_id);
    sm_sha256_add_slice(&hash, event->causation_id);
    sm_sha256_add_i64(&hash, event->expected_version);
    sm_sha256_add_slice(&hash, event->data);
    sm_sha256_end(&hash, out);
}

static const char *const causes[SM_CAUSE_COUNT] = {
#define CAUSE_ROW(id, text) [id] = (text),
    SM_CAUSE_LIST(CAUSE_ROW)
#undef CAUSE_ROW
};

const char *sm_cause_name(enum sm_cause cause)
{
    SM_ASSERT((unsigned)cause < SM_CAUSE_COUNT);
    return causes[cause];
}

void sm_digest_add_event(struct sm_sha256 *hash, const struct sm_event *event, int32_t version,
                         int64_t created_at, int64_t recorded_at, enum sm_cause cause,
                         const struct sm_log_position *position)
{
    sm_sha256_add_i64(hash, ROW_EVENT);
    add_uuid(hash, &event->id);
    add_uuid(hash, &event->client_id);
    add_name(hash, sm_kind_name(sm_event_type_kind(event->type)));
    sm_sha256_add_slice(hash, event->key);
    sm_sha256_add_i64(hash, version);
    add_name(hash, sm_event_type_name(event->type));
    sm_sha256_add_i64(hash, event->time_us);
    sm_sha256_add_i64(hash, created_at);
    sm_sha256_add_i64(hash, recorded_at);
    add_name(hash, sm_cause_name(cause));
    sm_sha256_add_i64(hash, event->expected_version);
    sm_sha256_add_slice(hash, event->source);
    sm_sha256_add_slice(hash, event->actor);
    sm_sha256_add_slice(hash, event->correlation_id);
    sm_sha256_add_slice(hash, event->causation_id);
    sm_sha256_add_slice(hash, event->traceparent);
    sm_sha256_add_i64(hash, position->topic_id);
    sm_sha256_add_i64(hash, position->partition);
    sm_sha256_add_i64(hash, position->offset);
    sm_sha256_add_i64(hash, position->ledger_seq);
    add_digest(hash, &event->content_hash);
}

static void add_range(struct sm_sha256 *hash, const struct sm_range *range)
{
    sm_sha256_add_i64(hash, range->first);
    sm_sha256_add_i64(hash, range->next);
}

static void add_ranges(struct sm_sha256 *hash, const struct sm_range *ranges, size_t count)
{
    sm_sha256_add_i64(hash, (int64_t)count);
    for (size_t i = 0; i < count; i++)
        add_range(hash, &ranges[i]);
}

void sm_digest_begin_ledger(struct sm_sha256 *hash, const struct sm_digest *previous,
                            const struct sm_ledger_row *row)
{
    sm_sha256_init(hash);
    sm_sha256_add_i64(hash, ROW_LEDGER);
    add_digest(hash, previous);
    sm_sha256_add_i64(hash, row->topic_id);
    sm_sha256_add_i64(hash, row->partition);
    sm_sha256_add_i64(hash, row->seq);
    add_name(hash, sm_cause_name(row->cause));
    sm_sha256_add_i64(hash, row->first_offset);
    sm_sha256_add_i64(hash, row->next_offset);
    sm_sha256_add_i64(hash, row->consumed);
    sm_sha256_add_i64(hash, row->resolved);
    sm_sha256_add_i64(hash, row->appended);
    sm_sha256_add_i64(hash, row->logged);
    sm_sha256_add_i64(hash, row->duplicated);
    sm_sha256_add_i64(hash, row->parked);
    sm_sha256_add_i64(hash, row->rejected);
    sm_sha256_add_i64(hash, row->recorded_at);
    add_ranges(hash, row->duplicates, row->duplicate_count);
    add_ranges(hash, row->gaps, row->gap_count);
    /* A range without offsets comes back from the database without its ends. */
    add_range(hash, row->lost.first < row->lost.next ? &row->lost : &(struct sm_range){ 0, 0 });
}

void sm_digest_add_dead_letter(struct sm_sha256 *hash, int64_t offset, struct sm_slice code,
                               struct sm_slice key, const struct sm_digest *value_hash)
{
    sm_sha256_add_i64(hash, ROW_DEAD_LETTER);
    sm_sha256_add_i64(hash, offset);
    sm_sha256_add_slice(hash, code);
    sm_sha256_add_slice(hash, key);
    add_digest(hash, value_hash);
}

void sm_digest_add_parked(struct sm_sha256 *hash, int64_t offset, struct sm_slice wait,
                          struct sm_slice key, const struct sm_digest *value_hash)
{
    sm_sha256_add_i64(hash, ROW_PARKED);
    sm_sha256_add_i64(hash, offset);
    sm_sha256_add_slice(hash, wait);
    sm_sha256_add_slice(hash, key);
    add_digest(hash, value_hash);
}

void sm_value_hash(struct sm_slice value, struct sm_digest *out)
{
    struct sm_sha256 hash;

    sm_sha256_init(&hash);
    sm_sha256_add_slice(&hash, value);
    sm_sha256_end(&hash, out);
}
