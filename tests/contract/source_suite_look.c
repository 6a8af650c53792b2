/* The source port's promises about records that are looked at again, one case each. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "contract/source_suite.h"

static const struct sm_partition_id config_0 = { SM_TOPIC_CONFIG, 0 };
static const struct sm_partition_id config_1 = { SM_TOPIC_CONFIG, 1 };

/* Asks, and waits for the answer to just this question. */
const struct seen_event *look_again(const struct source_rig *rig, struct sm_source *source,
                                    struct collector *collector, struct sm_partition_id id,
                                    int64_t offset)
{
    static uint64_t ticket;

    source->ops->look(source, id, offset, ++ticket);
    for (int round = 0; round < rig->rounds_max; round++) {
        for (size_t i = collector->event_count; i > 0; i--) {
            const struct seen_event *seen = &collector->events[i - 1];

            if ((seen->kind != SM_SOURCE_LOOKED && seen->kind != SM_SOURCE_LOOKED_OUTSIDE) ||
                seen->generation != ticket)
                continue;
            assert_true(same_id(seen->id, id));
            assert_int_equal(seen->count, 1);
            assert_int_equal(seen->offset, offset);
            return seen;
        }
        poll_source_once(source, collector);
        rig->wait(rig->context, source);
    }
    fail_msg("no answer about offset %lld", (long long)offset);
    return NULL;
}

static void assert_record(const struct seen_event *seen, const struct collector *collector,
                          int64_t offset)
{
    assert_int_equal(seen->kind, SM_SOURCE_LOOKED);
    assert_true(seen->has_record);
    assert_int_equal(seen->record_offset, offset);
    assert_int_equal(seen->content, collector->records[offset].content);
}

static void a_record_can_be_looked_at_again(const struct source_rig *rig)
{
    struct collector collector;
    struct sm_source *source;

    rig->reset(rig->context, 2);
    produce_numbered(rig, config_0, 100);
    collector_init(&collector);
    source = join_and_assign(rig, &collector, 0, 1);
    poll_records(rig, source, &collector, 100);
    for (int64_t offset = 0; offset < 100; offset += 33)
        assert_record(look_again(rig, source, &collector, config_0, offset), &collector, offset);
    source->ops->pause(source, true);
    assert_record(look_again(rig, source, &collector, config_0, 98), &collector, 98);
    assert_int_equal(collector.count, 100); /* fetching does not notice */
    source->ops->close(source);
    collector_deinit(&collector);
}

static void looking_tells_what_is_not_there(const struct source_rig *rig)
{
    enum { RECORDS = 20, ABORTED = 3 };
    struct collector collector;
    struct sm_source *source;
    const struct seen_event *seen;

    rig->reset(rig->context, 2);
    produce_numbered(rig, config_0, RECORDS);
    rig->produce_aborted(rig->context, config_0, ABORTED);
    rig->truncate(rig->context, config_0, 10);
    collector_init(&collector);
    source = rig->join(rig->context); /* nothing is assigned, and need not be */
    poll_events(rig, source, &collector, SM_SOURCE_ASSIGNED, 1);
    seen = look_again(rig, source, &collector, config_0, 9);
    assert_int_equal(seen->kind, SM_SOURCE_LOOKED_OUTSIDE);
    assert_true(look_again(rig, source, &collector, config_0, 10)->has_record);
    seen = look_again(rig, source, &collector, config_0, RECORDS + ABORTED); /* the end mark */
    assert_int_equal(seen->kind, SM_SOURCE_LOOKED);
    assert_false(seen->has_record);
    seen = look_again(rig, source, &collector, config_0, RECORDS + ABORTED + 1);
    assert_int_equal(seen->kind, SM_SOURCE_LOOKED_OUTSIDE);
    seen = look_again(rig, source, &collector, config_0, 1000);
    assert_int_equal(seen->kind, SM_SOURCE_LOOKED_OUTSIDE);
    seen = look_again(rig, source, &collector, config_1, 0);
    assert_int_equal(seen->kind, SM_SOURCE_LOOKED_OUTSIDE);
    assert_int_equal(collector.count, 0);
    source->ops->close(source);
    collector_deinit(&collector);
}

static void questions_are_answered_for_every_partition(const struct source_rig *rig)
{
    enum { PARTITIONS = 8, EACH = 10, LATEST = 1000 };
    bool answered[SM_TOPIC_COUNT][PARTITIONS] = { { false } };
    struct collector collector;
    struct sm_source *source;
    size_t count = 0;

    rig->reset(rig->context, PARTITIONS);
    produce_everywhere(rig, PARTITIONS, EACH);
    collector_init(&collector);
    source = join_and_assign(rig, &collector, 0, 1);
    for (uint64_t ticket = 1; ticket <= 2; ticket++) { /* the second question counts */
        for (size_t i = 0; i < collector.partition_count; i++)
            source->ops->look(source, collector.partitions[i], (int64_t)ticket,
                              ticket == 2 ? LATEST : ticket);
    }
    for (int round = 0; count < (size_t)PARTITIONS * SM_TOPIC_COUNT; round++) {
        assert_true(round < rig->rounds_max);
        poll_source_once(source, &collector);
        rig->wait(rig->context, source);
        count = 0;
        for (size_t i = 0; i < collector.event_count; i++) {
            const struct seen_event *seen = &collector.events[i];

            if (seen->kind != SM_SOURCE_LOOKED || seen->generation != LATEST)
                continue;
            assert_int_equal(seen->record_offset, 2);
            answered[seen->id.topic][seen->id.partition] = true;
            count++;
        }
    }
    for (int32_t i = 0; i < PARTITIONS; i++)
        assert_true(answered[SM_TOPIC_CONFIG][i] && answered[SM_TOPIC_PROCESSING][i]);
    source->ops->close(source);
    collector_deinit(&collector);
}

const struct source_case source_look_cases[SOURCE_LOOK_CASES] = {
    { "a record can be looked at again", a_record_can_be_looked_at_again },
    { "looking tells what is not there", looking_tells_what_is_not_there },
    { "questions are answered for every partition", questions_are_answered_for_every_partition },
};
