/* Messages between librdkafka's queue and the sink. */
#include "kafka/source_priv.h"

static size_t message_bytes(const rd_kafka_message_t *message)
{
    return message->len + message->key_len;
}

rd_kafka_message_t *sm__hold_take(struct sm__hold *hold)
{
    rd_kafka_message_t *message = hold->messages[hold->first++];

    hold->bytes -= message_bytes(message);
    if (hold->first == hold->end)
        hold->first = hold->end = 0;
    return message;
}

void sm__hold_clear(struct sm__hold *hold)
{
    while (sm__hold_count(hold) > 0)
        rd_kafka_message_destroy(sm__hold_take(hold));
}

size_t sm__hold_space(struct sm__hold *hold)
{
    size_t count = sm__hold_count(hold);

    /* Seldom: only what a sink refused lies at the front and has to move. */
    if (hold->first > 0) {
        memmove(hold->messages, hold->messages + hold->first, count * sizeof(hold->messages[0]));
        hold->first = 0;
        hold->end = count;
    }
    return SM__HOLD_RECORDS_MAX - count;
}

bool sm__hold_fill(struct sm__hold *hold, rd_kafka_queue_t *queue, size_t max)
{
    ssize_t count;

    SM_ASSERT(max > 0 && max <= SM__HOLD_RECORDS_MAX - hold->end);
    /* With a time-out this waits for all of it unless `max` messages come, so it gets none. */
    count = rd_kafka_consume_batch_queue(queue, 0, hold->messages + hold->end, max);
    for (ssize_t i = 0; i < count; i++)
        hold->bytes += message_bytes(hold->messages[hold->end++]);
    return count == (ssize_t)max;
}
