/* Admission: every cell of the table, and the order of the questions. */
#include "domain/admit.h"

#include "unit/domain/fixture.h"

#define REG       SM_EVENT_CLIENT_REGISTERED
#define UPD       SM_EVENT_CLIENT_UPDATED
#define STA       SM_EVENT_CLIENT_STATUS_CHANGED
#define MOD       SM_EVENT_CLIENT_TENANT_MODE_CHANGED
#define CON       SM_EVENT_CLIENT_CONFIG_CONFIRMED
#define REV       SM_EVENT_CLIENT_CONFIG_REVOKED
#define CHG       SM_EVENT_FEATURE_CONFIG_CHANGED
#define DEA       SM_EVENT_FEATURE_CONFIG_DEACTIVATED
#define CLIENT_ID "02000000-0000-0000-0000-000000000000"

static const struct sm_admission_options options = { .time_ahead_max_us = 3600000000 };

/* One event before one state. */
struct scene {
    struct fixture fixture;
    struct sm_stream stream;
    struct sm_event event;
    struct sm_admission admission;
    struct sm_verdict verdict;
};
static struct scene scene;

static int set_up(void **state)
{
    (void)state;
    fixture_init(&scene.fixture);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_deinit(&scene.fixture);
    return 0;
}

enum before { UNKNOWN, ACTIVE, SUSPENDED, ARCHIVED };

/* A stream at version 3 with an active one (at version 0 for an unknown client). */
static void set_scene(enum before before, enum sm_event_type type, const char *data)
{
    scene.event = fixture_event(&scene.fixture, type, data, 1);
    scene.stream = (struct sm_stream){ .head = SM_HEAD_EMPTY };
    if (before != UNKNOWN) {
        scene.stream.head = (struct sm_head){ 3, scene.event.time_us - 5, scene.event.time_us - 5 };
        scene.stream.client = (struct sm_client){
            .exists = true,
            .status = before == ARCHIVED    ? SM_CLIENT_STATUS_ARCHIVED
                      : before == SUSPENDED ? SM_CLIENT_STATUS_SUSPENDED
                                            : SM_CLIENT_STATUS_ACTIVE,
            .tenant_mode = SM_TENANT_SHARED,
            .organization_id = SM_SLICE("org_7"),
        };
    }
    scene.admission = (struct sm_admission){
        .options = &options,
        .record_time_us = scene.event.time_us,
        .stream = &scene.stream,
        .client = &scene.stream.client,
        .references = { { .known = true }, { .known = true } },
        .arena = &scene.fixture.arena,
    };
}

static void becomes(enum sm_verdict_kind kind, enum sm_rejection_code code)
{
    memset(&scene.verdict, 0xA5, sizeof(scene.verdict));
    sm_admit(&scene.admission, &scene.event, &scene.verdict);
    assert_int_equal(scene.verdict.kind, kind);
    assert_string_equal(sm_rejection_code_name(scene.verdict.rejection.code),
                        sm_rejection_code_name(code));
}

static void becomes_a_fact(void)
{
    becomes(SM_VERDICT_FACT, SM_CODE_NONE);
}

static void is_rejected(enum sm_rejection_code code, const char *field, const char *value)
{
    becomes(SM_VERDICT_REJECTED, code);
    assert_refused(&scene.verdict.rejection, code, field, value);
}

static void is_parked(enum sm_wait_for what, const char *code)
{
    becomes(SM_VERDICT_PARKED, SM_CODE_NONE);
    assert_int_equal(scene.verdict.wait.what, what);
    assert_true(sm_slice_equal(scene.verdict.wait.code, sm_slice_of(code)));
}

#define PARKED SM_REJECTION_COUNT /* no code: it waits for its client */

