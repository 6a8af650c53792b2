/* From options to opened ports: the only file that knows both Kafka and PostgreSQL. */
#include "cli/wire.h"
#include "domain/event.h"
#include "kafka/producer.h"
#include "kafka/topics.h"

#define TOPIC_NAME_SIZE 256
/* A few milliseconds in which records wait for company: latency is not what emit is for. */
#define EMIT_LINGER_MS 5

struct sm__wire {
    const struct sm_options *options;
    char topics[SM_TOPIC_COUNT][TOPIC_NAME_SIZE];
    char *property_texts[SM_PROPERTIES_MAX]; /* owned: "name\0value" */
    struct sm_kafka_property properties[SM_PROPERTIES_MAX]; /* point into the texts */
    struct sm_kafka_client client;
    struct sm_kafka_topics *admin; /* opened at first use */
};

static bool split_property(struct sm__wire *wire, size_t index)
{
    char *text = strdup(wire->options->properties[index]);
    char *equals;

    wire->property_texts[index] = text;
    if (text == NULL)
        return false;
    equals = strchr(text, '=');
    *equals = '\0';
    wire->properties[index] = (struct sm_kafka_property){ text, equals + 1 };
    return true;
}

static void name_topics(struct sm__wire *wire)
{
    static const char *const suffixes[SM_TOPIC_COUNT] = {
        [SM_TOPIC_CONFIG] = "config.events", [SM_TOPIC_PROCESSING] = "processing.events"
    };

    for (size_t i = 0; i < SM_TOPIC_COUNT; i++)
        (void)snprintf(wire->topics[i], TOPIC_NAME_SIZE, "%s%s",
                       sm_options_text(wire->options, SM_OPTION_TOPIC_PREFIX), suffixes[i]);
}

enum sm_status sm__wire_open(const struct sm_options *options, struct sm__wire **out, struct sm_err *err)
{
    struct sm__wire *wire = calloc(1, sizeof(*wire));

    if (wire == NULL)
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "out of memory while starting");
    wire->options = options;
    name_topics(wire);
    for (size_t i = 0; i < options->property_count; i++) {
        if (!split_property(wire, i)) {
            sm__wire_close(wire);
            return sm_err_set(err, SM_FATAL, SM_FROM_OS, "out of memory while starting");
        }
    }
    wire->client = (struct sm_kafka_client){ sm_options_text(options, SM_OPTION_BROKERS),
                                             wire->properties, options->property_count };
    *out = wire;
    return SM_OK;
}

void sm__wire_close(struct sm__wire *wire)
{
    if (wire == NULL)
        return;
    if (wire->admin != NULL)
        sm_kafka_topics_close(wire->admin);
    for (size_t i = 0; i < SM_PROPERTIES_MAX; i++)
        free(wire->property_texts[i]);
    free(wire);
}

const char *sm__wire_topic(const struct sm__wire *wire, enum sm_topic topic)
{
    return wire->topics[topic];
}

static enum sm_status describe(struct sm__wire *wire, enum sm_topic topic, struct sm_kafka_topic *out,
                               struct sm_err *err)
{
    enum sm_status status = SM_OK;

    if (wire->admin == NULL)
        status = sm_kafka_topics_open(&wire->client, &wire->admin, err);
    if (status != SM_OK)
        return status;
    return sm_kafka_topics_describe(wire->admin, wire->topics[topic],
                                    sm_options_ms(wire->options, SM_OPTION_TIMEOUT), out, err);
}

enum sm_status sm__wire_need_topic(struct sm__wire *wire, enum sm_topic topic, struct sm_err *err)
{
    struct sm_kafka_topic found;
    enum sm_status status = describe(wire, topic, &found, err);

    if (status != SM_OK || found.exists)
        return status;
    return sm_err_set(err, SM_FATAL, SM_FROM_KAFKA,
                      "there is no topic %s on %s; hint: secretmagic migrate --topics creates it",
                      wire->topics[topic], wire->client.brokers);
}

enum sm_status sm__wire_publisher(struct sm__wire *wire, struct sm_publisher **out, struct sm_err *err)
{
    const char *const topics[SM_TOPIC_COUNT] = { wire->topics[0], wire->topics[1] };
    const struct sm_kafka_producer_options options = {
        .client = wire->client,
        .topics = topics,
        .topic_count = SM_TOPIC_COUNT,
        .linger_ms = EMIT_LINGER_MS,
        .timeout_ms = sm_options_ms(wire->options, SM_OPTION_TIMEOUT),
    };

    return sm_kafka_producer_open(&options, out, err);
}
