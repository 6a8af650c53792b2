/* What operators ask for, as the store hands it out and as units answer it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "contract/postgres_rig.h"
#include "contract/store_suite.h"
#include "postgres/log.h"

static struct postgres_rig postgres;

static struct sm_store *open_store(void *context, const char *owner)
{
    return postgres_rig_store(context, owner);
}

static struct sm_log *open_log(void *context)
{
    struct sm_postgres_client client = postgres_rig_client(context);
    struct sm_log *log = NULL;
    struct sm_err err = { 0 };

    if (sm_postgres_log_open(&client, &log, &err) != SM_OK)
        fail_msg("%s", err.text);
    return log;
}

static const struct store_rig rig = {
    .context = &postgres, .open = open_store, .log = open_log, .wait = postgres_rig_wait
};
static const struct sm_rejection rejection = { .code = SM_CODE_JSON_INVALID, .reason = "test" };

/* ---- a scene with dead letters 1 to 3 and a waiting event, at offsets 0 to 3 ---- */

static struct sm_event *started(struct scene *scene, unsigned id)
{
    static char data[8][64];

    (void)snprintf(data[id % 8], sizeof(data[0]),
                   "{\"batch_id\": \"b-%u\", \"data_type\": \"features\"}", id);
    return draft_make(scene->draft, id, client_uuid(1), SM_EVENT_BATCH_STARTED, data[id % 8]);
}

static void open_scene(struct scene *scene)
{
    postgres_rig_create(&postgres, true);
    scene_open(&rig, scene);
    for (int i = 0; i < 3; i++)
        draft_dead_letter(scene->draft, &rejection, NULL)->key = SM_SLICE("key");
    draft_park(scene->draft, started(scene, 1), SM_WAIT_GATE, NULL);
    assert_int_equal(scene_commit(&rig, scene), SM_OK);
}

static void ask_for(const char *target, int id, const char *action)
{
    char sql[256];

    (void)snprintf(sql, sizeof(sql),
                   "INSERT INTO operator_requests (%s, topic_id, partition_id, action, actor) "
                   "SELECT %d, topic_id, partition_id, '%s', 'anna' FROM consumer_offsets",
                   target, id, action);
    postgres_rig_run(&postgres, sql);
}

static struct sm_watch watch(struct scene *scene)
{
    struct sm_watch_position position = { scene->taken.id, scene->taken.epoch,
                                          scene->taken.next_offset };
    struct sm_watch answer = { .positions = &position, .count = 1 };
    struct sm_store_call call = { .kind = SM_STORE_WATCH, .watch = &answer };

    assert_int_equal(store_call(&rig, scene->store, &call, NULL), SM_OK);
    assert_false(answer.moved);
    answer.positions = NULL;
    return answer;
}

/* Room for what a call hands out. */
static struct sm_arena arena;

static struct sm_waiting hand_out(struct scene *scene, enum sm_cause cause, int64_t after,
                                  size_t count_max)
{
    const struct sm_due requests = { .partition = scene->taken.id, .cause = cause };
    struct sm_waiting waiting = { .queues = &requests,
                                  .queue_count = 1,
                                  .after = after,
                                  .count_max = count_max,
                                  .bytes_max = 65536,
                                  .arena = &arena };
    struct sm_store_call call = { .kind = SM_STORE_WAITING, .waiting = &waiting };

    sm_arena_reset(&arena);
    assert_int_equal(store_call(&rig, scene->store, &call, NULL), SM_OK);
    return waiting;
}

static void answer(struct scene *scene, int64_t request, int64_t letter,
                   enum sm_verdict_kind verdict)
{
    static struct sm_request_outcome outcomes[4];
    struct sm_unit *unit = &scene->draft->unit;

    outcomes[unit->outcome_count++] =
        (struct sm_request_outcome){ .request_id = request,
                                     .dead_letter_id = letter,
                                     .verdict = verdict,
                                     .rejection =
                                         verdict == SM_VERDICT_REJECTED ? &rejection : NULL };
    unit->outcomes = outcomes;
}

static void cause_is(struct scene *scene, enum sm_cause cause, int32_t resolved)
{
    scene->draft->partitions[0].row.cause = cause;
    scene->draft->partitions[0].row.resolved = resolved;
}

static void assert_told(const char *sql, const char *expected)
{
    const char *told = postgres_rig_ask(&postgres, sql);

    if (strcmp(told, expected) != 0)
        fail_msg("%s: '%s', expected '%s'", sql, told, expected);
}

#define LETTERS                                                                                    \
    "SELECT string_agg(concat_ws(' ', id, state, attempts), ', ' ORDER BY id) FROM dead_letters"
#define REQUESTS                                                                                   \
    "SELECT string_agg(concat_ws(' ', id, outcome, code, detail), ', ' ORDER BY id) "              \
    "FROM operator_requests WHERE done_at IS NOT NULL"

