/* Schedules and what is in force, as the views tell it: when the clocks change, too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "contract/postgres_rig.h"

static struct postgres_rig postgres;

/* Log rows and heads go straight into the tables: what makes them is tested elsewhere. */
static const char fill_events[] =
    "INSERT INTO events (event_id, client_id, event_time, created_at, recorded_at, record_offset, "
    "ledger_seq, kind, type, cause, version, partition_id, topic_id, key, content_hash, source, "
    "data) SELECT md5('e' || v.n)::uuid, v.client, at, at, at, v.n, 1, v.kind::stream_kind, "
    "v.type::event_type, 'live', v.version, 0, 1, v.key, sha256(''), '/fill', v.data::jsonb "
    "FROM (VALUES "
    "(1, '00000000-0000-0000-0000-000000000000'::uuid, 'scheduler_defaults', "
    "'scheduler_defaults.changed', 1, '', '{\"kind\": \"interval\", \"interval_minutes\": 30}'), "
    "(2, '00000000-0000-0000-0000-000000000000'::uuid, 'scheduler_defaults', "
    "'scheduler_defaults.changed', 2, '', '{\"kind\": \"daily\", \"time_of_day\": \"06:00\"}'), "
    "(3, md5('own')::uuid, 'client_schedule', 'client_schedule.changed', 1, '', "
    "'{\"kind\": \"weekly\", \"time_of_day\": \"09:15\", \"days_of_week\": [5, 1], \"timezone\": "
    "\"Europe/Moscow\"}'), "
    "(4, md5('gave up')::uuid, 'client_schedule', 'client_schedule.changed', 1, '', "
    "'{\"kind\": \"interval\", \"interval_minutes\": 5}'), "
    "(5, md5('gave up')::uuid, 'client_schedule', 'client_schedule.deactivated', 2, '', '{}'), "
    "(6, md5('lost')::uuid, 'client_schedule', 'client_schedule.changed', 1, '', "
    "'{\"kind\": \"daily\", \"time_of_day\": \"06:00\", \"timezone\": \"Mars/Olympus\"}'), "
    "(7, md5('own')::uuid, 'feature_config', 'feature_config.changed', 1, 'ema', "
    "'{\"feature_type\": \"ema\", \"config\": {\"window_days\": 1}}'), "
    "(8, md5('own')::uuid, 'feature_config', 'feature_config.changed', 2, 'ema', "
    "'{\"feature_type\": \"ema\", \"config\": {\"window_days\": 2}}'), "
    "(9, md5('own')::uuid, 'feature_config', 'feature_config.changed', 1, 'std', "
    "'{\"feature_type\": \"std\", \"config\": {\"window_days\": 3}}'), "
    "(10, md5('own')::uuid, 'feature_config', 'feature_config.deactivated', 2, 'std', "
    "'{\"feature_type\": \"std\"}'), "
    "(11, md5('own')::uuid, 'bom_config', 'bom_config.changed', 1, '', '{\"max_levels\": 9}')) "
    "AS v(n, client, kind, type, version, key, data), "
    "LATERAL (SELECT timestamptz '2026-01-01 00:00Z' + v.n * interval '1 s' AS at) t";
static const char fill_heads[] =
    "INSERT INTO heads (client_id, kind, key, version, last_at, active_at) "
    "SELECT DISTINCT ON (client_id, kind, key) client_id, kind, key, version, created_at, "
    "CASE WHEN type::text LIKE '%.deactivated' THEN '-infinity' ELSE created_at END "
    "FROM events ORDER BY client_id, kind, key, version DESC";
static const char fill_clients[] =
    "INSERT INTO clients (id, name, organization_id, status, config_confirmed, created_at, "
    "updated_at) SELECT md5(n)::uuid, n, n, status, confirmed, timestamptz '2025-12-01 00:00Z', "
    "timestamptz '2025-12-01 00:00Z' FROM (VALUES ('own', 'active', true), ('gave up', 'active', "
    "true), ('lost', 'active', true), ('usual', 'active', true), ('asleep', 'suspended', true), "
    "('new', 'active', false)) AS v(n, status, confirmed)";
