#ifndef SM_DOMAIN_LAG_H
#define SM_DOMAIN_LAG_H
/* Lag of one partition (design section 12): from samples to numbers, a state, and what to do.
 *
 * Positions and ends come in as samples with their time; nothing here asks a clock or anybody else.
 * The end is the broker's own answer, never what a consuming handle believes:
 *
 *      low            position       first            stable         high
 *       |---- gone ... |--- none -----|==== behind ====|-- held back --|
 *
 * `first` is the first record that can be read at or after the position; between the two lie end
 * marks and aborted records only. Unknown is SM_LAG_UNKNOWN, never 0.
 *
 * A state follows from the facts of a moment (sm_lag_judge). A change of state is shown when it has
 * held for a time (sm_lag_hold_us), so that nothing flaps; what is known for the first time, or
 * again, is shown at once. Times are microseconds: `at` of a monotonic clock, `wall` since 1970. */
#include <stdbool.h>
#include <stdint.h>

#define SM_LAG_UNKNOWN   INT64_MIN
#define SM_LAG_NEVER     INT64_MAX /* when the backlog is gone: not at this rate */
#define SM_LAG_UNLIMITED INT64_MAX /* the broker never deletes */
#define SM_LAG_NONE      (-1) /* as `first`: nothing can be read before `stable` */

/* X(enumerator, name, in words); the best first, so the worst of a group has the highest number. */
#define SM_LAG_STATE_LIST(X) \
    X(SM_LAG_IDLE, "idle", "nothing to do, and no records have come lately") \
    X(SM_LAG_CURRENT, "current", "records are committed as they come") \
    X(SM_LAG_CATCHING_UP, "catching_up", "behind, and getting closer") \
    X(SM_LAG_STATE_UNKNOWN, "unknown", "cannot be told at the moment") \
    X(SM_LAG_FALLING_BEHIND, "falling_behind", "behind, and getting further behind") \
    X(SM_LAG_UNASSIGNED, "unassigned", "no running instance has it") \
    X(SM_LAG_FENCED, "fenced", "its instance has lost it to another one") \
    X(SM_LAG_PAUSED, "paused", "waits for something outside, and goes on by itself") \
    X(SM_LAG_STALLED, "stalled", "records wait, and none was committed for a while") \
    X(SM_LAG_STOPPED, "stopped", "will not go on without an operator")

enum sm_lag_state {
#define SM_LAG_STATE_ENUM(name, text, words) name,
    SM_LAG_STATE_LIST(SM_LAG_STATE_ENUM)
#undef SM_LAG_STATE_ENUM
    SM_LAG_STATE_COUNT
};

/* X(enumerator, name): what a paused partition waits for. */
#define SM_LAG_WAIT_LIST(X) \
    X(SM_LAG_WAIT_NONE, "none") \
    X(SM_LAG_WAIT_POSTGRES, "postgres") \
    X(SM_LAG_WAIT_DISK, "disk") /* PostgreSQL's */ \
    X(SM_LAG_WAIT_REGISTRY, "registry") /* a schema that it does not give */ \
    X(SM_LAG_WAIT_OPERATOR, "operator") \
    X(SM_LAG_WAIT_TRANSACTION, "transaction") /* of a producer, open for long */

enum sm_lag_wait {
#define SM_LAG_WAIT_ENUM(name, text) name,
    SM_LAG_WAIT_LIST(SM_LAG_WAIT_ENUM)
#undef SM_LAG_WAIT_ENUM
    SM_LAG_WAIT_COUNT
};

/* X(enumerator, name, in words): why there is lag. */
#define SM_LAG_CAUSE_LIST(X) \
    X(SM_LAG_CAUSE_NONE, "none", "nothing is behind") \
    X(SM_LAG_CAUSE_UNKNOWN, "unknown", "the cause cannot be told") \
    X(SM_LAG_CAUSE_RESTART, "restart", "the records waited already when the instance took over") \
    X(SM_LAG_CAUSE_PRODUCERS, "producers", "producers send more than before") \
    X(SM_LAG_CAUSE_OUR_RATE, "our_rate", "fewer records are committed than before") \
    X(SM_LAG_CAUSE_PARTITION, "one_partition", "nearly all of it is in one partition")

enum sm_lag_cause {
#define SM_LAG_CAUSE_ENUM(name, text, words) name,
    SM_LAG_CAUSE_LIST(SM_LAG_CAUSE_ENUM)
#undef SM_LAG_CAUSE_ENUM
    SM_LAG_CAUSE_COUNT
};

enum sm_lag_owner {
    SM_LAG_OWNER_UNKNOWN,
    SM_LAG_OWNER_NONE,
    SM_LAG_OWNER_LIVES,
    SM_LAG_OWNER_FENCED
};

/* What was seen at one moment. */
struct sm_lag_sample {
    int64_t at_us, wall_us;
    bool broker_answered; /* if not, the rest of the broker's part means nothing */
    int64_t low, high, stable; /* the first offset, and those after the last and last stable one */
    int64_t first; /* offset of the first unprocessed record; NONE; UNKNOWN */
    int64_t first_wall_us; /* its timestamp; UNKNOWN */
    int64_t retention_us; /* of the topic; UNLIMITED; UNKNOWN */
    bool database_answered; /* if not, the rest means nothing, but for `waits_for` */
    int64_t position; /* durable; UNKNOWN: nobody has consumed from it yet */
    int64_t advanced_wall_us; /* its last commit; UNKNOWN */
    int64_t taken_wall_us; /* when its instance took it over; UNKNOWN */
    int64_t lost; /* records that Kafka had deleted unread, as the books say */
    enum sm_lag_owner owner;
    enum sm_lag_wait waits_for;
    bool stopped; /* it waits for an operator: out of range, made anew */
};