/* ---- tests ---- */

static void a_request_is_due_after_all_queues(void **state)
{
    struct sm_watch seen;
    struct scene scene;

    (void)state;
    open_scene(&scene);
    assert_false(watch(&scene).due_count != 0);
    ask_for("dead_letter_id", 1, "forced");
    ask_for("dead_letter_id", 2, "retried");
    seen = watch(&scene);
    assert_true(seen.due_count != 0);
    assert_int_equal(seen.due[0].cause, SM_CAUSE_FORCED);
    assert_int_equal(seen.due[0].partition.topic, SM_TOPIC_CONFIG);
    assert_int_equal(seen.due[0].partition.partition, 0);
    scene.draft->opened[scene.draft->unit.opened_client_count++] = client_uuid(1);
    assert_int_equal(scene_commit(&rig, &scene), SM_OK);
    assert_int_equal(watch(&scene).due[0].cause, SM_CAUSE_RELEASED);
    scene_close(&scene);
}

static void what_is_asked_for_comes_with_its_record(void **state)
{
    struct sm_waiting waiting;
    struct scene scene;

    (void)state;
    open_scene(&scene);
    ask_for("dead_letter_id", 1, "retried");
    ask_for("dead_letter_id", 3, "retried");
    ask_for("parked_id", 1, "expired");
    ask_for("dead_letter_id", 2, "forced");
    waiting = hand_out(&scene, SM_CAUSE_RETRIED, 0, 10);
    assert_int_equal(waiting.count, 2);
    assert_int_equal(waiting.events[0].dead_letter_id, 1);
    assert_int_equal(waiting.events[0].request_id, 1);
    assert_int_equal(waiting.events[0].parked_id, 0);
    assert_int_equal(waiting.events[0].record.offset, 0);
    assert_true(sm_slice_equal(waiting.events[0].record.key, SM_SLICE("key")));
    assert_true(sm_slice_equal(waiting.events[0].record.value, SM_SLICE("not json")));
    assert_int_equal(waiting.events[1].dead_letter_id, 3);
    assert_int_equal(waiting.events[1].record.offset, 2);

    waiting = hand_out(&scene, SM_CAUSE_EXPIRED, 0, 10);
    assert_int_equal(waiting.count, 1);
    assert_int_equal(waiting.events[0].parked_id, 1);
    assert_int_equal(waiting.events[0].dead_letter_id, 0);
    assert_int_equal(waiting.events[0].request_id, 3);
    assert_int_equal(waiting.events[0].wait.what, SM_WAIT_GATE);
    assert_int_equal(waiting.events[0].record.offset, 3);
    assert_int_equal(hand_out(&scene, SM_CAUSE_FORCED, 0, 10).count, 1);
    assert_int_equal(hand_out(&scene, SM_CAUSE_FORCED, 4, 10).count, 0);
    scene_close(&scene);
}

/* The later letter may be asked for first; and a topic made anew has the same offsets again. */
static void a_chunk_ends_before_an_offset_that_does_not_ascend(void **state)
{
    struct sm_waiting waiting;
    struct scene scene;

    (void)state;
    open_scene(&scene);
    ask_for("dead_letter_id", 2, "retried");
    ask_for("dead_letter_id", 1, "retried");
    waiting = hand_out(&scene, SM_CAUSE_RETRIED, 0, 10);
    assert_int_equal(waiting.count, 1);
    assert_int_equal(waiting.events[0].dead_letter_id, 2);
    assert_true(waiting.more);
    waiting = hand_out(&scene, SM_CAUSE_RETRIED, waiting.events[0].request_id, 10);
    assert_int_equal(waiting.count, 1);
    assert_int_equal(waiting.events[0].dead_letter_id, 1);
    assert_false(waiting.more);
    scene_close(&scene);
}

static void what_was_handed_out_before_comes_alone_and_not_for_ever(void **state)
{
    struct scene scene;

    (void)state;
    open_scene(&scene);
    ask_for("dead_letter_id", 1, "retried");
    ask_for("dead_letter_id", 2, "retried");
    assert_int_equal(hand_out(&scene, SM_CAUSE_RETRIED, 0, 10).count, 2);
    for (int i = 1; i < 5; i++) {
        struct sm_waiting waiting = hand_out(&scene, SM_CAUSE_RETRIED, 0, 10);

        assert_int_equal(waiting.count, 1);
        assert_int_equal(waiting.events[0].dead_letter_id, 1);
    }
    assert_told("SELECT string_agg(attempts::text, ' ' ORDER BY id) FROM operator_requests", "5 1");
    assert_int_equal(hand_out(&scene, SM_CAUSE_RETRIED, 0, 10).events[0].dead_letter_id, 2);
    assert_told(REQUESTS, "1 died");
    assert_told(LETTERS, "1 open 0, 2 open 0, 3 open 0");
    scene_close(&scene);
}

