/* The waiting room, seen from a lane: which queues are due, their events chunk by chunk as units.
 * What operators ask for (retry of dead letters, expiry) takes the same way.
 *
 *   WATCH ─► queues are due ─► WAITING (a chunk) ─► unit ─► … ─► unit with `done` ─► WATCH …
 *
 * Queues of one partition go together, in the order in which their events came: most are short, and
 * one by one each would cost a transaction. What is due is kept by the store, so a lane that gives
 * up half-way loses nothing: the queues are still due, and their events still wait. A unit from the
 * topic comes between two released ones. */
#include "engine/engine_priv.h"

#define RELEASE_BYTES_MAX (2 << 20) /* of one chunk's records */
#define SCHEMA_PAUSE_US   2000000 /* until a schema that was asked for is looked for */
#define TRIM_US           60000000 /* how often old log lines are looked for */
#define TRIM_COUNT_MAX    5000 /* lines removed by one transaction */

/* ---- what changed behind our back ---- */

static bool watch_begin(struct sm__lane *lane)
{
    struct sm_engine *engine = lane->engine;

    lane->watch = (struct sm_watch){ .positions = lane->watched };
    for (size_t i = 0; i < engine->partition_count; i++) {
        const struct sm__partition *partition = &engine->partitions[i];

        if (partition->lane == lane->index && partition->phase == SM_PARTITION_RUNNING)
            lane->watched[lane->watch.count++] = (struct sm_watch_position){
                partition->id, partition->epoch, partition->offset_durable
            };
    }
    lane->watch_at_us = sm_clock_monotonic(engine->clock) + engine->options.watch_us;
    if (lane->watch.count == 0)
        return false;
    lane->due_maybe = false;
    lane->call = (struct sm_store_call){ .kind = SM_STORE_WATCH, .watch = &lane->watch };
    sm__lane_begin_call(lane, SM__LANE_WATCHING);
    return true;
}

void sm__release_watched(struct sm__lane *lane)
{
    struct sm__release *release = &lane->release;

    if (lane->watch.moved) {
        lane->due_maybe = true;
        sm__takeover_resume_all(lane);
        return;
    }
    if (lane->watch.due_count == 0)
        return;
    release->active = true;
    release->more = true;
    memcpy(release->queues, lane->watch.due, lane->watch.due_count * sizeof(release->queues[0]));
    release->queue_count = lane->watch.due_count;
    release->after = 0;
    sm__buffer_reset(&release->buffer);
    lane->released = (struct sm__feed){ &release->buffer, .span = SIZE_MAX };
}

/* ---- queues ---- */

void sm__release_fetch(struct sm__lane *lane)
{
    struct sm__release *release = &lane->release;

    sm__buffer_reset(&release->buffer);
    lane->released.from = 0;
    lane->work = NULL; /* lies in the arena that the chunk is read into */
    sm_arena_reset(&lane->unit_arena);
    lane->waiting = (struct sm_waiting){ .queues = release->queues,
                                         .queue_count = release->queue_count,
                                         .after = release->after,
                                         .count_max = lane->engine->options.release_max,
                                         .bytes_max = RELEASE_BYTES_MAX,
                                         .arena = &lane->unit_arena };
    lane->call = (struct sm_store_call){ .kind = SM_STORE_WAITING, .waiting = &lane->waiting };
    sm__lane_begin_call(lane, SM__LANE_FETCHING);
}

/* Its partition, as long as it is ours. */
static const struct sm__partition *partition_of(const struct sm__lane *lane)
{
    const struct sm__partition *partition =
        sm__partition_find(lane->engine, lane->release.queues[0].partition);

    return partition != NULL && partition->phase == SM_PARTITION_RUNNING ? partition : NULL;
}

/* All of the chunk can be decoded. */
static bool is_decodable(const struct sm__lane *lane)
{
    bool ready = true;

    for (size_t i = 0; i < lane->waiting.count; i++)
        ready &= sm__schemas_ready(lane->engine, &lane->waiting.events[i].record);
    return ready;
}

