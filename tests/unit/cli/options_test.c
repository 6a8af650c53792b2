/* Options: precedence, ranges, what is refused and in which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/command.h"

static char *no_environment[] = {NULL};

struct outcome {
    struct sm_options options;
    struct sm_err err;
    enum sm_status status;
};

static int count_of(char *const *argv)
{
    int count = 0;

    while (argv[count] != NULL)
        count++;
    return count;
}

static struct outcome read_options(enum sm_command command, char *const *argv,
                                   char *const *environment)
{
    struct outcome outcome = {.err = {.text = ""}};

    outcome.status =
        sm_options_read(&outcome.options, command, count_of(argv), argv, environment, &outcome.err);
    return outcome;
}

/* The options of one command line; the caller frees them. */
static struct sm_options accepted(enum sm_command command, char *const *argv,
                                  char *const *environment)
{
    struct outcome outcome = read_options(command, argv, environment);

    if (outcome.status != SM_OK)
        fail_msg("refused: %s", outcome.err.text);
    return outcome.options;
}

static void refused_environment(enum sm_command command, char *const *argv,
                                char *const *environment, const char *text)
{
    struct outcome outcome = read_options(command, argv, environment);

    assert_int_equal(outcome.status, SM_FATAL);
    assert_string_equal(outcome.err.text, text);
}

static void refused(enum sm_command command, const char *flag, const char *value, const char *text)
{
    char *argv[] = {(char *)(uintptr_t)flag, (char *)(uintptr_t)value, NULL};

    refused_environment(command, argv, no_environment, text);
}

/* A file in the working folder with this text; the caller unlinks it. */
static void write_file(char path[32], const char *text)
{
    int fd;

    memcpy(path, "options_test_XXXXXX", 20);
    fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(close(fd), 0);
}

static void every_option_has_name_help_and_a_default_within_its_range(void **state)
{
    (void)state;
    for (size_t i = 0; i < SM_OPTION_COUNT; i++) {
        const struct sm_option *option = &sm_option_table[i];

        assert_non_null(option->name);
        assert_non_null(option->help);
        assert_true(strlen(option->name) + sizeof("SECRETMAGIC_") < SM_ENVIRONMENT_NAME_SIZE);
        assert_int_not_equal(option->commands, 0);
        assert_int_equal(option->value_name == NULL, option->type == SM_OPTION_BOOLEAN);
    }
    for (unsigned i = 0; i < SM_COMMAND_COUNT; i++) {
        char *argv[] = {NULL};
        struct sm_options options = accepted((enum sm_command)i, argv, no_environment);

        sm_options_deinit(&options);
    }
}

static void defaults_mean_what_the_table_writes(void **state)
{
    char *argv[] = {NULL};
    struct sm_options options = accepted(SM_COMMAND_RUN, argv, no_environment);

    (void)state;
    assert_string_equal(sm_options_text(&options, SM_OPTION_BROKERS), "localhost:9092");
    assert_int_equal(sm_options_number(&options, SM_OPTION_WRITERS), 2);
    assert_int_equal(sm_options_number(&options, SM_OPTION_BATCH_BYTES), 5242880);
    assert_int_equal(sm_options_number(&options, SM_OPTION_TIME_AHEAD), INT64_C(3600000000));
    assert_int_equal(sm_options_ms(&options, SM_OPTION_SESSION_TIMEOUT), 10000);
    assert_false(sm_options_flag(&options, SM_OPTION_UNTIL_IDLE));
    assert_null(sm_options_text(&options, SM_OPTION_INSTANCE_ID));
    sm_options_deinit(&options);
}

