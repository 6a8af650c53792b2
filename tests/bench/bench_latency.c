/* One event at a time: how long from the call that produces it until another session sees its row.
 *
 * Two paths in turn, so that both meet the same machine: A is the program and its table `events`, B
 * the bare path (bench_bare) and its table. Producer and observer are the same for both. The
 * observer
 * asks by key, again and again, with a short pause: what it sees is committed, and late by at most
 * the
 * pause and one round trip, about as much as a reader would be. Between two events nothing is under
 * way. */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "bench/bench_events.h"
#include "bench/bench_kafka.h"
#include "bench/bench_postgres.h"

#define SEE_TIMEOUT_NS INT64_C(30000000000)
#define WARM_UP        50 /* events of each path that are not counted: first plans, first buffers */

enum { OURS, BARE, PATHS };

struct path {
    const char *topic_name;
    const char *question; /* statement name */
    rd_kafka_topic_t *topic;
    double *ms;
};

struct latency {
    const char *brokers;
    const char *database;
    int64_t count;
    int64_t pause_us; /* of the observer, between two questions */
    int64_t rest_us; /* between two events */
    struct bench_events_options options;
    struct path paths[PATHS];
    rd_kafka_t *producer;
    PGconn *conn;
};

static void usage(void)
{
    (void)fputs(
        "usage: bench_latency --brokers LIST --database CONNECTION --topic NAME --bare-topic NAME\n"
        "                     [--events N] [--clients N] [--seed N] [--pause MICROSECONDS]\n"
        "                     [--rest MICROSECONDS]\n",
        stderr);
    exit(2);
}

static void read_options(struct latency *latency, int argc, char **argv)
{
    static const struct option options[] = {
        { "brokers", required_argument, NULL, 'b' }, { "database", required_argument, NULL, 'd' },
        { "topic", required_argument, NULL, 't' },   { "bare-topic", required_argument, NULL, 'u' },
        { "events", required_argument, NULL, 'n' },  { "clients", required_argument, NULL, 'c' },
        { "seed", required_argument, NULL, 's' },    { "pause", required_argument, NULL, 'p' },
        { "rest", required_argument, NULL, 'r' },    { NULL, 0, NULL, 0 },
    };
    int letter;

    while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (letter) {
        case 'b': latency->brokers = optarg; break;
        case 'd': latency->database = optarg; break;
        case 't': latency->paths[OURS].topic_name = optarg; break;
        case 'u': latency->paths[BARE].topic_name = optarg; break;
        case 'n': latency->count = bench_number("events", optarg, 1, 1000000); break;
        case 'c':
            latency->options.clients = (uint32_t)bench_number("clients", optarg, 1, 10000000);
            break;
        case 's':
            latency->options.seed = (uint64_t)bench_number("seed", optarg, 0, INT64_MAX);
            break;
        case 'p': latency->pause_us = bench_number("pause", optarg, 0, 100000); break;
        case 'r': latency->rest_us = bench_number("rest", optarg, 0, 10000000); break;
        default: usage();
        }
    }
    if (latency->brokers == NULL || latency->database == NULL || optind != argc ||
        latency->paths[OURS].topic_name == NULL || latency->paths[BARE].topic_name == NULL)
        usage();
}

static void prepare(PGconn *conn, const char *name, const char *sql)
{
    PGresult *result = PQprepare(conn, name, sql, 1, NULL);

    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        bench_fail("cannot prepare a question: %s", PQerrorMessage(conn));
    PQclear(result);
}

static void open_all(struct latency *latency)
{
    latency->conn = bench_postgres_open(latency->database);
    prepare(latency->conn, "ours", "SELECT FROM events WHERE event_id = $1");
    prepare(latency->conn, "bare", "SELECT FROM bench_bare WHERE event_id = $1");
    latency->producer = bench_kafka_open_prompt(latency->brokers);
    for (int i = 0; i < PATHS; i++) {
        struct path *path = &latency->paths[i];

        path->topic = rd_kafka_topic_new(latency->producer, path->topic_name, NULL);
        path->ms = calloc((size_t)latency->count, sizeof(*path->ms));
        if (path->topic == NULL || path->ms == NULL)
            bench_fail("cannot use the topic %s", path->topic_name);
    }
}

