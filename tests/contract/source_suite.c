/* The source port's promises, one case each. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "contract/source_suite.h"

static const struct sm_partition_id config_0 = { SM_TOPIC_CONFIG, 0 };
static const struct sm_partition_id config_1 = { SM_TOPIC_CONFIG, 1 };
static const struct sm_partition_id processing_0 = { SM_TOPIC_PROCESSING, 0 };

static void assign(struct sm_source *source, const struct sm_fetch_from *list, size_t count,
                   uint64_t generation)
{
    struct sm_err err;

    assert_int_equal(source->ops->assign(source, list, count, generation, &err), SM_OK);
}

/* Every record of the partition, from the `skip`th seen on, follows the one before it. */
static void assert_contiguous(const struct collector *collector, struct sm_partition_id id,
                              int64_t from, size_t count)
{
    int64_t expected = from;

    for (size_t i = 0; i < collector->count; i++) {
        if (!same_id(collector->records[i].id, id))
            continue;
        assert_int_equal(collector->records[i].offset, expected);
        expected++;
    }
    assert_int_equal(expected - from, count);
}

static void nothing_is_fetched_before_assign(const struct source_rig *rig)
{
    struct collector collector;
    struct sm_source *source;

    rig->reset(rig->context, 2);
    produce_numbered(rig, config_0, 10);
    collector_init(&collector);
    source = rig->join(rig->context);
    poll_events(rig, source, &collector, SM_SOURCE_ASSIGNED, 1);
    assert_int_equal(collector.partition_count, 2 * SM_TOPIC_COUNT);
    poll_quiet(rig, source, &collector);
    assert_int_equal(collector.count, 0);
    assert_int_equal(collector_count(&collector, SM_SOURCE_END), 0);
    source->ops->close(source);
    collector_deinit(&collector);
}

static void records_come_whole_and_in_order(const struct source_rig *rig)
{
    const struct sm_header headers[] = { { SM_SLICE("ce_type"), SM_SLICE("client.updated") },
                                         { SM_SLICE("empty"), SM_SLICE("") },
                                         { SM_SLICE("null"), { NULL, 0 } },
                                         { SM_SLICE("ce_type"), SM_SLICE("again") } };
    struct sm_header many[200];
    struct sm_record records[] = {
        { .timestamp_us = 1600000000123000, .key = SM_SLICE("k"), .value = SM_SLICE("v") },
        { .timestamp_us = 1600000000124000, .key = SM_SLICE("k") },
        { .timestamp_us = 1600000000125000, .value = SM_SLICE("v") },
        { .timestamp_us = 1600000000126000, .key = SM_SLICE(""), .value = SM_SLICE("") },
        { .timestamp_us = 1600000000127000,
          .value = SM_SLICE("h"),
          .headers = headers,
          .header_count = SM_ARRAY_COUNT(headers) },
        { .timestamp_us = 1600000000128000,
          .value = SM_SLICE("h"),
          .headers = many,
          .header_count = SM_ARRAY_COUNT(many) },
    };
    struct collector collector;
    struct sm_source *source;

    for (size_t i = 0; i < SM_ARRAY_COUNT(many); i++)
        many[i] = headers[i % 3];
    rig->reset(rig->context, 1);
    rig->produce(rig->context, config_0, records, SM_ARRAY_COUNT(records));
    collector_init(&collector);
    source = join_and_assign(rig, &collector, 0, 7);
    poll_records(rig, source, &collector, SM_ARRAY_COUNT(records));
    for (size_t i = 0; i < SM_ARRAY_COUNT(records); i++) {
        assert_int_equal(collector.records[i].offset, i);
        assert_int_equal(collector.records[i].generation, 7);
        assert_int_equal(collector.records[i].timestamp_us, records[i].timestamp_us);
        assert_int_equal(collector.records[i].content, record_content(&records[i]));
    }
    source->ops->close(source);
    collector_deinit(&collector);
}