/* The evidence: all that a state follows from. */
struct sm_lag_facts {
    bool sampled; /* lately */
    bool broker_answered, database_answered, stopped;
    enum sm_lag_owner owner;
    enum sm_lag_wait waits_for;
    int64_t position, low, end; /* UNKNOWN; `end` is the stable one */
    int64_t records; /* behind; UNKNOWN */
    int64_t behind_us; /* age of the first unprocessed record; 0: there is none; UNKNOWN */
    int64_t behind_for_us; /* how long there was always something to read; 0: there is nothing */
    int64_t unmoved_us; /* since the position moved; UNKNOWN */
    int64_t quiet_us; /* since the end moved; UNKNOWN */
    int64_t ahead_us; /* how long the position lies after the end; 0: it does not */
    int64_t held_back; /* records after the stable end */
    int64_t held_back_us; /* how long there were any while the stable end did not move */
    int64_t span_us; /* how far back the next two look; 0: nowhere */
    int64_t moved; /* records that the position moved by in the span */
    int64_t growth; /* of the backlog in the span */
};

struct sm_lag_limits {
    int64_t current_us; /* behind by no more is current */
    int64_t idle_us; /* no records for so long is idle */
    int64_t stalled_us; /* work and no progress for so long is stalled */
    int64_t grace_us; /* a record seen for less does not make it stalled, whatever its timestamp */
    int64_t look_us; /* what is seen in less time tells no direction */
    int64_t still_us; /* a position that rests for less may just be between two commits */
    int64_t transaction_us; /* records held back for longer: paused */
    int64_t ahead_us; /* a position after the end for longer: the topic is another one */
    int64_t stale_us; /* a sample older than this tells nothing any more */
    int64_t jump_us; /* the wall clock left the monotonic one by more: it jumped */
    int64_t jump_wait_us; /* for so long after a jump ages are unknown */
};
extern const struct sm_lag_limits sm_lag_limits_default;

#define SM_LAG_WINDOWS 3 /* 10 seconds, 1 and 5 minutes; or as far back as was seen */
struct sm_lag_rate {
    int64_t span_us; /* what it was computed over; 0: nothing */
    int64_t in, out; /* records in 1,000 seconds; UNKNOWN */
};

/* Past positions, thinned to one in SM_LAG_STEP_US. */
#define SM_LAG_STEP_US INT64_C(5000000)
#define SM_LAG_POINTS  64
struct sm_lag_point {
    int64_t at_us;
    int64_t position, high, end; /* UNKNOWN */
};
/* What is remembered of a partition. Zeros are an empty one. Written by sm_lag_observe alone. */
struct sm_lag_tracker {
    struct sm_lag_point points[SM_LAG_POINTS]; /* a ring, the oldest at `first_point` */
    uint32_t first_point, point_count;
    bool started;
    struct sm_lag_sample last;
    struct sm_lag_point now; /* the newest point, thinned or not */
    struct sm_lag_point seen; /* the last that was known of each */
    int64_t moved_at_us, arrived_at_us; /* when position and end were last seen to move; UNKNOWN */
    int64_t behind_at_us, ahead_at_us, held_at_us; /* since when; UNKNOWN: it is not */
    int64_t jumped_at_us; /* UNKNOWN: the wall clock did not jump */
    enum sm_lag_state state, pending;
    enum sm_lag_wait waits_for, pending_waits_for;
    int64_t since_us, pending_us;
    bool since_start; /* it was in this state when it was first seen */
};

struct sm_lag_report {
    enum sm_lag_state state;
    enum sm_lag_wait waits_for; /* of PAUSED; else NONE */
    int64_t for_us; /* how long it has been in this state */
    bool since_start; /* for at least that long: it was so when it was first seen */
    enum sm_lag_state pending; /* what the facts say; shown when it has held long enough */
    enum sm_lag_cause cause;
    struct sm_lag_facts facts;
    struct sm_lag_rate rates[SM_LAG_WINDOWS];
    int64_t eta_us; /* until the backlog is gone; 0: it is, or current; NEVER; UNKNOWN */
    int64_t margin_us; /* until retention reaches what is not read; UNLIMITED; UNKNOWN */
    int64_t margin_records; /* between the broker's first offset and the position; UNKNOWN */
    int64_t lost; /* deleted unread: on the books, and what will be put on them; UNKNOWN */
    bool clock_jumped; /* that is why ages are unknown */
};

/* Samples come in the order of `at_us`. */
void sm_lag_observe(struct sm_lag_tracker *tracker, const struct sm_lag_limits *limits,
                    const struct sm_lag_sample *sample);
/* As things stand at this moment, which is not before the last sample. Without a sample, or when
 * the last one is too old, all is unknown. */
void sm_lag_report(const struct sm_lag_tracker *tracker, const struct sm_lag_limits *limits,
                   int64_t at_us, int64_t wall_us, struct sm_lag_report *out);

/* The state that follows from the facts; *waits_for says what PAUSED waits for. */
enum sm_lag_state sm_lag_judge(const struct sm_lag_facts *facts, const struct sm_lag_limits *limits,
                               enum sm_lag_wait *waits_for);
/* How long a state must hold before it takes the place of another one. */
int64_t sm_lag_hold_us(enum sm_lag_state state);
#endif
