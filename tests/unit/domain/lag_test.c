/* The lag of one partition: what is told of a moment, and what of a series of moments. */
#include "unit/domain/lag_scene.h"

#include "domain/lag_words.h"

static struct lag_scene scene;

static int set_up(void **state)
{
    (void)state;
    lag_begin(&scene);
    return 0;
}

/* ---- numbers ---- */

static void without_a_sample_everything_is_unknown_and_nothing_is_zero(void **state)
{
    struct sm_lag_tracker empty = { .started = false };
    struct sm_lag_report report;

    (void)state;
    sm_lag_report(&empty, &sm_lag_limits_default, AT_ZERO, WALL, &report);
    assert_int_equal(report.state, SM_LAG_STATE_UNKNOWN);
    assert_true(report.facts.records == SM_LAG_UNKNOWN);
    assert_true(report.facts.behind_us == SM_LAG_UNKNOWN);
    assert_true(report.eta_us == SM_LAG_UNKNOWN);
    assert_true(report.margin_us == SM_LAG_UNKNOWN);
    assert_true(report.lost == SM_LAG_UNKNOWN);
    assert_true(report.rates[0].in == SM_LAG_UNKNOWN && report.rates[0].out == SM_LAG_UNKNOWN);
}

static void behind_is_the_age_of_the_first_unprocessed_record(void **state)
{
    (void)state;
    scene.sample.high = scene.sample.stable = 130;
    scene.sample.first = 105; /* 100 to 104 are an aborted transaction */
    scene.sample.first_wall_us = WALL - 7 * SECOND;
    lag_step(&scene);
    assert_int_equal(scene.report.facts.records, 25);
    assert_int_equal(scene.report.facts.behind_us, 7 * SECOND);
    lag_expect(&scene, SM_LAG_CURRENT);
    assert_int_equal(scene.report.eta_us, 0);
}

static void end_marks_alone_are_no_lag(void **state)
{
    (void)state;
    scene.sample.high = scene.sample.stable = 101;
    scene.sample.first = SM_LAG_NONE;
    lag_step(&scene);
    assert_int_equal(scene.report.facts.records, 0);
    assert_int_equal(scene.report.facts.behind_us, 0);
    lag_expect(&scene, SM_LAG_CURRENT);
}

static void who_never_consumed_is_behind_by_all_there_is(void **state)
{
    (void)state;
    scene.sample.position = scene.sample.advanced_wall_us = SM_LAG_UNKNOWN;
    scene.sample.low = 40;
    lag_step(&scene);
    assert_int_equal(scene.report.facts.records, 60);
    assert_true(scene.report.facts.behind_us == SM_LAG_UNKNOWN);
    assert_true(scene.report.facts.unmoved_us == SM_LAG_UNKNOWN);
}

static void what_retention_took_unread_is_lost_and_not_behind(void **state)
{
    (void)state;
    scene.sample.low = 120;
    scene.sample.high = scene.sample.stable = 150;
    scene.sample.lost = 3;
    lag_step(&scene);
    assert_int_equal(scene.report.facts.records, 30);
    assert_int_equal(scene.report.lost, 23);
    assert_int_equal(scene.report.margin_records, 0);
}

static void the_margin_is_what_retention_leaves_of_the_first_record(void **state)
{
    (void)state;
    scene.sample.high = scene.sample.stable = 130;
    scene.sample.low = 90;
    scene.sample.first_wall_us = WALL - 7 * SECOND;
    scene.sample.retention_us = MINUTE;
    lag_step(&scene);
    assert_int_equal(scene.report.margin_us, 53 * SECOND);
    assert_int_equal(scene.report.margin_records, 10);
    scene.sample.first_wall_us = WALL - 5 * MINUTE;
    lag_step(&scene);
    assert_int_equal(scene.report.margin_us, 0);
    scene.sample.first_wall_us = SM_LAG_UNKNOWN;
    lag_step(&scene);
    assert_true(scene.report.margin_us == SM_LAG_UNKNOWN);
}

