/* The publisher port on a real broker, its records read back through the source. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "contract/kafka_rig.h"
#include "kafka/producer.h"

static struct kafka_rig rig;

struct taken {
    struct sm_publisher_sink sink;
    struct sm_acknowledgement *list; /* by token */
    unsigned char *times; /* how often each token was acknowledged */
    size_t size;
    size_t count;
    char text[SM_ERR_TEXT_SIZE]; /* of the last that was not SM_OK */
};

static void take(void *context, const struct sm_acknowledgement *acknowledgement)
{
    struct taken *taken = context;

    assert_true(acknowledgement->token < taken->size);
    assert_non_null(acknowledgement->text);
    taken->list[acknowledgement->token] = *acknowledgement;
    taken->times[acknowledgement->token]++;
    taken->count++;
    if (acknowledgement->status != SM_OK)
        (void)snprintf(taken->text, sizeof(taken->text), "%s", acknowledgement->text);
}

static void taken_init(struct taken *taken, size_t size)
{
    *taken = (struct taken){ .sink = { taken, take }, .size = size };
    taken->list = calloc(size, sizeof(*taken->list));
    taken->times = calloc(size, 1);
    assert_non_null(taken->list);
    assert_non_null(taken->times);
}

static void taken_deinit(struct taken *taken)
{
    free(taken->list);
    free(taken->times);
}

static struct sm_publisher *open_publisher(size_t pending_max, int timeout_ms)
{
    const char *const topics[] = { rig.topics[SM_TOPIC_CONFIG], rig.topics[SM_TOPIC_PROCESSING] };
    const struct sm_kafka_producer_options options = { .client = { rig.brokers, NULL, 0 },
                                                       .topics = topics,
                                                       .topic_count = SM_TOPIC_COUNT,
                                                       .pending_max = pending_max,
                                                       .timeout_ms = timeout_ms };
    struct sm_publisher *publisher;
    struct sm_err err;

    if (sm_kafka_producer_open(&options, &publisher, &err) != SM_OK)
        fail_msg("%s", err.text);
    return publisher;
}

static void poll_once(struct sm_publisher *publisher, struct taken *taken)
{
    struct sm_err err;
    struct pollfd fd = { publisher->ops->wait_fd(publisher), POLLIN, 0 };

    if (publisher->ops->poll(publisher, &taken->sink, &err) != SM_OK)
        fail_msg("%s", err.text);
    (void)poll(&fd, 1, 20);
}

static void poll_until(struct sm_publisher *publisher, struct taken *taken, size_t count)
{
    for (int round = 0; taken->count < count; round++) {
        if (round == rig.rig.rounds_max)
            fail_msg("%zu of %zu records were acknowledged", taken->count, count);
        poll_once(publisher, taken);
    }
}

static void publish(struct sm_publisher *publisher, struct taken *taken,
                    const struct sm_publication *publication)
{
    struct sm_err err;
    enum sm_status status;

    while ((status = publisher->ops->publish(publisher, publication, &err)) == SM_AGAIN)
        poll_once(publisher, taken);
    if (status != SM_OK)
        fail_msg("%s", err.text);
}

