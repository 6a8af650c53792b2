/* Whom an event is about: a client, or the nil UUID for what belongs to no client. And on which
 * topic it has to be. */
#include "unit/codec/fixture.h"

#define NIL "00000000-0000-0000-0000-000000000000"

/* Data that every type takes; NULL: none. */
static const char *const samples[SM_EVENT_TYPE_COUNT] = {
    [SM_EVENT_CLIENT_REGISTERED] = "{\"name\":\"x\",\"organization_id\":\"2\"}",
    [SM_EVENT_CLIENT_UPDATED] = "{\"name\":\"x\"}",
    [SM_EVENT_CLIENT_STATUS_CHANGED] = "{\"status\":\"active\"}",
    [SM_EVENT_CLIENT_TENANT_MODE_CHANGED] = "{\"tenant_mode\":\"shared\"}",
    [SM_EVENT_FEATURE_CONFIG_CHANGED] = "{\"feature_type\":\"x\",\"config\":{}}",
    [SM_EVENT_FEATURE_CONFIG_DEACTIVATED] = "{\"feature_type\":\"x\"}",
    [SM_EVENT_CLIENT_SCHEDULE_CHANGED] = "{\"kind\":\"interval\",\"interval_minutes\":5}",
    [SM_EVENT_SCHEDULER_DEFAULTS_CHANGED] = "{\"kind\":\"interval\",\"interval_minutes\":5}",
    [SM_EVENT_DATA_TYPE_DEFINED] = "{\"code\":\"x\",\"description\":\"x\"}",
    [SM_EVENT_FEATURE_TYPE_DEFINED] = "{\"code\":\"x\",\"description\":\"x\"}",
    [SM_EVENT_BATCH_STARTED] = "{\"batch_id\":\"x\",\"data_type\":\"x\"}",
    [SM_EVENT_BATCH_COMPLETED] = "{\"batch_id\":\"x\",\"records_total\":1,\"records_processed\":1}",
    [SM_EVENT_BATCH_FAILED] = "{\"batch_id\":\"x\",\"error\":\"x\"}",
    [SM_EVENT_BOM_EXPLOSION_COMPLETED] = "{\"records_processed\":1}",
    [SM_EVENT_BOM_EXPLOSION_FAILED] = "{\"error\":\"x\"}",
    [SM_EVENT_FEATURE_CREATED] = "{\"name\":\"x\",\"feature_type\":\"x\",\"data_type\":\"x\"}",
    [SM_EVENT_TENANT_COMMAND_APPLIED] = "{\"command_id\":\"" ID "\"}",
    [SM_EVENT_TENANT_COMMAND_FAILED] = "{\"command_id\":\"" ID "\",\"detail\":\"x\"}",
    [SM_EVENT_LOG_RECORDED] = "{\"level\":\"info\",\"message\":\"x\"}",
};

/* An event of that type about `subject`, on the topic where it belongs, keyed by its subject. */
static enum sm_status decode_about(enum sm_event_type type, const char *subject)
{
    static char text[1024];
    struct sm_record record;

    (void)snprintf(text, sizeof(text),
                   "{\"specversion\":\"1.0\",\"id\":\"" ID "\",\"source\":\"erp\",\"type\":\"%s\","
                   "\"subject\":\"%s\",\"time\":\"2026-11-23T03:44:00Z\"%s%s}",
                   sm_event_type_name(type), subject, samples[type] == NULL ? "" : ",\"data\":",
                   samples[type] == NULL ? "" : samples[type]);
    record = record_of(text);
    record.topic = sm_event_type_topic(type);
    record.key = sm_slice_of(subject);
    return decode(&record);
}

static bool is_refused_for_its_subject(const char *subject)
{
    assert_string_equal(sm_rejection_code_name(rejection.code), "ATTRIBUTE_INVALID");
    assert_string_equal(rejection.field, "subject");
    assert_string_equal(rejection.value, subject);
    /* What a dead letter names can be found again. */
    return known.id && known.type && known.client_id && !known.content;
}