static void a_flag_wins_over_the_environment_that_over_the_file_that_over_the_default(void **state)
{
    char path[32];
    char *argv[] = {"--config", path, "--writers", "5", NULL};
    char *environment[] = {"SECRETMAGIC_WRITERS=4", "SECRETMAGIC_GROUP=of-environment", NULL};
    struct sm_options options;

    (void)state;
    write_file(path, "writers = 3\ngroup = of-file\ntopic-prefix = of-file.\n");
    options = accepted(SM_COMMAND_RUN, argv, environment);
    assert_int_equal(sm_options_number(&options, SM_OPTION_WRITERS), 5);
    assert_string_equal(sm_options_text(&options, SM_OPTION_GROUP), "of-environment");
    assert_string_equal(sm_options_text(&options, SM_OPTION_TOPIC_PREFIX), "of-file.");
    assert_string_equal(sm_options_text(&options, SM_OPTION_BROKERS), "localhost:9092");
    assert_int_equal(options.values[SM_OPTION_WRITERS].origin, SM_BY_FLAG);
    assert_int_equal(options.values[SM_OPTION_TOPIC_PREFIX].origin, SM_BY_FILE);
    sm_options_deinit(&options);
    (void)unlink(path);
}

static void the_environment_may_name_the_file(void **state)
{
    char path[32], variable[64];
    char *argv[] = {NULL};
    char *environment[] = {variable, NULL};
    struct sm_options options;

    (void)state;
    write_file(path, "# a comment\n\n   writers=8   \r\ndatabase = host=a password='b = c'\n"
                     "differences = 3\n");
    (void)snprintf(variable, sizeof(variable), "SECRETMAGIC_CONFIG=%s", path);
    options = accepted(SM_COMMAND_RUN, argv, environment);
    assert_int_equal(sm_options_number(&options, SM_OPTION_WRITERS), 8);
    assert_string_equal(sm_options_text(&options, SM_OPTION_DATABASE), "host=a password='b = c'");
    sm_options_deinit(&options);
    (void)unlink(path);
}

static void a_wrong_line_of_the_file_is_refused_with_its_number(void **state)
{
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"writers = 2\nwriter = 3\n",
         ":2: there is no option \"writer\"; hint: did you mean writers"},
        {"\n\nwriters = 9\n", ":3: key writers has the value '9', but takes 1 to 8"},
        {"writers\n", ":1: \"writers\" is not a line of the form name = value"},
        {"config = x\n", ":1: the option config cannot stand in a file"},
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(cases); i++) {
        char path[32], error[160];
        char *argv[] = {"--config", path, NULL};

        write_file(path, cases[i].text);
        (void)snprintf(error, sizeof(error), "%s%s", path, cases[i].error);
        refused_environment(SM_COMMAND_RUN, argv, no_environment, error);
        (void)unlink(path);
    }
}

static void a_wrong_file_is_refused_even_if_a_flag_overrules_it(void **state)
{
    char path[32], error[160];
    char *argv[] = {"--writers", "2", "--config", path, NULL};

    (void)state;
    write_file(path, "writers = many\n");
    (void)snprintf(error, sizeof(error), "%s:1: key writers has the value 'many', but takes 1 to 8",
                   path);
    refused_environment(SM_COMMAND_RUN, argv, no_environment, error);
    (void)unlink(path);
}

static void a_file_that_is_not_there_is_named(void **state)
{
    (void)state;
    refused(SM_COMMAND_RUN, "--config", "/no/such/file",
            "cannot open the file /no/such/file that --config names: No such file or directory");
}

