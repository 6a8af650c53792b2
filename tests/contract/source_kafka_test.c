/* What only a real broker does to a source: topics vanish, brokers die, members are fenced. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "contract/kafka_rig.h"
#include "kafka/source_priv.h"

static struct kafka_rig rig;

/* AddressSanitizer keeps 256 MiB of what was freed by default, which is no memory of ours. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "quarantine_size_mb=1";
}

static const struct sm_partition_id config_0 = { SM_TOPIC_CONFIG, 0 };

static int close_collector(struct sm_source *source, struct collector *collector)
{
    source->ops->close(source);
    collector_deinit(collector);
    return 0;
}

static void a_topic_that_is_deleted_is_told_once(void **state)
{
    struct collector collector;
    struct sm_source *source;

    (void)state;
    rig.rig.reset(&rig, 1);
    produce_numbered(&rig.rig, config_0, 10);
    collector_init(&collector);
    source = join_and_assign(&rig.rig, &collector, 0, 1);
    poll_records(&rig.rig, source, &collector, 10);
    kafka_rig_delete_topic(&rig, rig.topics[SM_TOPIC_CONFIG]);
    poll_events(&rig.rig, source, &collector, SM_SOURCE_TOPIC_GONE, 1);
    assert_int_equal(collector_last(&collector, SM_SOURCE_TOPIC_GONE)->id.topic, SM_TOPIC_CONFIG);
    assert_int_equal(collector_last(&collector, SM_SOURCE_TOPIC_GONE)->id.partition, -1);
    assert_non_null(strstr(collector_last(&collector, SM_SOURCE_TOPIC_GONE)->text,
                           rig.topics[SM_TOPIC_CONFIG]));
    poll_quiet(&rig.rig, source, &collector);
    assert_int_equal(collector_count(&collector, SM_SOURCE_TOPIC_GONE), 1);
    assert_int_equal(collector_count(&collector, SM_SOURCE_FAILED), 0);
    close_collector(source, &collector);
}

static void a_topic_that_is_missing_at_the_start_is_told_and_comes(void **state)
{
    struct collector collector;
    struct sm_source *source;
    size_t before;

    (void)state;
    rig.rig.reset(&rig, 1);
    (void)snprintf(rig.topics[SM_TOPIC_PROCESSING], sizeof(rig.topics[0]), "test.late.%u",
                   rig.resets);
    collector_init(&collector);
    source = rig.rig.join(&rig);
    poll_events(&rig.rig, source, &collector, SM_SOURCE_TOPIC_GONE, 1);
    assert_int_equal(collector_last(&collector, SM_SOURCE_TOPIC_GONE)->id.topic,
                     SM_TOPIC_PROCESSING);
    poll_events(&rig.rig, source, &collector, SM_SOURCE_ASSIGNED, 1);
    assert_int_equal(collector.partition_count, 1);
    before = collector_count(&collector, SM_SOURCE_ASSIGNED);
    {
        struct sm_fetch_from list[] = { { config_0, 0 } };
        struct sm_err err;

        assert_int_equal(source->ops->assign(source, list, 1, 1, &err), SM_OK);
    }
    kafka_rig_create_topic(&rig, rig.topics[SM_TOPIC_PROCESSING], 1, NULL, NULL);
    poll_events(&rig.rig, source, &collector, SM_SOURCE_REVOKED, 1);
    source->ops->release(source);
    poll_events(&rig.rig, source, &collector, SM_SOURCE_ASSIGNED, before + 1);
    assert_int_equal(collector.partition_count, 2);
    close_collector(source, &collector);
}

/* The program comes back under its name before anybody misses it: nothing is rebalanced. */
static void a_static_member_restarts_without_a_rebalance(void **state)
{
    struct collector first, second, again;
    struct sm_source *a, *b;
    int64_t begin;

    (void)state;
    rig.rig.reset(&rig, 2);
    produce_numbered(&rig.rig, config_0, 100);
    rig.session_timeout_ms = 6000;
    collector_init(&first);
    collector_init(&second);
    collector_init(&again);
    rig.instance_id = "one";
    a = join_and_assign(&rig.rig, &first, 0, 1);
    rig.instance_id = "two";
    b = rig.rig.join(&rig);
    poll_events(&rig.rig, a, &first, SM_SOURCE_REVOKED, 1);
    a->ops->release(a);
    poll_events(&rig.rig, b, &second, SM_SOURCE_ASSIGNED, 1);
    poll_events(&rig.rig, a, &first, SM_SOURCE_ASSIGNED, 2);
    a->ops->close(a);
    begin = monotonic_us();
    rig.instance_id = "one";
    a = join_and_assign(&rig.rig, &again, 0, 2);
    print_message("a static member was back after %lld ms\n",
                  (long long)(monotonic_us() - begin) / 1000);
    assert_int_equal(again.partition_count, first.partition_count);
    assert_memory_equal(again.partitions, first.partitions,
                        again.partition_count * sizeof(again.partitions[0]));
    poll_quiet(&rig.rig, b, &second);
    assert_int_equal(collector_count(&second, SM_SOURCE_REVOKED), 0);
    rig.instance_id = NULL;
    rig.session_timeout_ms = 1000;
    b->ops->close(b);
    collector_deinit(&first);
    collector_deinit(&second);
    close_collector(a, &again);
}

