/* What partitions leave in the library when they stop, and why closing does not hang on it.
 *
 * A partition that has stopped keeps messages in its own queue that refer to the partition: a mark
 * of the stop (before 2.10.0: librdkafka's change 4724), and whatever an answer brings that was
 * under way. If the topic is deleted then, before or after, the two keep each other alive, with a
 * reference to the broker's thread, and rd_kafka_destroy waits for that thread for ever.
 *
 * Such a queue can be asked for only before its partition stops: later the library may have another
 * partition of that name. And it can be read only while nothing is fetched: else it passes on what
 * all partitions have. So queues are kept in hand, emptied at every stop, and at the end. */
#include "kafka/kafka_priv.h"

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

void sm__leftovers_add(struct sm__leftovers *leftovers, rd_kafka_t *handle, const char *topic,
                       int32_t partition)
{
    rd_kafka_queue_t **place = &leftovers->queues[leftovers->added % SM__LEFTOVERS_MAX];

    if (*place != NULL) /* emptied many stops ago; nothing comes so late */
        rd_kafka_queue_destroy(*place);
    *place = rd_kafka_queue_get_partition(handle, topic, partition);
    leftovers->added++;
}

void sm__leftovers_drain(struct sm__leftovers *leftovers)
{
    for (size_t i = 0; i < SM__LEFTOVERS_MAX && i < leftovers->added; i++) {
        if (leftovers->queues[i] != NULL)
            drain(leftovers->queues[i]);
    }
}

void sm__leftovers_close(struct sm__leftovers *leftovers)
{
    sm__leftovers_drain(leftovers);
    for (size_t i = 0; i < SM__LEFTOVERS_MAX; i++) {
        if (leftovers->queues[i] != NULL)
            rd_kafka_queue_destroy(leftovers->queues[i]);
    }
    *leftovers = (struct sm__leftovers){ 0 };
}
