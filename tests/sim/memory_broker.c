/* Topics in memory. */
#include "sim/memory_broker.h"

#include "base/err.h"

void memory_broker_init(struct memory_broker *broker, const struct memory_broker_options *options,
                        struct sim_clock *clock, uint64_t seed)
{
    *broker = (struct memory_broker){.options = *options, .clock = clock};
    sim_random_init(&broker->random, seed, 'b');
}

static void free_topic(struct memory_topic *topic)
{
    for (int32_t i = 0; i < topic->partition_count; i++)
        free(topic->partitions[i].messages);
    free(topic->partitions);
    *topic = (struct memory_topic){0};
}

void memory_broker_deinit(struct memory_broker *broker)
{
    while (broker->members != NULL) { /* only those of dead processes */
        struct memory_member *member = broker->members;

        SM_ASSERT(member->dead);
        broker->members = member->next;
        free(member);
    }
    for (size_t i = 0; i < SM_TOPIC_COUNT; i++)
        free_topic(&broker->topics[i]);
    sim_heap_free(&broker->heap);
}

void memory_broker_make_topic(struct memory_broker *broker, enum sm_topic topic, int32_t partitions)
{
    struct memory_topic *made = &broker->topics[topic];

    free_topic(made);
    made->partition_count = partitions;
    if (partitions == 0)
        return;
    made->partitions = calloc((size_t)partitions, sizeof(*made->partitions));
    SM_ASSERT(made->partitions != NULL);
    for (int32_t i = 0; i < partitions; i++)
        made->partitions[i].committed = -1;
}

struct memory_partition *memory_broker_partition(struct memory_broker *broker,
                                                 struct sm_partition_id id)
{
    struct memory_topic *topic = &broker->topics[id.topic];

    SM_ASSERT(id.partition >= 0 && id.partition < topic->partition_count);
    return &topic->partitions[id.partition];
}

void memory_broker_append(struct memory_broker *broker, struct sm_partition_id id,
                          const struct memory_message *message)
{
    struct memory_partition *partition = memory_broker_partition(broker, id);
    struct memory_message *added;
    struct sm_header *headers;

    partition->messages = sim_grow(partition->messages, partition->count, &partition->capacity,
                                   sizeof(*partition->messages));
    added = &partition->messages[partition->count++];
    *added = *message;
    added->key = sim_heap_keep(&broker->heap, message->key);
    added->value = sim_heap_keep(&broker->heap, message->value);
    headers =
        sim_heap_copy(&broker->heap, message->headers, message->header_count * sizeof(*headers));
    for (size_t i = 0; i < message->header_count; i++) {
        headers[i].name = sim_heap_keep(&broker->heap, headers[i].name);
        headers[i].value = sim_heap_keep(&broker->heap, headers[i].value);
    }
    added->headers = headers;
}

void memory_broker_truncate(struct memory_broker *broker, struct sm_partition_id id, int64_t before)
{
    struct memory_partition *partition = memory_broker_partition(broker, id);

    if (before > (int64_t)partition->count)
        before = (int64_t)partition->count;
    if (before > partition->low)
        partition->low = before;
}

void memory_broker_set_away(struct memory_broker *broker, bool away)
{
    /* Nobody could be heard meanwhile, so nobody's time ran. */
    for (struct memory_member *member = broker->members; !away && member != NULL;
         member = member->next)
        member->heard_us = broker->clock->now_us;
    if (!away && broker->rebalancing)
        broker->deadline_us = broker->clock->now_us + broker->options.session_timeout_us;
    broker->away = away;
}
