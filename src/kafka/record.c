/* A message of librdkafka as a record: nothing is copied. */
#include "kafka/kafka_priv.h"

static struct sm_slice slice_of(const void *data, size_t size)
{
    return (struct sm_slice){ data, data != NULL ? size : 0 };
}

/* Kafka keeps milliseconds, as the producer set them; what no calendar can say counts as none. */
static int64_t timestamp_us(const rd_kafka_message_t *message)
{
    rd_kafka_timestamp_type_t type;
    int64_t ms = rd_kafka_message_timestamp(message, &type);

    if (type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE || ms < SM_TIME_MIN / 1000 ||
        ms > SM_TIME_MAX / 1000)
        return SM_TIME_NONE;
    return ms * 1000;
}

struct sm_record sm__kafka_record(const rd_kafka_message_t *message, enum sm_topic topic)
{
    return (struct sm_record){ .topic = topic,
                               .partition = message->partition,
                               .offset = message->offset,
                               .timestamp_us = timestamp_us(message),
                               .key = slice_of(message->key, message->key_len),
                               .value = slice_of(message->payload, message->len) };
}

void sm__kafka_headers(const rd_kafka_headers_t *from, struct sm_header *headers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *name;
        const void *value;
        size_t size;
        rd_kafka_resp_err_t code = rd_kafka_header_get_all(from, i, &name, &value, &size);

        SM_ASSERT(code == RD_KAFKA_RESP_ERR_NO_ERROR);
        headers[i] = (struct sm_header){ sm_slice_of(name), slice_of(value, size) };
    }
}
