/* The data of every event type: what is taken, how it is written down, what is refused and why. */
#include "unit/domain/data_rows.h"

#define REG SM_EVENT_CLIENT_REGISTERED
#define UPD SM_EVENT_CLIENT_UPDATED
#define STA SM_EVENT_CLIENT_STATUS_CHANGED
#define MOD SM_EVENT_CLIENT_TENANT_MODE_CHANGED
#define CON SM_EVENT_CLIENT_CONFIG_CONFIRMED
#define REV SM_EVENT_CLIENT_CONFIG_REVOKED
#define CHG SM_EVENT_FEATURE_CONFIG_CHANGED
#define DEA SM_EVENT_FEATURE_CONFIG_DEACTIVATED

#define TEN   "0123456789"
#define FORTY TEN TEN TEN TEN
#define FIFTY FORTY TEN
#define ORG   "'organization_id': '2', "

static void data_is_written_down_in_jsonb_s_order_without_defaults(void **state)
{
    static const struct taken cases[] = {
        /* The seed's own client. */
        { REG,
          "{'name':'ООО \\'Гастрономия\\'','organization_id':'2','tenant_mode':'prefixed_tables',"
          "'features_enabled':{'feature_engineering':true,'bom_explosion':true},'status':'active'}",
          "{'name': 'ООО \\'Гастрономия\\'', 'organization_id': '2', 'features_enabled': "
          "{'bom_explosion': true, 'feature_engineering': true}}",
          "" },
        { REG, "{'organization_id':'a_1','name':'x'}", "{'name': 'x', 'organization_id': 'a_1'}",
          "" },
        { REG,
          "{'organization_id':'" FORTY "','name':'x','contact_email':null,'contact_phone':null,"
          "'features_enabled':{ }}",
          "{'name': 'x', 'organization_id': '" FORTY "'}", "" },
        { REG,
          "{'organization_id':'2','name':'x','contact_email':'a@b','contact_phone':'+7 (999)',"
          "'tenant_mode':'shared','status':'suspended'}",
          "{'name': 'x', 'status': 'suspended', 'tenant_mode': 'shared', 'contact_email': 'a@b', "
          "'contact_phone': '+7 (999)', 'organization_id': '2'}",
          "" },
        { UPD, "{'name':'y'}", "{'name': 'y'}", "" },
        { UPD, "{'contact_phone':null,'contact_email':null}",
          "{'contact_email': null, 'contact_phone': null}", "" },
        { UPD, "{'features_enabled':{}}", "{'features_enabled': {}}", "" },
        { UPD, "{'name':'first','name':'last'}", "{'name': 'last'}", "" },
        { STA, "{'status':'active'}", "{'status': 'active'}", "" },
        { STA, "{'status':'archived','reason':'a\\n\\tb'}",
          "{'reason': 'a\\n\\tb', 'status': 'archived'}", "" },
        { STA, "{'status':'suspended','reason':''}", "{'reason': '', 'status': 'suspended'}", "" },
        { MOD, "{'tenant_mode':'prefixed_tables'}", "{'tenant_mode': 'prefixed_tables'}", "" },
        { CON, NULL, "{}", "" },
        { CON, "null", "{}", "" },
        { CON, "{}", "{}", "" },
        { CON, "{'tenant_mode':'dedicated_db'}", "{'tenant_mode': 'dedicated_db'}", "" },
        { REV, NULL, "{}", "" },
        { REV, "{'reason':'audit'}", "{'reason': 'audit'}", "" },
        { CHG,
          "{'feature_type':'ema','config':{'window_days':90,'alpha':0.50,'min_samples':7,"
          "'nan_strategy':'decay','x':1e2}}",
          "{'config': {'x': 100, 'alpha': 0.50, 'min_samples': 7, 'window_days': 90, "
          "'nan_strategy': 'decay'}, 'feature_type': 'ema'}",
          "ema" },
        { CHG, "{'config':{},'feature_type':'my_own_1'}",
          "{'config': {}, 'feature_type': 'my_own_1'}", "my_own_1" },
        { DEA, "{'feature_type':'seasonality','reason':'summer'}",
          "{'reason': 'summer', 'feature_type': 'seasonality'}", "seasonality" },
    };

    (void)state;
    check_taken(cases, SM_ARRAY_COUNT(cases));
}

