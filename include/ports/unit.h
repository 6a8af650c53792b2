#ifndef SM_PORTS_UNIT_H
#define SM_PORTS_UNIT_H
/* One unit of work: everything that a transaction of the store writes, as plain data. The engine
 * makes it; a store commits it whole or not at all (ports/store.h has the order and the checks). */
#include "domain/client.h"
#include "domain/digest.h"
#include "domain/project.h"
#include "domain/rejection.h"
#include "ports/source.h"

/* The last record that was consumed of a partition: its offset and a hash of its bytes. Read again
 * at the next take-over, it tells a topic that was deleted and made anew from the one we know. */
struct sm_anchor {
    int64_t offset; /* -1: none yet */
    struct sm_digest digest; /* engine/anchor.h */
};

struct sm_stream_name {
    struct sm_uuid client_id;
    enum sm_kind kind;
    struct sm_slice key;
};
struct sm_head_wanted {
    struct sm_stream_name name;
    struct sm_head head; /* SM_HEAD_EMPTY if there is none; of a LOAD: out */
};
struct sm_unit_partition {
    struct sm_partition_id id;
    int64_t epoch; /* as taken over */
    struct sm_ledger_row row; /* first_offset = expected position, next_offset = the new one */
    struct sm_digest digest; /* of the row, chained */
    struct sm_anchor anchor; /* the new one; offset -1: keep */
    struct sm_anchor proven; /* as of now, see sm_takeover; offset -1: keep */
};
struct sm_append {
    const struct sm_event *event;
    uint32_t partition_index; /* into unit->partitions; gives topic, partition, seq, recorded_at */
    int32_t version;
    int64_t offset;
    int64_t created_at;
    struct sm_slice previous; /* canonical JSON of old values; absent: none */
};
struct sm_head_change {
    struct sm_stream_name name;
    int32_t expected_version; /* 0: the row must not exist, it is inserted */
    struct sm_head head; /* the new one */
};
struct sm_client_change {
    const struct sm_client *client;
    bool insert; /* else update of the whole row */
};
struct sm_dead_letter {
    uint32_t partition_index;
    int64_t offset;
    int64_t timestamp_us;
    struct sm_slice key;
    struct sm_slice value;
    const struct sm_header *headers;
    size_t header_count;
    const struct sm_rejection *rejection;
    const struct sm_event *event; /* NULL if nothing of it is known */
    struct sm_event_known known; /* which of the event's members may be kept with it */
};
struct sm_unit {
    const struct sm_unit_partition *partitions; /* sorted by topic, partition */
    size_t partition_count;
    const struct sm_append *appends; /* by partition, then offset */
    size_t append_count;
    const struct sm_head_change *heads; /* sorted by client, kind, key; one per stream */
    size_t head_count;
    const struct sm_head_wanted *checks; /* heads that a rejection was judged by, and that the unit
                                            does not change: still at this version, else CONFLICT */
    size_t check_count;
    const struct sm_client_change *clients; /* to be applied in this order (those that give up an
                                               organization id come before those that take it) */
    size_t client_count;
    const struct sm_dead_letter *dead_letters; /* by partition, then offset */
    size_t dead_letter_count;
    uint64_t buckets_shared; /* mask of SM_BUCKETS bits */
    uint64_t buckets_exclusive; /* disjoint from shared */
    const uint64_t *generations; /* SM_BUCKETS entries: what the cache was read under */
};
/* The bucket of a client: sm_hash(id, 16, 0) % SM_BUCKETS. Stable: it reaches the database. */
unsigned sm_bucket_of(const struct sm_uuid *client_id);
#endif
