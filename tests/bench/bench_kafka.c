/* librdkafka as the benchmark's helpers need it. */
#include "bench/bench_kafka.h"

#include "bench/bench.h"

rd_kafka_t *bench_kafka_open(rd_kafka_type_t type, const struct bench_property *properties,
                             size_t count,
                             void (*delivered)(rd_kafka_t *, const rd_kafka_message_t *, void *))
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char reason[256];
    rd_kafka_t *handle;

    /* Below warnings: a broker that has just started asks the producer to try again. */
    (void)rd_kafka_conf_set(conf, "log_level", "3", reason, sizeof(reason));
    for (size_t i = 0; i < count; i++) {
        if (rd_kafka_conf_set(conf, properties[i].name, properties[i].value, reason,
                              sizeof(reason)) != RD_KAFKA_CONF_OK)
            bench_fail("Kafka property %s=%s: %s", properties[i].name, properties[i].value, reason);
    }
    if (delivered != NULL)
        rd_kafka_conf_set_dr_msg_cb(conf, delivered);
    handle = rd_kafka_new(type, conf, reason, sizeof(reason));
    if (handle == NULL)
        bench_fail("librdkafka refuses its configuration: %s", reason);
    return handle;
}

rd_kafka_t *bench_kafka_open_prompt(const char *brokers)
{
    const struct bench_property properties[] = {
        { "bootstrap.servers", brokers },
        { "enable.idempotence", "true" },
        { "acks", "all" },
        { "linger.ms", "0" },
        { "partitioner", "murmur2_random" },
        { "socket.nagle.disable", "true" },
    };

    return bench_kafka_open(RD_KAFKA_PRODUCER, properties,
                            sizeof(properties) / sizeof(properties[0]), NULL);
}
