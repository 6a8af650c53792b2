/* Makes a world, moves its time on from one thing that is due to the next, and takes it down. */
#include "sim/sim_priv.h"

#include <stdarg.h>

#include "sim/pool.h"

enum {
    CHAOS_STEPS_MAX = 20000,
    END_STEPS_MAX =
        60000, /* liveness: without faults everything is consumed within so many steps */
    START_US = 1000000
};

void sim_say(const struct sim_world *world, const char *format, ...)
{
    va_list args;

    if (!world->plan->verbose)
        return;
    printf("%9.3f ms  ", (double)(world->clock.now_us - START_US) / 1000.0);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    fflush(stdout);
}

/* ---- making ---- */

static void set_feature_types(struct sim_world *world)
{
    for (int i = 1; i < SIM_FEATURE_UNKNOWN; i++) {
        if ((world->plan->unknown_feature_mask >> i & 1) != 0)
            continue;
        world->feature_known[i] = true;
        world->feature_types[world->feature_type_count++] =
            sm_slice_of(sim_pool_text(SIM_POOL_FEATURE, i)->text);
    }
}

static bool is_poisoned(void *context, const struct sm_event *event)
{
    (void)context;
    return sm_slice_equal(event->source,
                          sm_slice_of(sim_pool_text(SIM_POOL_SOURCE, SIM_SOURCE_POISON)->text));
}

static void world_init(struct sim_world *world, const struct sim_plan *plan,
                       struct sim_result *result)
{
    struct memory_db_options db = plan->db;

    *world = (struct sim_world){.plan = plan, .result = result, .chaos = true};
    *result = (struct sim_result){.counts.histories = 1};
    world->clock = (struct sim_clock){START_US, plan->shape.start_us};
    world->clock_port = sim_clock_port(&world->clock);
    sim_random_init(&world->random, plan->seed, 'w');
    sim_random_init(&world->text_random, plan->seed, 't');
    set_feature_types(world);
    db.refuses = is_poisoned;
    db.feature_types = world->feature_types;
    db.feature_type_count = world->feature_type_count;
    memory_db_init(&world->db, &db, &world->clock, plan->seed);
    memory_db_scanned(&world->db);
    world->db.fail_call = plan->fail_call;
    world->db.fail_fault = plan->fail_fault;
    memcpy(world->db.holds, plan->holds, sizeof(plan->holds));
    memory_broker_init(&world->broker, &plan->broker, &world->clock, plan->seed);
    world->broker.committed = sim_law_group_commit;
    world->broker.committed_context = world;
    memory_broker_make_topic(&world->broker, SM_TOPIC_CONFIG, plan->shape.config_partitions);
    memory_broker_make_topic(&world->broker, SM_TOPIC_PROCESSING,
                             plan->shape.processing_partitions);
    sim_history_draw(&world->history, &plan->shape, plan->seed);
    sim_mix_records(&world->history, plan->mix, plan->seed);
    world->faults_left = plan->fault_max;
    world->next_fault_us = START_US + plan->fault_gap_us;
    world->operator_left = plan->operator_max;
    world->next_operator_us = START_US + plan->operator_gap_us;
    world->next_send_us = START_US + plan->send_after_us;
    for (size_t i = 0; i < plan->process_count; i++)
        world->processes[i] = (struct sim_process){
            .index = i,
            .lane_count = plan->lane_counts[i],
            .wake_us = START_US + (i == 0 ? 0 : sim_random_between(&world->random, 0, 100000)),
        };
}

static void world_deinit(struct sim_world *world)
{
    for (size_t i = 0; i < world->plan->process_count; i++)
        sim_process_crash(world, &world->processes[i]);
    memory_rows_free(&world->backup);
    memory_db_deinit(&world->db);
    memory_broker_deinit(&world->broker);
    sim_history_free(&world->history);
}

/* ---- records ---- */

static void send_next(struct sim_world *world)
{
    size_t left = world->history.count - world->sent;
    size_t run = 1 + sim_random_below(&world->random, 8);

    for (; run != 0 && left != 0; run--, left--)
        sim_history_send(&world->history, world->sent++, &world->broker, &world->text_random);
    world->next_send_us =
        left == 0 ? INT64_MAX
                  : world->clock.now_us + sim_random_between(&world->random, 0,
                                                             10 * world->plan->send_span_us /
                                                                 (int64_t)world->history.count);
}

/* A part of the records was sent, and deleted again, before the first process starts. */
static void begin_late(struct sim_world *world)
{
    size_t count = sim_random_below(&world->random, world->history.count);

    while (world->sent < count)
        sim_history_send(&world->history, world->sent++, &world->broker, &world->text_random);
    for (int topic = 0; topic < SM_TOPIC_COUNT; topic++) {
        for (int32_t i = 0; i < world->broker.topics[topic].partition_count; i++) {
            struct sm_partition_id id = {(enum sm_topic)topic, i};
            int64_t high = (int64_t)memory_broker_partition(&world->broker, id)->count;

            memory_broker_truncate(&world->broker, id, sim_random_between(&world->random, 0, high));
        }
    }
}