static void a_second_member_of_one_name_ends_the_first(void **state)
{
    struct collector first, second;
    struct sm_source *a, *b;
    struct sm_err err;
    int round = 0;

    (void)state;
    rig.rig.reset(&rig, 1);
    collector_init(&first);
    collector_init(&second);
    rig.instance_id = "same";
    a = join_and_assign(&rig.rig, &first, 0, 1);
    b = join_and_assign(&rig.rig, &second, 0, 1);
    rig.instance_id = NULL;
    while (a->ops->poll(a, &first.sink, 100, &err) == SM_OK) {
        assert_true(round++ < rig.rig.rounds_max);
        rig.rig.wait(&rig, a);
    }
    assert_int_equal(collector_count(&first, SM_SOURCE_FAILED), 1);
    assert_non_null(strstr(collector_last(&first, SM_SOURCE_FAILED)->text, "fenced"));
    assert_non_null(strstr(err.text, "fenced"));
    assert_int_equal(a->ops->poll(a, &first.sink, 100, &err), SM_FENCED);
    assert_int_equal(collector_count(&first, SM_SOURCE_FAILED), 1);
    close_collector(a, &first);
    close_collector(b, &second);
}

/* A program that was stopped for longer than the session: its partitions are somebody else's. */
static void a_member_that_slept_too_long_has_lost_its_partitions(void **state)
{
    static const struct sm_kafka_property properties[] = { { "max.poll.interval.ms", "1000" } };
    struct collector collector;
    struct sm_source *source;

    (void)state;
    rig.rig.reset(&rig, 1);
    produce_numbered(&rig.rig, config_0, 10);
    rig.properties = properties;
    rig.property_count = SM_ARRAY_COUNT(properties);
    collector_init(&collector);
    source = join_and_assign(&rig.rig, &collector, 0, 1);
    poll_records(&rig.rig, source, &collector, 10);
    rig.properties = NULL;
    rig.property_count = 0;
    (void)nanosleep(&(struct timespec){ 2, 500000000 }, NULL);
    poll_events(&rig.rig, source, &collector, SM_SOURCE_REVOKED, 1);
    assert_true(collector_last(&collector, SM_SOURCE_REVOKED)->lost);
    source->ops->release(source);
    poll_events(&rig.rig, source, &collector, SM_SOURCE_ASSIGNED, 2);
    close_collector(source, &collector);
}

