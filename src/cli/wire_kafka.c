/* The wire's half that is Kafka: topics, source, publisher. */
#include "cli/wire_priv.h"
#include "kafka/command_topic.h"
#include "kafka/producer.h"
#include "kafka/source.h"

/* A few milliseconds in which records wait for company: latency is not what emit is for. */
#define EMIT_LINGER_MS 5
#define RELAY_TIMEOUT_MS 5000 /* of one call; a stop waits for the one that is under way */

/* What the settings delete, in the words of the settings. */
static void tell_history(const char *name, const struct sm_kafka_topic *topic,
                         char out[SM_ERR_TEXT_SIZE])
{
    bool by_time = topic->retention_ms != SM_RETENTION_UNLIMITED;
    char setting[64];

    out[0] = '\0';
    if (!sm_kafka_topic_loses_history(topic))
        return;
    if (topic->compacts)
        (void)snprintf(setting, sizeof(setting), "its cleanup.policy contains compact");
    else
        (void)snprintf(setting, sizeof(setting), "its %s is %lld",
                       by_time ? "retention.ms" : "retention.bytes",
                       (long long)(by_time ? topic->retention_ms : topic->retention_bytes));
    (void)snprintf(out, SM_ERR_TEXT_SIZE,
                   "topic %s loses history, because %s; hint: kafka-configs --alter --topic %s "
                   "--add-config cleanup.policy=delete,retention.ms=-1,retention.bytes=-1",
                   name, setting, name);
}

enum sm_status sm__wire_open_admin(struct sm__wire *wire, struct sm_err *err)
{
    return sm_kafka_topics_open(&wire->kafka, &wire->admin, err);
}

enum sm_status sm__wire_describe_topic(struct sm__wire *wire, enum sm_topic topic, int timeout_ms,
                                       struct sm__topic_view *out, struct sm_err *err)
{
    struct sm_kafka_topic found;
    enum sm_status status =
        sm_kafka_topics_describe(wire->admin, wire->topics[topic], timeout_ms, &found, err);

    if (status != SM_OK)
        return status;
    *out = (struct sm__topic_view){
        .exists = found.exists,
        .partitions = found.partitions,
        .replication = found.replication,
        .retention_ms = found.deletes ? found.retention_ms : SM_RETENTION_UNLIMITED};
    if (found.exists)
        tell_history(wire->topics[topic], &found, out->history_lost);
    return SM_OK;
}

enum sm_status sm__wire_need_topic(struct sm__wire *wire, enum sm_topic topic, int timeout_ms,
                                   struct sm__topic_view *out, struct sm_err *err)
{
    enum sm_status status = sm__wire_describe_topic(wire, topic, timeout_ms, out, err);

    if (status != SM_OK || out->exists)
        return status;
    return sm_err_set(err, SM_FATAL, SM_FROM_KAFKA,
                      "there is no topic %s on %s; hint: secretmagic migrate --topics creates it",
                      wire->topics[topic], wire->kafka.brokers);
}

enum sm_status sm__wire_create_topic(struct sm__wire *wire, enum sm_topic topic, bool *created,
                                     struct sm_err *err)
{
    const struct sm_kafka_topic_plan plan = {
        .name = wire->topics[topic],
        .partitions = (int32_t)sm_options_number(wire->options, SM_OPTION_PARTITIONS),
        .replication = (int32_t)sm_options_number(wire->options, SM_OPTION_REPLICATION),
    };

    return sm_kafka_topics_create(wire->admin, &plan,
                                  sm_options_ms(wire->options, SM_OPTION_TIMEOUT), created, err);
}

enum sm_status sm__wire_source(struct sm__wire *wire, struct sm_source **out, struct sm_err *err)
{
    const struct sm_kafka_source_options options = {
        .client = wire->kafka,
        .group = sm_options_text(wire->options, SM_OPTION_GROUP),
        .topics = {wire->topics[0], wire->topics[1]},
        .instance_id = sm_options_text(wire->options, SM_OPTION_INSTANCE_ID),
        .session_timeout_ms = sm_options_ms(wire->options, SM_OPTION_SESSION_TIMEOUT),
    };

    return sm_kafka_source_open(&options, out, err);
}

enum sm_status sm__wire_publisher(struct sm__wire *wire, struct sm_publisher **out,
                                  struct sm_err *err)
{
    const char *const topics[SM_TOPIC_COUNT] = {wire->topics[0], wire->topics[1]};
    const struct sm_kafka_producer_options options = {
        .client = wire->kafka,
        .topics = topics,
        .topic_count = SM_TOPIC_COUNT,
        .linger_ms = EMIT_LINGER_MS,
        .timeout_ms = sm_options_ms(wire->options, SM_OPTION_TIMEOUT),
    };

    return sm_kafka_producer_open(&options, out, err);
}

enum sm_status sm__wire_command_topic(void *context, struct sm_command_topic **out,
                                      struct sm_err *err)
{
    const struct sm__wire *wire = context;
    const struct sm_kafka_command_options options = {
        .client = wire->kafka,
        .topic = wire->topics[SM__WIRE_COMMANDS],
        .transactional_id = wire->relay,
        .timeout_ms = RELAY_TIMEOUT_MS,
    };

    return sm_kafka_command_topic_open(&options, out, err);
}

enum sm_status sm__wire_reader(struct sm__wire *wire, bool uncommitted, int timeout_ms,
                               struct sm_kafka_reader **out, struct sm_err *err)
{
    if (timeout_ms == 0)
        timeout_ms = sm_options_ms(wire->options, SM_OPTION_TIMEOUT);
    return sm_kafka_reader_open(&wire->kafka, uncommitted, timeout_ms, out, err);
}
