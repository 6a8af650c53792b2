/* Names of a client's states, and the gate. */
#include "domain/client.h"

#include "unit/domain/fixture.h"

static void every_status_and_mode_is_found_by_its_own_name(void **state)
{
    enum sm_client_status status = SM_CLIENT_STATUS_ACTIVE;
    enum sm_tenant_mode mode = SM_TENANT_PREFIXED_TABLES;

    (void)state;
    for (unsigned i = 0; i <= SM_CLIENT_STATUS_ARCHIVED; i++) {
        const char *name = sm_client_status_name((enum sm_client_status)i);

        assert_true(sm_client_status_find(sm_slice_of(name), &status));
        assert_int_equal(status, i);
    }
    for (unsigned i = 0; i <= SM_TENANT_SHARED; i++) {
        const char *name = sm_tenant_mode_name((enum sm_tenant_mode)i);

        assert_true(sm_tenant_mode_find(sm_slice_of(name), &mode));
        assert_int_equal(mode, i);
    }
}

static void the_names_are_the_seed_s(void **state)
{
    (void)state;
    assert_string_equal(sm_client_status_name(SM_CLIENT_STATUS_ACTIVE), "active");
    assert_string_equal(sm_client_status_name(SM_CLIENT_STATUS_SUSPENDED), "suspended");
    assert_string_equal(sm_client_status_name(SM_CLIENT_STATUS_ARCHIVED), "archived");
    assert_string_equal(sm_tenant_mode_name(SM_TENANT_PREFIXED_TABLES), "prefixed_tables");
    assert_string_equal(sm_tenant_mode_name(SM_TENANT_DEDICATED_DB), "dedicated_db");
    assert_string_equal(sm_tenant_mode_name(SM_TENANT_SHARED), "shared");
}

static void an_unknown_name_leaves_what_was_there(void **state)
{
    enum sm_client_status status = SM_CLIENT_STATUS_SUSPENDED;
    enum sm_tenant_mode mode = SM_TENANT_SHARED;

    (void)state;
    assert_false(sm_client_status_find(SM_SLICE("activ"), &status));
    assert_false(sm_client_status_find(SM_SLICE_NONE, &status));
    assert_false(sm_tenant_mode_find(SM_SLICE("SHARED"), &mode));
    assert_int_equal(status, SM_CLIENT_STATUS_SUSPENDED);
    assert_int_equal(mode, SM_TENANT_SHARED);
}

static void the_gate_is_open_only_for_an_active_confirmed_client(void **state)
{
    (void)state;
    for (unsigned exists = 0; exists < 2; exists++)
        for (unsigned status = 0; status <= SM_CLIENT_STATUS_ARCHIVED; status++)
            for (unsigned confirmed = 0; confirmed < 2; confirmed++) {
                struct sm_client client = { .exists = exists != 0,
                                            .status = (enum sm_client_status)status,
                                            .config_confirmed = confirmed != 0 };
                struct sm_client_brief brief = sm_client_brief(&client);

                assert_int_equal(sm_client_gate_open(&brief),
                                 exists && confirmed && status == SM_CLIENT_STATUS_ACTIVE);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_and_mode_is_found_by_its_own_name),
        cmocka_unit_test(the_names_are_the_seed_s),
        cmocka_unit_test(an_unknown_name_leaves_what_was_there),
        cmocka_unit_test(the_gate_is_open_only_for_an_active_confirmed_client),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
