/* Bare transactions: records of one size, so many in each, from memory.
 *
 * It stands beside the relay: same producer settings, same transactions, and nothing to read or to
 * mark in between. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/bench.h"
#include "bench/bench_kafka.h"

#define TIMEOUT_MS 30000

static void check(rd_kafka_error_t *error, const char *doing)
{
    if (error != NULL)
        bench_fail("cannot %s: %s", doing, rd_kafka_error_string(error));
}

static void produce(rd_kafka_t *producer, const char *topic, char *value, size_t size, long number)
{
    char key[16], id[37];
    rd_kafka_vu_t record[] = {
        { .vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = topic },
        { .vtype = RD_KAFKA_VTYPE_KEY },
        { .vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = { value, size } },
        { .vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY },
        { .vtype = RD_KAFKA_VTYPE_HEADER, .u.header = { "sm_command_id", id, 36 } },
        { .vtype = RD_KAFKA_VTYPE_HEADER, .u.header = { "sm_client_id", id, 36 } },
        { .vtype = RD_KAFKA_VTYPE_HEADER, .u.header = { "content-type", "application/json", 16 } },
    };

    (void)snprintf(key, sizeof(key), "%ld", number % 1000);
    (void)snprintf(id, sizeof(id), "%036ld", number);
    record[1].u.mem.ptr = key;
    record[1].u.mem.size = strlen(key);
    check(rd_kafka_produceva(producer, record, sizeof(record) / sizeof(record[0])), "produce");
}

static double now(void)
{
    struct timespec at;

    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    const struct bench_property properties[] = {
        { "bootstrap.servers", argc == 6 ? argv[1] : "" },
        { "transactional.id", "bench-transactions" },
        { "acks", "all" },
        { "partitioner", "murmur2_random" },
        { "linger.ms", "0" },
        { "socket.nagle.disable", "true" },
    };
    long count, size, together;
    rd_kafka_t *producer;
    double began;
    char *value;

    if (argc != 6) {
        (void)fputs("usage: bench_transactions BROKERS TOPIC COUNT SIZE TOGETHER\n", stderr);
        return 2;
    }
    count = strtol(argv[3], NULL, 10);
    size = strtol(argv[4], NULL, 10);
    together = strtol(argv[5], NULL, 10);
    value = malloc((size_t)size);
    if (value == NULL)
        bench_fail("no memory");
    memset(value, 'x', (size_t)size);
    began = now();
    producer = bench_kafka_open(RD_KAFKA_PRODUCER, properties,
                                sizeof(properties) / sizeof(properties[0]), NULL);
    check(rd_kafka_init_transactions(producer, TIMEOUT_MS), "begin");
    for (long i = 0; i < count; i += together) {
        check(rd_kafka_begin_transaction(producer), "begin a transaction");
        for (long j = i; j < count && j < i + together; j++)
            produce(producer, argv[2], value, (size_t)size, j);
        check(rd_kafka_commit_transaction(producer, TIMEOUT_MS), "commit");
    }
    rd_kafka_destroy(producer);
    (void)printf("seconds %.4f\n", now() - began);
    free(value);
    return 0;
}
