#ifndef SM_PORTS_LOAD_H
#define SM_PORTS_LOAD_H
/* What a lane asks its store before it decides: what admission looks at, what changed behind its
 * back, and what waits. Plain data, filled by the calls of ports/store.h. */
#include "domain/admit.h"
#include "ports/unit.h"

/* ---- LOAD: what admission has to look at, all of one snapshot ----------------------------------
 * */

struct sm_client_wanted {
    struct sm_uuid id; /* in */
    struct sm_client client; /* out; exists = false if there is none. Text lies in the arena. */
    struct sm_head head; /* out: of the client's own stream */
    bool has_dead_letters; /* out: there is a dead letter that names this client and an event id */
    bool has_waiting; /* out: events of this client wait */
};
/* The same of a client whose own stream is not looked at, which is what nearly all events ask: rows
 * of clients and tenants are wide. A client is in one of the two lists only. */
struct sm_brief_wanted {
    struct sm_uuid id; /* in */
    struct sm_client_brief client; /* out */
    bool has_dead_letters; /* out: as above */
    bool has_waiting; /* out: as above */
};
struct sm_row_wanted {
    struct sm_stream_name name; /* in; its kind has a table */
    struct sm_row row; /* out; exists = false if there is none. Text lies in the arena. */
};
struct sm_reference_wanted {
    struct sm_reference reference; /* in */
    struct sm_reference_state state; /* out */
};
/* Does anything wait before an event in its queues? */
struct sm_queue_wanted {
    struct sm_stream_name name; /* in: the event's stream */
    struct sm_partition_id partition; /* in */
    bool gated; /* in: is the event? */
    int64_t before; /* in: of a waiting event: only those with a smaller id count; else INT64_MAX */
    int64_t
        unit_from; /* in: of a waiting event: those of its client and partition from this id on are
                          in the same unit, which judges them itself, and do not count; else 0 */
    bool stream_waits; /* out */
    bool gated_waits; /* out; false unless the event is gated */
};
struct sm_organization_wanted {
    struct sm_slice organization_id; /* in */
    bool owned; /* out: a client keeps it, see domain/client.h (there is at most one) */
    struct sm_uuid owner; /* out: that client */
};
struct sm_seen_wanted {
    struct sm_uuid client_id; /* in */
    struct sm_uuid event_id; /* in */
    struct sm_digest content_hash; /* in: of the event at hand; a dead letter without a content hash
                                      (it could not be decoded) does not count as seen */
    int64_t parked_id; /* in: of a waiting event, which has not seen itself; else 0 */
    struct sm_seen seen; /* out */
};
/* A command that is on the topic already, but not yet the outcome of any event of ours. */
struct sm_command_found {
    struct sm_uuid command_id;
    int64_t sequence;
    struct sm_digest digest; /* sm_value_hash of the bytes on the topic, which win */
};
struct sm_outbox_wanted {
    struct sm_uuid client_id; /* in */
    int64_t sequence_last; /* out: the highest of the client's commands, found ones too; 0: none */
    const struct sm_command_found *found; /* out: in the arena, by sequence */
    size_t found_count;
};
struct sm_load {
    struct sm_arena *arena; /* in: text and lists of the answer go here */
    struct sm_head_wanted *heads;
    size_t head_count;
    struct sm_client_wanted *clients;
    size_t client_count;
    struct sm_brief_wanted *briefs;
    size_t brief_count;
    struct sm_organization_wanted *organizations;
    size_t organization_count;
    struct sm_seen_wanted *seen;
    size_t seen_count;
    uint64_t generations[SM_BUCKETS]; /* out */
    struct sm_row_wanted *rows;
    size_t row_count;
    struct sm_reference_wanted *references;
    size_t reference_count;
    struct sm_queue_wanted *queues;
    size_t queue_count;
    struct sm_outbox_wanted *outboxes; /* no client twice */
    size_t outbox_count;
};

/* ---- WATCH: what changed behind our back ------------------------------------------------------
 * Asked about once a second, and whenever something was opened: it is one cheap query. */

struct sm_watch {
    const struct sm_watch_position {
        struct sm_partition_id id;
        int64_t epoch;
        int64_t next_offset;
    } *positions; /* in: what we run, as we know it */
    size_t count;
    bool moved; /* out: a position or epoch is another one (a take-over, a restored database) */
    struct sm_due due[SM_DUE_MAX]; /* out: queues of one of these partitions, those due longest; or
                                      one kind of requests, when no queue is due */
    size_t due_count;
};

/* ---- WAITING: events of queues, to be admitted again --------------------------------------------
 * */

struct sm_waiting_event {
    int64_t parked_id; /* 0 of a dead letter */
    int64_t dead_letter_id; /* 0 of a waiting event */
    int64_t request_id; /* of requests; 0 of a queue */
    struct sm_uuid client_id; /* of a waiting event: its client */
    struct sm_record record; /* as it came; in the arena; generation 0 */
    struct sm_wait wait;
};
struct sm_waiting {
    const struct sm_due *queues; /* in: all of one partition; of requests a single one */
    size_t queue_count;
    int64_t after; /* in: only ids (of requests: theirs) above it; 0 for the first. Handing requests
                      out is counted durably, and what was handed out five times without an end is
                      not again: its request ends as `died`. */
    size_t count_max; /* in */
    size_t bytes_max; /* in: of keys, values and headers; at least one event is given */
    struct sm_arena *arena; /* in */
    const struct sm_waiting_event *events; /* out: in the order of ids; offsets ascend strictly: a
                                              chunk ends before one that does not follow */
    size_t count;
    bool more; /* out: there are further ones behind them */
};
#endif