static const char fill_batches[] =
    "INSERT INTO batches (client_id, id, data_type, status, started_at, ended_at, created_at, "
    "updated_at) SELECT md5(client)::uuid, id, 'features', status, started, ended, started, "
    "started FROM (VALUES ('own', 'b1', 'completed', timestamptz '2026-01-09 06:16Z', timestamptz "
    "'2026-01-09 06:40Z'), ('own', 'b2', 'running', '2026-01-10 00:00Z', NULL), "
    "('usual', 'b1', 'failed', '2026-01-05 06:00Z', '2026-01-05 07:00Z'), "
    "('usual', 'b0', 'completed', '2026-01-04 06:00Z', '2026-01-04 06:30Z')) "
    "AS v(client, id, status, started, ended)";

static void prepare(void)
{
    postgres_rig_create(&postgres, true);
    postgres_rig_run(&postgres, "SET TimeZone = 'UTC'");
    postgres_rig_run(&postgres, fill_events);
    postgres_rig_run(&postgres, fill_heads);
    postgres_rig_run(&postgres, fill_clients);
    postgres_rig_run(&postgres, fill_batches);
}

static void assert_answer(const char *sql, const char *expected)
{
    const char *answer = postgres_rig_ask(&postgres, sql);

    if (strcmp(answer, expected) != 0)
        fail_msg("%s: '%s', expected '%s'", sql, answer, expected);
}

/* ---- when ---- */

struct due {
    const char *schedule; /* the function's first five arguments */
    const char *since, *last; /* NULL: there was no run */
    const char *next; /* UTC; "" for never */
};

static void assert_due(const struct due *due)
{
    char sql[512], last[64] = "NULL";

    if (due->last != NULL)
        (void)snprintf(last, sizeof(last), "'%s'", due->last);
    (void)snprintf(sql, sizeof(sql),
                   "SELECT to_char(schedule_next_due(%s, '%s', %s) AT TIME ZONE 'UTC', "
                   "'YYYY-MM-DD HH24:MI')",
                   due->schedule, due->since, last);
    assert_answer(sql, due->next);
}

#define DAILY(time, zone)        "'daily', NULL, '" time "', NULL, '" zone "'"
#define WEEKLY(time, days, zone) "'weekly', NULL, '" time "', '" days "', '" zone "'"
#define EVERY(minutes)           "'interval', " minutes ", NULL, NULL, 'UTC'"
#define OLD                      "2025-01-01 00:00Z"

static void days_come_when_the_wall_clock_says(void **state)
{
    static const struct due dues[] = {
        { DAILY("06:00", "UTC"), "2026-01-01 05:59Z", NULL, "2026-01-01 06:00" },
        { DAILY("06:00", "UTC"), "2026-01-01 06:00Z", NULL, "2026-01-02 06:00" },
        { DAILY("06:00", "UTC"), OLD, "2026-02-28 06:10Z", "2026-03-01 06:00" },
        { DAILY("00:00", "UTC"), OLD, "2026-12-31 23:59Z", "2027-01-01 00:00" },
        /* The zone's day, not ours: 22:30 in London is tomorrow in Moscow. */
        { DAILY("01:00", "Europe/Moscow"), OLD, "2026-06-01 22:30Z", "2026-06-02 22:00" },
        { DAILY("02:30", "Europe/Moscow"), OLD, "2026-03-28 23:31Z", "2026-03-29 23:30" },
        /* Moscow kept its clocks in 2026, and moved them back for good on 2014-10-26. */
        { DAILY("12:00", "Europe/Moscow"), OLD, "2026-10-24 10:00Z", "2026-10-25 09:00" },
        { DAILY("12:00", "Europe/Moscow"), OLD, "2014-10-25 09:00Z", "2014-10-26 09:00" },
        { DAILY("12:00", "Europe/Moscow"), OLD, "2014-10-24 09:00Z", "2014-10-25 08:00" },
        /* An old schedule in a zone that is not known now. */
        { DAILY("06:00", "Mars/Olympus"), OLD, NULL, "" },
        { DAILY("06:00", ""), OLD, NULL, "" },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(dues); i++)
        assert_due(&dues[i]);
}