static const struct refused refused[] = {
    { REG, NULL, SM_CODE_FIELD_MISSING, "data.name", "" },
    { REG, "[]", SM_CODE_FIELD_TYPE, "data", "[]" },
    { REG, "'text'", SM_CODE_FIELD_TYPE, "data", "text" },
    { REG, "{'name':'x'}", SM_CODE_FIELD_MISSING, "data.organization_id", "" },
    { REG, "{'contact_emial':'a@b'}", SM_CODE_FIELD_UNKNOWN, "data.contact_emial", "a@b" },
    { REG, "{" ORG "'name':''}", SM_CODE_FIELD_RANGE, "data.name", "" },
    { REG, "{" ORG "'name':null}", SM_CODE_FIELD_TYPE, "data.name", "null" },
    { REG, "{" ORG "'name':7.50}", SM_CODE_FIELD_TYPE, "data.name", "7.50" },
    { REG, "{" ORG "'name':[1]}", SM_CODE_FIELD_TYPE, "data.name", "[...]" },
    { REG, "{" ORG "'name':{'a':1}}", SM_CODE_FIELD_TYPE, "data.name", "{...}" },
    { REG, "{" ORG "'name':true}", SM_CODE_FIELD_TYPE, "data.name", "true" },
    { REG, "{" ORG "'name':'a\\nb'}", SM_CODE_FIELD_RANGE, "data.name", "a\nb" },
    { REG, "{" ORG "'name':'a\\u007fb'}", SM_CODE_FIELD_RANGE, "data.name",
      "a\x7f"
      "b" },
    { REG, "{" ORG "'name':'a\\u0085b'}", SM_CODE_FIELD_RANGE, "data.name",
      "a\xc2\x85"
      "b" },
    { REG, "{'name':'x','organization_id':''}", SM_CODE_FIELD_RANGE, "data.organization_id", "" },
    { REG, "{'name':'x','organization_id':'A'}", SM_CODE_FIELD_RANGE, "data.organization_id", "A" },
    { REG, "{'name':'x','organization_id':'a-b'}", SM_CODE_FIELD_RANGE, "data.organization_id",
      "a-b" },
    { REG, "{'name':'x','organization_id':'ж'}", SM_CODE_FIELD_RANGE, "data.organization_id", "ж" },
    { REG, "{'name':'x','organization_id':'a; --'}", SM_CODE_FIELD_RANGE, "data.organization_id",
      "a; --" },
    { REG, "{'name':'x','organization_id':'" FORTY "0'}", SM_CODE_FIELD_LENGTH,
      "data.organization_id", FORTY "0" },
    { REG, "{'name':'x','organization_id':2}", SM_CODE_FIELD_TYPE, "data.organization_id", "2" },
    { REG, "{" ORG "'name':'x','status':'archived'}", SM_CODE_FIELD_ENUM, "data.status",
      "archived" },
    { REG, "{" ORG "'name':'x','status':'Active'}", SM_CODE_FIELD_ENUM, "data.status", "Active" },
    { REG, "{" ORG "'name':'x','status':null}", SM_CODE_FIELD_TYPE, "data.status", "null" },
    { REG, "{" ORG "'name':'x','tenant_mode':''}", SM_CODE_FIELD_ENUM, "data.tenant_mode", "" },
    { REG, "{" ORG "'name':'x','contact_email':'ab'}", SM_CODE_FIELD_RANGE, "data.contact_email",
      "ab" },
    { REG, "{" ORG "'name':'x','contact_email':''}", SM_CODE_FIELD_RANGE, "data.contact_email",
      "" },
    { REG, "{" ORG "'name':'x','contact_email':'@b'}", SM_CODE_FIELD_RANGE, "data.contact_email",
      "@b" },
    { REG, "{" ORG "'name':'x','contact_email':'a@'}", SM_CODE_FIELD_RANGE, "data.contact_email",
      "a@" },
    { REG, "{" ORG "'name':'x','contact_email':'a@b@c'}", SM_CODE_FIELD_RANGE, "data.contact_email",
      "a@b@c" },
    { REG, "{" ORG "'name':'x','contact_phone':'" FIFTY "0'}", SM_CODE_FIELD_LENGTH,
      "data.contact_phone", FIFTY "0" },
    { REG, "{" ORG "'name':'x','contact_phone':''}", SM_CODE_FIELD_RANGE, "data.contact_phone",
      "" },
    { REG, "{" ORG "'name':'x','features_enabled':[]}", SM_CODE_FIELD_TYPE, "data.features_enabled",
      "[]" },
    { REG, "{" ORG "'name':'x','features_enabled':null}", SM_CODE_FIELD_TYPE,
      "data.features_enabled", "null" },
    { REG, "{" ORG "'name':'x','features_enabled':{'a':true,'bom_explosion':1}}",
      SM_CODE_FIELD_TYPE, "data.features_enabled.bom_explosion", "1" },
    { UPD, NULL, SM_CODE_DATA_EMPTY, "data", "" },
    { UPD, "null", SM_CODE_DATA_EMPTY, "data", "" },
    { UPD, "{}", SM_CODE_DATA_EMPTY, "data", "" },
    { UPD, "{'name':null}", SM_CODE_FIELD_TYPE, "data.name", "null" },
    { UPD, "{'status':'active'}", SM_CODE_FIELD_UNKNOWN, "data.status", "active" },
    { UPD, "{'organization_id':'3'}", SM_CODE_FIELD_UNKNOWN, "data.organization_id", "3" },
    { STA, "{}", SM_CODE_FIELD_MISSING, "data.status", "" },
    { STA, "{'status':'gone'}", SM_CODE_FIELD_ENUM, "data.status", "gone" },
    { STA, "{'status':'active','reason':'a\\u0001'}", SM_CODE_FIELD_RANGE, "data.reason", "a\x01" },
    { STA, "{'status':'active','reason':'a\\r\\n'}", SM_CODE_FIELD_RANGE, "data.reason", "a\r\n" },
    { STA, "{'status':'active','reason':null}", SM_CODE_FIELD_TYPE, "data.reason", "null" },
    { MOD, "{}", SM_CODE_FIELD_MISSING, "data.tenant_mode", "" },
    { MOD, "{'tenant_mode':'own_db'}", SM_CODE_FIELD_ENUM, "data.tenant_mode", "own_db" },
    { CON, "{'tenant_mode':'own_db'}", SM_CODE_FIELD_ENUM, "data.tenant_mode", "own_db" },
    { CON, "{'by':'me'}", SM_CODE_FIELD_UNKNOWN, "data.by", "me" },
    { REV, "{'reason':1}", SM_CODE_FIELD_TYPE, "data.reason", "1" },
    { CHG, "{'config':{}}", SM_CODE_FIELD_MISSING, "data.feature_type", "" },
    { CHG, "{'feature_type':'ema'}", SM_CODE_FIELD_MISSING, "data.config", "" },
    { CHG, "{'feature_type':'ema','config':'{}'}", SM_CODE_FIELD_TYPE, "data.config", "{}" },
    { CHG, "{'feature_type':'ema','config':null}", SM_CODE_FIELD_TYPE, "data.config", "null" },
    { CHG, "{'feature_type':'1ema','config':{}}", SM_CODE_FIELD_RANGE, "data.feature_type",
      "1ema" },
    { CHG, "{'feature_type':'_ema','config':{}}", SM_CODE_FIELD_RANGE, "data.feature_type",
      "_ema" },
    { CHG, "{'feature_type':'EMA','config':{}}", SM_CODE_FIELD_RANGE, "data.feature_type", "EMA" },
    { CHG, "{'feature_type':'','config':{}}", SM_CODE_FIELD_RANGE, "data.feature_type", "" },
    { CHG, "{'feature_type':'a" FIFTY "','config':{}}", SM_CODE_FIELD_LENGTH, "data.feature_type",
      "a" FIFTY },
    { DEA, "{}", SM_CODE_FIELD_MISSING, "data.feature_type", "" },
    { DEA, "{'feature_type':'ema','config':{}}", SM_CODE_FIELD_UNKNOWN, "data.config", "{}" },
};

