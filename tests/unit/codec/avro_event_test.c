/* Events in Avro: schemas of other producers, and what is refused, as from JSON. */
#include "unit/codec/avro_event_fixture.h"

#define ID     "0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"
#define CLIENT "6f1c1c50-5a3e-4b8e-9d59-8f1f7b3c2a10"
#define HEAD                                                                                       \
    "{\"specversion\":\"1.0\",\"id\":\"" ID "\",\"source\":\"erp\",\"subject\":\"" CLIENT "\","    \
    "\"time\":\"2026-11-23T00:44:00.5Z\","
#define OPEN "{\"type\":\"record\",\"name\":\"acme.ConfigEvent\",\"fields\":["
#define FIELDS                                                                                     \
    "{\"name\":\"id\",\"type\":\"string\"},{\"name\":\"source\",\"type\":\"string\"},"             \
    "{\"name\":\"time\",\"type\":\"long\"},{\"name\":\"client_id\",\"type\":\"string\"},"

static struct outcome json, avro;

static struct sm_record record_of(const char *value)
{
    return (struct sm_record){ .topic = SM_TOPIC_CONFIG,
                               .key = SM_SLICE(CLIENT),
                               .value = sm_slice_of(value) };
}

/* A body by hand: strings with their lengths, then `rest`. */
static void put_string(const char *text)
{
    size_t twice = 2 * strlen(text);

    if (twice >= 0x80)
        sm_buf_append_byte(&bytes, (uint8_t)(twice | 0x80));
    sm_buf_append_byte(&bytes, (uint8_t)(twice >= 0x80 ? twice >> 7 : twice));
    sm_buf_append_text(&bytes, text);
}

static void put_long(int64_t number)
{
    uint64_t left = (uint64_t)number << 1 ^ (uint64_t)(number >> 63);

    for (; left >= 0x80; left >>= 7)
        sm_buf_append_byte(&bytes, (uint8_t)(left | 0x80));
    sm_buf_append_byte(&bytes, (uint8_t)left);
}

static void put_attributes(const char *id, const char *source, int64_t time_us, const char *client)
{
    sm_buf_reset(&bytes);
    put_string(id);
    put_string(source);
    put_long(time_us);
    put_string(client);
}

/* The same without the frame's head; for the schema that ships. */
static void put_event(const char *config)
{
    put_attributes(ID, "erp", 1795394640500000, CLIENT);
    for (int i = 0; i < 5; i++)
        sm_buf_append_byte(&bytes, 0);
    sm_buf_append_byte(&bytes, 2 * 7); /* FeatureConfigChanged */
    put_string("ema");
    put_string(config);
}

static const struct sm_avro_event_plan *compile(const char *schema)
{
    const struct sm_avro_event_plan *plan = NULL;
    struct sm_avro_schema_fault fault;

    if (sm_avro_event_plan_compile(sm_slice_of(schema), &plans_arena, &scratch, &plan, &fault) !=
        SM_OK)
        fail_msg("%s", fault.reason);
    assert_int_equal(sm_arena_mark(&scratch), 0);
    return plan;
}

static void decode_bytes(const struct sm_avro_event_plan *plan)
{
    struct sm_record record = record_of("");

    record.value = sm_buf_view(&bytes);
    decode_body(plan, record.value, &record, &avro);
}

static const struct sm_avro_event_plan *our_plan(void)
{
    return sm_avro_event_plans_find(plans, fingerprint_of(SM_TOPIC_CONFIG, false));
}

static void assert_refused(enum sm_rejection_code code, const char *field, const char *reason)
{
    assert_int_equal(avro.status, SM_REJECT);
    assert_string_equal(sm_rejection_code_name(avro.rejection.code), sm_rejection_code_name(code));
    assert_string_equal(avro.rejection.field, field);
    if (strstr(avro.rejection.reason, reason) == NULL)
        fail_msg("%s", avro.rejection.reason);
}

