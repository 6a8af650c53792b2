/* What the JSON reader takes, what it refuses and where, and its bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/limits.h"

static struct sm_arena arena;

static int open_arena(void **state)
{
    (void)state;
    return sm_arena_init(&arena, 16 << 20) ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    sm_arena_deinit(&arena);
    return 0;
}

/* The root of a good document. */
static struct sm_json *read_good(const char *text)
{
    struct sm_json_fault fault = { 0, "" };
    struct sm_json *root = NULL;

    sm_arena_reset(&arena);
    if (sm_json_read(sm_slice_of(text), &arena, &root, &fault) != SM_OK)
        fail_msg("%s: %s at %zu", text, fault.reason, fault.offset);
    return root;
}

static void a_refusal_tells_where_and_why(void **state)
{
    static const struct {
        const char *text;
        size_t offset;
        const char *reason;
    } rows[] = {
        { "", 0, "expected a value" },
        { "  ", 2, "expected a value" },
        { "nul", 0, "expected a value" },
        { "True", 0, "expected a value" },
        { "[1,]", 3, "expected a value" },
        { "[,1]", 1, "expected a value" },
        { "\xef\xbb\xbf{}", 0, "expected a value" },
        { "+1", 0, "expected a value" },
        { ".5", 0, "expected a value" },
        { "NaN", 0, "expected a value" },
        { "'a'", 0, "expected a value" },
        { "{} {}", 3, "bytes after the end of the document" },
        { "01", 1, "bytes after the end of the document" },
        { "truex", 4, "bytes after the end of the document" },
        { "1 // one", 2, "bytes after the end of the document" },
        { "[1 2]", 3, "expected ',' or ']'" },
        { "[1", 2, "expected ',' or ']'" },
        { "[1}", 2, "expected ',' or ']'" },
        { "{\"a\":1]", 6, "expected ',' or '}'" },
        { "{\"a\" 1}", 5, "expected ':'" },
        { "{a:1}", 1, "expected a member's name in quotes" },
        { "{\"a\":1,}", 7, "expected a member's name in quotes" },
        { "{", 1, "expected a member's name in quotes" },
        { "-", 1, "expected a digit" },
        { "-x", 1, "expected a digit" },
        { "1.", 2, "expected a digit" },
        { "1.e5", 2, "expected a digit" },
        { "1e", 2, "expected a digit" },
        { "1e+", 3, "expected a digit" },
        { "[1e131072]", 1, "a number outside the range of numeric" },
        { "[1e-16384]", 1, "a number outside the range of numeric" },
        { "\"abc", 4, "a string that does not end" },
        { "\"abc\\\"", 6, "a string that does not end" },
        { "\"a\nb\"", 2, "a control character in a string" },
        { "\"0123456789\x1f\"", 11, "a control character in a string" },
        { "\"a\\x\"", 2, "an escape that JSON does not have" },
        { "\"a\\", 2, "an escape that JSON does not have" },
        { "\"\\u12g4\"", 1, "\\u without four hexadecimal digits" },
        { "\"\\u12", 1, "\\u without four hexadecimal digits" },
        { "\"\\u0000\"", 1, "\\u0000, which PostgreSQL cannot keep" },
        { "\"ab\\ud800\"", 3, "lone surrogate" },
        { "\"ab\\udc00\"", 3, "lone surrogate" },
        { "\"\\ud800\\ud800\"", 1, "lone surrogate" },
        { "\"\\ud800\\n\"", 1, "lone surrogate" },
        { "\"\\ud83d\\ude0", 1, "lone surrogate" },
        { "\"abc\xff\"", 4, "bytes that are not UTF-8" },
        { "\"Г\xd0\"", 3, "bytes that are not UTF-8" },
        { "\"\xed\xa0\x80\"", 1, "bytes that are not UTF-8" },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(rows); i++) {
        struct sm_json_fault fault = { 999, "taken" };
        struct sm_json *root = NULL;

        sm_arena_reset(&arena);
        if (sm_json_read(sm_slice_of(rows[i].text), &arena, &root, &fault) != SM_REJECT ||
            fault.offset != rows[i].offset || strcmp(fault.reason, rows[i].reason) != 0)
            fail_msg("%s: %zu, %s", rows[i].text, fault.offset, fault.reason);
        assert_null(root);
    }
}

static void an_absent_input_is_an_empty_one(void **state)
{
    struct sm_json_fault fault = { 999, "" };
    struct sm_json *root;

    (void)state;
    assert_int_equal(sm_json_read(SM_SLICE_NONE, &arena, &root, &fault), SM_REJECT);
    assert_int_equal(fault.offset, 0);
    assert_string_equal(fault.reason, "expected a value");
}

