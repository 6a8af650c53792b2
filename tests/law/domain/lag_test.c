/* Laws of lag, over random series of samples: nothing is negative, nothing unknown is told as a
 * number, and every state follows from the evidence that is reported with it. */
#include <stdio.h>

#include "domain/lag.h"
#include "law/domain/random.h"

#define SERIES  300
#define SAMPLES 200
#define SECOND  INT64_C(1000000)

static struct sm_lag_tracker tracker;
static struct sm_lag_sample sample;
static struct sm_lag_report report;
static struct random numbers;
static uint64_t seed;

static bool one_in(unsigned count)
{
    return random_below(&numbers, count) == 0;
}

static void start_series(uint64_t number)
{
    numbers.state = seed + number;
    tracker = (struct sm_lag_tracker){ .started = false };
    sample = (struct sm_lag_sample){ .at_us = 50 * SECOND,
                                     .wall_us = INT64_C(1700000000000000),
                                     .retention_us = one_in(2) ? SM_LAG_UNLIMITED : 100 * SECOND,
                                     .position = one_in(4) ? SM_LAG_UNKNOWN : 0,
                                     .advanced_wall_us = SM_LAG_UNKNOWN,
                                     .taken_wall_us = SM_LAG_UNKNOWN };
}

/* Positions and ends go forward only, as Kafka's and ours do. What was asked earlier may have been
 * answered less, so a position may lie after the end that was told. */
static void draw_sample(void)
{
    unsigned pause = random_below(&numbers, 3000) + 1;

    sample.at_us += (int64_t)pause * 1000;
    sample.wall_us += (int64_t)pause * 1000 + (one_in(100) ? -3600 * SECOND : 0);
    sample.high += random_below(&numbers, 3) * random_below(&numbers, 50);
    if (one_in(3))
        sample.stable = sample.high - (one_in(10) && sample.high - sample.stable > 0);
    if (one_in(20) && sample.low < sample.high)
        sample.low += random_below(&numbers, (unsigned)(sample.high - sample.low)) + 1;
    if (sample.position == SM_LAG_UNKNOWN)
        sample.position = one_in(10) ? sample.low : SM_LAG_UNKNOWN;
    else if (sample.position < sample.stable && !one_in(3))
        sample.position += random_below(&numbers, (unsigned)(sample.stable - sample.position)) + 1;
    else if (one_in(50))
        sample.position = sample.stable + 1;
    sample.first = SM_LAG_UNKNOWN;
    sample.first_wall_us =
        one_in(5) ? SM_LAG_UNKNOWN : sample.wall_us - random_below(&numbers, 200) * SECOND + SECOND;
    sample.broker_answered = !one_in(10);
    sample.database_answered = !one_in(10);
    sample.owner = (enum sm_lag_owner)random_below(&numbers, SM_LAG_OWNER_FENCED + 1);
    sample.waits_for = one_in(10)
                           ? (enum sm_lag_wait)random_below(&numbers, SM_LAG_WAIT_TRANSACTION)
                           : SM_LAG_WAIT_NONE;
    sample.stopped = one_in(50);
}

static bool unknown_or_at_least_zero(int64_t number)
{
    return number == SM_LAG_UNKNOWN || number >= 0;
}

static void nothing_is_negative(void)
{
    const struct sm_lag_facts *facts = &report.facts;

    assert_true(unknown_or_at_least_zero(facts->records));
    assert_true(unknown_or_at_least_zero(facts->behind_us));
    assert_true(unknown_or_at_least_zero(facts->unmoved_us));
    assert_true(unknown_or_at_least_zero(facts->quiet_us));
    assert_true(facts->behind_for_us >= 0 && facts->ahead_us >= 0 && facts->held_back_us >= 0);
    assert_true(facts->held_back >= 0 && facts->span_us >= 0 && facts->moved >= 0);
    assert_true(unknown_or_at_least_zero(report.eta_us));
    assert_true(unknown_or_at_least_zero(report.margin_us));
    assert_true(unknown_or_at_least_zero(report.margin_records));
    assert_true(unknown_or_at_least_zero(report.lost));
    assert_true(report.for_us >= 0);
    for (int i = 0; i < SM_LAG_WINDOWS; i++) {
        assert_true(unknown_or_at_least_zero(report.rates[i].in));
        assert_true(unknown_or_at_least_zero(report.rates[i].out));
    }
}

static void the_unknown_is_not_told_as_a_number(void)
{
    if (!sample.broker_answered || !sample.database_answered) {
        assert_true(report.facts.records == SM_LAG_UNKNOWN);
        assert_true(report.facts.behind_us == SM_LAG_UNKNOWN);
        assert_true(report.eta_us == SM_LAG_UNKNOWN);
    }
    if (!sample.database_answered)
        assert_true(report.lost == SM_LAG_UNKNOWN);
    if (report.clock_jumped && report.facts.records != 0)
        assert_true(report.facts.behind_us == SM_LAG_UNKNOWN);
}

/* What is shown is what the facts say, or was shown before until the other has held. */
static void the_state_follows_from_its_evidence(enum sm_lag_state before)
{
    enum sm_lag_wait waits_for;
    enum sm_lag_state judged = sm_lag_judge(&report.facts, &sm_lag_limits_default, &waits_for);

    assert_int_equal(report.pending, judged);
    assert_true(report.state == judged || report.state == before);
    if (report.state == judged)
        assert_true(judged != SM_LAG_PAUSED || report.waits_for != SM_LAG_WAIT_NONE);
    if (before == SM_LAG_STATE_UNKNOWN || sm_lag_hold_us(judged) == 0)
        assert_int_equal(report.state, judged);
}

static void random_series_obey_the_laws(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < SERIES; i++) {
        enum sm_lag_state before = SM_LAG_STATE_UNKNOWN;

        start_series(i);
        for (int j = 0; j < SAMPLES; j++) {
            draw_sample();
            sm_lag_observe(&tracker, &sm_lag_limits_default, &sample);
            sm_lag_report(&tracker, &sm_lag_limits_default, sample.at_us, sample.wall_us, &report);
            nothing_is_negative();
            the_unknown_is_not_told_as_a_number();
            the_state_follows_from_its_evidence(before);
            before = report.state;
        }
    }
}

/* A partition whose facts are drawn second by second from two states never shows more changes than
 * their shorter hold lets through. */
static void states_do_not_flap(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < SERIES; i++) {
        enum sm_lag_state before = SM_LAG_IDLE;
        int changes = -1; /* the first is none */

        start_series(i);
        sample.broker_answered = sample.database_answered = true;
        sample.position = 0;
        sample.first = sample.first_wall_us = SM_LAG_UNKNOWN;
        for (int second = 0; second < 100; second++) {
            sample.at_us += SECOND;
            sample.wall_us += SECOND;
            sample.stable = ++sample.high;
            sample.position = sample.high;
            sample.owner = one_in(2) ? SM_LAG_OWNER_NONE : SM_LAG_OWNER_LIVES;
            sm_lag_observe(&tracker, &sm_lag_limits_default, &sample);
            changes += tracker.state != before || second == 0;
            before = tracker.state;
        }
        assert_in_range(changes, 0, 100 / 5);
    }
}

static int draw_seed(void **state)
{
    (void)state;
    seed = random_seed();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_series_obey_the_laws),
        cmocka_unit_test(states_do_not_flap),
    };

    return cmocka_run_group_tests(tests, draw_seed, NULL);
}
