/* What `lag` prints, and what its check decides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/lag.h"

#define SECOND INT64_C(1000000)

static struct sm_lag_partition partitions[3];
static struct sm_lag_snapshot snapshot;
static struct sm_buf out;

static const struct sm__lag_bounds minute = {60 * SECOND, SM_LAG_UNKNOWN};

static int set_up(void **state)
{
    (void)state;
    snapshot = (struct sm_lag_snapshot){.partitions = partitions};
    sm_buf_init(&out, 1 << 16);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    sm_buf_deinit(&out);
    return 0;
}

static void add(enum sm_lag_state state, int64_t records, int64_t behind_us)
{
    struct sm_lag_partition *added = &partitions[snapshot.count];

    *added = (struct sm_lag_partition){
        .topic = "t",
        .partition = (int32_t)snapshot.count++,
        .owner = "host/1",
        .report = {.state = state,
                   .for_us = 370 * SECOND,
                   .facts = {.records = records, .behind_us = behind_us},
                   .eta_us = records == 0 ? 0 : SM_LAG_UNKNOWN,
                   .margin_us = SM_LAG_UNLIMITED,
                   .rates = {{0}, {60 * SECOND, 100000, 205000}, {0}}}};
    sm_lag_group_add(&snapshot.group, &added->report);
}

static void says(const char *sentence)
{
    sm__lag_append_sentence(&snapshot, &out);
    assert_string_equal(out.data, sentence);
}

static void nothing_seen_is_unknown(void **state)
{
    (void)state;
    says("unknown: no partition could be seen");
    assert_int_equal(sm__lag_check(&snapshot, &minute), 3);
}

static void health_is_one_short_sentence(void **state)
{
    (void)state;
    add(SM_LAG_CURRENT, 3, 400000);
    add(SM_LAG_IDLE, 0, 0);
    says("current: 0.4s behind, 3 records, 24600 a minute");
    assert_int_equal(sm__lag_check(&snapshot, &minute), 0);
}

static void trouble_names_where_since_when_and_what_it_is(void **state)
{
    (void)state;
    add(SM_LAG_CURRENT, 0, 0);
    add(SM_LAG_STALLED, 7, 370 * SECOND);
    add(SM_LAG_STALLED, 2, 369 * SECOND);
    says("stalled for 6m 10s: t[1] and 1 more, records wait, and none was committed for a while; "
         "6m 10s behind, 9 records, 36900 a minute");
    assert_int_equal(sm__lag_check(&snapshot, &minute), 2);
}

static void what_is_not_known_is_never_a_number(void **state)
{
    (void)state;
    add(SM_LAG_CURRENT, 5, 2 * SECOND);
    add(SM_LAG_STATE_UNKNOWN, SM_LAG_UNKNOWN, SM_LAG_UNKNOWN);
    says("unknown for 6m 10s: t[1], cannot be told at the moment; at least 2.0s behind, "
         "at least 5 records, 24600 a minute");
    assert_int_equal(sm__lag_check(&snapshot, &minute), 3);
}

static void what_is_known_to_be_critical_outweighs_the_unknown(void **state)
{
    (void)state;
    add(SM_LAG_STATE_UNKNOWN, SM_LAG_UNKNOWN, SM_LAG_UNKNOWN);
    add(SM_LAG_CATCHING_UP, 5, 61 * SECOND);
    assert_int_equal(sm__lag_check(&snapshot, &minute), 2);
}

static void catching_up_within_bounds_is_well_and_falling_behind_a_warning(void **state)
{
    const struct sm__lag_bounds four = {60 * SECOND, 4};

    (void)state;
    add(SM_LAG_CATCHING_UP, 5, 60 * SECOND);
    assert_int_equal(sm__lag_check(&snapshot, &minute), 0);
    assert_int_equal(sm__lag_check(&snapshot, &four), 2);
    add(SM_LAG_FALLING_BEHIND, 5, 60 * SECOND);
    assert_int_equal(sm__lag_check(&snapshot, &minute), 1);
}

static void the_table_has_what_waits_and_why(void **state)
{
    (void)state;
    add(SM_LAG_PAUSED, 5, SM_LAG_UNKNOWN);
    partitions[0].report.waits_for = snapshot.group.worst_report.waits_for = SM_LAG_WAIT_REGISTRY;
    (void)snprintf(partitions[0].reason, sizeof(partitions[0].reason), "schema 7 is not there");
    snapshot.parked = (struct sm_lag_room){12, 65 * SECOND};
    snapshot.dead_letters = (struct sm_lag_room){SM_LAG_UNKNOWN, -1};
    assert_true(sm__lag_append_text(&snapshot, &out));
    assert_non_null(strstr(out.data, "paused (registry)"));
    assert_non_null(strstr(out.data, "next: see secretmagic status for what it waits"));
    assert_non_null(strstr(out.data, "t[0]: schema 7 is not there"));
    assert_non_null(strstr(out.data, "parked: 12, the oldest since 1m 5s"));
    assert_non_null(strstr(out.data, "dead letters: unknown"));
}

static void json_has_null_for_the_unknown_and_words_for_what_has_no_end(void **state)
{
    (void)state;
    add(SM_LAG_FALLING_BEHIND, 5, SM_LAG_UNKNOWN);
    partitions[0].report.eta_us = SM_LAG_NEVER;
    snapshot.parked = snapshot.dead_letters = (struct sm_lag_room){SM_LAG_UNKNOWN, -1};
    assert_true(sm_lag_snapshot_append_json(&snapshot, &out));
    assert_non_null(strstr(out.data, "\"eta\": \"never\""));
    assert_non_null(strstr(out.data, "\"eta_ms\": null"));
    assert_non_null(strstr(out.data, "\"behind_ms\": null"));
    assert_non_null(strstr(out.data, "\"retention\": \"unlimited\""));
    assert_non_null(strstr(out.data, "\"retention_margin_ms\": null"));
    assert_non_null(strstr(out.data, "\"out_per_minute\": 12300"));
    assert_null(strstr(out.data, "-9223372036854775808"));
    assert_null(strstr(out.data, "9223372036854775807"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(nothing_seen_is_unknown),
        TEST(health_is_one_short_sentence),
        TEST(trouble_names_where_since_when_and_what_it_is),
        TEST(what_is_not_known_is_never_a_number),
        TEST(what_is_known_to_be_critical_outweighs_the_unknown),
        TEST(catching_up_within_bounds_is_well_and_falling_behind_a_warning),
        TEST(the_table_has_what_waits_and_why),
        TEST(json_has_null_for_the_unknown_and_words_for_what_has_no_end),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
