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

/* Two units with something of everything, on two partitions; what lies below one was lost. */
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
    scene_close(&scene);
    /* What follows is what the triggers are there to prevent. */
    postgres_rig_run(&postgres, "ALTER TABLE events DISABLE TRIGGER ALL");
    postgres_rig_run(&postgres, "ALTER TABLE ingest_ledger DISABLE TRIGGER ALL");
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
