/* CloudEvents over Kafka that are refused: why, in which order, and what is known of them then. */
#include "unit/codec/fixture.h"

/* Each row changes one attribute of a good event; `after` overrides what REQUIRED says. */
static void an_attribute_that_is_wrong_is_named_with_its_value(void **state)
{
    static const struct {
        const char *after;
        enum sm_rejection_code code;
        const char *field;
        const char *value;
    } rows[] = {
        { "\"specversion\":null", SM_CODE_ATTRIBUTE_MISSING, "specversion", "" },
        { "\"specversion\":\"0.3\"", SM_CODE_ATTRIBUTE_INVALID, "specversion", "0.3" },
        { "\"specversion\":1.0", SM_CODE_ATTRIBUTE_INVALID, "specversion", "1.0" },
        { "\"id\":null", SM_CODE_ATTRIBUTE_MISSING, "id", "" },
        { "\"id\":\"\"", SM_CODE_ATTRIBUTE_INVALID, "id", "" },
        { "\"id\":\"17\"", SM_CODE_ATTRIBUTE_INVALID, "id", "17" },
        { "\"id\":17", SM_CODE_ATTRIBUTE_INVALID, "id", "17" },
        { "\"id\":\"00000000-0000-0000-0000-000000000000\"", SM_CODE_ATTRIBUTE_INVALID, "id",
          "00000000-0000-0000-0000-000000000000" },
        { "\"time\":18,\"id\":17", SM_CODE_ATTRIBUTE_INVALID, "id", "17" },
        { "\"type\":null", SM_CODE_ATTRIBUTE_MISSING, "type", "" },
        { "\"type\":\"client.deleted\"", SM_CODE_TYPE_UNKNOWN, "type", "client.deleted" },
        { "\"type\":\"Client.Registered\"", SM_CODE_TYPE_UNKNOWN, "type", "Client.Registered" },
        { "\"type\":[]", SM_CODE_ATTRIBUTE_INVALID, "type", "" },
        { "\"subject\":null", SM_CODE_ATTRIBUTE_MISSING, "subject", "" },
        { "\"subject\":\"client-2\"", SM_CODE_ATTRIBUTE_INVALID, "subject", "client-2" },
        { "\"subject\":\"" ANOTHER "\"", SM_CODE_KEY_MISMATCH, "key", CLIENT },
        { "\"source\":null", SM_CODE_ATTRIBUTE_MISSING, "source", "" },
        { "\"source\":\"\"", SM_CODE_ATTRIBUTE_INVALID, "source", "" },
        { "\"source\":\"a\\u0007b\"", SM_CODE_ATTRIBUTE_INVALID, "source", "a\ab" },
        { "\"time\":null", SM_CODE_ATTRIBUTE_MISSING, "time", "" },
        { "\"time\":\"2026-11-23\"", SM_CODE_ATTRIBUTE_INVALID, "time", "2026-11-23" },
        { "\"time\":1795394640", SM_CODE_ATTRIBUTE_INVALID, "time", "1795394640" },
        { "\"datacontenttype\":\"text/plain\"", SM_CODE_ATTRIBUTE_INVALID, "datacontenttype",
          "text/plain" },
        { "\"datacontenttype\":\"json\"", SM_CODE_ATTRIBUTE_INVALID, "datacontenttype", "json" },
        { "\"actor\":\"\"", SM_CODE_ATTRIBUTE_INVALID, "actor", "" },
        { "\"actor\":true", SM_CODE_ATTRIBUTE_INVALID, "actor", "" },
        { "\"actor\":\"a\\nb\"", SM_CODE_ATTRIBUTE_INVALID, "actor", "a\nb" },
        { "\"correlationid\":\"\\u0080\"", SM_CODE_ATTRIBUTE_INVALID, "correlationid", "\xc2\x80" },
        { "\"expectedversion\":-1", SM_CODE_ATTRIBUTE_INVALID, "expectedversion", "-1" },
        { "\"expectedversion\":1.5", SM_CODE_ATTRIBUTE_INVALID, "expectedversion", "1.5" },
        { "\"expectedversion\":\"\"", SM_CODE_ATTRIBUTE_INVALID, "expectedversion", "" },
        { "\"expectedversion\":2147483648", SM_CODE_ATTRIBUTE_INVALID, "expectedversion",
          "2147483648" },
        { "\"expectedversion\":99999999999999999999", SM_CODE_ATTRIBUTE_INVALID, "expectedversion",
          "99999999999999999999" },
        { "\"expectedversion\":true", SM_CODE_ATTRIBUTE_INVALID, "expectedversion", "" },
        { "\"data_base64\":\"e30=\"", SM_CODE_ATTRIBUTE_INVALID, "data_base64", "" },
        { "\"data\":17", SM_CODE_FIELD_TYPE, "data", "17" },
        { "\"data\":{}", SM_CODE_FIELD_MISSING, "data.feature_type", "" },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(rows); i++) {
        char text[1024];
        struct sm_record record;

        (void)snprintf(text, sizeof(text), "{" REQUIRED ",\"data\":" DATA ",%s}", rows[i].after);
        record = record_of(text);
        if (decode(&record) != SM_REJECT || rejection.code != rows[i].code ||
            strcmp(rejection.field, rows[i].field) != 0 ||
            strcmp(rejection.value, rows[i].value) != 0)
            fail_msg("%s: %s, %s, %s", rows[i].after, sm_rejection_code_name(rejection.code),
                     rejection.field, rejection.value);
        assert_non_null(strchr(rejection.reason, ' ')); /* a sentence */
        assert_false(known.content);
    }
}

