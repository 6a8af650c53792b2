/* The text of metrics: values in base units, nothing for what is unknown, labels escaped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/http_priv.h"

#define SECOND INT64_C(1000000)

static struct sm_lag_partition partition;
static struct sm_lag_snapshot lag;
static struct sm_http_view view;
static struct sm_buf out;

static int set_up(void **state)
{
    (void)state;
    partition = (struct sm_lag_partition){
        .topic = "t",
        .partition = 3,
        .report = {.state = SM_LAG_CATCHING_UP,
                   .for_us = 61 * SECOND + 5,
                   .facts = {.records = 12, .behind_us = 400000, .position = 88, .end = 100},
                   .rates = {{0}, {60 * SECOND, 1500, 205001}, {0}},
                   .eta_us = SM_LAG_NEVER,
                   .margin_us = SM_LAG_UNLIMITED}};
    lag = (struct sm_lag_snapshot){.wall_us = 1700000000 * SECOND,
                                   .partitions = &partition,
                                   .count = 1,
                                   .parked = {2, 3 * SECOND},
                                   .dead_letters = {0, -1}};
    view = (struct sm_http_view){.lag = &lag,
                                 .version = "1.2.3",
                                 .database_wall_us = 1700000000 * SECOND,
                                 .kafka_wall_us = SM_LAG_UNKNOWN};
    sm_buf_init(&out, 1 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    sm_buf_deinit(&out);
    return 0;
}

static void tells(const char *line)
{
    if (strstr(out.data, line) == NULL)
        fail_msg("not told: %s", line);
}

static void tells_nothing_of(const char *text)
{
    if (strstr(out.data, text) != NULL)
        fail_msg("told: %s", text);
}

static void values_are_in_base_units(void **state)
{
    (void)state;
    sm__http_append_metrics(&view, false, &out);
    tells("secretmagic_build_info{version=\"1.2.3\"} 1\n");
    tells("\nsecretmagic_look_timestamp_seconds 1700000000.000000\n");
    tells("\nsecretmagic_partition_behind_seconds{topic=\"t\",partition=\"3\"} 0.400000\n");
    tells("\nsecretmagic_partition_behind_records{topic=\"t\",partition=\"3\"} 12\n");
    tells("\nsecretmagic_partition_in_state_seconds{topic=\"t\",partition=\"3\"} 61.000005\n");
    tells("\nsecretmagic_partition_in_per_second{topic=\"t\",partition=\"3\"} 1.500\n");
    tells("\nsecretmagic_partition_out_per_second{topic=\"t\",partition=\"3\"} 205.001\n");
    tells("\nsecretmagic_partition_eta_seconds{topic=\"t\",partition=\"3\"} +Inf\n");
    tells("\nsecretmagic_partition_retention_margin_seconds{topic=\"t\",partition=\"3\"} +Inf\n");
    tells("\nsecretmagic_partition_state{topic=\"t\",partition=\"3\",state=\"catching_up\"} 1\n");
    tells("\nsecretmagic_partition_state{topic=\"t\",partition=\"3\",state=\"stalled\"} 0\n");
    tells("\nsecretmagic_parked_events 2\n");
    tells("\nsecretmagic_parked_oldest_seconds 3.000000\n");
    tells("\nsecretmagic_dead_letters 0\n");
}

static void what_is_unknown_has_no_sample_and_is_never_zero(void **state)
{
    (void)state;
    partition.report.facts.records = partition.report.facts.behind_us = SM_LAG_UNKNOWN;
    partition.report.rates[1].in = partition.report.eta_us = SM_LAG_UNKNOWN;
    lag.parked = (struct sm_lag_room){SM_LAG_UNKNOWN, -1};
    sm__http_append_metrics(&view, false, &out);
    tells("# TYPE secretmagic_partition_behind_records gauge\n");
    tells_nothing_of("secretmagic_partition_behind_records{");
    tells_nothing_of("secretmagic_partition_behind_seconds{");
    tells_nothing_of("secretmagic_partition_in_per_second{");
    tells_nothing_of("secretmagic_partition_eta_seconds{");
    tells_nothing_of("\nsecretmagic_parked_events ");
    tells_nothing_of("\nsecretmagic_parked_oldest_seconds ");
    tells_nothing_of("\nsecretmagic_dead_letters_oldest_seconds ");
    tells_nothing_of("\nsecretmagic_kafka_answered_timestamp_seconds ");
    tells("\nsecretmagic_postgres_answered_timestamp_seconds 1700000000.000000\n");
}

static void openmetrics_has_units_an_info_and_an_end(void **state)
{
    (void)state;
    sm__http_append_metrics(&view, true, &out);
    tells("# TYPE secretmagic_build info\nsecretmagic_build_info{");
    tells("# UNIT secretmagic_partition_behind_seconds seconds\n");
    assert_string_equal(out.data + out.size - strlen("# EOF\n"), "# EOF\n");
}

static void labels_are_escaped(void **state)
{
    (void)state;
    (void)snprintf(partition.topic, sizeof(partition.topic), "a\"b\\c\nd");
    sm__http_append_metrics(&view, false, &out);
    tells("{topic=\"a\\\"b\\\\c\\nd\",partition=\"3\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(values_are_in_base_units, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_unknown_has_no_sample_and_is_never_zero, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(openmetrics_has_units_an_info_and_an_end, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(labels_are_escaped, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
