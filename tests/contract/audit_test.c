/* audit_log over the whole catalogue: which row of which table, old and new values, by whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "contract/postgres_rig.h"
#include "contract/store_suite.h"

static struct postgres_rig postgres;

static struct sm_store *open_store(void *context, const char *owner)
{
    return postgres_rig_store(context, owner);
}

static const struct store_rig rig = { .context = &postgres,
                                      .open = open_store,
                                      .wait = postgres_rig_wait };

/* Every event of the story with what audit_log tells of it: table, key, old and new values, reason.
 * Streams are those of the same number. */
static const struct {
    enum sm_event_type type;
    int stream;
    const char *data;
    const char *told;
} story[] = {
    { SM_EVENT_CLIENT_REGISTERED, 0, "{\"name\": \"A\", \"organization_id\": \"2\"}",
      "clients {\"name\": \"A\", \"status\": \"active\", \"tenant_mode\": \"prefixed_tables\", "
      "\"organization_id\": \"2\", \"config_confirmed\": false, \"features_enabled\": {}}" },
    { SM_EVENT_CLIENT_UPDATED, 0, "{\"name\": \"B\"}",
      "clients {\"name\": \"A\"} {\"name\": \"B\"}" },
    { SM_EVENT_CLIENT_STATUS_CHANGED, 0, "{\"reason\": \"debt\", \"status\": \"suspended\"}",
      "clients {\"status\": \"active\"} {\"status\": \"suspended\"} debt" },
    { SM_EVENT_FEATURE_CONFIG_CHANGED, 1, "{\"config\": {\"n\": 1}, \"feature_type\": \"ema\"}",
      "feature_configs ema {\"config\": {\"n\": 1}, \"is_active\": true}" },
    { SM_EVENT_FEATURE_CONFIG_CHANGED, 1, "{\"config\": {\"n\": 2}, \"feature_type\": \"ema\"}",
      "feature_configs ema {\"config\": {\"n\": 1}, \"is_active\": true} "
      "{\"config\": {\"n\": 2}, \"is_active\": true}" },
    { SM_EVENT_FEATURE_CONFIG_DEACTIVATED, 1, "{\"reason\": \"old\", \"feature_type\": \"ema\"}",
      "feature_configs ema {\"config\": {\"n\": 2}, \"is_active\": true} {\"is_active\": false} "
      "old" },
    { SM_EVENT_BOM_CONFIG_CHANGED, 2, "{\"max_levels\": 7}",
      "bom_configs {\"is_active\": true, \"max_levels\": 7, \"cycle_detection\": true, "
      "\"include_produced_at\": true}" },
    { SM_EVENT_BOM_CONFIG_CHANGED, 2, "{}",
      "bom_configs {\"is_active\": true, \"max_levels\": 7, \"cycle_detection\": true, "
      "\"include_produced_at\": true} {\"is_active\": true, \"max_levels\": 5, "
      "\"cycle_detection\": true, \"include_produced_at\": true}" },
    { SM_EVENT_BOM_CONFIG_DEACTIVATED, 2, "{}",
      "bom_configs {\"is_active\": true, \"max_levels\": 5, \"cycle_detection\": true, "
      "\"include_produced_at\": true} {\"is_active\": false}" },
    { SM_EVENT_CLIENT_SCHEDULE_CHANGED, 3, "{\"kind\": \"interval\", \"interval_minutes\": 45}",
      "client_processing_schedule {\"kind\": \"interval\", \"timezone\": \"UTC\", \"is_active\": "
      "true, \"interval_minutes\": 45}" },
    { SM_EVENT_CLIENT_SCHEDULE_DEACTIVATED, 3, "{}",
      "client_processing_schedule {\"kind\": \"interval\", \"timezone\": \"UTC\", \"is_active\": "
      "true, \"interval_minutes\": 45} {\"is_active\": false}" },
    { SM_EVENT_SCHEDULER_DEFAULTS_CHANGED, 4, "{\"kind\": \"daily\", \"time_of_day\": \"03:00\"}",
      "scheduler_config {\"kind\": \"daily\", \"timezone\": \"UTC\", \"is_active\": true, "
      "\"time_of_day\": \"03:00\"}" },
    { SM_EVENT_DATA_TYPE_DEFINED, 5, "{\"code\": \"images\", \"description\": \"Pictures\"}",
      "data_types images {\"code\": \"images\", \"description\": \"Pictures\"}" },
    { SM_EVENT_DATA_TYPE_DEFINED, 5, "{\"code\": \"images\", \"description\": \"Photographs\"}",
      "data_types images {\"description\": \"Pictures\"} "
      "{\"code\": \"images\", \"description\": \"Photographs\"}" },
    { SM_EVENT_FEATURE_TYPE_DEFINED, 6, "{\"code\": \"moon\", \"description\": \"Moon\"}",
      "feature_types moon {\"code\": \"moon\", \"description\": \"Moon\"}" },
    { SM_EVENT_BATCH_STARTED, 7, "{\"batch_id\": \"b-1\", \"data_type\": \"images\"}",
      "batches b-1 {\"status\": \"running\", \"batch_id\": \"b-1\", \"data_type\": \"images\"}" },
    { SM_EVENT_BATCH_FAILED, 7, "{\"error\": \"disk full\", \"batch_id\": \"b-1\"}",
      "batches b-1 {\"status\": \"running\", \"ended_at\": null, \"error_message\": null} "
      "{\"error\": \"disk full\", \"status\": \"failed\", \"batch_id\": \"b-1\"}" },
    { SM_EVENT_BOM_EXPLOSION_STARTED, 8, "{}", "bom_explosion_status {\"status\": \"running\"}" },
    { SM_EVENT_BOM_EXPLOSION_COMPLETED, 8, "{\"records_processed\": 412}",
      "bom_explosion_status {\"status\": \"running\", \"last_processed_at\": null, "
      "\"records_processed\": null} {\"status\": \"completed\", \"records_processed\": 412}" },
    { SM_EVENT_FEATURE_CREATED, 9,
      "{\"name\": \"sales_ema\", \"data_type\": \"images\", \"feature_type\": \"ema\"}",
      "feature_metadata sales_ema {\"name\": \"sales_ema\", \"data_type\": \"images\", "
      "\"feature_type\": \"ema\", \"nan_semantics\": \"missing\"}" },
};
enum { STREAMS = 10 };