static void every_end_is_told(void **state)
{
    struct sm_stream stream = stream_new();
    struct scene scene;

    (void)state;
    open_scene(&scene);
    for (int i = 1; i <= 3; i++)
        ask_for("dead_letter_id", i, "retried");
    cause_is(&scene, SM_CAUSE_RETRIED, 2);
    answer(&scene, 1, 1, SM_VERDICT_FACT);
    draft_apply_at(scene.draft, 0, started(&scene, 2), &stream);
    answer(&scene, 2, 2, SM_VERDICT_DUPLICATE);
    scene.draft->partitions[0].row.duplicated++;
    answer(&scene, 3, 3, SM_VERDICT_REJECTED);
    assert_int_equal(scene_commit(&rig, &scene), SM_OK);
    assert_told(REQUESTS, "1 applied, 2 duplicate, 3 rejected JSON_INVALID test");
    assert_told(LETTERS, "1 retried 1, 2 retried 1, 3 open 1");
    assert_told("SELECT concat_ws(' ', cause, version, record_offset, ledger_seq) FROM events",
                "retried 1 0 2");
    assert_told("SELECT concat_ws(' ', next_offset, consumed, resolved, appended, duplicated, "
                "parked, rejected) FROM consumer_offsets",
                "4 4 2 1 1 1 3");
    assert_false(watch(&scene).due_count != 0);
    assert_true(is_verified(&rig));

    /* Open still, so it may be asked for once more. */
    ask_for("dead_letter_id", 3, "forced");
    assert_int_equal(watch(&scene).due[0].cause, SM_CAUSE_FORCED);
    scene_close(&scene);
}

static void a_waiting_event_expires_on_request(void **state)
{
    static const struct sm_rejection expired = { .code = SM_CODE_PARKED_EXPIRED,
                                                 .reason = "too long" };
    struct scene scene;

    (void)state;
    open_scene(&scene);
    ask_for("parked_id", 1, "expired");
    cause_is(&scene, SM_CAUSE_EXPIRED, 0); /* the change below counts itself */
    draft_resolve(scene.draft, 1, SM_PARKED_EXPIRED);
    draft_reject_at(scene.draft, 3, &expired, started(&scene, 1));
    answer(&scene, 1, 0, SM_VERDICT_REJECTED);
    assert_int_equal(scene_commit(&rig, &scene), SM_OK);
    assert_told("SELECT concat_ws(' ', state, resolved_seq) FROM parked_events", "expired 2");
    assert_told(REQUESTS, "1 rejected JSON_INVALID test");
    assert_told("SELECT concat_ws(' ', record_offset, ledger_seq, code, state) FROM dead_letters "
                "WHERE id = 4",
                "3 2 PARKED_EXPIRED open");
    assert_true(is_verified(&rig));
    scene_close(&scene);
}

static void nothing_is_answered_twice(void **state)
{
    struct scene scene;

    (void)state;
    open_scene(&scene);
    ask_for("dead_letter_id", 1, "retried");
    for (int i = 0; i < 2; i++) {
        cause_is(&scene, SM_CAUSE_RETRIED, 1);
        scene.draft->partitions[0].row.duplicated++;
        answer(&scene, 1, 1, SM_VERDICT_DUPLICATE);
        assert_int_equal(scene_commit(&rig, &scene), i == 0 ? SM_OK : SM_CONFLICT);
    }
    /* A dead letter that was closed behind the request's back. */
    ask_for("dead_letter_id", 2, "retried");
    postgres_rig_run(&postgres, "UPDATE dead_letters SET state = 'discarded' WHERE id = 2");
    cause_is(&scene, SM_CAUSE_RETRIED, 1);
    scene.draft->partitions[0].row.duplicated++;
    answer(&scene, 2, 2, SM_VERDICT_DUPLICATE);
    assert_int_equal(scene_commit(&rig, &scene), SM_CONFLICT);
    assert_told("SELECT concat_ws(' ', ledger_seq, resolved, duplicated) FROM consumer_offsets",
                "2 1 1");
    assert_told(LETTERS, "1 retried 1, 2 discarded 0, 3 open 0");
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_due_after_all_queues),
        cmocka_unit_test(what_is_asked_for_comes_with_its_record),
        cmocka_unit_test(a_chunk_ends_before_an_offset_that_does_not_ascend),
        cmocka_unit_test(what_was_handed_out_before_comes_alone_and_not_for_ever),
        cmocka_unit_test(every_end_is_told),
        cmocka_unit_test(a_waiting_event_expires_on_request),
        cmocka_unit_test(nothing_is_answered_twice),
    };
    int failed;

    if (!sm_arena_init(&arena, 1 << 20))
        return 1;
    postgres_rig_open(&postgres);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    postgres_rig_close(&postgres);
    sm_arena_deinit(&arena);
    return failed;
}