static void the_longest_texts_are_taken_and_one_character_more_is_not(void **state)
{
    static const struct {
        const char *name;
        unsigned chars_max;
    } rows[] = {
        { "source", 255 },      { "actor", 100 },       { "correlationid", 255 },
        { "causationid", 255 }, { "traceparent", 255 },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(rows); i++) {
        for (unsigned more = 0; more < 2; more++) {
            struct sm_record record;
            struct sm_buf text;

            sm_buf_init(&text, 4096);
            sm_buf_printf(&text, "{" REQUIRED ",\"data\":" DATA ",\"%s\":\"", rows[i].name);
            for (unsigned n = 0; n < rows[i].chars_max + more; n++)
                sm_buf_append_text(&text, "я");
            sm_buf_append_text(&text, "\"}");
            record = record_of(text.data);
            assert_int_equal(decode(&record), more == 0 ? SM_OK : SM_REJECT);
            if (more != 0) {
                assert_int_equal(rejection.code, SM_CODE_ATTRIBUTE_INVALID);
                assert_string_equal(rejection.field, rows[i].name);
            }
            sm_buf_deinit(&text);
        }
    }
}

static void a_value_that_is_no_event_is_told_by_its_kind(void **state)
{
    static const struct {
        struct sm_slice value;
        enum sm_rejection_code code;
        const char *shown;
    } rows[] = {
        { { NULL, 0 }, SM_CODE_VALUE_MISSING, "" },
        { { (const uint8_t *)"", 0 }, SM_CODE_FORMAT_UNKNOWN, "" },
        { { (const uint8_t *)"  ", 2 }, SM_CODE_FORMAT_UNKNOWN, "20 20 " },
        { { (const uint8_t *)"[{}]", 4 }, SM_CODE_FORMAT_UNKNOWN, "5b 7b 7d 5d " },
        { { (const uint8_t *)"\0\0\0\0\7ab", 7 }, SM_CODE_FORMAT_UNKNOWN, "00 00 00 00 07 61 62 " },
        { { (const uint8_t *)"\xef\xbb\xbf{}", 5 }, SM_CODE_FORMAT_UNKNOWN, "ef bb bf 7b 7d " },
        { { (const uint8_t *)"\0{}", 3 }, SM_CODE_FORMAT_UNKNOWN, "00 7b 7d " },
        { { (const uint8_t *)"{\"a\":tru}", 9 }, SM_CODE_JSON_INVALID, "tru}" },
        { { (const uint8_t *)"{", 1 }, SM_CODE_JSON_INVALID, "" },
        { { (const uint8_t *)"{}", 2 }, SM_CODE_ATTRIBUTE_MISSING, "" },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(rows); i++) {
        struct sm_record record = record_of("");

        record.value = rows[i].value;
        assert_int_equal(decode(&record), SM_REJECT);
        if (rejection.code != rows[i].code || strcmp(rejection.value, rows[i].shown) != 0)
            fail_msg("row %zu: %s, %s", i, sm_rejection_code_name(rejection.code), rejection.value);
        assert_false(known.id || known.client_id || known.type || known.content);
    }
}