static void a_broker_that_dies_is_away_and_then_back(void **state)
{
    struct collector collector;
    struct sm_source *source;
    int64_t low, high, begin;
    struct sm_err err;

    (void)state;
    rig.rig.reset(&rig, 1);
    produce_numbered(&rig.rig, config_0, 100);
    rig.session_timeout_ms = 120000; /* the group must not take notice */
    collector_init(&collector);
    source = join_and_assign(&rig.rig, &collector, 0, 1);
    rig.session_timeout_ms = 1000;
    poll_records(&rig.rig, source, &collector, 100);
    kafka_rig_stack(&rig, "kill");
    poll_events(&rig.rig, source, &collector, SM_SOURCE_AWAY, 1);
    assert_true(strlen(collector_last(&collector, SM_SOURCE_AWAY)->text) > 10);
    begin = monotonic_us();
    assert_int_equal(source->ops->watermarks(source, config_0, 500, &low, &high, &err), SM_RETRY);
    assert_true(monotonic_us() - begin < 5000000);
    poll_quiet(&rig.rig, source, &collector);
    assert_int_equal(collector_count(&collector, SM_SOURCE_AWAY), 1);
    assert_int_equal(collector_count(&collector, SM_SOURCE_BACK), 0);
    kafka_rig_stack(&rig, "up");
    begin = monotonic_us();
    poll_events(&rig.rig, source, &collector, SM_SOURCE_BACK, 1); /* nothing else happens */
    print_message("back was told %lld ms after the broker was ready\n",
                  (long long)(monotonic_us() - begin) / 1000);
    produce_numbered(&rig.rig, config_0, 50);
    poll_records(&rig.rig, source, &collector, 150);
    for (size_t i = 0; i < collector.count; i++)
        assert_int_equal(collector.records[i].offset, i);
    assert_int_equal(collector_count(&collector, SM_SOURCE_FAILED), 0);
    assert_int_equal(source->ops->watermarks(source, config_0, 10000, &low, &high, &err), SM_OK);
    assert_int_equal(high, 150);
    close_collector(source, &collector);
}

static void closing_does_not_wait_for_a_broker_that_is_away(void **state)
{
    struct collector collector;
    struct sm_source *source;
    int64_t begin;

    (void)state;
    rig.rig.reset(&rig, 1);
    produce_numbered(&rig.rig, config_0, 10);
    collector_init(&collector);
    source = join_and_assign(&rig.rig, &collector, 0, 1);
    poll_records(&rig.rig, source, &collector, 10);
    kafka_rig_stack(&rig, "kill");
    poll_events(&rig.rig, source, &collector, SM_SOURCE_AWAY, 1);
    begin = monotonic_us();
    close_collector(source, &collector);
    print_message("closed after %lld ms\n", (long long)(monotonic_us() - begin) / 1000);
    assert_true(monotonic_us() - begin < 3000000);
    kafka_rig_stack(&rig, "up");
}

/* The watermark is the true one, END tells how far a reader of committed data gets. */
static void an_open_transaction_is_waited_for(void **state)
{
    struct collector collector;
    struct sm_source *source;
    int64_t low, high;
    struct sm_err err;

    (void)state;
    rig.rig.reset(&rig, 1);
    produce_numbered(&rig.rig, config_0, 10);
    kafka_rig_begin(&rig, config_0, 20);
    collector_init(&collector);
    source = join_and_assign(&rig.rig, &collector, 0, 1);
    poll_events(&rig.rig, source, &collector, SM_SOURCE_END, 2);
    assert_int_equal(source->ops->watermarks(source, config_0, 10000, &low, &high, &err), SM_OK);
    assert_int_equal(high, 30);
    for (size_t i = 0; i < collector.event_count; i++) {
        if (collector.events[i].kind == SM_SOURCE_END)
            assert_true(collector.events[i].offset == 0 || collector.events[i].offset == 10);
    }
    assert_int_equal(collector.count, 10);
    kafka_rig_end(&rig, true);
    poll_records(&rig.rig, source, &collector, 30);
    poll_events(&rig.rig, source, &collector, SM_SOURCE_END, 3);
    assert_int_equal(collector_last(&collector, SM_SOURCE_END)->offset, 31);
    close_collector(source, &collector);
}

static bool is_readable(struct sm_source *source)
{
    struct pollfd fd = { source->ops->wait_fd(source), POLLIN, 0 };

    return poll(&fd, 1, 0) == 1;
}

/* The engine sleeps on this descriptor: what it does not tell is late, what it tells for nothing is
 * a core that spins. */
