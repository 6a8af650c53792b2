/* sql/checks: silent over what the store wrote, and each finds what was tampered with. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "contract/postgres_rig.h"
#include "contract/store_suite.h"
#include "postgres/checks.h"

static struct postgres_rig postgres;

static struct sm_store *open_store(void *context, const char *owner)
{
    return postgres_rig_store(context, owner);
}

static const struct store_rig rig = { .context = &postgres,
                                      .open = open_store,
                                      .wait = postgres_rig_wait };

/* Batches 1 to 4 wait; a unit of its own resolves the first three, each in its way. */
static void fill_waiting_room(struct scene *scene)
{
    static const struct sm_rejection rejection = { .code = SM_CODE_BATCH_EXISTS, .reason = "test" };
    static const char *const data[] = { "{\"batch_id\": \"b-1\", \"data_type\": \"bom\"}",
                                        "{\"batch_id\": \"b-2\", \"data_type\": \"bom\"}",
                                        "{\"batch_id\": \"b-3\", \"data_type\": \"bom\"}",
                                        "{\"batch_id\": \"b-4\", \"data_type\": \"bom\"}" };
    struct sm_stream stream = stream_new();
    struct sm_event *events[4];
    int64_t offset = scene->taken.next_offset;

    for (unsigned i = 0; i < 4; i++)
        draft_park(
            scene->draft,
            draft_make(scene->draft, 301 + i, client_uuid(1), SM_EVENT_BATCH_STARTED, data[i]),
            SM_WAIT_GATE, NULL);
    assert_int_equal(scene_commit(&rig, scene), SM_OK);
    for (unsigned i = 0; i < 4; i++)
        events[i] =
            draft_make(scene->draft, 301 + i, client_uuid(1), SM_EVENT_BATCH_STARTED, data[i]);
    draft_release(scene->draft);
    draft_resolve(scene->draft, 1, SM_PARKED_RELEASED);
    draft_apply_at(scene->draft, offset, events[0], &stream);
    draft_resolve(scene->draft, 2, SM_PARKED_DUPLICATE);
    draft_resolve(scene->draft, 3, SM_PARKED_REJECTED);
    draft_reject_at(scene->draft, offset + 2, &rejection, events[2]);
    assert_int_equal(scene_commit(&rig, scene), SM_OK);
}

/* A BOM run, and lines of a client and of nobody. */
static void fill_rows(struct scene *scene)
{
    struct sm_stream stream = stream_new();

    draft_apply(scene->draft,
                draft_make(scene->draft, 401, client_uuid(1), SM_EVENT_BOM_EXPLOSION_STARTED, "{}"),
                &stream);
    draft_line(scene->draft,
               draft_make(scene->draft, 402, client_uuid(1), SM_EVENT_LOG_RECORDED,
                          "{\"level\": \"info\", \"message\": \"m\", \"context\": {\"a\": 1}}"));
    draft_line(scene->draft, draft_make(scene->draft, 403, SM_UUID_NIL, SM_EVENT_LOG_RECORDED,
                                        "{\"level\": \"info\", \"message\": \"m\"}"));
    assert_int_equal(scene_commit(&rig, scene), SM_OK);
}

/* Units with something of everything, on two partitions; what lies below one was lost. */
static int fill(void **state)
{
    static const struct sm_rejection rejection = { .code = SM_CODE_JSON_INVALID, .reason = "test" };
    const struct sm_range duplicates = { 22, 25 };
    struct sm_client client = make_client(1, "2");
    struct sm_takeover second = { .id = { SM_TOPIC_CONFIG, 1 },
                                  .mode = SM_TAKEOVER_CREATE,
                                  .low = 20 };
    struct scene scene;

    (void)state;
    postgres_rig_create(&postgres, true);
    scene_open(&rig, &scene);
    assert_int_equal(store_take(&rig, scene.store, &second, 1), SM_OK);
    draft_streams(scene.draft, 10);
    draft_partition(scene.draft, &second);
    draft_register(scene.draft, 100, &client);
    draft_dead_letter(scene.draft, &rejection, NULL);
    draft_duplicates(scene.draft, &duplicates);
    assert_int_equal(scene_commit(&rig, &scene), SM_OK);
    draft_event(scene.draft, 200, 0, "ema", 2);
    draft_head(scene.draft, 0, "ema", 1, 2);
    assert_int_equal(scene_commit(&rig, &scene), SM_OK);
    fill_waiting_room(&scene);
    fill_rows(&scene);
    scene_close(&scene);
    /* What follows is what the triggers are there to prevent. */
    postgres_rig_run(&postgres, "ALTER TABLE events DISABLE TRIGGER ALL");
    postgres_rig_run(&postgres, "ALTER TABLE ingest_ledger DISABLE TRIGGER ALL");
    postgres_rig_run(&postgres, "ALTER TABLE parked_events DISABLE TRIGGER ALL");
    return 0;
}

struct findings {
    const char *wanted; /* name of a check */
    size_t of_wanted;
    size_t all;
};

static void on_finding(void *context, const struct sm_postgres_finding *finding)
{
    struct findings *findings = context;

    findings->all++;
    findings->of_wanted += strcmp(finding->check, findings->wanted) == 0 ? 1 : 0;
    assert_non_null(finding->table);
    assert_string_not_equal(finding->row, "");
}

static struct findings run_checks(const char *wanted)
{
    struct sm_postgres_client client = postgres_rig_client(&postgres);
    struct findings findings = { .wanted = wanted };
    const struct sm_postgres_check_sink sink = { &findings, on_finding };
    struct sm_err err = { 0 };