static void invalid_json_tells_offset_and_reason(void **state)
{
    struct sm_record record = record_of("{\"id\":\"a\\u0000\"}");

    (void)state;
    assert_int_equal(decode(&record), SM_REJECT);
    assert_int_equal(rejection.code, SM_CODE_JSON_INVALID);
    assert_string_equal(rejection.reason, "at byte 8: \\u0000, which PostgreSQL cannot keep");
}

/* What is over a limit is refused before anything of it is looked at. */
static void sizes_over_their_limits_are_refused(void **state)
{
    static uint8_t large[SM_VALUE_SIZE_MAX + 1];
    static struct sm_header headers[SM_HEADERS_MAX + 1];
    struct sm_record record = record_of(GOOD);

    (void)state;
    memset(large, ' ', sizeof(large));
    record.value = (struct sm_slice){ large, SM_VALUE_SIZE_MAX };
    assert_int_equal(decode(&record), SM_REJECT);
    assert_int_equal(rejection.code, SM_CODE_FORMAT_UNKNOWN);
    record.value.size++;
    assert_int_equal(decode(&record), SM_REJECT);
    assert_int_equal(rejection.code, SM_CODE_VALUE_TOO_LARGE);
    assert_string_equal(rejection.field, "value");
    assert_string_equal(rejection.value, "1048577");

    record = record_of(GOOD);
    record.key = (struct sm_slice){ large, 1024 };
    assert_int_equal(decode(&record), SM_REJECT);
    assert_int_equal(rejection.code, SM_CODE_KEY_MISMATCH);
    record.key.size++;
    assert_int_equal(decode(&record), SM_REJECT);
    assert_int_equal(rejection.code, SM_CODE_VALUE_TOO_LARGE);
    assert_string_equal(rejection.field, "key");

    record = record_of(GOOD);
    for (size_t i = 0; i < SM_ARRAY_COUNT(headers); i++)
        headers[i].name = SM_SLICE("n");
    record.headers = headers;
    record.header_count = SM_HEADERS_MAX;
    decode_good(&record);
    record.header_count++;
    assert_int_equal(decode(&record), SM_REJECT);
    assert_int_equal(rejection.code, SM_CODE_VALUE_TOO_LARGE);
    assert_string_equal(rejection.field, "headers");
    record.header_count = 2;
    headers[0].value = (struct sm_slice){ large, 65534 };
    decode_good(&record);
    headers[0].value.size++;
    assert_int_equal(decode(&record), SM_REJECT);
    assert_int_equal(rejection.code, SM_CODE_VALUE_TOO_LARGE);
}

static void the_key_is_the_subject_in_any_case(void **state)
{
    static const struct sm_slice wrong[] = {
        { NULL, 0 },
        { (const uint8_t *)"", 0 },
        { (const uint8_t *)ANOTHER, 36 },
        { (const uint8_t *)CLIENT " ", 37 },
        { (const uint8_t *)"6f1c1c505a3e4b8e9d598f1f7b3c2a10", 32 },
        { (const uint8_t *)"\x6f\x1c\x1c\x50\x5a\x3e\x4b\x8e\x9d\x59\x8f\x1f\x7b\x3c\x2a\x10", 16 },
    };
    struct sm_record record = record_of(GOOD);

    (void)state;
    record.key = SM_SLICE("6F1C1C50-5a3e-4B8E-9D59-8F1F7B3C2A10");
    decode_good(&record);
    for (size_t i = 0; i < SM_ARRAY_COUNT(wrong); i++) {
        record.key = wrong[i];
        assert_int_equal(decode(&record), SM_REJECT);
        assert_int_equal(rejection.code, SM_CODE_KEY_MISMATCH);
        assert_true(known.id && known.client_id && known.type && !known.content);
    }
}