static void the_descriptor_tells_when_to_poll(void **state)
{
    struct collector collector;
    struct sm_source *source;
    struct sm_err err;

    (void)state;
    rig.rig.reset(&rig, 1);
    produce_numbered(&rig.rig, config_0, 1000);
    collector_init(&collector);
    source = join_and_assign(&rig.rig, &collector, 0, 1);
    while (collector.count < 100) {
        rig.rig.wait(&rig, source);
        assert_int_equal(source->ops->poll(source, &collector.sink, 1, &err), SM_OK);
    }
    assert_true(is_readable(source)); /* records_max alone stopped us */
    collector.room = 0;
    for (int i = 0; i < 50; i++) {
        assert_int_equal(source->ops->poll(source, &collector.sink, 500, &err), SM_OK);
        (void)nanosleep(&(struct timespec){ 0, 5000000 }, NULL);
    }
    assert_false(is_readable(source)); /* who refused knows when there is room */
    collector.room = SIZE_MAX;
    source->ops->pause(source, true);
    assert_int_equal(source->ops->poll(source, &collector.sink, 500, &err), SM_OK);
    assert_false(is_readable(source));
    source->ops->pause(source, false);
    assert_true(is_readable(source));
    poll_records(&rig.rig, source, &collector, 1000);
    poll_quiet(&rig.rig, source, &collector);
    assert_false(is_readable(source)); /* idle */
    produce_numbered(&rig.rig, config_0, 1);
    for (int i = 0; !is_readable(source); i++) {
        assert_true(i < 1000);
        (void)nanosleep(&(struct timespec){ 0, 5000000 }, NULL);
    }
    poll_records(&rig.rig, source, &collector, 1001);
    close_collector(source, &collector);
}

static void large_records_arrive(void **state)
{
    enum { SIZE = 1000000, COUNT = 20 }; /* librdkafka's and Kafka's default limit is 1 MiB */
    static char value[SIZE];
    struct sm_record records[2] = { { .timestamp_us = SM_TIME_NONE, .value = { NULL, SIZE } },
                                    { .timestamp_us = SM_TIME_NONE, .value = SM_SLICE("small") } };
    struct collector collector;
    struct sm_source *source;

    (void)state;
    for (size_t i = 0; i < SIZE; i++)
        value[i] = (char)(i * 2654435761u >> 13);
    records[0].value.data = (const uint8_t *)value;
    records[0].value.size = SIZE - 1000;
    rig.rig.reset(&rig, 1);
    for (int i = 0; i < COUNT; i++)
        rig.rig.produce(&rig, config_0, records, 2);
    collector_init(&collector);
    source = join_and_assign(&rig.rig, &collector, 0, 1);
    collector.room = 1; /* and they are held one at a time */
    while (collector.count < 2 * COUNT) {
        poll_records(&rig.rig, source, &collector, collector.count + 1);
        collector.room = 1;
    }
    for (size_t i = 0; i < collector.count; i++) {
        assert_int_equal(collector.records[i].offset, i);
        assert_int_equal(collector.records[i].content, record_content(&records[i % 2]));
    }
    close_collector(source, &collector);
}

/* A backlog does not show in memory, and is drained without a stall. */
static void a_backlog_is_drained_in_bounded_memory(void **state)
{
    enum { EACH = 50000, PARTITIONS = 4 };
    struct collector collector;
    struct sm_source *source;
    size_t before, peak = 0;
    int64_t begin;

    (void)state;
    rig.rig.reset(&rig, PARTITIONS);
    for (int32_t i = 0; i < PARTITIONS; i++)
        produce_numbered(&rig.rig, (struct sm_partition_id){ SM_TOPIC_CONFIG, i }, EACH);
    collector_init(&collector);
    /* What the test itself keeps of each record is no part of the measurement. */
    collector.capacity = EACH * PARTITIONS;
    collector.records = calloc(collector.capacity, sizeof(*collector.records));
    assert_non_null(collector.records);
    memset(collector.records, 1, collector.capacity * sizeof(*collector.records));
    before = resident_kib();
    source = join_and_assign(&rig.rig, &collector, 0, 1);
    begin = monotonic_us();
    while (collector.count < EACH * PARTITIONS) {
        poll_records(&rig.rig, source, &collector, collector.count + 1);
        if (resident_kib() > peak)
            peak = resident_kib();
    }
    print_message("%zu records in %lld ms; resident memory %zu KiB before, at most %zu KiB more\n",
                  collector.count, (long long)(monotonic_us() - begin) / 1000, before,
                  peak > before ? peak - before : 0);
    assert_true(peak < before + (size_t)64 * 1024);
    close_collector(source, &collector);
}

