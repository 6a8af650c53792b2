/* The reader of ranges on a real broker: what it sees at offsets that hold records, aborted
 * records, end marks, and nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "contract/kafka_rig.h"
#include "kafka/reader.h"

#define TIMEOUT_MS 10000
#define SHORT_MS   500

static struct kafka_rig rig;
static const struct sm_partition_id where = {SM_TOPIC_CONFIG, 0};

static struct sm_kafka_reader *open_reader(bool uncommitted, int timeout_ms)
{
    const struct sm_kafka_client client = {.brokers = rig.brokers};
    struct sm_kafka_reader *reader;
    struct sm_err err;

    assert_int_equal(sm_kafka_reader_open(&client, uncommitted, timeout_ms, &reader, &err), SM_OK);
    return reader;
}

static void produce(size_t count)
{
    struct sm_record records[16];

    for (size_t i = 0; i < count; i++)
        records[i] = (struct sm_record){.timestamp_us = SM_TIME_NONE, .value = SM_SLICE("x")};
    rig.rig.produce(&rig, where, records, count);
}

/* The mark that ends a transaction is written a little after the producer is told of the end. */
static void await_end(int64_t end)
{
    struct sm_kafka_reader *reader = open_reader(true, TIMEOUT_MS);
    int64_t low, high = -1;
    struct sm_err err;

    for (int round = 0; high != end && round < 1000; round++) {
        assert_int_equal(
            sm_kafka_reader_watermarks(reader, rig.topics[where.topic], 0, &low, &high, &err),
            SM_OK);
        (void)usleep(5000);
    }
    assert_int_equal(high, end);
    sm_kafka_reader_close(reader);
}

/* 0 to 2 records; 3 to 7 aborted, 8 their end; 9 and 10 committed, 11 their end; 12 a record. */
static int fill(void **state)
{
    (void)state;
    rig.rig.reset(&rig, 1);
    produce(3);
    rig.rig.produce_aborted(&rig, where, 5);
    await_end(9);
    kafka_rig_begin(&rig, where, 2);
    kafka_rig_end(&rig, true);
    await_end(12);
    produce(1);
    return 0;
}

static void sees(struct sm_kafka_reader *reader, int64_t first, int64_t next, uint64_t records,
                 int64_t first_found)
{
    struct sm_kafka_range_view view;
    struct sm_err err = {.text = ""};

    if (sm_kafka_reader_count(reader, rig.topics[where.topic], 0, first, next, &view, &err) !=
        SM_OK)
        fail_msg("%s", err.text);
    assert_int_equal(view.records, records);
    assert_int_equal(view.first, first_found);
}

static void answers(struct sm_kafka_reader *reader, int64_t first, int64_t next,
                    enum sm_status status)
{
    struct sm_kafka_range_view view;
    struct sm_err err = {.text = ""};

    assert_int_equal(
        sm_kafka_reader_count(reader, rig.topics[where.topic], 0, first, next, &view, &err),
        status);
    assert_true(err.text[0] != '\0');
}

static void an_uncommitted_reader_sees_records_of_aborted_transactions(void **state)
{
    struct sm_kafka_reader *reader = open_reader(true, TIMEOUT_MS);

    (void)state;
    sees(reader, 0, 3, 3, 0);
    sees(reader, 3, 9, 5, 3);
    sees(reader, 8, 9, 0, -1);
    sees(reader, 11, 12, 0, -1);
    sees(reader, 0, 13, 11, 0);
    sm_kafka_reader_close(reader);
}

static void a_committed_reader_sees_what_a_consumer_must_have_seen(void **state)
{
    struct sm_kafka_reader *reader = open_reader(false, TIMEOUT_MS);

    (void)state;
    sees(reader, 3, 9, 0, -1);
    sees(reader, 9, 12, 2, 9);
    sees(reader, 2, 4, 1, 2);
    sees(reader, 0, 13, 6, 0);
    sm_kafka_reader_close(reader);
}

static void ranges_in_any_order_give_the_same_answers(void **state)
{
    struct sm_kafka_reader *reader = open_reader(true, TIMEOUT_MS);

    (void)state;
    for (int64_t first = 12; first >= 0; first--)
        sees(reader, first, first + 1, first != 8 && first != 11,
             first != 8 && first != 11 ? first : -1);
    for (int64_t first = 0; first < 13; first += 2)
        sees(reader, first, first + 1, first != 8, first != 8 ? first : -1);
    sm_kafka_reader_close(reader);
}

static void a_range_that_the_topic_does_not_have_is_refused(void **state)
{
    struct sm_kafka_reader *reader = open_reader(true, TIMEOUT_MS);

    (void)state;
    answers(reader, 12, 14, SM_REJECT);
    answers(reader, 40, 41, SM_REJECT);
    rig.rig.truncate(&rig, where, 4);
    answers(reader, 0, 3, SM_REJECT);
    answers(reader, 2, 6, SM_REJECT);
    sees(reader, 4, 9, 4, 4);
    sm_kafka_reader_close(reader);
}

