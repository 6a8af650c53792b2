/* Topics made and described on a real broker. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "contract/kafka_rig.h"
#include "kafka/topics.h"

static struct kafka_rig rig;
static struct sm_kafka_topics *topics;

#define TIMEOUT_MS 20000

static struct sm_kafka_topic describe(const char *name)
{
    struct sm_kafka_topic topic;
    struct sm_err err;

    if (sm_kafka_topics_describe(topics, name, TIMEOUT_MS, &topic, &err) != SM_OK)
        fail_msg("%s", err.text);
    return topic;
}

static void a_topic_is_made_once_and_keeps_everything(void **state)
{
    const struct sm_kafka_topic_plan plan = { "secretmagic.made.events", 5, 1 };
    const struct sm_kafka_topic_plan other = { "secretmagic.made.events", 9, -1 };
    struct sm_kafka_topic topic;
    bool created = false;
    struct sm_err err;

    (void)state;
    assert_false(describe(plan.name).exists);
    assert_int_equal(sm_kafka_topics_create(topics, &plan, TIMEOUT_MS, &created, &err), SM_OK);
    assert_true(created);
    topic = describe(plan.name);
    assert_true(topic.exists);
    assert_int_equal(topic.partitions, 5);
    assert_int_equal(topic.replication, 1);
    assert_int_equal(topic.retention_ms, SM_RETENTION_UNLIMITED);
    assert_int_equal(topic.retention_bytes, SM_RETENTION_UNLIMITED);
    assert_false(topic.compacts);
    assert_false(sm_kafka_topic_loses_history(&topic));
    assert_int_equal(sm_kafka_topics_create(topics, &other, TIMEOUT_MS, &created, &err), SM_OK);
    assert_false(created);
    assert_int_equal(describe(plan.name).partitions, 5);
}

static void limits_of_retention_are_seen(void **state)
{
    struct sm_kafka_topic topic;

    (void)state;
    kafka_rig_create_topic(&rig, "default", 1, NULL, NULL);
    topic = describe("default");
    assert_int_equal(topic.retention_ms, 604800000); /* Kafka's default, a week */
    assert_true(sm_kafka_topic_loses_history(&topic));
    kafka_rig_create_topic(&rig, "compacted", 1, "cleanup.policy", "compact");
    topic = describe("compacted");
    assert_true(topic.compacts);
    assert_false(topic.deletes);
    assert_true(sm_kafka_topic_loses_history(&topic));
    kafka_rig_create_topic(&rig, "bytes", 1, "retention.bytes", "1000000");
    topic = describe("bytes");
    assert_int_equal(topic.retention_bytes, 1000000);
}

static void what_cannot_be_made_is_told_with_the_brokers_reason(void **state)
{
    const struct sm_kafka_topic_plan replicas = { "replicas", 1, 3 };
    const struct sm_kafka_topic_plan name = { "not a topic!", 1, 1 };
    bool created;
    struct sm_err err;

    (void)state;
    assert_int_equal(sm_kafka_topics_create(topics, &replicas, TIMEOUT_MS, &created, &err),
                     SM_FATAL);
    assert_non_null(strstr(err.text, "cannot create the topic replicas"));
    assert_non_null(strstr(err.text, "replication factor"));
    assert_int_equal(sm_kafka_topics_create(topics, &name, TIMEOUT_MS, &created, &err), SM_FATAL);
    assert_non_null(strstr(err.text, "not a topic!"));
    assert_false(describe("replicas").exists);
}

static void a_broker_that_is_away_is_told_with_the_reason(void **state)
{
    const struct sm_kafka_client client = { "127.0.0.1:1", NULL, 0 };
    const struct sm_kafka_topic_plan plan = { "never", 1, 1 };
    struct sm_kafka_topics *away;
    struct sm_kafka_topic topic;
    bool created;
    struct sm_err err;
    int64_t begin = monotonic_us();

    (void)state;
    assert_int_equal(sm_kafka_topics_open(&client, &away, &err), SM_OK);
    assert_int_equal(sm_kafka_topics_describe(away, "x", 500, &topic, &err), SM_RETRY);
    assert_non_null(strstr(err.text, "Connection refused"));
    assert_int_equal(sm_kafka_topics_create(away, &plan, 500, &created, &err), SM_RETRY);
    assert_true(monotonic_us() - begin < 10000000);
    sm_kafka_topics_close(away);
}

static int open_rig(void **state)
{
    struct sm_kafka_client client;
    struct sm_err err;

    (void)state;
    kafka_rig_open(&rig);
    client = (struct sm_kafka_client){ rig.brokers, NULL, 0 };
    return sm_kafka_topics_open(&client, &topics, &err) == SM_OK ? 0 : -1;
}

static int close_rig(void **state)
{
    (void)state;
    sm_kafka_topics_close(topics);
    kafka_rig_close(&rig);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_topic_is_made_once_and_keeps_everything),
        cmocka_unit_test(limits_of_retention_are_seen),
        cmocka_unit_test(what_cannot_be_made_is_told_with_the_brokers_reason),
        cmocka_unit_test(a_broker_that_is_away_is_told_with_the_reason),
    };

    return cmocka_run_group_tests_name("topics on Kafka", tests, open_rig, close_rig);
}
