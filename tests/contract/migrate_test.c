/* Migrations on a private PostgreSQL: fresh, repeated, by many at once, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "contract/postgres_rig.h"
#include "postgres/migrate.h"
#include "postgres/schema.h"

#define RACERS 6

static struct postgres_rig rig;

static int new_database(void **state)
{
    (void)state;
    postgres_rig_create(&rig, false);
    return 0;
}

static enum sm_status migrate(struct sm_migration_report *report, struct sm_err *err)
{
    struct sm_postgres_client client = postgres_rig_client(&rig);

    return sm_postgres_migrate(&client, report, err);
}

static void an_empty_database_gets_everything_once(void **state)
{
    struct sm_postgres_client client = postgres_rig_client(&rig);
    struct sm_migration_report report;
    struct sm_postgres_schema schema;
    struct sm_err err = {0};

    (void)state;
    assert_int_equal(sm_postgres_schema_view(&client, &schema, &err), SM_OK);
    assert_int_equal(schema.version, 0);
    assert_int_equal(migrate(&report, &err), SM_OK);
    assert_true(report.applied_count >= 1);
    assert_string_equal(report.applied[0], "001_schema");
    assert_int_equal(report.version, sm_postgres_schema_wanted());
    assert_int_equal(sm_postgres_schema_view(&client, &schema, &err), SM_OK);
    assert_int_equal(schema.version, report.version);
    assert_true(strtol(schema.server_version, NULL, 10) >= 16);

    assert_int_equal(migrate(&report, &err), SM_OK);
    assert_int_equal(report.applied_count, 0);
    assert_int_equal(report.version, sm_postgres_schema_wanted());
    assert_int_equal(postgres_rig_count(&rig, "SELECT count(*) FROM schema_migrations"),
                     sm_postgres_schema_wanted());
}

/* All racers are let go by one lock. */
static pid_t start_racer(const char *conninfo)
{
    pid_t pid = fork();

    if (pid == 0) {
        struct sm_postgres_client client = {.conninfo = conninfo, .application_name = "racer"};
        struct sm_migration_report report;
        struct sm_err err = {0};
        enum sm_status status = sm_postgres_migrate(&client, &report, &err);

        if (status != SM_OK)
            (void)fprintf(stderr, "%s: %s\n", conninfo, err.text);
        _exit(status == SM_OK ? (int)report.applied_count : 100);
    }
    return pid;
}

static void many_may_start_at_once(void **state)
{
    pid_t racers[RACERS];
    int applied = 0;

    (void)state;
    for (int i = 0; i < RACERS; i++)
        racers[i] = start_racer(rig.conninfo);
    for (int i = 0; i < RACERS; i++) {
        int status = 0;

        assert_int_equal(waitpid(racers[i], &status, 0), racers[i]);
        assert_true(WIFEXITED(status));
        assert_int_not_equal(WEXITSTATUS(status), 100);
        applied += WEXITSTATUS(status);
    }
    assert_int_equal(applied, sm_postgres_schema_wanted());
}

/* Roles belong to the server, so migrations of different databases meet there. */
static void databases_of_one_server_may_start_at_once(void **state)
{
    static char conninfos[RACERS][320];
    pid_t racers[RACERS];

    (void)state;
    for (int i = 0; i < RACERS; i++) {
        postgres_rig_create(&rig, false);
        memcpy(conninfos[i], rig.conninfo, sizeof(conninfos[i]));
    }
    /* Out of the way, so that they are made anew; other tests' databases keep the renamed ones. */
    postgres_rig_run(
        &rig,
        "DO $$ DECLARE r text; BEGIN FOREACH r IN ARRAY ARRAY['projector', 'reader', "
        "'operator'] LOOP IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'secretmagic_' || r) "
        "THEN EXECUTE format('ALTER ROLE %I RENAME TO %I', 'secretmagic_' || r, 'old_' || r || "
        "'_' || pg_backend_pid()); END IF; END LOOP; END $$");
    for (int i = 0; i < RACERS; i++)
        racers[i] = start_racer(conninfos[i]);
    for (int i = 0; i < RACERS; i++) {
        int status = 0;

        assert_int_equal(waitpid(racers[i], &status, 0), racers[i]);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), sm_postgres_schema_wanted());
    }
    assert_int_equal(
        postgres_rig_count(&rig,
                           "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'secretmagic\\_%'"),
        3);
}

static void a_file_that_was_changed_is_refused(void **state)
{
    struct sm_migration_report report;
    struct sm_err err = {0};

    (void)state;
    assert_int_equal(migrate(&report, &err), SM_OK);
    postgres_rig_run(&rig, "UPDATE schema_migrations SET checksum = sha256('other')");
    assert_int_equal(migrate(&report, &err), SM_FATAL);
    assert_non_null(strstr(err.text, "001_schema"));
    assert_non_null(strstr(err.text, "other content"));
}

static void a_schema_that_is_newer_is_refused(void **state)
{
    struct sm_migration_report report;
    struct sm_err err = {0};

    (void)state;
    assert_int_equal(migrate(&report, &err), SM_OK);
    postgres_rig_run(
        &rig, "INSERT INTO schema_migrations (version, name, checksum) VALUES (999, '999_x', '')");
    assert_int_equal(migrate(&report, &err), SM_FATAL);
    assert_non_null(strstr(err.text, "999"));
    assert_non_null(strstr(err.text, "hint: use a newer secretmagic"));
}

static void a_restore_under_way_is_waited_for(void **state)
{
    struct sm_migration_report report;
    struct sm_err err = {0};

    (void)state;
    postgres_rig_run(&rig, "CREATE TABLE events (id int)");
    assert_int_equal(migrate(&report, &err), SM_RETRY);
    assert_non_null(strstr(err.text, "restore"));
    postgres_rig_run(&rig, "CREATE TABLE schema_migrations (version int, checksum bytea)");
    assert_int_equal(migrate(&report, &err), SM_RETRY);
}

static void who_may_not_is_told_whom_to_ask(void **state)
{
    struct sm_postgres_client client = postgres_rig_client(&rig);
    struct sm_migration_report report;
    struct sm_err err = {0};
    char conninfo[400], sql[160];

    (void)state;
    (void)snprintf(sql, sizeof(sql), "CREATE ROLE weak_%ld LOGIN", (long)getpid());
    postgres_rig_run(&rig, sql);
    (void)snprintf(conninfo, sizeof(conninfo), "%s user=weak_%ld", rig.conninfo, (long)getpid());
    client.conninfo = conninfo;
    assert_int_equal(sm_postgres_migrate(&client, &report, &err), SM_FATAL);
    assert_non_null(strstr(err.text, "hint: run secretmagic migrate as the owner"));
    assert_int_equal(
        postgres_rig_count(
            &rig, "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"),
        0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_empty_database_gets_everything_once, new_database),
        cmocka_unit_test_setup(many_may_start_at_once, new_database),
        cmocka_unit_test(databases_of_one_server_may_start_at_once),
        cmocka_unit_test_setup(a_file_that_was_changed_is_refused, new_database),
        cmocka_unit_test_setup(a_schema_that_is_newer_is_refused, new_database),
        cmocka_unit_test_setup(a_restore_under_way_is_waited_for, new_database),
        cmocka_unit_test_setup(who_may_not_is_told_whom_to_ask, new_database),
    };
    int failed;

    postgres_rig_open(&rig);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    postgres_rig_close(&rig);
    return failed;
}