static void fetching_starts_where_assign_says(const struct source_rig *rig)
{
    struct sm_fetch_from list[] = { { config_0, 40 }, { config_1, 10 }, { processing_0, 100 } };
    struct collector collector;
    struct sm_source *source;

    rig->reset(rig->context, 2);
    produce_numbered(rig, config_0, 100);
    produce_numbered(rig, config_1, 30);
    produce_numbered(rig, processing_0, 100);
    collector_init(&collector);
    source = rig->join(rig->context);
    poll_events(rig, source, &collector, SM_SOURCE_ASSIGNED, 1);
    assign(source, list, SM_ARRAY_COUNT(list), 1);
    poll_records(rig, source, &collector, 60 + 20);
    poll_events(rig, source, &collector, SM_SOURCE_END, 3);
    assert_contiguous(&collector, config_0, 40, 60);
    assert_contiguous(&collector, config_1, 10, 20);
    assert_contiguous(&collector, processing_0, 100, 0);
    source->ops->close(source);
    collector_deinit(&collector);
}

static void partitions_not_named_stay_silent(const struct source_rig *rig)
{
    struct sm_fetch_from first[] = { { config_0, 0 } };
    struct sm_fetch_from both[] = { { config_0, 50 }, { config_1, 0 } };
    struct collector collector;
    struct sm_source *source;

    rig->reset(rig->context, 2);
    produce_numbered(rig, config_0, 50);
    produce_numbered(rig, config_1, 50);
    collector_init(&collector);
    source = rig->join(rig->context);
    poll_events(rig, source, &collector, SM_SOURCE_ASSIGNED, 1);
    assign(source, first, 1, 1);
    poll_records(rig, source, &collector, 50);
    poll_quiet(rig, source, &collector);
    assert_int_equal(collector.count, 50);
    assert_contiguous(&collector, config_0, 0, 50);
    assign(source, both, 2, 2);
    poll_records(rig, source, &collector, 100);
    assert_contiguous(&collector, config_1, 0, 50);
    assert_int_equal(collector_count(&collector, SM_SOURCE_ASSIGNED), 1);
    source->ops->close(source);
    collector_deinit(&collector);
}

static void the_end_lies_behind_what_was_aborted(const struct source_rig *rig)
{
    struct collector collector;
    struct sm_source *source;
    int64_t low, high;
    struct sm_err err;

    rig->reset(rig->context, 1);
    produce_numbered(rig, config_0, 20);
    rig->produce_aborted(rig->context, config_0, 30);
    collector_init(&collector);
    source = join_and_assign(rig, &collector, 0, 3);
    poll_events(rig, source, &collector, SM_SOURCE_END, 2); /* of both topics */
    assert_contiguous(&collector, config_0, 0, 20);
    assert_int_equal(source->ops->watermarks(source, config_0, 10000, &low, &high, &err), SM_OK);
    assert_int_equal(low, 0);
    assert_true(high > 20 + 30);
    for (size_t i = 0; i < collector.event_count; i++) {
        const struct seen_event *event = &collector.events[i];

        if (event->kind != SM_SOURCE_END)
            continue;
        assert_int_equal(event->generation, 3);
        assert_int_equal(event->offset, same_id(event->id, config_0) ? high : 0);
        if (same_id(event->id, config_0))
            assert_int_equal(event->records_before, 20);
    }
    source->ops->close(source);
    collector_deinit(&collector);
}

static void an_end_is_told_again_when_it_moves(const struct source_rig *rig)
{
    struct collector collector;
    struct sm_source *source;

    rig->reset(rig->context, 1);
    produce_numbered(rig, config_0, 5);
    collector_init(&collector);
    source = join_and_assign(rig, &collector, 0, 1);
    poll_events(rig, source, &collector, SM_SOURCE_END, 2);
    rig->produce_aborted(rig->context, config_0, 1);
    poll_events(rig, source, &collector, SM_SOURCE_END, 3);
    assert_true(collector_last(&collector, SM_SOURCE_END)->offset > 6);
    assert_int_equal(collector.count, 5);
    source->ops->close(source);
    collector_deinit(&collector);
}

