/* A source under errors that no healthy broker gives: librdkafka's mock cluster gives them.
 * A group's first rebalance takes it three seconds, which is most of the time that this needs. */
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>
#include <librdkafka/rdkafka.h>

#include <librdkafka/rdkafka_mock.h>

#include "contract/source_suite.h"
#include "kafka/source.h"

/* Kafka's numbers of requests. */
enum { API_FETCH = 1, API_OFFSET_COMMIT = 8, API_JOIN_GROUP = 11, API_HEARTBEAT = 12 };

static const struct sm_partition_id config_0 = { SM_TOPIC_CONFIG, 0 };

struct mock {
    struct source_rig rig;
    rd_kafka_t *handle; /* a producer that carries the cluster */
    rd_kafka_mock_cluster_t *cluster;
    unsigned resets;
    char topics[SM_TOPIC_COUNT][32];
    char group[32];
};

static void reset(void *context, int32_t partitions)
{
    struct mock *mock = context;

    rd_kafka_mock_clear_request_errors(mock->cluster, API_FETCH); /* what no request took */
    mock->resets++;
    (void)snprintf(mock->topics[SM_TOPIC_CONFIG], sizeof(mock->topics[0]), "config%u",
                   mock->resets);
    (void)snprintf(mock->topics[SM_TOPIC_PROCESSING], sizeof(mock->topics[0]), "processing%u",
                   mock->resets);
    (void)snprintf(mock->group, sizeof(mock->group), "group%u", mock->resets);
    for (int topic = 0; topic < SM_TOPIC_COUNT; topic++)
        assert_int_equal(
            rd_kafka_mock_topic_create(mock->cluster, mock->topics[topic], partitions, 1), 0);
}

static struct sm_source *join(void *context)
{
    static const struct sm_kafka_property properties[] = { { "fetch.wait.max.ms", "10" } };
    struct mock *mock = context;
    const struct sm_kafka_source_options options = {
        .client = { rd_kafka_mock_cluster_bootstraps(mock->cluster), properties, 1 },
        .group = mock->group,
        .topics = { mock->topics[SM_TOPIC_CONFIG], mock->topics[SM_TOPIC_PROCESSING] },
        .session_timeout_ms = 4000, /* longer than the mock takes to rebalance */
    };
    struct sm_source *source;
    struct sm_err err;

    if (sm_kafka_source_open(&options, &source, &err) != SM_OK)
        fail_msg("%s", err.text);
    return source;
}

static void produce(void *context, struct sm_partition_id id, const struct sm_record *records,
                    size_t count)
{
    struct mock *mock = context;
    rd_kafka_topic_t *topic = rd_kafka_topic_new(mock->handle, mock->topics[id.topic], NULL);

    for (size_t i = 0; i < count; i++)
        assert_int_equal(rd_kafka_produce(topic, id.partition, RD_KAFKA_MSG_F_COPY,
                                          (void *)(uintptr_t)records[i].value.data,
                                          records[i].value.size, records[i].key.data,
                                          records[i].key.size, NULL),
                         0);
    assert_int_equal(rd_kafka_flush(mock->handle, 20000), 0);
    rd_kafka_topic_destroy(topic);
}

static void wait_readable(void *context, struct sm_source *source)
{
    struct pollfd fd = { source->ops->wait_fd(source), POLLIN, 0 };

    (void)context;
    (void)poll(&fd, 1, 20);
}

static void push_errors(struct mock *mock, int16_t api, rd_kafka_resp_err_t code, size_t count)
{
    while (count-- > 0)
        rd_kafka_mock_push_request_errors(mock->cluster, api, 1, code);
}

static int open_mock(void **state)
{
    static struct mock mock;
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char reason[256];

    rd_kafka_conf_set_log_cb(conf, NULL);
    mock = (struct mock){ .rig = { .context = &mock,
                                   .reset = reset,
                                   .join = join,
                                   .produce = produce,
                                   .wait = wait_readable,
                                   .rounds_max = 1500,
                                   .rounds_quiet = 25 } };
    mock.handle = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason, sizeof(reason));
    assert_non_null(mock.handle);
    mock.cluster = rd_kafka_mock_cluster_new(mock.handle, 1);
    assert_non_null(mock.cluster);
    assert_int_equal(
        rd_kafka_brokers_add(mock.handle, rd_kafka_mock_cluster_bootstraps(mock.cluster)), 1);
    *state = &mock;
    return 0;
}