static void records_are_acknowledged_where_they_are(void **state)
{
    struct sm_header headers[] = { { SM_SLICE("ce_type"), SM_SLICE("x") },
                                   { SM_SLICE("empty"), SM_SLICE("") },
                                   { SM_SLICE("null"), { NULL, 0 } } };
    struct sm_record records[] = {
        { .timestamp_us = 1600000000123000,
          .key = SM_SLICE("k"),
          .value = SM_SLICE("v"),
          .headers = headers,
          .header_count = SM_ARRAY_COUNT(headers) },
        { .timestamp_us = 1600000000124000, .key = SM_SLICE("k") },
        { .timestamp_us = 1600000000125000, .value = SM_SLICE("v") },
        { .timestamp_us = 1600000000126000, .key = SM_SLICE(""), .value = SM_SLICE("") },
    };
    struct sm_publisher *publisher;
    struct sm_source *source;
    struct collector collector;
    struct taken taken;

    (void)state;
    rig.rig.reset(&rig, 1);
    taken_init(&taken, SM_ARRAY_COUNT(records));
    publisher = open_publisher(0, 0);
    for (size_t i = 0; i < SM_ARRAY_COUNT(records); i++)
        publish(publisher, &taken,
                &(struct sm_publication){ .topic = SM_TOPIC_PROCESSING,
                                          .partition = SM_PARTITION_BY_KEY,
                                          .timestamp_us = records[i].timestamp_us,
                                          .key = records[i].key,
                                          .value = records[i].value,
                                          .headers = records[i].headers,
                                          .header_count = records[i].header_count,
                                          .token = i });
    assert_int_equal(publisher->ops->pending(publisher), SM_ARRAY_COUNT(records));
    poll_until(publisher, &taken, SM_ARRAY_COUNT(records));
    assert_int_equal(publisher->ops->pending(publisher), 0);
    assert_string_equal(publisher->ops->trouble(publisher), "");
    publisher->ops->close(publisher);
    collector_init(&collector);
    source = join_and_assign(&rig.rig, &collector, 0, 1);
    poll_records(&rig.rig, source, &collector, SM_ARRAY_COUNT(records));
    for (size_t i = 0; i < SM_ARRAY_COUNT(records); i++) {
        assert_int_equal(taken.list[i].status, SM_OK);
        assert_int_equal(taken.list[i].offset, i);
        assert_int_equal(collector.records[i].id.topic, SM_TOPIC_PROCESSING);
        assert_int_equal(collector.records[i].offset, i);
        assert_int_equal(collector.records[i].timestamp_us, records[i].timestamp_us);
        assert_int_equal(collector.records[i].content, record_content(&records[i]));
    }
    source->ops->close(source);
    collector_deinit(&collector);
    taken_deinit(&taken);
}

/* Java's DefaultPartitioner: toPositive(murmur2(key)) % partitions. The hashes are those of Kafka's
 * own UtilsTest. */
