/* Statuses and error texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"

static void a_set_error_returns_its_status_and_forgets_what_was_there(void **state)
{
    struct sm_err err = { .native = 7, .sqlstate = "22P02" };

    (void)state;
    assert_int_equal(sm_err_set(&err, SM_RETRY, SM_FROM_KAFKA, "broker %d is gone", 3), SM_RETRY);
    assert_int_equal(err.status, SM_RETRY);
    assert_int_equal(err.origin, SM_FROM_KAFKA);
    assert_int_equal(err.native, 0);
    assert_string_equal(err.sqlstate, "");
    assert_string_equal(err.text, "broker 3 is gone");
    assert_int_equal(sm_err_set(NULL, SM_STOP, SM_FROM_OS, "nobody listens"), SM_STOP);
}

static void a_prefix_stands_before_the_text(void **state)
{
    struct sm_err err = { .status = SM_OK };

    (void)state;
    sm_err_set(&err, SM_FATAL, SM_FROM_OS, "no such file");
    sm_err_prefix(&err, "config.events[%d]", 3);
    sm_err_prefix(&err, "run");
    assert_string_equal(err.text, "run: config.events[3]: no such file");
    sm_err_prefix(NULL, "nobody listens");
}

static void a_text_that_is_too_long_keeps_its_beginning(void **state)
{
    struct sm_err err = { .status = SM_OK };
    char longer[2 * SM_ERR_TEXT_SIZE];

    (void)state;
    memset(longer, 'x', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    sm_err_set(&err, SM_FATAL, SM_FROM_OS, "%s", longer);
    assert_int_equal(strlen(err.text), SM_ERR_TEXT_SIZE - 1);
    sm_err_prefix(&err, "where");
    assert_int_equal(strlen(err.text), SM_ERR_TEXT_SIZE - 1);
    assert_memory_equal(err.text, "where: xxx", 10);
}

static void a_prefix_that_is_too_long_never_pushes_the_error_out(void **state)
{
    struct sm_err err = { .status = SM_OK };
    char longer[2 * SM_ERR_TEXT_SIZE];

    (void)state;
    memset(longer, 'x', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    sm_err_set(&err, SM_FATAL, SM_FROM_OS, "no such file");
    sm_err_prefix(&err, "%s", longer);
    assert_non_null(strstr(err.text, "xxx: no such file"));
    assert_int_equal(strlen(err.text), SM_ERR_TEXT_SIZE / 2 - 3 + strlen(": no such file"));
}

static void every_status_has_its_name(void **state)
{
    (void)state;
    assert_string_equal(sm_status_name(SM_OK), "ok");
    assert_string_equal(sm_status_name(SM_FENCED), "fenced");
    assert_string_equal(sm_status_name(SM_FATAL), "fatal");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_set_error_returns_its_status_and_forgets_what_was_there),
        cmocka_unit_test(a_prefix_stands_before_the_text),
        cmocka_unit_test(a_text_that_is_too_long_keeps_its_beginning),
        cmocka_unit_test(a_prefix_that_is_too_long_never_pushes_the_error_out),
        cmocka_unit_test(every_status_has_its_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
