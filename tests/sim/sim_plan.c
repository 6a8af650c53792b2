/* Draws a world: swarm style, each seed switches some kinds of trouble off and turns others up. */
#include "sim/sim.h"
#include "sim/sim_commands.h"

enum { MS = 1000, SECOND = 1000000 };

static unsigned sometimes(struct sim_random *random, unsigned often, unsigned permille_max)
{
    return sim_random_chance(random, often) ? 1 + (unsigned)sim_random_below(random, permille_max)
                                            : 0;
}

static void draw_shape(struct sim_shape *shape, struct sim_random *random)
{
    *shape = (struct sim_shape){
        .config_partitions = (int32_t)sim_random_between(random, 1, 4),
        .processing_partitions = (int32_t)sim_random_between(random, 1, 3),
        .records = (int)sim_random_between(random, 10, 90),
        .clients = (int)sim_random_between(random, 1, 6),
        .organizations =
            sim_random_chance(random, 700) ? 10 : (int)sim_random_between(random, 1, 9),
        .resend_permille = sometimes(random, 700, 250),
        .conflict_permille = sometimes(random, 500, 100),
        .defect_permille = sometimes(random, 500, 200),
        .misplaced_permille = sometimes(random, 500, 300),
        .control_permille = sometimes(random, 500, 200),
        .expected_permille = sometimes(random, 500, 400),
        .late_permille = sometimes(random, 500, 300),
        .ahead_permille = sometimes(random, 300, 100),
        .poison_permille = sometimes(random, 300, 100),
        .churn_permille = 30 + (unsigned)sim_random_below(random, 300),
        .processing_permille = sometimes(random, 850, 500),
        .global_permille = sometimes(random, 600, 120),
        .others_permille = sometimes(random, 700, 200),
        .eager_permille = (unsigned)sim_random_between(random, 200, 900),
        .undefined_permille = sometimes(random, 700, 150),
        .time_ahead_max_us = 3600 * (int64_t)SECOND,
        .start_us = INT64_C(1704067200000000), /* 2024-01-01 */
    };
}

/* A history of which any interleaving of the topics must give the same. */
static void make_steady(struct sim_shape *shape)
{
    shape->steady = true;
    shape->config_partitions = 1;
    shape->misplaced_permille = shape->conflict_permille = 0;
}

static void draw_engine(struct sm_engine_options *options, struct sim_random *random)
{
    static const size_t batches[] = {1, 2, 3, 5, 8, 20, 50, 200};
    static const size_t caches[] = {8, 16, 64, 1024};

    *options = (struct sm_engine_options){
        .batch_records_max = batches[sim_random_below(random, SM_ARRAY_COUNT(batches))],
        .batch_bytes_max = 5 << 20, /* the least that the engine takes */
        .cache_streams_max = caches[sim_random_below(random, SM_ARRAY_COUNT(caches))],
        .cache_clients_max = caches[sim_random_below(random, SM_ARRAY_COUNT(caches))],
        .retry_min_us = 1 * MS,
        .retry_max_us = 30 * MS,
        .fenced_wait_us = 40 * MS,
        .revoke_wait_us = 30 * MS,
        .watermarks_timeout_ms = 10,
        .trials_max = 1000, /* here no record kills: whoever dies in a trial dies by chance */
        .watch_us = sim_random_between(random, 1 * MS, 50 * MS),
        .release_max = (size_t)sim_random_between(random, 1, 8),
        .proof_interval_us = sim_random_between(random, 1, 60) * MS,
        .templates = sim_templates(),
        .command_encoder = sim_command_encoder(),
    };
}

