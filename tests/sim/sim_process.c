/* A process of the simulated world: the engine on memory ports. */
#include "sim/sim_priv.h"

#include "base/err.h"

void sim_process_start(struct sim_world *world, struct sim_process *process)
{
    struct sm_err err = {0};

    process->source = memory_source_open(&world->broker);
    for (size_t i = 0; i < process->lane_count; i++)
        process->stores[i] = memory_store_open(&world->db);
    if (sm_engine_create(&world->plan->engine, process->source, process->stores,
                         process->lane_count, &world->clock_port, &process->engine, &err) != SM_OK)
        sim_law_fail(world, "engine", "cannot be made: %s", err.text);
    process->state = SIM_PROCESS_RUNNING;
    process->stopping = false;
    process->crash_in = process->freeze_in = 0;
    process->wake_us = process->nap_us = world->clock.now_us;
    sim_say(world, "process %zu starts", process->index);
}

/* A store that is busy is looked at now and then; nothing else is worth so many looks. */
enum { RESTLESS_MAX = 200 };

static void count_up(struct sim_world *world, const struct sim_process *process)
{
    struct sim_counts *counts = &world->result->counts;
    struct sm_engine_view view;

    if (process->engine == NULL)
        return;
    sm_engine_observe(process->engine, &view);
    counts->units += view.units;
    counts->conflicts += view.conflicts;
    counts->retries += view.retries;
    counts->fences += view.fences;
    counts->bisections += view.bisections;
}

static void close_ports(struct sim_process *process)
{
    for (size_t i = 0; i < process->lane_count; i++)
        process->stores[i]->ops->close(process->stores[i]);
    process->engine = NULL;
    process->source = NULL;
    process->state = SIM_PROCESS_OFF;
}

/* Everything that the process had in memory is gone; what it sent may still take effect. */
void sim_process_crash(struct sim_world *world, struct sim_process *process)
{
    if (process->state == SIM_PROCESS_OFF)
        return;
    sim_say(world, "process %zu dies", process->index);
    count_up(world, process);
    sm_engine_destroy(process->engine);
    memory_source_die(process->source);
    close_ports(process);
    process->wake_us = world->clock.now_us + sim_random_between(&world->random, 1000, 100000);
}

static void end_orderly(struct sim_world *world, struct sim_process *process)
{
    sim_say(world, "process %zu ends", process->index);
    count_up(world, process);
    sm_engine_destroy(process->engine);
    process->source->ops->close(process->source);
    close_ports(process);
    process->wake_us = world->clock.now_us + sim_random_between(&world->random, 1000, 100000);
}

static void sleep_until_needed(struct sim_world *world, struct sim_process *process)
{
    struct pollfd fds[SM_LANES_MAX + 1];
    size_t count = 0;

    sm_engine_wait(process->engine, fds, SM_ARRAY_COUNT(fds), &count, &process->wake_us);
    process->restless = process->wake_us <= world->clock.now_us ? process->restless + 1 : 0;
    if (process->restless > RESTLESS_MAX)
        sim_law_fail(world, "rest", "%u steps without progress, and it does not want to sleep",
                     process->restless);
    /* Nothing comes of it right now, so time must pass, and nobody is ever exactly on time. */
    process->nap_us = world->clock.now_us + sim_random_between(&world->random, 20, 300);
}

int64_t sim_process_next_us(const struct sim_process *process)
{
    int64_t at_us = process->wake_us;

    if (process->state == SIM_PROCESS_RUNNING && memory_source_next_us(process->source) < at_us)
        at_us = memory_source_next_us(process->source);
    return at_us > process->nap_us ? at_us : process->nap_us;
}

void sim_process_freeze(struct sim_world *world, struct sim_process *process, int64_t max_us)
{
    process->state = SIM_PROCESS_FROZEN;
    process->wake_us = world->clock.now_us + sim_random_between(&world->random, 1, max_us);
    memory_source_set_silent(process->source, true);
}

void sim_process_thaw(struct sim_world *world, struct sim_process *process)
{
    sim_say(world, "process %zu thaws", process->index);
    process->state = SIM_PROCESS_RUNNING;
    process->wake_us = world->clock.now_us;
    memory_source_set_silent(process->source, false);
}

/* Some faults wait for a commit to reach a certain point. */
static void fault_in_commit(struct sim_world *world, struct sim_process *process)
{
    for (size_t i = 0; i < process->lane_count && process->state == SIM_PROCESS_RUNNING; i++) {
        int phase = (int)memory_store_commit_phase(process->stores[i]);

        if (phase == MEMORY_IDLE) {
            continue;
        } else if (phase == process->crash_in) {
            sim_process_crash(world, process);
        } else if (phase == process->freeze_in) {
            process->freeze_in = 0;
            sim_process_freeze(world, process, 500000);
            sim_say(world, "process %zu freezes in a commit", process->index);
        }
    }
}

static void end_as_asked(struct sim_world *world, struct sim_process *process)
{
    bool idle = world->plan->engine.until_idle && !process->stopping;

    if (!process->stopping && !idle)
        sim_law_fail(world, "engine", "stopped without being asked");
    if (idle && !sim_law_is_consumed(world))
        sim_law_fail(world, "until idle", "ended with records left");
    end_orderly(world, process);
    if (idle)
        process->wake_us = INT64_MAX; /* its work is done */
    world->result->counts.idle_ends += idle;
}

void sim_process_step(struct sim_world *world, struct sim_process *process)
{
    struct sm_err err = {0};

    switch ((int)sm_engine_step(process->engine, &err)) {
    case SM_OK:
        process->wake_us = process->nap_us =
            world->clock.now_us + sim_random_between(&world->random, 1, 40);
        break;
    case SM_AGAIN:
        sleep_until_needed(world, process);
        break;
    case SM_STOP:
        end_as_asked(world, process);
        return;
    default:
        sim_law_fail(world, "engine", "gave up: %s", err.text);
        process->wake_us = INT64_MAX;
        return;
    }
    sim_law_positions(world, process);
    fault_in_commit(world, process);
}
