#ifndef SM_ENGINE_PARTITION_H
#define SM_ENGINE_PARTITION_H
/* A partition that the group gave us: where it stands, and by what its topic is known again. */
#include "engine/engine.h"

/* What the first records after a take-over must be, before any is taken. */
enum sm__anchor_pending {
    SM__ANCHOR_NONE,
    SM__ANCHOR_PROVEN, /* fetching began at `proven`: then comes `anchor`, if it is another one */
    SM__ANCHOR_LAST /* fetching began at `anchor`, or has got past `proven` */
};
/* Of the question whether what we fetch is still of the topic that we know; see proof.c. */
struct sm__proof {
    uint64_t ticket; /* of the question under way; 0: none */
    int64_t asked_us; /* when it was put; monotonic, as all times here */
    int64_t asked_read; /* offset_read at that time */
    struct sm_anchor candidate; /* `anchor` at that time: proven if the answer is right */
    int64_t read; /* everything that was fetched below is known to be of our topic */
    int64_t due_us; /* no other question before */
};

struct sm__partition {
    struct sm_partition_id id;
    uint32_t lane;
    enum sm_partition_phase phase;
    uint32_t tenure; /* raised whenever what is buffered of it must not be used any more */
    enum sm_takeover_mode mode; /* of the take-over to come, in phase TAKING_OVER */
    int64_t not_before_us; /* monotonic; a take-over waits until then */
    int64_t low; /* of SM_TAKEOVER_CREATE */
    int16_t topic_id;
    int64_t epoch;
    int64_t seq; /* of the last ledger row */
    struct sm_digest chain;
    int64_t recorded_at;
    struct sm_anchor anchor; /* the last record that is durable */
    struct sm_anchor proven; /* all up to this one is of the topic that we know; offset -1: the
                                next record that is consumed will say which topic that is */
    enum sm__anchor_pending anchor_pending;
    struct sm__proof proof;
    bool fetch_due; /* its position is new and the source does not know it yet: what it delivers
                       until then is of the old one */
    bool lacks_schema; /* its next record is by schema_id, which is not known yet; schemas.c */
    uint32_t schema_id;
    bool wait_noted; /* the store may say that it waits */
    bool wait_pending; /* must be told to the store: `wait_reason` */
    char wait_reason[SM_ERR_TEXT_SIZE]; /* what it waits for, and why that cannot be had; empty:
                                           nothing, or it is not known yet whether it can */
    bool stop_pending; /* must be told to the store: `stop_reason` */
    bool leave_pending; /* must be told to the store: it is left in order */
    int64_t claimed_offset; /* where it was claimed */
    int claims; /* there */
    size_t alone; /* so many of its next records are tried one by one; see trial.c */
    int killer_trials; /* deaths of the record at offset_durable: it is not looked at again; or 0 */
    enum {
        SM__TRIAL_NONE,
        SM__TRIAL_WANTED,
        SM__TRIAL_MARKED,
        SM__TRIAL_TAKEN,
        SM__TRIAL_UNWANTED
    } trial;
    int64_t trial_offset; /* unless NONE */
    int64_t offset_read;
    int64_t offset_applied;
    int64_t offset_durable;
    int64_t offset_grouped; /* last told to the group */
    int64_t end_pending; /* END came: the position may move there; 0: none. Not yet in a buffer. */
    int64_t lost_pending; /* retention took everything below; 0: none. Not yet in a buffer. */
    int64_t until; /* with until_idle: end at the first assignment; -1: not asked yet */
    char stop_reason[SM_ERR_TEXT_SIZE];
};

/* partition.c: the engine's table of partitions */
void sm__partitions_set(struct sm_engine *engine, const struct sm_partition_id *list, size_t count);
/* The group gave them to us, and they are not being given up. */
bool sm__partitions_are_ours(const struct sm_engine *engine);
/* The source is to fetch it: it runs, also while its lane resumes after a lost connection (records
 * that were dropped then would look like a gap to the next), and waits for no schema. */
bool sm__partition_is_fetched(const struct sm__partition *partition);
struct sm__partition *sm__partition_find(struct sm_engine *engine, struct sm_partition_id id);
/* Makes everything that is buffered of it void, and asks for a take-over in `mode`. */
void sm__partition_retake(struct sm__partition *partition, enum sm_takeover_mode mode,
                          int64_t not_before_us);
/* It is given up in order; if it was claimed before where it still is, it says so to the store, or
 * idle partitions would look as if they killed their readers. */
void sm__partition_leave(const struct sm_engine *engine, struct sm__partition *partition);
void sm__partitions_leave(struct sm_engine *engine);
bool sm__partitions_have_left(const struct sm_engine *engine);
/* It cannot go on: told to the store by its lane, and left out of the fetch positions. */
void sm__partition_stop(struct sm_engine *engine, struct sm__partition *partition,
                        const char *reason);
const char *sm__topic_word(enum sm_topic topic);

/* position.c: tells the source where to fetch from; judges what it says of positions */
void sm__position_assign(struct sm_engine *engine);
void sm__position_out_of_range(struct sm_engine *engine, struct sm__partition *partition,
                               int64_t offset);
/* While an anchor is pending. False: it is not to be taken, since it was consumed before, or the
 * partition stopped. */
bool sm__position_check_anchor(struct sm_engine *engine, struct sm__partition *partition,
                               const struct sm_record *record);
void sm__position_missing_anchor(struct sm_engine *engine, struct sm__partition *partition,
                                 int64_t next); /* -1: nothing follows */
/* The partition stops, for these reasons. */
void sm__position_wrong_record(struct sm_engine *engine, struct sm__partition *partition,
                               int64_t offset);
void sm__position_missing_record(struct sm_engine *engine, struct sm__partition *partition,
                                 int64_t offset, int64_t next);
void sm__position_ends_early(struct sm_engine *engine, struct sm__partition *partition,
                             int64_t high);
void sm__position_ask_until(struct sm_engine *engine);
/* Asks the source; SM_RETRY also while a broker that was silent is not asked. */
enum sm_status sm__position_watermarks(struct sm_engine *engine, struct sm_partition_id id,
                                       int64_t *low, int64_t *high, struct sm_err *err);
bool sm__position_until_reached(const struct sm_engine *engine);

/* proof.c: asks now and then whether what is fetched is of the topic that we know */
void sm__proof_ask(struct sm_engine *engine);
void sm__proof_answer(struct sm_engine *engine, struct sm__partition *partition,
                      const struct sm_source_event *event);
/* When sm__proof_ask has something to do for it; INT64_MAX: nothing. */
int64_t sm__proof_wake(const struct sm_engine *engine, const struct sm__partition *partition);

/* absence.c: a topic is not there, and is there again */
void sm__absence_begin(struct sm_engine *engine, const struct sm_source_event *event);
void sm__absence_end(struct sm_engine *engine, enum sm_topic topic);
#endif
