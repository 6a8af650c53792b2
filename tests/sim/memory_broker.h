#ifndef MEMORY_BROKER_H
#define MEMORY_BROKER_H
/* Topics and a consumer group in memory, on virtual time: what stands behind ports/source.h.
 *
 * A message's offset is its index; messages below `low` are gone. Control messages take an offset
 * and are never delivered. The group deals partitions out eagerly and by ranges:
 *
 *   JOINED ──all joined──► STABLE ──somebody joins, leaves, dies──► REVOKING ──release──► JOINED
 *   not heard for session_timeout: KICKED, and told so only when it polls again, or some polls
 *   later: until then it is a zombie that goes on delivering what its successor reads as well */
#include "ports/source.h"
#include "sim/sim_clock.h"
#include "sim/sim_heap.h"
#include "sim/sim_random.h"

#define MEMORY_ASSIGNED_MAX 64

struct memory_message {
    bool control;
    int64_t timestamp_us;
    struct sm_slice key;
    struct sm_slice value;
    const struct sm_header *headers;
    size_t header_count;
    uint32_t tag; /* whatever the producer wants to know it by */
};
struct memory_partition {
    struct memory_message *messages; /* owned */
    size_t count, capacity;          /* count is the high watermark */
    int64_t low;
    int64_t committed; /* by the group; -1: never */
};
struct memory_topic {
    struct memory_partition *partitions; /* owned */
    int32_t partition_count;
    bool missing; /* the broker does not know it for now: nothing is fetched, members are told */
};

struct memory_broker_options {
    int64_t latency_min_us, latency_max_us; /* of a fetch */
    int64_t session_timeout_us;
    unsigned chunk_max; /* records of one partition in a row */
    unsigned stale_max; /* records of an assignment that has ended, delivered after the next began:
                           0 is what the port promises; more is noise that the engine must drop */
    unsigned zombie_polls_max; /* polls of a kicked member before it is told */
    unsigned refuse_permille;  /* of watermark questions that are not answered */
};

enum memory_member_state {
    MEMORY_MEMBER_JOINED,
    MEMORY_MEMBER_STABLE,
    MEMORY_MEMBER_REVOKING,
    MEMORY_MEMBER_KICKED
};
struct memory_fetch {
    struct sm_partition_id id;
    int64_t position; /* next offset to deliver */
    int64_t ready_us; /* nothing is delivered before */
    int64_t end_told; /* END was told for this position; -1: not yet */
    uint64_t generation;
    unsigned stale_left; /* of a stale one: records still to be delivered */
    bool out_of_range;   /* told; silent from then on */
};
struct memory_member {
    struct memory_member *next;
    uint64_t number;
    enum memory_member_state state;
    int64_t heard_us;
    unsigned zombie_polls;
    struct sm_partition_id assigned[MEMORY_ASSIGNED_MAX];
    size_t assigned_count;
    bool told_assigned; /* ASSIGNED was delivered */
    bool told_revoked;  /* REVOKED was delivered and waits for release */
    bool dead;          /* its process is gone; the group still has to find out, then frees it */
    bool silent; /* its process is frozen; else it is heard all the time, whether it polls or not */
};

struct memory_broker {
    struct memory_broker_options options;
    struct sim_clock *clock;
    struct sim_random random;
    struct sim_heap heap;
    struct memory_topic topics[SM_TOPIC_COUNT];
    struct memory_member
        *members; /* by number; owned by their sources, of dead ones by the broker */
    uint64_t member_numbers;
    bool rebalancing;
    int64_t deadline_us; /* of the rebalance: who has not released by then is kicked */
    bool away;
    /* Told of every group commit; NULL: nobody asks. */
    void (*committed)(void *context, struct sm_partition_id id, int64_t offset);
    void *committed_context;
};

void memory_broker_init(struct memory_broker *broker, const struct memory_broker_options *options,
                        struct sim_clock *clock, uint64_t seed);
void memory_broker_deinit(struct memory_broker *broker); /* all sources must be closed */

/* Makes a topic with empty partitions; what it was before is forgotten. */
void memory_broker_make_topic(struct memory_broker *broker, enum sm_topic topic,
                              int32_t partitions);
/* Appends a copy. */
void memory_broker_append(struct memory_broker *broker, struct sm_partition_id id,
                          const struct memory_message *message);
void memory_broker_truncate(struct memory_broker *broker, struct sm_partition_id id,
                            int64_t before);
struct memory_partition *memory_broker_partition(struct memory_broker *broker,
                                                 struct sm_partition_id id);

/* Lets the coordinator do what is due. */
void memory_broker_advance(struct memory_broker *broker);
int64_t memory_broker_next_us(const struct memory_broker *broker); /* INT64_MAX: nothing */
/* Away: nothing is fetched, nobody is kicked; members are told. */
void memory_broker_set_away(struct memory_broker *broker, bool away);

/* For the source. */
void memory_group_join(struct memory_broker *broker, struct memory_member *member);
void memory_group_leave(struct memory_broker *broker, struct memory_member *member);
void memory_group_released(struct memory_broker *broker, struct memory_member *member);
/* The member's process died: the group finds out by itself. */
void memory_group_die(struct memory_member *member);
#endif
