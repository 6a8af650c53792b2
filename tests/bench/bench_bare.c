/* The bare path: a consumer that fetches a record and commits one row, and nothing else.
 *
 * It stands beside the program when latency is measured. Same consumer settings, same key and
 * value,
 * one INSERT in a transaction of its own (one round trip, one flush of the WAL): less cannot be
 * done
 * by a program that keeps a record in PostgreSQL. With a topic to publish to, a transaction of one
 * record follows, of the same bytes. It ends on SIGTERM. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "bench/bench_kafka.h"
#include "bench/bench_postgres.h"

#define POLL_MS    100
#define TIMEOUT_MS 20000
#define ID_AT   (sizeof("{\"specversion\":\"1.0\",\"id\":\"") - 1) /* in a value of bench_events */
#define ID_SIZE 36

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
    (void)signal;
    stopped = 1;
}

/* Those of src/kafka/source.c. The offset is told to nobody, since nothing is resumed here. */
static rd_kafka_t *open_consumer(const char *brokers, const char *topic)
{
    const struct bench_property properties[] = {
        { "bootstrap.servers", brokers },
        { "group.id", "bench-bare" },
        { "socket.nagle.disable", "true" },
        { "enable.auto.commit", "false" },
        { "enable.auto.offset.store", "false" },
        { "auto.offset.reset", "latest" },
        { "isolation.level", "read_committed" },
        { "enable.partition.eof", "true" },
        { "check.crcs", "true" },
        { "fetch.wait.max.ms", "100" },
        { "topic.metadata.refresh.interval.ms", "100" },
    };
    rd_kafka_t *consumer = bench_kafka_open(RD_KAFKA_CONSUMER, properties,
                                            sizeof(properties) / sizeof(properties[0]), NULL);
    rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);

    (void)rd_kafka_poll_set_consumer(consumer);
    rd_kafka_topic_partition_list_add(topics, topic, RD_KAFKA_PARTITION_UA);
    if (rd_kafka_subscribe(consumer, topics) != RD_KAFKA_RESP_ERR_NO_ERROR)
        bench_fail("cannot subscribe to %s", topic);
    rd_kafka_topic_partition_list_destroy(topics);
    return consumer;
}

static PGconn *open_table(const char *conninfo)
{
    PGconn *conn = bench_postgres_open(conninfo);
    PGresult *result;

    bench_postgres_do(conn, "CREATE TABLE IF NOT EXISTS bench_bare (event_id uuid PRIMARY KEY, "
                            "client_id uuid NOT NULL, data jsonb NOT NULL)");
    result = PQprepare(conn, "insert", "INSERT INTO bench_bare VALUES ($1, $2, $3)", 3, NULL);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        bench_fail("cannot prepare: %s", PQerrorMessage(conn));
    PQclear(result);
    return conn;
}

static void insert(PGconn *conn, const rd_kafka_message_t *message)
{
    char id[ID_SIZE + 1] = "";
    char client[ID_SIZE + 1] = "";
    char value[4096] = "";
    const char *const values[] = { id, client, value };
    PGresult *result;

    if (message->len < ID_AT + ID_SIZE || message->len >= sizeof(value) ||
        message->key_len != ID_SIZE)
        bench_fail("a record of %zu bytes is not one of ours", message->len);
    memcpy(id, (const char *)message->payload + ID_AT, ID_SIZE);
    memcpy(client, message->key, ID_SIZE);
    memcpy(value, message->payload, message->len);
    result = PQexecPrepared(conn, "insert", 3, values, NULL, NULL, 0);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        bench_fail("cannot insert: %s", PQerrorMessage(conn));
    PQclear(result);
}

static void check(rd_kafka_error_t *error, const char *doing)
{
    if (error != NULL)
        bench_fail("cannot %s: %s", doing, rd_kafka_error_string(error));
}

static rd_kafka_t *open_publisher(const char *brokers)
{
    const struct bench_property properties[] = {
        { "bootstrap.servers", brokers }, { "transactional.id", "bench-bare" },
        { "acks", "all" },                { "linger.ms", "0" },
        { "socket.nagle.disable", "true" },
    };
    rd_kafka_t *publisher = bench_kafka_open(RD_KAFKA_PRODUCER, properties,
                                             sizeof(properties) / sizeof(properties[0]), NULL);

    check(rd_kafka_init_transactions(publisher, TIMEOUT_MS), "begin");
    return publisher;
}

static void publish(rd_kafka_t *publisher, const char *topic, const rd_kafka_message_t *message)
{
    const rd_kafka_vu_t record[] = {
        { .vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = topic },
        { .vtype = RD_KAFKA_VTYPE_KEY, .u.mem = { message->key, message->key_len } },
        { .vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = { message->payload, message->len } },
        { .vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY },
    };

    check(rd_kafka_begin_transaction(publisher), "begin a transaction");
    check(rd_kafka_produceva(publisher, record, sizeof(record) / sizeof(record[0])), "publish");
    check(rd_kafka_commit_transaction(publisher, TIMEOUT_MS), "commit a transaction");
}

int main(int argc, char **argv)
{
    rd_kafka_t *consumer, *publisher = NULL;
    PGconn *conn;

    if (argc != 4 && argc != 5) {
        (void)fputs("usage: bench_bare BROKERS TOPIC CONNECTION [TOPIC TO PUBLISH TO]\n", stderr);
        return 2;
    }
    (void)signal(SIGTERM, stop);
    conn = open_table(argv[3]);
    consumer = open_consumer(argv[1], argv[2]);
    if (argc == 5)
        publisher = open_publisher(argv[1]);
    while (!stopped) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(consumer, POLL_MS);

        if (message == NULL)
            continue;
        if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
            insert(conn, message);
        if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR && publisher != NULL)
            publish(publisher, argv[4], message);
        rd_kafka_message_destroy(message);
    }
    (void)rd_kafka_consumer_close(consumer);
    rd_kafka_destroy(consumer);
    if (publisher != NULL)
        rd_kafka_destroy(publisher);
    PQfinish(conn);
    return 0;
}