static void an_offset_out_of_range_is_told_and_silent(const struct source_rig *rig)
{
    struct collector collector;
    struct sm_source *source;
    struct sm_fetch_from below[] = { { config_0, 10 }, { config_1, 0 } };
    struct sm_fetch_from above[] = { { config_0, 50 }, { config_1, 500 } };
    int64_t low, high;
    struct sm_err err;

    rig->reset(rig->context, 2);
    produce_numbered(rig, config_0, 100);
    produce_numbered(rig, config_1, 100);
    rig->truncate(rig->context, config_0, 50);
    collector_init(&collector);
    source = rig->join(rig->context);
    poll_events(rig, source, &collector, SM_SOURCE_ASSIGNED, 1);
    assign(source, below, 2, 1);
    poll_events(rig, source, &collector, SM_SOURCE_OUT_OF_RANGE, 1);
    poll_records(rig, source, &collector, 100);
    poll_quiet(rig, source, &collector);
    assert_true(same_id(collector_last(&collector, SM_SOURCE_OUT_OF_RANGE)->id, config_0));
    assert_int_equal(collector_last(&collector, SM_SOURCE_OUT_OF_RANGE)->offset, 10);
    assert_int_equal(collector_last(&collector, SM_SOURCE_OUT_OF_RANGE)->generation, 1);
    assert_contiguous(&collector, config_1, 0, 100);
    assert_contiguous(&collector, config_0, 0, 0);
    assert_int_equal(collector_count(&collector, SM_SOURCE_OUT_OF_RANGE), 1);
    assert_int_equal(source->ops->watermarks(source, config_0, 10000, &low, &high, &err), SM_OK);
    assert_int_equal(low, 50);
    assert_int_equal(high, 100);
    assign(source, above, 2, 2);
    poll_events(rig, source, &collector, SM_SOURCE_OUT_OF_RANGE, 2);
    poll_records(rig, source, &collector, 150);
    assert_true(same_id(collector_last(&collector, SM_SOURCE_OUT_OF_RANGE)->id, config_1));
    assert_int_equal(collector_last(&collector, SM_SOURCE_OUT_OF_RANGE)->offset, 500);
    assert_contiguous(&collector, config_0, 50, 50);
    source->ops->close(source);
    collector_deinit(&collector);
}

/* The law that exactly once rests on: the first record of a partition after assign is the one that
 * was asked for, and from there on none is missing and none comes from before. */
static void no_record_of_an_older_generation_comes(const struct source_rig *rig)
{
    enum { RECORDS = 20000, ROUNDS = 400 };
    struct collector collector;
    struct sm_source *source;
    size_t checked = 0;

    rig->reset(rig->context, 2);
    produce_numbered(rig, config_0, RECORDS);
    produce_numbered(rig, config_1, RECORDS);
    collector_init(&collector);
    source = join_and_assign(rig, &collector, 0, 1);
    for (uint64_t generation = 2; generation < ROUNDS; generation++) {
        int64_t next[2] = { (int64_t)(generation * 7919 % (RECORDS - 1000)),
                            (int64_t)(generation * 104729 % (RECORDS - 1000)) };
        struct sm_fetch_from list[] = { { config_0, next[0] }, { config_1, next[1] } };
        size_t wanted = 1 + generation * 31 % 900;

        assign(source, list, 2, generation);
        collector.count = 0;
        collector.event_count = 0;
        poll_records(rig, source, &collector, wanted);
        for (size_t i = 0; i < collector.count; i++) {
            const struct seen_record *seen = &collector.records[i];

            assert_int_equal(seen->generation, generation);
            assert_int_equal(seen->offset, next[seen->id.partition]);
            next[seen->id.partition]++;
        }
        checked += collector.count;
    }
    assert_true(checked > ROUNDS * 100);
    source->ops->close(source);
    collector_deinit(&collector);
}

