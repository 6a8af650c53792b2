/* Where fetching begins, and what it means when the broker cannot begin there. */
#include <inttypes.h>
#include <stdio.h>

#include "engine/anchor.h"
#include "engine/engine_priv.h"

/* A broker that is away lets each question block for its whole limit, and the source must be polled
 * or the group gives us up. So after one without an answer none is put for twice as long as it
 * took: the engine stands still for a third of the time at most, never longer than one limit. */
enum sm_status sm__position_watermarks(struct sm_engine *engine, struct sm_partition_id id,
                                       int64_t *low, int64_t *high, struct sm_err *err)
{
    int64_t begin = sm_clock_monotonic(engine->clock), end;
    enum sm_status status;

    if (begin < engine->watermarks_due_us)
        return sm_err_set(err, SM_RETRY, SM_FROM_KAFKA, "the broker did not answer just now");
    status = engine->source->ops->watermarks(engine->source, id,
                                             engine->options.watermarks_timeout_ms, low, high, err);
    end = sm_clock_monotonic(engine->clock);
    if (status != SM_OK)
        engine->watermarks_due_us = end + 2 * (end - begin);
    return status;
}

static int64_t fetch_offset(const struct sm__partition *partition)
{
    return partition->anchor_pending == SM__ANCHOR_PROVEN ? partition->proven.offset
           : partition->anchor_pending == SM__ANCHOR_LAST ? partition->anchor.offset
                                                          : partition->offset_read;
}

void sm__position_assign(struct sm_engine *engine)
{
    struct sm_fetch_from list[SM_PARTITIONS_MAX];
    struct sm_err err = { 0 };
    size_t count = 0;

    for (size_t i = 0; i < engine->partition_count; i++) {
        const struct sm__partition *partition = &engine->partitions[i];

        if (partition->phase == SM_PARTITION_TAKING_OVER && partition->mode != SM_TAKEOVER_RESUME &&
            partition->not_before_us == 0)
            return; /* its take-over is on the way; one assignment will serve all */
        if (sm__partition_is_fetched(partition))
            list[count++] = (struct sm_fetch_from){ partition->id, fetch_offset(partition) };
    }
    engine->generation++;
    if (engine->source->ops->assign(engine->source, list, count, engine->generation, &err) !=
        SM_OK) {
        sm_log(SM_LOG_WARN, "engine", NULL, "cannot set the fetch positions: %s", err.text);
        return; /* assign_due stays: tried again with the next step */
    }
    for (size_t i = 0; i < engine->partition_count; i++) {
        struct sm__partition *partition = &engine->partitions[i];

        if (!partition->lacks_schema && (partition->phase != SM_PARTITION_TAKING_OVER ||
                                         partition->mode == SM_TAKEOVER_RESUME))
            partition->fetch_due = false;
    }
    engine->assign_due = false;
    engine->had_progress = true;
}

void sm__position_wrong_record(struct sm_engine *engine, struct sm__partition *partition,
                               int64_t offset)
{
    char reason[SM_ERR_TEXT_SIZE];

    snprintf(reason, sizeof(reason),
             "the record at offset %" PRId64 " is not the one that was consumed there: the topic "
             "was deleted and made anew; hint: see \"topic recreated\" in the README",
             offset);
    sm__partition_stop(engine, partition, reason);
}

void sm__position_missing_record(struct sm_engine *engine, struct sm__partition *partition,
                                 int64_t offset, int64_t next)
{
    char reason[SM_ERR_TEXT_SIZE], found[64] = "nothing follows it";

    if (next >= 0)
        snprintf(found, sizeof(found), "the next one there is %" PRId64, next);
    snprintf(reason, sizeof(reason),
             "the record at offset %" PRId64 ", which was consumed, is missing, and %s: the topic "
             "was made anew, truncated or is compacted; hint: see \"topic recreated\" in the "
             "README",
             offset, found);
    sm__partition_stop(engine, partition, reason);
}

/* The anchor that the fetch has to bring next. */
static const struct sm_anchor *pending_anchor(const struct sm__partition *partition)
{
    return partition->anchor_pending == SM__ANCHOR_PROVEN ? &partition->proven : &partition->anchor;
}

void sm__position_missing_anchor(struct sm_engine *engine, struct sm__partition *partition,
                                 int64_t next)
{
    sm__position_missing_record(engine, partition, pending_anchor(partition)->offset, next);
}

/* With the proven record still in its place the topic is the one that we know, and has always
 * been, so that the last record is proven as well. It is looked at all the same: a topic that lost
 * its end in a crash, and was filled up again, is no longer what we consumed. */
static void pass_anchor(struct sm__partition *partition)
{
    if (partition->anchor_pending == SM__ANCHOR_PROVEN &&
        partition->anchor.offset > partition->proven.offset) {
        partition->anchor_pending = SM__ANCHOR_LAST;
        return;
    }
    partition->anchor_pending = SM__ANCHOR_NONE;
    partition->proven = partition->anchor;
}

