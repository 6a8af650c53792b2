/* Single worlds, compared worlds, exhausted worlds. */
#include "sim/sim_modes.h"

#include <inttypes.h>

/* ---- batching ---- */

/* What comes of the topics must not depend on who is first: steady histories are such, and those
 * of one topic with one partition. And retention takes nothing. */
static bool order_is_given(const struct sim_plan *plan)
{
    return plan->operator_max == 0 && plan->engine.logs_retention_us == 0 &&
           (plan->shape.steady ||
            (plan->shape.config_partitions == 1 && plan->shape.processing_permille == 0)) &&
           !plan->begun_late && (plan->fault_mask >> SIM_TRUNCATE & 1) == 0;
}

static void make_calm(struct sim_plan *plan)
{
    struct sim_random random;

    sim_random_init(&random, plan->seed, 'q');
    if (plan->shape.steady)
        plan->mix = (enum sim_mix)((plan->mix + 1 + sim_random_below(&random, SIM_MIX_COUNT - 1)) %
                                   SIM_MIX_COUNT);
    plan->fault_mask = 0;
    plan->topic = SIM_TOPIC_SAME;
    plan->db.transient_permille = plan->db.lost_permille = 0;
    plan->broker.refuse_permille = 0;
    plan->process_count = 1;
    plan->lane_counts[0] = 1;
    plan->engine.batch_records_max = (size_t)sim_random_between(&random, 1, 100);
    plan->broker.chunk_max = (unsigned)sim_random_between(&random, 1, 40);
}

/* Where things are taken back, what was released met the state of that moment: an event of another
 * stream that came right behind what opened the queue may have been before it or after it. */
static bool same_tables(const struct sim_plan *plan, const struct sim_result *expected,
                        struct sim_result *result)
{
    if (!plan->shape.steady && (expected->counts.released != 0 || result->counts.released != 0))
        return true;
    if (memcmp(expected->digest, result->digest, sizeof(result->digest)) == 0)
        return true;
    result->law = "batching";
    snprintf(result->text, sizeof(result->text),
             "other batches, faults or interleavings give other tables from the same topics");
    return false;
}

bool sim_run_seed(uint64_t seed, bool verbose, struct sim_result *result)
{
    struct sim_result again;
    struct sim_plan plan;

    sim_plan_draw(&plan, seed);
    plan.verbose = verbose;
    if (!sim_run(&plan, result))
        return false;
    if (!order_is_given(&plan))
        return true;
    make_calm(&plan);
    if (!sim_run(&plan, &again)) {
        *result = again;
        return false;
    }
    result->counts.steady += plan.shape.steady;
    return same_tables(&plan, &again, result);
}

/* ---- exhaustive ---- */

static void make_small(struct sim_plan *plan, uint64_t seed, bool verbose)
{
    sim_plan_draw(plan, seed);
    plan->verbose = verbose;
    plan->shape.records = 24;
    plan->shape.config_partitions = 1 + (int32_t)(seed % 2);
    plan->shape.processing_partitions = 1;
    plan->shape.control_permille = 100;
    plan->process_count = 1;
    plan->lane_counts[0] = 1;
    plan->engine.batch_records_max = 8;
    plan->fault_mask = 0;
    plan->topic = SIM_TOPIC_SAME;
    plan->begun_late = plan->engine.until_idle = false;
    plan->send_span_us = 0;
    plan->db.transient_permille = plan->db.lost_permille = 0;
    plan->broker.refuse_permille = 0;
}

/* Runs it with its one fault, and compares with what comes of it without any. */
static bool run_one(struct sim_plan *plan, struct sim_counts *sum, struct sim_result *result)
{
    struct sim_plan calm = *plan;
    struct sim_result expected;

    calm.fail_call = calm.crash_call = 0;
    if (!sim_run(plan, result))
        return false;
    sim_counts_add(sum, &result->counts);
    if (!order_is_given(plan))
        return true;
    if (!sim_run(&calm, &expected)) {
        *result = expected;
        return false;
    }
    return same_tables(plan, &expected, result);
}

/* Every call of the run fails once; the run with the fault may make more calls than the one before,
 * so it ends when there was no such call. */