static void a_type_on_the_wrong_topic_is_refused_before_its_key(void **state)
{
    struct sm_record record = record_of(GOOD);

    (void)state;
    record.topic = SM_TOPIC_PROCESSING;
    record.key = SM_SLICE_NONE;
    assert_int_equal(decode(&record), SM_REJECT);
    assert_int_equal(rejection.code, SM_CODE_TOPIC_WRONG);
    assert_string_equal(rejection.value, "feature_config.changed");
}

static void a_dead_letter_knows_what_could_be_read(void **state)
{
    static const struct {
        const char *after;
        bool id;
        bool client_id;
        bool type;
    } rows[] = {
        { "\"time\":\"soon\"", true, true, true },
        { "\"specversion\":\"2.0\"", true, true, true },
        { "\"id\":\"17\"", false, true, true },
        { "\"id\":17,\"subject\":\"x\"", false, false, true },
        { "\"type\":\"client.deleted\"", true, true, false },
        { "\"data_base64\":\"e30=\"", true, true, true },
        { "\"data\":{\"feature_type\":\"ma\",\"config\":{\"window_days\":0}}", true, true, true },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(rows); i++) {
        char text[1024];
        struct sm_record record;

        (void)snprintf(text, sizeof(text), "{" REQUIRED ",\"data\":" DATA ",%s}", rows[i].after);
        record = record_of(text);
        assert_int_equal(decode(&record), SM_REJECT);
        assert_int_equal(known.id, rows[i].id);
        assert_int_equal(known.client_id, rows[i].client_id);
        assert_int_equal(known.type, rows[i].type);
        assert_false(known.content);
        if (known.id)
            assert_uuid(&event.id, ID);
        if (known.client_id)
            assert_uuid(&event.client_id, CLIENT);
        if (known.type)
            assert_int_equal(event.type, SM_EVENT_FEATURE_CONFIG_CHANGED);
    }
}

static void headers_tell_what_a_broken_binary_event_is(void **state)
{
    static const struct sm_header headers[] = { REQUIRED_HEADERS };
    struct sm_record record = record_of("{\"feature_type\":");

    (void)state;
    record.headers = headers;
    record.header_count = SM_ARRAY_COUNT(headers);
    assert_int_equal(decode(&record), SM_REJECT);
    assert_int_equal(rejection.code, SM_CODE_JSON_INVALID);
    assert_true(known.id && known.client_id && known.type && !known.content);
    assert_uuid(&event.id, ID);
}

static void the_first_fault_in_order_is_the_one_reported(void **state)
{
    static const char *const attributes[] = { "specversion", "id",     "type",
                                              "subject",     "source", "time" };
    struct sm_buf text;

    (void)state;
    sm_buf_init(&text, 4096);
    sm_buf_append_text(&text, "{" REQUIRED ",\"data\":1");
    /* From the back: with all from `attributes[i]` on missing, that one is named. */
    for (size_t i = SM_ARRAY_COUNT(attributes); i-- > 0;) {
        struct sm_record record;

        sm_buf_printf(&text, ",\"%s\":null}", attributes[i]);
        record = record_of(text.data);
        assert_int_equal(decode(&record), SM_REJECT);
        assert_int_equal(rejection.code, SM_CODE_ATTRIBUTE_MISSING);
        assert_string_equal(rejection.field, attributes[i]);
        text.size--;
    }
    sm_buf_deinit(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_attribute_that_is_wrong_is_named_with_its_value),
        cmocka_unit_test(the_longest_texts_are_taken_and_one_character_more_is_not),
        cmocka_unit_test(a_value_that_is_no_event_is_told_by_its_kind),
        cmocka_unit_test(invalid_json_tells_offset_and_reason),
        cmocka_unit_test(sizes_over_their_limits_are_refused),
        cmocka_unit_test(the_key_is_the_subject_in_any_case),
        cmocka_unit_test(a_type_on_the_wrong_topic_is_refused_before_its_key),
        cmocka_unit_test(a_dead_letter_knows_what_could_be_read),
        cmocka_unit_test(headers_tell_what_a_broken_binary_event_is),
        cmocka_unit_test(the_first_fault_in_order_is_the_one_reported),
    };

    return cmocka_run_group_tests(tests, open_arenas, close_arenas);
}
