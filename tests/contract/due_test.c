/* Who is due: asked by index among many clients, and the same as when every client is looked at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "contract/postgres_rig.h"

static struct postgres_rig postgres;

enum { MOST = 40 };

#define START "timestamptz '2026-03-01 00:00Z'"

/* Columns of random numbers, a row a client: what it has follows from them. Few moments, so
 * that many are alike; and a month in which clocks change. */
static const char fill_numbers[] =
    "CREATE TABLE drawn AS SELECT n, md5('c' || n)::uuid AS id, " START
    " + floor(random() * 40000) * interval '1 min' AS registered, "
    "floor(random() * 10)::int AS a, floor(random() * 10)::int AS b, "
    "floor(random() * 60000)::int AS c FROM generate_series(1, 3000) AS n";
static const char fill_clients[] = "INSERT INTO clients (id, name, organization_id, status, "
                                   "config_confirmed, created_at, updated_at) "
                                   "SELECT id, n, n, CASE WHEN a = 0 THEN 'suspended' ELSE "
                                   "'active' END, b <> 0, registered, registered "
                                   "FROM drawn";
static const char fill_batches[] =
    "INSERT INTO batches (client_id, id, status, started_at, ended_at, created_at, updated_at) "
    "SELECT id, i, 'completed', registered, CASE WHEN (a + i) % 3 <> 0 THEN registered + i * c * "
    "interval '1 s' END, registered, registered FROM drawn, generate_series(0, b / 3) AS i WHERE b "
    "> 2";

/* One version of a schedule, and its head: `who` is an expression over drawn's columns. */
static const char add_version[] =
    "WITH added AS (INSERT INTO events (event_id, client_id, event_time, created_at, recorded_at, "
    "record_offset, ledger_seq, kind, type, cause, version, partition_id, topic_id, key, "
    "content_hash, "
    "source, data) SELECT gen_random_uuid(), v.client, at, at, at, 1, 1, '%s', '%s', 'live', %d, "
    "0, 1, '', "
    "sha256(''), '/fill', v.data FROM (%s) AS v(client, data, at) RETURNING client_id, kind, type, "
    "version, "
    "created_at) INSERT INTO heads (client_id, kind, key, version, last_at, active_at) SELECT "
    "client_id, "
    "kind, '', version, created_at, CASE WHEN type::text LIKE '%%.deactivated' THEN '-infinity' "
    "ELSE "
    "created_at END FROM added ON CONFLICT (client_id, kind, key) DO UPDATE SET version = "
    "excluded.version, "
    "last_at = excluded.last_at, active_at = excluded.active_at";
static const char own_schedules[] =
    "SELECT id, CASE n % 4 WHEN 0 THEN jsonb_build_object('kind', 'interval', 'interval_minutes', "
    "c + 1) "
    "WHEN 1 THEN jsonb_build_object('kind', 'daily', 'time_of_day', '02:30', 'timezone', "
    "'America/New_York') WHEN 2 THEN '{\"kind\": \"daily\", \"time_of_day\": \"06:00\", "
    "\"timezone\": "
    "\"Mars/Olympus\"}' ELSE jsonb_build_object('kind', 'weekly', 'time_of_day', '09:00', "
    "'days_of_week', ARRAY[1, b % 7 + 1], 'timezone', 'Europe/London') END, "
    "registered + a * interval '1 h' FROM drawn WHERE (a + b) % 2 = 0";

static void run_version(const char *kind, const char *type, int version, const char *who)
{
    char sql[2048];
    const int size = snprintf(sql, sizeof(sql), add_version, kind, type, version, who);

    assert_in_range(size, 1, sizeof(sql) - 1);
    postgres_rig_run(&postgres, sql);
}

static int fill(void **state)
{
    (void)state;
    postgres_rig_create(&postgres, true);
    postgres_rig_run(&postgres, "SET TimeZone = 'UTC'; SELECT setseed(0.3)");
    postgres_rig_run(&postgres, fill_numbers);
    postgres_rig_run(&postgres, fill_clients);
    postgres_rig_run(&postgres, fill_batches);
    run_version("client_schedule", "client_schedule.changed", 1, own_schedules);
    postgres_rig_run(&postgres, "ANALYZE");
    return 0;
}

static void set_default(int version, const char *data)
{
    char who[512];

    (void)snprintf(who, sizeof(who),
                   "SELECT uuid '00000000-0000-0000-0000-000000000000', jsonb '%s', " START
                   " + %d * interval '36 h'",
                   data, version);
    run_version("scheduler_defaults", "scheduler_defaults.changed", version, who);
}

