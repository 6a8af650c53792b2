/* Admission: time, what was seen before, the client's own rules, versions, and the order of the
 * questions. The tables over all types are in admit_catalogue_test.c. */
#include "unit/domain/scene.h"

#define REG       SM_EVENT_CLIENT_REGISTERED
#define UPD       SM_EVENT_CLIENT_UPDATED
#define STA       SM_EVENT_CLIENT_STATUS_CHANGED
#define MOD       SM_EVENT_CLIENT_TENANT_MODE_CHANGED
#define CON       SM_EVENT_CLIENT_CONFIG_CONFIRMED
#define REV       SM_EVENT_CLIENT_CONFIG_REVOKED
#define CHG       SM_EVENT_FEATURE_CONFIG_CHANGED
#define DEA       SM_EVENT_FEATURE_CONFIG_DEACTIVATED

static void an_organization_id_of_another_client_stops_registration_and_return_only(void **state)
{
    static const struct {
        enum sm_event_type type;
        const char *data;
    } others[] = {
        { UPD, "{'name':'x'}" },
        { STA, "{'status':'active'}" },
        { STA, "{'status':'archived'}" },
        { MOD, "{'tenant_mode':'dedicated_db'}" },
        { CON, NULL },
        { REV, NULL },
        { SM_EVENT_CLIENT_ERASED, NULL },
        { CHG, "{'feature_type':'promo','config':{}}" },
    };

    (void)state;
    set_scene(UNKNOWN, REG, "{'name':'x','organization_id':'org_8'}");
    scene.admission.organization_taken = true;
    is_rejected(SM_CODE_ORGANIZATION_TAKEN, "data.organization_id", "org_8");
    set_scene(ARCHIVED, STA, "{'status':'active'}");
    scene.admission.organization_taken = true;
    is_rejected(SM_CODE_ORGANIZATION_TAKEN, "data.organization_id", "org_7");
    for (size_t i = 0; i < SM_ARRAY_COUNT(others); i++) {
        set_scene(SUSPENDED, others[i].type, others[i].data);
        scene.admission.organization_taken = true;
        becomes_a_fact();
    }
}

static void confirming_another_tenant_mode_than_is_set_is_rejected(void **state)
{
    (void)state;
    set_scene(ACTIVE, CON, "{'tenant_mode':'prefixed_tables'}");
    is_rejected(SM_CODE_TENANT_MODE_DIFFERS, "data.tenant_mode", "prefixed_tables");
    assert_string_equal(scene.verdict.rejection.reason,
                        "data.tenant_mode is not the one that is set; expected shared");
}

static void only_what_is_active_can_be_deactivated(void **state)
{
    (void)state;
    set_scene(ACTIVE, DEA, "{'feature_type':'ema'}");
    scene.stream.head.active_at = SM_TIME_NONE;
    is_rejected(SM_CODE_NOTHING_ACTIVE, "data.feature_type", "ema");
    scene.stream.head = SM_HEAD_EMPTY;
    is_rejected(SM_CODE_NOTHING_ACTIVE, "data.feature_type", "ema");
}

static void the_expected_version_is_the_stream_s_last_one(void **state)
{
    (void)state;
    set_scene(ACTIVE, UPD, "{'name':'x'}");
    scene.event.expected_version = 3;
    becomes_a_fact();
    for (int32_t version = 0; version < 6; version++) {
        char text[12];

        scene.event.expected_version = version;
        snprintf(text, sizeof(text), "%d", (int)version);
        if (version != 3)
            is_rejected(SM_CODE_VERSION_CONFLICT, "expectedversion", text);
    }
    assert_string_equal(scene.verdict.rejection.reason,
                        "expectedversion is 5; expected 3, the stream's last version");
}

static void expected_version_0_means_that_the_stream_must_not_exist(void **state)
{
    (void)state;
    set_scene(UNKNOWN, REG, "{'name':'x','organization_id':'2'}");
    scene.event.expected_version = 0;
    becomes_a_fact();
    scene.event.expected_version = 1;
    is_rejected(SM_CODE_VERSION_CONFLICT, "expectedversion", "1");
    set_scene(ACTIVE, CHG, "{'feature_type':'promo','config':{}}");
    scene.event.expected_version = 0;
    is_rejected(SM_CODE_VERSION_CONFLICT, "expectedversion", "0");
}

static void a_time_may_lie_as_far_ahead_as_the_option_says_and_no_further(void **state)
{
    (void)state;
    set_scene(ACTIVE, UPD, "{'name':'x'}");
    scene.admission.record_time_us = scene.event.time_us - options.time_ahead_max_us;
    becomes_a_fact();
    scene.admission.record_time_us--;
    becomes(SM_VERDICT_REJECTED, SM_CODE_TIME_AHEAD);
    assert_string_equal(scene.verdict.rejection.field, "time");
    assert_string_equal(scene.verdict.rejection.value, "2023-11-14T22:13:20.000001Z");
    assert_string_equal(
        scene.verdict.rejection.reason,
        "time is 2023-11-14T22:13:20.000001Z; expected at most 3600 s after the record's "
        "timestamp, 2023-11-14T21:13:20.000000Z");
}