static void keys_go_where_java_puts_them(void **state)
{
    static const struct {
        const char *key;
        int32_t hash;
    } known[] = { { "21", -973932308 },
                  { "foobar", -790332482 },
                  { "a-little-bit-long-string", -985981536 },
                  { "a-little-bit-longer-string", -1486304829 },
                  { "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971 } };
    enum { PARTITIONS = 7 };
    struct sm_publisher *publisher;
    struct taken taken;

    (void)state;
    rig.rig.reset(&rig, PARTITIONS);
    taken_init(&taken, SM_ARRAY_COUNT(known));
    publisher = open_publisher(0, 0);
    for (size_t i = 0; i < SM_ARRAY_COUNT(known); i++)
        publish(publisher, &taken,
                &(struct sm_publication){ .partition = SM_PARTITION_BY_KEY,
                                          .timestamp_us = SM_TIME_NONE,
                                          .key = sm_slice_of(known[i].key),
                                          .value = SM_SLICE("v"),
                                          .token = i });
    poll_until(publisher, &taken, SM_ARRAY_COUNT(known));
    for (size_t i = 0; i < SM_ARRAY_COUNT(known); i++)
        assert_int_equal(taken.list[i].partition, (known[i].hash & 0x7fffffff) % PARTITIONS);
    publisher->ops->close(publisher);
    taken_deinit(&taken);
}

static void a_full_queue_asks_to_come_again(void **state)
{
    enum { COUNT = 20000, PENDING_MAX = 100 };
    struct sm_publisher *publisher;
    struct taken taken;
    struct sm_err err;
    size_t again = 0;

    (void)state;
    rig.rig.reset(&rig, 1);
    taken_init(&taken, COUNT);
    publisher = open_publisher(PENDING_MAX, 0);
    for (size_t i = 0; i < COUNT;) {
        struct sm_publication publication = { .timestamp_us = SM_TIME_NONE,
                                              .value = { (const uint8_t *)&i, sizeof(i) },
                                              .token = i };
        enum sm_status status = publisher->ops->publish(publisher, &publication, &err);

        assert_true(publisher->ops->pending(publisher) <= PENDING_MAX);
        assert_true(status == SM_OK || status == SM_AGAIN);
        if (status == SM_OK) {
            i++;
            continue;
        }
        again++;
        poll_once(publisher, &taken);
    }
    poll_until(publisher, &taken, COUNT);
    assert_true(again > 0);
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(taken.times[i], 1);
        assert_int_equal(taken.list[i].status, SM_OK);
        assert_int_equal(taken.list[i].offset, i); /* in order */
    }
    publisher->ops->close(publisher);
    taken_deinit(&taken);
}

static void a_record_too_large_is_refused(void **state)
{
    static uint8_t large[1100000];
    const struct sm_publication publication = { .timestamp_us = SM_TIME_NONE,
                                                .value = { large, sizeof(large) } };
    struct sm_publisher *publisher;
    struct sm_err err;

    (void)state;
    rig.rig.reset(&rig, 1);
    publisher = open_publisher(0, 0);
    assert_int_equal(publisher->ops->publish(publisher, &publication, &err), SM_REJECT);
    assert_non_null(strstr(err.text, rig.topics[SM_TOPIC_CONFIG]));
    assert_int_equal(publisher->ops->pending(publisher), 0);
    publisher->ops->close(publisher);
}

/* The broker's own limit is found only there; nobody else is harmed. */
static void a_record_that_the_broker_refuses_is_told(void **state)
{
    static uint8_t large[20000];
    struct sm_publisher *publisher;
    struct taken taken;

    (void)state;
    rig.rig.reset(&rig, 1);
    (void)snprintf(rig.topics[SM_TOPIC_CONFIG], sizeof(rig.topics[0]), "test.small.%u", rig.resets);
    kafka_rig_create_topic(&rig, rig.topics[SM_TOPIC_CONFIG], 1, "max.message.bytes", "10000");
    taken_init(&taken, 2);
    publisher = open_publisher(0, 0);
    publish(publisher, &taken,
            &(struct sm_publication){
                .timestamp_us = SM_TIME_NONE, .value = { large, sizeof(large) }, .token = 0 });
    poll_until(publisher, &taken, 1);
    publish(publisher, &taken,
            &(struct sm_publication){
                .timestamp_us = SM_TIME_NONE, .value = SM_SLICE("small"), .token = 1 });
    poll_until(publisher, &taken, 2);
    assert_int_equal(taken.list[0].status, SM_REJECT);
    assert_non_null(strstr(taken.text, "too large"));
    assert_int_equal(taken.list[1].status, SM_OK);
    assert_int_equal(taken.list[1].offset, 0);
    publisher->ops->close(publisher);
    taken_deinit(&taken);
}

static void the_first_record_does_not_wait_for_a_timer(void **state)
{
    int64_t begin;
    struct sm_publisher *publisher;
    struct taken taken;

    (void)state;
    rig.rig.reset(&rig, 1);
    taken_init(&taken, 1);
    begin = monotonic_us();
    publisher = open_publisher(0, 0);
    publish(publisher, &taken,
            &(struct sm_publication){ .timestamp_us = SM_TIME_NONE, .value = SM_SLICE("v") });
    poll_until(publisher, &taken, 1);
    print_message("opened and acknowledged after %lld ms\n",
                  (long long)(monotonic_us() - begin) / 1000);
    /* Without topic handles made in advance it is 1000 ms and more. */
    assert_true(monotonic_us() - begin < 900000);
    publisher->ops->close(publisher);
    taken_deinit(&taken);
}

/* Sent again and again until the broker is back: once on the topic, in order. */
static void an_outage_repeats_nothing(void **state)
{
    enum { COUNT = 2000 };
    struct sm_publisher *publisher;
    struct sm_source *source;
    struct collector collector;
    struct taken taken;

    (void)state;
    rig.rig.reset(&rig, 1);
    taken_init(&taken, COUNT);
    publisher = open_publisher(0, 0);
    for (size_t i = 0; i < COUNT; i++) {
        char value[16];

        (void)snprintf(value, sizeof(value), "%zu", i);
        publish(publisher, &taken,
                &(struct sm_publication){
                    .timestamp_us = SM_TIME_NONE, .value = sm_slice_of(value), .token = i });
        if (i == COUNT / 2) {
            poll_until(publisher, &taken, 1);
            kafka_rig_stack(&rig, "kill");
        }
    }
    while (publisher->ops->trouble(publisher)[0] == '\0')
        poll_once(publisher, &taken);
    assert_true(publisher->ops->pending(publisher) >= COUNT / 2 - 1);
    kafka_rig_stack(&rig, "up");
    poll_until(publisher, &taken, COUNT);
    assert_string_equal(publisher->ops->trouble(publisher), "");
    publisher->ops->close(publisher);
    collector_init(&collector);
    source = join_and_assign(&rig.rig, &collector, 0, 1);
    poll_events(&rig.rig, source, &collector, SM_SOURCE_END, SM_TOPIC_COUNT);
    assert_int_equal(collector.count, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        char value[16];

        (void)snprintf(value, sizeof(value), "%zu", i);
        assert_int_equal(taken.times[i], 1);
        assert_int_equal(taken.list[i].status, SM_OK);
        assert_int_equal(collector.records[i].content,
                         record_content(&(struct sm_record){ .value = sm_slice_of(value) }));
    }
    source->ops->close(source);
    collector_deinit(&collector);
    taken_deinit(&taken);
}

static void what_is_not_answered_in_time_is_in_doubt(void **state)
{
    struct sm_publisher *publisher;
    struct taken taken;
    int64_t begin;

    (void)state;
    rig.rig.reset(&rig, 1);
    taken_init(&taken, 2);
    publisher = open_publisher(0, 1500);
    publish(publisher, &taken,
            &(struct sm_publication){ .timestamp_us = SM_TIME_NONE, .value = SM_SLICE("0") });
    poll_until(publisher, &taken, 1);
    kafka_rig_stack(&rig, "kill");
    publish(publisher, &taken,
            &(struct sm_publication){
                .timestamp_us = SM_TIME_NONE, .value = SM_SLICE("1"), .token = 1 });
    poll_until(publisher, &taken, 2);
    assert_int_equal(taken.list[1].status, SM_RETRY);
    assert_true(strlen(taken.text) > 0);
    /* And closing does not wait for the broker either. */
    publish(publisher, &taken,
            &(struct sm_publication){
                .timestamp_us = SM_TIME_NONE, .value = SM_SLICE("2"), .token = 1 });
    begin = monotonic_us();
    publisher->ops->close(publisher);
    assert_true(monotonic_us() - begin < 5000000);
    kafka_rig_stack(&rig, "up");
    taken_deinit(&taken);
}

static int open_rig(void **state)
{
    (void)state;
    kafka_rig_open(&rig);
    return 0;
}

static int close_rig(void **state)
{
    (void)state;
    kafka_rig_close(&rig);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_acknowledged_where_they_are),
        cmocka_unit_test(keys_go_where_java_puts_them),
        cmocka_unit_test(a_full_queue_asks_to_come_again),
        cmocka_unit_test(a_record_too_large_is_refused),
        cmocka_unit_test(a_record_that_the_broker_refuses_is_told),
        cmocka_unit_test(the_first_record_does_not_wait_for_a_timer),
        cmocka_unit_test(an_outage_repeats_nothing),
        cmocka_unit_test(what_is_not_answered_in_time_is_in_doubt),
    };

    return cmocka_run_group_tests_name("publisher on Kafka", tests, open_rig, close_rig);
}
