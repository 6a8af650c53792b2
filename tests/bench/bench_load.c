/* Puts events on the two topics, as fast as it can: the backlog that is drained.
 *
 * Considered: `secretmagic emit`, which validates every line; but the load must come from somebody
 * else's code, and wait for nothing. The topics must exist (secretmagic migrate --topics). */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "bench/bench_avro.h"
#include "bench/bench_events.h"
#include "bench/bench_kafka.h"

#define FLUSH_MS     120000
#define CLIENTS_MAX  10000000
#define EVENTS_MAX   1000000000
#define DRAW_DEFAULT 1

struct load {
    struct bench_events_options options;
    const char *brokers;
    const char *prefix; /* of both topics' names */
    int64_t events; /* changes, after the clients' own events */
    bool known; /* the clients are there already */
    struct bench_avro *avro; /* NULL: events are JSON */
    rd_kafka_t *producer;
    rd_kafka_topic_t *config, *processing;
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

static rd_kafka_topic_t *open_topic(struct load *load, const char *suffix)
{
    char name[256];
    rd_kafka_topic_t *topic;

    (void)snprintf(name, sizeof(name), "%s%s", load->prefix, suffix);
    topic = rd_kafka_topic_new(load->producer, name, NULL);
    if (topic == NULL)
        bench_fail("'%s' cannot be a topic", name);
    return topic;
}

static void open_producer(struct load *load)
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
    load->config = open_topic(load, "config.events");
    load->processing = open_topic(load, "processing.events");
}

static void send_event(struct load *load, struct bench_event *event)
{
    rd_kafka_topic_t *topic = event->processing ? load->processing : load->config;

    if (load->avro != NULL)
        bench_avro_encode(load->avro, event);
    while (rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, event->value,
                            event->size, event->key, SM_UUID_TEXT_SIZE, load) != 0) {
        if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL)
            bench_fail("cannot send to %s: %s", rd_kafka_topic_name(topic),
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
        bench_events_next(events, &event);
        send_event(load, &event);
    }
    bench_events_destroy(events);
    if (rd_kafka_flush(load->producer, FLUSH_MS) != RD_KAFKA_RESP_ERR_NO_ERROR)
        bench_fail("not all events were acknowledged within %d s", FLUSH_MS / 1000);
    if (load->failed != 0)
        bench_fail("%" PRIu64 " of %" PRIu64 " events were not acknowledged", load->failed,
                   load->sent);
}

static _Noreturn void usage(void)
{
    (void)fputs(
        "usage: bench_load --brokers LIST --prefix TEXT [--events N] [--clients N] [--known]\n"
        "                  [--zipf] [--random-ids] [--seed N] [--mix features|full]\n"
        "                  [--avro CONFIG_ID,PROCESSING_ID]\n"
        "--known: the clients were registered by a load before; --avro: the schemas' ids\n",
        stderr);
    exit(2);
}

static enum bench_mix read_mix(const char *text)
{
    if (strcmp(text, "features") == 0)
        return BENCH_MIX_FEATURES;
    if (strcmp(text, "full") == 0)
        return BENCH_MIX_FULL;
    usage();
}

static struct bench_avro *read_avro(const char *text)
{
    uint32_t config_id, processing_id;

    if (sscanf(text, "%" SCNu32 ",%" SCNu32, &config_id, &processing_id) != 2)
        usage();
    return bench_avro_create(config_id, processing_id);
}

static void read_options(struct load *load, int argc, char **argv)
{
    static const struct option options[] = {
        { "brokers", required_argument, NULL, 'b' }, { "prefix", required_argument, NULL, 'p' },
        { "events", required_argument, NULL, 'n' },  { "clients", required_argument, NULL, 'c' },
        { "known", no_argument, NULL, 'k' },         { "zipf", no_argument, NULL, 'z' },
        { "random-ids", no_argument, NULL, 'r' },    { "seed", required_argument, NULL, 's' },
        { "mix", required_argument, NULL, 'm' },     { "avro", required_argument, NULL, 'a' },
        { NULL, 0, NULL, 0 },
    };
    int letter;

    while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (letter) {
        case 'b': load->brokers = optarg; break;
        case 'p': load->prefix = optarg; break;
        case 'n': load->events = bench_number("events", optarg, 0, EVENTS_MAX); break;
        case 'c':
            load->options.clients = (uint32_t)bench_number("clients", optarg, 1, CLIENTS_MAX);
            break;
        case 'k': load->known = true; break;
        case 'z': load->options.draw = BENCH_ZIPF; break;
        case 'r': load->options.random_ids = true; break;
        case 's': load->options.seed = (uint64_t)bench_number("seed", optarg, 0, INT64_MAX); break;
        case 'm': load->options.mix = read_mix(optarg); break;
        case 'a': load->avro = read_avro(optarg); break;
        default: usage();
        }
    }
    if (load->brokers == NULL || load->prefix == NULL || optind != argc)
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
    open_producer(&load);
    send_all(&load);
    seconds = (double)(bench_monotonic_ns() - begun_ns) / 1e9;
    (void)printf("sent %" PRIu64 "\nvalue_bytes %.0f\nseconds %.3f\nper_second %.0f\n", load.sent,
                 load.sent != 0 ? (double)load.bytes / (double)load.sent : 0.0, seconds,
                 (double)load.sent / seconds);
    rd_kafka_topic_destroy(load.config);
    rd_kafka_topic_destroy(load.processing);
    rd_kafka_destroy(load.producer);
    if (load.avro != NULL)
        bench_avro_destroy(load.avro);
    return 0;
}
