/* Templates: what is refused, and the statements that they give. */
#include "codec/template_priv.h"
#include "unit/codec/command_scene.h"

static struct sm_templates *set_of(const struct sm_template_settings *settings)
{
    struct sm_templates *set = NULL;
    struct sm_err err = { .text = "" };

    if (sm_templates_create(settings, NULL, 0, &set, &err) != SM_OK)
        fail_msg("%s", err.text);
    return set;
}

static bool holds(struct sm_slice text, const char *part)
{
    return text.size != 0 && memmem(text.data, text.size, part, strlen(part)) != NULL;
}

static void is(struct sm_slice text, const char *expected)
{
    assert_int_equal(text.size, strlen(expected));
    assert_memory_equal(text.data, expected, text.size);
}

/* ---- what is asked for is there ---- */

static void judge(const struct sm_tenant_command *command)
{
    for (size_t i = 0; i < command->statement_count; i++) {
        const struct sm_statement *statement = &command->statements[i];

        assert_true(statement->sql.size > 0);
        assert_false(holds(statement->sql, "{"));
        assert_false(holds(statement->sql, ";"));
        assert_int_equal(statement->verify.query.data == NULL,
                         statement->verify.expected.data == NULL);
        assert_int_equal(statement->completed.query.data == NULL,
                         statement->completed.expected.data == NULL);
        /* Nothing is taken by force, and only what was approved is dropped. */
        assert_false(holds(statement->sql, "FORCE"));
        if (!command->irreversible) {
            assert_false(holds(statement->sql, "DROP TABLE"));
            assert_false(holds(statement->sql, "DROP DATABASE"));
            assert_false(holds(statement->sql, "DROP PARTITION"));
        }
        if (!command->irreversible && holds(statement->sql, "TRUNCATE"))
            assert_int_not_equal(command->action, SM_ACTION_APPLY);
    }
    assert_true(command->minimum_version.size >= 3);
}

static void render(const struct sm_templates *set, struct sm_tenant_command command, bool some)
{
    for (unsigned action = SM_ACTION_APPLY; action <= SM_ACTION_ABORT; action++) {
        sm_arena_reset(&arena);
        command.action = (enum sm_command_action)action;
        assert_true(sm_templates_render(set, &command, &arena));
        if (some && action == SM_ACTION_APPLY)
            assert_true(command.statement_count > 0);
        judge(&command);
    }
}

static void every_step_between_all_modes_has_statements(void **state)
{
    struct sm_template_settings settings = settings_of_old();
    struct sm_templates *set = set_of(&settings);

    (void)state;
    for (unsigned saga = 1; saga < SM_TENANT_SAGA_COUNT; saga++) {
        for (unsigned pair = 0; pair < 9; pair++) {
            enum sm_tenant_mode from = (enum sm_tenant_mode)(pair / 3);
            enum sm_tenant_mode to = (enum sm_tenant_mode)(pair % 3);
            enum sm_tenant_step step = SM_STEP_NONE;

            while ((from != to) == (saga == SM_SAGA_MIGRATE) &&
                   (step = sm_tenant_next_step((enum sm_tenant_saga)saga, step)) != SM_STEP_NONE) {
                struct sm_tenant_command command =
                    command_of((enum sm_tenant_saga)saga, step, from, to);

                render(set, command, true);
                command.storage = SM_STORAGE_ARCHIVED;
                render(set, command, true);
            }
        }
    }
    sm_templates_destroy(set);
}

static void placeholders_are_what_they_say(void **state)
{
    struct sm_template_settings settings = settings_of_old();
    struct sm_templates *set = set_of(&settings);
    struct sm_tenant_command command = command_of(SM_SAGA_MIGRATE, SM_STEP_COPY, SM_TENANT_SHARED,
                                           SM_TENANT_DEDICATED_DB);

    (void)state;
    sm_arena_reset(&arena);
    assert_true(sm_templates_render(set, &command, &arena));
    assert_int_equal(command.statement_count, 2 + 1); /* chunks, and what undoes them */
    is(command.statements[1].sql,
       "SUBMIT TASK `copy_ab010000000000000000000000000000_1` PROPERTIES "
       "(\"session.insert_timeout\" = \"14400\") AS\n"
       "INSERT INTO `client_2`.`features` "
       "(`feature_id`, `event_date`, `name`, `payload`, `version`, `updated_at`)\n"
       "SELECT s.`feature_id`, s.`event_date`, s.`name`, s.`payload`, s.`version`, "
       "s.`updated_at`\n"
       "FROM `features_shared`.`features` AS s\n"
       "LEFT JOIN `client_2`.`features` AS d ON s.`feature_id` = d.`feature_id` AND "
       "s.`event_date` = d.`event_date`\n"
       "WHERE s.`tenant_id` = '2' AND ABS(MOD(s.`feature_id`, 2)) = 1\n"
       "  AND (d.`feature_id` IS NULL OR s.`version` > d.`version`)");
    is(command.statements[1].completed.expected, "SUCCESS");
    is(command.statements[1].failed, "FAILED");
    is(command.statements[1].ok_errors[0], "already exists");
    is(command.minimum_version, "3.3.5"); /* of a step that comes before it in the saga */
    sm_templates_destroy(set);
}

