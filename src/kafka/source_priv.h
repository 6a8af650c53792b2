#ifndef SM_KAFKA_SOURCE_PRIV_H
#define SM_KAFKA_SOURCE_PRIV_H
/* The inside of the source port: who holds a record, and how what callbacks say becomes events.
 *
 *   librdkafka's queue ──consume──► hold ──sink──► engine
 *        └─ callbacks ──► inbox ──sink──► engine
 *
 * Callbacks run only inside our own consume call, so nothing here needs a lock. */
#include "kafka/kafka_priv.h"
#include "kafka/source.h"

#define SM__HOLD_RECORDS_MAX 1024 /* taken from the library and not yet taken by the sink */
#define SM__LOOK_RECORDS_MAX 64 /* taken per poll only to see what events lie behind them */
#define SM__LOOK_BYTES_MAX   (2 << 20) /* no further looking while that much is held */
#define SM__BLOCKED_US_MAX   1000000 /* how long looking may be impossible before fetching stops */

/* Records and their errors (END, OUT_OF_RANGE) in the library's order, which matters: END tells
 * that all before it was handed over. */
struct sm__hold {
    rd_kafka_message_t *messages[SM__HOLD_RECORDS_MAX]; /* owned from `first` to `end` */
    size_t first;
    size_t end;
    size_t bytes; /* of keys and values held */
};
_Static_assert(SM__HOLD_RECORDS_MAX > 2 * SM__LOOK_RECORDS_MAX, "looking on must stay possible");

/* What callbacks leave behind for the next dispatch; bounded, since newer news replaces older. */
struct sm__inbox {
    enum { SM__NO_REBALANCE, SM__ASSIGN, SM__REVOKE } rebalance;
    bool lost; /* of SM__REVOKE */
    struct sm_partition_id *partitions; /* of the rebalance; SM_PARTITIONS_MAX of them, owned */
    size_t partition_count;
    bool gone[SM_TOPIC_COUNT]; /* news: the topic is not on the broker */
    bool away; /* news: no broker can be reached */
    bool failed; /* the handle is at its end */
    bool fenced; /* because another member has its static name */
    char gone_text[SM_TOPIC_COUNT][SM_ERR_TEXT_SIZE / 2];
    char failed_text[SM_ERR_TEXT_SIZE];
};

/* Questions for single records; see source_look.c. */
struct sm__look {
    struct sm_partition_id id;
    int64_t offset;
    uint64_t ticket;
};
struct sm__looks {
    struct sm__look *list; /* owned; those that wait, the oldest first, one a partition */
    size_t count;
    size_t capacity;
    struct sm__look now; /* the one under way, if `fetching` is set */
    rd_kafka_topic_t *fetching; /* of `topics`; NULL: none is under way */
    int64_t since_us; /* when it was started */
    rd_kafka_topic_t *topics[SM_TOPIC_COUNT]; /* owned, on the side handle */
    rd_kafka_queue_t *queue; /* owned; what is fetched for them; NULL before the first */
};

struct sm__source {
    struct sm_source port; /* first: the port is the object */
    struct sm__kafka_talk talk;
    rd_kafka_t *handle;
    rd_kafka_queue_t *queue; /* the consumer's: records, errors, rebalances, log lines */
    int wake_fd;
    char *topics[SM_TOPIC_COUNT]; /* owned names */
    struct sm__hold hold;
    struct sm__inbox inbox;

    bool live; /* records are of an assignment that lasts: from assign to REVOKED or release */
    uint64_t generation; /* of that assignment */
    rd_kafka_topic_partition_list_t
        *assigned; /* owned; what assign was last given; NULL: nothing */

    struct sm__leftovers leftovers;

    bool paused; /* the engine wants no records */
    bool suspended; /* we told the library to stop fetching what is assigned */
    int64_t
        blocked_since_us; /* when the hold got in the way of looking for events; 0: it does not */