static void rates_are_told_over_what_was_seen(void **state)
{
    (void)state;
    lag_step(&scene);
    assert_int_equal(scene.report.rates[0].span_us, 0);
    assert_true(scene.report.rates[0].in == SM_LAG_UNKNOWN);
    lag_flow(&scene, 120, 10, 10);
    lag_flow(&scene, 10, 40, 20);
    assert_in_range(scene.report.rates[0].span_us, 10 * SECOND, 15 * SECOND);
    assert_in_range(scene.report.rates[1].span_us, MINUTE, 65 * SECOND);
    assert_in_range(scene.report.rates[2].span_us, 120 * SECOND, 130 * SECOND);
    assert_in_range(scene.report.rates[0].in, 30000, 40000);
    assert_in_range(scene.report.rates[0].out, 16000, 20000);
    assert_in_range(scene.report.rates[2].in, 12000, 13000);
}

static void the_time_left_follows_from_the_rates_and_may_be_never(void **state)
{
    (void)state;
    lag_step(&scene);
    scene.sample.high += 10000;
    lag_flow(&scene, 70, 10, 60);
    assert_int_equal(scene.report.facts.records, 10000 - 70 * 50);
    assert_in_range(scene.report.eta_us, 129 * SECOND, 131 * SECOND);
    lag_flow(&scene, 70, 60, 10);
    assert_true(scene.report.eta_us == SM_LAG_NEVER);
    lag_flow(&scene, 400, 0, 100);
    assert_int_equal(scene.report.facts.records, 0);
    assert_int_equal(scene.report.eta_us, 0);
}

/* ---- states ---- */

static void idle_and_current_are_told_apart_by_what_came(void **state)
{
    (void)state;
    lag_flow(&scene, 30, 0, 0);
    lag_expect(&scene, SM_LAG_CURRENT);
    lag_flow(&scene, 31, 0, 0);
    lag_expect(&scene, SM_LAG_IDLE);
    assert_in_range(scene.report.for_us, 59 * SECOND, 61 * SECOND);
    lag_flow(&scene, 7, 5, 5);
    lag_expect(&scene, SM_LAG_CURRENT);
    assert_false(scene.report.since_start);
}

static void a_partition_long_quiet_is_idle_at_the_first_look(void **state)
{
    (void)state;
    scene.sample.advanced_wall_us = WALL - 600 * SECOND;
    lag_step(&scene);
    lag_expect(&scene, SM_LAG_IDLE);
    assert_int_equal(scene.report.for_us, 600 * SECOND);
    assert_true(scene.report.since_start);
}

static void growing_is_falling_behind_and_shrinking_is_catching_up(void **state)
{
    (void)state;
    lag_flow(&scene, 60, 10, 10);
    lag_expect(&scene, SM_LAG_CURRENT);
    lag_flow(&scene, 90, 30, 10);
    lag_expect(&scene, SM_LAG_FALLING_BEHIND);
    assert_int_equal(scene.report.cause, SM_LAG_CAUSE_PRODUCERS);
    lag_flow(&scene, 90, 10, 25);
    lag_expect(&scene, SM_LAG_CATCHING_UP);
    lag_flow(&scene, 100, 10, 25);
    lag_expect(&scene, SM_LAG_CURRENT);
    assert_int_equal(scene.report.cause, SM_LAG_CAUSE_NONE);
}

static void slow_growth_with_jitter_is_not_taken_for_health(void **state)
{
    (void)state;
    lag_flow(&scene, 30, 10, 10);
    for (int i = 0; i < 60; i++) {
        lag_flow(&scene, 3, 10, 5);
        lag_flow(&scene, 1, 10, 18); /* a dip, in which a simpler rule would see a recovery */
    }
    lag_expect(&scene, SM_LAG_FALLING_BEHIND);
}

static void our_own_slowness_is_told_from_that_of_the_producers(void **state)
{
    (void)state;
    lag_flow(&scene, 240, 10, 10);
    lag_flow(&scene, 70, 10, 2);
    lag_expect(&scene, SM_LAG_FALLING_BEHIND);
    assert_int_equal(scene.report.cause, SM_LAG_CAUSE_OUR_RATE);
}

