/* Watermarks, by a handle of their own: a read_committed one answers the last stable offset. */
#include "kafka/source_priv.h"

static void note_error(rd_kafka_t *handle, int code, const char *reason, void *opaque)
{
    (void)handle;
    sm__kafka_talk_trouble(opaque, code, reason);
}

static rd_kafka_t *open_handle(struct sm__source *source, int timeout_ms, struct sm_err *err)
{
    const struct sm_kafka_client client = { source->brokers, source->properties,
                                            source->property_count };
    char socket_timeout[16];
    const struct sm__kafka_setting settings[] = {
        { "isolation.level", "read_uncommitted" },
        { "allow.auto.create.topics", "false" },
        /* How long a partition that was added to a live topic stays unknown to this handle. */
        { "topic.metadata.refresh.interval.ms", "1000" },
        { "metadata.max.age.ms", "1000" },
        /* Before 2.3.0 only this ends the wait for an answer to ListOffsets. */
        { "socket.timeout.ms", socket_timeout },
    };
    rd_kafka_conf_t *conf;

    (void)snprintf(socket_timeout, sizeof(socket_timeout), "%d",
                   timeout_ms < 1000 ? 1000 : timeout_ms);
    conf = sm__kafka_conf_new(&client, settings, SM_ARRAY_COUNT(settings), err);
    if (conf == NULL)
        return NULL;
    rd_kafka_conf_set_error_cb(conf, note_error);
    return sm__kafka_handle_new(RD_KAFKA_CONSUMER, conf, true, &source->marks_talk, err);
}

enum sm_status sm__source_watermarks(struct sm_source *port, struct sm_partition_id id,
                                     int timeout_ms, int64_t *low, int64_t *high,
                                     struct sm_err *err)
{
    struct sm__source *source = (struct sm__source *)port;
    const char *topic = source->topics[id.topic];
    const char *trouble = source->marks_talk.trouble;
    rd_kafka_resp_err_t code;

    if (source->marks == NULL)
        source->marks = open_handle(source, timeout_ms, err);
    if (source->marks == NULL)
        return SM_RETRY;
    code =
        rd_kafka_query_watermark_offsets(source->marks, topic, id.partition, low, high, timeout_ms);
    (void)rd_kafka_poll(source->marks, 0);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        source->marks_talk.trouble[0] = '\0';
        return SM_OK;
    }
    (void)sm__kafka_err_set(err, code, "cannot ask for the watermarks of %s[%d]%s%s", topic,
                            (int)id.partition, trouble[0] != '\0' ? ": " : "", trouble);
    return SM_RETRY;
}

void sm__source_marks_close(struct sm__source *source)
{
    if (source->marks != NULL)
        rd_kafka_destroy(source->marks);
}
