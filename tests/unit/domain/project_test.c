/* Projection: what each event makes of its stream, and what audit_log is told of before. */
#include "domain/project.h"

#include "unit/domain/fixture.h"

#define REG SM_EVENT_CLIENT_REGISTERED
#define UPD SM_EVENT_CLIENT_UPDATED
#define STA SM_EVENT_CLIENT_STATUS_CHANGED
#define MOD SM_EVENT_CLIENT_TENANT_MODE_CHANGED
#define CON SM_EVENT_CLIENT_CONFIG_CONFIRMED
#define REV SM_EVENT_CLIENT_CONFIG_REVOKED
#define CHG SM_EVENT_FEATURE_CONFIG_CHANGED
#define DEA SM_EVENT_FEATURE_CONFIG_DEACTIVATED

static struct fixture fixture;
static struct sm_stream stream;

static int set_up(void **state)
{
    (void)state;
    fixture_init(&fixture);
    stream = (struct sm_stream){ .head = SM_HEAD_EMPTY };
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_deinit(&fixture);
    return 0;
}

/* Applies the event at that time and returns the old values it reported. */
static struct sm_slice apply(enum sm_event_type type, const char *data, int64_t created_at)
{
    struct sm_event event = fixture_event(&fixture, type, data, 1);
    struct sm_slice previous;

    assert_true(sm_previous_values(&stream, &event, &fixture.arena, &previous));
    sm_project(&stream, &event, created_at);
    if (stream.client.exists)
        assert_int_equal(stream.client.updated_at, created_at);
    return previous;
}

static void register_client(void)
{
    assert_json(&fixture,
                apply(REG,
                      "{'name':'ООО \\'Гастрономия\\'','organization_id':'2','contact_email':'a@b',"
                      "'features_enabled':{'bom_explosion':true}}",
                      1000000),
                NULL);
}

static void a_registration_makes_an_unconfirmed_client(void **state)
{
    const struct sm_client *client = &stream.client;

    (void)state;
    register_client();
    assert_true(client->exists);
    assert_int_equal(client->id.bytes[0], 2);
    assert_text(client->name, "ООО \"Гастрономия\"");
    assert_text(client->organization_id, "2");
    assert_int_equal(client->tenant_mode, SM_TENANT_PREFIXED_TABLES);
    assert_int_equal(client->status, SM_CLIENT_STATUS_ACTIVE);
    assert_json(&fixture, client->features_enabled, "{'bom_explosion': true}");
    assert_text(client->contact_email, "a@b");
    assert_text(client->contact_phone, NULL);
    assert_false(client->config_confirmed);
    assert_int_equal(client->config_confirmed_at, SM_TIME_NONE);
    assert_text(client->config_confirmed_by, NULL);
    assert_int_equal(client->created_at, 1000000);
    assert_int_equal(client->updated_at, 1000000);
    assert_int_equal(stream.head.version, 1);
    assert_int_equal(stream.head.last_at, 1000000);
    assert_int_equal(stream.head.active_at, SM_TIME_NONE);
}

/* The projection has the defaults in its own words; the field table prints them. */
static void a_field_left_out_projects_as_its_default_in_the_table(void **state)
{
    static const size_t with_default[] = { SM_REGISTERED_TENANT_MODE, SM_REGISTERED_STATUS,
                                           SM_REGISTERED_FEATURES_ENABLED };
    size_t count;
    const struct sm_field *fields = sm_event_fields(REG, &count);
    size_t found = 0;

    (void)state;
    assert_null(apply(REG, "{'name':'x','organization_id':'2'}", 1).data);
    assert_string_equal(sm_tenant_mode_name(stream.client.tenant_mode),
                        fields[SM_REGISTERED_TENANT_MODE].fallback);
    assert_string_equal(sm_client_status_name(stream.client.status),
                        fields[SM_REGISTERED_STATUS].fallback);
    assert_text(stream.client.features_enabled, fields[SM_REGISTERED_FEATURES_ENABLED].fallback);
    for (size_t i = 0; i < count; i++)
        found += fields[i].fallback != NULL;
    assert_int_equal(found, SM_ARRAY_COUNT(with_default));
}