/* Strings of every size, every byte at every place: words of eight bytes end anywhere. */
static void no_place_in_a_string_is_overlooked(void **state)
{
    (void)state;
    for (size_t size = 1; size < 20; size++) {
        for (size_t at = 0; at < size; at++) {
            for (int byte = 0; byte < 256; byte++) {
                char text[32];
                struct sm_json_fault fault = { 0, "" };
                struct sm_json *root;
                bool good = byte >= 0x20 && byte < 0x80 && byte != '\\' && byte != '"';

                memset(text, 'x', sizeof(text));
                text[0] = '"';
                text[1 + at] = (char)byte;
                text[1 + size] = '"';
                sm_arena_reset(&arena);
                assert_int_equal(sm_json_read((struct sm_slice){ (uint8_t *)text, size + 2 },
                                              &arena, &root, &fault),
                                 good ? SM_OK : SM_REJECT);
            }
        }
    }
}

static void escapes_are_decoded(void **state)
{
    static const struct {
        const char *text;
        struct sm_slice decoded;
    } rows[] = {
        { "\"\"", { (const uint8_t *)"", 0 } },
        { "\"plain\"", { (const uint8_t *)"plain", 5 } },
        { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", { (const uint8_t *)"\"\\/\b\f\n\r\t", 8 } },
        { "\"a\\u0041b\"", { (const uint8_t *)"aAb", 3 } },
        { "\"\\u00e9\\u20AC\\uFFFF\"", { (const uint8_t *)"\xc3\xa9\xe2\x82\xac\xef\xbf\xbf", 8 } },
        { "\"\\ud83d\\uDE00!\"", { (const uint8_t *)"\xf0\x9f\x98\x80!", 5 } },
        { "\"\\uDBFF\\uDFFF\"", { (const uint8_t *)"\xf4\x8f\xbf\xbf", 4 } },
        { "\"\\u005c\\u0022\"", { (const uint8_t *)"\\\"", 2 } },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(rows); i++) {
        struct sm_json *root = read_good(rows[i].text);

        assert_int_equal(root->type, SM_JSON_STRING);
        assert_true(sm_slice_equal(root->text, rows[i].decoded));
    }
}

static void text_without_escapes_and_numbers_point_into_the_input(void **state)
{
    static const char text[] = "[\"Гастрономия\", 0.10]";
    struct sm_json *root = read_good(text);

    (void)state;
    assert_ptr_equal(root->first->text.data, (const uint8_t *)text + 2);
    assert_ptr_equal(root->first->next->text.data, (const uint8_t *)strstr(text, "0.10"));
    assert_int_equal(root->first->next->text.size, 4);
}

static void members_are_in_the_order_of_jsonb_and_the_last_of_a_name_counts(void **state)
{
    static const char *const names[] = { "", "Z", "a", "b", "aa", "ab", "config" };
    struct sm_json *root =
        read_good("{\"config\":1,\"b\":2,\"aa\":3,\"\":4,\"ab\":5,\"a\":6,\"b\":7,"
                  "\"Z\":8,\"\\u0061\":[9],\"config\":10}");
    const struct sm_json *member = root->first;

    (void)state;
    assert_int_equal(root->count, SM_ARRAY_COUNT(names));
    for (size_t i = 0; i < SM_ARRAY_COUNT(names); i++, member = member->next)
        assert_true(sm_slice_equal(member->name, sm_slice_of(names[i])));
    assert_null(member);
    assert_true(sm_slice_equal(sm_json_member(root, "b")->text, SM_SLICE("7")));
    assert_int_equal(sm_json_member(root, "a")->type, SM_JSON_ARRAY);
    assert_true(sm_slice_equal(sm_json_member(root, "config")->text, SM_SLICE("10")));
    assert_null(sm_json_member(root, "c"));
    assert_null(sm_json_member(root, "conf"));
    assert_null(sm_json_member(root->first, "a"));
    assert_null(sm_json_member(NULL, "a"));
}