static void what_waited_for_a_restart_is_called_so(void **state)
{
    (void)state;
    scene.sample.high += 100000;
    scene.sample.stable = scene.sample.high;
    scene.sample.taken_wall_us = WALL - SECOND;
    scene.sample.first_wall_us = WALL - 60 * SECOND;
    for (int i = 0; i < 20; i++) {
        scene.sample.position += 100;
        lag_step(&scene);
    }
    lag_expect(&scene, SM_LAG_CATCHING_UP);
    assert_int_equal(scene.report.cause, SM_LAG_CAUSE_RESTART);
}

static void work_without_progress_is_stalled_since_it_moved_last(void **state)
{
    (void)state;
    lag_flow(&scene, 60, 10, 10);
    lag_flow(&scene, 59, 10, 0);
    assert_int_not_equal(scene.report.state, SM_LAG_STALLED);
    lag_flow(&scene, 11, 10, 0);
    lag_expect(&scene, SM_LAG_STALLED);
    assert_int_equal(scene.report.for_us, 70 * SECOND);
    assert_int_equal(scene.report.facts.unmoved_us, 70 * SECOND);
}

static void an_old_record_that_comes_after_a_quiet_time_is_no_stall(void **state)
{
    (void)state;
    lag_flow(&scene, 300, 0, 0);
    scene.sample.high = ++scene.sample.stable;
    scene.sample.first_wall_us = WALL; /* five minutes old when it came */
    lag_step(&scene);
    lag_step(&scene);
    assert_int_not_equal(scene.report.state, SM_LAG_STALLED);
    scene.sample.position++;
    scene.sample.first_wall_us = SM_LAG_UNKNOWN;
    lag_step(&scene);
    assert_int_not_equal(scene.report.state, SM_LAG_STALLED);
}

static void a_moment_without_an_owner_is_not_shown_and_a_longer_one_is(void **state)
{
    (void)state;
    lag_flow(&scene, 10, 10, 10);
    scene.sample.owner = SM_LAG_OWNER_NONE;
    lag_flow(&scene, 3, 10, 0);
    lag_expect(&scene, SM_LAG_CURRENT);
    assert_int_equal(scene.report.pending, SM_LAG_UNASSIGNED);
    scene.sample.owner = SM_LAG_OWNER_LIVES;
    lag_flow(&scene, 3, 10, 20);
    lag_expect(&scene, SM_LAG_CURRENT);
    scene.sample.owner = SM_LAG_OWNER_NONE;
    lag_flow(&scene, 8, 10, 0);
    lag_expect(&scene, SM_LAG_UNASSIGNED);
    assert_int_equal(scene.report.for_us, 7 * SECOND);
    scene.sample.owner = SM_LAG_OWNER_FENCED;
    lag_flow(&scene, 8, 10, 0);
    lag_expect(&scene, SM_LAG_FENCED);
}

static void a_pause_names_what_it_waits_for(void **state)
{
    (void)state;
    lag_flow(&scene, 10, 10, 10);
    scene.sample.waits_for = SM_LAG_WAIT_POSTGRES;
    scene.sample.database_answered = false;
    lag_flow(&scene, 10, 10, 0);
    lag_expect(&scene, SM_LAG_PAUSED);
    assert_int_equal(scene.report.waits_for, SM_LAG_WAIT_POSTGRES);
    assert_true(scene.report.facts.records == SM_LAG_UNKNOWN);
    assert_true(scene.report.lost == SM_LAG_UNKNOWN);
    scene.sample.waits_for = SM_LAG_WAIT_REGISTRY;
    scene.sample.database_answered = true;
    lag_flow(&scene, 10, 10, 0);
    lag_expect(&scene, SM_LAG_PAUSED);
    assert_int_equal(scene.report.waits_for, SM_LAG_WAIT_REGISTRY);
}

