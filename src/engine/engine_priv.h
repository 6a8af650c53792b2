#ifndef SM_ENGINE_PRIV_H
#define SM_ENGINE_PRIV_H
/* What the files of this layer share: partitions, buffers, lanes. One engine, one thread.
 *
 *   source ──record──► engine.c ──► buffer (decoded) ──► lane.c ──► work.c ──► unit.c ──► store
 *                         │                                │                     │
 *                     partitions ◄── takeover.c ◄──────────┘        cache.c ◄────┘ after commit */
#include "base/log.h"
#include "engine/buffer.h"
#include "engine/cache.h"
#include "engine/engine.h"
#include "engine/partition.h"
#include "engine/references.h"
#include "engine/schemas.h"

/* ---- lanes: one writer each ---- */

#define SM__UNIT_SPARE_SIZE (8 << 20) /* bytes of a unit besides its records': wide client rows */
#define SM__BATCH_BYTES_MIN (5 << 20) /* bytes in which any one record fits, decoded */

enum sm__lane_phase {
    SM__LANE_IDLE, /* no call under way */
    SM__LANE_WAITING, /* pausing after a failure, until wake_us; then takes over again */
    SM__LANE_TAKING_OVER,
    SM__LANE_STOPPING, /* telling the store that a partition stopped */
    SM__LANE_LOADING,
    SM__LANE_COMMITTING,
    SM__LANE_WATCHING, /* asking what changed behind our back, and which queue is due */
    SM__LANE_FETCHING, /* asking for a chunk of such a queue */
    SM__LANE_TRIMMING, /* removing old lines of processing_logs */
    SM__LANE_MARKING /* noting which record is tried alone */
};

/* Where units come from: a buffer, and how far it is worked off. */
struct sm__feed {
    struct sm__buffer *buffer;
    size_t from; /* entries below this are done */
    size_t to; /* end of the unit at hand */
    size_t span; /* most entries the next unit may take; lowered to isolate a refused row */
    unsigned conflicts; /* in a row, on the unit at hand */
};

/* A queue of the waiting room on its way through admission; see release.c. */
struct sm__release {
    struct sm__buffer buffer;
    bool active; /* `queues` are being looked at */
    bool more; /* behind the chunk at hand there are further events */
    struct sm_due queues[SM_DUE_MAX]; /* of one partition and cause */
    size_t queue_count;
    int64_t after; /* ids up to this one were looked at */
};

struct sm__lane {
    struct sm_engine *engine;
    uint32_t index;
    struct sm_store *store;
    enum sm__lane_phase phase;
    int64_t wake_us; /* of WAITING */
    int64_t pause_us; /* next pause after a failure */
    bool away; /* the last call failed with SM_RETRY */
    struct sm__buffer buffers[2];
    unsigned filling; /* which of the two takes records; the other one is being worked off */
    struct sm__feed live; /* on the working one of the two */
    struct sm__feed released; /* on release.buffer */
    struct sm__feed *at; /* the one that the unit at hand is from */
    struct sm__release release;
    bool live_turn; /* a unit was released: one from the topic comes before the next */
    bool due_maybe; /* queues of ours may be due: ask before anything else */
    int64_t watch_at_us; /* when to ask in any case */
    int64_t release_at_us; /* not before: a schema is being asked for */
    int64_t trim_at_us; /* when to look for old log lines */
    struct sm_watch watch;
    struct sm_watch_position *watched; /* owned; one per partition at the most */
    struct sm_waiting waiting;
    struct sm_trim trim;
    struct sm_trial trial;
    bool load_due; /* load even if nothing is missing: to compare generations */
    bool careful; /* look every event id up before admitting */
    unsigned careful_units; /* units to go until optimism returns */
    struct sm_arena unit_arena; /* everything of one unit: work, load, unit */
    struct sm__work *work; /* of the unit at hand, in unit_arena */
    struct sm_load load;
    struct sm_unit unit;
    struct sm_stop stop;
    struct sm_rejection refusal; /* of the one record that PostgreSQL refused last */
    struct sm_store_call call;
    struct sm_takeover *takeovers; /* owned; one per partition at the most */
    size_t takeover_count;
    struct sm__cache cache;
    struct sm__references references;
    struct sm_log_limit retry_limit;
};

/* The broker says that it does not know a topic of ours. */
struct sm__absence {
    int64_t pause_us; /* before the next try; 0: the topic is there */
};

