/* UUIDs against libuuid. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include <uuid/uuid.h>
#include "base/uuid.h"

static void text_and_bytes_are_the_same_as_libuuids(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) {
        struct sm_uuid ours;
        uuid_t theirs;
        char text[SM_UUID_TEXT_SIZE + 1];
        char back[SM_UUID_TEXT_SIZE + 1];

        uuid_generate_random(theirs);
        if (i % 2 == 0)
            uuid_unparse_lower(theirs, text);
        else
            uuid_unparse_upper(theirs, text);
        assert_true(sm_uuid_parse(sm_slice_of(text), &ours));
        assert_memory_equal(ours.bytes, theirs, 16);
        sm_uuid_format(&ours, back);
        uuid_unparse_lower(theirs, text);
        assert_string_equal(back, text);
    }
}

static void only_the_36_character_form_is_taken(void **state)
{
    static const char *const texts[] = {
        "",
        "0197a1b2c3d47e5f8a9b0c1d2e3f4a5b",
        "{0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b}",
        "0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5",
        "0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5bb",
        "0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5g",
        "g197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
        "0197a1b2 c3d4-7e5f-8a9b-0c1d2e3f4a5b",
        "0197a1b2-c3d47-e5f-8a9b-0c1d2e3f4a5b",
        " 197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
        "@197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
        "0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5`",
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(texts); i++) {
        struct sm_uuid uuid = SM_UUID_NIL;

        assert_false(sm_uuid_parse(sm_slice_of(texts[i]), &uuid));
        assert_true(sm_uuid_is_nil(&uuid)); /* untouched */
    }
    assert_false(sm_uuid_parse(SM_SLICE_NONE, &(struct sm_uuid){ { 0 } }));
}

static void every_byte_but_a_hexadecimal_digit_is_refused_at_every_place(void **state)
{
    char text[] = "0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";

    (void)state;
    for (size_t at = 0; at < SM_UUID_TEXT_SIZE; at++) {
        char was = text[at];

        for (int byte = 1; byte < 256; byte++) {
            struct sm_uuid ours;
            uuid_t theirs;

            text[at] = (char)byte;
            assert_int_equal(sm_uuid_parse(sm_slice_of(text), &ours),
                             uuid_parse(text, theirs) == 0);
        }
        text[at] = was;
    }
}

static void version_7_has_its_time_version_and_variant(void **state)
{
    static const uint8_t ones[10] = { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 };
    static const uint8_t zeros[10] = { 0 };
    char text[SM_UUID_TEXT_SIZE + 1];
    struct sm_uuid uuid = sm_uuid_v7(0x0197a1b2c3d4, ones);

    (void)state;
    sm_uuid_format(&uuid, text);
    assert_string_equal(text, "0197a1b2-c3d4-7fff-bfff-ffffffffffff");
    uuid = sm_uuid_v7(0x0197a1b2c3d4, zeros);
    sm_uuid_format(&uuid, text);
    assert_string_equal(text, "0197a1b2-c3d4-7000-8000-000000000000");
}

static void order_is_that_of_the_bytes(void **state)
{
    struct sm_uuid low = { { 1 } }, high = { { 0x80 } };

    (void)state;
    assert_true(sm_uuid_compare(&low, &high) < 0);
    assert_true(sm_uuid_compare(&high, &low) > 0);
    assert_int_equal(sm_uuid_compare(&low, &low), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_and_bytes_are_the_same_as_libuuids),
        cmocka_unit_test(only_the_36_character_form_is_taken),
        cmocka_unit_test(every_byte_but_a_hexadecimal_digit_is_refused_at_every_place),
        cmocka_unit_test(version_7_has_its_time_version_and_variant),
        cmocka_unit_test(order_is_that_of_the_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
