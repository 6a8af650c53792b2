#ifndef SM_KAFKA_PRODUCER_H
#define SM_KAFKA_PRODUCER_H
/* The publisher port on librdkafka's idempotent producer: acks=all, Java's partitioner. */
#include "kafka/client.h"
#include "ports/publisher.h"

struct sm_kafka_producer_options {
    struct sm_kafka_client client;
    const char *const *topics; /* names on the broker; a publication names one by index */
    size_t topic_count;
    int linger_ms; /* how long a record may wait for company: 0 for latency, 5 for throughput */
    size_t
        pending_max; /* records accepted and not acknowledged; 0: 100,000. Also 32 MiB of them. */
    int timeout_ms; /* until an unanswered record is given up with SM_RETRY; 0: 5 minutes */
};

/* Does not wait for a broker. Copies what it needs of the options. SM_OK and a publisher that the
 * caller closes; SM_FATAL when a property is refused or memory cannot be had. */
SM_MUST_CHECK enum sm_status sm_kafka_producer_open(const struct sm_kafka_producer_options *options,
                                                    struct sm_publisher **out, struct sm_err *err);
#endif
