/* JSON documents as commands print them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/report.h"

static void prints(struct sm_report *report, const char *expected)
{
    struct sm_buf out;

    sm_buf_init(&out, 4096);
    assert_true(sm_report_print(report, &out));
    assert_string_equal(out.data, expected);
    sm_buf_deinit(&out);
    sm_report_destroy(report);
}

static void members_keep_their_order_and_unknown_is_null(void **state)
{
    struct sm_report *report = sm_report_create();

    (void)state;
    sm_report_text(report, "b", "text \"quoted\"");
    sm_report_text(report, "a", NULL);
    sm_report_number(report, "n", -3);
    sm_report_number(report, "u", SM_REPORT_UNKNOWN);
    sm_report_flag(report, "f", true);
    prints(report,
           "{\n  \"b\": \"text \\\"quoted\\\"\",\n  \"a\": null,\n  \"n\": -3,\n  \"u\": null,\n"
           "  \"f\": true\n}\n");
}

static void rows_and_objects_nest_and_empty_arrays_are_there(void **state)
{
    struct sm_report *report = sm_report_create();

    (void)state;
    sm_report_array(report, "none");
    sm_report_array(report, "rows");
    for (int i = 0; i < 2; i++) {
        sm_report_open_row(report, "rows");
        sm_report_number(report, "i", i);
        sm_report_close(report);
    }
    sm_report_open(report, "o");
    sm_report_flag(report, "f", false);
    sm_report_close(report);
    sm_report_number(report, "last", 1);
    prints(
        report,
        "{\n  \"none\": [],\n  \"rows\": [\n    {\n      \"i\": 0\n    },\n    {\n      \"i\": 1\n"
        "    }\n  ],\n  \"o\": {\n    \"f\": false\n  },\n  \"last\": 1\n}\n");
}

static void text_that_is_no_utf8_is_repaired(void **state)
{
    struct sm_report *report = sm_report_create();

    (void)state;
    sm_report_text(report, "cut", "\xd0\x93\xd0");
    sm_report_slice(report, "empty", SM_SLICE(""));
    prints(report, "{\n  \"cut\": \"\xd0\x93?\",\n  \"empty\": \"\"\n}\n");
}

static void documents_go_in_as_they_are_and_come_out_on_one_line(void **state)
{
    struct sm_report *report = sm_report_create();
    struct sm_buf out;

    (void)state;
    sm_buf_init(&out, 256);
    sm_report_json(report, "whole", "{\"b\": [1, null], \"a\": \"\\n\"}");
    sm_report_json(report, "none", NULL);
    sm_report_json(report, "broken", "{\"b\":");
    assert_true(sm_report_print_line(report, &out));
    assert_string_equal(
        out.data, "{\"whole\":{\"b\":[1,null],\"a\":\"\\n\"},\"none\":null,\"broken\":null}");
    sm_buf_deinit(&out);
    sm_report_destroy(report);
}

static void a_document_that_could_not_be_made_is_not_printed(void **state)
{
    struct sm_buf out;

    (void)state;
    sm_buf_init(&out, 64);
    sm_report_text(NULL, "a", "b");
    sm_report_open(NULL, "o");
    sm_report_close(NULL);
    assert_false(sm_report_print(NULL, &out));
    sm_buf_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_keep_their_order_and_unknown_is_null),
        cmocka_unit_test(rows_and_objects_nest_and_empty_arrays_are_there),
        cmocka_unit_test(text_that_is_no_utf8_is_repaired),
        cmocka_unit_test(documents_go_in_as_they_are_and_come_out_on_one_line),
        cmocka_unit_test(a_document_that_could_not_be_made_is_not_printed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
