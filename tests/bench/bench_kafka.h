#ifndef SM_TESTS_BENCH_KAFKA_H
#define SM_TESTS_BENCH_KAFKA_H
/* librdkafka as the benchmark's helpers need it. */
#include <librdkafka/rdkafka.h>

struct bench_property {
    const char *name;
    const char *value;
};

/* A handle with these properties. `delivered` may be NULL. Ends the program where it cannot. */
rd_kafka_t *bench_kafka_open(rd_kafka_type_t type, const struct bench_property *properties,
                             size_t count,
                             void (*delivered)(rd_kafka_t *, const rd_kafka_message_t *, void *));

/* Whoever sends one record at a time, acknowledged at once: what both sides of the latency see. */
rd_kafka_t *bench_kafka_open_prompt(const char *brokers);
#endif