/* What is undone is undone backwards, step by step. */
static void aborting_undoes_the_steps_from_the_last(void **state)
{
    struct sm_template_settings settings = settings_of_old();
    struct sm_templates *set = set_of(&settings);
    struct sm_tenant_command command = command_of(SM_SAGA_MIGRATE, SM_STEP_SWITCH,
                                           SM_TENANT_PREFIXED_TABLES, SM_TENANT_SHARED);
    size_t seen = 0;
    static const char *const order[] = { "DROP VIEW", "RENAME `c2_features`", "GRANT INSERT",
                                         "DELETE FROM", "REVOKE SELECT ON VIEW" };

    (void)state;
    sm_arena_reset(&arena);
    command.action = SM_ACTION_ABORT;
    assert_true(sm_templates_render(set, &command, &arena));
    assert_int_equal(command.statement_count, SM_ARRAY_COUNT(order));
    for (; seen < SM_ARRAY_COUNT(order); seen++)
        assert_true(holds(command.statements[seen].sql, order[seen]));
    sm_templates_destroy(set);
}

static void settings_that_are_off_leave_statements_out(void **state)
{
    struct sm_template_settings settings = settings_of_old();
    struct sm_tenant_command command = command_of(SM_SAGA_PROVISION, SM_STEP_CREATE,
                                           SM_TENANT_DEDICATED_DB, SM_TENANT_DEDICATED_DB);
    struct sm_templates *set = set_of(&settings);
    size_t all;

    (void)state;
    sm_arena_reset(&arena);
    assert_true(sm_templates_render(set, &command, &arena));
    all = command.statement_count;
    sm_templates_destroy(set);
    settings.data_quota = SM_SLICE("");
    settings.replica_quota = settings.cpu_weight = 0;
    settings.storage_volume = SM_SLICE("volume_2");
    settings.columns = SM_SLICE("");
    set = set_of(&settings);
    assert_true(sm_templates_render(set, &command, &arena));
    assert_int_equal(command.statement_count, all - 3);
    assert_true(holds(command.statements[0].sql, "\"storage_volume\" = \"volume_2\""));
    assert_true(holds(command.statements[2].sql, "`event_date` DATE NOT NULL,\n  `version`"));
    sm_templates_destroy(set);
}

/* ---- what is refused ---- */

static void refused(const struct sm_template_settings *settings,
                    const struct sm_template_text *own, const char *expected)
{
    struct sm_templates *set;
    struct sm_err err = { .text = "" };

    assert_int_equal(sm_templates_create(settings, own, own != NULL, &set, &err), SM_REJECT);
    assert_null(set);
    if (strncmp(err.text, expected, strlen(expected)) != 0)
        fail_msg("\"%s\" does not begin with \"%s\"", err.text, expected);
}

static void settings_cannot_say_sql(void **state)
{
    static const char *const columns[] = { "a", "a b", "a INT,", ", a INT", "a INT, a INT",
                                           "version INT", "A INT", "a` INT", "a INT NOT NULL",
                                           "a VARCHAR", "a VARCHAR()", "a VARCHAR(1,2)",
                                           "a DECIMAL(10)", "a INT) ENGINE = x", "a VARCHAR(1;)",
                                           "a INT -- b", "a DECIMAL(10,2" };
    static const char *const names[] = { "", "Features", "a-b", "a`b", "a.b", "1a", "_a",
                                         "features_shared" };
    static const char *const quotas[] = { "0GB", "100", "GB", "1 GB", "-1GB", "1GB; x", "1EB" };
    static const char *const paths[] = { "", "s3://a\"b", "s3://a'b", "s3://a b", "s3://a\\b" };
    struct sm_template_settings good = settings_of_old(), bad;

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(columns); i++) {
        bad = good;
        bad.columns = sm_slice_of(columns[i]);
        refused(&bad, NULL, "option --starrocks-columns has the value");
    }
    for (size_t i = 0; i < SM_ARRAY_COUNT(names); i++) {
        bad = good;
        bad.tables_database = sm_slice_of(names[i]);
        refused(&bad, NULL, i + 1 == SM_ARRAY_COUNT(names)
                                ? "option --starrocks-shared-database has the value"
                                : "option --starrocks-tables-database has the value");
    }
    for (size_t i = 0; i < SM_ARRAY_COUNT(quotas); i++) {
        bad = good;
        bad.data_quota = sm_slice_of(quotas[i]);
        refused(&bad, NULL, "option --starrocks-data-quota has the value");
    }
    for (size_t i = 0; i < SM_ARRAY_COUNT(paths); i++) {
        bad = good;
        bad.archive_path = sm_slice_of(paths[i]);
        refused(&bad, NULL, "option --starrocks-archive-path has the value");
    }
}

static void all_types_of_columns_are_taken(void **state)
{
    struct sm_template_settings settings = settings_of_old();

    (void)state;
    settings.columns =
        SM_SLICE("a BOOLEAN, b TINYINT, c SMALLINT, d INT, e BIGINT, f LARGEINT, g FLOAT,"
                 "h DOUBLE, i DECIMAL(10,2), j VARCHAR(65533), k STRING, l JSON, m DATE, "
                 "n DATETIME");
    sm_templates_destroy(set_of(&settings));
}