    bool gone_told[SM_TOPIC_COUNT]; /* TOPIC_GONE was handed over and the topic did not come back */
    bool away_told; /* AWAY was handed over and BACK was not */
    bool failed_told; /* FAILED was handed over */
    bool closing; /* rebalances are answered in place */
    int64_t next_probe_us; /* while brokers are away: when to look again */

    rd_kafka_t *side; /* the second handle, see source_side.c; NULL before it is needed */
    struct sm__kafka_talk side_talk;
    struct sm__leftovers side_leftovers;
    struct sm__looks looks;
    struct sm_kafka_property *properties; /* owned copies, for that handle */
    size_t property_count;
    char *brokers;
};

/* source_hold.c */
void sm__hold_clear(struct sm__hold *hold);
/* Moves up to `max` messages from the library's queue into the hold, which must have that much
 * space left. False: the queue is empty now. */
bool sm__hold_fill(struct sm__hold *hold, rd_kafka_queue_t *queue, size_t max);
size_t sm__hold_space(struct sm__hold *hold);
/* Takes the first message out; the caller destroys it. */
rd_kafka_message_t *sm__hold_take(struct sm__hold *hold);
static inline size_t sm__hold_count(const struct sm__hold *hold)
{
    return hold->end - hold->first;
}

/* source_inbox.c: what callbacks say */
void sm__inbox_rebalance(rd_kafka_t *handle, rd_kafka_resp_err_t code,
                         rd_kafka_topic_partition_list_t *partitions, void *opaque);
void sm__inbox_error(rd_kafka_t *handle, int code, const char *reason, void *opaque);
/* A message that is an error, but not the end of a partition and not an offset out of range. */
void sm__inbox_message(struct sm__source *source, const rd_kafka_message_t *message);
bool sm__source_topic(const struct sm__source *source, const char *name, enum sm_topic *out);

/* source_news.c: and what becomes of it */
void sm__source_news(struct sm__source *source, const struct sm_source_sink *sink);

/* source_group.c */
enum sm_status sm__source_assign(struct sm_source *port, const struct sm_fetch_from *list,
                                 size_t count, uint64_t generation, struct sm_err *err);
void sm__source_release(struct sm_source *port);
void sm__source_commit(struct sm_source *port, const struct sm_fetch_from *list, size_t count);
/* What is held of the assignment is worth nothing any more. */
void sm__source_end_assignment(struct sm__source *source);
void sm__source_suspend(struct sm__source *source, bool suspended);

/* source_stop.c: gives up all that is assigned; when it returns, fetching has ended. */
void sm__source_stop(struct sm__source *source);

/* source_poll.c */
enum sm_status sm__source_poll(struct sm_source *port, const struct sm_source_sink *sink,
                               size_t records_max, struct sm_err *err);
void sm__source_pause(struct sm_source *port, bool paused);

/* source_offer.c: one message as what the sink understands */
bool sm__source_offer(struct sm__source *source, const struct sm_source_sink *sink,
                      rd_kafka_message_t *message);
void sm__source_error(struct sm__source *source, const struct sm_source_sink *sink,
                      const rd_kafka_message_t *message);

/* source_marks.c */
enum sm_status sm__source_watermarks(struct sm_source *port, struct sm_partition_id id,
                                     int timeout_ms, int64_t *low, int64_t *high,
                                     struct sm_err *err);

/* source_side.c */
rd_kafka_t *sm__source_side(struct sm__source *source, struct sm_err *err); /* NULL: no memory */
void sm__source_side_close(struct sm__source *source);

/* source_look.c */
void sm__source_look(struct sm_source *port, struct sm_partition_id id, int64_t offset,
                     uint64_t ticket);
void sm__looks_serve(struct sm__source *source, const struct sm_source_sink *sink);
void sm__looks_forget(struct sm__source *source);
void sm__looks_close(struct sm__source *source);
#endif
