/* Why closing does not hang: what librdkafka leaves behind in partitions that we gave up.
 *
 * Stopping a partition leaves a message in that partition's own queue which refers to the partition
 * (before 2.10.0: its change 4724). If the topic is deleted then, before or after, the two keep
 * each other alive, with a reference to the broker's thread, and rd_kafka_destroy waits for that
 * thread for ever: a program that saw a topic vanish could not be stopped but by SIGKILL.
 *
 * So the queue of a partition is kept in hand when it is given up, and emptied before the handle is
 * destroyed. A partition that is assigned again takes its messages along; its queue is let go
 * unread, since reading it would then read from all partitions' common queue. */
#include "kafka/source_priv.h"

static struct sm__retired_queue *find(struct sm__retired *retired, const char *topic,
                                      int32_t partition)
{
    for (size_t i = 0; i < retired->count; i++) {
        if (retired->queues[i].partition == partition &&
            strcmp(retired->queues[i].topic, topic) == 0)
            return &retired->queues[i];
    }
    return NULL;
}

/* One more at the end, or NULL without memory: then a topic's deletion may show at the very end. */
static struct sm__retired_queue *append(struct sm__retired *retired)
{
    if (retired->count == retired->capacity) {
        size_t capacity = retired->capacity * 2 + 16;
        struct sm__retired_queue *queues =
            realloc(retired->queues, capacity * sizeof(*retired->queues));

        if (queues == NULL)
            return NULL;
        retired->queues = queues;
        retired->capacity = capacity;
    }
    return &retired->queues[retired->count++];
}

static void drain(rd_kafka_queue_t *queue)
{
    rd_kafka_message_t *messages[16];
    ssize_t count;

    do {
        count = rd_kafka_consume_batch_queue(queue, 0, messages, SM_ARRAY_COUNT(messages));
        for (ssize_t i = 0; i < count; i++)
            rd_kafka_message_destroy(messages[i]);
    } while (count > 0);
}

void sm__retired_add(struct sm__source *source, const rd_kafka_topic_partition_list_t *partitions)
{
    for (int i = 0; i < partitions->cnt; i++) {
        const rd_kafka_topic_partition_t *from = &partitions->elems[i];
        enum sm_topic topic;
        struct sm__retired_queue *to = find(&source->retired, from->topic, from->partition);

        if (to != NULL) { /* of an earlier partition of that name, whose topic was deleted */
            drain(to->queue);
            rd_kafka_queue_destroy(to->queue);
        } else if (!sm__source_topic(source, from->topic, &topic) ||
                   (to = append(&source->retired)) == NULL) {
            continue;
        } else {
            *to = (struct sm__retired_queue){ source->topics[topic], from->partition, NULL };
        }
        to->queue = rd_kafka_queue_get_partition(source->handle, from->topic, from->partition);
    }
}

void sm__retired_forget(struct sm__retired *retired,
                        const rd_kafka_topic_partition_list_t *partitions)
{
    for (int i = 0; i < partitions->cnt; i++) {
        struct sm__retired_queue *queue =
            find(retired, partitions->elems[i].topic, partitions->elems[i].partition);

        if (queue == NULL)
            continue;
        rd_kafka_queue_destroy(queue->queue);
        *queue = retired->queues[--retired->count];
    }
}

void sm__retired_close(struct sm__retired *retired)
{
    for (size_t i = 0; i < retired->count; i++) {
        drain(retired->queues[i].queue);
        rd_kafka_queue_destroy(retired->queues[i].queue);
    }
    free(retired->queues);
}
