/* Help and the README's tables follow from the tables that the program works by. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/command.h"
#include "domain/data.h"
#include "domain/wait.h"

static struct sm_buf out;

static int set_up(void **state)
{
    (void)state;
    sm_buf_init(&out, 1 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    sm_buf_deinit(&out);
    return 0;
}

static void every_command_has_a_summary_in_the_overview(void **state)
{
    (void)state;
    sm_help_overview(&out);
    for (unsigned i = 0; i < SM_COMMAND_COUNT; i++) {
        assert_non_null(strstr(out.data, sm_command_name((enum sm_command)i)));
        assert_non_null(strstr(out.data, sm_command_table[i].summary));
    }
}

static void help_of_a_command_names_its_options_and_no_others(void **state)
{
    (void)state;
    for (unsigned command = 0; command < SM_COMMAND_COUNT; command++) {
        sm_buf_reset(&out);
        sm_help_command((enum sm_command)command, &out);
        for (size_t i = 0; i < SM_OPTION_COUNT; i++) {
            char flag[64];

            (void)snprintf(flag, sizeof(flag), "--%s%s", sm_option_table[i].name,
                           sm_option_table[i].value_name != NULL ? " " : "\n");
            assert_int_equal(
                strstr(out.data, flag) != NULL &&
                    (strstr(out.data, flag) - 2 == out.data || strstr(out.data, flag)[-1] == ' '),
                (sm_option_table[i].commands >> command) & 1);
        }
    }
}

static void help_of_an_option_tells_range_default_and_variable(void **state)
{
    (void)state;
    sm_help_command(SM_COMMAND_RUN, &out);
    assert_non_null(strstr(out.data, "  --writers N\n"));
    assert_non_null(strstr(out.data, "\n      1 to 8; default 2; SECRETMAGIC_WRITERS\n"));
    assert_non_null(
        strstr(out.data, "\n      stop or continue; default stop; SECRETMAGIC_ON_LOST\n"));
    assert_non_null(strstr(out.data, "  -X, --kafka-property NAME=VALUE\n"));
}

static void no_line_is_wider_than_a_terminal(void)
{
    for (const char *line = out.data; *line != '\0';) {
        size_t size = strcspn(line, "\n");

        if (size > 96)
            fail_msg("%.*s", (int)size, line);
        line += size + (line[size] == '\n');
    }
}

static void no_line_of_help_is_wider_than_a_terminal(void **state)
{
    (void)state;
    for (unsigned command = 0; command < SM_COMMAND_COUNT; command++) {
        sm_buf_reset(&out);
        sm_help_command((enum sm_command)command, &out);
        no_line_is_wider_than_a_terminal();
    }
    sm_buf_reset(&out);
    sm_help_events(&out);
    no_line_is_wider_than_a_terminal();
}

/* What lies between the heading of one type and that of the next. */
static const char *event_of(const char *name, size_t *size)
{
    char heading[80];
    const char *begin, *end;

    (void)snprintf(heading, sizeof(heading), "\n  %s  (", name);
    begin = strstr(out.data, heading);
    assert_non_null(begin);
    end = begin + 3;
    while (*end != '\0' && !(end[0] == '\n' && end[1] == ' ' && end[2] == ' ' && end[3] != ' '))
        end++;
    *size = (size_t)(end - begin);
    return begin;
}

static bool event_says(const char *type, const char *words)
{
    size_t size;
    const char *text = event_of(type, &size);

    return memmem(text, size, words, strlen(words)) != NULL;
}

static void the_catalogue_tells_every_type_field_and_code(void **state)
{
    (void)state;
    sm_help_events(&out);
    for (unsigned i = 0; i < SM_EVENT_TYPE_COUNT; i++) {
        enum sm_event_type type = (enum sm_event_type)i;
        size_t count;
        const struct sm_field *fields = sm_event_fields(type, &count);

        assert_int_equal(event_says(sm_event_type_name(type), ", gated)"),
                         sm_event_type_is_gated(type));
        assert_int_equal(event_says(sm_event_type_name(type), ", global)"),
                         sm_event_type_is_global(type));
        for (size_t k = 0; k < count; k++) {
            char words[80];

            (void)snprintf(words, sizeof(words), "\n    %s: %s", fields[k].name,
                           fields[k].required ? "required, " : "");
            assert_true(event_says(sm_event_type_name(type), words));
        }
    }
    for (unsigned i = SM_CODE_NONE + 1; i < SM_REJECTION_COUNT; i++)
        assert_non_null(strstr(out.data, sm_rejection_code_name((enum sm_rejection_code)i)));
    for (unsigned i = 0; i < SM_WAIT_COUNT; i++)
        assert_non_null(strstr(out.data, sm_wait_words((enum sm_wait_for)i)));
}

static void ranges_defaults_and_null_are_told_as_the_types_mean_them(void **state)
{
    (void)state;
    sm_help_events(&out);
    assert_true(event_says("client.updated", "null clears it"));
    assert_false(event_says("client.updated", "null is as not sent"));
    assert_true(event_says("client.registered", "null is as not sent"));
    assert_false(event_says("client.registered", "null clears it"));
    assert_true(event_says("log.recorded", "null is as not sent"));
    assert_true(event_says("client.registered", "name: required, text, 1 to 255 characters"));
    assert_true(event_says("client.config_revoked", "0 to 1000 characters"));
    assert_true(event_says("bom_config.changed", "max_levels: integer, 1 to 100; default 5"));
    assert_true(event_says("bom_config.changed", "true or false; default true"));
    assert_true(event_says("client_schedule.changed", "list of different integers, 1 to 7"));
    assert_true(event_says("log.recorded", "time (RFC 3339); default the event's time"));
}

