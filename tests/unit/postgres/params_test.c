/* Parameters as bytes, against what PostgreSQL's documentation and sources say of its formats. */
#include "postgres/params.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct sm__params *params;

static int open_params(void **state)
{
    (void)state;
    params = calloc(1, sizeof(*params));
    return params == NULL ? -1 : 0;
}

static int close_params(void **state)
{
    (void)state;
    sm__params_deinit(params);
    free(params);
    return 0;
}

#define assert_param(index, bytes)                                                                 \
    assert_param_is((index), (const uint8_t *)(bytes), sizeof(bytes) - 1)

static void assert_param_is(int index, const uint8_t *bytes, size_t size)
{
    assert_true(index < params->count);
    assert_int_equal(params->formats[index], 1);
    assert_int_equal(params->lengths[index], (int)size);
    assert_memory_equal(params->values[index], bytes, size);
}

static void scalars_are_their_bytes(void **state)
{
    (void)state;
    sm__params_reset(params);
    sm__field_i16(sm__params_scalar(params), 0x0102);
    sm__field_i32(sm__params_scalar(params), -2);
    sm__field_i64(sm__params_scalar(params), 0x0102030405060708);
    sm__field_text(sm__params_scalar(params), "");
    sm__field_null(sm__params_scalar(params));
    sm__field_bool(sm__params_scalar(params), true);
    sm__field_jsonb(sm__params_scalar(params), SM_SLICE("{}"));
    sm__field_jsonb(sm__params_scalar(params), SM_SLICE_NONE);
    assert_true(sm__params_end(params));
    assert_int_equal(params->count, 8);
    assert_param(0, "\x01\x02");
    assert_param(1, "\xff\xff\xff\xfe");
    assert_param(2, "\x01\x02\x03\x04\x05\x06\x07\x08");
    assert_non_null(params->values[3]);
    assert_int_equal(params->lengths[3], 0);
    assert_null(params->values[4]);
    assert_param(5, "\x01");
    assert_param(6, "\x01{}");
    assert_null(params->values[7]);
}

static void times_count_from_2000(void **state)
{
    (void)state;
    assert_int_equal(sm__time_to_postgres(SM__EPOCH_2000_US), 0);
    assert_int_equal(sm__time_to_postgres(0), -SM__EPOCH_2000_US);
    assert_true(sm__time_to_postgres(SM_TIME_NONE) == INT64_MIN); /* -infinity */
    assert_true(sm__time_from_postgres(INT64_MIN) == SM_TIME_NONE);
    assert_true(sm__time_from_postgres(sm__time_to_postgres(SM_TIME_MIN)) == SM_TIME_MIN);
    assert_true(sm__time_from_postgres(sm__time_to_postgres(SM_TIME_MAX)) == SM_TIME_MAX);
}

static void arrays_have_their_header(void **state)
{
    struct sm__out *out;

    (void)state;
    sm__params_reset(params);
    out = sm__params_array(params, SM__OID_INT2, 2);
    sm__field_i16(out, 7);
    sm__field_null(out);
    (void)sm__params_array(params, SM__OID_TEXT, 0);
    assert_true(sm__params_end(params));
    assert_param(0, "\0\0\0\1\0\0\0\1\0\0\0\x15\0\0\0\2\0\0\0\1\0\0\0\2\0\7\xff\xff\xff\xff");
    assert_param(1, "\0\0\0\0\0\0\0\1\0\0\0\x19");
}

