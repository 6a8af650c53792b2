/* Both faces of the status, and what follows from what is not known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/status.h"

static struct sm__status status;
static struct sm_buf out;

static int set_up(void **state)
{
    (void)state;
    status = (struct sm__status){.schema_version = 1, .schema_wanted = 1, .server_version = "18.1"};
    sm_buf_init(&out, 1 << 16);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    sm__status_deinit(&status);
    sm_buf_deinit(&out);
    return 0;
}

static struct sm__status_partition *add(const char *topic, int32_t partition)
{
    struct sm__status_partition *added =
        sm__status_partition(&status, sm_slice_of(topic), partition);

    assert_non_null(added);
    return added;
}

static struct sm__status_partition *add_consumed(const char *topic, int32_t partition, int64_t next)
{
    struct sm__status_partition *added = add(topic, partition);

    added->seen = true;
    added->next_offset = added->consumed = added->appended = next;
    added->logged = added->duplicated = added->parked = added->rejected = added->lost = 0;
    added->resolved = added->waiting = 0;
    return added;
}

static void partitions_are_found_again_and_ordered(void **state)
{
    (void)state;
    (void)add("b", 0);
    (void)add("a", 10);
    (void)add("a", 2);
    add("b", 0)->low = 7;
    sm__status_finish(&status);
    assert_int_equal(status.count, 3);
    assert_int_equal(status.partitions[0].partition, 2);
    assert_int_equal(status.partitions[1].partition, 10);
    assert_int_equal(status.partitions[2].low, 7);
}

static void many_partitions_fit(void **state)
{
    (void)state;
    for (int32_t i = 0; i < 1000; i++)
        (void)add("a", i);
    assert_int_equal(status.count, 1000);
}

static void lag_is_counted_from_the_durable_position(void **state)
{
    struct sm__status_partition *partition = add_consumed("a", 0, 5);

    (void)state;
    partition->low = 0;
    partition->high = 12;
    sm__status_finish(&status);
    assert_int_equal(status.partitions[0].lag, 7);
}

static void lag_of_a_partition_not_consumed_yet_is_all_that_it_holds(void **state)
{
    struct sm__status_partition *partition = add("a", 0);

    (void)state;
    partition->low = 3;
    partition->high = 12;
    sm__status_finish(&status);
    assert_int_equal(status.partitions[0].lag, 9);
    assert_int_equal(status.partitions[0].consumed, 0);
    assert_int_equal(status.partitions[0].next_offset, SM_REPORT_UNKNOWN);
}

static void what_is_not_known_is_never_zero(void **state)
{
    (void)state;
    (void)add_consumed("a", 0, 5);      /* the broker did not answer */
    add_consumed("a", 1, 20)->high = 4; /* the topic was made anew */
    sm__status_finish(&status);
    assert_int_equal(status.partitions[0].lag, SM_REPORT_UNKNOWN);
    assert_int_equal(status.partitions[1].lag, SM_REPORT_UNKNOWN);
    assert_true(sm__status_append_text(&status, &out));
    assert_non_null(strstr(out.data, "unknown"));
}

static void without_the_database_no_count_is_known(void **state)
{
    struct sm__status_partition *partition = add("a", 0);

    (void)state;
    (void)snprintf(status.database_error, sizeof(status.database_error), "away");
    partition->low = 0;
    partition->high = 12;
    sm__status_finish(&status);
    assert_int_equal(status.partitions[0].consumed, SM_REPORT_UNKNOWN);
    assert_int_equal(status.partitions[0].lag, SM_REPORT_UNKNOWN);
    assert_true(sm__status_append_json(&status, &out));
    assert_non_null(strstr(out.data, "\"error\": \"away\""));
    assert_non_null(strstr(out.data, "\"consumed\": null"));
    assert_null(strstr(out.data, "\"consumed\": 0"));
}

static void the_table_shows_totals_and_why_a_partition_is_stopped(void **state)
{
    struct sm__status_partition *partition = add_consumed("topic", 0, 5);

    (void)state;
    partition->low = 0;
    partition->high = 6;
    (void)snprintf(partition->stopped, sizeof(partition->stopped), "made anew");
    partition = add_consumed("topic", 1, 7);
    partition->low = 0;
    partition->high = 7;
    sm__status_finish(&status);
    assert_true(sm__status_append_text(&status, &out));
    assert_non_null(strstr(
        out.data,
        "topic  partition  begins  position  ends  lag  consumed  appended  logged  duplicate"
        "  parked  resolved  waiting  rejected  lost\n"
        "topic          0       0         5     6    1         5         5       0          0"
        "       0         0        0         0     0\n"
        "topic          1       0         7     7    0         7         7       0          0"
        "       0         0        0         0     0\n"));
    assert_non_null(
        strstr(out.data, "total                                       1        12        12"));
    assert_non_null(strstr(out.data, "\nstopped: topic[0]: made anew\n"));
}

static void what_waits_is_told_by_kind_with_its_age(void **state)
{
    struct sm__status_partition *partition = add_consumed("topic", 0, 5);

    (void)state;
    partition->parked = 3;
    partition->resolved = 1;
    partition->waiting = 2;
    status.waiting[SM_WAIT_GATE] = (struct sm__status_waiting){2, INT64_C(7980000000)};
    sm__status_finish(&status);
    assert_true(sm__status_append_text(&status, &out));
    assert_non_null(strstr(out.data, "\nwaiting: 2 for the client active, its configuration "
                                     "confirmed, and no migration freezing it, "
                                     "the oldest since 2h 13m\n"));
    sm_buf_reset(&out);
    assert_true(sm__status_append_json(&status, &out));
    assert_non_null(strstr(out.data, "\"waits_for\": \"gate\""));
    assert_non_null(strstr(out.data, "\"oldest_seconds\": 7980"));
    (void)snprintf(status.database_error, sizeof(status.database_error), "away");
    sm_buf_reset(&out);
    assert_true(sm__status_append_json(&status, &out));
    assert_non_null(strstr(out.data, "\"waiting\": null,\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(partitions_are_found_again_and_ordered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_partitions_fit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lag_is_counted_from_the_durable_position, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(lag_of_a_partition_not_consumed_yet_is_all_that_it_holds,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_known_is_never_zero, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_the_database_no_count_is_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_table_shows_totals_and_why_a_partition_is_stopped,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_waits_is_told_by_kind_with_its_age, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
