/* UTF-8: every sequence of up to four bytes that matters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/utf8.h"

/* Every code point, encoded, is valid, alone and before other text; surrogates are not. */
static void exactly_the_code_points_of_unicode_are_valid(void **state)
{
    (void)state;
    for (uint32_t code = 0x80; code < 0x110400; code++) {
        uint8_t bytes[5] = { 0, 0, 0, 0, 'x' };
        size_t size = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
        bool good = code < 0x110000 && (code < 0xd800 || code > 0xdfff);
        static const uint8_t marks[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

        for (size_t i = 0; i < size; i++)
            bytes[i] = (uint8_t)(0x80 | (code >> (6 * (size - 1 - i)) & 0x3f));
        bytes[0] = (uint8_t)(marks[size] | code >> (6 * (size - 1)));
        assert_int_equal(sm_utf8_size(bytes, sizeof(bytes)), good ? size : 0);
        assert_int_equal(sm_utf8_size(bytes, size - 1), 0);
    }
}

static void longer_forms_than_needed_and_loose_bytes_are_not(void **state)
{
    static const char *const texts[] = {
        "\x80",
        "\xbf",
        "\xc0\x80",
        "\xc1\xbf",
        "\xc2",
        "\xc2\x41",
        "\xe0\x80\x80",
        "\xe0\x9f\xbf",
        "\xed\xa0\x80",
        "\xed\xbf\xbf",
        "\xe1\x80",
        "\xe1\x80\x41",
        "\xf0\x80\x80\x80",
        "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xf8\x88\x80\x80\x80",
        "\xff",
        "\xfe",
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(texts); i++)
        assert_int_equal(sm_utf8_size((const uint8_t *)texts[i], strlen(texts[i])), 0);
    assert_int_equal(sm_utf8_size((const uint8_t *)"", 0), 0);
}

static void characters_are_counted_not_bytes(void **state)
{
    size_t chars = 99;

    (void)state;
    assert_true(sm_utf8_count(SM_SLICE_NONE, &chars));
    assert_int_equal(chars, 0);
    assert_true(sm_utf8_count(SM_SLICE("Гастрономия and more ASCII €😀"), &chars));
    assert_int_equal(chars, 11 + 16 + 2);
    assert_false(sm_utf8_count(SM_SLICE("plain text up to here \xff"), &chars));
    assert_false(sm_utf8_count(SM_SLICE("cut \xd0"), &chars));
}

static void a_character_counts_once_at_any_place_of_a_text_of_any_size(void **state)
{
    (void)state;
    for (size_t size = 2; size < 30; size++) {
        for (size_t at = 0; at + 2 <= size; at++) {
            uint8_t text[30];
            size_t chars = 0;

            memset(text, 'x', sizeof(text));
            memcpy(text + at, "\xc3\xa9", 2);
            assert_true(sm_utf8_count((struct sm_slice){ text, size }, &chars));
            assert_int_equal(chars, size - 1);
            assert_true(sm_utf8_is_plain((struct sm_slice){ text, size }));
        }
    }
}

static void plain_text_has_no_control_characters_at_any_place(void **state)
{
    (void)state;
    for (size_t at = 0; at < 20; at++) {
        for (int byte = 0; byte < 256; byte++) {
            uint8_t text[20];
            bool good = byte >= 0x20 && byte < 0x7f;

            memset(text, 'x', sizeof(text));
            text[at] = (uint8_t)byte;
            assert_int_equal(sm_utf8_is_plain((struct sm_slice){ text, sizeof(text) }), good);
        }
    }
    assert_true(sm_utf8_is_plain(SM_SLICE("ООО \"Гастрономия\"")));
    assert_true(sm_utf8_is_plain(SM_SLICE("\xc2\xa0")));
    assert_false(sm_utf8_is_plain(SM_SLICE("\xc2\x80")));
    assert_false(sm_utf8_is_plain(SM_SLICE("12345678\xc2\x9f")));
    assert_true(sm_utf8_is_plain(SM_SLICE_NONE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exactly_the_code_points_of_unicode_are_valid),
        cmocka_unit_test(longer_forms_than_needed_and_loose_bytes_are_not),
        cmocka_unit_test(characters_are_counted_not_bytes),
        cmocka_unit_test(a_character_counts_once_at_any_place_of_a_text_of_any_size),
        cmocka_unit_test(plain_text_has_no_control_characters_at_any_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