static void assert_answer(const char *sql, const char *expected)
{
    const char *answer = postgres_rig_ask(&postgres, sql);

    if (strcmp(answer, expected) != 0)
        fail_msg("%s: '%s', expected '%s'", sql, answer, expected);
}

/* The columns as the tables say them: nothing of the log or the tables was missed. */
static void assert_kept(void)
{
    assert_answer(
        "SELECT count(*) FROM client_due_sources s FULL JOIN client_due d USING (client_id) "
        "WHERE to_jsonb(s) IS DISTINCT FROM to_jsonb(d)",
        "0");
}

/* Of clients that are due at the same moment any may come first; the moments must be the same. */
static void assert_due_as_looked_for(const char *at)
{
    char sql[1024];

    (void)snprintf(
        sql, sizeof(sql),
        "SELECT (SELECT array_agg(next_due_at) FROM clients_due(%d, %s)) IS NOT DISTINCT FROM "
        "(SELECT array_agg(q.next_due_at ORDER BY q.next_due_at) FROM (SELECT next_due_at FROM "
        "clients_ready WHERE next_due_at <= %s ORDER BY next_due_at LIMIT %d) q)",
        MOST, at, at, MOST);
    assert_answer(sql, "t");
    (void)snprintf(
        sql, sizeof(sql),
        "SELECT count(*) FROM clients_due(NULL, %s) d FULL JOIN (SELECT * FROM clients_ready "
        "WHERE next_due_at <= %s) r USING (id) WHERE to_jsonb(d) IS DISTINCT FROM to_jsonb(r)",
        at, at);
    assert_answer(sql, "0");
}

static void assert_due(void)
{
    char at[80];

    assert_kept();
    for (int day = 0; day < 60; day += 7) {
        (void)snprintf(at, sizeof(at), START " + %d * interval '1 day'", day);
        assert_due_as_looked_for(at);
    }
}

static void those_due_longest_come_first_under_any_default(void **state)
{
    static const char *const defaults[] = {
        "{\"kind\": \"daily\", \"time_of_day\": \"02:30\", \"timezone\": \"America/New_York\"}",
        "{\"kind\": \"interval\", \"interval_minutes\": 1440}",
        "{\"kind\": \"weekly\", \"time_of_day\": \"00:30\", \"days_of_week\": [7, 3]}",
        "{\"kind\": \"daily\", \"time_of_day\": \"06:00\", \"timezone\": \"Mars/Olympus\"}",
    };

    (void)fill(state);
    assert_due(); /* there is none */
    for (size_t i = 0; i < SM_ARRAY_COUNT(defaults); i++) {
        set_default((int)i + 1, defaults[i]);
        assert_due();
    }
    assert_answer("SELECT count(*) > 100 FROM clients_due(NULL, " START " + interval '60 days')",
                  "t");
    assert_answer("SELECT count(*) FROM clients_due(NULL, " START ")", "0");
}

static void what_changes_is_due_as_it_is_now(void **state)
{
    static const char *const changes[] = {
        "UPDATE clients SET status = 'suspended' FROM drawn d WHERE d.id = clients.id AND d.n % 5 "
        "= 0",
        "UPDATE clients SET config_confirmed = NOT config_confirmed",
        "INSERT INTO clients (id, name, organization_id, status, config_confirmed, created_at, "
        "updated_at) VALUES (md5('new')::uuid, 'new', 'new', 'active', true, now(), now())",
        "UPDATE batches SET ended_at = started_at + interval '3 days' WHERE ended_at IS NULL",
        "INSERT INTO batches (client_id, id, status, started_at, ended_at, created_at, updated_at) "
        "SELECT id, 'late', 'failed', registered, registered - interval '1 day', registered, "
        "registered "
        "FROM drawn WHERE n % 2 = 0",
    };

    (void)fill(state);
    set_default(1, "{\"kind\": \"daily\", \"time_of_day\": \"02:00\"}");
    for (size_t i = 0; i < SM_ARRAY_COUNT(changes); i++) {
        postgres_rig_run(&postgres, changes[i]);
        assert_due();
    }
    run_version("client_schedule", "client_schedule.deactivated", 2,
                "SELECT id, jsonb '{\"reason\": \"r\"}', registered + interval '1 day' FROM drawn "
                "WHERE (a + b) % 2 = 0 AND c % 2 = 0");
    assert_due();
    run_version(
        "client_schedule", "client_schedule.changed", 3,
        "SELECT id, jsonb '{\"kind\": \"interval\", \"interval_minutes\": 7}', registered + "
        "interval '2 days' FROM drawn WHERE (a + b) % 2 = 0 AND c % 2 = 0");
    assert_due();
}

