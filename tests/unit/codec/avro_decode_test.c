/* Decoding by the schema that was written with: every type, and bytes that are not what it says. */
#include "unit/codec/avro_fixture.h"

#define RECORD_OPEN "{\"type\":\"record\",\"name\":\"R\",\"fields\":["
#define POINT                                                                                      \
    RECORD_OPEN "{\"name\":\"x\",\"type\":\"int\"},{\"name\":\"y\",\"type\":[\"null\","            \
                "\"string\"]}]}"
#define LIST                                                                                       \
    RECORD_OPEN "{\"name\":\"value\",\"type\":\"long\"},"                                          \
                "{\"name\":\"next\",\"type\":[\"null\",\"R\"]}]}"
#define INTS  "{\"type\":\"array\",\"items\":\"int\"}"
#define NULLS "{\"type\":\"array\",\"items\":\"null\"}"
#define MAP   "{\"type\":\"map\",\"values\":\"boolean\"}"

static void every_type_is_read(void **state)
{
    static const struct decoding rows[] = {
        { "\"null\"", NULL, "", "null" },
        { "\"boolean\"", NULL, "01", "true" },
        { "\"int\"", NULL, "01", "-1" },
        { "\"int\"", NULL, "feffffff0f", "2147483647" },
        { "\"int\"", NULL, "ffffffff0f", "-2147483648" },
        { "\"long\"", NULL, "feffffffffffffffff01", "9223372036854775807" },
        { "\"long\"", NULL, "ffffffffffffffffff01", "-9223372036854775808" },
        { "\"long\"", NULL, "8000", "0" },
        { "\"float\"", NULL, "0000c03f", "{\"real\":\"0x1.8p+0\"}" },
        { "\"float\"", NULL, "0000c07f", "{\"real\":\"nan\"}" },
        { "\"double\"", NULL, "000000000000f8bf", "{\"real\":\"-0x1.8p+0\"}" },
        { "\"bytes\"", NULL, "0400ff", "{\"hex\":\"00ff\"}" },
        { "\"string\"", NULL, "00", "\"\"" },
        { "\"string\"", NULL, "06d0b461",
          "\"\xd0\xb4"
          "a\"" },
        { "{\"type\":\"fixed\",\"name\":\"F\",\"size\":2}", NULL, "abcd", "{\"hex\":\"abcd\"}" },
        { "{\"type\":\"fixed\",\"name\":\"F\",\"size\":0}", NULL, "", "{\"hex\":\"\"}" },
        { "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"B\"]}", NULL, "02", "\"B\"" },
        { INTS, NULL, "00", "[]" },
        { INTS, NULL, "04 02 04 02 06 00", "[1,2,3]" },
        { INTS, NULL, "03 04 02 04 01 02 06 00", "[1,2,3]" }, /* blocks that say their sizes */
        { NULLS, NULL, "06 00", "[null,null,null]" },
        { MAP, NULL, "04 0261 01 0262 00 00", "{\"a\":true,\"b\":false}" },
        { "[\"null\",\"int\"]", NULL, "0254", "42" },
        { POINT, NULL, "02 02 0461 62", "{\"x\":1,\"y\":\"ab\"}" },
        { LIST, NULL, "02 02 04 00", "{\"value\":1,\"next\":{\"value\":2,\"next\":null}}" },
        { RECORD_OPEN "]}", NULL, "", "{}" },
    };

    (void)state;
    check_decodings(rows, SM_ARRAY_COUNT(rows), SM_OK);
}

