/* From a confirmation to its command: how long from the call that produces the event until a
 * consumer of what is committed has the command.
 *
 * Two paths in turn, so that both meet the same machine: A is the program with its relay, B the
 * bare path (bench_bare with a topic to publish to): fetch, commit of one row, a transaction with
 * one record. Producer and consumers are the same for both; between two events nothing is under
 * way. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "bench/bench_events.h"
#include "bench/bench_kafka.h"
#include "bench/bench_postgres.h"

#define SEE_TIMEOUT_NS INT64_C(30000000000)
#define WARM_UP        20 /* of each path, not counted */
#define REST_NS        3000000
#define ASK_NS         20000000
#define TIMEOUT_MS     20000

enum { OURS, BARE, PATHS };

struct path {
    const char *in; /* topics */
    const char *out;
    rd_kafka_topic_t *topic;
    rd_kafka_t *consumer;
    double *ms;
};

static void send_event(struct path *path, struct bench_event *event)
{
    if (rd_kafka_produce(path->topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, event->value,
                         event->size, event->key, SM_UUID_TEXT_SIZE, NULL) != 0)
        bench_fail("cannot send to %s: %s", path->in, rd_kafka_err2str(rd_kafka_last_error()));
}

/* All partitions of the topic, from their ends. */
static rd_kafka_t *open_consumer(const char *brokers, const char *topic)
{
    const struct bench_property properties[] = {
        { "bootstrap.servers", brokers },     { "group.id", "bench-commands" },
        { "enable.auto.commit", "false" },    { "isolation.level", "read_committed" },
        { "socket.nagle.disable", "true" },   { "auto.offset.reset", "latest" },
    };
    rd_kafka_t *consumer = bench_kafka_open(RD_KAFKA_CONSUMER, properties,
                                            sizeof(properties) / sizeof(properties[0]), NULL);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(8);
    const struct rd_kafka_metadata *metadata;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(consumer, topic, NULL);

    if (rd_kafka_metadata(consumer, 0, handle, &metadata, TIMEOUT_MS) != 0 ||
        metadata->topics[0].partition_cnt == 0)
        bench_fail("there is no topic %s", topic);
    for (int i = 0; i < metadata->topics[0].partition_cnt; i++) {
        int64_t low, high;

        if (rd_kafka_query_watermark_offsets(consumer, topic, i, &low, &high, TIMEOUT_MS) != 0)
            bench_fail("cannot ask for the ends of %s", topic);
        rd_kafka_topic_partition_list_add(list, topic, i)->offset = high;
    }
    (void)rd_kafka_poll_set_consumer(consumer);
    if (rd_kafka_assign(consumer, list) != 0)
        bench_fail("cannot read %s", topic);
    rd_kafka_metadata_destroy(metadata);
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_topic_destroy(handle);
    return consumer;
}

/* One event is under way at a time, so the next record is its. */
static double measure(struct path *path, struct bench_event *event)
{
    int64_t begun_ns = bench_monotonic_ns(), now_ns;
    bool seen = false;

    send_event(path, event);
    while (!seen) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(path->consumer, 100);

        if (bench_monotonic_ns() - begun_ns > SEE_TIMEOUT_NS)
            bench_fail("what was sent to %s has not come out at %s", path->in, path->out);
        if (message == NULL)
            continue;
        seen = message->err == RD_KAFKA_RESP_ERR_NO_ERROR;
        rd_kafka_message_destroy(message);
    }
    now_ns = bench_monotonic_ns();
    bench_sleep_ns(REST_NS);
    return (double)(now_ns - begun_ns) / 1e6;
}

static void register_all(struct path *path, struct bench_events *events, uint32_t count,
                         const char *database)
{
    PGconn *conn = bench_postgres_open(database);
    int64_t begun_ns = bench_monotonic_ns();
    struct bench_event event;

    for (uint32_t i = 0; i < count; i++) {
        bench_events_registered(events, i, &event);
        send_event(path, &event);
    }
    while (bench_postgres_number(conn, "SELECT count(*) FROM clients", 0) < count) {
        if (bench_monotonic_ns() - begun_ns > SEE_TIMEOUT_NS)
            bench_fail("the clients have not been registered");
        bench_sleep_ns(ASK_NS);
    }
    PQfinish(conn);
}

static void tell(const char *name, double *ms, size_t count)
{
    (void)printf("%s_p50_ms %.3f\n", name, bench_quantile(ms, count, 0.5));
    (void)printf("%s_p99_ms %.3f\n", name, bench_quantile(ms, count, 0.99));
}

int main(int argc, char **argv)
{
    struct bench_events_options options = { .seed = 9 };
    struct path paths[PATHS];
    struct bench_events *events;
    struct bench_event event;
    rd_kafka_t *producer;
    uint32_t count;

    if (argc != 8) {
        (void)fputs("usage: bench_commands BROKERS CONNECTION EVENTS IN OUT BARE_IN BARE_OUT\n",
                    stderr);
        return 2;
    }
    count = (uint32_t)bench_number("events", argv[3], 1, 1000000);
    options.clients = count + WARM_UP;
    events = bench_events_create(&options);
    producer = bench_kafka_open_prompt(argv[1]);
    for (int i = 0; i < PATHS; i++) {
        paths[i] = (struct path){ .in = argv[4 + 2 * i], .out = argv[5 + 2 * i] };
        paths[i].topic = rd_kafka_topic_new(producer, paths[i].in, NULL);
        paths[i].consumer = open_consumer(argv[1], paths[i].out);
        paths[i].ms = calloc(count, sizeof(*paths[i].ms));
        if (paths[i].ms == NULL || paths[i].topic == NULL)
            bench_fail("no memory");
    }
    register_all(&paths[OURS], events, options.clients, argv[2]);
    for (uint32_t i = 0; i < options.clients; i++) {
        for (int path = 0; path < PATHS; path++) {
            double ms;

            bench_events_confirmed(events, i, &event);
            ms = measure(&paths[path], &event);
            if (i >= WARM_UP)
                paths[path].ms[i - WARM_UP] = ms;
        }
    }
    tell("ours", paths[OURS].ms, count);
    tell("bare", paths[BARE].ms, count);
    for (int i = 0; i < PATHS; i++) {
        (void)rd_kafka_consumer_close(paths[i].consumer);
        rd_kafka_destroy(paths[i].consumer);
        rd_kafka_topic_destroy(paths[i].topic);
        free(paths[i].ms);
    }
    (void)rd_kafka_flush(producer, TIMEOUT_MS);
    rd_kafka_destroy(producer);
    bench_events_destroy(events);
    return 0;
}