static void a_bad_file_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *name, *text, *expected;
    } files[] = {
        { "create_all", "", "x.sql:1: no step is called 'create_all'" },
        { "create_shared", "", "x.sql:1: there is no statement" },
        { "create_shared", "SELECT 1;\n", "x.sql:1: no -- @statement or the like says" },
        { "create_shared", "-- @statement\nSELECT 1;\n", "x.sql:1: -- @minimum must come first" },
        { "create_shared", "-- @minimum three\n", "x.sql:1: expected a version such as 3.3" },
        { "create_shared", "-- @minimum 3.3\n-- @statement\nSELECT\n  {org};\n",
          "x.sql:4: there is no placeholder 'org'" },
        { "create_shared", "-- @minimum 3.3\n-- @statement\nSELECT {;\n",
          "x.sql:3: there is no placeholder ''" },
        { "create_shared", "-- @minimum 3.3\n-- @statement\nSELECT {chunk};\n",
          "x.sql:3: only a statement for each chunk" },
        { "create_shared", "-- @minimum 3.3\n-- @statement\nSELECT 1\n", "x.sql:3: no ';' ends" },
        { "create_shared", "-- @minimum 3.3\n-- @statement\nSELECT 1\n-- @verify 1\n",
          "x.sql:4: a comment inside of a statement" },
        { "create_shared", "-- @minimum 3.3\n-- @statement\n-- @verify 1\nSELECT 1;\n",
          "x.sql:3: the SQL of what is said before is missing" },
        { "create_shared", "-- @minimum 3.3\n-- @statement\nSELECT 1;\n-- @verify\nSELECT 1;\n",
          "x.sql:4: what the query must show is missing" },
        { "create_shared", "-- @minimum 3.3\n-- @verify 1\n", "x.sql:2: no -- @statement is" },
        { "create_shared", "-- @minimum 3.3\n-- @if organization\n",
          "x.sql:2: there is no setting 'organization'" },
        { "create_shared", "-- @minimum 3.3\n\n-- @unles data_quota\n",
          "x.sql:3: this says nothing here: @ 'unles'" },
        { "create_shared", "-- @minimum 3.3\n-- @statement\nSELECT 1;\n-- @if data_quota\n",
          "x.sql:5: the SQL of what is said last is missing" },
    };
    struct sm_template_settings settings = settings_of_old();

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(files); i++) {
        struct sm_template_text own = { files[i].name, sm_slice_of(files[i].text), "x.sql" };

        refused(&settings, &own, files[i].expected);
    }
}

static void a_file_takes_the_place_of_ours(void **state)
{
    static const char text[] = "-- Mine.\r\n-- @minimum 3.4\r\n-- @check {column_count}\r\n"
                               "SELECT 1;\r\n";
    const struct sm_template_text own = { "create_shared", sm_slice_of(text), "x.sql" };
    struct sm_template_settings settings = settings_of_old();
    struct sm_tenant_command command =
        command_of(SM_SAGA_PROVISION, SM_STEP_CREATE, SM_TENANT_SHARED, SM_TENANT_SHARED);
    struct sm_templates *set;
    struct sm_err err;

    (void)state;
    sm_arena_reset(&arena);
    assert_int_equal(sm_templates_create(&settings, &own, 1, &set, &err), SM_OK);
    assert_true(sm_templates_render(set, &command, &arena));
    assert_int_equal(command.statement_count, 1);
    is(command.statements[0].sql, "SELECT 1");
    is(command.statements[0].verify.query, "SELECT 1");
    is(command.statements[0].verify.expected, "6");
    is(command.minimum_version, "3.4");
    sm_templates_destroy(set);
}

static void a_small_arena_is_told(void **state)
{
    struct sm_template_settings settings = settings_of_old();
    struct sm_templates *set = set_of(&settings);
    size_t failures = 0;
    bool done = false;

    (void)state;
    for (size_t size = 64; !done; size += 64) {
        struct sm_tenant_command command = command_of(SM_SAGA_PROVISION, SM_STEP_CREATE,
                                               SM_TENANT_SHARED, SM_TENANT_SHARED);
        struct sm_arena small;

        assert_true(sm_arena_init(&small, size));
        done = sm_templates_render(set, &command, &small);
        failures += !done;
        sm_arena_deinit(&small);
    }
    assert_in_range(failures, 10, 200);
    sm_templates_destroy(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_between_all_modes_has_statements),
        cmocka_unit_test(placeholders_are_what_they_say),
        cmocka_unit_test(aborting_undoes_the_steps_from_the_last),
        cmocka_unit_test(settings_that_are_off_leave_statements_out),
        cmocka_unit_test(settings_cannot_say_sql),
        cmocka_unit_test(all_types_of_columns_are_taken),
        cmocka_unit_test(a_bad_file_is_refused_with_its_line),
        cmocka_unit_test(a_file_takes_the_place_of_ours),
        cmocka_unit_test(a_small_arena_is_told),
    };

    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
