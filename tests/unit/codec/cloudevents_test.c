/* CloudEvents over Kafka that are taken: both modes, their hash, and the memory they need. */
#include "unit/codec/fixture.h"

static void a_structured_event_is_read_whole(void **state)
{
    struct sm_record record = record_of(
        " \r\n\t{" REQUIRED ",\"data\":" DATA
        ",\"actor\":\"Иван \\u0022\",\"correlationid\":\"c-1\","
        "\"causationid\":\"c-2\",\"traceparent\":\"00-a-b-01\",\"expectedversion\":3,"
        "\"datacontenttype\":\"application/json\",\"dataschema\":17,\"other\":{\"a\":[]}}");

    (void)state;
    decode_good(&record);
    assert_uuid(&event.id, ID);
    assert_uuid(&event.client_id, CLIENT);
    assert_int_equal(event.type, SM_EVENT_FEATURE_CONFIG_CHANGED);
    assert_true(event.time_us == 1795394640500000);
    assert_slice(event.source, "erp");
    assert_slice(event.actor, "Иван \"");
    assert_slice(event.correlation_id, "c-1");
    assert_slice(event.causation_id, "c-2");
    assert_slice(event.traceparent, "00-a-b-01");
    assert_int_equal(event.expected_version, 3);
    assert_slice(event.key, "ma");
    assert_slice(event.data,
                 "{\"config\": {\"x\": 15.0, \"window_days\": 7}, \"feature_type\": \"ma\"}");
}

static void what_was_not_sent_is_absent(void **state)
{
    struct sm_record record = record_of(GOOD);

    (void)state;
    decode_good(&record);
    assert_null(event.actor.data);
    assert_null(event.correlation_id.data);
    assert_null(event.causation_id.data);
    assert_null(event.traceparent.data);
    assert_int_equal(event.expected_version, SM_VERSION_ANY);
}

static void a_binary_event_is_the_same_event(void **state)
{
    static const struct sm_header headers[] = {
        REQUIRED_HEADERS,
        HEADER("content-type", "Application/JSON; charset=utf-8"),
        HEADER("ce_expectedversion", "3"),
        HEADER("ce_actor", "ivan"),
        HEADER("ce_unknown", "\xff\xfe"),
        HEADER("trace", "of somebody else"),
        { .name = { (const uint8_t *)"ce_causationid", 14 } },
    };
    struct sm_record structured =
        record_of("{" REQUIRED ",\"data\":" DATA ",\"actor\":\"ivan\",\"expectedversion\":\"3\"}");
    struct sm_record binary = record_of(DATA);
    struct sm_digest hash;

    (void)state;
    decode_good(&structured);
    hash = event.content_hash;
    binary.headers = headers;
    binary.header_count = SM_ARRAY_COUNT(headers);
    decode_good(&binary);
    assert_true(sm_digest_equal(&event.content_hash, &hash));
    assert_null(event.causation_id.data); /* a null header is one that is not set */
}

static void an_event_without_data_can_come_in_either_mode(void **state)
{
    static const struct sm_header headers[] = {
        REQUIRED_HEADERS,
        HEADER("ce_type", "client.config_confirmed"), /* the last of a name counts */
    };
    struct sm_record binary = record_of("");
    struct sm_record structured =
        record_of("{\"specversion\":\"1.0\",\"id\":\"" ID "\",\"source\":\"erp\","
                  "\"type\":\"client.config_confirmed\",\"subject\":\"" CLIENT
                  "\",\"time\":\"2026-11-23T00:44:00.5Z\",\"actor\":null,\"data\":null}");
    struct sm_digest hash;

    (void)state;
    binary.headers = headers;
    binary.header_count = SM_ARRAY_COUNT(headers);
    decode_good(&binary);
    hash = event.content_hash;
    decode_good(&structured);
    assert_true(sm_digest_equal(&event.content_hash, &hash));
}

