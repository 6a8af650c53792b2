/* Properties that the operator passes through: what is taken, what is refused, and why. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/slice.h"
#include "kafka/kafka_priv.h"
#include "kafka/producer.h"
#include "kafka/source.h"
#include "kafka/topics.h"

static rd_kafka_conf_t *make(const char *name, const char *value, struct sm_err *err)
{
    static const struct sm__kafka_setting settings[] = { { "fetch.wait.max.ms", "100" },
                                                         { "group.instance.id", NULL },
                                                         { "isolation.level",
                                                           "read_uncommitted" } };
    struct sm_kafka_property property = { name, value };
    struct sm_kafka_client client = { "127.0.0.1:1", &property, name != NULL };

    return sm__kafka_conf_new(&client, settings, SM_ARRAY_COUNT(settings), err);
}

static void assert_value(const rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char found[256] = "";
    size_t size = sizeof(found);

    assert_int_equal(rd_kafka_conf_get(conf, name, found, &size), RD_KAFKA_CONF_OK);
    assert_string_equal(found, value);
}

static void our_settings_are_made(void **state)
{
    struct sm_err err;
    rd_kafka_conf_t *conf = make(NULL, NULL, &err);

    (void)state;
    assert_non_null(conf);
    assert_value(conf, "bootstrap.servers", "127.0.0.1:1");
    assert_value(conf, "fetch.wait.max.ms", "100");
    assert_value(conf, "isolation.level", "read_uncommitted");
    assert_value(conf, "socket.nagle.disable", "true");
    rd_kafka_conf_destroy(conf);
}

static void a_property_wins_over_ours(void **state)
{
    struct sm_err err;
    rd_kafka_conf_t *conf = make("fetch.wait.max.ms", "77", &err);

    (void)state;
    assert_non_null(conf);
    assert_value(conf, "fetch.wait.max.ms", "77");
    rd_kafka_conf_destroy(conf);
}

/* They must not undo what a certain handle needs, as the one for watermarks does. */
static void what_holds_already_is_taken_and_changes_nothing(void **state)
{
    static const struct sm_kafka_property same[] = { { "isolation.level", "read_committed" },
                                                     { "enable.auto.commit", "false" },
                                                     { "enable.auto.commit", "0" },
                                                     { "enable.partition.eof", "TRUE" },
                                                     { "acks", "-1" },
                                                     { "request.required.acks", "all" },
                                                     { "auto.offset.reset", "error" },
                                                     { "partitioner", "murmur2_random" } };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(same); i++) {
        struct sm_err err;
        rd_kafka_conf_t *conf = make(same[i].name, same[i].value, &err);

        assert_non_null(conf);
        assert_value(conf, "isolation.level", "read_uncommitted");
        rd_kafka_conf_destroy(conf);
    }
}

struct refused {
    const char *name;
    const char *value;
    const char *reason; /* part of the sentence */
};
static const struct refused refused[] = {
    { "no.such.thing", "1", "No such configuration property" },
    { "fetch.wait.max.ms", "many", "Invalid value" },
    { "fetch.wait.max.ms", "-5", "outside allowed range" },
    { "bootstrap.servers", "b:1", "option of their own" },
    { "metadata.broker.list", "b:1", "option of their own" },
    { "group.id", "g", "option of its own" },
    { "group.instance.id", "i", "option of its own" },
    { "enable.auto.commit", "true", "PostgreSQL does not have yet" },
    { "auto.commit.enable", "1", "PostgreSQL does not have yet" },
    { "enable.auto.offset.store", "true", "PostgreSQL does not have yet" },
    { "auto.offset.reset", "earliest", "skipped in silence" },
    { "auto.offset.reset", "latest", "skipped in silence" },
    { "isolation.level", "read_uncommitted", "aborted" },
    { "enable.partition.eof", "false", "control records" },
    { "partition.assignment.strategy", "cooperative-sticky", "skips records in silence" },
    { "partition.assignment.strategy", "range, Cooperative-Sticky", "skips records in silence" },
    { "group.protocol", "consumer", "one by one" },
    { "allow.auto.create.topics", "true", "loses history" },
    { "enable.idempotence", "false", "repeated" },
    { "acks", "1", "could be lost" },
    { "acks", "0", "could be lost" },
    { "partitioner", "consistent_random", "another partition" },
    { "delivery.report.only.error", "true", "not be acknowledged" },
    { "transactional.id", "t", "not the operator's" },
    { "log.queue", "false", "mix with ours" },
};

static void what_breaks_a_promise_is_refused_with_the_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(refused); i++) {
        struct sm_err err = { 0 };
        char start[128];

        if (make(refused[i].name, refused[i].value, &err) != NULL)
            fail_msg("%s=%s was taken", refused[i].name, refused[i].value);
        assert_int_equal(err.status, SM_FATAL);
        (void)snprintf(start, sizeof(start),
                       "the Kafka property %s=%s is refused: ", refused[i].name, refused[i].value);
        if (strncmp(err.text, start, strlen(start)) != 0 ||
            strstr(err.text, refused[i].reason) == NULL)
            fail_msg("%s", err.text);
    }
}

