#ifndef SM_KAFKA_CLIENT_H
#define SM_KAFKA_CLIENT_H
/* What every connection with Kafka needs: where the brokers are, and librdkafka's own properties as
 * the operator wrote them (`-X name=value`).
 *
 * Properties are applied last, in their order, and so win over ours. Refused, with the reason, are
 * those that do not exist or have no such value, those that have an option of their own, and those
 * under which records could be skipped, repeated or reordered. One list serves every kind of
 * handle; what does not concern a handle has no effect on it. */
#include <stddef.h>

struct sm_kafka_property {
    const char *name;
    const char *value;
};
struct sm_kafka_client {
    const char *brokers; /* host:port[,host:port…] */
    const struct sm_kafka_property *properties;
    size_t property_count;
};

/* "2.0.2": the librdkafka that is linked at run time. Static text. */
const char *sm_kafka_library_version(void);
#endif