/* Some worlds have much of one kind of trouble, which else is rarely met twice. */
static void concentrate(struct sim_plan *plan, struct sim_random *random)
{
    uint64_t kind = sim_random_below(random, 20);

    if (kind == 0) {
        plan->fault_mask = 1U << SIM_RESTORE | 1U << SIM_CRASH;
        plan->shape.misplaced_permille = 400;
    } else if (kind == 1) {
        plan->fault_mask |= 1U << SIM_TRUNCATE | 1U << SIM_STORE_AWAY;
        plan->engine.reset_recreated = false;
    } else {
        return;
    }
    plan->fault_max = 10;
}

void sim_plan_draw(struct sim_plan *plan, uint64_t seed)
{
    struct sim_random random;
    bool calm;

    sim_random_init(&random, seed, 'p');
    calm = sim_random_chance(&random, 100);
    *plan = (struct sim_plan){.seed = seed};
    draw_shape(&plan->shape, &random);
    draw_engine(&plan->engine, &random);
    plan->engine.admission.time_ahead_max_us = plan->shape.time_ahead_max_us;
    plan->process_count = (size_t)sim_random_between(&random, 1, SIM_PROCESSES_MAX);
    for (size_t i = 0; i < plan->process_count; i++)
        /* Each lane has megabytes of buffers, whose making is most of a history's cost. */
        plan->lane_counts[i] =
            (size_t)sim_random_between(&random, 1, 2) + (size_t)sim_random_chance(&random, 100);
    plan->db = (struct memory_db_options){
        .latency_min_us = 50,
        .latency_max_us = sim_random_between(&random, 100, 2000),
        .lock_timeout_us = 50 * MS,
        .idle_timeout_us = 200 * MS,
        .transient_permille = calm ? 0 : sometimes(&random, 400, 100),
        .lost_permille = calm ? 0 : sometimes(&random, 500, 200),
    };
    plan->broker = (struct memory_broker_options){
        .latency_min_us = 50,
        .latency_max_us = sim_random_between(&random, 100, 5000),
        .session_timeout_us = 150 * MS,
        .chunk_max = (unsigned)sim_random_between(&random, 1, 40),
        .stale_max = sometimes(&random, 500, 20),
        .zombie_polls_max = sometimes(&random, 500, 60),
        .refuse_permille = calm ? 0 : sometimes(&random, 300, 300),
    };
    plan->fault_mask = calm ? 0 : (unsigned)sim_random_next(&random);
    /* Losing records to retention makes the rest of a history dull: not in every second seed. */
    if (sim_random_chance(&random, 700))
        plan->fault_mask &= ~(1U << SIM_TRUNCATE);
    plan->fault_max = (int)sim_random_between(&random, 0, 10);
    plan->fault_gap_us = sim_random_between(&random, 2, 60) * MS;
    plan->send_span_us = sim_random_between(&random, 0, 300) * MS;
    plan->begun_late = sim_random_chance(&random, 60);
    if (sim_random_chance(&random, 200))
        plan->topic = (enum sim_topic)sim_random_below(&random, SIM_TOPIC_COUNT);
    plan->engine.reset_recreated = sim_random_chance(&random, 700);
    concentrate(plan, &random);
    if (sim_random_chance(&random, 300))
        make_steady(&plan->shape);
    if (!plan->shape.steady && sim_random_chance(&random, 400))
        plan->engine.logs_retention_us = sim_random_between(&random, 100, 3000) * MS;
    if (!plan->shape.steady && sim_random_chance(&random, 500)) {
        plan->operator_max = (int)sim_random_between(&random, 1, 15);
        plan->operator_gap_us = sim_random_between(&random, 5, 80) * MS;
    }
    plan->mix = (enum sim_mix)sim_random_below(&random, SIM_MIX_COUNT);
    if (sim_random_chance(&random, 60)) { /* a run that is to end by itself */
        plan->engine.until_idle = true;
        plan->operator_max = 0;
        plan->process_count = 1;
        plan->fault_mask = 0;
        plan->send_span_us = 0;
        plan->topic = SIM_TOPIC_SAME;
    }
    plan->unknown_feature_mask = sim_random_chance(&random, 100) ? 1U << 3 : 0;
}