static void an_open_transaction_is_waited_for(void **state)
{
    struct sm_kafka_reader *committed = open_reader(false, SHORT_MS);
    struct sm_kafka_reader *uncommitted = open_reader(true, TIMEOUT_MS);
    struct sm_err err;
    int64_t low, high;

    (void)state;
    kafka_rig_begin(&rig, where, 2);
    sees(uncommitted, 13, 15, 2, 13);
    answers(committed, 13, 15, SM_RETRY);
    assert_int_equal(
        sm_kafka_reader_watermarks(uncommitted, rig.topics[where.topic], 0, &low, &high, &err),
        SM_OK);
    assert_int_equal(low, 0);
    assert_int_equal(high, 15);
    kafka_rig_end(&rig, true);
    sees(committed, 13, 15, 2, 13);
    sm_kafka_reader_close(committed);
    sm_kafka_reader_close(uncommitted);
}

static void count_ten(struct sm_kafka_reader *reader, enum sm_topic topic)
{
    struct sm_kafka_range_view view;
    struct sm_err err;

    assert_int_equal(sm_kafka_reader_count(reader, rig.topics[topic], 0, 0, 10, &view, &err),
                     SM_OK);
    assert_int_equal(view.records, 10);
}

static void the_first_record_of_a_range_is_told_with_its_time(void **state)
{
    struct sm_kafka_reader *reader = open_reader(false, TIMEOUT_MS);
    const char *topic = rig.topics[where.topic];
    struct sm_kafka_range_view view;
    struct sm_err err;
    int64_t now_us = sm_wall_us();

    (void)state;
    assert_int_equal(sm_kafka_reader_first(reader, topic, 0, 3, 12, &view, &err), SM_OK);
    assert_int_equal(view.records, 1);
    assert_int_equal(view.first, 9); /* what was aborted is passed over */
    assert_true(view.first_us > now_us - 600000000 && view.first_us < now_us + 60000000);
    assert_int_equal(sm_kafka_reader_first(reader, topic, 0, 3, 9, &view, &err), SM_OK);
    assert_int_equal(view.records, 0);
    assert_int_equal(view.first_us, SM_TIME_NONE);
    assert_int_equal(sm_kafka_reader_first(reader, topic, 0, 0, 13, &view, &err), SM_OK);
    assert_int_equal(view.first, 0);
    sm_kafka_reader_close(reader);
}

/* The library's partition outlives its topic, but must not outlive us. */
static void a_topic_that_is_deleted_does_not_keep_a_reader_open(void **state)
{
    (void)state;
    for (int round = 0; round < 4; round++) {
        struct sm_kafka_reader *reader = open_reader(true, TIMEOUT_MS);
        int64_t begin;

        rig.rig.reset(&rig, 1);
        for (int topic = 0; topic < SM_TOPIC_COUNT; topic++)
            produce_numbered(&rig.rig, (struct sm_partition_id){(enum sm_topic)topic, 0}, 10);
        count_ten(reader, SM_TOPIC_CONFIG);
        if (round % 2 == 0) /* it is deleted when it is read no more, or while it is */
            count_ten(reader, SM_TOPIC_PROCESSING);
        kafka_rig_delete_topic(&rig, rig.topics[SM_TOPIC_CONFIG]);
        (void)usleep(100000); /* the reader looks at topics each 10 ms */
        count_ten(reader, SM_TOPIC_PROCESSING);
        begin = monotonic_us();
        sm_kafka_reader_close(reader);
        assert_true(monotonic_us() - begin < 2000000);
    }
}

static void a_topic_that_is_not_there_has_no_watermarks(void **state)
{
    struct sm_kafka_reader *reader = open_reader(true, SHORT_MS);
    struct sm_err err = {.text = ""};
    int64_t low, high;

    (void)state;
    assert_int_equal(sm_kafka_reader_watermarks(reader, "no-such-topic", 0, &low, &high, &err),
                     SM_RETRY);
    assert_non_null(strstr(err.text, "no-such-topic[0]"));
    sm_kafka_reader_close(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_uncommitted_reader_sees_records_of_aborted_transactions, fill),
        cmocka_unit_test_setup(a_committed_reader_sees_what_a_consumer_must_have_seen, fill),
        cmocka_unit_test_setup(ranges_in_any_order_give_the_same_answers, fill),
        cmocka_unit_test_setup(a_range_that_the_topic_does_not_have_is_refused, fill),
        cmocka_unit_test_setup(the_first_record_of_a_range_is_told_with_its_time, fill),
        cmocka_unit_test_setup(an_open_transaction_is_waited_for, fill),
        cmocka_unit_test(a_topic_that_is_deleted_does_not_keep_a_reader_open),
        cmocka_unit_test(a_topic_that_is_not_there_has_no_watermarks),
    };
    int failed;

    kafka_rig_open(&rig);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    kafka_rig_close(&rig);
    return failed;
}