static void an_update_changes_what_it_names_and_null_clears(void **state)
{
    (void)state;
    register_client();
    assert_json(&fixture, apply(UPD, "{'contact_phone':'+7','contact_email':null}", 2000000),
                "{'contact_email': 'a@b', 'contact_phone': null}");
    assert_text(stream.client.contact_email, NULL);
    assert_text(stream.client.contact_phone, "+7");
    assert_text(stream.client.name, "ООО \"Гастрономия\"");
    assert_json(&fixture, apply(UPD, "{'name':'y','features_enabled':{}}", 3000000),
                "{'name': 'ООО \\'Гастрономия\\'', 'features_enabled': {'bom_explosion': true}}");
    assert_text(stream.client.name, "y");
    assert_text(stream.client.features_enabled, "{}");
    assert_text(stream.client.contact_phone, "+7");
    assert_int_equal(stream.client.created_at, 1000000);
    assert_int_equal(stream.client.updated_at, 3000000);
    assert_int_equal(stream.head.version, 3);
}

static void a_status_goes_to_any_other_and_back(void **state)
{
    (void)state;
    register_client();
    assert_json(&fixture, apply(STA, "{'status':'suspended','reason':'debt'}", 2000000),
                "{'status': 'active'}");
    assert_int_equal(stream.client.status, SM_CLIENT_STATUS_SUSPENDED);
    assert_json(&fixture, apply(STA, "{'status':'archived'}", 3000000), "{'status': 'suspended'}");
    assert_int_equal(stream.client.status, SM_CLIENT_STATUS_ARCHIVED);
    assert_json(&fixture, apply(STA, "{'status':'active'}", 4000000), "{'status': 'archived'}");
    assert_int_equal(stream.client.status, SM_CLIENT_STATUS_ACTIVE);
    assert_json(&fixture, apply(STA, "{'status':'active'}", 5000000), "{'status': 'active'}");
}

static bool gate_open(void)
{
    const struct sm_client_brief brief = sm_client_brief(&stream.client);

    return sm_client_gate_open(&brief);
}

static void a_confirmation_says_when_and_who_and_opens_the_gate(void **state)
{
    (void)state;
    register_client();
    assert_json(
        &fixture, apply(CON, NULL, 2000000),
        "{'config_confirmed': false, 'config_confirmed_at': null, 'config_confirmed_by': null}");
    assert_true(stream.client.config_confirmed);
    assert_int_equal(stream.client.config_confirmed_at, 2000000);
    assert_text(stream.client.config_confirmed_by, "admin@example.com");
    assert_true(gate_open());
}

static void a_revocation_clears_when_and_who_and_closes_the_gate(void **state)
{
    (void)state;
    register_client();
    apply(CON, NULL, 2000000);
    assert_json(&fixture, apply(REV, "{'reason':'audit'}", 3000000),
                "{'config_confirmed': true, 'config_confirmed_at': '1970-01-01T00:00:02.000000Z', "
                "'config_confirmed_by': 'admin@example.com'}");
    assert_false(stream.client.config_confirmed);
    assert_int_equal(stream.client.config_confirmed_at, SM_TIME_NONE);
    assert_text(stream.client.config_confirmed_by, NULL);
    assert_false(gate_open());
}

static void another_tenant_mode_withdraws_the_confirmation(void **state)
{
    (void)state;
    register_client();
    apply(CON, NULL, 2000000);
    assert_json(
        &fixture, apply(MOD, "{'tenant_mode':'dedicated_db'}", 3000000),
        "{'tenant_mode': 'prefixed_tables', 'config_confirmed': true, 'config_confirmed_at': "
        "'1970-01-01T00:00:02.000000Z', 'config_confirmed_by': 'admin@example.com'}");
    assert_int_equal(stream.client.tenant_mode, SM_TENANT_DEDICATED_DB);
    assert_false(stream.client.config_confirmed);
    assert_int_equal(stream.client.config_confirmed_at, SM_TIME_NONE);
    assert_text(stream.client.config_confirmed_by, NULL);
    /* Nothing is left to be withdrawn by the next one. */
    assert_json(&fixture, apply(MOD, "{'tenant_mode':'shared'}", 4000000),
                "{'tenant_mode': 'dedicated_db'}");
}

static void the_same_tenant_mode_again_leaves_the_confirmation(void **state)
{
    (void)state;
    register_client();
    apply(CON, NULL, 2000000);
    assert_json(&fixture, apply(MOD, "{'tenant_mode':'prefixed_tables'}", 3000000),
                "{'tenant_mode': 'prefixed_tables'}");
    assert_true(stream.client.config_confirmed);
    assert_int_equal(stream.client.config_confirmed_at, 2000000);
    assert_int_equal(stream.client.updated_at, 3000000);
}