static void data_that_breaks_a_rule_is_refused_with_code_field_and_value(void **state)
{
    (void)state;
    check_refused(refused, SM_ARRAY_COUNT(refused));
}

static void the_sentence_names_field_value_and_what_was_expected(void **state)
{
    static const struct sentence cases[] = {
        { STA, "{'status':'gone'}",
          "data.status is \"gone\"; expected one of active, suspended, archived" },
        { STA, "{}", "data.status is not there; expected one of active, suspended, archived" },
        { UPD, "{'contact_email':'ab'}",
          "data.contact_email is \"ab\"; expected text of 3 to 255 characters: one @ with "
          "something on both sides, or null" },
        { UPD, "{'features_enabled':{'a':1}}",
          "data.features_enabled.a is 1; expected true or false" },
        { UPD, "{'features_enabled':7}",
          "data.features_enabled is 7; expected an object of true and false" },
        { UPD, "{}", "client.updated names no field to change" },
        { CHG, "{'feature_type':'ema','config':{'window_days':1,'alpha':1.5}}",
          "data.config.alpha is 1.5; expected a number above 0 and at most 1" },
        { CHG, "{'feature_type':'ema','config':{'window_days':1}}",
          "data.config.alpha is not there; expected a number above 0 and at most 1" },
        { DEA, "{'feature_tipe':'ema'}",
          "data.feature_tipe is \"ema\"; expected only the fields of "
          "feature_config.deactivated: feature_type, reason" },
    };

    (void)state;
    check_sentences(cases, SM_ARRAY_COUNT(cases));
}

