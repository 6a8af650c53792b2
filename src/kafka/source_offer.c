/* One message of librdkafka as what the sink understands. */
#include "base/fault.h"
#include "kafka/source_priv.h"

static bool offer_with_headers(const struct sm_source_sink *sink, struct sm_record *record,
                               const rd_kafka_headers_t *from)
{
    struct sm_header few[SM_HEADERS_MAX];
    struct sm_header *headers = few;
    size_t count = rd_kafka_header_cnt(from);
    bool taken;

    if (count > SM_HEADERS_MAX)
        headers = calloc(count, sizeof(*headers));
    if (headers == NULL)
        return false; /* no room now */
    sm__kafka_headers(from, headers, count);
    record->headers = headers;
    record->header_count = count;
    taken = sink->record(sink->context, record);
    if (headers != few)
        free(headers);
    return taken;
}

bool sm__source_offer(struct sm__source *source, const struct sm_source_sink *sink,
                      rd_kafka_message_t *message)
{
    rd_kafka_headers_t *headers;
    struct sm_record record;
    enum sm_topic topic;

    if (!sm__source_topic(source, rd_kafka_topic_name(message->rkt), &topic))
        return true; /* not one of ours: nothing assigns such a partition */
    record = sm__kafka_record(message, topic);
    record.generation = source->generation;
    if (sm_fault_hit("skip_record"))
        return true; /* as client libraries have done: `verify --gaps` must find it */
    source->gone_told[record.topic] = false;
    if (rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR)
        return offer_with_headers(sink, &record, headers);
    return sink->record(sink->context, &record);
}

/* librdkafka marks records and ends with their assignment, but not out of range. What asked for an
 * offset before the assigned one asked before the assignment. */
static bool is_of_assignment(const struct sm__source *source, const rd_kafka_message_t *message)
{
    const rd_kafka_topic_partition_t *assigned = NULL;

    if (source->assigned != NULL)
        assigned = rd_kafka_topic_partition_list_find(
            source->assigned, rd_kafka_topic_name(message->rkt), message->partition);
    return source->live && assigned != NULL && message->offset >= assigned->offset;
}

void sm__source_error(struct sm__source *source, const struct sm_source_sink *sink,
                      const rd_kafka_message_t *message)
{
    bool end = message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
    struct sm_partition_id id = { SM_TOPIC_CONFIG, message->partition };
    struct sm_source_event event = { .kind = end ? SM_SOURCE_END : SM_SOURCE_OUT_OF_RANGE,
                                     .partitions = &id,
                                     .count = 1,
                                     .offset = message->offset,
                                     .generation = source->generation,
                                     .text = end ? "" : rd_kafka_message_errstr(message) };

    if (!end && message->err != RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET)
        sm__inbox_message(source, message);
    else if (message->rkt != NULL && is_of_assignment(source, message) &&
             sm__source_topic(source, rd_kafka_topic_name(message->rkt), &id.topic))
        sink->event(sink->context, &event);
}
