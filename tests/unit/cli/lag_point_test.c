/* Points of the dashboard's history: the worst of what was seen, and nothing that was not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cli/lag_point.h"

#define SECOND INT64_C(1000000)
#define COUNT  3

static struct sm_lag_partition partitions[COUNT];
static struct sm_lag_snapshot snapshot;
static struct sm__lag_point point;
static struct sm_buf out;

/* All partitions are as far behind, by as many records. */
static void see(int64_t wall_us, int64_t behind_us, int64_t records)
{
    static const char *const topics[COUNT] = {"a", "a", "b"};

    snapshot = (struct sm_lag_snapshot){
        .wall_us = wall_us, .partitions = partitions, .count = COUNT};
    for (int i = 0; i < COUNT; i++) {
        partitions[i] = (struct sm_lag_partition){
            .partition = i % 2,
            .report = {.state = SM_LAG_CURRENT,
                       .facts = {.behind_us = behind_us, .records = records}}};
        (void)snprintf(partitions[i].topic, sizeof(partitions[i].topic), "%s", topics[i]);
        sm_lag_group_add(&snapshot.group, &partitions[i].report);
    }
}

static void add(int64_t wall_us, int64_t behind_us, int64_t records)
{
    see(wall_us, behind_us, records);
    assert_true(sm__lag_point_add(&point, &snapshot));
}

static const char *print(void)
{
    sm_buf_reset(&out);
    assert_true(sm__lag_point_append(&point, &snapshot, &out));
    return out.data;
}

static int set_up(void **state)
{
    (void)state;
    sm_buf_init(&out, 1 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    sm__lag_point_reset(&point);
    sm_buf_deinit(&out);
    return 0;
}

static void it_is_the_worst_of_its_seconds(void **state)
{
    (void)state;
    add(100 * SECOND, 2 * SECOND, 5);
    add(102 * SECOND, 40 * SECOND, 9);
    add(104 * SECOND, 0, 0);
    assert_non_null(strstr(print(), "{\"at_ms\":100000,\"records\":27,\"behind_ms\":40000,"));
    assert_non_null(strstr(out.data, "\"state\":1,\"heat\":[{\"topic\":\"a\",\"levels\":\"44\"},"
                                     "{\"topic\":\"b\",\"levels\":\"4\"}]}"));
}

static void it_is_over_when_the_next_five_seconds_begin(void **state)
{
    (void)state;
    see(104 * SECOND, 0, 0);
    assert_false(sm__lag_point_is_over(&point, &snapshot));
    add(104 * SECOND, 0, 0);
    assert_false(sm__lag_point_is_over(&point, &snapshot));
    see(105 * SECOND, 0, 0);
    assert_true(sm__lag_point_is_over(&point, &snapshot));
    see(90 * SECOND, 0, 0); /* a clock that was set back */
    assert_true(sm__lag_point_is_over(&point, &snapshot));
}

static void what_is_unknown_is_null_and_a_dash(void **state)
{
    (void)state;
    add(100 * SECOND, SM_LAG_UNKNOWN, SM_LAG_UNKNOWN);
    assert_non_null(strstr(print(), "\"records\":null,\"behind_ms\":null,"));
    assert_non_null(strstr(out.data, "\"levels\":\"--\""));
    add(101 * SECOND, 0, 0);
    assert_non_null(strstr(print(), "\"records\":0,\"behind_ms\":0,"));
    assert_non_null(strstr(out.data, "\"levels\":\"00\""));
}

static void levels_have_the_bounds_that_the_table_tells(void **state)
{
    static const int bounds_s[] = {1, 5, 10, 30, 60, 300, 900, 3600, 21600};

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(bounds_s); i++) {
        add(100 * SECOND, bounds_s[i] * SECOND, 1);
        assert_int_equal(point.levels[0], '0' + (int)i);
        add(100 * SECOND, bounds_s[i] * SECOND + 1, 1);
        assert_int_equal(point.levels[0], '1' + (int)i);
    }
}

static void partitions_that_are_added_begin_with_what_is_seen_then(void **state)
{
    (void)state;
    see(100 * SECOND, 40 * SECOND, 9);
    snapshot.count = 1;
    assert_true(sm__lag_point_add(&point, &snapshot));
    add(101 * SECOND, 2 * SECOND, 1);
    assert_int_equal(point.count, COUNT);
    assert_memory_equal(point.levels, "111", COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_is_the_worst_of_its_seconds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_is_over_when_the_next_five_seconds_begin, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_unknown_is_null_and_a_dash, set_up, tear_down),
        cmocka_unit_test_setup_teardown(levels_have_the_bounds_that_the_table_tells, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(partitions_that_are_added_begin_with_what_is_seen_then,
                                        set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