static void lengths_are_counted_in_characters_not_bytes(void **state)
{
    static const struct {
        enum sm_event_type type;
        const char *before;
        size_t most;
    } cases[] = {
        { UPD, "{\"name\": \"", 255 },
        { UPD, "{\"contact_phone\": \"", 50 },
        { UPD, "{\"contact_email\": \"a@", 253 },
        { REV, "{\"reason\": \"", 1000 },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(cases); i++) {
        assert_int_equal(read_long(cases[i].type, cases[i].before, "ж", cases[i].most, "\"}"),
                         SM_OK);
        assert_int_equal(read_long(cases[i].type, cases[i].before, "ж", cases[i].most + 1, "\"}"),
                         SM_REJECT);
        assert_int_equal(fixture.rejection.code, SM_CODE_FIELD_LENGTH);
    }
}

static void a_field_sent_with_its_default_has_no_value(void **state)
{
    (void)state;
    assert_int_equal(fixture_read(&fixture, REG,
                                  "{" ORG
                                  "'name':'x','status':'active','tenant_mode':'prefixed_tables',"
                                  "'features_enabled':{},'contact_phone':null}",
                                  &event),
                     SM_OK);
    assert_int_equal(event.values[SM_REGISTERED_NAME].type, SM_VALUE_TEXT);
    assert_int_equal(event.values[SM_REGISTERED_STATUS].type, SM_VALUE_ABSENT);
    assert_int_equal(event.values[SM_REGISTERED_TENANT_MODE].type, SM_VALUE_ABSENT);
    assert_int_equal(event.values[SM_REGISTERED_FEATURES_ENABLED].type, SM_VALUE_ABSENT);
    assert_int_equal(event.values[SM_REGISTERED_CONTACT_PHONE].type, SM_VALUE_ABSENT);
}

