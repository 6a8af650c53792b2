/* The inbox as events, each told once: at the edge, not as long as it lasts. */
#include "kafka/source_priv.h"

#define PROBE_INTERVAL_US 100000 /* between two looks whether a broker is back */
#define PROBE_TIMEOUT_MS  1

static void tell(const struct sm_source_sink *sink, const struct sm_source_event *event)
{
    sink->event(sink->context, event);
}

static void tell_text(const struct sm_source_sink *sink, enum sm_source_event_kind kind,
                      const char *text)
{
    tell(sink, &(struct sm_source_event){ .kind = kind, .text = text });
}

/* librdkafka says when the last broker went, not when one is back, and an idle consumer hears
 * nothing from it. So a question for metadata is put now and then. Without a connection it fails at
 * once; that it can be sent, tells enough, and its answer is not waited for. Considered: requests
 * of the admin interface, which wait by themselves; but 2.0.2 ends the process by an assertion when
 * some of them run out of time, and others are answered only by the controller. */
static bool is_broker_back(struct sm__source *source)
{
    const struct rd_kafka_metadata *metadata;
    rd_kafka_topic_t *topic;
    rd_kafka_resp_err_t code;
    int64_t now_us = sm_monotonic_us();

    if (now_us < source->next_probe_us)
        return false;
    source->next_probe_us = now_us + PROBE_INTERVAL_US;
    topic = rd_kafka_topic_new(source->handle, source->topics[SM_TOPIC_CONFIG], NULL);
    code = rd_kafka_metadata(source->handle, 0, topic, &metadata, PROBE_TIMEOUT_MS);
    rd_kafka_topic_destroy(topic);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
        rd_kafka_metadata_destroy(metadata);
    return code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR__TIMED_OUT;
}

static void tell_back(struct sm__source *source, const struct sm_source_sink *sink)
{
    if (!source->away_told)
        return;
    source->away_told = false;
    source->talk.trouble[0] = '\0';
    tell_text(sink, SM_SOURCE_BACK, "");
}

static void tell_away(struct sm__source *source, const struct sm_source_sink *sink)
{
    source->inbox.away = false;
    if (source->away_told)
        return;
    source->away_told = true;
    tell_text(sink, SM_SOURCE_AWAY, source->talk.trouble);
}

static void tell_gone(struct sm__source *source, const struct sm_source_sink *sink,
                      enum sm_topic topic)
{
    struct sm_partition_id all = { topic, -1 };

    source->inbox.gone[topic] = false;
    if (source->gone_told[topic])
        return; /* it is repeated with each refresh of metadata */
    source->gone_told[topic] = true;
    tell(sink, &(struct sm_source_event){ .kind = SM_SOURCE_TOPIC_GONE,
                                          .partitions = &all,
                                          .count = 1,
                                          .text = source->inbox.gone_text[topic] });
}

static void tell_rebalance(struct sm__source *source, const struct sm_source_sink *sink)
{
    struct sm__inbox *inbox = &source->inbox;
    bool assigned = inbox->rebalance == SM__ASSIGN;
    struct sm_source_event event = { .kind = assigned ? SM_SOURCE_ASSIGNED : SM_SOURCE_REVOKED,
                                     .partitions = inbox->partitions,
                                     .count = inbox->partition_count,
                                     .lost = inbox->lost,
                                     .text = "" };
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

    if (source->away_told && is_broker_back(source))
        tell_back(source, sink);
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
