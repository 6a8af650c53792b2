/* Single worlds, compared worlds, exhausted worlds. */
#include "sim/sim_modes.h"

#include <inttypes.h>

/* ---- batching ---- */

/* With one partition of events nothing depends on who is first, and retention takes nothing. */
static bool order_is_given(const struct sim_plan *plan)
{
    return plan->shape.config_partitions == 1 && !plan->begun_late &&
           (plan->fault_mask >> SIM_TRUNCATE & 1) == 0;
}

static void make_calm(struct sim_plan *plan)
{
    struct sim_random random;

    sim_random_init(&random, plan->seed, 'q');
    plan->fault_mask = 0;
    plan->topic = SIM_TOPIC_SAME;
    plan->db.transient_permille = plan->db.lost_permille = 0;
    plan->broker.refuse_permille = 0;
    plan->process_count = 1;
    plan->lane_counts[0] = 1;
    plan->engine.batch_records_max = (size_t)sim_random_between(&random, 1, 100);
    plan->broker.chunk_max = (unsigned)sim_random_between(&random, 1, 40);
}

/* What was released met the state of that moment: an event of another stream that came right behind
 * what opened the queue may have been before it or after it. */
static bool same_tables(const struct sim_result *expected, struct sim_result *result)
{
    if (expected->counts.released != 0 || result->counts.released != 0)
        return true;
    if (memcmp(expected->digest, result->digest, sizeof(result->digest)) == 0)
        return true;
    result->law = "batching";
    snprintf(result->text, sizeof(result->text),
             "other batches or faults give other tables from the same topic");
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
    return same_tables(&again, result);
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
    return same_tables(&expected, result);
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
