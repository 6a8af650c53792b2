#ifndef SM_DOMAIN_DIGEST_H
#define SM_DOMAIN_DIGEST_H
/* Hashes of content, of log rows and of ledger rows: what lets `verify` prove the log.
 *
 * Content hash, algorithm 1 = SHA-256 over, in this order (integers and slices as sha256.h frames
 * them): 1, type name, id, client id, time, source, actor, correlation, causation, expected
 * version, canonical data with defaulted fields left out. Not in it: traceparent and wire format,
 * so the same event resent by another path is a duplicate, not a conflict. */
#include "domain/event.h"

#define SM_CONTENT_HASH_ALGORITHM 1
void sm_content_hash(const struct sm_event *event, struct sm_digest *out);

/* Why an event was admitted when it was. X(enumerator, name in PostgreSQL's event_cause) */
#define SM_CAUSE_LIST(X) \
    X(SM_CAUSE_LIVE, "live") /* as it came */ \
    X(SM_CAUSE_RELEASED, "released") /* from the waiting room */ \
    X(SM_CAUSE_RETRIED, "retried") /* a dead letter, by an operator */ \
    X(SM_CAUSE_FORCED, "forced") /* the same, over newer state of its stream */ \
    X(SM_CAUSE_EXPIRED, "expired") /* of ledger rows only: nobody let them go in time */

enum sm_cause {
#define SM_CAUSE_ENUM(name, text) name,
    SM_CAUSE_LIST(SM_CAUSE_ENUM)
#undef SM_CAUSE_ENUM
    SM_CAUSE_COUNT
};
const char *sm_cause_name(enum sm_cause cause);

/* What a log row has besides its event. */
struct sm_log_position {
    int16_t topic_id;
    int32_t partition;
    int64_t offset;
    int64_t ledger_seq;
};
/* Adds one log row (every column; data through the content hash; `previous` is left out because the
 * fold computes it again, and erasure must be able to replace it). */
void sm_digest_add_event(struct sm_sha256 *hash, const struct sm_event *event, int32_t version,
                         int64_t created_at, int64_t recorded_at, enum sm_cause cause,
                         const struct sm_log_position *position);

/* Offsets [first, next). */
struct sm_range {
    int64_t first;
    int64_t next;
};

/* A ledger row without its digest: one committed batch of one partition (cause LIVE), or what was
 * resolved of its waiting events and dead letters (the other causes), which no offset covers.
 * Invariants: next_offset - first_offset = consumed + offsets in gaps + offsets in lost;
 *             consumed + resolved = appended + logged + duplicated + parked + rejected;
 *             LIVE: resolved = 0, duplicated = offsets in duplicates; else consumed = 0, and no
 *             ranges: the parked event says that it was a duplicate. */
struct sm_ledger_row {
    int16_t topic_id;
    int32_t partition;
    int64_t seq; /* 1, 2, … within the partition */
    enum sm_cause cause;
    int64_t first_offset;
    int64_t next_offset;
    int32_t consumed;
    int32_t resolved; /* waiting events or dead letters whose state this row changes */
    int32_t appended;
    int32_t logged;
    int32_t duplicated;
    int32_t parked;
    int32_t rejected;
    int64_t recorded_at;
    const struct sm_range *duplicates; /* sorted, not touching */
    size_t duplicate_count; /* of ranges */
    const struct sm_range *gaps; /* offsets that hold no record, or one that we never saw */
    size_t gap_count;
    struct sm_range lost; /* what retention took before we read it; first == next: none */
};
/* Every row begins with a number that says what it is (ledger 1, event 2, dead letter 3, parked
 * 4), and
 * lists with their count, so that no two different batches give the same input.
 * Chain: digest(row) = SHA-256(previous digest, row's columns, its log rows in the order of
 * offsets, then (offset, code, key, value hash) of its dead letters and then (offset, wait, key,
 * value hash)
 * of its parked records, in the order of offsets). Begin with this, add all events, then all dead
 * letters, then all parked, then sm_sha256_end. `previous` of seq 1: zeros. Log lines are counted
 * only: retention removes them. */
void sm_digest_begin_ledger(struct sm_sha256 *hash, const struct sm_digest *previous,
                            const struct sm_ledger_row *row);
void sm_digest_add_dead_letter(struct sm_sha256 *hash, int64_t offset, struct sm_slice code,
                               struct sm_slice key, const struct sm_digest *value_hash);
/* `wait`: the name of what it waited for when it was parked. */
void sm_digest_add_parked(struct sm_sha256 *hash, int64_t offset, struct sm_slice wait,
                          struct sm_slice key, const struct sm_digest *value_hash);
/* SHA-256 of a record's value, absent or not: the value itself may be erased. */
void sm_value_hash(struct sm_slice value, struct sm_digest *out);
#endif
