/* The engine's table of partitions: who they are, and when what is buffered of them is void. */
#include <stdio.h>
#include <stdlib.h>

#include "engine/engine_priv.h"

static int compare_ids(const void *a, const void *b)
{
    const struct sm_partition_id *x = a, *y = b;

    if (x->topic != y->topic)
        return x->topic < y->topic ? -1 : 1;
    return (x->partition > y->partition) - (x->partition < y->partition);
}

void sm__partitions_set(struct sm_engine *engine, const struct sm_partition_id *list, size_t count)
{
    if (count > SM_PARTITIONS_MAX) {
        struct sm_err err = { 0 };

        sm_err_set(&err, SM_LIMIT, SM_FROM_DOMAIN,
                   "the group assigned %zu partitions, more than the %d that one process can hold; "
                   "hint: start more instances",
                   count, SM_PARTITIONS_MAX);
        sm__engine_fail(engine, &err);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        engine->partitions[i] = (struct sm__partition){
            .id = list[i],
            .phase = SM_PARTITION_TAKING_OVER,
            .mode = SM_TAKEOVER_CLAIM,
            .anchor = { .offset = -1 },
            .proven = { .offset = -1 },
            .until = -1,
        };
    }
    engine->partition_count = count;
    /* By topic, then partition: the order of a unit's partitions, and what find relies on. The id
     * is the first member, so that it can be compared as one. */
    qsort(engine->partitions, count, sizeof(*engine->partitions), compare_ids);
    for (size_t i = 0; i < count; i++) {
        struct sm__partition *partition = &engine->partitions[i];

        /* The same number of both topics goes to one lane: a client's streams share a writer. */
        partition->lane = (uint32_t)partition->id.partition % (uint32_t)engine->lane_count;
    }
}

bool sm__partitions_are_ours(const struct sm_engine *engine)
{
    return engine->assigned && !engine->revoking && !engine->stopping;
}

bool sm__partition_is_fetched(const struct sm__partition *partition)
{
    return !partition->lacks_schema && (partition->phase == SM_PARTITION_RUNNING ||
                                        (partition->phase == SM_PARTITION_TAKING_OVER &&
                                         partition->mode == SM_TAKEOVER_RESUME));
}

void sm__partition_leave(const struct sm_engine *engine, struct sm__partition *partition)
{
    partition->leave_pending = partition->phase == SM_PARTITION_RUNNING &&
                               partition->claims > 1 &&
                               partition->offset_durable == partition->claimed_offset &&
                               engine->lanes[partition->lane].phase != SM__LANE_WAITING;
}

void sm__partitions_leave(struct sm_engine *engine)
{
    for (size_t i = 0; i < engine->partition_count; i++)
        sm__partition_leave(engine, &engine->partitions[i]);
}

bool sm__partitions_have_left(const struct sm_engine *engine)
{
    for (size_t i = 0; i < engine->partition_count; i++) {
        if (engine->partitions[i].leave_pending)
            return false;
    }
    return true;
}

struct sm__partition *sm__partition_find(struct sm_engine *engine, struct sm_partition_id id)
{
    return bsearch(&id, engine->partitions, engine->partition_count, sizeof(*engine->partitions),
                   compare_ids);
}

void sm__partition_retake(struct sm__partition *partition, enum sm_takeover_mode mode,
                          int64_t not_before_us)
{
    partition->phase = SM_PARTITION_TAKING_OVER;
    partition->mode = mode;
    partition->not_before_us = not_before_us;
    partition->tenure++;
    partition->trial = SM__TRIAL_NONE;
    partition->proof.ticket = 0;
    partition->end_pending = 0;
    partition->lost_pending = 0;
}

void sm__partition_stop(struct sm_engine *engine, struct sm__partition *partition,
                        const char *reason)
{
    partition->phase = SM_PARTITION_STOPPED;
    partition->tenure++;
    partition->trial = SM__TRIAL_NONE;
    partition->proof.ticket = 0;
    partition->stop_pending = true;
    snprintf(partition->stop_reason, sizeof(partition->stop_reason), "%s", reason);
    engine->assign_due = true;
    sm_log(SM_LOG_ERROR, "engine", NULL, "partition %d of the %s topic stopped: %s",
           (int)partition->id.partition,
           sm__topic_word(partition->id.topic), reason);
}

const char *sm__topic_word(enum sm_topic topic)
{
    return topic == SM_TOPIC_CONFIG ? "config" : "processing";
}

bool sm__entry_is_valid(const struct sm_engine *engine, const struct sm__entry *entry)
{
    const struct sm__partition *partition = &engine->partitions[entry->partition];

    if (partition->phase != SM_PARTITION_RUNNING || partition->tenure != entry->tenure)
        return false;
    if (entry->ticket != NULL)
        return true; /* consumed long ago */
    /* Below the durable position: a unit whose COMMIT was not answered has taken effect. */
    return entry->kind == SM__ENTRY_RECORD ? entry->offset >= partition->offset_durable
                                           : entry->offset > partition->offset_durable;
}
