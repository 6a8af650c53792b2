/* Bytes of a record: text only where a terminal cannot be harmed by it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/payload.h"

static void text_is_what_harms_no_terminal(void **state)
{
    (void)state;
    assert_true(sm__payload_is_text(SM_SLICE("")));
    assert_true(sm__payload_is_text(SM_SLICE("{\"a\":\t1}\r\n \"щ🍲\"")));
    assert_false(sm__payload_is_text(SM_SLICE("\x1b[2J")));
    assert_false(sm__payload_is_text(SM_SLICE("a\0b")));
    assert_false(sm__payload_is_text(SM_SLICE("a\x7f")));
    assert_false(sm__payload_is_text(SM_SLICE("\xc2\x9b" "2J"))); /* CSI as one character */
    assert_true(sm__payload_is_text(SM_SLICE("\xc2\xa0")));
    assert_false(sm__payload_is_text(SM_SLICE("seen\rhidden")));
    assert_false(sm__payload_is_text(SM_SLICE("\r")));
    assert_false(sm__payload_is_text(SM_SLICE("\xff\xfe")));
    assert_false(sm__payload_is_text(SM_SLICE("cut \xd1")));
}

static void a_dump_has_sixteen_bytes_a_line(void **state)
{
    struct sm_buf out;

    (void)state;
    sm_buf_init(&out, 1 << 12);
    sm__payload_append_dump(SM_SLICE("\x00\x01\x02\x03 Avro, or so\xff!"), &out);
    assert_string_equal(out.data,
                        "00000000  00 01 02 03 20 41 76 72 6f 2c 20 6f 72 20 73 6f  "
                        ".... Avro, or so\n"
                        "00000010  ff 21                                            .!\n");
    sm_buf_deinit(&out);
}

static void hex_is_two_digits_a_byte(void **state)
{
    struct sm_buf out;

    (void)state;
    sm_buf_init(&out, 1 << 12);
    sm__payload_append_hex(SM_SLICE("\x00\xab\xff"), &out);
    assert_string_equal(out.data, "00abff");
    sm_buf_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_what_harms_no_terminal),
        cmocka_unit_test(a_dump_has_sixteen_bytes_a_line),
        cmocka_unit_test(hex_is_two_digits_a_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