static void references_and_waits_name_the_types_that_they_concern(void **state)
{
    (void)state;
    assert_true(sm_help_markdown("references", &out));
    assert_non_null(strstr(out.data, "| `data_type` | `batch.started`, `feature.created` | "
                                     "`data_type.defined` | it waits |"));
    assert_non_null(strstr(out.data, "| `timezone` | `client_schedule.changed`, "
                                     "`scheduler_defaults.changed` | PostgreSQL "
                                     "(`pg_timezone_names`) | it is refused: "
                                     "`TIME_ZONE_UNKNOWN` |"));
    sm_buf_reset(&out);
    assert_true(sm_help_markdown("waits", &out));
    assert_non_null(strstr(out.data, "`bom_explosion.failed`, `feature.created` | "
                                     "`client.status_changed`, `client.config_confirmed`, "
                                     "`tenant.command_applied` |"));
    assert_non_null(strstr(out.data, "| `client.registered` |\n"));
}

/* Bars of a line that are not escaped. */
static unsigned bars(const char *line, size_t size)
{
    unsigned count = 0;

    for (size_t i = 0; i < size; i++)
        count += line[i] == '|' && (i == 0 || line[i - 1] != '\\');
    return count;
}

static void every_row_of_a_table_has_as_many_cells_as_its_heading(void **state)
{
    static const char *const subjects[] = {"options",    "exit-codes", "events", "references",
                                           "waits",      "configs",    "codes"};

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(subjects); i++) {
        unsigned wanted, rows = 0;

        sm_buf_reset(&out);
        assert_true(sm_help_markdown(subjects[i], &out));
        wanted = bars(out.data, strcspn(out.data, "\n"));
        for (const char *line = out.data; *line != '\0'; rows++) {
            size_t size = strcspn(line, "\n");

            assert_int_equal(bars(line, size), wanted);
            line += size + (line[size] == '\n');
        }
        assert_true(rows > 2);
    }
    assert_false(sm_help_markdown("nothing", &out));
}

static void the_tables_hold_every_option_event_and_code(void **state)
{
    char cell[80];

    (void)state;
    assert_true(sm_help_markdown(NULL, &out));
    for (size_t i = 0; i < SM_OPTION_COUNT; i++) {
        (void)snprintf(cell, sizeof(cell), "`--%s", sm_option_table[i].name);
        assert_non_null(strstr(out.data, cell));
    }
    for (unsigned i = 0; i < SM_EVENT_TYPE_COUNT; i++) {
        (void)snprintf(cell, sizeof(cell), "| `%s` |", sm_event_type_name((enum sm_event_type)i));
        assert_non_null(strstr(out.data, cell));
    }
    for (unsigned i = SM_CODE_NONE + 1; i < SM_REJECTION_COUNT; i++) {
        (void)snprintf(cell, sizeof(cell), "| `%s` |",
                       sm_rejection_code_name((enum sm_rejection_code)i));
        assert_non_null(strstr(out.data, cell));
    }
}

static void no_line_of_the_manual_begins_with_a_macro_by_chance(void **state)
{
    (void)state;
    sm_help_man(&out);
    assert_false(sm_buf_failed(&out));
    for (const char *line = out.data; *line != '\0'; line += strcspn(line, "\n") + 1) {
        assert_int_not_equal(line[0], '\n'); /* an empty line is an error of the page */
        if (line[0] == '.')
            assert_true(line[1] >= 'A' && line[1] <= 'Z' && line[2] >= 'a' && line[2] <= 'z');
    }
}

static void completion_scripts_name_every_option_and_choice(void **state)
{
    (void)state;
    for (unsigned shell = SM_SHELL_BASH; shell <= SM_SHELL_ZSH; shell++) {
        sm_buf_reset(&out);
        sm_help_completion((enum sm_shell)shell, &out);
        assert_false(sm_buf_failed(&out));
        for (size_t i = 0; i < SM_OPTION_COUNT; i++) {
            const struct sm_option *option = &sm_option_table[i];

            assert_non_null(strstr(out.data, option->name));
            for (size_t k = 0; option->choices != NULL && option->choices[k] != NULL; k++)
                assert_non_null(strstr(out.data, option->choices[k]));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_command_has_a_summary_in_the_overview, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(help_of_a_command_names_its_options_and_no_others, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(help_of_an_option_tells_range_default_and_variable, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(no_line_of_help_is_wider_than_a_terminal, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_catalogue_tells_every_type_field_and_code, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(ranges_defaults_and_null_are_told_as_the_types_mean_them,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(references_and_waits_name_the_types_that_they_concern,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_row_of_a_table_has_as_many_cells_as_its_heading,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_line_of_the_manual_begins_with_a_macro_by_chance, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(completion_scripts_name_every_option_and_choice, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_tables_hold_every_option_event_and_code, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
