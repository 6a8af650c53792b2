/* How partitions are given up so that librdkafka 2.0.2 lives through it, and can be closed later.
 *
 *   rd_kafka_assign(nothing) ──► wait until all have stopped ──► empty their own queues
 *
 * rd_kafka_assign returns when the library's main thread was told to stop the partitions, not when
 * they have stopped. A change of the assignment that comes sooner stops them once more, and the
 * second answer ends the process by an assertion (rktp_started; its pull request 5574). So nothing
 * is assigned before everything has stopped.
 *
 * A partition that stopped keeps a message in its own queue which refers to the partition (before
 * 2.10.0: its change 4724). If the topic is deleted, before or after, the two keep each other
 * alive, with a reference to the broker's thread, and rd_kafka_destroy waits for that thread for
 * ever. So the queue is emptied as soon as the partition has stopped: later the library may have
 * another partition of that name, and this queue cannot be asked for any more; while the partition
 * is assigned, reading its queue would read from all partitions' common one. */
#include "kafka/source_priv.h"

/* The main thread takes its orders one after another. Stopping a partition is an order that it
 * gives itself, the answer another one: who was answered twice since knows that both are done. */
static void wait_stopped(rd_kafka_t *handle)
{
    for (int times = 0; times < 2; times++) {
        char *member = rd_kafka_memberid(handle);

        if (member != NULL) /* none before the group was joined */
            rd_kafka_mem_free(handle, member);
    }
}

/* Must be asked for while the partitions are assigned. Without memory for the list a topic's
 * deletion may show when the handle is closed, which has a limit of its own. */
static rd_kafka_queue_t **own_queues(rd_kafka_t *handle,
                                     const rd_kafka_topic_partition_list_t *partitions)
{
    rd_kafka_queue_t **queues = calloc((size_t)partitions->cnt + 1, sizeof(*queues));

    for (int i = 0; queues != NULL && i < partitions->cnt; i++)
        queues[i] = rd_kafka_queue_get_partition(handle, partitions->elems[i].topic,
                                                 partitions->elems[i].partition);
    return queues;
}

static void empty_queues(rd_kafka_queue_t **queues, int count)
{
    for (int i = 0; queues != NULL && i < count; i++) {
        if (queues[i] == NULL)
            continue;
        sm__kafka_drain(queues[i]);
        rd_kafka_queue_destroy(queues[i]);
    }
    free(queues);
}

void sm__source_stop(struct sm__source *source)
{
    rd_kafka_topic_partition_list_t *assigned = source->assigned;
    rd_kafka_queue_t **queues;

    sm__source_end_assignment(source);
    if (assigned == NULL) {
        (void)rd_kafka_assign(source->handle, NULL); /* the group may wait for it all the same */
        return;
    }
    sm__source_suspend(source, false); /* the flag would stay with the partition */
    queues = own_queues(source->handle, assigned);
    (void)rd_kafka_assign(source->handle, NULL); /* fails only when the handle is at its end */
    wait_stopped(source->handle);
    empty_queues(queues, assigned->cnt);
    rd_kafka_topic_partition_list_destroy(assigned);
    source->assigned = NULL;
}
