/* The growing buffer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"

static void it_grows_and_stays_terminated(void **state)
{
    struct sm_buf buf;

    (void)state;
    sm_buf_init(&buf, 100000);
    for (int i = 0; i < 1000; i++)
        sm_buf_append_text(&buf, "0123456789");
    sm_buf_append_byte(&buf, 'x');
    sm_buf_append_slice(&buf, SM_SLICE("yz"));
    sm_buf_printf(&buf, "%d-%s", 7, "end");
    assert_false(sm_buf_failed(&buf));
    assert_int_equal(buf.size, 10000 + 3 + 5);
    assert_string_equal(buf.data + 9995, "56789xyz7-end");
    assert_int_equal(sm_buf_view(&buf).size, buf.size);
    sm_buf_deinit(&buf);
}

static void it_holds_its_maximum_and_no_byte_more(void **state)
{
    struct sm_buf buf;

    (void)state;
    sm_buf_init(&buf, 10);
    sm_buf_append_text(&buf, "0123456789");
    assert_false(sm_buf_failed(&buf));
    sm_buf_append_byte(&buf, 'x');
    assert_true(sm_buf_failed(&buf));
    assert_string_equal(buf.data, "0123456789");
    sm_buf_deinit(&buf);
}

static void failure_is_sticky_until_it_is_reset(void **state)
{
    struct sm_buf buf;

    (void)state;
    sm_buf_init(&buf, 4);
    sm_buf_append_text(&buf, "abc");
    sm_buf_printf(&buf, "%s", "de");
    sm_buf_append_byte(&buf, 'd');
    assert_null(sm_buf_extend(&buf, 0));
    assert_true(sm_buf_failed(&buf));
    assert_string_equal(buf.data, "abc");
    sm_buf_reset(&buf);
    assert_false(sm_buf_failed(&buf));
    sm_buf_append_text(&buf, "wxyz");
    assert_string_equal(buf.data, "wxyz");
    sm_buf_deinit(&buf);
}

static void a_size_beyond_memory_is_a_failure(void **state)
{
    struct sm_buf buf;

    (void)state;
    sm_buf_init(&buf, SIZE_MAX);
    assert_null(sm_buf_extend(&buf, SIZE_MAX));
    assert_true(sm_buf_failed(&buf));
    sm_buf_deinit(&buf);
}

static void nothing_appended_is_an_empty_text(void **state)
{
    struct sm_buf buf;

    (void)state;
    sm_buf_init(&buf, 10);
    sm_buf_append_text(&buf, "");
    assert_string_equal(buf.data, "");
    sm_buf_append_slice(&buf, SM_SLICE_NONE);
    assert_int_equal(buf.size, 0);
    sm_buf_deinit(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_grows_and_stays_terminated),
        cmocka_unit_test(it_holds_its_maximum_and_no_byte_more),
        cmocka_unit_test(failure_is_sticky_until_it_is_reset),
        cmocka_unit_test(a_size_beyond_memory_is_a_failure),
        cmocka_unit_test(nothing_appended_is_an_empty_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