static void a_schema_of_another_producer_is_read_by_names(void **state)
{
    const struct sm_avro_event_plan *plan = compile(
        OPEN "{\"name\":\"extra\",\"type\":{\"type\":\"array\",\"items\":\"int\"}},"
             "{\"name\":\"client_id\",\"type\":\"string\"},"
             "{\"name\":\"data\",\"type\":{\"type\":\"record\",\"name\":\"FeatureConfigChanged\","
             "\"fields\":[{\"name\":\"config\",\"type\":\"bytes\"},"
             "{\"name\":\"note\",\"type\":\"string\"},"
             "{\"name\":\"feature_type\",\"type\":{\"type\":\"string\"}}]}},"
             "{\"name\":\"time\",\"type\":{\"type\":\"long\",\"logicalType\":"
             "\"timestamp-millis\"}},"
             "{\"name\":\"id\",\"type\":[\"null\",\"string\"]},"
             "{\"name\":\"source\",\"type\":\"string\"}]}");
    struct sm_record record =
        record_of(HEAD "\"type\":\"feature_config.changed\",\"data\":{\"feature_type\":\"ma\","
                       "\"config\":{\"window_days\":7e0}}}");

    (void)state;
    sm_arena_reset(&arena);
    decode_json(&record, &json);
    sm_buf_reset(&bytes);
    put_long(2);
    put_long(1);
    put_long(2);
    put_long(0);
    put_string(CLIENT);
    put_string("{\"window_days\":7e0}");
    put_string("of somebody");
    put_string("ma");
    put_long(1795394640500);
    put_long(1);
    put_string(ID);
    put_string("erp");
    decode_bytes(plan);
    assert_same_event(&json, &avro);
}

static void a_record_that_this_version_does_not_know_is_an_unknown_type(void **state)
{
    const struct sm_avro_event_plan *plan =
        compile(OPEN FIELDS "{\"name\":\"data\",\"type\":[{\"type\":\"record\",\"name\":"
                            "\"ClientErased\",\"fields\":[]},{\"type\":\"record\","
                            "\"name\":\"ClientMerged\",\"fields\":[]}]}]}");

    (void)state;
    put_attributes(ID, "erp", 0, CLIENT);
    put_long(1);
    decode_bytes(plan);
    assert_refused(SM_CODE_TYPE_UNKNOWN, "data", "has no branch for it");
    assert_string_equal(avro.rejection.value, "acme.ClientMerged");
    assert_true(avro.known.id && avro.known.client_id && !avro.known.type && !avro.known.content);
    put_attributes(ID, "erp", 0, CLIENT);
    put_long(0);
    decode_bytes(plan);
    assert_int_equal(avro.status, SM_OK);
    assert_int_equal(avro.event.type, SM_EVENT_CLIENT_ERASED);
}

static void schemas_that_are_not_of_events_are_refused(void **state)
{
    static const char *const rows[][2] = {
        { "\"string\"", "of no record ConfigEvent" },
        { "{\"type\":\"record\",\"name\":\"Other\",\"fields\":[]}", "of no record ConfigEvent" },
        { OPEN "]}", "is not in the record as written, and has no default: id" },
        { OPEN FIELDS "{\"name\":\"data\",\"type\":\"int\"}]}",
          "the union that it is read as has no branch for it: int" },
        { "{", "no JSON" },
    };
    const struct sm_avro_event_plan *plan;
    struct sm_avro_schema_fault fault;

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(rows); i++) {
        assert_int_equal(sm_avro_event_plan_compile(sm_slice_of(rows[i][0]), &plans_arena, &scratch,
                                                    &plan, &fault),
                         SM_REJECT);
        if (strstr(fault.reason, rows[i][1]) == NULL)
            fail_msg("%s: %s", rows[i][0], fault.reason);
    }
    assert_null(sm_avro_event_plans_find(plans, 1));
}

