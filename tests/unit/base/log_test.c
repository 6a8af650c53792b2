/* Log lines as they leave the process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <unistd.h>
#include "base/log.h"
#include "base/timestamp.h"

static int saved_stderr;
static int reader;
static char line[8192];

/* Standard error goes into a pipe: one read returns what one write put there. */
static int capture(void **state)
{
    int ends[2];

    (void)state;
    if (pipe(ends) != 0)
        return -1;
    saved_stderr = dup(STDERR_FILENO);
    reader = ends[0];
    return dup2(ends[1], STDERR_FILENO) < 0 || close(ends[1]) != 0 ||
           fcntl(reader, F_SETFL, O_NONBLOCK) != 0;
}

static int restore(void **state)
{
    (void)state;
    sm_log_level_set(SM_LOG_INFO);
    (void)dup2(saved_stderr, STDERR_FILENO);
    (void)close(saved_stderr);
    return close(reader);
}

/* The next line without its end, or NULL if none was written. */
static const char *written(void)
{
    ssize_t size = read(reader, line, sizeof(line) - 1);

    if (size <= 0)
        return NULL;
    line[size] = '\0';
    assert_ptr_equal(strchr(line, '\n'), line + size - 1);
    line[size - 1] = '\0';
    return line;
}

/* What follows the time, which is one that our own reader takes. */
static const char *after_time(void)
{
    const char *text = written();
    int64_t time_us;

    assert_non_null(text);
    assert_memory_equal(text, "time=", 5);
    assert_true(sm_timestamp_parse(
        (struct sm_slice){ (const uint8_t *)text + 5, SM_TIMESTAMP_TEXT_SIZE }, &time_us));
    assert_true(time_us > 1700000000000000);
    return text + 5 + SM_TIMESTAMP_TEXT_SIZE;
}

static void a_line_is_one_write_with_all_its_parts(void **state)
{
    (void)state;
    sm_log(SM_LOG_WARN, "engine", "topic=config partition=3", "lag is %d", 17);
    assert_string_equal(after_time(),
                        " level=warn module=engine topic=config partition=3 msg=\"lag is 17\"");
    sm_log(SM_LOG_INFO, "run", NULL, "started");
    assert_string_equal(after_time(), " level=info module=run msg=\"started\"");
}

static void what_could_end_the_line_or_move_the_cursor_is_escaped(void **state)
{
    (void)state;
    sm_log(SM_LOG_ERROR, "cli", NULL, "%s",
           "a \"quoted\" \\ line\nand\x1b[2J \xc2\x9b \xff \xd0\x93");
    assert_string_equal(after_time(),
                        " level=error module=cli msg=\"a \\\"quoted\\\" \\\\ line\\nand"
                        "\\x1b[2J \\xc2\\x9b \\xff \xd0\x93\"");
}

static void lines_below_the_threshold_are_not_written(void **state)
{
    (void)state;
    sm_log(SM_LOG_DEBUG, "cli", NULL, "not by default");
    assert_null(written());
    sm_log_level_set(SM_LOG_DEBUG);
    sm_log(SM_LOG_DEBUG, "cli", NULL, "asked for");
    assert_non_null(written());
    sm_log_level_set(SM_LOG_ERROR);
    sm_log(SM_LOG_WARN, "cli", NULL, "not any more");
    assert_null(written());
}

static void a_line_that_is_too_long_is_cut_and_ends_properly(void **state)
{
    char fields[5000];
    const char *text;

    (void)state;
    memset(fields, 'f', sizeof(fields) - 1);
    fields[sizeof(fields) - 1] = '\0';
    sm_log(SM_LOG_INFO, "cli", fields, "lost");
    text = written();
    assert_non_null(text);
    assert_int_equal(strlen(text), 4095);
    assert_int_equal(text[4094], '"');
}

static void levels_have_names(void **state)
{
    enum sm_log_level level;

    (void)state;
    assert_true(sm_log_level_parse("warn", &level));
    assert_int_equal(level, SM_LOG_WARN);
    assert_true(sm_log_level_parse("debug", &level));
    assert_int_equal(level, SM_LOG_DEBUG);
    assert_false(sm_log_level_parse("WARN", &level));
    assert_false(sm_log_level_parse("", &level));
}

static void a_limiter_counts_what_it_held_back(void **state)
{
    struct sm_log_limit limit = { 0 };
    unsigned suppressed = 99;

    (void)state;
    assert_true(sm_log_limit_pass(&limit, 1000, 100, &suppressed));
    assert_int_equal(suppressed, 0);
    assert_false(sm_log_limit_pass(&limit, 1001, 100, &suppressed));
    assert_false(sm_log_limit_pass(&limit, 1099, 100, &suppressed));
    assert_true(sm_log_limit_pass(&limit, 1100, 100, &suppressed));
    assert_int_equal(suppressed, 2);
    assert_true(sm_log_limit_pass(&limit, 1300, 100, &suppressed));
    assert_int_equal(suppressed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_line_is_one_write_with_all_its_parts, capture, restore),
        cmocka_unit_test_setup_teardown(what_could_end_the_line_or_move_the_cursor_is_escaped,
                                        capture, restore),
        cmocka_unit_test_setup_teardown(lines_below_the_threshold_are_not_written, capture,
                                        restore),
        cmocka_unit_test_setup_teardown(a_line_that_is_too_long_is_cut_and_ends_properly, capture,
                                        restore),
        cmocka_unit_test_setup_teardown(levels_have_names, capture, restore),
        cmocka_unit_test_setup_teardown(a_limiter_counts_what_it_held_back, capture, restore),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
