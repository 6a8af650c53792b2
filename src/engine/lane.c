/* A lane: one writer with its own store, stepping one unit at a time through
 *
 *   IDLE ─► LOADING ─► (admit) ─► COMMITTING ─► IDLE          conflict: forget, load, admit again
 *    │         └──────────┴─────────────┴──► WAITING ─► TAKING_OVER (RESUME) ─► IDLE
 *    └─► TAKING_OVER, STOPPING                        whatever failed, position is read anew first
 * */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/work.h"

/* After so many conflicts in a row the unit is halved: a single record always gets through. */
enum { CONFLICTS_MAX = 3, CAREFUL_UNITS = 16 };

struct sm__buffer *sm__lane_filling(struct sm__lane *lane)
{
    return &lane->buffers[lane->filling];
}

bool sm__lane_init(struct sm__lane *lane, struct sm_engine *engine, uint32_t index,
                   struct sm_store *store)
{
    const struct sm_engine_options *options = &engine->options;
    /* What one record can need at the most besides its own bytes, and room for wide client rows. */
    size_t unit_size = options->batch_records_max * 1536 + SM__UNIT_SPARE_SIZE;

    *lane = (struct sm__lane){ .engine = engine,
                               .index = index,
                               .store = store,
                               .live = { &lane->buffers[1], .span = SIZE_MAX },
                               .released = { &lane->release.buffer, .span = SIZE_MAX },
                               .at = &lane->live,
                               .pause_us = options->retry_min_us };
    lane->takeovers = calloc(SM_PARTITIONS_MAX, sizeof(*lane->takeovers));
    lane->watched = calloc(SM_PARTITIONS_MAX, sizeof(*lane->watched));
    return lane->takeovers != NULL && lane->watched != NULL &&
           sm__buffer_init(&lane->buffers[0], options->batch_records_max,
                           options->batch_bytes_max) &&
           sm__buffer_init(&lane->buffers[1], options->batch_records_max,
                           options->batch_bytes_max) &&
           sm_arena_init(&lane->unit_arena, unit_size) &&
           sm__buffer_init(&lane->release.buffer, options->release_max, SM__BATCH_BYTES_MIN) &&
           sm__references_init(&lane->references) &&
           sm__cache_init(&lane->cache, options->cache_streams_max, options->cache_clients_max);
}

void sm__lane_deinit(struct sm__lane *lane)
{
    if (!sm__lane_is_idle(lane))
        lane->store->ops->abandon(lane->store);
    sm__buffer_deinit(&lane->buffers[0]);
    sm__buffer_deinit(&lane->buffers[1]);
    sm_arena_deinit(&lane->unit_arena);
    sm__buffer_deinit(&lane->release.buffer);
    sm__references_deinit(&lane->references);
    sm__cache_deinit(&lane->cache);
    free(lane->takeovers);
    free(lane->watched);
}

bool sm__lane_is_idle(const struct sm__lane *lane)
{
    return lane->phase == SM__LANE_IDLE || lane->phase == SM__LANE_WAITING;
}

void sm__lane_drop(struct sm__lane *lane)
{
    if (!sm__lane_is_idle(lane))
        lane->store->ops->abandon(lane->store);
    lane->phase = SM__LANE_IDLE;
    sm__buffer_reset(&lane->buffers[0]);
    sm__buffer_reset(&lane->buffers[1]);
    lane->live = (struct sm__feed){ .buffer = lane->live.buffer, .span = SIZE_MAX };
    lane->at = &lane->live;
    sm__release_give_up(lane);
    /* The next owner may change every stream; what we know of them is not kept for our return. */
    sm__cache_clear(&lane->cache);
}

void sm__lane_begin_call(struct sm__lane *lane, enum sm__lane_phase phase)
{
    lane->phase = phase;
    lane->store->ops->begin(lane->store, &lane->call);
    lane->engine->had_progress = true;
}