static void attributes_are_judged_as_those_of_json(void **state)
{
    static const struct {
        const char *id;
        const char *source;
        int64_t time_us;
        const char *client;
        enum sm_rejection_code code;
        const char *field;
    } rows[] = {
        { "17", "erp", 0, CLIENT, SM_CODE_ATTRIBUTE_INVALID, "id" },
        { ID, "", 0, CLIENT, SM_CODE_ATTRIBUTE_INVALID, "source" },
        { ID, "a\nb", 0, CLIENT, SM_CODE_ATTRIBUTE_INVALID, "source" },
        { ID, "erp", INT64_MAX, CLIENT, SM_CODE_ATTRIBUTE_INVALID, "time" },
        { ID, "erp", INT64_MIN, CLIENT, SM_CODE_ATTRIBUTE_INVALID, "time" },
        { ID, "erp", 0, "client-2", SM_CODE_ATTRIBUTE_INVALID, "subject" },
        { ID, "erp", 0, ID, SM_CODE_KEY_MISMATCH, "key" },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(rows); i++) {
        put_attributes(rows[i].id, rows[i].source, rows[i].time_us, rows[i].client);
        for (int at = 0; at < 5; at++)
            sm_buf_append_byte(&bytes, 0);
        put_long(6); /* ClientErased, without a reason */
        put_long(0);
        decode_bytes(our_plan());
        assert_refused(rows[i].code, rows[i].field, "");
    }
}

static void data_is_refused_as_from_json(void **state)
{
    static const struct {
        const char *config;
        enum sm_rejection_code code;
    } rows[] = {
        { "{\"window_days\":0,\"alpha\":0.5,\"min_samples\":1,\"nan_strategy\":\"skip\"}",
          SM_CODE_FIELD_RANGE },
        { "[]", SM_CODE_FIELD_TYPE },
        { "{}", SM_CODE_FIELD_MISSING },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(rows); i++) {
        char text[512];
        struct sm_record record;

        (void)snprintf(text, sizeof(text),
                       HEAD
                       "\"type\":\"feature_config.changed\",\"data\":{\"feature_type\":\"ema\","
                       "\"config\":%s}}",
                       rows[i].config);
        record = record_of(text);
        decode_json(&record, &json);
        put_event(rows[i].config);
        decode_bytes(our_plan());
        assert_refused(rows[i].code, json.rejection.field, json.rejection.reason);
        assert_string_equal(avro.rejection.value, json.rejection.value);
        assert_memory_equal(&avro.known, &json.known, sizeof(json.known));
    }
    put_event("{\"a\":\"\\u0000\"}");
    decode_bytes(our_plan());
    assert_refused(SM_CODE_JSON_INVALID, "data.config", "at byte 6 of the text: \\u0000");
}

static void a_body_that_ends_early_is_refused_at_each_byte(void **state)
{
    struct sm_record record = record_of("");
    struct sm_slice whole;

    (void)state;
    put_event("{\"window_days\":7,\"alpha\":0.5,\"min_samples\":1,\"nan_strategy\":\"skip\"}");
    whole = sm_buf_view(&bytes);
    record.value = whole;
    decode_body(our_plan(), whole, &record, &avro);
    assert_int_equal(avro.status, SM_OK);
    for (size_t size = 0; size < whole.size; size++) {
        decode_body(our_plan(), (struct sm_slice){ whole.data, size }, &record, &avro);
        assert_refused(SM_CODE_AVRO_INVALID, avro.rejection.field, "at byte");
        assert_int_equal(avro.known.id, size > SM_UUID_TEXT_SIZE);
        sm_arena_reset(&arena);
    }
    sm_buf_append_byte(&bytes, 0);
    decode_bytes(our_plan());
    assert_refused(SM_CODE_AVRO_INVALID, "", "bytes after the end");
    record.value = SM_SLICE_NONE;
    decode_body(our_plan(), SM_SLICE(""), &record, &avro);
    assert_refused(SM_CODE_VALUE_MISSING, "value", "null");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_schema_of_another_producer_is_read_by_names),
        cmocka_unit_test(a_record_that_this_version_does_not_know_is_an_unknown_type),
        cmocka_unit_test(schemas_that_are_not_of_events_are_refused),
        cmocka_unit_test(attributes_are_judged_as_those_of_json),
        cmocka_unit_test(data_is_refused_as_from_json),
        cmocka_unit_test(a_body_that_ends_early_is_refused_at_each_byte),
    };

    return cmocka_run_group_tests(tests, open_all, close_all);
}