static void values_out_of_range_are_refused_with_name_value_and_range(void **state)
{
    (void)state;
    refused(SM_COMMAND_RUN, "--writers", "0",
            "option --writers has the value '0', but takes 1 to 8");
    refused(SM_COMMAND_RUN, "--writers", "9",
            "option --writers has the value '9', but takes 1 to 8");
    refused(SM_COMMAND_RUN, "--writers", "-1",
            "option --writers has the value '-1', but takes 1 to 8");
    refused(SM_COMMAND_RUN, "--writers", "2x",
            "option --writers has the value '2x', but takes 1 to 8");
    refused(SM_COMMAND_RUN, "--writers", "", "option --writers has the value '', but takes 1 to 8");
    refused(SM_COMMAND_RUN, "--writers", "99999999999999999999",
            "option --writers has the value '99999999999999999999', but takes 1 to 8");
    refused(SM_COMMAND_RUN, "--batch-bytes", "1KiB",
            "option --batch-bytes has the value '1KiB', but takes 5MiB to 256MiB");
    refused(SM_COMMAND_RUN, "--batch-bytes", "9999999999GiB",
            "option --batch-bytes has the value '9999999999GiB', but takes 5MiB to 256MiB");
    refused(SM_COMMAND_RUN, "--session-timeout", "10",
            "option --session-timeout has the value '10', but takes 500ms to 30m (units: ms, s, "
            "m, h, d)");
    refused(SM_COMMAND_RUN, "--on-lost", "skip",
            "option --on-lost has the value 'skip', but takes stop or continue");
    refused(SM_COMMAND_RUN, "--topic-prefix", "a b",
            "option --topic-prefix has the value 'a b', but takes 0 to 200 bytes of letters, "
            "digits, '.', '_' and '-'");
    refused(SM_COMMAND_RUN, "--until-idle=maybe", NULL,
            "option --until-idle has the value 'maybe', but takes true or false");
}

static void the_ends_of_ranges_are_taken(void **state)
{
    char *argv[] = {"--writers",
                    "8",
                    "--batch-records=1",
                    "--session-timeout=500ms",
                    "--time-ahead",
                    "0",
                    "--batch-bytes",
                    "8388608",
                    "--progress",
                    "1h",
                    NULL};
    struct sm_options options = accepted(SM_COMMAND_RUN, argv, no_environment);

    (void)state;
    assert_int_equal(sm_options_number(&options, SM_OPTION_WRITERS), 8);
    assert_int_equal(sm_options_number(&options, SM_OPTION_BATCH_RECORDS), 1);
    assert_int_equal(sm_options_number(&options, SM_OPTION_SESSION_TIMEOUT), 500000);
    assert_int_equal(sm_options_number(&options, SM_OPTION_TIME_AHEAD), 0);
    assert_int_equal(sm_options_number(&options, SM_OPTION_BATCH_BYTES), 8388608);
    assert_int_equal(sm_options_ms(&options, SM_OPTION_PROGRESS), 3600000);
    sm_options_deinit(&options);
}

static void what_is_no_option_is_refused_with_the_nearest_name(void **state)
{
    char *argv[] = {NULL};
    char *environment[] = {"PATH=/bin", "SECRETMAGIC_WRITER=2", NULL};

    (void)state;
    refused(SM_COMMAND_RUN, "--writer", NULL,
            "there is no option --writer; hint: did you mean --writers");
    refused(SM_COMMAND_RUN, "--wrtiers=3", NULL,
            "there is no option --wrtiers; hint: did you mean --writers");
    refused(SM_COMMAND_RUN, "--frobnicate", NULL, "there is no option --frobnicate");
    refused(SM_COMMAND_RUN, "-z", NULL, "there is no option -z");
    refused(SM_COMMAND_RUN, "--writers", NULL, "option --writers needs a value: N");
    refused(SM_COMMAND_RUN, "--gaps", NULL, "option --gaps is not for run but for: verify");
    refused(SM_COMMAND_RUN, "now", NULL, "run does not take the argument \"now\"");
    refused(SM_COMMAND_EMIT, "a", "b", "emit does not take another argument \"b\"");
    refused_environment(
        SM_COMMAND_RUN, argv, environment,
        "the environment variable SECRETMAGIC_WRITER is none of our options; hint: did you mean "
        "SECRETMAGIC_WRITERS");
}

static void variables_of_other_commands_are_checked_and_strangers_ignored(void **state)
{
    char *argv[] = {NULL};
    char *good[] = {"SECRETMAGIC_WRITERS=3", "SECRETMAGIC_PORT=tcp://10.0.0.1:80",
                    "SECRETMAGIC_SERVICE_HOST=10.0.0.1", "SECRETMAGIC_FAULT=after_append:3", NULL};
    char *bad[] = {"SECRETMAGIC_WRITERS=30", NULL};
    struct sm_options options = accepted(SM_COMMAND_VERIFY, argv, good);

    (void)state;
    sm_options_deinit(&options);
    refused_environment(
        SM_COMMAND_VERIFY, argv, bad,
        "environment variable SECRETMAGIC_WRITERS has the value '30', but takes 1 to 8");
}

