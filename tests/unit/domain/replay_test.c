/* Stored data is read back without asking today's rules. */
#include "unit/domain/fixture.h"

static struct fixture fixture;

static int set_up(void **state)
{
    (void)state;
    fixture_init(&fixture);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_deinit(&fixture);
    return 0;
}

static bool replay(enum sm_event_type type, const char *data, struct sm_event *event)
{
    memset(event, 0xA5, sizeof(*event));
    event->type = type;
    return sm_event_replay_data(event, fixture_json(&fixture.scratch, data), &fixture.arena);
}

static void values_and_key_are_those_of_the_text(void **state)
{
    struct sm_event event;

    (void)state;
    assert_true(replay(SM_EVENT_FEATURE_CONFIG_CHANGED,
                       "{'config': {'alpha': 0.50}, 'feature_type': 'ema'}", &event));
    assert_text(event.key, "ema");
    assert_json(&fixture, event.values[SM_FEATURE_CHANGED_CONFIG].text, "{'alpha': 0.50}");
    assert_true(
        replay(SM_EVENT_CLIENT_UPDATED, "{'name': 'a\\'b', 'contact_email': null}", &event));
    assert_text(event.key, "");
    assert_text(event.values[SM_UPDATED_NAME].text, "a\"b");
    assert_int_equal(event.values[SM_UPDATED_CONTACT_EMAIL].type, SM_VALUE_NULL);
    assert_int_equal(event.values[SM_UPDATED_CONTACT_PHONE].type, SM_VALUE_ABSENT);
}

static void what_today_s_rules_would_refuse_is_read(void **state)
{
    static const struct {
        enum sm_event_type type;
        const char *data;
    } cases[] = {
        { SM_EVENT_CLIENT_REGISTERED, "{}" },
        { SM_EVENT_CLIENT_REGISTERED, "{'name': '', 'organization_id': 'A B', 'status': 'gone'}" },
        { SM_EVENT_CLIENT_REGISTERED, "{'name': null, 'was_a_field_once': [1, 2]}" },
        { SM_EVENT_CLIENT_UPDATED, "{}" },
        { SM_EVENT_FEATURE_CONFIG_CHANGED, "{'config': {'alpha': 7}, 'feature_type': 'ema'}" },
        { SM_EVENT_FEATURE_CONFIG_DEACTIVATED, "{'feature_type': 'E M A'}" },
        { SM_EVENT_FEATURE_CONFIG_DEACTIVATED, "{}" },
    };
    struct sm_event event;

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(cases); i++)
        assert_true(replay(cases[i].type, cases[i].data, &event));
    assert_text(event.key, "");
}

static void what_was_never_admitted_is_recognised(void **state)
{
    static const struct {
        enum sm_event_type type;
        const char *data;
    } cases[] = {
        { SM_EVENT_CLIENT_UPDATED, "" },
        { SM_EVENT_CLIENT_UPDATED, "[]" },
        { SM_EVENT_CLIENT_UPDATED, "null" },
        { SM_EVENT_CLIENT_UPDATED, "{'name': 7}" },
        { SM_EVENT_CLIENT_UPDATED, "{'name': {}}" },
        { SM_EVENT_CLIENT_UPDATED, "{'features_enabled': []}" },
        { SM_EVENT_FEATURE_CONFIG_CHANGED, "{'config': '{}', 'feature_type': 'ema'}" },
        { SM_EVENT_FEATURE_CONFIG_CHANGED, "{'config': {}" },
    };
    struct sm_event event;

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(cases); i++)
        assert_false(replay(cases[i].type, cases[i].data, &event));
}

static void an_event_that_cannot_be_read_has_defined_values_all_the_same(void **state)
{
    struct sm_event event;

    (void)state;
    assert_false(replay(SM_EVENT_CLIENT_UPDATED, "[]", &event));
    for (size_t i = 0; i < SM_VALUES_MAX; i++)
        assert_int_equal(event.values[i].type, SM_VALUE_ABSENT);
    assert_text(event.key, "");
}

static void an_arena_that_is_too_small_is_no_success(void **state)
{
    struct sm_event event;
    size_t capacity = fixture.arena.capacity;

    (void)state;
    fixture.arena.capacity = fixture.arena.used + 64;
    assert_false(replay(SM_EVENT_CLIENT_UPDATED, "{'name': 'x'}", &event));
    fixture.arena.capacity = capacity;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_and_key_are_those_of_the_text),
        cmocka_unit_test(what_today_s_rules_would_refuse_is_read),
        cmocka_unit_test(what_was_never_admitted_is_recognised),
        cmocka_unit_test(an_event_that_cannot_be_read_has_defined_values_all_the_same),
        cmocka_unit_test(an_arena_that_is_too_small_is_no_success),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