bool sm__position_check_anchor(struct sm_engine *engine, struct sm__partition *partition,
                               const struct sm_record *record)
{
    const struct sm_anchor *anchor = pending_anchor(partition);
    struct sm_digest digest;

    if (record->offset < anchor->offset)
        return false;
    if (record->offset > anchor->offset) {
        sm__position_missing_anchor(engine, partition, record->offset);
        return false;
    }
    sm_anchor_digest(record, &digest);
    if (sm_digest_equal(&digest, &anchor->digest))
        pass_anchor(partition); /* consumed before */
    else
        sm__position_wrong_record(engine, partition, record->offset);
    return false;
}

/* Retention took everything below `low`, and with it what the topic was to be known by. That it is
 * gone is something to know it by as well, see judge_outside in proof.c: `proven` stays. */
static void pass_lost_anchor(struct sm__partition *partition, int64_t low)
{
    bool last_is_there = low <= partition->anchor.offset;

    if (partition->anchor_pending != SM__ANCHOR_NONE)
        partition->anchor_pending = last_is_there ? SM__ANCHOR_LAST : SM__ANCHOR_NONE;
}

void sm__position_ends_early(struct sm_engine *engine, struct sm__partition *partition,
                             int64_t high)
{
    char reason[SM_ERR_TEXT_SIZE];

    snprintf(reason, sizeof(reason),
             "the topic ends at offset %" PRId64 ", before %" PRId64 " which was reached already: "
             "it was deleted and made anew, or truncated; hint: see \"topic recreated\" in the "
             "README",
             high, partition->offset_read);
    sm__partition_stop(engine, partition, reason);
}

static void stop_or_skip_lost(struct sm_engine *engine, struct sm__partition *partition,
                              int64_t low)
{
    char reason[SM_ERR_TEXT_SIZE];
    int64_t lost = low - partition->offset_read;

    if (!engine->options.reset_recreated) {
        snprintf(reason, sizeof(reason),
                 "retention deleted %" PRId64 " offsets from %" PRId64 " on before they were read, "
                 "the topic now begins at %" PRId64 "; hint: to go on from there and record the "
                 "loss, restart with --on-lost continue",
                 lost, partition->offset_read, low);
        sm__partition_stop(engine, partition, reason);
        return;
    }
    sm_log(SM_LOG_ERROR, "engine", NULL,
           "partition %d of the %s topic: retention deleted %" PRId64 " offsets from %" PRId64
           " on before they were read; recorded as lost",
           (int)partition->id.partition, sm__topic_word(partition->id.topic), lost,
           partition->offset_read);
    partition->lost_pending = low;
    pass_lost_anchor(partition, low);
    partition->offset_read = low;
    partition->fetch_due = true;
    engine->assign_due = true;
}

void sm__position_out_of_range(struct sm_engine *engine, struct sm__partition *partition,
                               int64_t offset)
{
    struct sm_err err = { 0 };
    int64_t low = 0, high = 0;
    int64_t pause = sm_clock_monotonic(engine->clock) + engine->options.retry_min_us;

    bool pending = partition->anchor_pending != SM__ANCHOR_NONE;

    if (sm__position_watermarks(engine, partition->id, &low, &high, &err) != SM_OK) {
        sm__partition_retake(partition, SM_TAKEOVER_CLAIM, pause);
        engine->assign_due = true;
        return;
    }
    if (high < partition->offset_read || (pending && high <= offset)) {
        sm__position_ends_early(engine, partition, high);
    } else if (low > partition->offset_read) {
        stop_or_skip_lost(engine, partition, low);
    } else if (pending && low > pending_anchor(partition)->offset) {
        /* Retention took the anchor and nothing that was not read: go on without the check. */
        pass_lost_anchor(partition, low);
        partition->fetch_due = true;
        engine->assign_due = true;
    } else {
        sm__partition_retake(partition, SM_TAKEOVER_CLAIM, pause);
        engine->assign_due = true;
    }
}

void sm__position_ask_until(struct sm_engine *engine)
{
    for (size_t i = 0; i < engine->partition_count; i++) {
        struct sm__partition *partition = &engine->partitions[i];
        struct sm_err err = { 0 };
        int64_t low = 0, high = 0;

        if (partition->until >= 0)
            continue;
        if (sm__position_watermarks(engine, partition->id, &low, &high, &err) != SM_OK)
            return; /* asked again with the next step */
        partition->until = high;
    }
    engine->until_known = true;
}

bool sm__position_until_reached(const struct sm_engine *engine)
{
    if (!engine->until_known)
        return false;
    for (size_t i = 0; i < engine->partition_count; i++) {
        const struct sm__partition *partition = &engine->partitions[i];

        if (partition->phase != SM_PARTITION_STOPPED &&
            (partition->phase != SM_PARTITION_RUNNING ||
             partition->offset_durable < partition->until))
            return false;
    }
    return true;
}
