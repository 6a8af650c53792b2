#ifndef SM_PORTS_SOURCE_H
#define SM_PORTS_SOURCE_H
/* Where records come from: a consumer-group member on the two event topics.
 *
 * The source turns the client library's callbacks into data and decides nothing. The engine owns
 * positions: it says where to fetch from (from PostgreSQL, never from the group's offset), and
 * every record carries the generation of the assignment it was fetched under, so that one of an
 * assignment that has ended can be told and dropped.
 *
 *   ASSIGNED ──► engine takes the partitions over ──► assign(list, generation) ──► records
 *   REVOKED  ──► engine finishes or drops units   ──► release() ──► the next owner may start
 *
 * Besides, single records are looked at again, by another way than they were fetched: that tells a
 * topic that was deleted and made anew so quickly that nothing else tells it.
 *
 *   look(partition, offset, ticket) ──► LOOKED, LOOKED_OUTSIDE, or no answer: ask again
 *
 * Not thread-safe; never blocks (watermarks apart). Second implementation: tests/sim. */
#include <poll.h>

#include "base/err.h"
#include "domain/record.h"

struct sm_partition_id {
    enum sm_topic topic;
    int32_t partition;
};

enum sm_source_event_kind {
    /* the group gave us exactly `partitions`; nothing is fetched until assign */
    SM_SOURCE_ASSIGNED,
    SM_SOURCE_REVOKED,  /* give up all; answer with release. `lost`: it is too late to finish */
    SM_SOURCE_END, /* the end of `partitions[0]` was reached at `offset` (past control records) */
    /* `partitions[0]`: the broker does not have `offset`; fetching stopped */
    SM_SOURCE_OUT_OF_RANGE,
    SM_SOURCE_TOPIC_GONE,   /* `partitions[0].topic` (partition -1: all) vanished from the broker */
    SM_SOURCE_AWAY,         /* no broker reachable; fetching goes on by itself later */
    SM_SOURCE_BACK,         /* records or an answer came again after AWAY */
    SM_SOURCE_FAILED,       /* this handle can never work again; text says why */
    /* Answers to look, about `partitions[0]`; `offset` and `generation` are what look was given. */
    SM_SOURCE_LOOKED, /* `record`: the first one at `offset` or behind it, committed or not, without
                         headers; NULL: nothing but control records is there */
    SM_SOURCE_LOOKED_OUTSIDE /* the broker does not have `offset`: retention took it, or the topic
                                ends before it or there */
};
struct sm_source_event {
    enum sm_source_event_kind kind;
    const struct sm_partition_id *partitions;
    size_t count;
    int64_t offset;
    uint64_t generation; /* of END and OUT_OF_RANGE: as given to assign; of answers: the ticket */
    bool lost;
    const struct sm_record *record; /* of LOOKED; valid during the call */
    const char *text; /* a printable sentence, or "" */
};

struct sm_source_sink {
    void *context;
    /* Takes a copy of what it needs. False: no room now; the source keeps the record and offers it
     * first at the next poll. */
    bool (*record)(void *context, const struct sm_record *record);
    void (*event)(void *context, const struct sm_source_event *event);
};

struct sm_fetch_from {
    struct sm_partition_id id;
    int64_t offset; /* first record wanted */
};

struct sm_source;
struct sm_source_ops {
    /* Hands over what has arrived, at most `records_max` records; returns at once when nothing has.
     * Must be called at least every max.poll.interval.ms, with 0 to get events alone.
     * SM_OK. SM_FATAL: it is at its end. SM_FENCED: the same, because another member of the group
     * has its static name; one that is opened anew takes the name back. */
    enum sm_status (*poll)(struct sm_source *source, const struct sm_source_sink *sink,
                           size_t records_max, struct sm_err *err);
    /* Fetches from exactly these positions, in place of what was fetched before; records delivered
     * from now on carry `generation`, and none of an earlier generation is delivered after this
     * returns. Partitions not named stay ours but silent. SM_OK or SM_RETRY. */
    enum sm_status (*assign)(struct sm_source *source, const struct sm_fetch_from *list,
                             size_t count, uint64_t generation, struct sm_err *err);
    /* Answers REVOKED: stops fetching and lets the group go on. */
    void (*release)(struct sm_source *source);
    /* Stops or resumes delivery of all partitions without losing the membership. Cheap if nothing
     * changes. */
    void (*pause)(struct sm_source *source, bool paused);
    /* Tells the group our durable positions, for lag tools only; asynchronous, failures ignored. */
    void (*commit)(struct sm_source *source, const struct sm_fetch_from *list, size_t count);
    /* Asks to read the record at `offset` from the broker once more, however far fetching has got:
     * from a request that is sent after this call, so that what it brings is what lies there later
     * than everything that was delivered before. Asynchronous, answered by an event of poll (also
     * while paused), which carries `ticket`. At most one question a partition: a new one takes the
     * place of the older. There may be no answer at all (broker away, topic gone, partitions
     * released): who needs one asks again. The partition need not be assigned. */
    void (*look)(struct sm_source *source, struct sm_partition_id id, int64_t offset,
                 uint64_t ticket);
    /* Asks the broker for the first offset it has and the offset after the last (high watermark).
     * Blocks up to `timeout_ms`. SM_OK, or SM_RETRY. */
    enum sm_status (*watermarks)(struct sm_source *source, struct sm_partition_id id,
                                 int timeout_ms, int64_t *low, int64_t *high, struct sm_err *err);
    /* The descriptor that becomes readable when poll has something to hand over; -1: none. */
    int (*wait_fd)(struct sm_source *source);
    /* Leaves the group (not if the membership is static) and frees everything. */
    void (*close)(struct sm_source *source);
};
struct sm_source {
    const struct sm_source_ops *ops;
};
#endif