static void a_clock_that_moves_skips_no_day_and_doubles_none(void **state)
{
    static const struct due dues[] = {
        /* New York, 2026-03-08: 02:00 EST is 03:00 EDT; 02:30 does not come, and is 03:30 EDT. */
        { DAILY("02:30", "America/New_York"), OLD, "2026-03-07 07:40Z", "2026-03-08 07:30" },
        { DAILY("02:30", "America/New_York"), OLD, "2026-03-08 07:40Z", "2026-03-09 06:30" },
        { DAILY("09:00", "America/New_York"), OLD, "2026-03-07 14:01Z", "2026-03-08 13:00" },
        /* 2026-11-01: 01:30 comes twice, at 05:30Z and 06:30Z; it counts once. */
        { DAILY("01:30", "America/New_York"), OLD, "2026-10-31 05:31Z", "2026-11-01 06:30" },
        { DAILY("01:30", "America/New_York"), OLD, "2026-11-01 06:31Z", "2026-11-02 06:30" },
        { DAILY("09:00", "America/New_York"), OLD, "2026-10-31 13:01Z", "2026-11-01 14:00" },
        /* Lord Howe moves by half an hour: 2026-10-04 02:00 is 02:30, 2026-04-05 02:00 is 01:30. */
        { DAILY("02:15", "Australia/Lord_Howe"), OLD, "2026-10-02 16:00Z", "2026-10-03 15:45" },
        { DAILY("02:15", "Australia/Lord_Howe"), OLD, "2026-10-03 16:00Z", "2026-10-04 15:15" },
        { DAILY("01:45", "Australia/Lord_Howe"), OLD, "2026-04-03 14:46Z", "2026-04-04 15:15" },
        { DAILY("01:45", "Australia/Lord_Howe"), OLD, "2026-04-04 15:16Z", "2026-04-05 15:15" },
        { WEEKLY("02:30", "{7}", "America/New_York"), OLD, "2026-03-01 08:00Z",
          "2026-03-08 07:30" },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(dues); i++)
        assert_due(&dues[i]);
}

static void weeks_wrap_and_intervals_run_from_the_end(void **state)
{
    static const struct due dues[] = {
        /* 2026-01-05 is a Monday */
        { WEEKLY("09:00", "{1}", "UTC"), OLD, "2026-01-05 08:59Z", "2026-01-05 09:00" },
        { WEEKLY("09:00", "{1}", "UTC"), OLD, "2026-01-05 09:00Z", "2026-01-12 09:00" },
        { WEEKLY("09:00", "{5,1}", "UTC"), OLD, "2026-01-05 10:00Z", "2026-01-09 09:00" },
        { WEEKLY("09:00", "{5,1}", "UTC"), OLD, "2026-01-09 10:00Z", "2026-01-12 09:00" },
        { WEEKLY("09:00", "{7}", "UTC"), OLD, "2026-01-05 10:00Z", "2026-01-11 09:00" },
        { WEEKLY("00:30", "{1}", "Europe/Moscow"), OLD, "2026-01-04 21:00Z", "2026-01-04 21:30" },
        { WEEKLY("00:30", "{1,2,3,4,5,6,7}", "UTC"), OLD, "2026-01-07 00:30Z", "2026-01-08 00:30" },
        { WEEKLY("00:30", "{1}", "Mars/Olympus"), OLD, NULL, "" },
        { EVERY("90"), "2026-01-01 00:00Z", "2026-01-01 05:00Z", "2026-01-01 06:30" },
        { EVERY("90"), "2026-01-01 00:07Z", NULL, "2026-01-01 00:07" },
        { EVERY("525600"), OLD, "2026-01-01 05:00Z", "2027-01-01 05:00" },
        { "NULL, NULL, NULL, NULL, NULL", OLD, NULL, "" },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(dues); i++)
        assert_due(&dues[i]);
}

/* Every moment that is due lies after the last, and a year has as many of them as it has days. */
static void a_year_has_as_many_runs_as_days(void **state)
{
    static const char *const zones[] = { "Europe/Moscow", "America/New_York", "Australia/Lord_Howe",
                                         "America/Sao_Paulo", "Pacific/Apia" };
    char sql[768];

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(zones); i++) {
        (void)snprintf(sql, sizeof(sql),
                       "WITH RECURSIVE run(at, n) AS (SELECT timestamptz '2026-01-01 12:00Z', 0 "
                       "UNION ALL SELECT schedule_next_due('daily', NULL, '02:30', NULL, '%s', "
                       "'2026-01-01Z', at), n + 1 FROM run WHERE n < 365) "
                       "SELECT count(DISTINCT (at AT TIME ZONE '%s')::date) || ' ' || "
                       "bool_and(at > timestamptz '2026-01-01 12:00Z') FROM run WHERE n > 0",
                       zones[i], zones[i]);
        assert_answer(sql, "365 true");
    }
}