static bool exhaust_fault(struct sim_plan *plan, enum memory_fault fault, struct sim_counts *sum,
                          struct sim_result *result)
{
    plan->crash_call = 0;
    plan->fail_fault = fault;
    for (plan->fail_call = 1;; plan->fail_call++) {
        if (!run_one(plan, sum, result))
            return false;
        if (result->counts.calls < plan->fail_call)
            return true;
    }
}

static bool exhaust_crash(struct sim_plan *plan, bool after, struct sim_counts *sum,
                          struct sim_result *result)
{
    plan->fail_call = 0;
    plan->crash_after = after;
    for (plan->crash_call = 1;; plan->crash_call++) {
        if (!run_one(plan, sum, result))
            return false;
        if (result->counts.faults[SIM_CRASH] == 0)
            return true;
    }
}

bool sim_run_exhaustive(uint64_t seed, bool verbose, struct sim_result *result)
{
    struct sim_counts sum = {0};
    struct sim_plan plan;
    bool right = true;

    make_small(&plan, seed, verbose);
    for (int fault = MEMORY_FAULT_TRANSIENT; right && fault <= MEMORY_FAULT_LOST_DURING; fault++)
        right = exhaust_fault(&plan, (enum memory_fault)fault, &sum, result);
    right = right && exhaust_crash(&plan, false, &sum, result);
    right = right && exhaust_crash(&plan, true, &sum, result);
    result->counts = sum;
    return right;
}

/* ---- pauses ---- */

/* Client 1's partitions are with the one process (config) and with the other (processing). */
static void make_race(struct sim_plan *plan, uint64_t seed, bool verbose)
{
    make_small(plan, seed, verbose);
    plan->shape.config_partitions = 1;
    plan->shape.processing_partitions = 2;
    plan->shape.records = 18;
    plan->shape.clients = 2;
    plan->shape.organizations = 10;
    plan->shape.processing_permille = 500;
    plan->shape.churn_permille = 30; /* the last opening is the one that counts */
    plan->shape.eager_permille = 250;
    plan->shape.defect_permille = plan->shape.control_permille = 0;
    plan->operator_max = 0;
    plan->mix = SIM_MIX_ANY;
    plan->engine.batch_records_max = 3;
    plan->engine.watch_us = 5000;
    plan->process_count = 2;
    plan->lane_counts[0] = plan->lane_counts[1] = 1;
    plan->send_after_us = 300000;
    plan->send_span_us = 20000;
}

static bool run_paused(const struct sim_plan *plan, struct sim_counts *sum,
                       struct sim_result *result)
{
    bool right = sim_run(plan, result);

    sim_counts_add(sum, &result->counts);
    return right;
}

static const enum memory_phase held_phases[] = {MEMORY_REQUESTED, MEMORY_GRANTED, MEMORY_SENT,
                                                MEMORY_ANSWERED};

/* Longer than everything else takes, shorter than what ends a session. */
enum { PAUSE_US = 100000, PAIRS = 400 };

bool sim_run_pauses(uint64_t seed, bool verbose, struct sim_result *result)
{
    struct sim_counts sum = {0};
    struct sim_random random;
    struct sim_plan plan;
    uint64_t calls;
    bool right;

    make_race(&plan, seed, verbose);
    sim_random_init(&random, seed, 'r');
    right = run_paused(&plan, &sum, result);
    calls = result->counts.calls;
    for (uint64_t call = 1; right && call <= calls; call++) {
        for (size_t i = 0; right && i < SM_ARRAY_COUNT(held_phases); i++) {
            plan.holds[0] = (struct memory_hold){call, held_phases[i], PAUSE_US};
            right = run_paused(&plan, &sum, result);
        }
    }
    for (int pair = 0; right && pair < PAIRS; pair++) {
        for (size_t i = 0; i < MEMORY_HOLDS; i++)
            plan.holds[i] = (struct memory_hold){
                1 + sim_random_below(&random, calls),
                held_phases[sim_random_below(&random, SM_ARRAY_COUNT(held_phases))],
                sim_random_between(&random, 5000, PAUSE_US)};
        right = run_paused(&plan, &sum, result);
    }
    if (!right)
        snprintf(result->text + strlen(result->text), sizeof(result->text) - strlen(result->text),
                 " (paused: call %" PRIu64 " in phase %d, call %" PRIu64 " in phase %d)",
                 plan.holds[0].call, (int)plan.holds[0].phase, plan.holds[1].call,
                 (int)plan.holds[1].phase);
    result->counts = sum;
    return right;
}
