/* Membership: what the engine answers to the group, and what it tells it. */
#include "kafka/source_priv.h"

void sm__source_end_assignment(struct sm__source *source)
{
    source->live = false;
    source->blocked_since_us = 0;
    sm__hold_clear(&source->hold);
}

static rd_kafka_topic_partition_list_t *make_list(const struct sm__source *source,
                                                  const struct sm_fetch_from *list, size_t count)
{
    rd_kafka_topic_partition_list_t *made = rd_kafka_topic_partition_list_new((int)count);

    for (size_t i = 0; i < count; i++) {
        /* librdkafka takes negative ones for the group's own offset, the end and so on. */
        SM_ASSERT(list[i].offset >= 0);
        rd_kafka_topic_partition_list_add(made, source->topics[list[i].id.topic],
                                          list[i].id.partition)
            ->offset = list[i].offset;
    }
    return made;
}

void sm__source_suspend(struct sm__source *source, bool suspended)
{
    if (source->suspended == suspended || source->assigned == NULL)
        return;
    source->suspended = suspended;
    /* Errors are of partitions that are not assigned any more, where nothing is to be done. */
    if (suspended)
        (void)rd_kafka_pause_partitions(source->handle, source->assigned);
    else
        (void)rd_kafka_resume_partitions(source->handle, source->assigned);
}

enum sm_status sm__source_assign(struct sm_source *port, const struct sm_fetch_from *list,
                                 size_t count, uint64_t generation, struct sm_err *err)
{
    struct sm__source *source = (struct sm__source *)port;
    rd_kafka_resp_err_t code;

    /* Ends the fetching of all partitions, also of those that are named again. When it returns,
     * what the library's queue holds of before is marked as outdated and will not be handed out:
     * a contract test assigns thousands of times under load. */
    sm__source_stop(source);
    source->assigned = make_list(source, list, count);
    code = rd_kafka_assign(source->handle, source->assigned);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        (void)sm__kafka_err_set(err, code, "cannot fetch from %zu partitions", count);
        return SM_RETRY;
    }
    source->generation = generation;
    source->live = true;
    for (size_t i = 0; i < count; i++)
        source->gone_told[list[i].id.topic] = false;
    return SM_OK;
}

void sm__source_release(struct sm_source *port)
{
    struct sm__source *source = (struct sm__source *)port;

    sm__looks_forget(source);
    sm__source_stop(source);
}

void sm__source_commit(struct sm_source *port, const struct sm_fetch_from *list, size_t count)
{
    struct sm__source *source = (struct sm__source *)port;
    rd_kafka_topic_partition_list_t *offsets;

    if (count == 0)
        return;
    offsets = make_list(source, list, count);
    (void)rd_kafka_commit(source->handle, offsets, 1 /* asynchronous */);
    rd_kafka_topic_partition_list_destroy(offsets);
}
