/* Lag of all partitions: the worst is named, the slowest decides, the unknown is not summed up. */
#include "domain/lag_group.h"

#include "unit/domain/lag_scene.h"

static struct sm_lag_report report_of(enum sm_lag_state state, int64_t records)
{
    return (struct sm_lag_report){
        .state = state,
        .facts = { .records = records, .behind_us = records == 0 ? 0 : records * SECOND },
        .eta_us = records,
        .margin_us = SM_LAG_UNLIMITED,
        .rates = { { SECOND, 10, 20 }, { SECOND, 10, 20 }, { SECOND, 10, 20 } },
        .cause = records == 0 ? SM_LAG_CAUSE_NONE : SM_LAG_CAUSE_PRODUCERS,
    };
}

static void add(struct sm_lag_group *group, enum sm_lag_state state, int64_t records)
{
    struct sm_lag_report report = report_of(state, records);

    sm_lag_group_add(group, &report);
}

static void no_partition_is_unknown(void **state)
{
    const struct sm_lag_group group = { .partitions = 0 };

    (void)state;
    assert_int_equal(sm_lag_group_state(&group), SM_LAG_STATE_UNKNOWN);
    assert_int_equal(sm_lag_group_cause(&group), SM_LAG_CAUSE_UNKNOWN);
}

static void the_first_of_the_worst_gives_the_state(void **state)
{
    struct sm_lag_group group = { .partitions = 0 };

    (void)state;
    add(&group, SM_LAG_IDLE, 0);
    add(&group, SM_LAG_CATCHING_UP, 5);
    add(&group, SM_LAG_STALLED, 9);
    add(&group, SM_LAG_STALLED, 11);
    add(&group, SM_LAG_CURRENT, 1);
    assert_int_equal(sm_lag_group_state(&group), SM_LAG_STALLED);
    assert_int_equal(group.worst, 2);
    assert_int_equal(group.worst_report.facts.records, 9);
    assert_int_equal(group.states[SM_LAG_STALLED], 2);
    assert_int_equal(group.partitions, 5);
    assert_int_equal(group.records, 26);
    assert_int_equal(group.behind_us, 11 * SECOND);
    assert_int_equal(group.eta_us, 11);
    assert_int_equal(group.rates[1].in, 50);
}

static void the_unknown_is_counted_and_not_summed_up(void **state)
{
    struct sm_lag_group group = { .partitions = 0 };
    struct sm_lag_report unknown = report_of(SM_LAG_STATE_UNKNOWN, 0);

    (void)state;
    add(&group, SM_LAG_CATCHING_UP, 5);
    unknown.facts.records = unknown.facts.behind_us = unknown.eta_us = SM_LAG_UNKNOWN;
    unknown.lost = unknown.margin_us = unknown.rates[0].out = SM_LAG_UNKNOWN;
    sm_lag_group_add(&group, &unknown);
    assert_int_equal(group.records, 5);
    assert_int_equal(group.records_unknown, 1);
    assert_int_equal(group.behind_unknown, 1);
    assert_true(group.eta_us == SM_LAG_UNKNOWN);
    assert_true(group.rates[0].out == SM_LAG_UNKNOWN);
    assert_int_equal(group.rates[0].in, 20);
    assert_int_equal(group.lost, 0);
    assert_true(group.margin_us == SM_LAG_UNLIMITED);
}

static void one_partition_that_never_gets_there_decides(void **state)
{
    struct sm_lag_group group = { .partitions = 0 };
    struct sm_lag_report never = report_of(SM_LAG_FALLING_BEHIND, 7);

    (void)state;
    add(&group, SM_LAG_CATCHING_UP, 5);
    never.eta_us = SM_LAG_NEVER;
    never.margin_us = SECOND;
    sm_lag_group_add(&group, &never);
    assert_true(group.eta_us == SM_LAG_NEVER);
    assert_int_equal(group.margin_us, SECOND);
}

static void a_backlog_in_one_partition_is_its_own_cause(void **state)
{
    struct sm_lag_group group = { .partitions = 0 };

    (void)state;
    add(&group, SM_LAG_FALLING_BEHIND, 900);
    add(&group, SM_LAG_CURRENT, 1);
    assert_int_equal(sm_lag_group_cause(&group), SM_LAG_CAUSE_PRODUCERS);
    add(&group, SM_LAG_CURRENT, 10);
    assert_int_equal(sm_lag_group_cause(&group), SM_LAG_CAUSE_PARTITION);
    add(&group, SM_LAG_FALLING_BEHIND, 900);
    assert_int_equal(sm_lag_group_cause(&group), SM_LAG_CAUSE_PRODUCERS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_partition_is_unknown),
        cmocka_unit_test(the_first_of_the_worst_gives_the_state),
        cmocka_unit_test(the_unknown_is_counted_and_not_summed_up),
        cmocka_unit_test(one_partition_that_never_gets_there_decides),
        cmocka_unit_test(a_backlog_in_one_partition_is_its_own_cause),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
