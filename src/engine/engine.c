/* The engine as its users see it: made, stepped, waited for, stopped, observed. */
#include <stdlib.h>

#include "base/fault.h"
#include "engine/engine_priv.h"

enum {
    POLL_RECORDS = 1024, /* records taken from the source in one step */
    STALL_US = 1000000, /* no room for so long: pause the source, and poll it for events alone */
    GROUP_COMMIT_US = 500000, /* the group is told our positions at most so often */
    NAP_US = 20000 /* between attempts at what has no descriptor to wait for */
};

/* ---- life cycle ---- */

static enum sm_status check_options(const struct sm_engine_options *options, size_t lane_count,
                                    struct sm_err *err)
{
    SM_ASSERT(options->templates != NULL && options->command_encoder != NULL);
    if (lane_count < 1 || lane_count > SM_LANES_MAX)
        return sm_err_set(err, SM_FATAL, SM_FROM_DOMAIN, "writers = %zu is not in 1 ... %d",
                          lane_count, SM_LANES_MAX);
    if (options->batch_records_max < 1 || options->batch_records_max > SM_BATCH_RECORDS_MAX)
        return sm_err_set(err, SM_FATAL, SM_FROM_DOMAIN, "batch-records = %zu is not in 1 ... %d",
                          options->batch_records_max, SM_BATCH_RECORDS_MAX);
    if (options->batch_bytes_max < SM__BATCH_BYTES_MIN)
        return sm_err_set(err, SM_FATAL, SM_FROM_DOMAIN,
                          "batch-bytes = %zu is below %d, in which any one record fits",
                          options->batch_bytes_max, SM__BATCH_BYTES_MIN);
    return SM_OK;
}

static enum sm_status init(struct sm_engine *engine, struct sm_store **stores)
{
    engine->partitions = calloc(SM_PARTITIONS_MAX, sizeof(*engine->partitions));
    engine->decoder = sm_decoder_create(engine->options.schemas != NULL);
    if (engine->partitions == NULL || engine->decoder == NULL)
        return SM_FATAL;
    for (size_t i = 0; i < engine->lane_count; i++) {
        if (!sm__lane_init(&engine->lanes[i], engine, (uint32_t)i, stores[i]))
            return SM_FATAL;
    }
    return SM_OK;
}

enum sm_status sm_engine_create(const struct sm_engine_options *options, struct sm_source *source,
                                struct sm_store **stores, size_t lane_count,
                                const struct sm_clock *clock, struct sm_engine **out,
                                struct sm_err *err)
{
    struct sm_engine *engine;
    enum sm_status status = check_options(options, lane_count, err);

    if (status != SM_OK)
        return status;
    engine = calloc(1, sizeof(*engine));
    if (engine == NULL)
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "no memory for the engine");
    engine->options = *options;
    engine->source = source;
    engine->clock = clock;
    engine->lane_count = lane_count;
    if (init(engine, stores) != SM_OK) {
        sm_engine_destroy(engine);
        return sm_err_set(err, SM_FATAL, SM_FROM_OS,
                          "no memory for %zu writers with batches of %zu records and %zu bytes; "
                          "hint: lower --writers, --batch-records or --batch-bytes",
                          lane_count, options->batch_records_max, options->batch_bytes_max);
    }
    *out = engine;
    return SM_OK;
}

void sm_engine_destroy(struct sm_engine *engine)
{
    if (engine == NULL)
        return;
    for (size_t i = 0; i < engine->lane_count; i++)
        sm__lane_deinit(&engine->lanes[i]);
    sm_decoder_destroy(engine->decoder);
    free(engine->partitions);
    free(engine);
}

void sm__engine_fail(struct sm_engine *engine, const struct sm_err *err)
{
    if (engine->failed != SM_OK)
        return; /* the first failure is the cause */
    engine->failed = SM_FATAL;
    engine->failure = *err;
    engine->had_progress = true;
}

/* ---- the group's view of our positions ---- */

static void group_commit(struct sm_engine *engine)
{
    struct sm_fetch_from list[SM_PARTITIONS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < engine->partition_count; i++) {
        struct sm__partition *partition = &engine->partitions[i];

        if (partition->offset_durable == partition->offset_grouped ||
            (partition->phase != SM_PARTITION_RUNNING && partition->phase != SM_PARTITION_STOPPED))
            continue;
        /* The durable position and no other: the group must never run ahead of PostgreSQL. */
        list[count++] = (struct sm_fetch_from){ partition->id, partition->offset_durable };
        partition->offset_grouped = partition->offset_durable;
    }
    if (count != 0) {
        sm_fault_point("before_group_commit");
        engine->source->ops->commit(engine->source, list, count);
    }
    engine->group_commit_us = sm_clock_monotonic(engine->clock) + GROUP_COMMIT_US;
}