/* Objects of every width around the one where insertion ends, each name twice and out of order. */
static void wide_objects_are_sorted_and_without_duplicates_too(void **state)
{
    struct sm_buf text;

    (void)state;
    sm_buf_init(&text, 1 << 20);
    for (unsigned width = 1; width < 200; width++) {
        struct sm_json *root;
        unsigned i = 0;

        sm_buf_reset(&text);
        sm_buf_append_byte(&text, '{');
        for (unsigned n = 0; n < 2 * width; n++)
            sm_buf_printf(&text, "%s\"%03u\":%u", n == 0 ? "" : ",", n * 211 % width, n);
        sm_buf_append_byte(&text, '}');
        root = read_good(text.data);
        assert_int_equal(root->count, width);
        for (const struct sm_json *member = root->first; member != NULL;
             member = member->next, i++) {
            char name[16];
            int64_t n;

            (void)snprintf(name, sizeof(name), "%03u", i);
            assert_true(sm_slice_equal(member->name, sm_slice_of(name)));
            assert_true(sm_json_integer(member, &n));
            assert_int_equal(n * 211 % width, i);
            assert_true(n >= width); /* of the two the later one */
        }
        assert_int_equal(i, width);
    }
    sm_buf_deinit(&text);
}

static enum sm_status read_repeated(unsigned count, const char *head, const char *unit,
                                    const char *tail, const char **reason)
{
    struct sm_json_fault fault = { 0, "" };
    struct sm_json *root;
    struct sm_buf text;
    enum sm_status status;

    sm_buf_init(&text, 4 << 20);
    sm_buf_append_text(&text, head);
    for (unsigned i = 0; i < count; i++)
        sm_buf_append_text(&text, unit);
    sm_buf_append_text(&text, tail);
    assert_false(sm_buf_failed(&text));
    sm_arena_reset(&arena);
    status = sm_json_read(sm_buf_view(&text), &arena, &root, &fault);
    sm_buf_deinit(&text);
    *reason = fault.reason;
    return status;
}

static void nesting_ends_at_64_levels(void **state)
{
    const char *reason;

    (void)state;
    (void)read_good("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
                    "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
    assert_int_equal(read_repeated(65, "", "[", "", &reason), SM_REJECT);
    assert_string_equal(reason, "nested deeper than 64 levels");
    assert_int_equal(read_repeated(65, "", "{\"a\":", "", &reason), SM_REJECT);
    assert_string_equal(reason, "nested deeper than 64 levels");
    /* Beside each other they do not add up. */
    assert_int_equal(read_repeated(1000, "[", "[[]],{\"a\":{}},", "1]", &reason), SM_OK);
}

static void a_document_has_at_most_65536_values(void **state)
{
    const char *reason;

    (void)state;
    assert_int_equal(read_repeated(SM_JSON_NODES_MAX - 2, "[", "1,", "1]", &reason), SM_OK);
    assert_int_equal(read_repeated(SM_JSON_NODES_MAX - 1, "[", "1,", "1]", &reason), SM_REJECT);
    assert_string_equal(reason, "more than 65536 values");
}

static void exponents_add_a_bounded_number_of_digits(void **state)
{
    const char *reason;

    (void)state;
    assert_int_equal(read_repeated(1, "[", "1e131071,", "1e131071]", &reason), SM_OK);
    assert_int_equal(read_repeated(2, "[", "1e131071,", "1e131071]", &reason), SM_REJECT);
    assert_string_equal(reason, "exponents that add too many digits");
    assert_int_equal(read_repeated(15, "[", "1e-16383,", "1]", &reason), SM_OK);
    assert_int_equal(read_repeated(17, "[", "1e-16383,", "1]", &reason), SM_REJECT);
}

static void the_largest_value_needs_no_more_than_sixteen_mebibytes(void **state)
{
    const char *reason;

    (void)state;
    /* Names and texts with escapes, as many as there can be. */
    assert_int_equal(read_repeated(32767, "[", "{\"\\n\":\"\\t012345678901\"},", "1]", &reason),
                     SM_OK);
    assert_in_range(arena.high_water, 1 << 20, 16 << 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refusal_tells_where_and_why),
        cmocka_unit_test(an_absent_input_is_an_empty_one),
        cmocka_unit_test(no_place_in_a_string_is_overlooked),
        cmocka_unit_test(escapes_are_decoded),
        cmocka_unit_test(text_without_escapes_and_numbers_point_into_the_input),
        cmocka_unit_test(members_are_in_the_order_of_jsonb_and_the_last_of_a_name_counts),
        cmocka_unit_test(wide_objects_are_sorted_and_without_duplicates_too),
        cmocka_unit_test(nesting_ends_at_64_levels),
        cmocka_unit_test(a_document_has_at_most_65536_values),
        cmocka_unit_test(exponents_add_a_bounded_number_of_digits),
        cmocka_unit_test(the_largest_value_needs_no_more_than_sixteen_mebibytes),
    };

    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