static void range_and_roundrobin_are_taken(void **state)
{
    struct sm_err err;
    rd_kafka_conf_t *conf = make("partition.assignment.strategy", "roundrobin,range", &err);

    (void)state;
    assert_non_null(conf);
    rd_kafka_conf_destroy(conf);
}

static void a_secret_does_not_get_into_the_text(void **state)
{
    struct sm_err err = { 0 };
    char longer[1000];

    (void)state;
    assert_null(make("sasl.password.typo", "hunter2", &err));
    assert_null(strstr(err.text, "hunter2"));
    assert_non_null(strstr(err.text, "sasl.password.typo=(hidden)"));
    assert_null(make("ssl.key.password.typo", "hunter2", &err));
    assert_null(strstr(err.text, "hunter2"));
    memset(longer, 'x', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    assert_null(make("fetch.wait.max.ms", longer, &err));
    assert_non_null(strstr(err.text, "fetch.wait.max.ms=(long)"));
}

/* Needs no broker: handles connect on their own, later. */
static void every_handle_refuses(void **state)
{
    static const struct sm_kafka_property bad[] = { { "socket.nagle.disable", "true" },
                                                    { "acks", "1" } };
    static const char *const topic = "t";
    const struct sm_kafka_client client = { "127.0.0.1:1", bad, SM_ARRAY_COUNT(bad) };
    const struct sm_kafka_source_options source_options = { .client = client,
                                                            .group = "g",
                                                            .topics = { "a", "b" } };
    const struct sm_kafka_producer_options producer_options = { .client = client,
                                                                .topics = &topic,
                                                                .topic_count = 1 };
    struct sm_source *source = NULL;
    struct sm_publisher *publisher = NULL;
    struct sm_kafka_topics *topics = NULL;
    struct sm_err err;

    (void)state;
    assert_int_equal(sm_kafka_source_open(&source_options, &source, &err), SM_FATAL);
    assert_non_null(strstr(err.text, "acks=1 is refused"));
    assert_int_equal(sm_kafka_producer_open(&producer_options, &publisher, &err), SM_FATAL);
    assert_int_equal(sm_kafka_topics_open(&client, &topics, &err), SM_FATAL);
    assert_null(source);
    assert_null(publisher);
    assert_null(topics);
}

/* What is wrong only in combination is found when the handle is made, not when it is needed. */
static void contradictions_are_refused_at_once(void **state)
{
    static const struct sm_kafka_property bad[] = { { "max.poll.interval.ms", "1000" } };
    const struct sm_kafka_source_options options = { .client = { "127.0.0.1:1", bad, 1 },
                                                     .group = "g",
                                                     .topics = { "a", "b" } };
    struct sm_source *source = NULL;
    struct sm_err err;

    (void)state;
    assert_int_equal(sm_kafka_source_open(&options, &source, &err), SM_FATAL);
    assert_non_null(strstr(err.text, "max.poll.interval.ms"));
}

static void a_source_opens_and_closes_without_a_broker(void **state)
{
    const struct sm_kafka_source_options options = { .client = { "127.0.0.1:1", NULL, 0 },
                                                     .group = "g",
                                                     .topics = { "a", "b" },
                                                     .instance_id = "i",
                                                     .session_timeout_ms = 6000 };
    struct sm_source *source;
    struct sm_err err;

    (void)state;
    assert_int_equal(sm_kafka_source_open(&options, &source, &err), SM_OK);
    assert_true(source->ops->wait_fd(source) >= 0);
    source->ops->close(source);
}

static void history_is_lost_by_any_limit_in_force(void **state)
{
    struct sm_kafka_topic topic = { true, 1,    1, SM_RETENTION_UNLIMITED, SM_RETENTION_UNLIMITED,
                                    true, false };

    (void)state;
    assert_false(sm_kafka_topic_loses_history(&topic));
    topic.retention_ms = 604800000;
    assert_true(sm_kafka_topic_loses_history(&topic));
    topic.deletes = false;
    assert_false(sm_kafka_topic_loses_history(&topic));
    topic.compacts = true;
    assert_true(sm_kafka_topic_loses_history(&topic));
    topic = (struct sm_kafka_topic){ true, 1, 1, SM_RETENTION_UNLIMITED, 0, true, false };
    assert_true(sm_kafka_topic_loses_history(&topic));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_settings_are_made),
        cmocka_unit_test(a_property_wins_over_ours),
        cmocka_unit_test(what_holds_already_is_taken_and_changes_nothing),
        cmocka_unit_test(what_breaks_a_promise_is_refused_with_the_reason),
        cmocka_unit_test(range_and_roundrobin_are_taken),
        cmocka_unit_test(a_secret_does_not_get_into_the_text),
        cmocka_unit_test(every_handle_refuses),
        cmocka_unit_test(contradictions_are_refused_at_once),
        cmocka_unit_test(a_source_opens_and_closes_without_a_broker),
        cmocka_unit_test(history_is_lost_by_any_limit_in_force),
    };

    return cmocka_run_group_tests_name("kafka conf", tests, NULL, NULL);
}