static void a_record_without_a_timestamp_is_not_measured_by_it(void **state)
{
    (void)state;
    set_scene(ACTIVE, UPD, "{'name':'x'}");
    scene.event.time_us += 365 * (int64_t)86400000000;
    scene.admission.record_time_us = SM_TIME_NONE;
    becomes_a_fact();
}

static void a_time_in_the_past_is_always_taken(void **state)
{
    (void)state;
    set_scene(ACTIVE, UPD, "{'name':'x'}");
    scene.event.time_us = SM_TIME_MIN;
    becomes_a_fact();
}

static void timestamps_that_a_producer_made_up_do_no_harm(void **state)
{
    static const int64_t times[] = { INT64_MIN + 1, -1, 0, INT64_MAX - 1, INT64_MAX };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(times); i++) {
        set_scene(ACTIVE, UPD, "{'name':'x'}");
        scene.admission.record_time_us = times[i];
        if (times[i] > 0)
            becomes_a_fact();
        else
            becomes(SM_VERDICT_REJECTED, SM_CODE_TIME_AHEAD);
    }
}

static void the_end_of_time_is_kept_free_for_later_versions(void **state)
{
    (void)state;
    set_scene(ACTIVE, UPD, "{'name':'x'}");
    scene.admission.record_time_us = SM_TIME_NONE;
    scene.event.time_us = SM_TIME_MAX - 86400000000;
    becomes_a_fact();
    scene.event.time_us++;
    becomes(SM_VERDICT_REJECTED, SM_CODE_TIME_AHEAD);
    scene.event.time_us = SM_TIME_MAX;
    is_rejected(SM_CODE_TIME_AHEAD, "time", "9999-12-31T23:59:59.999999Z");
}

static void the_same_content_again_is_a_duplicate_and_other_content_a_conflict(void **state)
{
    (void)state;
    set_scene(ACTIVE, UPD, "{'name':'x'}");
    scene.admission.seen.where = SM_SEEN_IN_LOG;
    scene.admission.seen.content_hash = scene.event.content_hash;
    becomes(SM_VERDICT_DUPLICATE, SM_CODE_NONE);
    scene.admission.seen.content_hash.bytes[31] ^= 1;
    is_rejected(SM_CODE_EVENT_ID_CONFLICT, "id", "01010000-0000-0000-0000-000000000000");
}

static void a_dead_letter_counts_as_seen_only_with_the_same_content(void **state)
{
    (void)state;
    set_scene(ACTIVE, UPD, "{'name':'x'}");
    scene.admission.seen.where = SM_SEEN_IN_DEAD_LETTERS;
    scene.admission.seen.content_hash = scene.event.content_hash;
    becomes(SM_VERDICT_DUPLICATE, SM_CODE_NONE);
    scene.admission.seen.content_hash.bytes[0] ^= 0x80;
    becomes_a_fact();
}

/* Everything is wrong at once; one after the other is put right, and the next one shows. */
static void questions_are_asked_in_their_order(void **state)
{
    (void)state;
    set_scene(UNKNOWN, CON, "{'tenant_mode':'dedicated_db'}");
    scene.admission.stream_waits = true;
    scene.event.expected_version = 9;
    scene.admission.record_time_us = 0;
    scene.admission.seen.where = SM_SEEN_IN_LOG;
    becomes(SM_VERDICT_REJECTED, SM_CODE_TIME_AHEAD);
    scene.admission.record_time_us = scene.event.time_us;
    becomes(SM_VERDICT_REJECTED, SM_CODE_EVENT_ID_CONFLICT);
    scene.admission.seen.where = SM_SEEN_NOWHERE;
    is_parked(SM_WAIT_CLIENT, NULL);
    scene.stream.client.exists = true;
    is_parked(SM_WAIT_QUEUE, NULL);
    scene.admission.stream_waits = false;
    becomes(SM_VERDICT_REJECTED, SM_CODE_TENANT_MODE_DIFFERS);
    scene.stream.client.tenant_mode = SM_TENANT_DEDICATED_DB;
    becomes(SM_VERDICT_REJECTED, SM_CODE_VERSION_CONFLICT);
    scene.event.expected_version = 0;
    becomes_a_fact();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_organization_id_of_another_client_stops_registration_and_return_only),
        cmocka_unit_test(confirming_another_tenant_mode_than_is_set_is_rejected),
        cmocka_unit_test(only_what_is_active_can_be_deactivated),
        cmocka_unit_test(the_expected_version_is_the_stream_s_last_one),
        cmocka_unit_test(expected_version_0_means_that_the_stream_must_not_exist),
        cmocka_unit_test(a_time_may_lie_as_far_ahead_as_the_option_says_and_no_further),
        cmocka_unit_test(a_record_without_a_timestamp_is_not_measured_by_it),
        cmocka_unit_test(a_time_in_the_past_is_always_taken),
        cmocka_unit_test(timestamps_that_a_producer_made_up_do_no_harm),
        cmocka_unit_test(the_end_of_time_is_kept_free_for_later_versions),
        cmocka_unit_test(the_same_content_again_is_a_duplicate_and_other_content_a_conflict),
        cmocka_unit_test(a_dead_letter_counts_as_seen_only_with_the_same_content),
        cmocka_unit_test(questions_are_asked_in_their_order),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