static int close_mock(void **state)
{
    struct mock *mock = *state;

    rd_kafka_mock_cluster_destroy(mock->cluster);
    rd_kafka_destroy(mock->handle);
    return 0;
}

static void assert_all_in_order(const struct collector *collector, size_t count)
{
    assert_int_equal(collector->count, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(collector->records[i].offset, i);
}

static void errors_that_pass_lose_nothing(void **state)
{
    static const rd_kafka_resp_err_t codes[] = {
        RD_KAFKA_RESP_ERR__TRANSPORT,
        RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
        RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR,
        RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE,
        RD_KAFKA_RESP_ERR_UNKNOWN,
    };
    struct mock *mock = *state;
    struct collector collector;
    struct sm_source *source;
    size_t count = 0;

    reset(mock, 1);
    collector_init(&collector);
    source = join_and_assign(&mock->rig, &collector, 0, 1);
    for (size_t i = 0; i < SM_ARRAY_COUNT(codes); i++) {
        push_errors(mock, API_FETCH, codes[i], 3);
        produce_numbered(&mock->rig, config_0, 50);
        count += 50;
        poll_records(&mock->rig, source, &collector, count);
    }
    assert_all_in_order(&collector, count);
    assert_int_equal(collector_count(&collector, SM_SOURCE_FAILED), 0);
    assert_int_equal(collector_count(&collector, SM_SOURCE_OUT_OF_RANGE), 0);
    source->ops->close(source);
    collector_deinit(&collector);
}

static void an_error_that_stays_ends_the_source(void **state)
{
    struct mock *mock = *state;
    struct collector collector;
    struct sm_source *source;
    struct sm_err err;
    int round = 0;

    reset(mock, 1);
    collector_init(&collector);
    source = join_and_assign(&mock->rig, &collector, 0, 1);
    /* One alone may meet a request from before the assignment, whose answer is not looked at. */
    push_errors(mock, API_FETCH, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, 3);
    while (source->ops->poll(source, &collector.sink, 100, &err) == SM_OK) {
        assert_true(round++ < mock->rig.rounds_max);
        wait_readable(mock, source);
    }
    assert_int_equal(err.status, SM_FATAL);
    assert_non_null(strstr(err.text, "authorization"));
    assert_string_equal(collector_last(&collector, SM_SOURCE_FAILED)->text, err.text);
    source->ops->close(source);
    collector_deinit(&collector);
}

/* After a damaged batch librdkafka goes on behind it: that would be a skip. */
static void a_damaged_batch_ends_the_source(void **state)
{
    struct mock *mock = *state;
    struct collector collector;
    struct sm_source *source;
    struct sm_err err;
    int round = 0;

    reset(mock, 1);
    collector_init(&collector);
    source = join_and_assign(&mock->rig, &collector, 0, 1);
    push_errors(mock, API_FETCH, RD_KAFKA_RESP_ERR_INVALID_MSG, 3);
    while (source->ops->poll(source, &collector.sink, 100, &err) == SM_OK) {
        assert_true(round++ < mock->rig.rounds_max);
        wait_readable(mock, source);
    }
    assert_int_equal(err.status, SM_FATAL);
    assert_non_null(strstr(err.text, "Invalid message"));
    source->ops->close(source);
    collector_deinit(&collector);
}

static void a_refused_membership_ends_the_source(void **state)
{
    struct mock *mock = *state;
    struct collector collector;
    struct sm_source *source;
    struct sm_err err;
    int round = 0;

    reset(mock, 1);
    collector_init(&collector);
    push_errors(mock, API_JOIN_GROUP, RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT, 1);
    source = join(mock);
    while (source->ops->poll(source, &collector.sink, 100, &err) == SM_OK) {
        assert_true(round++ < mock->rig.rounds_max);
        wait_readable(mock, source);
    }
    assert_non_null(strstr(err.text, "session timeout"));
    source->ops->close(source);
    collector_deinit(&collector);
}

static void a_member_that_the_group_forgot_comes_again(void **state)
{
    struct mock *mock = *state;
    struct collector collector;
    struct sm_source *source;

    reset(mock, 1);
    produce_numbered(&mock->rig, config_0, 20);
    collector_init(&collector);
    source = join_and_assign(&mock->rig, &collector, 0, 1);
    poll_records(&mock->rig, source, &collector, 20);
    push_errors(mock, API_HEARTBEAT, RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID, 1);
    poll_events(&mock->rig, source, &collector, SM_SOURCE_REVOKED, 1);
    assert_true(collector_last(&collector, SM_SOURCE_REVOKED)->lost);
    source->ops->release(source);
    poll_events(&mock->rig, source, &collector, SM_SOURCE_ASSIGNED, 2);
    assert_int_equal(collector_count(&collector, SM_SOURCE_FAILED), 0);
    source->ops->close(source);
    collector_deinit(&collector);
}

static void a_commit_that_fails_does_not_matter(void **state)
{
    static const rd_kafka_resp_err_t codes[] = { RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
                                                 RD_KAFKA_RESP_ERR_OFFSET_METADATA_TOO_LARGE,
                                                 RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS,
                                                 RD_KAFKA_RESP_ERR_UNKNOWN };
    struct mock *mock = *state;
    struct collector collector;
    struct sm_source *source;
    struct sm_fetch_from list[] = { { config_0, 10 } };
    size_t count = 0;

    reset(mock, 1);
    collector_init(&collector);
    source = join_and_assign(&mock->rig, &collector, 0, 1);
    for (size_t i = 0; i < SM_ARRAY_COUNT(codes); i++) {
        push_errors(mock, API_OFFSET_COMMIT, codes[i], 1);
        source->ops->commit(source, list, 1);
        produce_numbered(&mock->rig, config_0, 10);
        count += 10;
        poll_records(&mock->rig, source, &collector, count);
    }
    poll_quiet(&mock->rig, source, &collector);
    assert_all_in_order(&collector, count);
    assert_int_equal(collector_count(&collector, SM_SOURCE_FAILED), 0);
    assert_int_equal(collector_count(&collector, SM_SOURCE_REVOKED), 0);
    source->ops->close(source);
    collector_deinit(&collector);
}

static void a_broker_away_is_told_once_and_back_once(void **state)
{
    struct mock *mock = *state;
    struct collector collector;
    struct sm_source *source;

    reset(mock, 1);
    collector_init(&collector);
    source = join_and_assign(&mock->rig, &collector, 0, 1);
    for (size_t times = 1; times <= 3; times++) {
        rd_kafka_mock_broker_set_down(mock->cluster, 1);
        poll_events(&mock->rig, source, &collector, SM_SOURCE_AWAY, times);
        poll_quiet(&mock->rig, source, &collector);
        assert_int_equal(collector_count(&collector, SM_SOURCE_AWAY), times);
        assert_int_equal(collector_count(&collector, SM_SOURCE_BACK), times - 1);
        rd_kafka_mock_broker_set_up(mock->cluster, 1);
        poll_events(&mock->rig, source, &collector, SM_SOURCE_BACK, times);
    }
    assert_int_equal(collector_count(&collector, SM_SOURCE_FAILED), 0);
    source->ops->close(source);
    collector_deinit(&collector);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_that_pass_lose_nothing),
        cmocka_unit_test(an_error_that_stays_ends_the_source),
        cmocka_unit_test(a_damaged_batch_ends_the_source),
        cmocka_unit_test(a_refused_membership_ends_the_source),
        cmocka_unit_test(a_member_that_the_group_forgot_comes_again),
        cmocka_unit_test(a_commit_that_fails_does_not_matter),
        cmocka_unit_test(a_broker_away_is_told_once_and_back_once),
    };

    return cmocka_run_group_tests_name("source on the mock cluster", tests, open_mock, close_mock);
}
