/* Records looked at again, by the side handle: one partition after another, so that memory holds
 * one batch at a time.
 *
 *   waiting ──start──► fetching ──► record, end, out of range ──► stop, tell
 *                          └──► nothing for a while ──► stop; who asked asks again
 *
 * The fetch is started after the question was put, and librdkafka drops what answers to an older
 * fetch bring: so a record that is told lay on the broker later than the question. */
#include "kafka/source_priv.h"

#define LOOK_US_MAX 2000000 /* then another partition gets its turn */

static struct sm__look *find(struct sm__looks *looks, struct sm_partition_id id)
{
    for (size_t i = 0; i < looks->count; i++) {
        if (looks->list[i].id.topic == id.topic && looks->list[i].id.partition == id.partition)
            return &looks->list[i];
    }
    return NULL;
}

/* A place at the end; NULL without memory: then there is no answer. */
static struct sm__look *append(struct sm__looks *looks)
{
    if (looks->count == looks->capacity) {
        size_t capacity = looks->capacity * 2 + 16;
        struct sm__look *list = realloc(looks->list, capacity * sizeof(*list));

        if (list == NULL)
            return NULL;
        looks->list = list;
        looks->capacity = capacity;
    }
    return &looks->list[looks->count++];
}

static void drop(rd_kafka_message_t **messages, ssize_t count)
{
    for (ssize_t i = 0; i < count; i++)
        rd_kafka_message_destroy(messages[i]);
}

static void stop(struct sm__source *source)
{
    struct sm__looks *looks = &source->looks;
    rd_kafka_message_t *messages[16];
    ssize_t count;

    if (looks->fetching == NULL)
        return;
    sm__leftovers_add(&source->side_leftovers, source->side, rd_kafka_topic_name(looks->fetching),
                      looks->now.id.partition);
    (void)rd_kafka_consume_stop(looks->fetching, looks->now.id.partition);
    sm__leftovers_drain(&source->side_leftovers);
    looks->fetching = NULL;
    do {
        count = rd_kafka_consume_batch_queue(looks->queue, 0, messages, SM_ARRAY_COUNT(messages));
        drop(messages, count);
    } while (count > 0);
}

/* The topics' handles are kept, and with them what is known of their leaders. */
static bool open_looks(struct sm__source *source)
{
    struct sm__looks *looks = &source->looks;
    struct sm_err err;

    if (looks->queue != NULL)
        return true;
    if (sm__source_side(source, &err) == NULL)
        return false;
    for (int topic = 0; topic < SM_TOPIC_COUNT; topic++) {
        if (looks->topics[topic] == NULL)
            looks->topics[topic] = rd_kafka_topic_new(source->side, source->topics[topic], NULL);
        if (looks->topics[topic] == NULL)
            return false;
    }
    looks->queue = rd_kafka_queue_new(source->side);
    sm__kafka_wake_share(looks->queue, source->wake_fd);
    return true;
}

static void start_next(struct sm__source *source)
{
    struct sm__looks *looks = &source->looks;
    rd_kafka_topic_t *topic;

    if (looks->count == 0 || !open_looks(source))
        return;
    looks->now = looks->list[0];
    memmove(looks->list, looks->list + 1, --looks->count * sizeof(looks->list[0]));
    topic = looks->topics[looks->now.id.topic];
    if (rd_kafka_consume_start_queue(topic, looks->now.id.partition, looks->now.offset,
                                     looks->queue) != 0)
        return;
    looks->fetching = topic;
    looks->since_us = sm_monotonic_us();
}

static void tell(struct sm__source *source, const struct sm_source_sink *sink,
                 enum sm_source_event_kind kind, const struct sm_record *record)
{
    struct sm__look look = source->looks.now;
    struct sm_source_event event = { .kind = kind,
                                     .partitions = &look.id,
                                     .count = 1,
                                     .offset = look.offset,
                                     .generation = look.ticket,
                                     .record = record,
                                     .text = "" };

    sink->event(sink->context, &event);
}

/* True if the message answers. Other errors pass, or there will be no answer. */
static bool answer(struct sm__source *source, const struct sm_source_sink *sink,
                   const rd_kafka_message_t *message)
{
    struct sm_record record;

    switch ((int)message->err) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
        record = sm__kafka_record(message, source->looks.now.id.topic);
        record.generation = source->looks.now.ticket;
        tell(source, sink, SM_SOURCE_LOOKED, &record);
        return true;
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
        /* At the offset itself: there is nothing yet, not even a control record. */
        tell(source, sink,
             message->offset > source->looks.now.offset ? SM_SOURCE_LOOKED
                                                        : SM_SOURCE_LOOKED_OUTSIDE,
             NULL);
        return true;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
        tell(source, sink, SM_SOURCE_LOOKED_OUTSIDE, NULL);
        return true;
    default:
        return false;
    }
}

void sm__looks_serve(struct sm__source *source, const struct sm_source_sink *sink)
{
    struct sm__looks *looks = &source->looks;
    rd_kafka_message_t *message;

    if (looks->fetching != NULL) {
        (void)rd_kafka_poll(source->side, 0);
        while (looks->fetching != NULL &&
               rd_kafka_consume_batch_queue(looks->queue, 0, &message, 1) == 1) {
            if (answer(source, sink, message))
                stop(source);
            rd_kafka_message_destroy(message);
        }
        if (looks->fetching != NULL && sm_monotonic_us() - looks->since_us >= LOOK_US_MAX)
            stop(source);
    }
    if (looks->fetching == NULL)
        start_next(source);
}

void sm__source_look(struct sm_source *port, struct sm_partition_id id, int64_t offset,
                     uint64_t ticket)
{
    struct sm__source *source = (struct sm__source *)port;
    struct sm__look *look = find(&source->looks, id);

    if (look == NULL)
        look = append(&source->looks);
    if (look == NULL)
        return;
    *look = (struct sm__look){ id, offset, ticket };
    if (source->looks.fetching == NULL)
        start_next(source);
}

void sm__looks_forget(struct sm__source *source)
{
    stop(source);
    source->looks.count = 0;
}

void sm__looks_close(struct sm__source *source)
{
    struct sm__looks *looks = &source->looks;

    stop(source);
    sm__leftovers_close(&source->side_leftovers);
    if (looks->queue != NULL)
        rd_kafka_queue_destroy(looks->queue);
    for (int topic = 0; topic < SM_TOPIC_COUNT; topic++) {
        if (looks->topics[topic] != NULL)
            rd_kafka_topic_destroy(looks->topics[topic]);
    }
    free(looks->list);
}
