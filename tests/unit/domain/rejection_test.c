/* Rejections are stable codes and sentences that can be printed whatever was sent. */
#include "base/utf8.h"
#include "unit/domain/fixture.h"

static void codes_are_distinct_upper_case_words_with_a_meaning(void **state)
{
    (void)state;
    for (unsigned i = SM_CODE_NONE + 1; i < SM_REJECTION_COUNT; i++) {
        const char *name = sm_rejection_code_name((enum sm_rejection_code)i);

        assert_true(strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == strlen(name) && name[0] != '\0');
        assert_true(sm_rejection_code_meaning((enum sm_rejection_code)i)[0] != '\0');
        for (unsigned j = SM_CODE_NONE; j < i; j++)
            assert_string_not_equal(name, sm_rejection_code_name((enum sm_rejection_code)j));
    }
    assert_string_equal(sm_rejection_code_name(SM_CODE_NONE), "");
}

static void a_rejection_says_code_field_value_and_reason(void **state)
{
    struct sm_rejection rejection;

    (void)state;
    sm_reject(&rejection, SM_CODE_FIELD_RANGE, "data.config.alpha", SM_SLICE("1.5"), "%s of %d",
              "one", 2);
    assert_int_equal(rejection.code, SM_CODE_FIELD_RANGE);
    assert_string_equal(rejection.field, "data.config.alpha");
    assert_string_equal(rejection.value, "1.5");
    assert_string_equal(rejection.reason, "one of 2");
}

static void an_absent_value_or_field_is_empty_text(void **state)
{
    struct sm_rejection rejection;

    (void)state;
    sm_reject(&rejection, SM_CODE_VALUE_MISSING, NULL, SM_SLICE_NONE, "nothing was sent");
    assert_string_equal(rejection.field, "");
    assert_string_equal(rejection.value, "");
}

static void a_long_value_is_cut_at_a_character_and_marked(void **state)
{
    struct sm_rejection rejection;
    char text[401];

    (void)state;
    for (size_t size = 0; size <= 400; size++) {
        size_t shown;
        size_t chars;

        for (size_t i = 0; i < size; i++) /* "ж" is D0 B6 */
            text[i] = (char)(i % 2 == 0 ? 0xD0 : 0xB6);
        text[size] = '\0';
        if (size % 2 != 0)
            text[size - 1] = 'x';
        sm_reject(&rejection, SM_CODE_FIELD_LENGTH, text, sm_slice_of(text), "%s", text);
        shown = strlen(rejection.value);
        assert_true(sm_utf8_count(sm_slice_of(rejection.value), &chars));
        assert_true(sm_utf8_count(sm_slice_of(rejection.field), &chars));
        assert_true(sm_utf8_count(sm_slice_of(rejection.reason), &chars));
        if (size < SM_REJECTION_VALUE_SIZE) {
            assert_string_equal(rejection.value, text);
        } else {
            assert_true(shown >= SM_REJECTION_VALUE_SIZE - 3 && shown < SM_REJECTION_VALUE_SIZE);
            assert_memory_equal(rejection.value, text, shown - 3);
            assert_string_equal(rejection.value + shown - 3, "...");
        }
    }
}

static void bytes_that_are_no_text_become_question_marks(void **state)
{
    struct sm_rejection rejection;
    static const char bytes[] = "a\xff\xc0\x80\xed\xa0\x80\0b\xf0\x9f\x98";

    (void)state;
    sm_reject(&rejection, SM_CODE_ATTRIBUTE_INVALID, "id",
              (struct sm_slice){ (const uint8_t *)bytes, sizeof(bytes) - 1 }, "%s", "bytes\xff");
    assert_string_equal(rejection.value, "a???????b???");
    assert_string_equal(rejection.reason, "bytes?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_distinct_upper_case_words_with_a_meaning),
        cmocka_unit_test(a_rejection_says_code_field_value_and_reason),
        cmocka_unit_test(an_absent_value_or_field_is_empty_text),
        cmocka_unit_test(a_long_value_is_cut_at_a_character_and_marked),
        cmocka_unit_test(bytes_that_are_no_text_become_question_marks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
