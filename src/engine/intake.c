/* What the source delivers: records into the lanes' buffers, events into engine state. */
#include <inttypes.h>
#include <stdio.h>

#include "engine/engine_priv.h"

static bool takes_records(const struct sm__partition *partition)
{
    return !partition->fetch_due && sm__partition_is_fetched(partition);
}

static bool buffer_add(struct sm_engine *engine, struct sm__buffer *buffer,
                       const struct sm__partition *partition, const struct sm_record *record)
{
    uint32_t index = (uint32_t)(partition - engine->partitions);

    if (partition->killer_trials != 0 && record->offset == partition->offset_durable)
        return sm__buffer_add_killer(buffer, record, index, partition->tenure,
                                     partition->killer_trials);
    return sm__buffer_add(buffer, record, index, partition->tenure, engine->decoder);
}

static bool take_record(void *context, const struct sm_record *record)
{
    struct sm_engine *engine = context;
    struct sm_partition_id id = { record->topic, record->partition };
    struct sm__partition *partition;
    struct sm__buffer *buffer;

    /* Of an assignment that has ended: its next owner reads it again. */
    if (record->generation != engine->generation || !engine->assigned)
        return true;
    partition = sm__partition_find(engine, id);
    if (partition == NULL || !takes_records(partition))
        return true;
    sm__absence_end(engine, record->topic);
    if (partition->anchor_pending != SM__ANCHOR_NONE &&
        !sm__position_check_anchor(engine, partition, record))
        return true;
    if (record->offset < partition->offset_read)
        return true;
    if (!sm__schemas_admit(engine, partition, record))
        return true;
    if (!sm__trial_admits(engine, partition, record))
        return false;
    buffer = sm__lane_filling(&engine->lanes[partition->lane]);
    if (!buffer_add(engine, buffer, partition, record)) {
        /* The smallest buffer that options allow holds any record, so an empty one does. */
        SM_ASSERT(buffer->count != 0);
        return false;
    }
    partition->offset_read = record->offset + 1;
    engine->had_progress = true;
    return true;
}

static void on_assigned(struct sm_engine *engine, const struct sm_source_event *event)
{
    for (size_t i = 0; i < engine->lane_count; i++)
        sm__lane_drop(&engine->lanes[i]);
    sm__partitions_set(engine, event->partitions, event->count);
    engine->generation++; /* nothing that was fetched before counts any more */
    engine->assigned = true;
    engine->assign_due = true;
    engine->revoking = false;
    engine->until_known = false;
    sm_log(SM_LOG_INFO, "engine", NULL, "assigned %zu partitions", event->count);
}

static void on_revoked(struct sm_engine *engine, const struct sm_source_event *event)
{
    engine->revoking = true;
    engine->revoke_lost = event->lost;
    if (!event->lost)
        sm__partitions_leave(engine);
    engine->revoke_deadline_us =
        sm_clock_monotonic(engine->clock) + engine->options.revoke_wait_us;
    sm_log(event->lost ? SM_LOG_WARN : SM_LOG_INFO, "engine", NULL, "partitions %s",
           event->lost ? "lost: the group gave them away already" : "revoked");
}

static void on_end(struct sm_engine *engine, struct sm__partition *partition, int64_t offset)
{
    if (partition->anchor_pending != SM__ANCHOR_NONE)
        sm__position_missing_anchor(engine, partition, -1);
    else if (offset < partition->offset_read) /* its end was cut off, perhaps by a crash */
        sm__position_out_of_range(engine, partition, offset);
    else if (offset > partition->offset_read)
        partition->end_pending = offset;
}

static void on_position(struct sm_engine *engine, const struct sm_source_event *event)
{
    struct sm__partition *partition;

    if (event->generation != engine->generation || !engine->assigned)
        return;
    partition = sm__partition_find(engine, event->partitions[0]);
    if (partition == NULL || !takes_records(partition))
        return;
    sm__absence_end(engine, partition->id.topic);
    if (event->kind == SM_SOURCE_END)
        on_end(engine, partition, event->offset);
    else
        sm__position_out_of_range(engine, partition, event->offset);
}

static void on_looked(struct sm_engine *engine, const struct sm_source_event *event)
{
    struct sm__partition *partition = sm__partition_find(engine, event->partitions[0]);

    if (engine->assigned && partition != NULL)
        sm__proof_answer(engine, partition, event);
}

static void on_broker(struct sm_engine *engine, bool away, const char *text)
{
    if (engine->broker_away == away)
        return;
    engine->broker_away = away;
    sm_log(away ? SM_LOG_WARN : SM_LOG_INFO, "engine", NULL, "broker %s%s%s",
           away ? "away" : "back", *text != '\0' ? ": " : "", text);
}

static void take_event(void *context, const struct sm_source_event *event)
{
    struct sm_engine *engine = context;

    engine->had_progress = true;
    switch (event->kind) {
    case SM_SOURCE_ASSIGNED:
        on_assigned(engine, event);
        break;
    case SM_SOURCE_REVOKED:
        on_revoked(engine, event);
        break;
    case SM_SOURCE_END:
    case SM_SOURCE_OUT_OF_RANGE:
        on_position(engine, event);
        break;
    case SM_SOURCE_TOPIC_GONE:
        sm__absence_begin(engine, event);
        break;
    case SM_SOURCE_AWAY:
        on_broker(engine, true, event->text);
        break;
    case SM_SOURCE_BACK:
        on_broker(engine, false, event->text);
        break;
    case SM_SOURCE_LOOKED:
    case SM_SOURCE_LOOKED_OUTSIDE:
        on_looked(engine, event);
        break;
    case SM_SOURCE_FAILED: {
        struct sm_err err = { 0 };

        sm_err_set(&err, SM_FATAL, SM_FROM_KAFKA, "%s", event->text);
        sm__engine_fail(engine, &err);
        break;
    }
    }
}

struct sm_source_sink sm__intake_sink(struct sm_engine *engine)
{
    return (struct sm_source_sink){ engine, take_record, take_event };
}

bool sm__intake_has_room(struct sm_engine *engine)
{
    if (sm__trial_holds_back(engine))
        return false;
    for (size_t i = 0; i < engine->lane_count; i++) {
        const struct sm__lane *lane = &engine->lanes[i];
        const struct sm__buffer *buffer = &lane->buffers[lane->filling];

        if (buffer->count + SM__MARKS_MAX >= buffer->capacity || buffer->refused)
            return false;
    }
    return true;
}

/* Marks wait here until their lane's buffer has room, behind the records they follow. */
void sm__intake_flush_marks(struct sm_engine *engine)
{
    for (size_t i = 0; i < engine->partition_count; i++) {
        struct sm__partition *partition = &engine->partitions[i];
        struct sm__buffer *buffer = sm__lane_filling(&engine->lanes[partition->lane]);
        bool lost = partition->lost_pending != 0;
        int64_t offset = lost ? partition->lost_pending : partition->end_pending;

        if (offset == 0)
            continue;
        if (lost || offset > partition->offset_read) {
            if (!sm__buffer_mark(buffer, lost ? SM__ENTRY_LOST : SM__ENTRY_END, (uint32_t)i,
                                 partition->tenure, offset))
                continue;
            engine->had_progress = true;
            if (offset > partition->offset_read)
                partition->offset_read = offset;
        }
        if (lost)
            partition->lost_pending = 0;
        else
            partition->end_pending = 0;
    }
}