static void properties_add_up_weakest_first(void **state)
{
    char path[32];
    char *argv[] = {"-X", "debug=all", "--config", path, "-Xlinger.ms=5", NULL};
    char *environment[] = {"SECRETMAGIC_KAFKA_PROPERTY=a=1;b=2,3;", NULL};
    struct sm_options options;

    (void)state;
    write_file(path, "kafka-property = f=1\nkafka-property = g = 2\n");
    options = accepted(SM_COMMAND_EMIT, argv, environment);
    assert_int_equal(options.property_count, 6);
    assert_string_equal(options.properties[0], "f=1");
    assert_string_equal(options.properties[1], "g = 2");
    assert_string_equal(options.properties[2], "a=1");
    assert_string_equal(options.properties[3], "b=2,3");
    assert_string_equal(options.properties[4], "debug=all");
    assert_string_equal(options.properties[5], "linger.ms=5");
    sm_options_deinit(&options);
    (void)unlink(path);
}

static void a_value_that_may_be_a_secret_is_not_repeated(void **state)
{
    (void)state;
    refused(SM_COMMAND_RUN, "-X", "sasl.password:hunter2",
            "option --kafka-property has the value '(hidden)', but takes name=value");
}

static void operands_may_begin_with_a_dash_after_two_dashes(void **state)
{
    char *argv[] = {"--dry-run", "--", "--verbose", NULL};
    char *standard_input[] = {"-", "--verbose", NULL};
    struct sm_options options = accepted(SM_COMMAND_EMIT, argv, no_environment);

    (void)state;
    assert_string_equal(options.operands[0], "--verbose");
    assert_true(sm_options_flag(&options, SM_OPTION_DRY_RUN));
    assert_false(sm_options_flag(&options, SM_OPTION_VERBOSE));
    sm_options_deinit(&options);
    options = accepted(SM_COMMAND_EMIT, standard_input, no_environment);
    assert_string_equal(options.operands[0], "-");
    assert_true(sm_options_flag(&options, SM_OPTION_VERBOSE));
    sm_options_deinit(&options);
}

static void help_is_given_whatever_else_is_wrong(void **state)
{
    char *argv[] = {"--frobnicate", "--writers", "--help", NULL};
    char *environment[] = {"SECRETMAGIC_WRITERS=30", NULL};
    struct sm_options options = accepted(SM_COMMAND_RUN, argv, environment);

    (void)state;
    assert_true(sm_options_flag(&options, SM_OPTION_HELP));
    sm_options_deinit(&options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_option_has_name_help_and_a_default_within_its_range),
        cmocka_unit_test(defaults_mean_what_the_table_writes),
        cmocka_unit_test(a_flag_wins_over_the_environment_that_over_the_file_that_over_the_default),
        cmocka_unit_test(the_environment_may_name_the_file),
        cmocka_unit_test(a_wrong_line_of_the_file_is_refused_with_its_number),
        cmocka_unit_test(a_wrong_file_is_refused_even_if_a_flag_overrules_it),
        cmocka_unit_test(a_file_that_is_not_there_is_named),
        cmocka_unit_test(values_out_of_range_are_refused_with_name_value_and_range),
        cmocka_unit_test(the_ends_of_ranges_are_taken),
        cmocka_unit_test(what_is_no_option_is_refused_with_the_nearest_name),
        cmocka_unit_test(variables_of_other_commands_are_checked_and_strangers_ignored),
        cmocka_unit_test(properties_add_up_weakest_first),
        cmocka_unit_test(a_value_that_may_be_a_secret_is_not_repeated),
        cmocka_unit_test(operands_may_begin_with_a_dash_after_two_dashes),
        cmocka_unit_test(help_is_given_whatever_else_is_wrong),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