static bool takes_nil(enum sm_event_type type)
{
    return type == SM_EVENT_SCHEDULER_DEFAULTS_CHANGED || type == SM_EVENT_DATA_TYPE_DEFINED ||
           type == SM_EVENT_FEATURE_TYPE_DEFINED || type == SM_EVENT_LOG_RECORDED;
}

static bool takes_a_client(enum sm_event_type type)
{
    return !takes_nil(type) || type == SM_EVENT_LOG_RECORDED;
}

static void a_type_is_about_a_client_or_about_none(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SM_EVENT_TYPE_COUNT; i++) {
        enum sm_event_type type = (enum sm_event_type)i;
        enum sm_status of_client = decode_about(type, CLIENT);
        enum sm_status of_nobody;

        if (takes_a_client(type))
            assert_int_equal(of_client, SM_OK);
        else
            assert_true(of_client == SM_REJECT && is_refused_for_its_subject(CLIENT));
        of_nobody = decode_about(type, NIL);
        if (takes_nil(type))
            assert_int_equal(of_nobody, SM_OK);
        else
            assert_true(of_nobody == SM_REJECT && is_refused_for_its_subject(NIL));
    }
}

static void the_sentence_says_who_is_meant(void **state)
{
    (void)state;
    assert_int_equal(decode_about(SM_EVENT_DATA_TYPE_DEFINED, CLIENT), SM_REJECT);
    assert_non_null(strstr(rejection.reason, "expected the nil UUID, since the type belongs to no "
                                             "client"));
    assert_int_equal(decode_about(SM_EVENT_CLIENT_UPDATED, NIL), SM_REJECT);
    assert_non_null(strstr(rejection.reason, "expected the client's UUID: the nil UUID is for what "
                                             "belongs to no client"));
}

static void an_event_of_nobody_has_nobody_s_key(void **state)
{
    struct sm_record record =
        record_of("{\"specversion\":\"1.0\",\"id\":\"" ID "\",\"source\":\"erp\",\"type\":"
                  "\"data_type.defined\",\"subject\":\"" NIL "\",\"time\":\"2026-11-23T03:44:00Z\","
                  "\"data\":{\"code\":\"x\",\"description\":\"x\"}}");

    (void)state;
    assert_int_equal(decode(&record), SM_REJECT);
    assert_string_equal(sm_rejection_code_name(rejection.code), "KEY_MISMATCH");
    record.key = SM_SLICE(NIL);
    decode_good(&record);
    assert_true(sm_uuid_is_nil(&event.client_id));
    assert_slice(event.key, "x");
}

static void every_type_is_refused_on_the_other_topic(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SM_EVENT_TYPE_COUNT; i++) {
        enum sm_event_type type = (enum sm_event_type)i;
        bool nil = sm_event_type_is_global(type);
        struct sm_record record;
        char text[1024];

        (void)snprintf(text, sizeof(text),
                       "{\"specversion\":\"1.0\",\"id\":\"" ID "\",\"source\":\"erp\",\"type\":"
                       "\"%s\",\"subject\":\"%s\",\"time\":\"2026-11-23T03:44:00Z\"}",
                       sm_event_type_name(type), nil ? NIL : CLIENT);
        record = record_of(text);
        record.topic =
            sm_event_type_topic(type) == SM_TOPIC_CONFIG ? SM_TOPIC_PROCESSING : SM_TOPIC_CONFIG;
        assert_int_equal(decode(&record), SM_REJECT);
        assert_string_equal(sm_rejection_code_name(rejection.code), "TOPIC_WRONG");
        assert_string_equal(rejection.value, sm_event_type_name(type));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_type_is_about_a_client_or_about_none),
        cmocka_unit_test(the_sentence_says_who_is_meant),
        cmocka_unit_test(an_event_of_nobody_has_nobody_s_key),
        cmocka_unit_test(every_type_is_refused_on_the_other_topic),
    };

    return cmocka_run_group_tests(tests, open_arenas, close_arenas);
}
