/* What `emit` does to a line: fills in what is missing, keeps every byte, refuses what `run` would.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/emit_line.h"

#define CLIENT "0190f5a0-7c1e-7a3b-8c4d-000000000001"
#define ID     "0190f5a0-7c1e-7a3b-8c4d-0000000000ff"
#define TIME   "2026-01-02T03:04:05.000000Z"
#define FILLED                                                                                     \
    "\"specversion\":\"1.0\",\"id\":\"" ID "\",\"time\":\"" TIME "\",\"source\":\"urn:test\","

static struct sm__emit_line line;
static struct sm__emit_event event;
static struct sm_rejection rejection;

static enum sm_status prepare(const char *text, const char *actor)
{
    struct sm__emit_defaults defaults = {.source = "urn:test", .actor = actor};

    assert_true(sm_uuid_parse(SM_SLICE(ID), &defaults.id));
    assert_true(sm_timestamp_parse(SM_SLICE(TIME), &defaults.time_us));
    return sm__emit_line_prepare(&line, sm_slice_of(text), &defaults, &event, &rejection);
}

static void becomes(const char *text, const char *actor, const char *expected)
{
    if (prepare(text, actor) != SM_OK)
        fail_msg("refused: %s", rejection.reason);
    assert_int_equal(event.value.size, strlen(expected));
    assert_memory_equal(event.value.data, expected, event.value.size);
}

static void is_refused(const char *text, enum sm_rejection_code code, const char *field)
{
    assert_int_equal(prepare(text, NULL), SM_REJECT);
    assert_string_equal(sm_rejection_code_name(rejection.code), sm_rejection_code_name(code));
    assert_string_equal(rejection.field, field);
    assert_true(rejection.reason[0] != '\0');
}

static int set_up(void **state)
{
    (void)state;
    return sm__emit_line_init(&line, true) ? 0 : 1;
}

static int tear_down(void **state)
{
    (void)state;
    sm__emit_line_deinit(&line);
    return 0;
}

static void missing_attributes_are_filled_in_behind_the_opening_brace(void **state)
{
    (void)state;
    becomes("{\"type\":\"client.config_confirmed\",\"subject\":\"" CLIENT "\"}", NULL,
            "{" FILLED "\"type\":\"client.config_confirmed\",\"subject\":\"" CLIENT "\"}");
    becomes("  { \"type\":\"client.config_confirmed\",\"subject\":\"" CLIENT "\"} ", "a \"b\"",
            "  {" FILLED
            "\"actor\":\"a \\\"b\\\"\", \"type\":\"client.config_confirmed\",\"subject\":\"" CLIENT
            "\"} ");
}

static void what_is_there_stays_and_numbers_keep_their_bytes(void **state)
{
    static const char whole[] =
        "{\"specversion\":\"1.0\",\"id\":\"" CLIENT "\",\"time\":\"2025-01-01T00:00:00+03:00\","
        "\"source\":\"urn:own\",\"actor\":\"me\",\"type\":\"feature_config.changed\",\"subject\":"
        "\"" CLIENT
        "\",\"data\":{\"feature_type\":\"ema\",\"config\":{\"window_days\":90,\"alpha\":0.10,"
        "\"min_samples\":7,\"nan_strategy\":\"decay\",\"extra\":1.00e2}}}";

    (void)state;
    becomes(whole, "you", whole);
    assert_int_equal(event.topic, SM_TOPIC_CONFIG);
}

static void the_key_is_the_subject_in_its_canonical_form(void **state)
{
    (void)state;
    assert_int_equal(prepare("{\"type\":\"client.config_confirmed\","
                             "\"subject\":\"0190F5A0-7C1E-7A3B-8C4D-000000000001\"}",
                             NULL),
                     SM_OK);
    assert_string_equal(event.key, CLIENT);
}

static void the_id_that_was_filled_in_is_told(void **state)
{
    char id[SM_UUID_TEXT_SIZE + 1];

    (void)state;
    assert_int_equal(
        prepare("{\"type\":\"client.config_confirmed\",\"subject\":\"" CLIENT "\"}", NULL), SM_OK);
    sm_uuid_format(&event.id, id);
    assert_string_equal(id, ID);
}

static void a_line_that_run_would_reject_is_refused_with_code_and_field(void **state)
{
    (void)state;
    is_refused("{\"type\":", SM_CODE_JSON_INVALID, "");
    is_refused("[1]", SM_CODE_FORMAT_UNKNOWN, "");
    is_refused("{}", SM_CODE_ATTRIBUTE_MISSING, "type");
    is_refused("{\"type\":\"client.vanished\",\"subject\":\"" CLIENT "\"}", SM_CODE_TYPE_UNKNOWN,
               "type");
    is_refused("{\"type\":\"client.config_confirmed\",\"subject\":\"17\"}",
               SM_CODE_ATTRIBUTE_INVALID, "subject");
    is_refused("{\"type\":\"client.config_confirmed\",\"subject\":\"" CLIENT "\",\"id\":null}",
               SM_CODE_ATTRIBUTE_MISSING, "id");
    is_refused("{\"type\":\"feature_config.changed\",\"subject\":"
               "\"" CLIENT
               "\",\"data\":{\"feature_type\":\"ema\",\"config\":{\"window_days\":90,\"alpha\":1.5,"
               "\"min_samples\":7,\"nan_strategy\":\"decay\"}}}",
               SM_CODE_FIELD_RANGE, "data.config.alpha");
    assert_string_equal(rejection.value, "1.5");
}

static void a_line_that_gets_too_large_by_what_is_filled_in_is_refused(void **state)
{
    static char text[SM_VALUE_SIZE_MAX + 1];
    static const char begin[] =
        "{\"type\":\"client.config_revoked\",\"subject\":\"" CLIENT "\",\"data\":{}";
    size_t size = sizeof(begin) - 1;

    (void)state;
    memcpy(text, begin, size);
    memset(text + size, ' ', SM_VALUE_SIZE_MAX - size - 1);
    text[SM_VALUE_SIZE_MAX - 1] = '}';
    is_refused(text, SM_CODE_VALUE_TOO_LARGE, "");
}

static void the_subject_of_a_global_type_is_filled_in(void **state)
{
    (void)state;
    becomes("{\"type\":\"data_type.defined\",\"data\":{\"code\":\"x\",\"description\":\"y\"}}",
            NULL,
            "{" FILLED "\"subject\":\"00000000-0000-0000-0000-000000000000\","
            "\"type\":\"data_type.defined\",\"data\":{\"code\":\"x\",\"description\":\"y\"}}");
    assert_string_equal(event.key, "00000000-0000-0000-0000-000000000000");
    assert_int_equal(event.topic, SM_TOPIC_CONFIG);
    is_refused("{\"type\":\"data_type.defined\",\"subject\":\"" CLIENT "\","
               "\"data\":{\"code\":\"x\",\"description\":\"y\"}}",
               SM_CODE_ATTRIBUTE_INVALID, "subject");
    is_refused("{\"type\":\"bom_config.changed\",\"data\":{}}", SM_CODE_ATTRIBUTE_MISSING,
               "subject");
}

static void the_topic_follows_from_the_type(void **state)
{
    (void)state;
    becomes("{\"type\":\"bom_explosion.started\",\"subject\":\"" CLIENT "\"}", NULL,
            "{" FILLED "\"type\":\"bom_explosion.started\",\"subject\":\"" CLIENT "\"}");
    assert_int_equal(event.topic, SM_TOPIC_PROCESSING);
    assert_string_equal(event.key, CLIENT);
}

static void is_decoded_again(const uint8_t *head, size_t size, uint64_t fingerprint)
{
    static struct sm_arena plans_arena, arena, scratch;
    struct sm_record record = {.topic = event.topic,
                               .value = event.value,
                               .key = sm_slice_of(event.key)};
    struct sm_slice body = {event.value.data + size, event.value.size - size};
    const struct sm_avro_event_plans *plans;
    struct sm_event_known known;
    struct sm_event decoded;

    assert_memory_equal(event.value.data, head, size);
    assert_true(sm_arena_init(&plans_arena, 4 << 20) && sm_arena_init(&arena, 16 << 20) &&
                sm_arena_init(&scratch, 32 << 20));
    assert_int_equal(sm_avro_event_plans_compile(&plans_arena, &scratch, &plans), SM_OK);
    assert_int_equal(sm_avro_event_decode(sm_avro_event_plans_find(plans, fingerprint), body,
                                          &record, &arena, &scratch, &decoded, &known, &rejection),
                     SM_OK);
    assert_memory_equal(&decoded.content_hash, &line.event.content_hash,
                        sizeof(decoded.content_hash));
    sm_arena_deinit(&plans_arena);
    sm_arena_deinit(&arena);
    sm_arena_deinit(&scratch);
}

/* The fingerprint is held by tests/unit/codec/schemas_test.c. */
static void the_same_event_is_framed_as_avro_either_way(void **state)
{
    static const uint8_t confluent[] = {0, 1, 2, 3, 4};
    static const uint8_t single[] = {0xc3, 1, 0x70, 0x11, 0x49, 0xfd, 0x4d, 0x6b, 0x18, 0x8f};
    static const uint64_t fingerprint = UINT64_C(0x8f186b4dfd491170);

    (void)state;
    assert_int_equal(
        prepare("{\"type\":\"feature_config.changed\",\"subject\":\"" CLIENT
                "\",\"data\":{\"feature_type\":\"ema\",\"config\":{\"window_days\":90,"
                "\"alpha\":0.10,\"extra\":1.00e2}}}",
                "me"),
        SM_OK);
    assert_int_equal(
        sm__emit_line_encode(&line, SM_FRAME_CONFLUENT, 0x01020304, &event, &rejection), SM_OK);
    is_decoded_again(confluent, sizeof(confluent), fingerprint);
    assert_int_equal(sm__emit_line_encode(&line, SM_FRAME_SINGLE_OBJECT, 0, &event, &rejection),
                     SM_OK);
    is_decoded_again(single, sizeof(single), fingerprint);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missing_attributes_are_filled_in_behind_the_opening_brace),
        cmocka_unit_test(what_is_there_stays_and_numbers_keep_their_bytes),
        cmocka_unit_test(the_key_is_the_subject_in_its_canonical_form),
        cmocka_unit_test(the_id_that_was_filled_in_is_told),
        cmocka_unit_test(a_line_that_run_would_reject_is_refused_with_code_and_field),
        cmocka_unit_test(a_line_that_gets_too_large_by_what_is_filled_in_is_refused),
        cmocka_unit_test(the_subject_of_a_global_type_is_filled_in),
        cmocka_unit_test(the_topic_follows_from_the_type),
        cmocka_unit_test(the_same_event_is_framed_as_avro_either_way),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