static bool is_visible(PGconn *conn, const char *question, const char *id)
{
    PGresult *result = PQexecPrepared(conn, question, 1, &id, NULL, NULL, 0);
    bool visible = PQntuples(result) == 1;

    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        bench_fail("cannot ask for a row: %s", PQerrorMessage(conn));
    PQclear(result);
    return visible;
}

/* Milliseconds from the call that produces the event until its row is there. */
static double measure(struct latency *latency, const struct path *path, struct bench_event *event)
{
    char id[SM_UUID_TEXT_SIZE + 1];
    int64_t begun_ns;
    int64_t now_ns;

    sm_uuid_format(&event->id, id);
    begun_ns = bench_monotonic_ns();
    if (rd_kafka_produce(path->topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, event->value,
                         event->size, event->key, SM_UUID_TEXT_SIZE, NULL) != 0)
        bench_fail("cannot send to %s: %s", path->topic_name,
                   rd_kafka_err2str(rd_kafka_last_error()));
    while (!is_visible(latency->conn, path->question, id)) {
        if (bench_monotonic_ns() - begun_ns > SEE_TIMEOUT_NS)
            bench_fail("event %s, sent to %s, has not become a row", id, path->topic_name);
        if (latency->pause_us > 0)
            bench_sleep_ns(latency->pause_us * 1000);
    }
    now_ns = bench_monotonic_ns();
    (void)rd_kafka_poll(latency->producer, 0);
    if (latency->rest_us > 0)
        bench_sleep_ns(latency->rest_us * 1000);
    return (double)(now_ns - begun_ns) / 1e6;
}

static void measure_all(struct latency *latency)
{
    struct bench_events *events = bench_events_create(&latency->options);
    struct bench_event event;

    for (int64_t i = -WARM_UP; i < latency->count; i++) {
        for (int path = 0; path < PATHS; path++) {
            double ms;

            bench_events_changed(events, &event);
            ms = measure(latency, &latency->paths[path], &event);
            if (i >= 0)
                latency->paths[path].ms[i] = ms;
        }
    }
    bench_events_destroy(events);
}

static void tell(const char *name, double *ms, size_t count)
{
    (void)printf("%s_p50_ms %.3f\n", name, bench_quantile(ms, count, 0.5));
    (void)printf("%s_p90_ms %.3f\n", name, bench_quantile(ms, count, 0.9));
    (void)printf("%s_p99_ms %.3f\n", name, bench_quantile(ms, count, 0.99));
    (void)printf("%s_max_ms %.3f\n", name, bench_quantile(ms, count, 1.0));
}

int main(int argc, char **argv)
{
    struct latency latency = {
        .count = 2000,
        .pause_us = 50,
        .rest_us = 3000,
        .options = { .clients = 10000, .draw = BENCH_EVENLY, .seed = 1 },
        .paths = { [OURS] = { .question = "ours" }, [BARE] = { .question = "bare" } },
    };

    read_options(&latency, argc, argv);
    open_all(&latency);
    measure_all(&latency);
    tell("ours", latency.paths[OURS].ms, (size_t)latency.count);
    tell("bare", latency.paths[BARE].ms, (size_t)latency.count);
    for (int i = 0; i < PATHS; i++) {
        rd_kafka_topic_destroy(latency.paths[i].topic);
        free(latency.paths[i].ms);
    }
    PQfinish(latency.conn);
    (void)rd_kafka_flush(latency.producer, 10000);
    rd_kafka_destroy(latency.producer);
    return 0;
}