static void the_last_configuration_is_active_until_it_is_deactivated(void **state)
{
    (void)state;
    assert_null(apply(CHG, "{'feature_type':'promo','config':{}}", 10).data);
    assert_int_equal(stream.head.active_at, 10);
    assert_null(apply(CHG, "{'feature_type':'promo','config':{}}", 20).data);
    assert_int_equal(stream.head.active_at, 20);
    assert_null(apply(DEA, "{'feature_type':'promo'}", 30).data);
    assert_int_equal(stream.head.active_at, SM_TIME_NONE);
    assert_int_equal(stream.head.last_at, 30);
    assert_int_equal(stream.head.version, 3);
    assert_null(apply(CHG, "{'feature_type':'promo','config':{}}", 40).data);
    assert_int_equal(stream.head.active_at, 40);
    assert_false(stream.client.exists);
}

static void created_at_is_the_event_s_time_unless_that_would_not_be_later(void **state)
{
    struct sm_head head = SM_HEAD_EMPTY;

    (void)state;
    assert_int_equal(sm_created_at(&head, -5), -5);
    assert_int_equal(sm_created_at(&head, SM_TIME_MIN), SM_TIME_MIN);
    head.last_at = 100;
    assert_int_equal(sm_created_at(&head, 200), 200);
    assert_int_equal(sm_created_at(&head, 101), 101);
    assert_int_equal(sm_created_at(&head, 100), 101);
    assert_int_equal(sm_created_at(&head, SM_TIME_MIN), 101);
}

static void an_event_before_its_registration_moves_the_head_only(void **state)
{
    (void)state;
    assert_null(apply(UPD, "{'name':'x'}", 10).data);
    assert_null(apply(CON, NULL, 20).data);
    assert_false(stream.client.exists);
    assert_text(stream.client.name, NULL);
    assert_false(stream.client.config_confirmed);
    assert_int_equal(stream.head.version, 2);
    assert_int_equal(stream.head.last_at, 20);
}

static void a_second_registration_in_the_log_starts_the_client_anew(void **state)
{
    (void)state;
    register_client();
    apply(CON, NULL, 2000000);
    apply(REG, "{'name':'z','organization_id':'9'}", 3000000);
    assert_text(stream.client.name, "z");
    assert_text(stream.client.contact_email, NULL);
    assert_false(stream.client.config_confirmed);
    assert_int_equal(stream.client.created_at, 3000000);
    assert_int_equal(stream.head.version, 3);
}

static void old_values_are_absent_when_the_arena_is_too_small_for_them(void **state)
{
    struct sm_event event = fixture_event(&fixture, CON, NULL, 1);
    struct sm_slice previous = SM_SLICE("x");
    size_t capacity = fixture.arena.capacity;

    (void)state;
    register_client();
    apply(CON, NULL, 2000000);
    fixture.arena.capacity = fixture.arena.used + 100;
    assert_false(sm_previous_values(&stream, &event, &fixture.arena, &previous));
    fixture.arena.capacity = capacity;
    assert_null(previous.data);
}

static void old_values_of_times_that_nobody_can_say_are_still_text(void **state)
{
    struct sm_event event = fixture_event(&fixture, REV, NULL, 1);
    struct sm_slice previous;

    (void)state;
    register_client();
    apply(CON, NULL, INT64_MAX);
    assert_true(sm_previous_values(&stream, &event, &fixture.arena, &previous));
    assert_json(&fixture, previous,
                "{'config_confirmed': true, 'config_confirmed_at': '9999-12-31T23:59:59.999999Z', "
                "'config_confirmed_by': 'admin@example.com'}");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_registration_makes_an_unconfirmed_client),
        TEST(a_field_left_out_projects_as_its_default_in_the_table),
        TEST(an_update_changes_what_it_names_and_null_clears),
        TEST(a_status_goes_to_any_other_and_back),
        TEST(a_confirmation_says_when_and_who_and_opens_the_gate),
        TEST(a_revocation_clears_when_and_who_and_closes_the_gate),
        TEST(another_tenant_mode_withdraws_the_confirmation),
        TEST(the_same_tenant_mode_again_leaves_the_confirmation),
        TEST(the_last_configuration_is_active_until_it_is_deactivated),
        TEST(created_at_is_the_event_s_time_unless_that_would_not_be_later),
        TEST(an_event_before_its_registration_moves_the_head_only),
        TEST(a_second_registration_in_the_log_starts_the_client_anew),
        TEST(old_values_are_absent_when_the_arena_is_too_small_for_them),
        TEST(old_values_of_times_that_nobody_can_say_are_still_text),
    };
#undef TEST

    return cmocka_run_group_tests(tests, NULL, NULL);
}