static void null_in_an_update_is_a_value_of_its_own(void **state)
{
    (void)state;
    assert_int_equal(fixture_read(&fixture, UPD, "{'contact_email':null}", &event), SM_OK);
    assert_int_equal(event.values[SM_UPDATED_CONTACT_EMAIL].type, SM_VALUE_NULL);
    assert_int_equal(event.values[SM_UPDATED_CONTACT_PHONE].type, SM_VALUE_ABSENT);
}

static void text_values_are_decoded_and_objects_canonical(void **state)
{
    (void)state;
    assert_int_equal(
        fixture_read(&fixture, UPD,
                     "{'name':'a\\'\\u0436\\/','features_enabled':{'bb':true,'a':false}}", &event),
        SM_OK);
    assert_text(event.values[SM_UPDATED_NAME].text, "a\"ж/");
    assert_json(&fixture, event.values[SM_UPDATED_FEATURES_ENABLED].text,
                "{'a': false, 'bb': true}");
}

/* Two numbers of 8 bytes are 256 KiB when written out; with 900,000 bytes of text that is too much,
 * though the record itself is not. */
static void numbers_that_grow_past_the_limit_are_refused_not_retried(void **state)
{
    static char text[1000000];
    size_t used = (size_t)snprintf(text, sizeof(text),
                                   "{\"feature_type\":\"x\",\"config\":"
                                   "{\"n\":[1e131071,1e131071],\"t\":\"");

    (void)state;
    assert_int_equal(
        fixture_read(&fixture, CHG, "{\"feature_type\":\"x\",\"config\":{\"n\":1e131071}}", &event),
        SM_OK);
    assert_true(event.data.size > 131072);
    memset(text + used, 'x', 900000);
    used += 900000;
    memcpy(text + used, "\"}}", 3);
    assert_int_equal(fixture_read_slice(&fixture, CHG,
                                        (struct sm_slice){ (const uint8_t *)text, used + 3 },
                                        &event),
                     SM_REJECT);
    assert_refused(&fixture.rejection, SM_CODE_VALUE_TOO_LARGE, "data.config", "");
}

static void canonical_data_may_have_just_as_many_bytes_as_the_limit(void **state)
{
    static char text[SM_VALUE_SIZE_MAX + 64];
    static const char before[] = "{\"config\": {\"x\": \"";
    static const char after[] = "\"}, \"feature_type\": \"x\"}";

    (void)state;
    for (size_t over = 0; over < 2; over++) {
        size_t size = SM_VALUE_SIZE_MAX + over;

        memset(text, 'x', size);
        memcpy(text, before, sizeof(before) - 1);
        memcpy(text + size - (sizeof(after) - 1), after, sizeof(after) - 1);
        sm_arena_reset(&fixture.arena);
        assert_int_equal(fixture_read_slice(&fixture, CHG,
                                            (struct sm_slice){ (const uint8_t *)text, size },
                                            &event),
                         over == 0 ? SM_OK : SM_REJECT);
    }
    assert_refused(&fixture.rejection, SM_CODE_VALUE_TOO_LARGE, "data", "");
}

static void an_arena_that_is_too_small_is_a_limit_never_a_refusal(void **state)
{
    struct sm_arena roomy = fixture.arena;
    size_t limits = 0;

    (void)state;
    for (size_t room = 0; room < 400; room++) {
        enum sm_status status;

        sm_arena_reset(&fixture.arena);
        fixture.arena.capacity = room;
        status = fixture_read(&fixture, REG, "{'name':'a\\nb','organization_id':'2'}", &event);
        fixture.arena.capacity = roomy.capacity;
        assert_int_equal(fixture.rejection.code, SM_CODE_FIELD_RANGE);
        assert_int_equal(status, SM_REJECT);
        fixture.arena.capacity = room;
        status = fixture_read(&fixture, STA, "{'reason':'a\\nb','status':'active'}", &event);
        fixture.arena.capacity = roomy.capacity;
        assert_int_equal(fixture.rejection.code, SM_CODE_NONE);
        assert_true(status == SM_LIMIT || status == SM_OK);
        limits += status == SM_LIMIT;
    }
    assert_in_range(limits, 30, 300);
}