static const struct {
    enum sm_event_type type;
    const char *data;
    enum sm_rejection_code by_state[4]; /* unknown, active, suspended, archived; NONE: a fact */
} table[] = {
#define LIVING                                                                                     \
    {                                                                                              \
        PARKED, SM_CODE_NONE, SM_CODE_NONE, SM_CODE_CLIENT_ARCHIVED                \
    }
    { REG,
      "{'name':'x','organization_id':'org_7'}",
      { SM_CODE_NONE, SM_CODE_CLIENT_EXISTS, SM_CODE_CLIENT_EXISTS, SM_CODE_CLIENT_EXISTS } },
    { UPD, "{'name':'x'}", LIVING },
    { STA,
      "{'status':'active'}",
      { PARKED, SM_CODE_NONE, SM_CODE_NONE, SM_CODE_NONE } },
    { STA, "{'status':'suspended'}", LIVING },
    { STA, "{'status':'archived'}", LIVING },
    { MOD, "{'tenant_mode':'dedicated_db'}", LIVING },
    { CON, NULL, LIVING },
    { CON, "{'tenant_mode':'shared'}", LIVING },
    { REV, NULL, LIVING },
    { CHG, "{'feature_type':'promo','config':{}}", LIVING },
    { DEA, "{'feature_type':'promo'}", LIVING },
#undef LIVING
};

static void every_cell_of_the_table_is_as_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(table); i++)
        for (unsigned before = UNKNOWN; before <= ARCHIVED; before++) {
            enum sm_rejection_code code = table[i].by_state[before];

            set_scene((enum before)before, table[i].type, table[i].data);
            if (code == PARKED) {
                is_parked(SM_WAIT_CLIENT, NULL);
                continue;
            }
            becomes(code == SM_CODE_NONE ? SM_VERDICT_FACT : SM_VERDICT_REJECTED, code);
            if (code != SM_CODE_NONE)
                assert_refused(&scene.verdict.rejection, code, "subject", CLIENT_ID);
        }
}

