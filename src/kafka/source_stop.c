/* How partitions are given up so that librdkafka 2.0.2 lives through it.
 *
 * rd_kafka_assign returns when the library's main thread was told to stop the partitions, not when
 * they have stopped. A change of the assignment that comes sooner stops them once more, and the
 * second answer ends the process by an assertion (rktp_started; its pull request 5574). So nothing
 * is assigned before everything has stopped:
 *
 *   rd_kafka_assign(nothing) ──► wait until all have stopped ──► see to what they leave behind */
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

void sm__source_stop(struct sm__source *source)
{
    rd_kafka_topic_partition_list_t *assigned = source->assigned;

    sm__source_end_assignment(source);
    if (assigned == NULL) {
        (void)rd_kafka_assign(source->handle, NULL); /* the group may wait for it all the same */
        return;
    }
    sm__source_suspend(source, false); /* the flag would stay with the partition */
    for (int i = 0; i < assigned->cnt; i++)
        sm__leftovers_add(&source->leftovers, source->handle, assigned->elems[i].topic,
                          assigned->elems[i].partition);
    (void)rd_kafka_assign(source->handle, NULL); /* fails only when the handle is at its end */
    wait_stopped(source->handle);
    sm__leftovers_drain(&source->leftovers);
    rd_kafka_topic_partition_list_destroy(assigned);
    source->assigned = NULL;
}