static void records_held_back_by_an_open_transaction_are_told(void **state)
{
    (void)state;
    lag_flow(&scene, 100, 0, 0);
    scene.sample.high += 50;
    for (int i = 0; i < 20; i++)
        lag_step(&scene);
    assert_int_not_equal(scene.report.state, SM_LAG_PAUSED);
    assert_int_equal(scene.report.facts.held_back, 50);
    for (int i = 0; i < 20; i++)
        lag_step(&scene);
    lag_expect(&scene, SM_LAG_PAUSED);
    assert_int_equal(scene.report.waits_for, SM_LAG_WAIT_TRANSACTION);
    scene.sample.stable = scene.sample.position = scene.sample.high;
    for (int i = 0; i < 10; i++)
        lag_step(&scene);
    lag_expect(&scene, SM_LAG_CURRENT);
}

static void transactions_that_follow_each_other_hold_nothing_up(void **state)
{
    (void)state;
    for (int i = 0; i < 60; i++) {
        scene.sample.high += 10;
        scene.sample.stable = scene.sample.position = scene.sample.high - 5;
        lag_step(&scene);
        assert_int_equal(scene.report.state, SM_LAG_CURRENT);
    }
    assert_int_equal(scene.report.facts.held_back, 5);
}

static void a_topic_made_anew_stops_and_its_lag_is_not_told(void **state)
{
    (void)state;
    lag_flow(&scene, 10, 10, 10);
    scene.sample.high = scene.sample.stable = 5;
    lag_step(&scene);
    assert_true(scene.report.facts.records == SM_LAG_UNKNOWN);
    for (int i = 0; i < 12; i++)
        lag_step(&scene);
    lag_expect(&scene, SM_LAG_STOPPED);
    assert_true(scene.report.facts.records == SM_LAG_UNKNOWN);
    scene.sample.stopped = true;
    lag_step(&scene);
    lag_expect(&scene, SM_LAG_STOPPED);
}

static void who_does_not_answer_makes_unknown_and_what_is_known_again_is_shown_at_once(void **state)
{
    (void)state;
    lag_flow(&scene, 10, 10, 10);
    scene.sample.broker_answered = false;
    lag_step(&scene);
    assert_true(scene.report.facts.records == SM_LAG_UNKNOWN);
    assert_true(scene.report.facts.behind_us == SM_LAG_UNKNOWN);
    for (int i = 0; i < 5; i++)
        lag_step(&scene);
    lag_expect(&scene, SM_LAG_STATE_UNKNOWN);
    scene.sample.broker_answered = true;
    lag_flow(&scene, 1, 10, 10);
    lag_expect(&scene, SM_LAG_CURRENT);
    scene.sample.database_answered = false;
    for (int i = 0; i < 5; i++)
        lag_step(&scene);
    lag_expect(&scene, SM_LAG_STATE_UNKNOWN);
}

static void an_old_sample_tells_nothing_and_ages_go_on_without_one(void **state)
{
    struct sm_lag_report report;

    (void)state;
    scene.sample.stable = ++scene.sample.high;
    scene.sample.first_wall_us = WALL;
    lag_step(&scene);
    sm_lag_report(&scene.tracker, &sm_lag_limits_default, AT_ZERO + 3 * SECOND, WALL + 3 * SECOND,
                  &report);
    assert_int_equal(report.facts.behind_us, 3 * SECOND);
    sm_lag_report(&scene.tracker, &sm_lag_limits_default, AT_ZERO + MINUTE, WALL + MINUTE, &report);
    assert_int_equal(report.state, SM_LAG_STATE_UNKNOWN);
    assert_true(report.facts.records == SM_LAG_UNKNOWN);
    assert_true(report.rates[2].in == SM_LAG_UNKNOWN);
}

/* ---- clocks ---- */