static void an_organization_id_of_another_client_stops_registration_and_return_only(void **state)
{
    (void)state;
    set_scene(UNKNOWN, REG, "{'name':'x','organization_id':'org_8'}");
    scene.admission.organization_taken = true;
    is_rejected(SM_CODE_ORGANIZATION_TAKEN, "data.organization_id", "org_8");
    set_scene(ARCHIVED, STA, "{'status':'active'}");
    scene.admission.organization_taken = true;
    is_rejected(SM_CODE_ORGANIZATION_TAKEN, "data.organization_id", "org_7");
    for (size_t i = 1; i < SM_ARRAY_COUNT(table); i++) {
        set_scene(SUSPENDED, table[i].type, table[i].data);
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

static void a_feature_type_must_be_defined_to_be_configured_not_to_be_deactivated(void **state)
{
    (void)state;
    set_scene(ACTIVE, CHG, "{'feature_type':'tides','config':{}}");
    scene.admission.references[0].known = false;
    is_parked(SM_WAIT_FEATURE_TYPE, "tides");
    set_scene(ACTIVE, DEA, "{'feature_type':'tides'}");
    scene.admission.references[0].known = false;
    becomes_a_fact();
}

static void rules_that_came_with_a_feature_type_bind_its_configs(void **state)
{
    static const char rules[] = "{\"alpha\": {\"type\": \"share\", \"required\": true}}";

    (void)state;
    set_scene(ACTIVE, CHG, "{'feature_type':'tides','config':{'alpha':1.5}}");
    scene.admission.references[0].config_rules = sm_slice_of(rules);
    is_rejected(SM_CODE_FIELD_RANGE, "data.config.alpha", "1.5");
    set_scene(ACTIVE, CHG, "{'feature_type':'tides','config':{}}");
    scene.admission.references[0].config_rules = sm_slice_of(rules);
    is_rejected(SM_CODE_FIELD_MISSING, "data.config.alpha", "");
    set_scene(ACTIVE, CHG, "{'feature_type':'tides','config':{'alpha':1}}");
    scene.admission.references[0].config_rules = sm_slice_of(rules);
    becomes_a_fact();
}

static void a_time_zone_that_nobody_knows_is_rejected(void **state)
{
    static const char daily[] = "{'kind':'daily','time_of_day':'06:30','timezone':'Mars/Olympus'}";

    (void)state;
    set_scene(ACTIVE, SM_EVENT_CLIENT_SCHEDULE_CHANGED, daily);
    scene.admission.references[0].known = false;
    is_rejected(SM_CODE_TIME_ZONE_UNKNOWN, "data.timezone", "Mars/Olympus");
    set_scene(UNKNOWN, SM_EVENT_SCHEDULER_DEFAULTS_CHANGED, daily);
    becomes_a_fact(); /* global: there is no client to ask for */
}

static void gated_types_wait_until_their_client_is_active_and_confirmed(void **state)
{
    static const char data[] = "{'batch_id':'b1','data_type':'features'}";

    (void)state;
    set_scene(ACTIVE, SM_EVENT_BATCH_STARTED, data);
    scene.stream.client.config_confirmed = false;
    is_parked(SM_WAIT_GATE, NULL);
    scene.stream.client.config_confirmed = true;
    becomes_a_fact();
    scene.stream.client.status = SM_CLIENT_STATUS_SUSPENDED;
    is_parked(SM_WAIT_GATE, NULL);
    scene.stream.client.status = SM_CLIENT_STATUS_ACTIVE;
    scene.admission.references[0].known = false;
    is_parked(SM_WAIT_DATA_TYPE, "features");
    set_scene(UNKNOWN, SM_EVENT_BATCH_STARTED, data);
    is_parked(SM_WAIT_CLIENT, NULL);
    set_scene(ARCHIVED, SM_EVENT_BATCH_STARTED, data);
    is_rejected(SM_CODE_CLIENT_ARCHIVED, "subject", CLIENT_ID);
}

static void what_waits_before_it_is_waited_for_too(void **state)
{
    (void)state;
    set_scene(ACTIVE, CHG, "{'feature_type':'promo','config':{}}");
    scene.admission.stream_waits = true;
    is_parked(SM_WAIT_QUEUE, NULL);
    set_scene(UNKNOWN, REG, "{'name':'x','organization_id':'org_7'}");
    scene.admission.stream_waits = true;
    becomes_a_fact(); /* the others wait for it */
    set_scene(UNKNOWN, SM_EVENT_LOG_RECORDED, "{'level':'info','message':'x'}");
    scene.admission.stream_waits = scene.admission.gated_waits = true;
    becomes_a_fact();
}

static void set_row_status(size_t column, const char *status)
{
    scene.stream.client.config_confirmed = true;
    scene.stream.row.exists = status != NULL;
    if (status != NULL)
        scene.stream.row.columns[column] =
            (struct sm_value){ .type = SM_VALUE_TEXT, .text = sm_slice_of(status) };
}

static void batches_begin_once_and_end_once(void **state)
{
    static const char completed[] = "{'batch_id':'b1','records_total':1,'records_processed':1}";
    static const char started[] = "{'batch_id':'b1','data_type':'features'}";

    (void)state;
    set_scene(ACTIVE, SM_EVENT_BATCH_COMPLETED, completed);
    set_row_status(SM_BATCH_STATUS, NULL);
    is_rejected(SM_CODE_BATCH_UNKNOWN, "data.batch_id", "b1");
    set_row_status(SM_BATCH_STATUS, "running");
    becomes_a_fact();
    set_row_status(SM_BATCH_STATUS, "failed");
    is_rejected(SM_CODE_BATCH_ENDED, "data.batch_id", "b1");
    set_scene(ACTIVE, SM_EVENT_BATCH_STARTED, started);
    set_row_status(SM_BATCH_STATUS, "running");
    is_rejected(SM_CODE_BATCH_EXISTS, "data.batch_id", "b1");
}

static void a_bom_explosion_ends_while_it_runs_and_begins_anew_whenever_it_must(void **state)
{
    (void)state;
    set_scene(ACTIVE, SM_EVENT_BOM_EXPLOSION_COMPLETED, "{'records_processed':1}");
    set_row_status(SM_BOM_STATUS, NULL);
    is_rejected(SM_CODE_RUN_NOT_ACTIVE, "subject", CLIENT_ID);
    set_row_status(SM_BOM_STATUS, "completed");
    is_rejected(SM_CODE_RUN_NOT_ACTIVE, "subject", CLIENT_ID);
    set_row_status(SM_BOM_STATUS, "running");
    becomes_a_fact();
    set_scene(ACTIVE, SM_EVENT_BOM_EXPLOSION_STARTED, NULL);
    set_row_status(SM_BOM_STATUS, "running");
    becomes_a_fact();
}

static void a_retry_does_not_see_dead_letters_and_never_replaces_what_is_newer(void **state)
{
    (void)state;
    set_scene(ACTIVE, UPD, "{'name':'x'}");
    scene.admission.cause = SM_CAUSE_RETRIED;
    scene.admission.seen =
        (struct sm_seen){ SM_SEEN_IN_DEAD_LETTERS, scene.event.content_hash };
    becomes_a_fact();
    scene.stream.head.last_at = scene.event.time_us;
    becomes(SM_VERDICT_REJECTED, SM_CODE_STATE_NEWER);
    scene.admission.cause = SM_CAUSE_FORCED;
    becomes_a_fact();
    scene.admission.cause = SM_CAUSE_EXPIRED;
    becomes(SM_VERDICT_REJECTED, SM_CODE_PARKED_EXPIRED);
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
    scene.event.expected_version = 9;
    scene.admission.record_time_us = 0;
    scene.admission.seen.where = SM_SEEN_IN_LOG;
    becomes(SM_VERDICT_REJECTED, SM_CODE_TIME_AHEAD);
    scene.admission.record_time_us = scene.event.time_us;
    becomes(SM_VERDICT_REJECTED, SM_CODE_EVENT_ID_CONFLICT);
    scene.admission.seen.where = SM_SEEN_NOWHERE;
    is_parked(SM_WAIT_CLIENT, NULL);
    scene.stream.client.exists = true;
    becomes(SM_VERDICT_REJECTED, SM_CODE_TENANT_MODE_DIFFERS);
    scene.stream.client.tenant_mode = SM_TENANT_DEDICATED_DB;
    becomes(SM_VERDICT_REJECTED, SM_CODE_VERSION_CONFLICT);
    scene.event.expected_version = 0;
    becomes_a_fact();
}

static void a_unit_is_exclusive_for_what_other_streams_depend_on(void **state)
{
    (void)state;
    assert_true(sm_event_touches_gate(REG));
    assert_true(sm_event_touches_gate(STA));
    assert_true(sm_event_touches_gate(MOD));
    assert_true(sm_event_touches_gate(CON));
    assert_true(sm_event_touches_gate(REV));
    assert_false(sm_event_touches_gate(UPD));
    assert_false(sm_event_touches_gate(CHG));
    assert_false(sm_event_touches_gate(DEA));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_of_the_table_is_as_written),
        cmocka_unit_test(an_organization_id_of_another_client_stops_registration_and_return_only),
        cmocka_unit_test(confirming_another_tenant_mode_than_is_set_is_rejected),
        cmocka_unit_test(a_feature_type_must_be_defined_to_be_configured_not_to_be_deactivated),
        cmocka_unit_test(rules_that_came_with_a_feature_type_bind_its_configs),
        cmocka_unit_test(a_time_zone_that_nobody_knows_is_rejected),
        cmocka_unit_test(gated_types_wait_until_their_client_is_active_and_confirmed),
        cmocka_unit_test(what_waits_before_it_is_waited_for_too),
        cmocka_unit_test(batches_begin_once_and_end_once),
        cmocka_unit_test(a_bom_explosion_ends_while_it_runs_and_begins_anew_whenever_it_must),
        cmocka_unit_test(a_retry_does_not_see_dead_letters_and_never_replaces_what_is_newer),
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
        cmocka_unit_test(a_unit_is_exclusive_for_what_other_streams_depend_on),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