static const struct {
    enum sm_event_type type;
    size_t index;
    const char *name;
} cases[] = {
    { REG, SM_REGISTERED_NAME, "name" },
    { REG, SM_REGISTERED_ORGANIZATION_ID, "organization_id" },
    { REG, SM_REGISTERED_TENANT_MODE, "tenant_mode" },
    { REG, SM_REGISTERED_FEATURES_ENABLED, "features_enabled" },
    { REG, SM_REGISTERED_CONTACT_EMAIL, "contact_email" },
    { REG, SM_REGISTERED_CONTACT_PHONE, "contact_phone" },
    { REG, SM_REGISTERED_STATUS, "status" },
    { UPD, SM_UPDATED_NAME, "name" },
    { UPD, SM_UPDATED_FEATURES_ENABLED, "features_enabled" },
    { UPD, SM_UPDATED_CONTACT_EMAIL, "contact_email" },
    { UPD, SM_UPDATED_CONTACT_PHONE, "contact_phone" },
    { STA, SM_STATUS_CHANGED_STATUS, "status" },
    { STA, SM_STATUS_CHANGED_REASON, "reason" },
    { MOD, SM_TENANT_MODE_CHANGED_TENANT_MODE, "tenant_mode" },
    { CON, SM_CONFIRMED_TENANT_MODE, "tenant_mode" },
    { REV, SM_REVOKED_REASON, "reason" },
    { CHG, SM_FEATURE_CHANGED_FEATURE_TYPE, "feature_type" },
    { CHG, SM_FEATURE_CHANGED_CONFIG, "config" },
    { DEA, SM_FEATURE_DEACTIVATED_FEATURE_TYPE, "feature_type" },
    { DEA, SM_FEATURE_DEACTIVATED_REASON, "reason" },
    { SM_EVENT_CLIENT_ERASED, SM_REASON_REASON, "reason" },
    { SM_EVENT_TENANT_APPROVED, SM_DECISION_COMMAND_ID, "command_id" },
    { SM_EVENT_TENANT_APPROVED, SM_DECISION_STEP, "step" },
    { SM_EVENT_TENANT_APPROVED, SM_DECISION_REASON, "reason" },
    { SM_EVENT_TENANT_RETRIED, SM_DECISION_COMMAND_ID, "command_id" },
    { SM_EVENT_TENANT_RETRIED, SM_DECISION_STEP, "step" },
    { SM_EVENT_TENANT_RETRIED, SM_DECISION_REASON, "reason" },
    { SM_EVENT_TENANT_ABORTED, SM_DECISION_COMMAND_ID, "command_id" },
    { SM_EVENT_TENANT_ABORTED, SM_DECISION_STEP, "step" },
    { SM_EVENT_TENANT_ABORTED, SM_DECISION_REASON, "reason" },
    { SM_EVENT_TENANT_DROP_REQUESTED, SM_REASON_REASON, "reason" },
    { SM_EVENT_TENANT_COMMAND_APPLIED, SM_ACKNOWLEDGED_COMMAND_ID, "command_id" },
    { SM_EVENT_TENANT_COMMAND_APPLIED, SM_ACKNOWLEDGED_STEP, "step" },
    { SM_EVENT_TENANT_COMMAND_APPLIED, SM_ACKNOWLEDGED_DETAIL, "detail" },
    { SM_EVENT_TENANT_COMMAND_FAILED, SM_ACKNOWLEDGED_COMMAND_ID, "command_id" },
    { SM_EVENT_TENANT_COMMAND_FAILED, SM_ACKNOWLEDGED_STEP, "step" },
    { SM_EVENT_TENANT_COMMAND_FAILED, SM_ACKNOWLEDGED_DETAIL, "detail" },
    { SM_EVENT_BOM_CONFIG_CHANGED, SM_BOM_CHANGED_MAX_LEVELS, "max_levels" },
    { SM_EVENT_BOM_CONFIG_CHANGED, SM_BOM_CHANGED_INCLUDE_PRODUCED_AT,
      "include_produced_at" },
    { SM_EVENT_BOM_CONFIG_CHANGED, SM_BOM_CHANGED_CYCLE_DETECTION, "cycle_detection" },
    { SM_EVENT_BOM_CONFIG_DEACTIVATED, SM_REASON_REASON, "reason" },
    { SM_EVENT_CLIENT_SCHEDULE_CHANGED, SM_SCHEDULE_KIND, "kind" },
    { SM_EVENT_CLIENT_SCHEDULE_CHANGED, SM_SCHEDULE_INTERVAL_MINUTES, "interval_minutes" },
    { SM_EVENT_CLIENT_SCHEDULE_CHANGED, SM_SCHEDULE_TIME_OF_DAY, "time_of_day" },
    { SM_EVENT_CLIENT_SCHEDULE_CHANGED, SM_SCHEDULE_DAYS_OF_WEEK, "days_of_week" },
    { SM_EVENT_CLIENT_SCHEDULE_CHANGED, SM_SCHEDULE_TIMEZONE, "timezone" },
    { SM_EVENT_CLIENT_SCHEDULE_DEACTIVATED, SM_REASON_REASON, "reason" },
    { SM_EVENT_SCHEDULER_DEFAULTS_CHANGED, SM_SCHEDULE_KIND, "kind" },
    { SM_EVENT_SCHEDULER_DEFAULTS_CHANGED, SM_SCHEDULE_INTERVAL_MINUTES, "interval_minutes" },
    { SM_EVENT_SCHEDULER_DEFAULTS_CHANGED, SM_SCHEDULE_TIME_OF_DAY, "time_of_day" },
    { SM_EVENT_SCHEDULER_DEFAULTS_CHANGED, SM_SCHEDULE_DAYS_OF_WEEK, "days_of_week" },
    { SM_EVENT_SCHEDULER_DEFAULTS_CHANGED, SM_SCHEDULE_TIMEZONE, "timezone" },
    { SM_EVENT_DATA_TYPE_DEFINED, SM_DEFINED_CODE, "code" },
    { SM_EVENT_DATA_TYPE_DEFINED, SM_DEFINED_DESCRIPTION, "description" },
    { SM_EVENT_FEATURE_TYPE_DEFINED, SM_DEFINED_CODE, "code" },
    { SM_EVENT_FEATURE_TYPE_DEFINED, SM_DEFINED_DESCRIPTION, "description" },
    { SM_EVENT_FEATURE_TYPE_DEFINED, SM_DEFINED_CONFIG_RULES, "config_rules" },
    { SM_EVENT_BATCH_STARTED, SM_BATCH_STARTED_BATCH_ID, "batch_id" },
    { SM_EVENT_BATCH_STARTED, SM_BATCH_STARTED_DATA_TYPE, "data_type" },
    { SM_EVENT_BATCH_STARTED, SM_BATCH_STARTED_RECORDS_EXPECTED, "records_expected" },
    { SM_EVENT_BATCH_COMPLETED, SM_BATCH_COMPLETED_BATCH_ID, "batch_id" },
    { SM_EVENT_BATCH_COMPLETED, SM_BATCH_COMPLETED_RECORDS_TOTAL, "records_total" },
    { SM_EVENT_BATCH_COMPLETED, SM_BATCH_COMPLETED_RECORDS_PROCESSED, "records_processed" },
    { SM_EVENT_BATCH_COMPLETED, SM_BATCH_COMPLETED_RECORDS_FAILED, "records_failed" },
    { SM_EVENT_BATCH_FAILED, SM_BATCH_FAILED_BATCH_ID, "batch_id" },
    { SM_EVENT_BATCH_FAILED, SM_BATCH_FAILED_ERROR, "error" },
    { SM_EVENT_BATCH_FAILED, SM_BATCH_FAILED_RECORDS_PROCESSED, "records_processed" },
    { SM_EVENT_BATCH_FAILED, SM_BATCH_FAILED_RECORDS_FAILED, "records_failed" },
    { SM_EVENT_BOM_EXPLOSION_COMPLETED, SM_BOM_COMPLETED_RECORDS_PROCESSED,
      "records_processed" },
    { SM_EVENT_BOM_EXPLOSION_FAILED, SM_BOM_FAILED_ERROR, "error" },
    { SM_EVENT_BOM_EXPLOSION_FAILED, SM_BOM_FAILED_RECORDS_PROCESSED, "records_processed" },
    { SM_EVENT_FEATURE_CREATED, SM_CREATED_NAME, "name" },
    { SM_EVENT_FEATURE_CREATED, SM_CREATED_FEATURE_TYPE, "feature_type" },
    { SM_EVENT_FEATURE_CREATED, SM_CREATED_DATA_TYPE, "data_type" },
    { SM_EVENT_FEATURE_CREATED, SM_CREATED_NAN_SEMANTICS, "nan_semantics" },
    { SM_EVENT_FEATURE_CREATED, SM_CREATED_DESCRIPTION, "description" },
    { SM_EVENT_FEATURE_CREATED, SM_CREATED_BATCH_ID, "batch_id" },
    { SM_EVENT_LOG_RECORDED, SM_LINE_TIMESTAMP, "timestamp" },
    { SM_EVENT_LOG_RECORDED, SM_LINE_LEVEL, "level" },
    { SM_EVENT_LOG_RECORDED, SM_LINE_MESSAGE, "message" },
    { SM_EVENT_LOG_RECORDED, SM_LINE_ERROR, "error" },
    { SM_EVENT_LOG_RECORDED, SM_LINE_CONTEXT, "context" },
};