static struct sm_event *event_of(struct scene *scene, size_t at)
{
    bool is_global = sm_event_type_is_global(story[at].type);
    struct sm_event *event =
        draft_make(scene->draft, (unsigned)at + 1, is_global ? SM_UUID_NIL : client_uuid(1),
                   story[at].type, story[at].data);

    event->actor = SM_SLICE("anna");
    return event;
}

static int fill(void **state)
{
    static struct sm_stream streams[STREAMS];
    struct scene scene;

    (void)state;
    postgres_rig_create(&postgres, true);
    scene_open(&rig, &scene);
    for (int i = 0; i < STREAMS; i++)
        streams[i] = stream_new();
    for (size_t i = 0; i < SM_ARRAY_COUNT(story); i++)
        draft_apply(scene.draft, event_of(&scene, i), &streams[story[i].stream]);
    assert_int_equal(scene_commit(&rig, &scene), SM_OK);
    scene_close(&scene);
    return 0;
}

static void every_change_is_told_with_old_and_new_values(void **state)
{
    char sql[256];

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(story); i++) {
        (void)snprintf(
            sql, sizeof(sql),
            "SELECT concat_ws(' ', table_name, row_key, old_values, new_values, reason) FROM "
            "audit_log WHERE record_offset = %zu AND event_type = '%s'",
            i, sm_event_type_name(story[i].type));
        assert_string_equal(postgres_rig_ask(&postgres, sql), story[i].told);
    }
    assert_int_equal(postgres_rig_count(&postgres, "SELECT count(*) FROM audit_log"),
                     SM_ARRAY_COUNT(story));
    assert_string_equal(
        postgres_rig_ask(&postgres, "SELECT string_agg(DISTINCT changed_by, ',') FROM audit_log"),
        "anna");
}

/* Every type that makes a row of the log is in the story, but for those the others tell of. */
static void no_table_is_left_out(void **state)
{
    (void)state;
    assert_string_equal(
        postgres_rig_ask(&postgres,
                         "SELECT string_agg(k::text, ', ') FROM unnest(enum_range(NULL::stream_kind"
                         ")) AS k WHERE k <> 'log' AND k NOT IN (SELECT kind FROM events)"),
        "");
    assert_int_equal(
        postgres_rig_count(&postgres, "SELECT count(*) FROM audit_log WHERE table_name IS NULL OR "
                                      "to_regclass(table_name) IS NULL OR row_id IS NULL"),
        0);
}

static void a_row_is_named_so_that_it_can_be_found(void **state)
{
    (void)state;
    /* A version by its own id; a deactivation is about the version before it. */
    assert_int_equal(
        postgres_rig_count(
            &postgres,
            "SELECT count(*) FROM audit_log a WHERE table_name = 'feature_configs' AND NOT EXISTS "
            "(SELECT FROM feature_configs f WHERE f.id = a.row_id)"),
        0);
    assert_string_equal(
        postgres_rig_ask(&postgres,
                         "SELECT f.version FROM audit_log a JOIN feature_configs f ON f.id = "
                         "a.row_id WHERE a.event_type = 'feature_config.deactivated'"),
        "2");
    /* What is updated in place: client and key. */
    assert_string_equal(postgres_rig_ask(&postgres,
                                         "SELECT string_agg(DISTINCT b.status, ',') FROM audit_log "
                                         "a JOIN batches b ON b.client_id = a.row_id AND b.id = "
                                         "a.row_key WHERE a.table_name = 'batches'"),
                        "failed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_change_is_told_with_old_and_new_values),
        cmocka_unit_test(no_table_is_left_out),
        cmocka_unit_test(a_row_is_named_so_that_it_can_be_found),
    };
    int failed;

    postgres_rig_open(&postgres);
    failed = cmocka_run_group_tests(tests, fill, NULL);
    postgres_rig_close(&postgres);
    return failed;
}