/* Comes back when that session waits for a lock; fails after ten seconds. */
static void wait_until_blocked(PGconn *other)
{
    char sql[256];

    (void)snprintf(
        sql, sizeof(sql),
        "DO $$ BEGIN FOR i IN 1 .. 1000 LOOP IF pg_blocking_pids(%d) <> '{}' THEN RETURN; "
        "END IF; PERFORM pg_sleep(0.01); END LOOP; RAISE 'it does not wait'; END $$",
        PQbackendPID(other));
    postgres_rig_run(&postgres, sql);
}

static void run_other(PGconn *other, const char *sql)
{
    PGresult *result = PQexec(other, sql);

    assert_int_equal(PQresultStatus(result), PGRES_COMMAND_OK);
    PQclear(result);
}

/* Two sessions change what one client's row is made from, each in its own columns. */
static void two_changes_at_once_are_both_kept(void **state)
{
    PGconn *other;

    (void)fill(state);
    other = PQconnectdb(postgres.conninfo);
    run_other(other, "SET secretmagic.writer = 'projector'");
    postgres_rig_run(&postgres,
                     "BEGIN; UPDATE clients SET status = 'suspended' WHERE id = md5('c8')::uuid; "
                     "UPDATE clients SET status = 'active', config_confirmed = true "
                     "WHERE id = md5('c9')::uuid");
    assert_int_equal(
        PQsendQuery(other, "INSERT INTO batches (client_id, id, status, ended_at, created_at, "
                           "updated_at) SELECT md5(c)::uuid, 'then', 'completed', '2027-01-01Z', "
                           "now(), now() FROM unnest(ARRAY['c8', 'c9']) AS c"),
        1);
    wait_until_blocked(other);
    postgres_rig_run(&postgres, "COMMIT");
    for (PGresult *result; (result = PQgetResult(other)) != NULL; PQclear(result))
        assert_int_equal(PQresultStatus(result), PGRES_COMMAND_OK);
    PQfinish(other);
    assert_kept();
    assert_answer(
        "SELECT string_agg(ready || ' ' || (last_run_at = '2027-01-01Z'), ' ' ORDER BY ready) "
        "FROM client_due WHERE client_id IN (md5('c8')::uuid, md5('c9')::uuid)",
        "false true true true");
}

static void what_was_tampered_with_is_made_again(void **state)
{
    (void)fill(state);
    assert_answer("SELECT secretmagic_due_again()", "0");
    postgres_rig_run(&postgres, "UPDATE client_due SET last_run_at = now(), ready = NOT ready "
                                "WHERE client_id IN (SELECT id FROM drawn WHERE n <= 10)");
    postgres_rig_run(&postgres,
                     "DELETE FROM client_due WHERE client_id IN (SELECT id FROM drawn WHERE "
                     "n BETWEEN 11 AND 15)");
    postgres_rig_run(&postgres,
                     "INSERT INTO client_due (client_id, ready) VALUES (md5('x')::uuid, true)");
    assert_answer("SELECT secretmagic_due_again()", "15");
    assert_kept();
}

/* By index, and the rows that are told looked up: whatever the tables hold. */
static void few_are_found_among_many_at_the_price_of_few(void **state)
{
    (void)fill(state);
    set_default(1, "{\"kind\": \"daily\", \"time_of_day\": \"02:00\"}");
    postgres_rig_run(&postgres,
                     "CREATE TEMP TABLE plan (line jsonb); DO $$ DECLARE p json; BEGIN "
                     "FOR i IN 1 .. 2 LOOP EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "
                     "SELECT * FROM clients_due(10)' INTO p; END LOOP; INSERT INTO plan "
                     "VALUES (p); END $$");
    assert_answer("SELECT (line -> 0 -> 'Plan' ->> 'Actual Rows')::numeric::int FROM plan", "10");
    assert_in_range(postgres_rig_count(
                        &postgres, "SELECT line -> 0 -> 'Plan' -> 'Shared Hit Blocks' FROM plan"),
                    1, 250);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(those_due_longest_come_first_under_any_default),
        cmocka_unit_test(what_changes_is_due_as_it_is_now),
        cmocka_unit_test(two_changes_at_once_are_both_kept),
        cmocka_unit_test(what_was_tampered_with_is_made_again),
        cmocka_unit_test(few_are_found_among_many_at_the_price_of_few),
    };
    int failed;

    postgres_rig_open(&postgres);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    postgres_rig_close(&postgres);
    return failed;
}
