/* Taking partitions over, and judging what the store says of them. */
#include <inttypes.h>

#include "engine/engine_priv.h"

bool sm__takeover_begin(struct sm__lane *lane)
{
    struct sm_engine *engine = lane->engine;
    int64_t now = sm_clock_monotonic(engine->clock);

    lane->takeover_count = 0;
    for (size_t i = 0; i < engine->partition_count; i++) {
        const struct sm__partition *partition = &engine->partitions[i];

        if (partition->lane != lane->index || partition->phase != SM_PARTITION_TAKING_OVER ||
            partition->not_before_us > now)
            continue;
        lane->takeovers[lane->takeover_count++] = (struct sm_takeover){ .id = partition->id,
                                                                        .mode = partition->mode,
                                                                        .low = partition->low,
                                                                        .epoch = partition->epoch };
    }
    if (lane->takeover_count == 0)
        return false;
    lane->call = (struct sm_store_call){
        .kind = SM_STORE_TAKE_OVER,
        .take_over = { lane->takeovers, lane->takeover_count },
    };
    return true;
}

void sm__takeover_resume_all(struct sm__lane *lane)
{
    struct sm_engine *engine = lane->engine;

    for (size_t i = 0; i < engine->partition_count; i++) {
        struct sm__partition *partition = &engine->partitions[i];

        if (partition->lane != lane->index || partition->phase != SM_PARTITION_RUNNING)
            continue;
        partition->phase = SM_PARTITION_TAKING_OVER;
        partition->mode = SM_TAKEOVER_RESUME;
        partition->not_before_us = 0;
    }
}

static void start_afresh(struct sm_engine *engine, struct sm__partition *partition,
                         const struct sm_takeover *taken)
{
    partition->tenure++;
    partition->offset_durable = taken->next_offset;
    partition->offset_applied = taken->next_offset;
    partition->offset_read = taken->next_offset;
    partition->anchor = taken->anchor;
    partition->proven = taken->proven;
    partition->anchor_pending = taken->proven.offset >= 0   ? SM__ANCHOR_PROVEN
                                : taken->anchor.offset >= 0 ? SM__ANCHOR_LAST
                                                            : SM__ANCHOR_NONE;
    partition->proof = (struct sm__proof){ .read = taken->next_offset };
    partition->end_pending = 0;
    partition->lost_pending = 0;
    partition->fetch_due = true;
    engine->assign_due = true;
}

static void on_taken(struct sm_engine *engine, struct sm__partition *partition,
                     const struct sm_takeover *taken)
{
    bool resumed = partition->mode == SM_TAKEOVER_RESUME;

    if (!resumed)
        sm__trial_judge(engine, partition, taken);
    if (!resumed)
        partition->claimed_offset = taken->next_offset;
    partition->claims = taken->claims;
    partition->trial = SM__TRIAL_NONE;
    partition->wait_noted = false; /* a take-over clears it; the next answer tells it again */
    partition->wait_pending = false;
    partition->wait_reason[0] = '\0';
    partition->phase = SM_PARTITION_RUNNING;
    partition->topic_id = taken->topic_id;
    partition->epoch = taken->epoch;
    partition->seq = taken->seq;
    partition->chain = taken->chain;
    partition->recorded_at = taken->recorded_at;
    /* A unit whose COMMIT was not answered either took effect (the position is the one that was
     * applied) or did not (still the durable one); what is buffered behind it stays good. */
    if (resumed && (taken->next_offset == partition->offset_durable ||
                    taken->next_offset == partition->offset_applied)) {
        partition->offset_durable = taken->next_offset;
        partition->offset_applied = taken->next_offset;
        partition->anchor = taken->anchor;
        if (partition->proven.offset < 0)
            partition->proven = taken->proven;
        return;
    }
    start_afresh(engine, partition, taken);
}

static void on_unseen(struct sm_engine *engine, struct sm__partition *partition)
{
    struct sm_err err = { 0 };
    int64_t high = 0;

    partition->mode = SM_TAKEOVER_CREATE;
    if (sm__position_watermarks(engine, partition->id, &partition->low, &high, &err) == SM_OK)
        return;
    partition->mode = SM_TAKEOVER_CLAIM;
    partition->not_before_us = sm_clock_monotonic(engine->clock) + engine->options.retry_min_us;
}

/* Nobody has taken it away: what was in flight is dropped, and it is claimed at once. */
static void on_raised(struct sm_engine *engine, struct sm__partition *partition)
{
    partition->phase = SM_PARTITION_TAKING_OVER;
    partition->mode = SM_TAKEOVER_CLAIM;
    partition->tenure++;
    partition->not_before_us = 0;
    engine->totals.fences++;
    sm_log(SM_LOG_INFO, "engine", NULL,
           "the epoch of partition %d of the %s topic was raised, as by secretmagic replay "
           "rebuild: claimed anew",
           (int)partition->id.partition, sm__topic_word(partition->id.topic));
}

static void on_fenced(struct sm_engine *engine, struct sm__partition *partition)
{
    partition->phase = SM_PARTITION_FENCED;
    partition->tenure++;
    partition->not_before_us =
        sm_clock_monotonic(engine->clock) + engine->options.fenced_wait_us;
    engine->totals.fences++;
    sm_log(SM_LOG_WARN, "engine", NULL,
           "partition %d of the %s topic has another owner in PostgreSQL: what was in flight is "
           "dropped; claimed again in %" PRId64 " ms unless the group takes it away",
           (int)partition->id.partition,
           sm__topic_word(partition->id.topic),
           engine->options.fenced_wait_us / 1000);
}

void sm__takeover_done(struct sm__lane *lane)
{
    struct sm_engine *engine = lane->engine;

    lane->due_maybe = true; /* of partitions that are ours now, queues may be due */
    for (size_t i = 0; i < lane->takeover_count; i++) {
        const struct sm_takeover *taken = &lane->takeovers[i];
        struct sm__partition *partition = sm__partition_find(engine, taken->id);

        SM_ASSERT(partition != NULL); /* a new assignment throws this call away */
        if (partition->phase != SM_PARTITION_TAKING_OVER) { /* stopped meanwhile */
            if (taken->outcome == SM_TAKEOVER_TAKEN)
                partition->epoch = taken->epoch;
            continue;
        }
        switch (taken->outcome) {
        case SM_TAKEOVER_TAKEN:
            on_taken(engine, partition, taken);
            if (engine->stopping || (engine->revoking && !engine->revoke_lost))
                sm__partition_leave(engine, partition); /* it came too late */
            break;
        case SM_TAKEOVER_UNSEEN:
            on_unseen(engine, partition);
            break;
        case SM_TAKEOVER_FENCED:
            if (taken->unowned)
                on_raised(engine, partition);
            else
                on_fenced(engine, partition);
            break;
        }
    }
}