struct sm_engine {
    struct sm_engine_options options;
    struct sm_source *source;
    const struct sm_clock *clock;
    struct sm_decoder *decoder; /* owned */
    struct sm__schemas schemas;
    struct sm__lane lanes[SM_LANES_MAX];
    size_t lane_count;
    struct sm__partition *partitions; /* owned; sorted by topic, partition */
    size_t partition_count;
    uint64_t generation; /* of the fetch positions in force */
    bool assigned; /* the group gave us the partitions (perhaps none) */
    bool assign_due; /* the source must be told new positions once nobody is taking over */
    bool revoking; /* REVOKED came; release is owed */
    bool revoke_lost;
    int64_t revoke_deadline_us;
    bool stopping;
    bool paused;
    bool had_progress; /* of the step under way */
    bool until_known; /* every partition's `until` has been asked for */
    int64_t stalled_since_us; /* no room for records since; 0: there is room */
    int64_t group_commit_us; /* not before */
    bool broker_away;
    int64_t watermarks_due_us; /* a broker that did not answer is not asked before */
    size_t trial; /* index + 1 of the partition that is tried alone; 0: none */
    struct sm__absence absences[SM_TOPIC_COUNT];
    uint64_t proof_tickets; /* given out so far */
    struct sm_log_limit proof_limit;
    enum sm_status failed; /* SM_OK, or what the next step returns */
    struct sm_err failure;
    struct sm_engine_view totals;
};

/* partition.c */
bool sm__entry_is_valid(const struct sm_engine *engine, const struct sm__entry *entry);

/* intake.c: the sink that the source delivers to */
struct sm_source_sink sm__intake_sink(struct sm_engine *engine);
bool sm__intake_has_room(struct sm_engine *engine);
void sm__intake_flush_marks(struct sm_engine *engine);

/* lane.c */
bool sm__lane_init(struct sm__lane *lane, struct sm_engine *engine, uint32_t index,
                   struct sm_store *store);
void sm__lane_deinit(struct sm__lane *lane);
void sm__lane_step(struct sm__lane *lane);
bool sm__lane_is_idle(const struct sm__lane *lane); /* no call under way */
/* Forgets what is buffered and cached; a call under way is thrown away with its session. */
void sm__lane_drop(struct sm__lane *lane);
/* The pause after a failure, then a RESUME of everything the lane runs. */
void sm__lane_pause(struct sm__lane *lane, const struct sm_err *err, const char *what);
struct sm__buffer *sm__lane_filling(struct sm__lane *lane);
void sm__lane_begin_call(struct sm__lane *lane, enum sm__lane_phase phase);
/* Works off lane->at from `from` on. */
void sm__lane_unit_start(struct sm__lane *lane);

/* trial.c: records of which the program died */
void sm__trial_judge(const struct sm_engine *engine, struct sm__partition *partition,
                     const struct sm_takeover *taken);
bool sm__trial_holds_back(struct sm_engine *engine); /* nothing may be taken from the topics now */
/* May the record be taken? If not, it is offered again. */
bool sm__trial_admits(struct sm_engine *engine, struct sm__partition *partition,
                      const struct sm_record *record);
bool sm__trial_begin(struct sm__lane *lane); /* false: nothing to note now */
void sm__trial_marked(struct sm__lane *lane);
void sm__trial_committed(struct sm_engine *engine, struct sm__partition *partition);

/* release.c: the waiting room, and what else is done once in a while */
bool sm__release_step(struct sm__lane *lane); /* false: there is nothing to do now */
void sm__release_fetch(struct sm__lane *lane); /* the next chunk of the queue at hand */
void sm__release_watched(struct sm__lane *lane); /* WATCH, WAITING, TRIM were answered */
void sm__release_fetched(struct sm__lane *lane);
void sm__release_trimmed(struct sm__lane *lane);
void sm__release_committed(struct sm__lane *lane);
bool sm__release_is_last(const struct sm__lane *lane); /* the unit, of what is released */
void sm__release_give_up(struct sm__lane *lane); /* what is due stays so in the store */
int64_t sm__release_wake(const struct sm__lane *lane); /* monotonic: when step has to be called */
/* Nothing that waits may be due. */
bool sm__release_is_settled(const struct sm__lane *lane);

/* takeover.c */
bool sm__takeover_begin(struct sm__lane *lane); /* false: nothing to take over now */
void sm__takeover_done(struct sm__lane *lane);
void sm__takeover_resume_all(struct sm__lane *lane); /* marks the lane's running partitions */

/* work.c, unit.c: see there */
enum sm_status sm__work_begin(struct sm__lane *lane); /* SM_OK, or SM_LIMIT: take fewer entries */
enum sm_status sm__work_want(struct sm__lane *lane, bool *wanted); /* what lane->load lacks */
void sm__work_loaded(struct sm__lane *lane);
/* Admits all; false: some event ids must be looked up first, call want again. SM_LIMIT as above. */
enum sm_status sm__work_admit(struct sm__lane *lane, bool *settled);
/* queue.c: what waits before an item, in the store and in its unit. False: the arena is full. */
bool sm__queue_want(struct sm__lane *lane, struct sm_load *load);
void sm__queue_take(struct sm__lane *lane, const struct sm_load *load);
void sm__work_forget(struct sm__lane *lane); /* what was cached of the unit's clients is wrong */
void sm__work_refuse(struct sm__lane *lane, const char *text); /* the unit's only record */
enum sm_status sm__unit_build(struct sm__lane *lane);
void sm__unit_committed(struct sm__lane *lane);

/* Ends the engine with this failure at the next step. */
void sm__engine_fail(struct sm_engine *engine, const struct sm_err *err);
#endif