void sm__lane_pause(struct sm__lane *lane, const struct sm_err *err, const char *what)
{
    struct sm_engine *engine = lane->engine;
    int64_t now = sm_clock_monotonic(engine->clock);
    unsigned suppressed = 0;

    lane->phase = SM__LANE_WAITING;
    sm__release_give_up(lane);
    /* Behind a connection that broke there may be another database by now (an older backup), which
     * gives out the same versions and generations a second time. */
    sm__cache_clear(&lane->cache);
    lane->away = true;
    lane->wake_us = now + lane->pause_us;
    engine->totals.retries++;
    if (sm_log_limit_pass(&lane->retry_limit, now, 5000000, &suppressed))
        sm_log(SM_LOG_WARN, "engine", NULL,
               "writer %u cannot %s, tries again in %" PRId64 " ms (%u more like this): %s",
               (unsigned)lane->index, what, lane->pause_us / 1000, suppressed, err->text);
    lane->pause_us *= 2;
    if (lane->pause_us > engine->options.retry_max_us)
        lane->pause_us = engine->options.retry_max_us;
}

static void call_succeeded(struct sm__lane *lane)
{
    if (lane->away)
        sm_log(SM_LOG_INFO, "engine", NULL, "writer %u goes on", (unsigned)lane->index);
    lane->away = false;
    lane->pause_us = lane->engine->options.retry_min_us;
}

/* Fewer entries the next time. A unit of one that is still too large cannot be: sizes are chosen
 * so that any record fits (see sm_engine_create). */
static void halve(struct sm__lane *lane)
{
    size_t items = lane->work->item_count;

    SM_ASSERT(items > 1);
    lane->at->span = items / 2;
    lane->engine->totals.bisections++;
}

/* ---- a unit ---- */

static void unit_failed_limit(struct sm__lane *lane)
{
    if (lane->work == NULL || lane->work->item_count <= 1) {
        struct sm_err err = { 0 };

        sm_err_set(&err, SM_FATAL, SM_FROM_DOMAIN,
                   "one record needs more than the %zu bytes that a unit of work has; hint: raise "
                   "--batch-bytes",
                   lane->unit_arena.capacity);
        sm__engine_fail(lane->engine, &err);
        return;
    }
    halve(lane);
    sm__lane_unit_start(lane);
}

static void unit_finish(struct sm__lane *lane)
{
    struct sm__feed *at = lane->at;

    at->from = at->to;
    at->conflicts = 0;
    if (lane->careful && --lane->careful_units == 0)
        lane->careful = false;
    /* Grow back slowly after a refused row: its neighbours are good. */
    at->span = at->span > SIZE_MAX / 2 ? SIZE_MAX : at->span * 2;
    if (at == &lane->released)
        sm__release_committed(lane);
    lane->live_turn = at == &lane->released;
}

/* Everything that admission looks at is there. */
static void unit_admit(struct sm__lane *lane)
{
    bool settled = false;
    enum sm_status status = sm__work_admit(lane, &settled);

    if (status == SM_OK && settled)
        status = sm__unit_build(lane);
    else if (status == SM_OK)
        return; /* some ids are to be looked up */
    if (status == SM_LIMIT) {
        unit_failed_limit(lane);
        return;
    }
    lane->call = (struct sm_store_call){ .kind = SM_STORE_COMMIT, .unit = &lane->unit };
    sm__lane_begin_call(lane, SM__LANE_COMMITTING);
}

/* Loads what is missing, or admits when nothing is. */
static void unit_prepare(struct sm__lane *lane)
{
    do {
        bool wanted = false;

        lane->phase = SM__LANE_IDLE;
        if (sm__work_want(lane, &wanted) == SM_LIMIT) {
            unit_failed_limit(lane);
            return;
        }
        if (wanted) {
            lane->call = (struct sm_store_call){ .kind = SM_STORE_LOAD, .load = &lane->load };
            sm__lane_begin_call(lane, SM__LANE_LOADING);
            return;
        }
        unit_admit(lane);
        /* Still idle without a failure: admission asks for more; it cannot ask twice for one. */
    } while (lane->phase == SM__LANE_IDLE && lane->engine->failed == SM_OK &&
             lane->at->from < lane->at->to);
}

void sm__lane_unit_start(struct sm__lane *lane)
{
    if (sm__work_begin(lane) == SM_LIMIT) {
        unit_failed_limit(lane);
        return;
    }
    lane->engine->had_progress = true;
    /* A queue that is empty by now has to be told so, nevertheless. */
    if (lane->work->item_count != 0 ||
        (lane->at == &lane->released && lane->at->buffer->count == 0)) {
        unit_prepare(lane);
        return;
    }
    lane->at->from = lane->at->to; /* all of it was void */
    if (lane->at == &lane->released)
        sm__release_give_up(lane);
}

static bool live_has_work(const struct sm__lane *lane)
{
    return lane->live.from < lane->live.buffer->count || lane->buffers[lane->filling].count != 0;
}