/* An engine may change its mind at any moment: a partition stops, another one is taken over, the
 * group takes all away. librdkafka 2.0.2 must get no second order before the first one is done. */
static void assignments_may_follow_each_other_at_once(void **state)
{
    enum { TIMES = 2000 };
    struct sm_fetch_from list[SEEN_PARTITIONS_MAX];
    struct collector collector;
    struct sm_source *source;
    struct sm_err err;

    (void)state;
    rig.rig.reset(&rig, 4);
    produce_numbered(&rig.rig, config_0, 100);
    collector_init(&collector);
    source = join_and_assign(&rig.rig, &collector, 0, 1);
    for (size_t i = 0; i < collector.partition_count; i++)
        list[i] = (struct sm_fetch_from){ collector.partitions[i], 0 };
    for (uint64_t i = 0; i < TIMES; i++) {
        assert_int_equal(source->ops->assign(source, list, collector.partition_count, 2 + i, &err),
                         SM_OK);
        if (i % 3 == 0)
            assert_int_equal(source->ops->poll(source, &collector.sink, 0, &err), SM_OK);
    }
    collector.count = 0;
    poll_records(&rig.rig, source, &collector, 100);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(collector.records[i].generation, 1 + TIMES);
    close_collector(source, &collector);
}

/* Follows what the group says, as an engine does; returns how many partitions it has. */
static size_t follow(struct sm_source *source, struct collector *collector, size_t *events_done)
{
    static size_t held;
    static uint64_t generation;
    struct sm_fetch_from list[SEEN_PARTITIONS_MAX];
    struct sm_err err;

    assert_int_equal(source->ops->poll(source, &collector->sink, 100, &err), SM_OK);
    for (; *events_done < collector->event_count; (*events_done)++) {
        enum sm_source_event_kind kind = collector->events[*events_done].kind;

        if (kind == SM_SOURCE_REVOKED) {
            held = 0;
            source->ops->release(source);
        } else if (kind == SM_SOURCE_ASSIGNED || (kind == SM_SOURCE_TOPIC_GONE && held != 0)) {
            held = collector->partition_count;
            for (size_t i = 0; i < held; i++)
                list[i] = (struct sm_fetch_from){ collector->partitions[i], 0 };
            (void)source->ops->assign(source, list, held, ++generation, &err);
        }
    }
    return held;
}

/* Then librdkafka knows two of one name, and what is left of the first one once kept it from being
 * closed in half of all cases. */
static void topics_that_come_back_are_handed_out_and_let_us_close(void **state)
{
    enum { ROUNDS = 12, ALL = 2 * SM_TOPIC_COUNT };
    struct collector collector;
    struct sm_source *source;

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        size_t events_done = 0;
        int64_t begin;

        rig.rig.reset(&rig, 2);
        produce_numbered(&rig.rig, config_0, 10);
        collector_init(&collector);
        source = rig.rig.join(&rig);
        for (int i = 0; collector.count < 10; i++) {
            assert_true(i < rig.rig.rounds_max);
            (void)follow(source, &collector, &events_done);
            rig.rig.wait(&rig, source);
        }
        kafka_rig_delete_topic(&rig, rig.topics[SM_TOPIC_CONFIG]);
        for (int i = 0; i < round * 2; i++) { /* it stays away for 0 to 440 ms */
            (void)follow(source, &collector, &events_done);
            (void)nanosleep(&(struct timespec){ 0, 20000000 }, NULL);
        }
        kafka_rig_create_topic(&rig, rig.topics[SM_TOPIC_CONFIG], 2, NULL, NULL);
        produce_numbered(&rig.rig, config_0, 10);
        for (int i = 0; follow(source, &collector, &events_done) != ALL; i++) {
            assert_true(i < rig.rig.rounds_max);
            rig.rig.wait(&rig, source);
        }
        begin = monotonic_us();
        close_collector(source, &collector);
        assert_true(monotonic_us() - begin < 2000000);
    }
}