static void a_refused_record_is_offered_first_again(const struct source_rig *rig)
{
    struct collector collector;
    struct sm_source *source;

    rig->reset(rig->context, 1);
    produce_numbered(rig, config_0, 3000);
    collector_init(&collector);
    source = join_and_assign(rig, &collector, 0, 1);
    for (size_t taken = 0; taken < 3000;) {
        size_t room = 1 + taken * 17 % 300;

        if (room > 3000 - taken)
            room = 3000 - taken;
        collector.room = room;
        poll_records(rig, source, &collector, taken + room);
        taken += room;
        assert_int_equal(collector.count, taken);
    }
    assert_true(collector.refusals > 0);
    assert_contiguous(&collector, config_0, 0, 3000);
    /* END of that partition was not told before its last record was taken. */
    collector.room = SIZE_MAX;
    poll_events(rig, source, &collector, SM_SOURCE_END, 2);
    for (size_t i = 0; i < collector.event_count; i++) {
        if (collector.events[i].kind == SM_SOURCE_END && collector.events[i].offset > 0)
            assert_int_equal(collector.events[i].records_before, 3000);
    }
    source->ops->close(source);
    collector_deinit(&collector);
}

static void poll_takes_no_more_than_it_was_allowed(const struct source_rig *rig)
{
    struct collector collector;
    struct sm_source *source;
    struct sm_err err;
    size_t before;

    rig->reset(rig->context, 1);
    produce_numbered(rig, config_0, 1000);
    collector_init(&collector);
    source = join_and_assign(rig, &collector, 0, 1);
    poll_records(rig, source, &collector, 1);
    before = collector.count;
    for (int i = 0; i < 50; i++)
        assert_int_equal(source->ops->poll(source, &collector.sink, 0, &err), SM_OK);
    assert_int_equal(collector.count, before);
    while (before < 1000) {
        assert_int_equal(source->ops->poll(source, &collector.sink, 3, &err), SM_OK);
        assert_in_range(collector.count, before, before + 3);
        before = collector.count;
    }
    assert_contiguous(&collector, config_0, 0, 1000);
    source->ops->close(source);
    collector_deinit(&collector);
}

static void a_pause_loses_nothing_and_repeats_nothing(const struct source_rig *rig)
{
    struct collector collector;
    struct sm_source *source;

    rig->reset(rig->context, 2);
    produce_numbered(rig, config_0, 20000);
    produce_numbered(rig, config_1, 20000);
    collector_init(&collector);
    source = join_and_assign(rig, &collector, 0, 1);
    for (size_t next = 500; next < 40000; next += 500) {
        size_t before;

        poll_records(rig, source, &collector, next);
        before = collector.count;
        source->ops->pause(source, true);
        source->ops->pause(source, true);
        for (int i = 0; i < 3; i++) {
            struct sm_err err;

            assert_int_equal(source->ops->poll(source, &collector.sink, 500, &err), SM_OK);
        }
        assert_int_equal(collector.count, before);
        source->ops->pause(source, false);
    }
    poll_records(rig, source, &collector, 40000);
    assert_contiguous(&collector, config_0, 0, 20000);
    assert_contiguous(&collector, config_1, 0, 20000);
    source->ops->close(source);
    collector_deinit(&collector);
}

static void a_pause_outlives_an_assign(const struct source_rig *rig)
{
    struct sm_fetch_from list[] = { { config_0, 5 } };
    struct collector collector;
    struct sm_source *source;

    rig->reset(rig->context, 1);
    produce_numbered(rig, config_0, 10);
    collector_init(&collector);
    source = join_and_assign(rig, &collector, 0, 1);
    source->ops->pause(source, true);
    assign(source, list, 1, 2);
    poll_quiet(rig, source, &collector);
    assert_int_equal(collector.count, 0);
    source->ops->pause(source, false);
    poll_records(rig, source, &collector, 5);
    assert_contiguous(&collector, config_0, 5, 5);
    source->ops->close(source);
    collector_deinit(&collector);
}