static void rows_become_columns(void **state)
{
    static const uint32_t oids[] = { SM__OID_INT4, SM__OID_TEXT };

    (void)state;
    sm__params_reset(params);
    for (int32_t i = 0; i < 3; i++) {
        struct sm__out *out = sm__params_row(params);

        sm__field_i32(out, i);
        if (i == 1)
            sm__field_null(out);
        else
            sm__field_text(out, i == 0 ? "ab" : "");
    }
    sm__params_columns(params, oids, 2);
    sm__params_columns(params, oids, 2); /* the table is empty again */
    assert_true(sm__params_end(params));
    assert_int_equal(params->count, 4);
    assert_param(0, "\0\0\0\1\0\0\0\1\0\0\0\x17\0\0\0\3\0\0\0\1"
                    "\0\0\0\4\0\0\0\0\0\0\0\4\0\0\0\1\0\0\0\4\0\0\0\2");
    assert_param(1, "\0\0\0\1\0\0\0\1\0\0\0\x19\0\0\0\3\0\0\0\1"
                    "\0\0\0\2"
                    "ab\xff\xff\xff\xff\0\0\0\0");
    assert_param(2, "\0\0\0\0\0\0\0\1\0\0\0\x17");
}

static void rows_become_records(void **state)
{
    static const uint32_t oids[] = { SM__OID_INT2, SM__OID_TEXT };

    (void)state;
    sm__params_reset(params);
    for (int16_t i = 0; i < 2; i++) {
        struct sm__out *out = sm__params_row(params);

        sm__field_i16(out, i);
        if (i == 1)
            sm__field_null(out);
        else
            sm__field_text(out, "ab");
    }
    sm__params_records(params, 0x4321, oids, 2);
    sm__params_records(params, 0x4321, oids, 2);
    assert_true(sm__params_end(params));
    assert_param(0, "\0\0\0\1\0\0\0\1\0\0\x43\x21\0\0\0\2\0\0\0\1"
                    "\0\0\0\x18\0\0\0\2\0\0\0\x15\0\0\0\2\0\0\0\0\0\x19\0\0\0\2"
                    "ab"
                    "\0\0\0\x16\0\0\0\2\0\0\0\x15\0\0\0\2\0\1\0\0\0\x19\xff\xff\xff\xff");
    assert_param(1, "\0\0\0\0\0\0\0\1\0\0\x43\x21");
}

static void ranges_are_half_open_or_empty(void **state)
{
    const struct sm_range ranges[] = { { 1, 2 }, { 5, 9 } };

    (void)state;
    sm__params_reset(params);
    sm__field_range(sm__params_scalar(params), (struct sm_range){ 3, 3 });
    sm__field_range(sm__params_scalar(params), ranges[0]);
    sm__field_ranges(sm__params_scalar(params), ranges, 2);
    sm__field_ranges(sm__params_scalar(params), NULL, 0);
    assert_true(sm__params_end(params));
    assert_param(0, "\x01");
    assert_param(1, "\x02\0\0\0\x08\0\0\0\0\0\0\0\1\0\0\0\x08\0\0\0\0\0\0\0\2");
    assert_param(2, "\0\0\0\2"
                    "\0\0\0\x19\x02\0\0\0\x08\0\0\0\0\0\0\0\1\0\0\0\x08\0\0\0\0\0\0\0\2"
                    "\0\0\0\x19\x02\0\0\0\x08\0\0\0\0\0\0\0\5\0\0\0\x08\0\0\0\0\0\0\0\x09");
    assert_param(3, "\0\0\0\0");
}

static void a_parameter_list_can_be_used_again_and_grows(void **state)
{
    static uint8_t large[100000];

    (void)state;
    for (int round = 0; round < 3; round++) {
        sm__params_reset(params);
        sm__field_i16(sm__params_scalar(params), 1);
        sm__field_bytes(sm__params_scalar(params), large, sizeof(large));
        sm__field_i16(sm__params_scalar(params), 2);
        assert_true(sm__params_end(params));
        assert_int_equal(params->count, 3);
        assert_param(0, "\0\1");
        assert_int_equal(params->lengths[1], (int)sizeof(large));
        assert_param(2, "\0\2");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars_are_their_bytes),
        cmocka_unit_test(times_count_from_2000),
        cmocka_unit_test(arrays_have_their_header),
        cmocka_unit_test(rows_become_columns),
        cmocka_unit_test(rows_become_records),
        cmocka_unit_test(ranges_are_half_open_or_empty),
        cmocka_unit_test(a_parameter_list_can_be_used_again_and_grows),
    };

    return cmocka_run_group_tests(tests, open_params, close_params);
}