/* ---- steps ---- */

static bool lanes_idle(const struct sm_engine *engine)
{
    for (size_t i = 0; i < engine->lane_count; i++) {
        if (!sm__lane_is_idle(&engine->lanes[i]))
            return false;
    }
    return true;
}

/* Gives all partitions up, once units in flight are done or have had their time. */
static bool give_up(struct sm_engine *engine)
{
    bool late = sm_clock_monotonic(engine->clock) >= engine->revoke_deadline_us;
    bool done = lanes_idle(engine) && sm__partitions_have_left(engine);

    if (!done && !late && !(engine->revoking && engine->revoke_lost))
        return false;
    group_commit(engine);
    for (size_t i = 0; i < engine->lane_count; i++)
        sm__lane_drop(&engine->lanes[i]);
    if (!engine->stopping) /* else they are still looked at */
        engine->partition_count = 0;
    engine->generation++;
    engine->assigned = false;
    engine->assign_due = false;
    if (engine->revoking)
        engine->source->ops->release(engine->source);
    engine->revoking = false;
    engine->had_progress = true;
    return true;
}

/* Takes records while there is room. Without room nothing is asked for a while (the client library
 * holds a bounded queue); when that lasts, the source is paused and polled for its events, so that
 * the membership lives through a database that is away for hours. */
static enum sm_status poll_source(struct sm_engine *engine, struct sm_err *err)
{
    struct sm_source_sink sink = sm__intake_sink(engine);
    int64_t now = sm_clock_monotonic(engine->clock);

    if (sm__intake_has_room(engine)) {
        engine->stalled_since_us = 0;
    } else if (engine->stalled_since_us == 0) {
        engine->stalled_since_us = now;
        return SM_OK;
    } else if (now - engine->stalled_since_us < STALL_US) {
        return SM_OK;
    }
    if (engine->paused != (engine->stalled_since_us != 0)) {
        engine->paused = !engine->paused;
        engine->source->ops->pause(engine->source, engine->paused);
    }
    return engine->source->ops->poll(engine->source, &sink, engine->paused ? 0 : POLL_RECORDS, err);
}

/* Partitions that wait for a moment: fenced ones are claimed again if the group still gives them.
 * */
static void wake_partitions(struct sm_engine *engine)
{
    int64_t now = sm_clock_monotonic(engine->clock);

    for (size_t i = 0; i < engine->partition_count; i++) {
        struct sm__partition *partition = &engine->partitions[i];

        if (partition->phase == SM_PARTITION_FENCED && partition->not_before_us <= now)
            sm__partition_retake(partition, SM_TAKEOVER_CLAIM, 0);
    }
}

static bool all_caught_up(struct sm_engine *engine, struct sm_err *err)
{
    if (!engine->options.until_idle || !engine->assigned || !sm__position_until_reached(engine))
        return false;
    for (size_t i = 0; i < engine->lane_count; i++) {
        if (!sm__release_is_settled(&engine->lanes[i]))
            return false;
    }
    for (size_t i = 0; i < engine->partition_count; i++) {
        const struct sm__partition *partition = &engine->partitions[i];

        if (partition->phase == SM_PARTITION_STOPPED && lanes_idle(engine) &&
            !partition->stop_pending && engine->failed == SM_OK) {
            sm_err_set(err, SM_FATAL, SM_FROM_DOMAIN, "partition %d of the %s topic stopped: %s",
                       (int)partition->id.partition,
                       partition->id.topic == SM_TOPIC_CONFIG ? "config" : "processing",
                       partition->stop_reason);
            sm__engine_fail(engine, err);
        } else if (partition->phase == SM_PARTITION_STOPPED) {
            return false;
        }
    }
    return true;
}

static void step_assignment(struct sm_engine *engine)
{
    if (!sm__partitions_are_ours(engine))
        return;
    wake_partitions(engine);
    sm__proof_ask(engine);
    if (engine->assign_due)
        sm__position_assign(engine);
    if (engine->options.until_idle && !engine->until_known && !engine->assign_due)
        sm__position_ask_until(engine);
    sm__intake_flush_marks(engine);
}

enum sm_status sm_engine_step(struct sm_engine *engine, struct sm_err *err)
{
    enum sm_status status;