/* The two buffers change places when one is worked off. */
static void live_start(struct sm__lane *lane)
{
    if (!live_has_work(lane))
        return;
    lane->at = &lane->live;
    if (lane->live.from == lane->live.buffer->count) {
        sm__buffer_reset(lane->live.buffer);
        lane->live.buffer = sm__lane_filling(lane);
        lane->live.from = 0;
        lane->filling = 1 - lane->filling;
    }
    sm__lane_unit_start(lane);
}

/* Another writer was first. Where only a generation differs, the load tells which clients changed;
 * else nothing that was cached of the unit is trusted, and every id is looked up for a while. */
static void unit_conflict(struct sm__lane *lane, const struct sm_err *err)
{
    lane->engine->totals.conflicts++;
    lane->load_due = true;
    if (err->native != SM_CONFLICT_GENERATION) {
        sm__work_forget(lane);
        lane->careful = true;
        lane->careful_units = CAREFUL_UNITS;
    }
    if (++lane->at->conflicts >= CONFLICTS_MAX && lane->work->item_count > 1) {
        lane->at->conflicts = 0;
        halve(lane);
    }
    if (lane->at == &lane->released)
        sm__release_fetch(lane); /* some of it may not wait any more */
    else
        sm__lane_unit_start(lane);
}

static void unit_refused(struct sm__lane *lane, const struct sm_err *err)
{
    if (lane->work->item_count > 1) {
        halve(lane);
        sm__lane_unit_start(lane);
    } else if (lane->work->items[0].verdict == SM_VERDICT_FACT ||
               lane->work->items[0].verdict == SM_VERDICT_PARKED) {
        sm__work_refuse(lane, err->text);
        sm__lane_unit_start(lane);
    } else {
        /* Not even the dead letter: nothing may be skipped, so it waits for an operator. */
        sm__lane_pause(lane, err, "keep a dead letter");
    }
}

/* ---- steps ---- */

/* A stop for good comes first: whoever waits as well waits for nothing then. */
static enum sm_stop_kind stop_kind(const struct sm__partition *partition)
{
    if (partition->stop_pending)
        return SM_STOP_FOR_GOOD;
    if (partition->leave_pending)
        return SM_STOP_LEFT;
    return partition->wait_reason[0] != '\0' ? SM_STOP_WAITS : SM_STOP_OVER;
}

static void stop_begin(struct sm__lane *lane, struct sm__partition *partition)
{
    enum sm_stop_kind kind = stop_kind(partition);

    partition->stop_pending = false;
    partition->leave_pending = false;
    partition->wait_pending = false;
    partition->wait_noted = kind == SM_STOP_WAITS;
    lane->stop = (struct sm_stop){ partition->id, partition->epoch, kind, "" };
    snprintf(lane->stop.reason, sizeof(lane->stop.reason), "%s",
             kind == SM_STOP_FOR_GOOD ? partition->stop_reason : partition->wait_reason);
    lane->call = (struct sm_store_call){ .kind = SM_STORE_STOP, .stop = &lane->stop };
    sm__lane_begin_call(lane, SM__LANE_STOPPING);
}

static bool stop_any(struct sm__lane *lane)
{
    struct sm_engine *engine = lane->engine;

    for (size_t i = 0; i < engine->partition_count; i++) {
        struct sm__partition *partition = &engine->partitions[i];

        if (partition->lane == lane->index &&
            (partition->stop_pending || partition->leave_pending ||
             (partition->wait_pending && partition->phase == SM_PARTITION_RUNNING))) {
            stop_begin(lane, partition);
            return true;
        }
    }
    return false;
}

static void step_idle(struct sm__lane *lane)
{
    if (!sm__partitions_are_ours(lane->engine)) {
        if (!sm__partitions_have_left(lane->engine))
            (void)stop_any(lane);
        return;
    }
    if (stop_any(lane))
        return;
    if (sm__takeover_begin(lane))
        sm__lane_begin_call(lane, SM__LANE_TAKING_OVER);
    else if (sm__trial_begin(lane))
        return;
    else if ((lane->live_turn && live_has_work(lane)) || !sm__release_step(lane))
        live_start(lane);
}

