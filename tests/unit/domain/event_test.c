/* The catalogue's names. */
#include "unit/domain/fixture.h"

static void every_event_type_is_found_by_its_own_name(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SM_EVENT_TYPE_COUNT; i++) {
        enum sm_event_type found = SM_EVENT_TYPE_COUNT;

        assert_true(
            sm_event_type_find(sm_slice_of(sm_event_type_name((enum sm_event_type)i)), &found));
        assert_int_equal(found, i);
    }
}

static void a_name_that_is_almost_a_type_is_not_found(void **state)
{
    static const char *const names[] = { "",
                                         "client",
                                         "client.registere",
                                         "client.registered ",
                                         "Client.registered",
                                         "client.registerex",
                                         "client.config_revokes",
                                         "bom_config.change" };
    enum sm_event_type found;

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(names); i++)
        assert_false(sm_event_type_find(sm_slice_of(names[i]), &found));
    assert_false(sm_event_type_find(SM_SLICE_NONE, &found));
}

static void a_type_says_its_kind_and_its_topic_by_its_name(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SM_EVENT_TYPE_COUNT; i++) {
        enum sm_event_type type = (enum sm_event_type)i;
        /* A tenant's events are of its client's stream. */
        const char *kind = sm_event_type_is_of_tenant(type)
                               ? "tenant"
                               : sm_kind_name(sm_event_type_kind(type));

        assert_memory_equal(sm_event_type_name(type), kind, strlen(kind));
        assert_int_equal(sm_event_type_name(type)[strlen(kind)], '.');
        assert_int_equal(sm_event_type_topic(type) == SM_TOPIC_PROCESSING,
                         sm_event_type_is_gated(type) || type == SM_EVENT_LOG_RECORDED ||
                             sm_event_type_is_acknowledgement(type));
        if (sm_event_type_is_of_tenant(type))
            assert_int_equal(sm_event_type_kind(type), SM_KIND_CLIENT);
    }
}

static void every_kind_is_found_by_its_own_name(void **state)
{
    enum sm_kind found = SM_KIND_COUNT;

    (void)state;
    for (unsigned i = 0; i < SM_KIND_COUNT; i++) {
        assert_true(sm_kind_find(sm_slice_of(sm_kind_name((enum sm_kind)i)), &found));
        assert_int_equal(found, i);
    }
    assert_false(sm_kind_find(SM_SLICE("features"), &found));
    assert_false(sm_kind_find(SM_SLICE_NONE, &found));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_type_is_found_by_its_own_name),
        cmocka_unit_test(a_name_that_is_almost_a_type_is_not_found),
        cmocka_unit_test(a_type_says_its_kind_and_its_topic_by_its_name),
        cmocka_unit_test(every_kind_is_found_by_its_own_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
