/* RFC 3339 against the C library and by table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/timestamp.h"

static void texts_are_read_as_rfc_3339_says(void **state)
{
    static const struct {
        const char *text;
        int64_t time_us;
    } rows[] = {
        { "1970-01-01T00:00:00Z", 0 },
        { "1970-01-01T00:00:00.000001Z", 1 },
        { "1969-12-31T23:59:59.999999Z", -1 },
        { "2026-11-23T03:44:00.5+03:00", 1795394640500000 },
        { "2026-11-23t03:44:00z", 1795405440000000 },
        { "2026-11-23T03:44:00-00:00", 1795405440000000 },
        { "2026-11-22T18:14:00-09:30", 1795405440000000 },
        { "2024-02-29T12:00:00.1234567890123Z", 1709208000123456 },
        { "2000-02-29T00:00:00.9999999Z", 951782400999999 },
        { "2016-12-31T23:59:60Z", 1483228800000000 },
        { "2016-12-31T23:59:60.999Z", 1483228800000000 },
        { "0001-01-01T00:00:00Z", SM_TIME_MIN },
        { "9999-12-31T23:59:59.999999Z", SM_TIME_MAX },
        { "9999-12-31T23:59:59.9999999Z", SM_TIME_MAX },
        { "0001-01-01T14:00:00+14:00", SM_TIME_MIN },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(rows); i++) {
        int64_t time_us = 0;

        if (!sm_timestamp_parse(sm_slice_of(rows[i].text), &time_us) || time_us != rows[i].time_us)
            fail_msg("%s: %lld", rows[i].text, (long long)time_us);
    }
}

static void what_is_no_point_in_time_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "2026-11-23",
        "2026-11-23T03:44:00",
        "2026-11-23 03:44:00Z",
        "2026-11-23T03:44Z",
        "2026-11-23T03:44:00.Z",
        "2026-11-23T03:44:00.5",
        "2026-11-23T03:44:00,5Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T23:60:00Z",
        "2026-11-23T23:59:61Z",
        "2026-13-23T03:44:00Z",
        "2026-00-23T03:44:00Z",
        "2026-11-31T03:44:00Z",
        "2026-11-00T03:44:00Z",
        "2026-02-29T03:44:00Z",
        "1900-02-29T03:44:00Z",
        "0000-12-31T03:44:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "9999-12-31T23:59:60Z",
        "2026-11-23T03:44:00+24:00",
        "2026-11-23T03:44:00+03:60",
        "2026-11-23T03:44:00+0300",
        "2026-11-23T03:44:00+3",
        "2026-11-23T03:44:00ZZ",
        "2026-11-23T03:44:00Z ",
        " 2026-11-23T03:44:00Z",
        "+026-11-23T03:44:00Z",
        "2026-1a-23T03:44:00Z",
        "2026/11/23T03:44:00Z",
        "2026-11-23T03-44-00Z",
        "2026-11-23T03:44:00.5x5Z",
        "99999-12-31T23:59:59Z",
        "-infinity",
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(texts); i++) {
        int64_t time_us = 77;

        if (sm_timestamp_parse(sm_slice_of(texts[i]), &time_us) || time_us != 77)
            fail_msg("taken: %s", texts[i]);
    }
}

/* Every day of 10,000 years: with gmtime_r, written and read back. */
static void every_day_is_the_one_of_the_c_library(void **state)
{
    (void)state;
    for (int64_t day = SM_TIME_MIN / 86400000000; day <= 2932896; day++) {
        int64_t time_us = day * 86400000000 + day % 86400 * 1000003;
        time_t seconds = (time_t)(time_us < 0 ? (time_us - 999999) / 1000000 : time_us / 1000000);
        char text[SM_TIMESTAMP_TEXT_SIZE + 1], expected[64];
        int64_t back = 0;
        struct tm tm;

        if (time_us < SM_TIME_MIN)
            continue;
        sm_timestamp_format(time_us, text);
        assert_non_null(gmtime_r(&seconds, &tm));
        (void)snprintf(expected, sizeof(expected), "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ",
                       tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
                       tm.tm_sec, (int)(time_us - (int64_t)seconds * 1000000));
        assert_string_equal(text, expected);
        assert_true(sm_timestamp_parse(sm_slice_of(text), &back));
        assert_true(back == time_us);
    }
}

static void a_time_outside_the_range_is_written_as_its_end(void **state)
{
    char text[SM_TIMESTAMP_TEXT_SIZE + 1];

    (void)state;
    sm_timestamp_format(SM_TIME_NONE, text);
    assert_string_equal(text, "0001-01-01T00:00:00.000000Z");
    sm_timestamp_format(INT64_MAX, text);
    assert_string_equal(text, "9999-12-31T23:59:59.999999Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_read_as_rfc_3339_says),
        cmocka_unit_test(what_is_no_point_in_time_is_refused),
        cmocka_unit_test(every_day_is_the_one_of_the_c_library),
        cmocka_unit_test(a_time_outside_the_range_is_written_as_its_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