static void on_ok(struct sm__lane *lane)
{
    enum sm__lane_phase phase = lane->phase;

    call_succeeded(lane);
    lane->phase = SM__LANE_IDLE;
    if (phase == SM__LANE_TAKING_OVER) {
        sm__takeover_done(lane);
    } else if (phase == SM__LANE_COMMITTING) {
        sm__unit_committed(lane);
        unit_finish(lane);
    } else if (phase == SM__LANE_WATCHING) {
        sm__release_watched(lane);
    } else if (phase == SM__LANE_FETCHING) {
        sm__release_fetched(lane);
    } else if (phase == SM__LANE_TRIMMING) {
        sm__release_trimmed(lane);
    } else if (phase == SM__LANE_MARKING) {
        sm__trial_marked(lane);
    } else if (phase == SM__LANE_LOADING) {
        sm__work_loaded(lane);
        if (!lane->engine->revoking && !lane->engine->stopping)
            unit_prepare(lane);
    }
}

/* A stop that was not recorded is told again; if the partition has another owner by now, it is
 * claimed and judged anew. */
static void stop_failed(struct sm__lane *lane, enum sm_status status)
{
    struct sm_engine *engine = lane->engine;
    struct sm__partition *partition = sm__partition_find(engine, lane->stop.id);

    if (partition != NULL && lane->stop.kind != SM_STOP_FOR_GOOD) {
        partition->wait_pending = status == SM_RETRY;
        partition->wait_noted = true;
        return;
    }
    if (partition == NULL || partition->phase != SM_PARTITION_STOPPED)
        return;
    if (status == SM_RETRY)
        partition->stop_pending = true;
    else if (status == SM_FENCED)
        sm__partition_retake(partition, SM_TAKEOVER_CLAIM,
                             sm_clock_monotonic(engine->clock) + engine->options.fenced_wait_us);
}

/* What a lane was about when it failed. */
static const char *phase_words(enum sm__lane_phase phase)
{
    switch (phase) {
    case SM__LANE_TAKING_OVER:
        return "take its partitions over";
    case SM__LANE_STOPPING:
        return "record that a partition does not go on";
    case SM__LANE_LOADING:
        return "load";
    case SM__LANE_COMMITTING:
        return "commit";
    case SM__LANE_WATCHING:
    case SM__LANE_FETCHING:
        return "look into the waiting room";
    case SM__LANE_TRIMMING:
        return "remove old lines of processing_logs";
    case SM__LANE_MARKING:
        return "note which record it tries alone";
    case SM__LANE_IDLE:
    case SM__LANE_WAITING:
        break;
    }
    return "go on";
}

static void on_failure(struct sm__lane *lane, enum sm_status status, const struct sm_err *err)
{
    enum sm__lane_phase phase = lane->phase;

    lane->phase = SM__LANE_IDLE;
    if (phase == SM__LANE_STOPPING)
        stop_failed(lane, status);
    for (size_t i = 0; i < lane->engine->partition_count; i++)
        lane->engine->partitions[i].leave_pending &=
            lane->engine->partitions[i].lane != lane->index;
    if (status == SM_FATAL) {
        sm__engine_fail(lane->engine, err);
    } else if (status == SM_RETRY) {
        sm__lane_pause(lane, err, phase_words(phase));
    } else if (status == SM_FENCED) {
        sm__release_give_up(lane);
        /* Whoever raised the epoch may have written what a head's version does not tell of. */
        sm__cache_clear(&lane->cache);
        sm__takeover_resume_all(lane); /* tells which partition it was */
    } else if (lane->engine->revoking || lane->engine->stopping) {
        return; /* nothing was written; the unit is abandoned */
    } else if (status == SM_CONFLICT) {
        unit_conflict(lane, err);
    } else if (status == SM_REJECT) {
        unit_refused(lane, err);
    } else {
        unit_failed_limit(lane);
    }
}

void sm__lane_step(struct sm__lane *lane)
{
    struct sm_err err = { 0 };
    enum sm_status status;

    if (lane->phase == SM__LANE_WAITING) {
        if (sm_clock_monotonic(lane->engine->clock) < lane->wake_us)
            return;
        lane->phase = SM__LANE_IDLE;
        sm__takeover_resume_all(lane);
    }
    if (lane->phase == SM__LANE_IDLE) {
        step_idle(lane);
        return;
    }
    status = lane->store->ops->step(lane->store, &err);
    if (status == SM_AGAIN)
        return;
    lane->engine->had_progress = true;
    if (status == SM_OK)
        on_ok(lane);
    else
        on_failure(lane, status, &err);
}
