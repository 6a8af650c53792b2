#ifndef SM_PORTS_PUBLISHER_H
#define SM_PORTS_PUBLISHER_H
/* Where records go: to the event topics (emit) and the command topic (relay).
 *
 * Publishing is asynchronous and bounded. Every record that was accepted is acknowledged exactly
 * once, as data in poll, with the token it was given; until then its outcome is unknown. Records
 * with one key keep their order, also when the client library sends again.
 *
 *   publish(token 7) ──► queue ──► broker ──► poll: acknowledged(token 7, partition, offset)
 *        └─ SM_AGAIN: the queue is full: poll, then try again
 *
 * Not thread-safe; never blocks (close apart). Second implementation: tests/sim. */
#include "base/err.h"
#include "domain/record.h"

#define SM_PARTITION_BY_KEY                                                                        \
    (-1) /* as Java clients choose: murmur2 of the key, random without one */

struct sm_publication {
    size_t topic; /* index into the topics that the publisher was opened with */
    int32_t partition; /* SM_PARTITION_BY_KEY, or a certain one */
    int64_t timestamp_us; /* SM_TIME_NONE: now; Kafka keeps milliseconds */
    struct sm_slice key; /* absent: null */
    struct sm_slice value; /* absent: null */
    const struct sm_header *headers;
    size_t header_count;
    uint64_t token; /* comes back in the acknowledgement */
};

struct sm_acknowledgement {
    uint64_t token;
    /* SM_OK      it is on the topic, at `partition` and `offset`.
     * SM_RETRY   no answer in time: it may or may not be there; publishing it again may repeat it.
     * SM_REJECT  the broker or the library refuses this record; it is not there.
     * SM_FENCED  another producer has taken over; this handle can publish nothing more.
     * SM_FATAL   this handle or its configuration can never work. */
    enum sm_status status;
    int32_t partition;
    int64_t offset;
    const char *text; /* why it is not SM_OK: a printable sentence; else "" */
};

struct sm_publisher_sink {
    void *context;
    /* May publish, but not poll or close. The text is valid during the call. */
    void (*acknowledged)(void *context, const struct sm_acknowledgement *acknowledgement);
};

struct sm_publisher;
struct sm_publisher_ops {
    /* Takes a copy of the record. SM_OK: it will be acknowledged. SM_AGAIN: no room now. SM_REJECT:
     * this record can never be published (too large). SM_FENCED, SM_FATAL: as above. */
    enum sm_status (*publish)(struct sm_publisher *publisher,
                              const struct sm_publication *publication, struct sm_err *err);
    /* Hands over the acknowledgements that have arrived, returns at once when none has. SM_OK, or
     * SM_FATAL when the handle can never work again (records then still get acknowledged). */
    enum sm_status (*poll)(struct sm_publisher *publisher, const struct sm_publisher_sink *sink,
                           struct sm_err *err);
    /* Records that were accepted and not yet acknowledged. */
    size_t (*pending)(const struct sm_publisher *publisher);
    /* What keeps the broker from answering, as a sentence; "": nothing. Valid until poll. */
    const char *(*trouble)(const struct sm_publisher *publisher);
    /* The descriptor that becomes readable when poll has something to hand over; -1: none. */
    int (*wait_fd)(struct sm_publisher *publisher);
    /* Forgets what is pending (its outcome stays unknown) and frees everything. */
    void (*close)(struct sm_publisher *publisher);
};
struct sm_publisher {
    const struct sm_publisher_ops *ops;
};
#endif
