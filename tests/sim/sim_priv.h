#ifndef SIM_PRIV_H
#define SIM_PRIV_H
/* What the files of the simulator share: one world. */
#include "sim/sim.h"

enum sim_process_state { SIM_PROCESS_OFF, SIM_PROCESS_RUNNING, SIM_PROCESS_FROZEN };
struct sim_process {
    enum sim_process_state state;
    size_t index;
    size_t lane_count;
    struct sm_source *source; /* NULL when OFF, as the three below */
    struct sm_store *stores[SM_LANES_MAX];
    struct sm_engine *engine;
    bool stopping;   /* was asked to stop */
    int64_t wake_us; /* RUNNING: next step at the latest; FROZEN: thaws; OFF: starts */
    int64_t nap_us;  /* RUNNING: not before */
    unsigned restless; /* steps in a row that came to nothing, after which it did not sleep */
    int crash_in;    /* enum memory_phase of a COMMIT at which it dies; 0: no such plan */
    int freeze_in;   /* the same, and it freezes */
};

struct sim_world {
    const struct sim_plan *plan;
    struct sim_result *result;
    struct sim_clock clock;
    struct sm_clock clock_port;
    struct sim_random random;      /* scheduling and faults */
    struct sim_random text_random; /* how records are written down */
    struct memory_db db;
    struct memory_broker broker;
    struct sim_history history;
    size_t sent; /* records that are on the topics */
    int64_t next_send_us;
    struct sim_process processes[SIM_PROCESSES_MAX];
    bool chaos; /* faults may come */
    int faults_left;
    int64_t next_fault_us;
    int operator_left;
    int64_t next_operator_us;
    int64_t store_back_us, broker_back_us; /* when the outage ends; 0: none */
    struct memory_rows backup;
    bool has_backup;
    bool restored;                     /* the database is another one than some processes know */
    struct sm_slice feature_types[8]; /* what the reference table has */
    size_t feature_type_count;
    bool feature_known[8];
};

/* sim_world.c: time moves on to the next thing that is due. */
void sim_world_step(struct sim_world *world);

/* sim_operator.c */
void sim_operator_act(struct sim_world *world);

/* sim_mix.c */
void sim_mix_records(struct sim_history *history, enum sim_mix mix, uint64_t seed);

/* sim_topic.c: what becomes of the config topic at the end. */
void sim_topic_play(struct sim_world *world);

/* sim_process.c */
void sim_process_start(struct sim_world *world, struct sim_process *process);
void sim_process_freeze(struct sim_world *world, struct sim_process *process, int64_t max_us);
void sim_process_thaw(struct sim_world *world, struct sim_process *process);
int64_t sim_process_next_us(const struct sim_process *process);
void sim_process_crash(struct sim_world *world, struct sim_process *process);
/* Lets it do one step, and sets when it wants the next. */
void sim_process_step(struct sim_world *world, struct sim_process *process);

/* sim_fault.c */
void sim_fault_draw(struct sim_world *world);    /* one of those that the plan allows */
void sim_fault_end(struct sim_world *world);     /* ends what lasts; starts and thaws everybody */
void sim_fault_outages(struct sim_world *world); /* ends those whose time has come */

/* sim_laws.c */
bool sim_law_fail(struct sim_world *world, const char *law, const char *format, ...)
    SM_PRINTF(3, 4);
/* Positions of a process after a step. */
void sim_law_positions(struct sim_world *world, const struct sim_process *process);
void sim_law_group_commit(void *context, struct sm_partition_id id, int64_t offset);
/* Everything that must hold at the end. */
void sim_law_end(struct sim_world *world);
/* Tells what is left though nothing stood in the way. */
void sim_law_not_live(struct sim_world *world);
/* Every partition is consumed to its end, or stopped as it must be. */
bool sim_law_is_consumed(struct sim_world *world);
/* And the group was told. */
bool sim_law_is_caught_up(struct sim_world *world);
void sim_say(const struct sim_world *world, const char *format, ...) SM_PRINTF(2, 3);
#endif