/* ---- whose ---- */

static void a_client_has_its_own_schedule_or_everybodys(void **state)
{
    (void)state;
    assert_answer(
        "SELECT string_agg(concat_ws(' ', c.name, s.origin, s.schedule_type, "
        "to_char(s.next_due_at AT TIME ZONE 'UTC', 'MM-DD HH24:MI')), ', ' ORDER BY "
        "c.name) FROM effective_schedule s JOIN clients c ON c.id = s.client_id",
        "asleep default daily 01-01 06:00, gave up default daily 01-01 06:00, "
        "lost client daily, new default daily 01-01 06:00, own client weekly 01-12 06:15, "
        "usual default daily 01-06 06:00");
    assert_answer("SELECT concat_ws(' ', interval_minutes, time_of_day, days_of_week, timezone, "
                  "last_run_at) FROM effective_schedule WHERE client_id = md5('own')::uuid",
                  "09:15:00 {5,1} Europe/Moscow 2026-01-09 06:40:00+00");
    assert_answer(
        "SELECT concat_ws(' ', count(*), count(*) FILTER (WHERE is_active), max(timezone)) "
        "FROM scheduler_config",
        "2 1 UTC");
    assert_answer("SELECT concat_ws(' ', count(*), count(*) FILTER (WHERE is_active)) "
                  "FROM client_processing_schedule",
                  "3 2");
}

static void ready_are_those_that_are_active_and_confirmed(void **state)
{
    (void)state;
    assert_answer("SELECT string_agg(concat_ws(' ', name, schedule_origin), ', ' ORDER BY name) "
                  "FROM clients_ready",
                  "gave up default, lost client, own client, usual default");
    assert_answer(
        "SELECT concat_ws(' ', schedule_type, last_run_at, next_due_at) FROM clients_ready "
        "WHERE name = 'usual'",
        "daily 2026-01-05 07:00:00+00 2026-01-06 06:00:00+00");
}

static void what_is_in_force_is_one_row(void **state)
{
    (void)state;
    assert_answer(
        "SELECT concat_ws(' ', features, bom, schedule) FROM active_configuration "
        "WHERE client_id = md5('own')::uuid",
        "{\"ema\": {\"window_days\": 2}} {\"max_levels\": 9, \"cycle_detection\": true, "
        "\"include_produced_at\": true} {\"timezone\": \"Europe/Moscow\", \"time_of_day\": "
        "\"09:15\", \"days_of_week\": [5, 1], \"schedule_type\": \"weekly\"}");
    assert_answer("SELECT features || coalesce(bom, '\"none\"') || coalesce(schedule, '\"none\"') "
                  "FROM active_configuration WHERE client_id = md5('gave up')::uuid",
                  "[{}, \"none\", \"none\"]");
    assert_answer("SELECT count(*) FROM active_configuration", "6");
}

static void without_a_default_there_is_no_schedule(void **state)
{
    (void)state;
    postgres_rig_run(&postgres, "DELETE FROM heads WHERE kind = 'scheduler_defaults'");
    assert_answer("SELECT concat_ws(' ', count(*), count(origin), count(next_due_at)) "
                  "FROM effective_schedule",
                  "6 2 1");
    assert_answer("SELECT count(*) FROM clients_ready", "4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_come_when_the_wall_clock_says),
        cmocka_unit_test(a_clock_that_moves_skips_no_day_and_doubles_none),
        cmocka_unit_test(weeks_wrap_and_intervals_run_from_the_end),
        cmocka_unit_test(a_year_has_as_many_runs_as_days),
        cmocka_unit_test(a_client_has_its_own_schedule_or_everybodys),
        cmocka_unit_test(ready_are_those_that_are_active_and_confirmed),
        cmocka_unit_test(what_is_in_force_is_one_row),
        cmocka_unit_test(without_a_default_there_is_no_schedule),
    };
    int failed;

    postgres_rig_open(&postgres);
    prepare();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    postgres_rig_close(&postgres);
    return failed;
}
