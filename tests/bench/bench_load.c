/* Puts events on a topic, as fast as it can: the backlog that is drained.
 *
 * Considered: `secretmagic emit`, which validates every line; but the load must come from somebody
 * else's code, and wait for nothing. The topic must exist (secretmagic migrate --topics). */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/bench.h"
#include "bench/bench_events.h"
#include "bench/bench_kafka.h"

#define FLUSH_MS     120000
#define CLIENTS_MAX  10000000
#define EVENTS_MAX   1000000000
#define DRAW_DEFAULT 1

struct load {
    struct bench_events_options options;
    const char *brokers;
    const char *topic_name;
    int64_t events; /* changes, after the clients' own events */
    bool known; /* the clients are there already */
    rd_kafka_t *producer;
    rd_kafka_topic_t *topic;
    uint64_t sent;
    uint64_t bytes;
    uint64_t failed;
};

static void delivered(rd_kafka_t *producer, const rd_kafka_message_t *message, void *context)
{
    struct load *load = message->_private;

    (void)producer;
    (void)context;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
        return;
    if (load->failed++ == 0)
        (void)fprintf(stderr, "bench_load: %s\n", rd_kafka_err2str(message->err));
}

static void open_topic(struct load *load)
{
    const struct bench_property properties[] = {
        { "bootstrap.servers", load->brokers },
        { "enable.idempotence", "true" },
        { "acks", "all" },
        { "partitioner", "murmur2_random" },
        { "linger.ms", "20" },
        { "batch.num.messages", "10000" },
        { "queue.buffering.max.messages", "500000" },
        { "queue.buffering.max.kbytes", "262144" },
        /* Two million reports of success would say nothing that a flush does not. */
        { "delivery.report.only.error", "true" },
    };

    load->producer = bench_kafka_open(RD_KAFKA_PRODUCER, properties,
                                      sizeof(properties) / sizeof(properties[0]), delivered);
    load->topic = rd_kafka_topic_new(load->producer, load->topic_name, NULL);
    if (load->topic == NULL)
        bench_fail("'%s' cannot be a topic", load->topic_name);
}

static void send_event(struct load *load, struct bench_event *event)
{
    while (rd_kafka_produce(load->topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, event->value,
                            event->size, event->key, SM_UUID_TEXT_SIZE, load) != 0) {
        if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL)
            bench_fail("cannot send to %s: %s", load->topic_name,
                       rd_kafka_err2str(rd_kafka_last_error()));
        (void)rd_kafka_poll(load->producer, 10);
    }
    load->sent++;
    load->bytes += event->size;
}

static void send_all(struct load *load)
{
    struct bench_events *events = bench_events_create(&load->options);
    struct bench_event event;

    for (uint32_t i = 0; !load->known && i < load->options.clients; i++) {
        bench_events_registered(events, i, &event);
        send_event(load, &event);
        bench_events_confirmed(events, i, &event);
        send_event(load, &event);
    }
    for (int64_t i = 0; i < load->events; i++) {
        bench_events_changed(events, &event);
        send_event(load, &event);
    }
    bench_events_destroy(events);
    if (rd_kafka_flush(load->producer, FLUSH_MS) != RD_KAFKA_RESP_ERR_NO_ERROR)
        bench_fail("not all events were acknowledged within %d s", FLUSH_MS / 1000);
    if (load->failed != 0)
        bench_fail("%" PRIu64 " of %" PRIu64 " events were not acknowledged", load->failed,
                   load->sent);
}

static void usage(void)
{
    (void)fputs(
        "usage: bench_load --brokers LIST --topic NAME [--events N] [--clients N] [--known]\n"
        "                  [--zipf] [--random-ids] [--seed N]\n"
        "--known: the clients were registered by a load before\n",
        stderr);
    exit(2);
}

static void read_options(struct load *load, int argc, char **argv)
{
    static const struct option options[] = {
        { "brokers", required_argument, NULL, 'b' }, { "topic", required_argument, NULL, 't' },
        { "events", required_argument, NULL, 'n' },  { "clients", required_argument, NULL, 'c' },
        { "known", no_argument, NULL, 'k' },         { "zipf", no_argument, NULL, 'z' },
        { "random-ids", no_argument, NULL, 'r' },    { "seed", required_argument, NULL, 's' },
        { NULL, 0, NULL, 0 },
    };
    int letter;

    while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (letter) {
        case 'b': load->brokers = optarg; break;
        case 't': load->topic_name = optarg; break;
        case 'n': load->events = bench_number("events", optarg, 0, EVENTS_MAX); break;
        case 'c':
            load->options.clients = (uint32_t)bench_number("clients", optarg, 1, CLIENTS_MAX);
            break;
        case 'k': load->known = true; break;
        case 'z': load->options.draw = BENCH_ZIPF; break;
        case 'r': load->options.random_ids = true; break;
        case 's': load->options.seed = (uint64_t)bench_number("seed", optarg, 0, INT64_MAX); break;
        default: usage();
        }
    }
    if (load->brokers == NULL || load->topic_name == NULL || optind != argc)
        usage();
}

int main(int argc, char **argv)
{
    struct load load = {
        .options = { .clients = 10000, .draw = BENCH_EVENLY, .seed = DRAW_DEFAULT },
        .events = 1000000
    };
    int64_t begun_ns;
    double seconds;

    read_options(&load, argc, argv);
    begun_ns = bench_monotonic_ns();
    open_topic(&load);
    send_all(&load);
    seconds = (double)(bench_monotonic_ns() - begun_ns) / 1e9;
    (void)printf("sent %" PRIu64 "\nvalue_bytes %.0f\nseconds %.3f\nper_second %.0f\n", load.sent,
                 load.sent != 0 ? (double)load.bytes / (double)load.sent : 0.0, seconds,
                 (double)load.sent / seconds);
    rd_kafka_topic_destroy(load.topic);
    rd_kafka_destroy(load.producer);
    return 0;
}