/* ---- two members, positions kept outside them as the database would ---- */

/* Steps all members until each holds `share` partitions and `records` were seen in all. */
static void run_members(const struct source_rig *rig, struct member **members, size_t count,
                        size_t share, int64_t records)
{
    for (int round = 0;; round++) {
        int64_t before = seen_count();
        bool done = before >= records;

        for (size_t i = 0; i < count; i++) {
            member_step(members[i], 100);
            done = done && held_count(members[i]) == share;
        }
        if (done)
            return;
        if (round == rig->rounds_max)
            fail_msg(
                "%lld of %lld records were seen, the first of %zu members holds %zu partitions",
                (long long)seen_count(), (long long)records, count, held_count(members[0]));
        rig->wait(rig->context, members[(size_t)round % count]->source);
        if (seen_count() > before)
            round = 0;
    }
}

static void members_share_and_hand_over(const struct source_rig *rig)
{
    static struct member first, second, third;
    struct member *members[] = { &first, &second, &third };

    memset(positions, 0, sizeof(positions));
    rig->reset(rig->context, 4);
    produce_everywhere(rig, 4, 2000);
    member_join(rig, &first);
    run_members(rig, members, 1, 8, 1000);
    member_join(rig, &second);
    run_members(rig, members, 2, 4, 3000);
    assert_int_equal(first.revocations, 1);
    assert_int_equal(first.lost, 0);
    produce_everywhere(rig, 4, 500);
    member_leave(&first);
    run_members(rig, members + 1, 1, 8, 6000);
    member_join(rig, &third);
    run_members(rig, members + 1, 2, 4, (int64_t)8 * 2500);
    for (int i = 0; i < 4; i++)
        assert_int_equal(positions[SM_TOPIC_PROCESSING][i], 2500);
    assert_int_equal(second.lost + third.lost, 0);
    member_leave(&second);
    member_leave(&third);
}

static void a_member_without_partitions_gets_some_later(const struct source_rig *rig)
{
    static struct member first, second;
    struct member *members[] = { &first, &second };
    struct member *idle;

    memset(positions, 0, sizeof(positions));
    rig->reset(rig->context, 1);
    produce_everywhere(rig, 1, 100);
    member_join(rig, &first);
    run_members(rig, members, 1, 2, 200);
    member_join(rig, &second);
    /* It is told, too, that there is nothing for it (or takes both, and the first has nothing). */
    for (int round = 0;
         second.collector.event_count == 0 || held_count(&first) + held_count(&second) != 2;
         round++) {
        assert_true(round < rig->rounds_max);
        member_step(&first, 100);
        member_step(&second, 100);
        rig->wait(rig->context, second.source);
    }
    produce_everywhere(rig, 1, 100);
    idle = held_count(&first) == 0 ? &first : &second;
    assert_int_equal(held_count(idle), 0);
    member_leave(idle == &first ? &second : &first);
    run_members(rig, &idle, 1, 2, 400);
    member_leave(idle);
}

