/* How parked events are told: the list, the look at one, and the same as JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "cli/parked.h"

#define HOUR INT64_C(3600000000)

static struct sm_buf out;

static int set_up(void **state)
{
    (void)state;
    sm_buf_init(&out, 1 << 16);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    sm_buf_deinit(&out);
    return 0;
}

static struct sm_parked_view waiting(void)
{
    static struct sm_header headers[3];

    headers[0] = (struct sm_header){SM_SLICE("note"), SM_SLICE("hello")};
    headers[1] = (struct sm_header){SM_SLICE("trace"), SM_SLICE("\x00\xff")};
    headers[2] = (struct sm_header){SM_SLICE("none"), SM_SLICE_NONE};
    return (struct sm_parked_view){
        .id = 7,
        .state = SM_SLICE("waiting"),
        .waits_for = SM_SLICE("data_type"),
        .waits_code = SM_SLICE("prices"),
        .gated = true,
        .client_id = {{1}},
        .kind = SM_SLICE("batch"),
        .key = SM_SLICE("b-1"),
        .type = SM_SLICE("batch.started"),
        .event_id = {{2}},
        .topic = SM_SLICE("t.processing.events"),
        .partition = 3,
        .offset = 812,
        .recorded_at = 0,
        .age_us = 2 * HOUR,
        .total = 12,
        .first_wait = SM_SLICE("client"),
        .ledger_seq = 44,
        .record_time = SM_TIME_NONE,
        .resolved_at = SM_TIME_NONE,
        .record_key = SM_SLICE("01000000-0000-0000-0000-000000000000"),
        .record_value = SM_SLICE("{\"a\": 0.10}"),
        .headers = headers,
        .header_count = SM_ARRAY_COUNT(headers),
    };
}

static void contains(const char *text)
{
    if (strstr(out.data, text) == NULL)
        fail_msg("\"%s\" is not in:\n%s", text, out.data);
}

static void the_list_tells_in_words_what_each_waits_for(void **state)
{
    struct sm_parked_view event = waiting();
    struct sm__parked_list list;

    (void)state;
    assert_true(sm__parked_list_init(&list, false));
    sm__parked_list_add(&list, &event);
    event.waits_for = SM_SLICE("client");
    event.waits_code = SM_SLICE_NONE;
    event.kind = SM_SLICE("bom_explosion");
    event.key = SM_SLICE("");
    sm__parked_list_add(&list, &event);
    assert_true(sm__parked_list_append(&list, &out));
    contains(" 7     2h  the data type's definition: prices  01000000-0000-0000-0000-000000000000  "
             "batch.started  batch/b-1      t.processing.events          3     812\n");
    contains("the client's registration ");
    contains("  bom_explosion  t.");
    contains("\n2 of 12 events that wait; ");
    sm__parked_list_deinit(&list);
}

static void an_empty_list_says_so(void **state)
{
    struct sm__parked_list list;

    (void)state;
    assert_true(sm__parked_list_init(&list, false));
    assert_true(sm__parked_list_append(&list, &out));
    assert_string_equal(out.data, "no such event waits\n");
    sm__parked_list_deinit(&list);
    sm_buf_reset(&out);
    assert_true(sm__parked_list_init(&list, true));
    assert_true(sm__parked_list_append(&list, &out));
    contains("\"events\": []");
    contains("\"total\": 0");
    sm__parked_list_deinit(&list);
}

static void the_look_at_one_tells_all_of_it(void **state)
{
    const struct sm_parked_view event = waiting();

    (void)state;
    assert_true(sm__parked_show_text(&event, &out));
    contains("state       waiting, for 2h\n");
    contains("waits for   the data type's definition: prices\n");
    contains("at first    the client's registration\n");
    contains("stream      batch/b-1\n");
    contains("type        batch.started (gated)\n");
    contains("position    t.processing.events[3] offset 812\n");
    contains("record time none\n");
    contains("headers     3\n  note: hello\n  trace: \\x00ff\n  none: (null)\n");
    contains("value       11 bytes\n{\"a\": 0.10}\n");
    assert_null(strstr(out.data, "resolved"));
}

static void one_that_was_let_go_tells_when_and_by_what(void **state)
{
    struct sm_parked_view event = waiting();

    (void)state;
    event.state = SM_SLICE("released");
    event.resolved_at = 2 * HOUR;
    event.resolved_seq = 51;
    event.record_value = SM_SLICE("\x1b[2J");
    assert_true(sm__parked_show_text(&event, &out));
    contains("state       released after 2h\n");
    contains("waits for   nothing any more\n");
    contains("resolved at 1970-01-01T02:00:00.000000Z\n");
    contains("resolved by ledger row 51 of the partition\n");
    contains("00000000  1b 5b 32 4a ");
    assert_null(strchr(out.data, 0x1b));
}

static void of_one_that_was_erased_the_event_that_did_it_is_told(void **state)
{
    struct sm_parked_view event = waiting();

    (void)state;
    event.is_erased = true;
    event.erased_by = (struct sm_uuid){{3}};
    event.record_value = SM_SLICE_NONE;
    event.header_count = 0;
    assert_true(sm__parked_show_text(&event, &out));
    contains("erased by   03000000-0000-0000-0000-000000000000\n");
    assert_null(strstr(out.data, "headers"));
    sm_buf_reset(&out);
    assert_true(sm__parked_show_json(&event, &out));
    contains("\"erased_by\": \"03000000-0000-0000-0000-000000000000\"");
    contains("\"record_value\": null");
}

static void json_has_the_same_with_bytes_as_text_or_as_hex(void **state)
{
    const struct sm_parked_view event = waiting();
    json_t *root;
    const json_t *headers;

    (void)state;
    assert_true(sm__parked_show_json(&event, &out));
    root = json_loads(out.data, 0, NULL);
    assert_non_null(root);
    assert_string_equal(json_string_value(json_object_get(root, "record_value")), "{\"a\": 0.10}");
    assert_true(json_is_null(json_object_get(root, "record_value_hex")));
    assert_true(json_is_null(json_object_get(root, "resolved_at")));
    assert_true(json_is_null(json_object_get(root, "resolved_seq")));
    assert_int_equal(json_integer_value(json_object_get(root, "age_seconds")), 7200);
    assert_string_equal(json_string_value(json_object_get(root, "waits_for_words")),
                        "the data type's definition: prices");
    headers = json_object_get(root, "headers");
    assert_int_equal(json_array_size(headers), 3);
    assert_string_equal(
        json_string_value(json_object_get(json_array_get(headers, 1), "value_hex")), "00ff");
    assert_true(json_is_null(json_object_get(json_array_get(headers, 2), "value")));
    assert_true(json_is_null(json_object_get(json_array_get(headers, 2), "value_hex")));
    json_decref(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_list_tells_in_words_what_each_waits_for, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_empty_list_says_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_look_at_one_tells_all_of_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_that_was_let_go_tells_when_and_by_what, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(of_one_that_was_erased_the_event_that_did_it_is_told,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(json_has_the_same_with_bytes_as_text_or_as_hex, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