static void the_tables_are_those_of_the_catalogue(void **state)
{
        size_t fields = 0;

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(cases); i++) {
        size_t count;
        const struct sm_field *table = sm_event_fields(cases[i].type, &count);

        assert_true(cases[i].index < count);
        assert_string_equal(table[cases[i].index].name, cases[i].name);
    }
    for (unsigned i = 0; i < SM_EVENT_TYPE_COUNT; i++) {
        size_t count;

        (void)sm_event_fields((enum sm_event_type)i, &count);
        /* Of all types only the beginning of a BOM explosion has nothing to say. */
        assert_in_range(count, i == SM_EVENT_BOM_EXPLOSION_STARTED ? 0 : 1, SM_VALUES_MAX);
        fields += count;
    }
    assert_int_equal(fields, SM_ARRAY_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_is_written_down_in_jsonb_s_order_without_defaults),
        cmocka_unit_test(data_that_breaks_a_rule_is_refused_with_code_field_and_value),
        cmocka_unit_test(the_sentence_names_field_value_and_what_was_expected),
        cmocka_unit_test(lengths_are_counted_in_characters_not_bytes),
        cmocka_unit_test(a_field_sent_with_its_default_has_no_value),
        cmocka_unit_test(null_in_an_update_is_a_value_of_its_own),
        cmocka_unit_test(text_values_are_decoded_and_objects_canonical),
        cmocka_unit_test(numbers_that_grow_past_the_limit_are_refused_not_retried),
        cmocka_unit_test(canonical_data_may_have_just_as_many_bytes_as_the_limit),
        cmocka_unit_test(an_arena_that_is_too_small_is_a_limit_never_a_refusal),
        cmocka_unit_test(the_tables_are_those_of_the_catalogue),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