/* The engine may have no room for long (PostgreSQL away): the group must still be heard. */
static void a_rebalance_is_heard_without_room(const struct source_rig *rig)
{
    static struct member first, second;
    struct member *members[] = { &first, &second };

    memset(positions, 0, sizeof(positions));
    rig->reset(rig->context, 2);
    produce_everywhere(rig, 2, 20000);
    member_join(rig, &first);
    run_members(rig, members, 1, 4, 10);
    first.collector.room = 0;
    member_join(rig, &second);
    second.collector.room = 0;
    for (int round = 0; held_count(&second) != 2 || held_count(&first) != 2; round++) {
        if (round == rig->rounds_max)
            fail_msg("the members hold %zu and %zu partitions", held_count(&first),
                     held_count(&second));
        member_step(&first, 100);
        member_step(&second, 100);
        rig->wait(rig->context, second.source);
    }
    first.collector.room = second.collector.room = SIZE_MAX;
    run_members(rig, members, 2, 2, 80000);
    assert_int_equal(first.lost + second.lost, 0);
    member_leave(&first);
    member_leave(&second);
}

static void committing_changes_nothing(const struct source_rig *rig)
{
    struct sm_fetch_from list[] = { { config_0, 70 } };
    struct collector collector;
    struct sm_source *source;

    rig->reset(rig->context, 1);
    produce_numbered(rig, config_0, 100);
    collector_init(&collector);
    source = join_and_assign(rig, &collector, 0, 1);
    source->ops->commit(source, list, 1);
    poll_records(rig, source, &collector, 100);
    source->ops->commit(source, NULL, 0);
    assert_contiguous(&collector, config_0, 0, 100);
    source->ops->close(source);
    collector_deinit(&collector);
    collector_init(&collector);
    source = join_and_assign(rig, &collector, 20, 2);
    poll_records(rig, source, &collector, 80);
    assert_contiguous(&collector, config_0, 20, 80);
    source->ops->close(source);
    collector_deinit(&collector);
}

static const struct source_case source_cases[] = {
    { "nothing is fetched before assign", nothing_is_fetched_before_assign },
    { "records come whole and in order", records_come_whole_and_in_order },
    { "fetching starts where assign says", fetching_starts_where_assign_says },
    { "partitions not named stay silent", partitions_not_named_stay_silent },
    { "the end lies behind what was aborted", the_end_lies_behind_what_was_aborted },
    { "an end is told again when it moves", an_end_is_told_again_when_it_moves },
    { "an offset out of range is told and silent", an_offset_out_of_range_is_told_and_silent },
    { "no record of an older generation comes", no_record_of_an_older_generation_comes },
    { "a refused record is offered first again", a_refused_record_is_offered_first_again },
    { "poll takes no more than it was allowed", poll_takes_no_more_than_it_was_allowed },
    { "a pause loses nothing and repeats nothing", a_pause_loses_nothing_and_repeats_nothing },
    { "a pause outlives an assign", a_pause_outlives_an_assign },
    { "members share and hand over", members_share_and_hand_over },
    { "a member without partitions gets some later", a_member_without_partitions_gets_some_later },
    { "a rebalance is heard without room", a_rebalance_is_heard_without_room },
    { "committing changes nothing", committing_changes_nothing },
};

struct running {
    const struct source_rig *rig;
    const struct source_case *which;
};

static void run_case(void **state)
{
    const struct running *running = *state;

    running->which->run(running->rig);
}

static size_t add_cases(struct CMUnitTest *tests, struct running *running,
                        const struct source_rig *rig, const struct source_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        running[i] = (struct running){ rig, &cases[i] };
        tests[i] = (struct CMUnitTest){ cases[i].name, run_case, NULL, NULL, &running[i] };
    }
    return count;
}

int source_suite_run(const struct source_rig *rig)
{
    static struct running running[SM_ARRAY_COUNT(source_cases) + SOURCE_LOOK_CASES];
    struct CMUnitTest tests[SM_ARRAY_COUNT(source_cases) + SOURCE_LOOK_CASES];
    size_t count = add_cases(tests, running, rig, source_cases, SM_ARRAY_COUNT(source_cases));

    count += add_cases(tests + count, running + count, rig, source_look_cases, SOURCE_LOOK_CASES);
    assert_int_equal(count, SM_ARRAY_COUNT(tests));
    return _cmocka_run_group_tests("source", tests, count, NULL, NULL);
}
