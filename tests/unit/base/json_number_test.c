/* Numbers without floating point: canonical text, integers, comparison. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"

static struct sm_json number(const char *text)
{
    return (struct sm_json){ .type = SM_JSON_NUMBER, .text = sm_slice_of(text) };
}

/* As PostgreSQL 15 and 18 print them; tests/contract/jsonb_test.c asks the server itself. */
static void canonical_text_is_that_of_numeric(void **state)
{
    static const struct {
        const char *text;
        const char *canonical;
    } rows[] = {
        { "0", "0" },
        { "-0", "0" },
        { "-0.0", "0.0" },
        { "-0e5", "0" },
        { "0e10", "0" },
        { "0e1000000", "0" },
        { "0e-5", "0.00000" },
        { "0.00e1", "0.0" },
        { "0.00e5", "0" },
        { "1", "1" },
        { "-17", "-17" },
        { "0.10", "0.10" },
        { "1.50", "1.50" },
        { "1e2", "100" },
        { "1E+2", "100" },
        { "1e00002", "100" },
        { "1.5e1", "15" },
        { "1.50e1", "15.0" },
        { "1.50e2", "150" },
        { "1.50e3", "1500" },
        { "1e-3", "0.001" },
        { "1.5e-3", "0.0015" },
        { "-1.5E-2", "-0.015" },
        { "100e-2", "1.00" },
        { "100e-1", "10.0" },
        { "1.230e-2", "0.01230" },
        { "12.5e0", "12.5" },
        { "0.001e2", "0.1" },
        { "0.001e3", "1" },
        { "0.0120e4", "120" },
        { "12345678901234.12345678", "12345678901234.12345678" },
        { "-9223372036854775808", "-9223372036854775808" },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(rows); i++) {
        struct sm_json node = number(rows[i].text);
        struct sm_buf buf;

        sm_buf_init(&buf, 1000);
        sm_json_append(&node, &buf);
        assert_string_equal(buf.data, rows[i].canonical);
        sm_buf_deinit(&buf);
    }
}

static void integers_are_told_from_what_is_none(void **state)
{
    static const struct {
        const char *text;
        bool is_integer;
        int64_t value;
    } rows[] = {
        { "0", true, 0 },
        { "-0", true, 0 },
        { "-0.0e-7", true, 0 },
        { "0e1000000", true, 0 },
        { "7", true, 7 },
        { "-7", true, -7 },
        { "1.0", true, 1 },
        { "1e2", true, 100 },
        { "120e-1", true, 12 },
        { "0.0012e4", true, 12 },
        { "1.5e1", true, 15 },
        { "1.5", false, 0 },
        { "12e-1", false, 0 },
        { "1e-1", false, 0 },
        { "0.1", false, 0 },
        { "1e-16383", false, 0 },
        { "9223372036854775807", true, INT64_MAX },
        { "9223372036854775807.000", true, INT64_MAX },
        { "9223372036854775808", false, 0 },
        { "-9223372036854775808", true, INT64_MIN },
        { "-9223372036854775809", false, 0 },
        { "922337203685477580.7e1", true, INT64_MAX },
        { "9999999999999999999", false, 0 },
        { "10000000000000000000", false, 0 },
        { "1e18", true, INT64_C(1000000000000000000) },
        { "1e19", false, 0 },
        { "1e131071", false, 0 },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(rows); i++) {
        struct sm_json node = number(rows[i].text);
        int64_t value = 0;

        if (sm_json_integer(&node, &value) != rows[i].is_integer || value != rows[i].value)
            fail_msg("%s: %lld", rows[i].text, (long long)value);
    }
}

static void numbers_compare_exactly_with_integers(void **state)
{
    static const struct {
        const char *text;
        int64_t with;
        int order;
    } rows[] = {
        { "0", 0, 0 },
        { "-0.0", 0, 0 },
        { "0e1000000", 1, -1 },
        { "0.3", 0, 1 },
        { "0.3", 1, -1 },
        { "-0.3", 0, -1 },
        { "-0.3", -1, 1 },
        { "1", 1, 0 },
        { "1.000", 1, 0 },
        { "10e-1", 1, 0 },
        { "1.0000000000000000000000000000001", 1, 1 },
        { "0.9999999999999999999999999999999", 1, -1 },
        { "1e-16383", 0, 1 },
        { "-1e-16383", 0, -1 },
        { "99", 100, -1 },
        { "100", 99, 1 },
        { "1e2", 100, 0 },
        { "1.0e2", 100, 0 },
        { "1.01e2", 100, 1 },
        { "-5", 5, -1 },
        { "5", -5, 1 },
        { "-5", -6, 1 },
        { "-5.5", -5, -1 },
        { "9223372036854775807", INT64_MAX, 0 },
        { "9223372036854775806.9", INT64_MAX, -1 },
        { "9223372036854775808", INT64_MAX, 1 },
        { "-9223372036854775808", INT64_MIN, 0 },
        { "-9223372036854775808.1", INT64_MIN, -1 },
        { "-9223372036854775807.9", INT64_MIN, 1 },
        { "1e131071", INT64_MAX, 1 },
        { "-1e131071", INT64_MIN, -1 },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(rows); i++) {
        struct sm_json node = number(rows[i].text);
        int order = sm_json_number_compare(&node, rows[i].with);

        if ((order > 0) - (order < 0) != rows[i].order)
            fail_msg("%s: %d", rows[i].text, order);
    }
}

/* Every decimal of up to three digits and a small exponent, against scaled integers. */
static void small_decimals_agree_with_integer_arithmetic(void **state)
{
    (void)state;
    for (int mantissa = -999; mantissa <= 999; mantissa++) {
        for (int exponent = -3; exponent <= 3; exponent++) {
            int64_t thousandths = mantissa;
            char text[32];
            struct sm_json node;
            int64_t value = 0;

            for (int i = -3; i < exponent; i++)
                thousandths *= 10;
            (void)snprintf(text, sizeof(text), "%de%d", mantissa, exponent);
            node = number(text);
            assert_int_equal(sm_json_integer(&node, &value), thousandths % 1000 == 0);
            if (thousandths % 1000 == 0)
                assert_int_equal(value, thousandths / 1000);
            for (int64_t with = -3; with <= 3; with++) {
                int order = sm_json_number_compare(&node, with);

                assert_int_equal((order > 0) - (order < 0),
                                 (thousandths > 1000 * with) - (thousandths < 1000 * with));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canonical_text_is_that_of_numeric),
        cmocka_unit_test(integers_are_told_from_what_is_none),
        cmocka_unit_test(numbers_compare_exactly_with_integers),
        cmocka_unit_test(small_decimals_agree_with_integer_arithmetic),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