    engine->had_progress = false;
    if (engine->failed == SM_OK) {
        status = poll_source(engine, err);
        if (status != SM_OK)
            return status;
    }
    sm__schemas_step(engine);
    step_assignment(engine);
    for (size_t i = 0; i < engine->lane_count && engine->failed == SM_OK; i++)
        sm__lane_step(&engine->lanes[i]);
    if (engine->failed != SM_OK) {
        *err = engine->failure;
        return engine->failed;
    }
    if ((engine->revoking || engine->stopping) && give_up(engine) && engine->stopping)
        return SM_STOP;
    if (!engine->stopping && all_caught_up(engine, err)) {
        if (engine->failed != SM_OK)
            return engine->failed;
        sm_engine_stop(engine);
        return SM_OK;
    }
    if (sm_clock_monotonic(engine->clock) >= engine->group_commit_us)
        group_commit(engine);
    return engine->had_progress ? SM_OK : SM_AGAIN;
}

void sm_engine_stop(struct sm_engine *engine)
{
    engine->stopping = true;
    sm__partitions_leave(engine);
    engine->revoke_deadline_us =
        sm_clock_monotonic(engine->clock) + engine->options.revoke_wait_us;
}

/* ---- waiting ---- */

static void earlier(int64_t *wake_us, int64_t when_us)
{
    if (when_us < *wake_us)
        *wake_us = when_us;
}

/* A take-over begins when its moment has come and its lane has nothing else to do, which the lane
 * wakes us for itself. */
static bool waits_for_moment(const struct sm_engine *engine,
                             const struct sm__partition *partition)
{
    return partition->phase == SM_PARTITION_FENCED ||
           (partition->phase == SM_PARTITION_TAKING_OVER && partition->not_before_us != 0 &&
            engine->lanes[partition->lane].phase == SM__LANE_IDLE);
}

/* What step would do nothing about must not keep us from sleeping: law "rest" (tests/sim). */
static void wait_for_partitions(const struct sm_engine *engine, int64_t now, int64_t *wake_us)
{
    bool cares = sm__partitions_are_ours(engine);

    if (cares && (engine->assign_due || (engine->options.until_idle && !engine->until_known)))
        earlier(wake_us, now + NAP_US);
    if (engine->revoking || engine->stopping)
        earlier(wake_us, engine->revoke_deadline_us);
    for (size_t i = 0; i < engine->partition_count; i++) {
        const struct sm__partition *partition = &engine->partitions[i];

        if (cares && waits_for_moment(engine, partition))
            earlier(wake_us, partition->not_before_us);
        if (cares)
            earlier(wake_us, sm__proof_wake(engine, partition));
        if (partition->offset_durable != partition->offset_grouped)
            earlier(wake_us, engine->group_commit_us);
    }
}

void sm_engine_wait(struct sm_engine *engine, struct pollfd *fds, size_t max, size_t *count,
                    int64_t *wake_us)
{
    int64_t now = sm_clock_monotonic(engine->clock);
    int source_fd = engine->source->ops->wait_fd(engine->source);

    *count = 0;
    *wake_us = now + STALL_US;
    for (size_t i = 0; i < engine->lane_count; i++) {
        struct sm__lane *lane = &engine->lanes[i];
        struct pollfd fd = { .fd = -1 };
        int64_t wake = INT64_MAX;

        if (lane->phase == SM__LANE_WAITING)
            wake = lane->wake_us;
        else if (lane->phase == SM__LANE_IDLE)
            wake = sm__release_wake(lane);
        else if (lane->phase != SM__LANE_IDLE)
            lane->store->ops->wait(lane->store, &fd, &wake);
        earlier(wake_us, wake);
        if (fd.fd >= 0 && *count < max)
            fds[(*count)++] = fd;
    }
    /* Without room the source stays readable: looking at it would only spin. */
    if (source_fd >= 0 && *count < max && engine->stalled_since_us == 0)
        fds[(*count)++] = (struct pollfd){ .fd = source_fd, .events = POLLIN };
    sm__schemas_wait(engine, fds, count, wake_us);
    wait_for_partitions(engine, now, wake_us);
}

/* ---- observation ---- */

void sm_engine_observe(const struct sm_engine *engine, struct sm_engine_view *out)
{
    *out = engine->totals;
    out->partition_count = engine->partition_count;
    out->broker_away = engine->broker_away;
    out->store_away = false;
    for (size_t i = 0; i < engine->lane_count; i++)
        out->store_away |= engine->lanes[i].away;
}

bool sm_engine_observe_partition(const struct sm_engine *engine, size_t index,
                                 struct sm_partition_view *out)
{
    const struct sm__partition *partition;

    if (index >= engine->partition_count)
        return false;
    partition = &engine->partitions[index];
    *out = (struct sm_partition_view){ .id = partition->id,
                                       .phase = partition->phase,
                                       .epoch = partition->epoch,
                                       .offset_read = partition->offset_read,
                                       .offset_applied = partition->offset_applied,
                                       .offset_durable = partition->offset_durable,
                                       .ledger_seq = partition->seq,
                                       .chain = partition->chain };
    return true;
}