    if (sm_postgres_checks_run(&client, &sink, &err) != SM_OK)
        fail_msg("%s", err.text);
    return findings;
}

static void what_the_store_wrote_is_found_good(void **state)
{
    (void)state;
    assert_int_equal(run_checks("").all, 0);
}

static void every_check_finds_its_mistake(void **state)
{
    static const char *const mistakes[][2] = {
        { "ledger_counts", "UPDATE ingest_ledger SET appended = appended + 1 WHERE seq = 2" },
        { "ledger_counts", "DELETE FROM dead_letters" },
        { "ledger_chain", "UPDATE ingest_ledger SET seq = 7 WHERE seq = 2" },
        { "ledger_chain",
          "UPDATE ingest_ledger SET first_offset = 3 WHERE seq = 2 AND partition_id = 0" },
        { "ledger_offsets", "UPDATE events SET record_offset = 99 WHERE record_offset = 3" },
        { "ledger_offsets", "UPDATE events SET record_offset = 4 WHERE record_offset = 3" },
        { "ledger_offsets", "UPDATE events SET ledger_seq = 55 WHERE record_offset = 3" },
        { "ledger_offsets", "UPDATE dead_letters SET record_offset = 23" },
        { "ledger_ranges",
          "UPDATE ingest_ledger SET gaps = '{[0,3)}' WHERE partition_id = 0 AND seq = 2" },
        { "ledger_ranges",
          "UPDATE ingest_ledger SET gaps = duplicates WHERE partition_id = 1 AND seq = 2" },
        { "positions", "UPDATE consumer_offsets SET next_offset = 5 WHERE partition_id = 0" },
        { "positions", "UPDATE consumer_offsets SET appended = appended + 1" },
        { "positions", "UPDATE consumer_offsets SET chain = sha256('') WHERE partition_id = 1" },
        { "positions", "DELETE FROM consumer_offsets WHERE partition_id = 1" },
        { "versions", "UPDATE events SET version = 9 WHERE version = 2" },
        { "versions", "UPDATE heads SET version = version + 1 WHERE kind = 'client'" },
        { "versions", "DELETE FROM heads WHERE kind = 'client'" },
        { "ledger_counts", "DELETE FROM parked_events WHERE id = 4" },
        { "ledger_equations", "UPDATE ingest_ledger SET resolved = 1 WHERE seq = 1" },
        { "ledger_offsets", "UPDATE parked_events SET record_offset = 99 WHERE id = 4" },
        { "ledger_offsets", "ALTER TABLE parked_events DROP CONSTRAINT parked_events_position; "
                            "UPDATE parked_events SET record_offset = 12 WHERE id = 4" },
        { "positions", "UPDATE consumer_offsets SET resolved = 0" },
        { "parked", "UPDATE parked_events SET resolved_seq = 3 WHERE id = 2" },
        { "parked", "UPDATE parked_events SET resolved_seq = 99 WHERE id = 2" },
        { "parked",
          "UPDATE parked_events SET state = 'waiting', resolved_seq = NULL, resolved_at = "
          "NULL WHERE id = 2" },
        { "parked", "UPDATE parked_events SET state = 'released' WHERE id = 2" },
        { "parked", "DELETE FROM events WHERE type = 'batch.started'" },
        { "parked", "UPDATE events SET cause = 'live' WHERE type = 'batch.started'" },
        { "parked", "DELETE FROM dead_letters WHERE code = 'BATCH_EXISTS'" },
        { "parked", "UPDATE ingest_ledger SET resolved = 2 WHERE resolved = 3" },
        { "rows", "DELETE FROM batches" },
        { "rows", "UPDATE batches SET status = 'failed'" },
        { "rows", "UPDATE bom_explosion_status SET updated_at = updated_at + interval '1 s'" },
        { "rows", "INSERT INTO feature_metadata (client_id, feature_name, created_at, updated_at) "
                  "VALUES (gen_random_uuid(), 'x', now(), now())" },
        { "tenants", "DELETE FROM tenants" },
        { "tenants", "UPDATE tenants SET client_id = gen_random_uuid()" },
        { "due", "DELETE FROM client_due" },
        { "due", "UPDATE client_due SET ready = NOT ready" },
        { "due", "INSERT INTO client_due (client_id) VALUES (gen_random_uuid())" },
        { "log_lines", "UPDATE processing_logs SET ledger_seq = 77" },
        { "log_lines", "UPDATE ingest_ledger SET logged = 1 WHERE logged = 2" },
        { "log_lines", "UPDATE processing_logs SET context = context - 'client_id'" },
        { "one_active_version",
          "UPDATE heads SET active_at = active_at + interval '1 s' WHERE version = 2" },
        { "one_active_version", "UPDATE heads SET active_at = last_at WHERE kind = 'client'" },
    };

    for (size_t i = 0; i < SM_ARRAY_COUNT(mistakes); i++) {
        (void)fill(state);
        postgres_rig_run(&postgres, mistakes[i][1]);
        if (run_checks(mistakes[i][0]).of_wanted == 0)
            fail_msg("%s does not find: %s", mistakes[i][0], mistakes[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_the_store_wrote_is_found_good, fill),
        cmocka_unit_test(every_check_finds_its_mistake),
    };
    int failed;

    postgres_rig_open(&postgres);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    postgres_rig_close(&postgres);
    return failed;
}
