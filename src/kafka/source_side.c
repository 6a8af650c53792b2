/* The second handle: what is asked beside the group, independently of what fetches. It is made when
 * it is first needed. Watermarks need one of its own, since a read_committed handle answers the
 * last stable offset; so does looking at records, since a handle that fetches from the wrong topic
 * would show us the wrong topic again. */
#include "kafka/source_priv.h"

/* Before librdkafka 2.3.0 only socket.timeout.ms ends the wait for an answer to ListOffsets. */
#define ANSWER_TIMEOUT_MS "2000"

static void note_error(rd_kafka_t *handle, int code, const char *reason, void *opaque)
{
    (void)handle;
    sm__kafka_talk_trouble(opaque, code, reason);
}

/* Fetches are of one record each: the broker gives a whole batch however little is asked for. */
static const struct sm__kafka_setting settings[] = {
    { "isolation.level", "read_uncommitted" },
    { "allow.auto.create.topics", "false" },
    /* How long a partition that was added to a live topic stays unknown to this handle. */
    { "topic.metadata.refresh.interval.ms", "1000" },
    { "metadata.max.age.ms", "1000" },
    { "auto.offset.reset", "error" },
    { "enable.partition.eof", "true" },
    { "check.crcs", "true" },
    { "fetch.wait.max.ms", "10" }, /* the end of a partition is told by an empty fetch */
    { "fetch.error.backoff.ms", "50" },
    { "max.partition.fetch.bytes", "1" },
    { "queued.min.messages", "1" },
    { "queued.max.messages.kbytes", "1" },
    { "socket.timeout.ms", ANSWER_TIMEOUT_MS },
};

rd_kafka_t *sm__source_side(struct sm__source *source, struct sm_err *err)
{
    const struct sm_kafka_client client = { source->brokers, source->properties,
                                            source->property_count };
    rd_kafka_conf_t *conf;

    if (source->side != NULL)
        return source->side;
    conf = sm__kafka_conf_new(&client, settings, SM_ARRAY_COUNT(settings), err);
    if (conf == NULL)
        return NULL;
    rd_kafka_conf_set_error_cb(conf, note_error);
    source->side = sm__kafka_handle_new(RD_KAFKA_CONSUMER, conf, true, &source->side_talk, err);
    return source->side;
}

void sm__source_side_close(struct sm__source *source)
{
    if (source->side == NULL)
        return;
    sm__looks_close(source);
    rd_kafka_destroy(source->side);
}