/* For a reference that was lost librdkafka waits without a limit; here it is lost on purpose. */
static void a_handle_that_does_not_close_is_left_behind(void **state)
{
    static rd_kafka_topic_partition_list_t *lost; /* never destroyed */
    struct collector collector;
    struct sm_source *source;
    int64_t begin;

    (void)state;
    rig.rig.reset(&rig, 1);
    produce_numbered(&rig.rig, config_0, 10);
    collector_init(&collector);
    source = join_and_assign(&rig.rig, &collector, 0, 1);
    poll_records(&rig.rig, source, &collector, 10);
    assert_int_equal(rd_kafka_assignment(((struct sm__source *)source)->handle, &lost), 0);
    begin = monotonic_us();
    close_collector(source, &collector);
    assert_in_range(monotonic_us() - begin, SM__KAFKA_CLOSE_MS * 1000,
                    SM__KAFKA_CLOSE_MS * 1000 + 1000000);
}

/* However the fetching handle or the one that looks have taken it: what is shown is what lies there
 * when it is asked. */
static void looking_shows_the_topic_that_is_there_now(void **state)
{
    const struct sm_record other = { .timestamp_us = SM_TIME_NONE,
                                     .value = SM_SLICE("another topic") };
    struct collector collector;
    struct sm_source *source;
    int64_t slowest = 0;

    (void)state;
    rig.rig.reset(&rig, 1);
    produce_numbered(&rig.rig, config_0, 10);
    collector_init(&collector);
    source = join_and_assign(&rig.rig, &collector, 0, 1);
    poll_records(&rig.rig, source, &collector, 10);
    (void)look_again(&rig.rig, source, &collector, config_0, 5);
    for (int round = 0; round < 5; round++) {
        int64_t begin;
        uint64_t before = look_again(&rig.rig, source, &collector, config_0, 5)->content;

        kafka_rig_delete_topic(&rig, rig.topics[SM_TOPIC_CONFIG]);
        kafka_rig_create_topic(&rig, rig.topics[SM_TOPIC_CONFIG], 1, NULL, NULL);
        for (int i = 0; i < 10; i++)
            rig.rig.produce(&rig, config_0, &other, 1);
        begin = monotonic_us();
        assert_true(look_again(&rig.rig, source, &collector, config_0, 5)->has_record);
        if (monotonic_us() - begin > slowest)
            slowest = monotonic_us() - begin;
        if (round == 0)
            assert_true(look_again(&rig.rig, source, &collector, config_0, 5)->content != before);
        assert_int_equal(look_again(&rig.rig, source, &collector, config_0, 5)->content,
                         record_content(&other));
    }
    print_message("a look after a topic was made anew took at most %lld ms\n",
                  (long long)slowest / 1000);
    close_collector(source, &collector);
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
        cmocka_unit_test(a_topic_that_is_deleted_is_told_once),
        cmocka_unit_test(a_topic_that_is_missing_at_the_start_is_told_and_comes),
        cmocka_unit_test(assignments_may_follow_each_other_at_once),
        cmocka_unit_test(topics_that_come_back_are_handed_out_and_let_us_close),
        cmocka_unit_test(looking_shows_the_topic_that_is_there_now),
        cmocka_unit_test(a_static_member_restarts_without_a_rebalance),
        cmocka_unit_test(a_second_member_of_one_name_ends_the_first),
        cmocka_unit_test(a_member_that_slept_too_long_has_lost_its_partitions),
        cmocka_unit_test(an_open_transaction_is_waited_for),
        cmocka_unit_test(the_descriptor_tells_when_to_poll),
        cmocka_unit_test(large_records_arrive),
        cmocka_unit_test(a_backlog_is_drained_in_bounded_memory),
        cmocka_unit_test(a_handle_that_does_not_close_is_left_behind),
        cmocka_unit_test(a_broker_that_dies_is_away_and_then_back),
        cmocka_unit_test(closing_does_not_wait_for_a_broker_that_is_away),
    };

    return cmocka_run_group_tests_name("source on Kafka", tests, open_rig, close_rig);
}
