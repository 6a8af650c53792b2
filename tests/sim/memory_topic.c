/* The command topic in memory. */
#include <stdlib.h>

#include "base/hash.h"
#include "sim/memory_priv.h"
#include "sim/memory_relay.h"

struct handle {
    struct sm_command_topic port; /* first: the port is the object */
    struct memory_topic *topic;
    uint64_t publisher; /* 0: not fenced yet */
};

static struct handle *self(struct sm_command_topic *port)
{
    return (struct handle *)port;
}

static enum memory_relay_fault ask_fault(struct memory_topic *topic, const char *call)
{
    return topic->meanwhile != NULL ? topic->meanwhile(topic->context, call) : MEMORY_RELAY_SOUND;
}

static enum sm_status lost(struct sm_err *err, const char *call)
{
    return sm_err_set(err, SM_RETRY, SM_FROM_KAFKA, "no answer to %s", call);
}

/* ---- records ---- */

static struct memory_topic_record *append(struct memory_topic *topic, int32_t partition,
                                          const struct sm_command_row *row)
{
    struct memory_topic_partition *part = &topic->partitions[partition];
    struct memory_topic_record *record = sim_heap_alloc(&topic->heap, sizeof(*record));

    if (row != NULL) {
        record->is_command = true;
        record->row = *row;
        record->row.organization_id = sim_heap_keep(&topic->heap, row->organization_id);
        record->row.value = sim_heap_keep(&topic->heap, row->value);
        record->row.headers = memory__headers_keep(&topic->heap, row->headers, row->header_count);
    }
    record->offset = part->end++;
    if (part->last != NULL)
        part->last->next = record;
    else
        part->first = record;
    part->last = record;
    return record;
}

static void append_mark(struct memory_topic *topic, int32_t partition)
{
    append(topic, partition, NULL)->state = MEMORY_MARK;
}

/* Ends what the publisher has open. */
static void end_transaction(struct memory_topic *topic, uint64_t publisher, bool commit)
{
    for (int32_t i = 0; i < MEMORY_COMMAND_PARTITIONS; i++) {
        bool any = false;

        for (struct memory_topic_record *record = topic->partitions[i].first; record != NULL;
             record = record->next) {
            if (record->state != MEMORY_OPEN || record->publisher != publisher)
                continue;
            record->state = commit ? MEMORY_COMMITTED : MEMORY_ABORTED;
            any = true;
        }
        if (any)
            append_mark(topic, i);
    }
}

void memory_topic_intrude(struct memory_topic *topic, int32_t partition,
                          const struct sm_command_row *row)
{
    append(topic, partition, row)->state = MEMORY_COMMITTED;
}

/* ---- the port ---- */

static enum sm_status fence(struct sm_command_topic *port, struct sm_err *err)
{
    struct handle *handle = self(port);
    struct memory_topic *topic = handle->topic;

    if (ask_fault(topic, "fence") != MEMORY_RELAY_SOUND || topic->away)
        return lost(err, "fence");
    end_transaction(topic, topic->publisher, false);
    handle->publisher = ++topic->publishers;
    topic->publisher = handle->publisher;
    return SM_OK;
}

static enum sm_status count_partitions(struct sm_command_topic *port, int32_t *count,
                                       struct sm_err *err)
{
    if (ask_fault(self(port)->topic, "partitions") != MEMORY_RELAY_SOUND || self(port)->topic->away)
        return lost(err, "partitions");
    *count = MEMORY_COMMAND_PARTITIONS;
    return SM_OK;
}

static enum sm_status give(const struct memory_topic_record *record, int32_t partition,
                           const struct sm_command_sink *sink, struct sm_err *err)
{
    struct sm_command_place place = {record->row, partition, record->offset};

    if (record->is_command)
        return sink->found(sink->context, &place, err);
    sink->foreign(sink->context, partition, record->offset);
    return SM_OK;
}

static enum sm_status scan(struct sm_command_topic *port, struct sm_command_scan *scan,
                           const struct sm_command_sink *sink, struct sm_err *err)
{
    struct memory_topic *topic = self(port)->topic;
    const struct memory_topic_partition *part = &topic->partitions[scan->partition];
    enum sm_status status = SM_OK;

    if (ask_fault(topic, "scan") != MEMORY_RELAY_SOUND || topic->away)
        return lost(err, "scan");
    if (scan->from > part->end)
        return sm_err_set(err, SM_FATAL, SM_FROM_KAFKA, "the topic was made anew");
    scan->next_offset = part->end;
    for (const struct memory_topic_record *record = part->first; status == SM_OK && record != NULL;
         record = record->next) {
        if (record->offset < scan->from)
            continue;
        if (record->state == MEMORY_OPEN)
            return lost(err, "scan: a transaction is open");
        if (record->state == MEMORY_COMMITTED)
            status = give(record, scan->partition, sink, err);
    }
    return status;
}

static int32_t partition_of(struct sm_slice key)
{
    return (int32_t)((sm_murmur2(key.data, key.size) & 0x7fffffff) % MEMORY_COMMAND_PARTITIONS);
}

static enum sm_status publish(struct sm_command_topic *port, const struct sm_command_row *rows,
                              size_t count, struct sm_command_place *places, struct sm_err *err)
{
    struct handle *handle = self(port);
    struct memory_topic *topic = handle->topic;
    enum memory_relay_fault fault = ask_fault(topic, "publish");

    if (fault == MEMORY_RELAY_BEFORE || topic->away)
        return lost(err, "begin");
    if (handle->publisher != topic->publisher)
        return sm_err_set(err, SM_FENCED, SM_FROM_KAFKA, "another publisher has taken over");
    for (size_t i = 0; i < count; i++) {
        int32_t partition = partition_of(rows[i].organization_id);
        struct memory_topic_record *record = append(topic, partition, &rows[i]);

        record->publisher = handle->publisher;
        places[i] = (struct sm_command_place){rows[i], partition, record->offset};
        places[i].row.value = SM_SLICE_NONE;
    }
    if (fault == MEMORY_RELAY_DURING)
        return lost(err, "send");
    if (ask_fault(topic, "commit") != MEMORY_RELAY_SOUND)
        return lost(err, "commit");
    if (handle->publisher != topic->publisher) /* who came meanwhile has aborted it */
        return sm_err_set(err, SM_FENCED, SM_FROM_KAFKA, "another publisher has taken over");
    end_transaction(topic, handle->publisher, true);
    return fault == MEMORY_RELAY_AFTER ? lost(err, "commit") : SM_OK;
}

static void close_handle(struct sm_command_topic *port)
{
    free(self(port));
}

struct sm_command_topic *memory_topic_open(struct memory_topic *topic)
{
    static const struct sm_command_topic_ops ops = {fence, count_partitions, scan, publish,
                                                    close_handle};
    struct handle *handle = calloc(1, sizeof(*handle));

    SM_ASSERT(handle != NULL);
    handle->port.ops = &ops;
    handle->topic = topic;
    return &handle->port;
}

void memory_topic_deinit(struct memory_topic *topic)
{
    sim_heap_free(&topic->heap);
    *topic = (struct memory_topic){.publisher = 0};
}
