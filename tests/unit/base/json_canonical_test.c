/* Canonical text as jsonb prints it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"

static void documents_are_printed_as_jsonb_prints_them(void **state)
{
    static const struct {
        const char *text;
        const char *canonical;
    } rows[] = {
        { " null ", "null" },
        { "[ ]", "[]" },
        { "{ }", "{}" },
        { "[true,false,null,[1,[ ]],{}]", "[true, false, null, [1, []], {}]" },
        { "{\"bb\":1,\"a\":{\"y\":[],\"x\":2},\"\":3}",
          "{\"\": 3, \"a\": {\"x\": 2, \"y\": []}, \"bb\": 1}" },
        { "\"\\/\\u00e9\\ud83d\\ude00\\u007f\"", "\"/é😀\x7f\"" },
        { "\"\\b\\f\\n\\r\\t\\\"\\\\\"", "\"\\b\\f\\n\\r\\t\\\"\\\\\"" },
        { "\"\\u0001\\u001F\\u001b\\u000b\"", "\"\\u0001\\u001f\\u001b\\u000b\"" },
        { "{\"\\u000a\\u0022\":1}", "{\"\\n\\\"\": 1}" },
        { "\"ГастрономияГастрономия\\nx\"", "\"ГастрономияГастрономия\\nx\"" },
        { "[1e2,-0.0]", "[100, 0.0]" },
    };
    struct sm_arena arena;

    (void)state;
    assert_true(sm_arena_init(&arena, 1 << 20));
    for (size_t i = 0; i < SM_ARRAY_COUNT(rows); i++) {
        struct sm_json_fault fault;
        struct sm_json *root;
        struct sm_slice out;
        struct sm_buf buf;

        sm_arena_reset(&arena);
        assert_int_equal(sm_json_read(sm_slice_of(rows[i].text), &arena, &root, &fault), SM_OK);
        assert_int_equal(sm_json_canonical(root, &arena, &out), SM_OK);
        if (!sm_slice_equal(out, sm_slice_of(rows[i].canonical)))
            fail_msg("%s: %.*s", rows[i].text, (int)out.size, (const char *)out.data);
        sm_buf_init(&buf, 1000);
        sm_json_append(root, &buf);
        assert_string_equal(buf.data, rows[i].canonical);
        sm_buf_deinit(&buf);
    }
    sm_arena_deinit(&arena);
}

static void text_that_does_not_fit_is_a_limit(void **state)
{
    struct sm_json node = { .type = SM_JSON_NUMBER, .text = SM_SLICE("1e131071") };
    struct sm_arena arena;
    struct sm_slice out;
    struct sm_buf buf;

    (void)state;
    assert_true(sm_arena_init(&arena, 131072));
    assert_int_equal(sm_json_canonical(&node, &arena, &out), SM_OK);
    assert_int_equal(out.size, 131072);
    sm_arena_reset(&arena);
    assert_non_null(sm_arena_alloc(&arena, 1));
    assert_int_equal(sm_json_canonical(&node, &arena, &out), SM_LIMIT);
    assert_int_equal(sm_arena_mark(&arena), 1);
    sm_arena_deinit(&arena);
    sm_buf_init(&buf, 131071);
    sm_json_append(&node, &buf);
    assert_true(sm_buf_failed(&buf));
    sm_buf_deinit(&buf);
}

/* Every byte at every place of strings of every size, read back by our own reader. */
static void strings_are_escaped_at_any_place(void **state)
{
    struct sm_arena arena;
    struct sm_buf buf;

    (void)state;
    assert_true(sm_arena_init(&arena, 1 << 20));
    sm_buf_init(&buf, 1000);
    for (size_t size = 1; size < 20; size++) {
        for (size_t at = 0; at < size; at++) {
            for (int byte = 1; byte < 0x80; byte++) {
                uint8_t text[20];
                struct sm_json_fault fault;
                struct sm_json *root;

                memset(text, 'x', sizeof(text));
                text[at] = (uint8_t)byte;
                sm_buf_reset(&buf);
                sm_arena_reset(&arena);
                sm_json_append_string((struct sm_slice){ text, size }, &buf);
                assert_int_equal(sm_json_read(sm_buf_view(&buf), &arena, &root, &fault), SM_OK);
                assert_true(sm_slice_equal(root->text, (struct sm_slice){ text, size }));
            }
        }
    }
    sm_buf_deinit(&buf);
    sm_arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_are_printed_as_jsonb_prints_them),
        cmocka_unit_test(text_that_does_not_fit_is_a_limit),
        cmocka_unit_test(strings_are_escaped_at_any_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
