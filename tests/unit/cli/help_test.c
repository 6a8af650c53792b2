/* Help and the README's tables follow from the tables that the program works by. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/command.h"
#include "domain/event.h"
#include "domain/rejection.h"

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

static void no_line_of_help_is_wider_than_a_terminal(void **state)
{
    (void)state;
    for (unsigned command = 0; command < SM_COMMAND_COUNT; command++) {
        sm_buf_reset(&out);
        sm_help_command((enum sm_command)command, &out);
        for (const char *line = out.data; *line != '\0';) {
            size_t size = strcspn(line, "\n");

            assert_true(size <= 96);
            line += size + (line[size] == '\n');
        }
    }
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
        cmocka_unit_test_setup_teardown(every_row_of_a_table_has_as_many_cells_as_its_heading,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_tables_hold_every_option_event_and_code, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