static void bytes_that_are_not_what_the_schema_says_are_refused(void **state)
{
    static const struct decoding rows[] = {
        { "\"null\"", NULL, "00", "0 : bytes after the end of the value" },
        { "\"boolean\"", NULL, "", "0 : the bytes end within a value" },
        { "\"boolean\"", NULL, "02", "1 : a boolean that is neither 0 nor 1" },
        { "\"int\"", NULL, "", "0 : the bytes end within a number" },
        { "\"int\"", NULL, "ff", "1 : the bytes end within a number" },
        { "\"int\"", NULL, "8080808010", "5 : an int of more than 32 bits" },
        { "\"long\"", NULL, "80808080808080808002", "10 : a number of more than 64 bits" },
        { "\"long\"", NULL, "8080808080808080808000", "10 : a number of more than 64 bits" },
        { "\"float\"", NULL, "000000", "0 : the bytes end within a value" },
        { "\"double\"", NULL, "00000000000000", "0 : the bytes end within a value" },
        { "\"bytes\"", NULL, "01", "1 : a negative length" },
        { "\"bytes\"", NULL, "0461", "1 : the bytes end within a value" },
        { "\"bytes\"", NULL, "feffffffffffffffff01", "10 : the bytes end within a value" },
        { "\"bytes\"", NULL, "ffffffffffffffffff01", "10 : a negative length" },
        { "\"string\"", NULL, "02ff", "2 : text that is not UTF-8" },
        { "\"string\"", NULL, "06eda080", "4 : text that is not UTF-8" },
        { "{\"type\":\"fixed\",\"name\":\"F\",\"size\":2}", NULL, "ab",
          "0 : the bytes end within a value" },
        { "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"B\"]}", NULL, "04",
          "1 : an enum's index that it does not have" },
        { "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"B\"]}", NULL, "01",
          "1 : an enum's index that it does not have" },
        { "[\"null\",\"int\"]", NULL, "04", "1 : a union's index that it does not have" },
        { "[\"null\",\"int\"]", NULL, "01", "1 : a union's index that it does not have" },
        { INTS, NULL, "0402", "1 : more items than there are bytes for" },
        { INTS, NULL, "0402a0", "3 [1]: the bytes end within a number" },
        { INTS, NULL, "02 80", "2 [0]: the bytes end within a number" },
        { INTS, NULL, "ffffffffffffffffff01 00", "11 : more items than there are bytes for" },
        { INTS, NULL, "01 03 02 00", "2 : a negative length" },
        { INTS, NULL, "01 20 02 00", "2 : the bytes end within a value" },
        { INTS, NULL, "01 04 02 02 00", "3 : a block of another size than it says" },
        { NULLS, NULL, "8080808080808001", "8 : more than 1024 items that take no bytes" },
        { NULLS, NULL, "8008 8208 00", "4 : more than 1024 items that take no bytes" },
        { MAP, NULL, "02 01 01 00", "2 [0]: a negative length" },
        { MAP, NULL, "02 02ff 01 00", "3 [0]: text that is not UTF-8" },
        { POINT, NULL, "02 02 0461", "3 y: the bytes end within a value" },
        { LIST, NULL, "02 02 04 04", "4 next.next: a union's index that it does not have" },
        { "{\"type\":\"array\",\"items\":" POINT "}", NULL, "04 0200 0204",
          "5 [1].y: a union's index that it does not have" },
    };

    (void)state;
    check_decodings(rows, SM_ARRAY_COUNT(rows), SM_REJECT);
}

static void recursion_ends_at_a_limit(void **state)
{
    struct sm_buf hex;

    (void)state;
    sm_buf_init(&hex, 1 << 20);
    for (int i = 0; i < SM_AVRO_DEPTH_MAX - 1; i++)
        sm_buf_append_text(&hex, "0002");
    sm_buf_append_text(&hex, "0000");
    assert_int_equal(decode_hex(LIST, NULL, hex.data), SM_OK);
    sm_buf_reset(&hex);
    for (int i = 0; i < 100000; i++)
        sm_buf_append_text(&hex, "02");
    assert_int_equal(decode_hex(LIST, NULL, hex.data), SM_REJECT);
    assert_string_equal(fault.reason, "nested deeper than 64 levels");
    sm_buf_deinit(&hex);
}

static void values_end_at_a_limit(void **state)
{
    struct sm_buf hex;

    (void)state;
    sm_buf_init(&hex, 1 << 20);
    sm_buf_append_text(&hex, "808008"); /* 65536 items, and the array itself */
    for (int i = 0; i < 65536; i++)
        sm_buf_append_text(&hex, "00");
    sm_buf_append_text(&hex, "00");
    assert_int_equal(decode_hex(INTS, NULL, hex.data), SM_REJECT);
    assert_string_equal(fault.reason, "more than 65536 values");
    sm_buf_deinit(&hex);
}

static void an_arena_that_is_too_small_is_told(void **state)
{
    const struct sm_avro_plan *plan = NULL;
    static const uint8_t bytes[] = { 0x08, 2, 4, 6, 8, 0 };
    struct sm_arena small;

    (void)state;
    assert_int_equal(decode_hex(INTS, NULL, "00"), SM_OK);
    sm_arena_reset(&scratch);
    assert_int_equal(sm_avro_plan_compile(schema_of(INTS), schema_of(INTS), &arena, &scratch, &plan,
                                          &schema_fault),
                     SM_OK);
    assert_true(sm_arena_init(&small, 4 * sizeof(struct sm_avro_value)));
    assert_int_equal(
        sm_avro_decode(plan, (struct sm_slice){ bytes, sizeof(bytes) }, &small, &datum, &fault),
        SM_OK);
    sm_arena_reset(&small);
    (void)sm_arena_alloc(&small, 1);
    assert_int_equal(
        sm_avro_decode(plan, (struct sm_slice){ bytes, sizeof(bytes) }, &small, &datum, &fault),
        SM_LIMIT);
    sm_arena_deinit(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_is_read),
        cmocka_unit_test(bytes_that_are_not_what_the_schema_says_are_refused),
        cmocka_unit_test(recursion_ends_at_a_limit),
        cmocka_unit_test(values_end_at_a_limit),
        cmocka_unit_test(an_arena_that_is_too_small_is_told),
    };

    return cmocka_run_group_tests(tests, open_arenas, close_arenas);
}
