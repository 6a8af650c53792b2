#ifndef SIM_SIM_H
#define SIM_SIM_H
/* One simulated history: processes that each run the whole engine, a database and a broker that
 * they share, virtual time, faults, and the laws. All of it is a function of the seed.
 *
 *   chaos: faults come, records are sent     end: no faults, until nothing is left to consume
 *   ├──────────────────────────────────────┤├──────────────────────────────┤ then all laws */
#include "engine/engine.h"
#include "sim/history.h"
#include "sim/memory_source.h"
#include "sim/memory_store.h"

#define SIM_PROCESSES_MAX 3

/* X(enumerator, word): what may happen between two steps */
#define SIM_FAULT_LIST(X)                                                                          \
    X(SIM_CRASH, "crash")                     /* a process vanishes */                             \
    X(SIM_CRASH_IN_COMMIT, "crash in commit") /* at a drawn point of the next COMMIT */            \
    X(SIM_FREEZE, "freeze") /* a process stops for a while, perhaps past its session */            \
    X(SIM_FREEZE_IN_COMMIT, "freeze in commit") /* holding locks */                                \
    X(SIM_STOP_PROCESS, "stop")                 /* SIGTERM; started again later */                 \
    X(SIM_STORE_AWAY, "store away")                                                                \
    X(SIM_BROKER_AWAY, "broker away")                                                              \
    X(SIM_WALL_JUMP, "wall clock jump")                                                            \
    X(SIM_TRUNCATE, "retention")                                                                   \
    X(SIM_RESTORE, "restore") /* an older copy of the database is put in place */
enum sim_fault {
#define SIM_FAULT_ENUM(name, word) name,
    SIM_FAULT_LIST(SIM_FAULT_ENUM)
#undef SIM_FAULT_ENUM
        SIM_FAULT_COUNT
};
const char *sim_fault_word(enum sim_fault fault);

/* X(enumerator, word): what may become of the config topic when a history is over */
#define SIM_TOPIC_LIST(X)                                                                          \
    X(SIM_TOPIC_SAME, "topic kept")                                                                \
    X(SIM_TOPIC_TOLD, "topic made anew")            /* and who runs is told that it was gone */    \
    X(SIM_TOPIC_QUICK, "topic made anew in secret") /* grown past all positions, nobody is told */ \
    X(SIM_TOPIC_CUT, "topic cut") /* it lost its end, and was filled up with others' records */    \
    X(SIM_TOPIC_ABSENT, "topic absent") /* for a while, and then the same */
enum sim_topic {
#define SIM_TOPIC_ENUM(name, word) name,
    SIM_TOPIC_LIST(SIM_TOPIC_ENUM)
#undef SIM_TOPIC_ENUM
        SIM_TOPIC_COUNT
};
const char *sim_topic_word(enum sim_topic topic);

/* How the records of the two topics are mixed; those of a partition keep their order. */
enum sim_mix {
    SIM_MIX_AS_DRAWN,
    SIM_MIX_PROCESSING_FIRST, /* all processing events before all config events */
    SIM_MIX_CONFIG_FIRST,
    SIM_MIX_ANY,
    SIM_MIX_COUNT
};

/* How one world is built; drawn from the seed, or set by hand for the other modes. */
struct sim_plan {
    uint64_t seed;
    struct sim_shape shape;
    enum sim_mix mix;
    size_t process_count;
    size_t lane_counts[SIM_PROCESSES_MAX];
    struct sm_engine_options engine;
    struct memory_db_options db;
    struct memory_broker_options broker;
    unsigned fault_mask;           /* bits of enum sim_fault that may happen */
    int fault_max;                 /* so many of them */
    int64_t fault_gap_us;          /* on average so far apart */
    int operator_max; /* so often an operator asks for something */
    int64_t operator_gap_us;
    int64_t send_after_us; /* nothing is sent before; everybody has its partitions by then */
    int64_t send_span_us;          /* virtual time over which records are sent; 0: all are there */
    unsigned unknown_feature_mask; /* feature types left out of the reference table */
    uint64_t fail_call;            /* exhaustive: this store call fails … */
    enum memory_fault fail_fault;  /* … in this way; or: */
    uint64_t crash_call;           /* the process dies when this call is under way, … */
    bool crash_after;              /* … after it took effect */
    struct memory_hold holds[MEMORY_HOLDS]; /* pauses: these calls take their time */
    bool begun_late;               /* retention has taken records before anybody read them */
    enum sim_topic topic;          /* what becomes of the config topic at the end */
    bool verbose;
};
void sim_plan_draw(struct sim_plan *plan, uint64_t seed);

struct sim_counts { /* what happened, to show that histories are about something */
    uint64_t histories, steps, records, facts, lines, duplicates, rejected, lost;
    uint64_t lines_removed; /* by retention */
    uint64_t retried, refused_again, expired, died, too_late; /* requests of operators */
    uint64_t parked, released, waiting; /* waiting: at the end */
    uint64_t units, conflicts, retries, fences, bisections, calls;
    uint64_t idle_ends, stops;
    uint64_t steady; /* histories run again by another interleaving */
    uint64_t topics[SIM_TOPIC_COUNT];
    uint64_t types[SIM_TYPE_COUNT]; /* facts and lines, by type */
    uint64_t faults[SIM_FAULT_COUNT];
};
struct sim_result {
    const char *law; /* NULL: all laws hold */
    char text[768];
    struct sim_counts counts;
    uint64_t digest[4]; /* of what is in the tables, whatever the ledger's cuts */
};
/* Runs one world to its end. True if all laws hold. */
bool sim_run(const struct sim_plan *plan, struct sim_result *result);
#endif
