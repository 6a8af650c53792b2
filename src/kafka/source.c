/* The source's life: its settings, opening and closing. */
#include <unistd.h>

#include "kafka/source_priv.h"

#define HEARTBEAT_MS_MAX 500 /* a rebalance reaches the other members with their next heartbeat */
#define HEARTBEAT_MS_MIN 50

/* Sizes keep the whole program below 64 MiB at any backlog: the queue's limit counts values only
 * and is overshot by a fetch, which grows when it is decompressed (a record of a few hundred bytes,
 * repeated, a hundredfold). A larger record is still fetched, whatever the sizes say. */
static const struct sm__kafka_setting base_settings[] = {
    { "enable.auto.commit", "false" },
    { "enable.auto.offset.store", "false" },
    { "auto.offset.reset", "error" },
    { "isolation.level", "read_committed" },
    { "enable.partition.eof", "true" },
    { "partition.assignment.strategy", "range" },
    { "allow.auto.create.topics", "false" },
    { "check.crcs", "true" },
    { "fetch.wait.max.ms", "100" },
    { "fetch.error.backoff.ms", "50" },
    /* A broker cuts a batch off where a partition's share ends, and what was cut off is fetched
     * again: with a share below the size of producers' batches (up to 1 MB) only the first
     * partition of each answer gets on, and the writers of the others wait. */
    { "fetch.max.bytes", "4194304" },
    { "max.partition.fetch.bytes", "1048576" },
    { "queued.min.messages", "20000" },
    { "queued.max.messages.kbytes", "2048" },
    /* When its queue was full, librdkafka 2.0.2 fetches on only after up to a second, unless
     * something else wakes its thread: this does. So 2 MiB in 100 ms are the least it sustains, and
     * an idle consumer spends 2 % of a core (20 ms: 9 %, and 10 ms: 16 %). */
    { "topic.metadata.refresh.interval.ms", "100" },
};

struct texts {
    char session_timeout[16];
    char heartbeat[16];
};

static rd_kafka_conf_t *make_conf(const struct sm_kafka_source_options *options, struct sm_err *err)
{
    struct sm__kafka_setting settings[SM_ARRAY_COUNT(base_settings) + 4];
    size_t count = SM_ARRAY_COUNT(base_settings);
    int session_ms = options->session_timeout_ms;
    int heartbeat_ms =
        session_ms > 0 && session_ms / 5 < HEARTBEAT_MS_MAX ? session_ms / 5 : HEARTBEAT_MS_MAX;
    struct texts texts;

    (void)snprintf(texts.session_timeout, sizeof(texts.session_timeout), "%d", session_ms);
    (void)snprintf(texts.heartbeat, sizeof(texts.heartbeat), "%d",
                   heartbeat_ms < HEARTBEAT_MS_MIN ? HEARTBEAT_MS_MIN : heartbeat_ms);
    memcpy(settings, base_settings, sizeof(base_settings));
    settings[count++] = (struct sm__kafka_setting){ "group.id", options->group };
    settings[count++] = (struct sm__kafka_setting){ "group.instance.id", options->instance_id };
    settings[count++] = (struct sm__kafka_setting){ "session.timeout.ms",
                                                    session_ms > 0 ? texts.session_timeout : NULL };
    settings[count++] = (struct sm__kafka_setting){ "heartbeat.interval.ms", texts.heartbeat };
    return sm__kafka_conf_new(&options->client, settings, count, err);
}

static int wait_fd(struct sm_source *port)
{
    return ((struct sm__source *)port)->wake_fd;
}

static void free_all(struct sm__source *source)
{
    for (int topic = 0; topic < SM_TOPIC_COUNT; topic++)
        free(source->topics[topic]);
    for (size_t i = 0; i < source->property_count; i++) {
        free((char *)source->properties[i].name);
        free((char *)source->properties[i].value);
    }
    free(source->properties);
    free(source->brokers);
    free(source->inbox.partitions);
    if (source->wake_fd >= 0)
        (void)close(source->wake_fd);
    free(source);
}

static void leave(struct sm__source *source)
{
    /* A rebalance that was told and not answered yet would keep the group waiting for us. */
    sm__source_stop(source);
    rd_kafka_queue_destroy(source->queue);
    (void)rd_kafka_consumer_close(source->handle);
    sm__leftovers_close(&source->leftovers);
}