/* Spelled otherwise it is the same event: order, white space, escapes, letters, zones, defaults. */
static void the_content_hash_is_of_what_is_meant(void **state)
{
    static const char *const same[] = {
        GOOD,
        "{\"data\":{\"config\":{\"x\":15.0,\"window_days\":7},"
        "\"feature_type\":\"\\u006da\"}," REQUIRED "}",
        "{" REQUIRED ",\"data\":" DATA ",\"traceparent\":\"00-other-path\"}",
        "{\"id\":\"" ANOTHER "\"," REQUIRED ",\"data\":" DATA "}",
        "{\"specversion\":\"1.0\",\"source\":\"erp\","
        "\"id\":\"0197A1B2-C3D4-7E5F-8A9B-0C1D2E3F4A5B\","
        "\"type\":\"feature_config.changed\",\"subject\":\"6F1C1C50-5A3E-4B8E-9D59-8F1F7B3C2A10\","
        "\"time\":\"2026-11-23T00:44:00.500000Z\",\"data\":" DATA "}",
    };
    static const char *const others[] = {
        "{" REQUIRED ",\"data\":{\"feature_type\":\"ma\",\"config\":{\"window_days\":7,\"x\":15}}}",
        "{" REQUIRED ",\"actor\":\"ivan\",\"data\":" DATA "}",
        "{" REQUIRED ",\"expectedversion\":0,\"data\":" DATA "}",
    };
    struct sm_record record = record_of(GOOD);
    struct sm_digest hash;

    (void)state;
    decode_good(&record);
    hash = event.content_hash;
    for (size_t i = 0; i < SM_ARRAY_COUNT(same); i++) {
        record = record_of(same[i]);
        decode_good(&record);
        assert_true(sm_digest_equal(&event.content_hash, &hash));
    }
    for (size_t i = 0; i < SM_ARRAY_COUNT(others); i++) {
        record = record_of(others[i]);
        decode_good(&record);
        assert_false(sm_digest_equal(&event.content_hash, &hash));
    }
}

static void texts_stay_valid_after_the_scratch_is_used_again(void **state)
{
    struct sm_record record =
        record_of("{" REQUIRED ",\"data\":" DATA ",\"actor\":\"\\u0438\\u0432\\u0430\\u043d\"}");

    (void)state;
    decode_good(&record);
    memset(sm_arena_alloc(&scratch, 4096), 'x', 4096);
    assert_slice(event.actor, "иван");
    assert_slice(event.data,
                 "{\"config\": {\"x\": 15.0, \"window_days\": 7}, \"feature_type\": \"ma\"}");
    sm_arena_reset(&scratch);
}

/* The largest values: their data is there twice, as texts and as a whole. */
static void three_mebibytes_suffice_for_any_value(void **state)
{
    static const char *const units[] = { "x", "\\\\", "\\u0001", "я", "\",\"", "\",1e9,\"" };
    struct sm_arena large;
    struct sm_buf text;

    (void)state;
    assert_true(sm_arena_init(&large, 3 << 20));
    sm_buf_init(&text, SM_VALUE_SIZE_MAX);
    for (size_t i = 0; i < SM_ARRAY_COUNT(units); i++) {
        struct sm_record record = record_of("");
        enum sm_status status;

        sm_buf_reset(&text);
        sm_buf_append_text(&text, "{" REQUIRED ",\"data\":{\"feature_type\":\"ma\",\"config\":{"
                                  "\"window_days\":7,\"x\":[\"");
        for (size_t count = 0; text.size < SM_VALUE_SIZE_MAX - 20 && count < 32700; count++)
            for (size_t n = 0; n < (i < 4 ? 32u : 1u) && text.size < SM_VALUE_SIZE_MAX - 20; n++)
                sm_buf_append_text(&text, units[i]);
        sm_buf_append_text(&text, "\"]}}}");
        assert_false(sm_buf_failed(&text));
        record.value = sm_buf_view(&text);
        sm_arena_reset(&large);
        status = sm_cloudevents_decode(&record, &large, &scratch, &event, &known, &rejection);
        assert_int_equal(status, SM_OK);
        assert_in_range(event.data.size, 60000, SM_VALUE_SIZE_MAX);
    }
    sm_buf_deinit(&text);
    sm_arena_deinit(&large);
}

static void a_small_arena_is_a_limit_at_every_size(void **state)
{
    struct sm_record record =
        record_of("{" REQUIRED ",\"data\":" DATA ",\"actor\":\"\\u0438\\u0432\\u0430\\u043d\"}");
    size_t needed;

    (void)state;
    decode_good(&record);
    needed = sm_arena_mark(&arena);
    assert_in_range(needed, 100, 1000);
    for (size_t capacity = 1; capacity < needed; capacity++) {
        struct sm_arena small;

        assert_true(sm_arena_init(&small, capacity));
        assert_int_equal(
            sm_cloudevents_decode(&record, &small, &scratch, &event, &known, &rejection), SM_LIMIT);
        assert_int_equal(sm_arena_mark(&scratch), 0);
        sm_arena_deinit(&small);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_structured_event_is_read_whole),
        cmocka_unit_test(what_was_not_sent_is_absent),
        cmocka_unit_test(a_binary_event_is_the_same_event),
        cmocka_unit_test(an_event_without_data_can_come_in_either_mode),
        cmocka_unit_test(the_content_hash_is_of_what_is_meant),
        cmocka_unit_test(texts_stay_valid_after_the_scratch_is_used_again),
        cmocka_unit_test(three_mebibytes_suffice_for_any_value),
        cmocka_unit_test(a_small_arena_is_a_limit_at_every_size),
    };

    return cmocka_run_group_tests(tests, open_arenas, close_arenas);
}