static void a_jump_of_the_wall_clock_makes_ages_unknown_for_a_while(void **state)
{
    (void)state;
    lag_flow(&scene, 5, 10, 0);
    assert_true(scene.report.facts.behind_us > 0);
    scene.sample.at_us += SECOND;
    scene.sample.wall_us += SECOND - 3600 * SECOND;
    sm_lag_observe(&scene.tracker, &sm_lag_limits_default, &scene.sample);
    sm_lag_report(&scene.tracker, &sm_lag_limits_default, scene.sample.at_us, scene.sample.wall_us,
                  &scene.report);
    assert_true(scene.report.clock_jumped);
    assert_true(scene.report.facts.behind_us == SM_LAG_UNKNOWN);
    assert_int_equal(scene.report.facts.records, 50);
}

static void a_record_of_the_future_has_no_age(void **state)
{
    (void)state;
    scene.sample.stable = ++scene.sample.high;
    scene.sample.first_wall_us = WALL + SECOND / 2; /* clocks are never quite equal */
    lag_step(&scene);
    assert_int_equal(scene.report.facts.behind_us, 0);
    scene.sample.first_wall_us = WALL + MINUTE;
    lag_step(&scene);
    assert_true(scene.report.facts.behind_us == SM_LAG_UNKNOWN);
}

/* ---- words ---- */

static void every_state_has_words_and_a_next_step(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SM_LAG_STATE_COUNT; i++) {
        enum sm_lag_state one = (enum sm_lag_state)i;

        assert_true(strlen(sm_lag_state_name(one)) > 0 && strlen(sm_lag_state_words(one)) > 0);
        if (one != SM_LAG_PAUSED)
            assert_true(strlen(sm_lag_next_step(one, SM_LAG_WAIT_NONE)) > 0);
    }
    for (unsigned i = SM_LAG_WAIT_NONE + 1; i < SM_LAG_WAIT_COUNT; i++)
        assert_true(strlen(sm_lag_next_step(SM_LAG_PAUSED, (enum sm_lag_wait)i)) > 0);
    for (unsigned i = 0; i < SM_LAG_CAUSE_COUNT; i++)
        assert_true(strlen(sm_lag_cause_words((enum sm_lag_cause)i)) > 0);
    assert_string_equal(sm_lag_wait_name(SM_LAG_WAIT_DISK), "disk");
    assert_string_equal(sm_lag_cause_name(SM_LAG_CAUSE_OUR_RATE), "our_rate");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup(name, set_up)
        TEST(without_a_sample_everything_is_unknown_and_nothing_is_zero),
        TEST(behind_is_the_age_of_the_first_unprocessed_record),
        TEST(end_marks_alone_are_no_lag),
        TEST(who_never_consumed_is_behind_by_all_there_is),
        TEST(what_retention_took_unread_is_lost_and_not_behind),
        TEST(the_margin_is_what_retention_leaves_of_the_first_record),
        TEST(rates_are_told_over_what_was_seen),
        TEST(the_time_left_follows_from_the_rates_and_may_be_never),
        TEST(idle_and_current_are_told_apart_by_what_came),
        TEST(a_partition_long_quiet_is_idle_at_the_first_look),
        TEST(growing_is_falling_behind_and_shrinking_is_catching_up),
        TEST(slow_growth_with_jitter_is_not_taken_for_health),
        TEST(our_own_slowness_is_told_from_that_of_the_producers),
        TEST(what_waited_for_a_restart_is_called_so),
        TEST(work_without_progress_is_stalled_since_it_moved_last),
        TEST(an_old_record_that_comes_after_a_quiet_time_is_no_stall),
        TEST(a_moment_without_an_owner_is_not_shown_and_a_longer_one_is),
        TEST(a_pause_names_what_it_waits_for),
        TEST(records_held_back_by_an_open_transaction_are_told),
        TEST(transactions_that_follow_each_other_hold_nothing_up),
        TEST(a_topic_made_anew_stops_and_its_lag_is_not_told),
        TEST(who_does_not_answer_makes_unknown_and_what_is_known_again_is_shown_at_once),
        TEST(an_old_sample_tells_nothing_and_ages_go_on_without_one),
        TEST(a_jump_of_the_wall_clock_makes_ages_unknown_for_a_while),
        TEST(a_record_of_the_future_has_no_age),
        TEST(every_state_has_words_and_a_next_step),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
