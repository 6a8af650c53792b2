/* The inbox as events, each told once: at the edge, not as long as it lasts. */
#include "kafka/source_priv.h"

/* How long librdkafka itself may look for a broker to put the question to. */
#define PROBE_TIMEOUT_MS 60000

static void tell(const struct sm_source_sink *sink, const struct sm_source_event *event)
{
    sink->event(sink->context, event);
}

static void tell_text(const struct sm_source_sink *sink, enum sm_source_event_kind kind,
                      const char *text)
{
    tell(sink, &(struct sm_source_event){.kind = kind, .text = text});
}

/* librdkafka says when the last broker went, not when one is back, and an idle consumer hears
 * nothing from it. So a cheap question is put, which the library sends as soon as it can. */
static void probe(struct sm__source *source)
{
    rd_kafka_ConfigResource_t *topic =
        rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, source->topics[SM_TOPIC_CONFIG]);
    rd_kafka_AdminOptions_t *options =
        rd_kafka_AdminOptions_new(source->handle, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
    char reason[64];

    if (source->probe_queue == NULL) {
        static const uint64_t one = 1;

        source->probe_queue = rd_kafka_queue_new(source->handle);
        rd_kafka_queue_io_event_enable(source->probe_queue, source->wake_fd, &one, sizeof(one));
    }
    (void)rd_kafka_AdminOptions_set_request_timeout(options, PROBE_TIMEOUT_MS, reason,
                                                    sizeof(reason));
    rd_kafka_DescribeConfigs(source->handle, &topic, 1, options, source->probe_queue);
    source->probing = true;
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_ConfigResource_destroy(topic);
}

static bool is_no_answer(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR__TIMED_OUT || code == RD_KAFKA_RESP_ERR__TRANSPORT ||
           code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || code == RD_KAFKA_RESP_ERR__DESTROY;
}

static void tell_back(struct sm__source *source, const struct sm_source_sink *sink)
{
    if (!source->away_told)
        return;
    source->away_told = false;
    source->talk.trouble[0] = '\0';
    tell_text(sink, SM_SOURCE_BACK, "");
}

/* A refusal is an answer too. */
static void read_probe(struct sm__source *source, const struct sm_source_sink *sink)
{
    rd_kafka_event_t *event = rd_kafka_queue_poll(source->probe_queue, 0);
    rd_kafka_resp_err_t code;

    if (event == NULL)
        return;
    code = rd_kafka_event_error(event);
    rd_kafka_event_destroy(event);
    source->probing = false;
    if (!is_no_answer(code))
        tell_back(source, sink);
    else if (source->away_told)
        probe(source);
}

static void tell_away(struct sm__source *source, const struct sm_source_sink *sink)
{
    source->inbox.away = false;
    if (source->away_told)
        return;
    source->away_told = true;
    tell_text(sink, SM_SOURCE_AWAY, source->talk.trouble);
    if (!source->probing)
        probe(source);
}

static void tell_gone(struct sm__source *source, const struct sm_source_sink *sink,
                      enum sm_topic topic)
{
    struct sm_partition_id all = {topic, -1};

    source->inbox.gone[topic] = false;
    if (source->gone_told[topic])
        return; /* it is repeated with each refresh of metadata */
    source->gone_told[topic] = true;
    tell(sink, &(struct sm_source_event){.kind = SM_SOURCE_TOPIC_GONE,
                                         .partitions = &all,
                                         .count = 1,
                                         .text = source->inbox.gone_text[topic]});
}

static void tell_rebalance(struct sm__source *source, const struct sm_source_sink *sink)
{
    struct sm__inbox *inbox = &source->inbox;
    bool assigned = inbox->rebalance == SM__ASSIGN;
    struct sm_source_event event = {.kind = assigned ? SM_SOURCE_ASSIGNED : SM_SOURCE_REVOKED,
                                    .partitions = inbox->partitions,
                                    .count = inbox->partition_count,
                                    .lost = inbox->lost,
                                    .text = ""};
    struct sm_err err;

    inbox->rebalance = SM__NO_REBALANCE;
    sm__source_end_assignment(source);
    /* The group waits for an answer also when there is nothing to fetch. An error is the handle's
     * end, which it tells by itself. */
    if (assigned && event.count == 0)
        (void)sm__source_assign(&source->port, NULL, 0, source->generation, &err);
    if (assigned)
        tell_back(source, sink);
    tell(sink, &event);
}

void sm__source_news(struct sm__source *source, const struct sm_source_sink *sink)
{
    struct sm__inbox *inbox = &source->inbox;

    if (source->probing)
        read_probe(source, sink);
    if (inbox->rebalance != SM__NO_REBALANCE)
        tell_rebalance(source, sink);
    for (int topic = 0; topic < SM_TOPIC_COUNT; topic++) {
        if (inbox->gone[topic])
            tell_gone(source, sink, (enum sm_topic)topic);
    }
    if (inbox->away)
        tell_away(source, sink);
    if (inbox->failed && !source->failed_told) {
        source->failed_told = true;
        sm__source_end_assignment(source);
        tell_text(sink, SM_SOURCE_FAILED, inbox->failed_text);
    }
}

void sm__source_news_close(struct sm__source *source)
{
    if (source->probe_queue != NULL)
        rd_kafka_queue_destroy(source->probe_queue);
}