void sm__release_fetched(struct sm__lane *lane)
{
    struct sm__release *release = &lane->release;
    const struct sm__partition *partition = partition_of(lane);
    size_t taken = 0;

    if (partition == NULL) {
        sm__release_give_up(lane);
        return;
    }
    if (!is_decodable(lane)) {
        sm__release_give_up(lane);
        lane->release_at_us = sm_clock_monotonic(lane->engine->clock) + SCHEMA_PAUSE_US;
        return;
    }
    for (; taken < lane->waiting.count; taken++) {
        const struct sm_waiting_event *event = &lane->waiting.events[taken];
        const struct sm__ticket ticket = { event->parked_id, event->dead_letter_id,
                                           event->request_id, event->client_id, event->wait };

        if (!sm__buffer_add_ticket(&release->buffer, &event->record,
                                   (uint32_t)(partition - lane->engine->partitions),
                                   partition->tenure, &ticket, lane->engine->decoder))
            break;
    }
    SM_ASSERT(taken != 0 || lane->waiting.count == 0); /* the buffer holds any one record */
    release->more = lane->waiting.more || taken < lane->waiting.count;
    lane->at = &lane->released;
    sm__lane_unit_start(lane);
}

bool sm__release_is_last(const struct sm__lane *lane)
{
    return !lane->release.more && lane->released.to == lane->release.buffer.count;
}

void sm__release_committed(struct sm__lane *lane)
{
    struct sm__release *release = &lane->release;

    if (lane->released.to != 0) {
        const struct sm__ticket *last = release->buffer.entries[lane->released.to - 1].ticket;

        release->after =
            release->queues[0].cause == SM_CAUSE_RELEASED ? last->parked_id : last->request_id;
    }
    if (!sm__release_is_last(lane))
        return;
    release->active = false;
    lane->due_maybe = true; /* another queue may be due, or this one again */
}

void sm__release_give_up(struct sm__lane *lane)
{
    lane->release.active = false;
    lane->due_maybe = true;
    lane->live_turn = false;
    lane->at = &lane->live;
    sm__buffer_reset(&lane->release.buffer);
}

/* ---- old log lines ---- */

static bool trim_begin(struct sm__lane *lane)
{
    struct sm_engine *engine = lane->engine;
    int64_t kept_us = engine->options.logs_retention_us;

    if (lane->index != 0 || kept_us == 0 ||
        sm_clock_monotonic(engine->clock) < lane->trim_at_us)
        return false;
    lane->trim = (struct sm_trim){ .before_us = sm_clock_wall(engine->clock) - kept_us,
                                   .count_max = TRIM_COUNT_MAX };
    lane->call = (struct sm_store_call){ .kind = SM_STORE_TRIM, .trim = &lane->trim };
    sm__lane_begin_call(lane, SM__LANE_TRIMMING);
    return true;
}

void sm__release_trimmed(struct sm__lane *lane)
{
    int64_t now = sm_clock_monotonic(lane->engine->clock);

    lane->trim_at_us = lane->trim.removed < TRIM_COUNT_MAX ? now + TRIM_US : now;
    lane->live_turn = true;
}

/* ---- steps ---- */

bool sm__release_step(struct sm__lane *lane)
{
    int64_t now = sm_clock_monotonic(lane->engine->clock);

    if (lane->engine->trial != 0 && !lane->release.active)
        return false; /* a record is tried alone: what has begun is ended, nothing is begun */
    if (lane->release.active) {
        lane->at = &lane->released;
        if (lane->released.from < lane->release.buffer.count)
            sm__lane_unit_start(lane);
        else
            sm__release_fetch(lane);
        return true;
    }
    if (now >= lane->release_at_us && (lane->due_maybe || now >= lane->watch_at_us) &&
        watch_begin(lane))
        return true;
    return trim_begin(lane);
}

/* When sm__release_step is to be called at the latest; never while it would come to nothing. */
int64_t sm__release_wake(const struct sm__lane *lane)
{
    const struct sm_engine *engine = lane->engine;
    int64_t watch_us =
        lane->watch_at_us > lane->release_at_us ? lane->watch_at_us : lane->release_at_us;

    if (!sm__partitions_are_ours(engine) || engine->trial != 0)
        return INT64_MAX;
    if (lane->index == 0 && engine->options.logs_retention_us != 0 && lane->trim_at_us < watch_us)
        return lane->trim_at_us;
    return watch_us;
}

bool sm__release_is_settled(const struct sm__lane *lane)
{
    const struct sm_engine *engine = lane->engine;

    if (!lane->due_maybe && !lane->release.active && lane->phase != SM__LANE_WATCHING)
        return true;
    for (size_t i = 0; i < engine->partition_count; i++) {
        if (engine->partitions[i].lane == lane->index &&
            engine->partitions[i].phase == SM_PARTITION_RUNNING)
            return false;
    }
    return true; /* without a partition nothing is ours to release */
}