/* ---- time ---- */

static void earlier(int64_t *at_us, int64_t other_us)
{
    if (other_us < *at_us)
        *at_us = other_us;
}

static int64_t next_us(const struct sim_world *world)
{
    int64_t at_us = world->next_send_us;

    for (size_t i = 0; i < world->plan->process_count; i++)
        earlier(&at_us, sim_process_next_us(&world->processes[i]));
    earlier(&at_us, memory_db_next_us(&world->db));
    earlier(&at_us, memory_broker_next_us(&world->broker));
    if (world->chaos && world->faults_left > 0)
        earlier(&at_us, world->next_fault_us);
    if (world->operator_left > 0)
        earlier(&at_us, world->next_operator_us);
    if (world->store_back_us != 0)
        earlier(&at_us, world->store_back_us);
    if (world->broker_back_us != 0)
        earlier(&at_us, world->broker_back_us);
    return at_us;
}

static void run_process(struct sim_world *world, struct sim_process *process)
{
    switch (process->state) {
    case SIM_PROCESS_OFF:
        sim_process_start(world, process);
        return;
    case SIM_PROCESS_FROZEN:
        sim_process_thaw(world, process);
        return;
    case SIM_PROCESS_RUNNING:
        sim_process_step(world, process);
        return;
    }
}

void sim_world_step(struct sim_world *world)
{
    size_t first = sim_random_below(&world->random, world->plan->process_count);
    int64_t at_us = next_us(world);

    if (at_us > world->clock.now_us)
        world->clock.now_us = at_us;
    sim_fault_outages(world);
    memory_db_advance(&world->db);
    memory_broker_advance(&world->broker);
    if (world->next_send_us <= world->clock.now_us)
        send_next(world);
    if (world->chaos && world->faults_left > 0 && world->next_fault_us <= world->clock.now_us)
        sim_fault_draw(world);
    if (world->operator_left > 0 && world->next_operator_us <= world->clock.now_us)
        sim_operator_act(world);
    for (size_t i = 0; i < world->plan->process_count; i++) {
        struct sim_process *process = &world->processes[(first + i) % world->plan->process_count];

        if (sim_process_next_us(process) <= world->clock.now_us && world->result->law == NULL)
            run_process(world, process);
    }
    if (world->db.law != NULL)
        sim_law_fail(world, world->db.law, "%s", world->db.failure);
    world->result->counts.steps++;
}

/* Exhaustive mode: the process dies while a certain call is under way. */
static void crash_on_call(struct sim_world *world)
{
    struct sim_process *process = &world->processes[0];
    bool due = world->plan->crash_call != 0 && world->db.calls >= world->plan->crash_call &&
               world->result->counts.faults[SIM_CRASH] == 0;

    if (!due || process->state != SIM_PROCESS_RUNNING)
        return;
    if (world->plan->crash_after && !memory_store_has_answer(process->stores[0]))
        return;
    world->result->counts.faults[SIM_CRASH]++;
    sim_process_crash(world, process);
}

static void run_chaos(struct sim_world *world)
{
    for (int steps = 0; steps < CHAOS_STEPS_MAX && world->result->law == NULL; steps++) {
        bool more_faults = world->plan->fault_mask != 0 && world->faults_left > 0;

        if (world->sent == world->history.count && !more_faults && world->plan->crash_call == 0)
            return;
        if (world->plan->crash_call != 0 && sim_law_is_caught_up(world))
            return;
        sim_world_step(world);
        crash_on_call(world);
    }
}

/* With until_idle the process itself has to find that nothing is left. */
static bool waits_for_the_end(const struct sim_world *world)
{
    return world->plan->engine.until_idle && world->processes[0].state != SIM_PROCESS_OFF;
}

static void run_end(struct sim_world *world)
{
    sim_fault_end(world);
    for (int steps = 0; steps < END_STEPS_MAX && world->result->law == NULL; steps++) {
        if (sim_law_is_caught_up(world) && !waits_for_the_end(world))
            return;
        sim_world_step(world);
    }
    if (world->result->law == NULL)
        sim_law_not_live(world);
}

bool sim_run(const struct sim_plan *plan, struct sim_result *result)
{
    struct sim_world *world = malloc(sizeof(*world));

    SM_ASSERT(world != NULL);
    world_init(world, plan, result);
    if (plan->begun_late)
        begin_late(world);
    run_chaos(world);
    run_end(world);
    if (result->law == NULL)
        sim_law_end(world);
    if (result->law == NULL && plan->topic != SIM_TOPIC_SAME)
        sim_topic_play(world);
    else
        result->counts.topics[SIM_TOPIC_SAME]++;
    result->counts.records = world->history.count;
    result->counts.calls = world->db.calls;
    world_deinit(world);
    free(world);
    return result->law == NULL;
}
