/* What goes wrong around the processes. (What goes wrong with single calls is drawn by the memory
 * database and the memory broker.) */
#include "sim/sim_priv.h"

enum { MS = 1000 };

const char *sim_fault_word(enum sim_fault fault)
{
    static const char *const words[] = {
#define SIM_FAULT_WORD(name, word) word,
        SIM_FAULT_LIST(SIM_FAULT_WORD)
#undef SIM_FAULT_WORD
    };

    return words[fault];
}

static void freeze(struct sim_world *world, struct sim_process *process)
{
    if (process->state != SIM_PROCESS_RUNNING)
        return;
    sim_process_freeze(world, process, 600 * MS);
}

static void stop(struct sim_process *process)
{
    if (process->state != SIM_PROCESS_RUNNING)
        return;
    sm_engine_stop(process->engine);
    process->stopping = true;
}

static int draw_commit_phase(struct sim_world *world)
{
    static const int phases[] = {MEMORY_LOCKING, MEMORY_GRANTED, MEMORY_SENT, MEMORY_ANSWERED};

    return phases[sim_random_below(&world->random, SM_ARRAY_COUNT(phases))];
}

static void truncate_any(struct sim_world *world)
{
    struct sm_partition_id id = {SM_TOPIC_CONFIG, 0};
    const struct memory_partition *partition;

    if (sim_random_chance(&world->random, 300))
        id.topic = SM_TOPIC_PROCESSING;
    id.partition = (int32_t)sim_random_below(
        &world->random, (uint64_t)world->broker.topics[id.topic].partition_count);
    partition = memory_broker_partition(&world->broker, id);
    memory_broker_truncate(&world->broker, id,
                           sim_random_between(&world->random, 0, (int64_t)partition->count));
}

/* Where backups may be put back, one is taken now and then. */
static void back_up(struct sim_world *world)
{
    if (world->has_backup || (world->plan->fault_mask >> SIM_RESTORE & 1) == 0 ||
        !sim_random_chance(&world->random, 500))
        return;
    memory_rows_copy(&world->backup, &world->db.rows);
    world->has_backup = true;
    sim_say(world, "a backup is taken");
}

static void restore(struct sim_world *world)
{
    if (!world->has_backup)
        return;
    memory_db_restore(&world->db, &world->backup);
    memory_db_scanned(&world->db);
    memory_rows_free(&world->backup);
    world->has_backup = false;
    world->restored = true;
}

static void jump_wall_clock(struct sim_world *world)
{
    world->clock.wall_offset_us += sim_random_between(&world->random, -86400, 86400) * 1000 * MS;
}

static void strike(struct sim_world *world, enum sim_fault fault)
{
    struct sim_process *process =
        &world->processes[sim_random_below(&world->random, world->plan->process_count)];
    int64_t now_us = world->clock.now_us;

    switch (fault) {
    case SIM_CRASH:
        sim_process_crash(world, process);
        return;
    case SIM_CRASH_IN_COMMIT:
        process->crash_in = draw_commit_phase(world);
        return;
    case SIM_FREEZE:
        freeze(world, process);
        return;
    case SIM_FREEZE_IN_COMMIT:
        process->freeze_in = draw_commit_phase(world);
        return;
    case SIM_STOP_PROCESS:
        stop(process);
        return;
    case SIM_STORE_AWAY:
        memory_db_set_away(&world->db, true);
        world->store_back_us = now_us + sim_random_between(&world->random, 1, 200) * MS;
        return;
    case SIM_BROKER_AWAY:
        memory_broker_set_away(&world->broker, true);
        world->broker_back_us = now_us + sim_random_between(&world->random, 1, 200) * MS;
        return;
    case SIM_WALL_JUMP:
        jump_wall_clock(world);
        return;
    case SIM_TRUNCATE:
        truncate_any(world);
        return;
    case SIM_RESTORE:
        restore(world);
        return;
    case SIM_FAULT_COUNT:
        return;
    }
}

void sim_fault_draw(struct sim_world *world)
{
    enum sim_fault fault = (enum sim_fault)sim_random_below(&world->random, SIM_FAULT_COUNT);

    world->next_fault_us =
        world->clock.now_us + sim_random_between(&world->random, 1, 2 * world->plan->fault_gap_us);
    world->faults_left--;
    back_up(world);
    if ((world->plan->fault_mask >> fault & 1) == 0)
        return;
    world->result->counts.faults[fault]++;
    sim_say(world, "fault: %s", sim_fault_word(fault));
    strike(world, fault);
}

void sim_fault_outages(struct sim_world *world)
{
    if (world->store_back_us != 0 && world->store_back_us <= world->clock.now_us) {
        memory_db_set_away(&world->db, false);
        world->store_back_us = 0;
    }
    if (world->broker_back_us != 0 && world->broker_back_us <= world->clock.now_us) {
        memory_broker_set_away(&world->broker, false);
        world->broker_back_us = 0;
    }
}

void sim_fault_end(struct sim_world *world)
{
    world->chaos = false;
    world->db.options.transient_permille = world->db.options.lost_permille = 0;
    world->broker.options.refuse_permille = 0;
    if (world->store_back_us != 0)
        world->store_back_us = world->clock.now_us;
    if (world->broker_back_us != 0)
        world->broker_back_us = world->clock.now_us;
    sim_fault_outages(world);
    for (size_t i = 0; i < world->plan->process_count; i++) {
        struct sim_process *process = &world->processes[i];

        process->crash_in = process->freeze_in = 0;
        if (process->state == SIM_PROCESS_FROZEN)
            sim_process_thaw(world, process);
        /* A process that has nothing to do does not look at the database, so whoever restores one
         * starts it again. */
        if (world->restored)
            sim_process_crash(world, process);
        process->wake_us = world->clock.now_us;
    }
    sim_say(world, "no more faults");
}
