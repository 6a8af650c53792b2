/* Wire formats told apart by first bytes and headers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/frame.h"

static const struct sm_header binary_headers[] = {
    { { (const uint8_t *)"ce_specversion", 14 }, { (const uint8_t *)"1.0", 3 } },
    { { (const uint8_t *)"content-type", 12 }, { (const uint8_t *)"application/json", 16 } },
};
static const struct sm_header structured_headers[] = {
    { { (const uint8_t *)"ce_specversion", 14 }, { (const uint8_t *)"1.0", 3 } },
    { { (const uint8_t *)"content-type", 12 },
      { (const uint8_t *)"Application/CloudEvents+json", 28 } },
};

static void the_first_bytes_and_the_headers_tell_the_format(void **state)
{
    static const struct {
        const char *value;
        size_t size;
        const struct sm_header *headers;
        enum sm_frame_kind kind;
    } rows[] = {
        { "\0\0\0\0\1", 5, NULL, SM_FRAME_CONFLUENT },
        { "\0\0\0\0\1{", 6, binary_headers, SM_FRAME_CONFLUENT },
        { "\0\0\0\0", 4, NULL, SM_FRAME_UNKNOWN },
        { "\xc3\1ABCDEFGH", 10, NULL, SM_FRAME_SINGLE_OBJECT },
        { "\xc3\1ABCDEFG", 9, NULL, SM_FRAME_UNKNOWN },
        { "\xc3\2ABCDEFGH", 10, NULL, SM_FRAME_UNKNOWN },
        { "{}", 2, NULL, SM_FRAME_STRUCTURED },
        { " \t\r\n{", 5, NULL, SM_FRAME_STRUCTURED },
        { " \v{", 3, NULL, SM_FRAME_UNKNOWN },
        { "{}", 2, binary_headers, SM_FRAME_BINARY },
        { "", 0, binary_headers, SM_FRAME_BINARY },
        { "{}", 2, structured_headers, SM_FRAME_STRUCTURED },
        { "[]", 2, NULL, SM_FRAME_UNKNOWN },
        { "", 0, NULL, SM_FRAME_UNKNOWN },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(rows); i++) {
        struct sm_record record = { .value = { (const uint8_t *)rows[i].value, rows[i].size },
                                    .headers = rows[i].headers,
                                    .header_count = rows[i].headers != NULL ? 2 : 0 };

        if (sm_frame_of(&record).kind != rows[i].kind)
            fail_msg("row %zu is of kind %d", i, (int)sm_frame_of(&record).kind);
    }
    assert_int_equal(sm_frame_of(&(struct sm_record){ 0 }).kind, SM_FRAME_UNKNOWN);
}

static void a_head_is_read_as_it_is_written(void **state)
{
    static const struct {
        enum sm_frame_kind kind;
        uint64_t number;
        uint8_t head[SM_FRAME_HEAD_SIZE_MAX];
        size_t size;
    } rows[] = {
        { SM_FRAME_CONFLUENT, 0xfedcba98, { 0, 0xfe, 0xdc, 0xba, 0x98 }, 5 },
        { SM_FRAME_SINGLE_OBJECT,
          UINT64_C(0xf20386c4e852841a),
          { 0xc3, 1, 0x1a, 0x84, 0x52, 0xe8, 0xc4, 0x86, 0x03, 0xf2 },
          10 },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(rows); i++) {
        uint8_t head[SM_FRAME_HEAD_SIZE_MAX];
        size_t size = sm_frame_head(rows[i].kind, rows[i].number, head);
        struct sm_record record = { .value = { head, size } };
        struct sm_frame frame = sm_frame_of(&record);

        assert_int_equal(size, rows[i].size);
        assert_memory_equal(head, rows[i].head, size);
        assert_int_equal(frame.kind, rows[i].kind);
        assert_true(frame.schema_id + frame.fingerprint == rows[i].number);
        assert_int_equal(frame.body.size, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_bytes_and_the_headers_tell_the_format),
        cmocka_unit_test(a_head_is_read_as_it_is_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
