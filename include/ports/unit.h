#ifndef SM_PORTS_UNIT_H
#define SM_PORTS_UNIT_H
/* One unit of work: everything that a transaction of the store writes, as plain data. The engine
 * makes it; a store commits it whole or not at all (ports/store.h has the order and the checks). */
#include "domain/admit.h"
#include "domain/client.h"
#include "domain/digest.h"
#include "domain/project.h"
#include "domain/rejection.h"
#include "domain/wait.h"
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
    struct sm_digest value_hash; /* sm_value_hash of the value */
    const struct sm_header *headers;
    size_t header_count;
    const struct sm_rejection *rejection;
    const struct sm_event *event; /* NULL if nothing of it is known */
    struct sm_event_known known; /* which of the event's members may be kept with it */
};
/* A row of a projected table besides clients: the whole of it, inserted or updated. */
struct sm_row_change {
    struct sm_stream_name name; /* its kind has a table */
    const struct sm_row *row;
};
/* A log.recorded event, for processing_logs. */
struct sm_log_line {
    const struct sm_event *event;
    uint32_t partition_index;
    int64_t offset;
};
/* A record that has to wait, with its bytes as they came. */
struct sm_parked {
    uint32_t partition_index;
    int64_t offset;
    int64_t timestamp_us;
    struct sm_slice key;
    struct sm_slice value;
    struct sm_digest value_hash; /* sm_value_hash of the value */
    const struct sm_header *headers;
    size_t header_count;
    const struct sm_event *event;
    struct sm_wait wait;
};
/* What becomes of a waiting event. WAITING: it goes on waiting, for something else than before. */
struct sm_parked_change {
    int64_t parked_id;
    uint32_t partition_index; /* whose ledger row resolves it */
    enum sm_parked_state state;
    struct sm_wait wait; /* of WAITING */
};
/* What somebody should look at: waiting events of one client and partition, or what an operator has
 * asked for of a partition's dead letters and waiting events. */
struct sm_due {
    struct sm_partition_id partition;
    enum sm_cause cause; /* RELEASED: a queue; RETRIED, FORCED, EXPIRED: requests of that kind */
    struct sm_uuid client_id; /* of RELEASED */
    int64_t stamp; /* of RELEASED: of the last opening that made it due; `done` takes away this one
                      only, so that what was opened meanwhile is looked at again */
};
/* What became of one request. A dead letter that was applied, was a duplicate or has to wait now is
 * `retried`; one that is rejected again stays open, and the request says why. */
struct sm_request_outcome {
    int64_t request_id;
    int64_t dead_letter_id; /* 0: it was for a waiting event, whose change says the rest */
    uint32_t partition_index; /* whose ledger row counts it */
    enum sm_verdict_kind verdict;
    const struct sm_rejection *rejection; /* of REJECTED */
};
/* A command for the executor, as it will be on the topic for ever. If its id was found on the topic
 * before it had a row (the database had been restored), the topic's bytes win: the row keeps those
 * and becomes ours, and that the bytes differ is kept with it. */
struct sm_command_row {
    struct sm_uuid client_id;
    struct sm_uuid command_id;
    int64_t sequence; /* within the client, from 1, without gaps: above the highest known; of a
                         command that was found: the one it has there */
    struct sm_slice organization_id; /* key of the record */
    struct sm_slice value; /* final bytes */
    const struct sm_header *headers;
    size_t header_count;
    struct sm_digest digest; /* sm_value_hash of the value */
    struct sm_uuid event_id; /* of the event that caused it */
    uint32_t partition_index; /* whose ledger row says when */
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
    const struct sm_row_change *rows; /* by table, client, key; one per stream */
    size_t row_count;
    const struct sm_log_line *log_lines; /* by partition, then offset */
    size_t log_line_count;
    const struct sm_parked *parked; /* by partition, then offset */
    size_t parked_count;
    const struct sm_command_row *commands; /* of one client by sequence; neither id nor sequence is
                                              in the outbox as ours, else CONFLICT */
    size_t command_count;
    const struct sm_parked_change *parked_changes; /* each is still waiting, else CONFLICT */
    size_t parked_change_count;
    const struct sm_request_outcome *outcomes; /* each is still open, else CONFLICT */
    size_t outcome_count;
    /* Everything that waits and might go now becomes due: what waits of these clients, on any
     * partition, and whatever waits for one of these references. After `parked` and the changes. */
    const struct sm_uuid *opened_clients; /* sorted, no two alike */
    size_t opened_client_count;
    const struct sm_reference *opened_references;
    size_t opened_reference_count;
    const struct sm_due *done; /* queues of one partition looked at to the end: not due any more
                                  (before the above) */
    size_t done_count;
    const struct sm_event
        *erasure; /* client.erased, the unit's only event: replace what is named in
                                       domain/erasure.h, after all else; or NULL */
    uint64_t buckets_shared; /* mask of SM_BUCKETS bits */
    uint64_t buckets_exclusive; /* disjoint from shared */
    const uint64_t *generations; /* SM_BUCKETS entries: what the cache was read under */
};
/* Buckets of clients and of organization ids, in 0 ... SM_BUCKETS - 1. Stable: they reach the
 * database. */
unsigned sm_bucket_of(const struct sm_uuid *client_id);
unsigned sm_bucket_of_organization(struct sm_slice id);
#endif