/* Whatever refers to the handle goes first: rd_kafka_destroy waits for it, for ever. */
static void close_all(void *argument)
{
    struct sm__source *source = argument;

    source->closing = true;
    if (source->queue != NULL)
        leave(source);
    if (source->handle != NULL)
        rd_kafka_destroy(source->handle);
    sm__source_side_close(source);
    free_all(source);
}

static void close_source(struct sm_source *port)
{
    (void)sm__kafka_close_within(close_all, port, "consumer", SM__KAFKA_CLOSE_MS);
}

static const struct sm_source_ops ops = {
    .poll = sm__source_poll,
    .assign = sm__source_assign,
    .release = sm__source_release,
    .pause = sm__source_pause,
    .commit = sm__source_commit,
    .look = sm__source_look,
    .watermarks = sm__source_watermarks,
    .wait_fd = wait_fd,
    .close = close_source,
};

static bool copy_properties(struct sm__source *source, const struct sm_kafka_client *client)
{
    bool copied = true;

    source->brokers = strdup(client->brokers);
    source->properties = calloc(client->property_count + 1, sizeof(*source->properties));
    if (source->brokers == NULL || source->properties == NULL)
        return false;
    for (size_t i = 0; copied && i < client->property_count; i++) {
        struct sm_kafka_property *to = &source->properties[source->property_count++];

        to->name = strdup(client->properties[i].name);
        to->value = strdup(client->properties[i].value);
        copied = to->name != NULL && to->value != NULL;
    }
    return copied;
}

static struct sm__source *allocate(const struct sm_kafka_source_options *options)
{
    struct sm__source *source = calloc(1, sizeof(*source));
    bool copied;

    if (source == NULL)
        return NULL;
    source->port.ops = &ops;
    source->wake_fd = -1;
    source->inbox.partitions = calloc(SM_PARTITIONS_MAX, sizeof(*source->inbox.partitions));
    copied = source->inbox.partitions != NULL && copy_properties(source, &options->client);
    for (int topic = 0; copied && topic < SM_TOPIC_COUNT; topic++) {
        source->topics[topic] = strdup(options->topics[topic]);
        copied = source->topics[topic] != NULL;
    }
    if (copied)
        return source;
    free_all(source);
    return NULL;
}

static enum sm_status subscribe(struct sm__source *source, struct sm_err *err)
{
    rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(SM_TOPIC_COUNT);
    rd_kafka_resp_err_t code;

    for (int topic = 0; topic < SM_TOPIC_COUNT; topic++)
        rd_kafka_topic_partition_list_add(topics, source->topics[topic], RD_KAFKA_PARTITION_UA);
    code = rd_kafka_subscribe(source->handle, topics);
    rd_kafka_topic_partition_list_destroy(topics);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
        return SM_OK;
    (void)sm__kafka_err_set(err, code, "cannot subscribe to %s and %s",
                            source->topics[SM_TOPIC_CONFIG], source->topics[SM_TOPIC_PROCESSING]);
    return SM_FATAL;
}

static enum sm_status start(struct sm__source *source,
                            const struct sm_kafka_source_options *options, struct sm_err *err)
{
    rd_kafka_conf_t *conf = make_conf(options, err);

    if (conf == NULL)
        return SM_FATAL;
    rd_kafka_conf_set_rebalance_cb(conf, sm__inbox_rebalance);
    rd_kafka_conf_set_error_cb(conf, sm__inbox_error);
    source->handle = sm__kafka_handle_new(RD_KAFKA_CONSUMER, conf, true, &source->talk, err);
    if (source->handle == NULL)
        return SM_FATAL;
    (void)rd_kafka_poll_set_consumer(source->handle); /* errors and log lines come with records */
    source->queue = rd_kafka_queue_get_consumer(source->handle);
    source->wake_fd = sm__kafka_wake_open(source->queue);
    if (source->wake_fd < 0)
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "cannot make a descriptor to wait on");
    return subscribe(source, err);
}

enum sm_status sm_kafka_source_open(const struct sm_kafka_source_options *options,
                                    struct sm_source **out, struct sm_err *err)
{
    struct sm__source *source = allocate(options);
    enum sm_status status;

    if (source == NULL)
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "no memory for a Kafka consumer");
    status = start(source, options, err);
    if (status != SM_OK) {
        close_source(&source->port);
        return status;
    }
    *out = &source->port;
    return SM_OK;
}
