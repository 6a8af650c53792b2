/* The store suite: what of the waiting room is due, and what becomes of it. */
#include "contract/store_suite_queue.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* ---- what is due ---- */

static void opening_a_client_makes_its_queues_due(const struct store_rig *rig)
{
    struct sm_takeover both[2];
    struct sm_watch seen;
    struct scene scene;

    scene_open(rig, &scene);
    both[1] = store_own(rig, scene.store, 1);
    draft_park(scene.draft, queue_event(&scene, 1, 1), SM_WAIT_GATE, NULL);
    draft_park(scene.draft, queue_event(&scene, 2, 2), SM_WAIT_GATE, NULL);
    draft_partition(scene.draft, &both[1]);
    draft_park(scene.draft, queue_event(&scene, 3, 1), SM_WAIT_GATE, NULL);
    draft_end(scene.draft);
    draft_follow(scene.draft, 1, &both[1]);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    queue_assert_not_due(rig, &scene);

    queue_open(&scene, 1);
    queue_open(&scene, 7); /* nothing of it waits */
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    queue_assert_due(rig, &scene, 1);
    seen = queue_watch(rig, scene.store, &both[1], 1);
    assert_false(seen.moved);
    assert_true(seen.due_count != 0);
    assert_int_equal(seen.due[0].partition.partition, 1);

    seen = queue_watch(rig, scene.store, &scene.taken, 1);
    queue_finish(&scene, &seen.due[0]);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    queue_assert_not_due(rig, &scene);
    seen = queue_watch(rig, scene.store, &both[1], 1);
    assert_true(seen.due_count != 0); /* the other partition's is as it was */
    scene_close(&scene);
}

static void what_is_parked_by_the_opening_unit_is_due_too(const struct store_rig *rig)
{
    struct scene scene;

    scene_open(rig, &scene);
    draft_park(scene.draft, queue_event(&scene, 1, 1), SM_WAIT_GATE, NULL);
    queue_open(&scene, 1);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    queue_assert_due(rig, &scene, 1);
    scene_close(&scene);
}

static void a_queue_opened_while_it_is_looked_at_stays_due(const struct store_rig *rig)
{
    struct sm_watch first, second;
    struct scene scene;

    scene_open(rig, &scene);
    queue_park(rig, &scene, 1, 1, 1);
    queue_open(&scene, 1);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    first = queue_watch(rig, scene.store, &scene.taken, 1);
    queue_open(&scene, 1);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    queue_finish(&scene, &first.due[0]);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    queue_assert_due(rig, &scene, 1);
    second = queue_watch(rig, scene.store, &scene.taken, 1);
    assert_true(second.due[0].stamp != first.due[0].stamp);
    /* Done and opened by one unit: due again. */
    queue_finish(&scene, &second.due[0]);
    queue_open(&scene, 1);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    queue_assert_due(rig, &scene, 1);
    first = queue_watch(rig, scene.store, &scene.taken, 1);
    queue_finish(&scene, &first.due[0]);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    queue_assert_not_due(rig, &scene);
    scene_close(&scene);
}

static void of_several_queues_the_one_due_longest_comes_first(const struct store_rig *rig)
{
    static const unsigned order[] = { 3, 1, 2 };
    struct scene scene;

    scene_open(rig, &scene);
    for (unsigned i = 1; i <= 3; i++)
        queue_park(rig, &scene, i, i * 10, 1);
    for (unsigned i = 0; i < 3; i++) {
        queue_open(&scene, order[i]);
        assert_int_equal(scene_commit(rig, &scene), SM_OK);
    }
    for (unsigned i = 0; i < 3; i++) {
        struct sm_watch seen = queue_watch(rig, scene.store, &scene.taken, 1);

        queue_assert_due(rig, &scene, order[i]);
        queue_finish(&scene, &seen.due[0]);
        assert_int_equal(scene_commit(rig, &scene), SM_OK);
    }
    queue_assert_not_due(rig, &scene);
    scene_close(&scene);
}

static void queues_that_are_due_go_together_in_the_order_of_their_events(
    const struct store_rig *rig)
{
    static const unsigned clients[] = { 1, 2, 3, 1 };
    struct sm_arena arena;
    struct scene scene;
    struct sm_watch seen;
    struct sm_waiting waiting = { .count_max = 10, .bytes_max = 65536, .arena = &arena };
    struct sm_store_call call = { .kind = SM_STORE_WAITING, .waiting = &waiting };

    scene_open(rig, &scene);
    assert_true(sm_arena_init(&arena, 1 << 16));
    for (unsigned i = 0; i < SM_ARRAY_COUNT(clients); i++)
        queue_park(rig, &scene, clients[i], i + 1, 1);
    for (unsigned client = 2; client >= 1; client--) {
        queue_open(&scene, client);
        assert_int_equal(scene_commit(rig, &scene), SM_OK);
    }
    seen = queue_watch(rig, scene.store, &scene.taken, 1);
    assert_int_equal(seen.due_count, 2);
    waiting.queues = seen.due;
    waiting.queue_count = seen.due_count;
    assert_int_equal(store_call(rig, scene.store, &call, NULL), SM_OK);
    assert_int_equal(waiting.count, 3);
    assert_false(waiting.more);
    for (unsigned i = 0; i < 3; i++) {
        static const unsigned order[] = { 1, 2, 1 };
        struct sm_uuid id = client_uuid(order[i]);

        assert_true(sm_uuid_equal(&waiting.events[i].client_id, &id));
    }
    scene.draft->unit.done = seen.due;
    scene.draft->unit.done_count = seen.due_count;
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    queue_assert_not_due(rig, &scene);
    sm_arena_deinit(&arena);
    scene_close(&scene);
}

static void a_reference_makes_due_what_waits_for_it_and_nothing_else(const struct store_rig *rig)
{
    struct scene scene;
    struct sm_watch seen;

    scene_open(rig, &scene);
    draft_park(scene.draft, queue_event(&scene, 1, 1), SM_WAIT_DATA_TYPE, "moon");
    draft_park(scene.draft, queue_event(&scene, 2, 2), SM_WAIT_FEATURE_TYPE, "moon");
    draft_park(scene.draft, queue_event(&scene, 3, 3), SM_WAIT_FEATURE_TYPE, "sun");
    draft_park(scene.draft, queue_event(&scene, 4, 4), SM_WAIT_GATE, NULL);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    scene.draft->references[0] =
        (struct sm_reference){ SM_REFERENCE_FEATURE_TYPE, SM_SLICE("moon") };
    scene.draft->unit.opened_reference_count = 1;
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    queue_assert_due(rig, &scene, 2);
    seen = queue_watch(rig, scene.store, &scene.taken, 1);
    queue_finish(&scene, &seen.due[0]);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    queue_assert_not_due(rig, &scene);
    /* What it waits for may become another thing. */
    {
        struct sm_parked_change *change =
            draft_resolve(scene.draft, queue_id(rig, &scene, 4, 0), SM_PARKED_WAITING);

        draft_release(scene.draft);
        change->wait = (struct sm_wait){ SM_WAIT_DATA_TYPE, SM_SLICE("moon") };
    }
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    scene.draft->references[0] = (struct sm_reference){ SM_REFERENCE_DATA_TYPE, SM_SLICE("moon") };
    scene.draft->unit.opened_reference_count = 1;
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    for (unsigned i = 0; i < 2; i++) {
        struct sm_uuid one = client_uuid(1), four = client_uuid(4);

        seen = queue_watch(rig, scene.store, &scene.taken, 1);
        assert_true(seen.due_count != 0);
        assert_true(sm_uuid_equal(&seen.due[0].client_id, &one) ||
                    sm_uuid_equal(&seen.due[0].client_id, &four));
        queue_finish(&scene, &seen.due[0]);
        assert_int_equal(scene_commit(rig, &scene), SM_OK);
    }
    queue_assert_not_due(rig, &scene);
    assert_true(is_verified(rig));
    scene_close(&scene);
}

static void a_watch_tells_of_positions_that_moved(const struct store_rig *rig)
{
    struct sm_takeover other;
    struct scene scene;

    scene_open(rig, &scene);
    queue_assert_not_due(rig, &scene);
    other = scene.taken;
    other.next_offset++;
    assert_true(queue_watch(rig, scene.store, &other, 1).moved);
    other = scene.taken;
    other.epoch--;
    assert_true(queue_watch(rig, scene.store, &other, 1).moved);
    other = scene.taken;
    other.id.partition = 77; /* never seen: the database was restored */
    assert_true(queue_watch(rig, scene.store, &other, 1).moved);
    scene_close(&scene);
}

/* ---- what becomes of it ---- */

static void what_waited_is_resolved_by_a_row_of_its_own(const struct store_rig *rig)
{
    static const struct sm_rejection rejection = { .code = SM_CODE_BATCH_EXISTS,
                                                   .reason = "started before" };
    struct sm_stream stream = stream_new();
    struct sm_position_row totals;
    struct scene scene;
    int64_t ids[4];

    scene_open(rig, &scene);
    queue_park(rig, &scene, 1, 1, 4);
    for (size_t i = 0; i < 4; i++)
        ids[i] = queue_id(rig, &scene, 1, i);
    draft_release(scene.draft);
    draft_resolve(scene.draft, ids[0], SM_PARKED_RELEASED);
    draft_apply_at(scene.draft, 0, queue_event(&scene, 1, 1), &stream);
    draft_resolve(scene.draft, ids[1], SM_PARKED_DUPLICATE);
    draft_resolve(scene.draft, ids[2], SM_PARKED_REJECTED);
    draft_reject_at(scene.draft, 2, &rejection, queue_event(&scene, 3, 1));
    draft_resolve(scene.draft, ids[3], SM_PARKED_WAITING)->wait =
        (struct sm_wait){ SM_WAIT_QUEUE, SM_SLICE_NONE };
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    totals = position_now(rig);
    assert_int_equal(totals.consumed, 4);
    assert_int_equal(totals.parked, 4);
    assert_int_equal(totals.resolved, 3);
    assert_int_equal(totals.appended, 1);
    assert_int_equal(totals.duplicated, 1);
    assert_int_equal(totals.rejected, 1);
    assert_int_equal(totals.next_offset, 4);
    assert_int_equal(queue_id(rig, &scene, 1, 0), ids[3]);
    assert_true(is_verified(rig));
    scene_close(&scene);
}

static void nothing_is_resolved_twice(const struct store_rig *rig)
{
    struct scene scene;
    int64_t ids[2];

    scene_open(rig, &scene);
    queue_park(rig, &scene, 1, 1, 2);
    ids[0] = queue_id(rig, &scene, 1, 0);
    ids[1] = queue_id(rig, &scene, 1, 1);
    draft_release(scene.draft);
    draft_resolve(scene.draft, ids[0], SM_PARKED_DUPLICATE);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    for (unsigned i = 0; i < 3; i++) {
        struct sm_stream stream = stream_new();

        draft_release(scene.draft);
        draft_resolve(scene.draft, ids[1], SM_PARKED_RELEASED);
        draft_apply_at(scene.draft, 1, queue_event(&scene, 2, 1), &stream);
        if (i == 0)
            draft_resolve(scene.draft, ids[0], SM_PARKED_DUPLICATE);
        else if (i == 1)
            draft_resolve(scene.draft, ids[1] + 1000, SM_PARKED_DUPLICATE);
        assert_int_equal(scene_commit(rig, &scene), i < 2 ? SM_CONFLICT : SM_OK);
        if (i < 2)
            assert_int_equal(scene.err.native, SM_CONFLICT_VERSION);
        assert_int_equal(count_rows(rig, SM_SCAN_EVENTS_BY_STREAM), i < 2 ? 0 : 1);
    }
    assert_int_equal(position_now(rig).resolved, 2);
    assert_true(is_verified(rig));
    scene_close(&scene);
}

static void an_event_that_waits_may_be_applied_by_no_other_unit(const struct store_rig *rig)
{
    struct sm_stream stream = stream_new();
    struct scene scene;
    int64_t id;

    scene_open(rig, &scene);
    queue_park(rig, &scene, 1, 1, 1);
    id = queue_id(rig, &scene, 1, 0);
    draft_release(scene.draft);
    draft_resolve(scene.draft, id, SM_PARKED_RELEASED);
    draft_apply_at(scene.draft, 0, queue_event(&scene, 1, 1), &stream);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    /* It is in the log now, under its own position. */
    assert_int_equal(queue_seen(rig, scene.store, 1, 0).where, SM_SEEN_IN_LOG);
    draft_park(scene.draft, queue_event(&scene, 2, 1), SM_WAIT_GATE, NULL);
    stream = stream_new();
    draft_apply(scene.draft, queue_event(&scene, 1, 1), &stream);
    assert_int_equal(scene_commit(rig, &scene), SM_CONFLICT);
    assert_int_equal(count_rows(rig, SM_SCAN_PARKED), 1);
    scene_close(&scene);
}

struct order {
    size_t count;
    int64_t offset;
    size_t by_state[SM_PARKED_STATE_COUNT];
};

static bool is_in_order(void *context, const struct sm_log_row *row)
{
    struct order *order = context;

    assert_true(order->count == 0 || row->parked.position.offset > order->offset);
    assert_true(sm_slice_equal(row->parked.wait, SM_SLICE("gate")));
    order->offset = row->parked.position.offset;
    order->count++;
    order->by_state[row->parked.state]++;
    return false;
}

static void many_wait_and_go_together(const struct store_rig *rig)
{
    struct queue_answer answer = { .waiting = { .count_max = 1000, .bytes_max = 1 << 19 } };
    static struct sm_stream streams[300];
    struct order order = { 0 };
    struct scene scene;

    scene_open(rig, &scene);
    queue_park(rig, &scene, 1, 1, 300);
    queue_ask(rig, scene.store, &answer, queue_of(1, 0), 0);
    assert_int_equal(answer.waiting.count, 300);
    draft_release(scene.draft);
    for (unsigned i = 0; i < 250; i++) {
        streams[i] = stream_new();
        draft_resolve(scene.draft, answer.waiting.events[i].parked_id, SM_PARKED_RELEASED);
        draft_apply_at(scene.draft, i, queue_event(&scene, i + 1, 1), &streams[i]);
    }
    queue_open(&scene, 1);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    queue_assert_due(rig, &scene, 1);
    (void)find_row(rig, SM_SCAN_PARKED, is_in_order, &order);
    assert_int_equal(order.count, 300);
    assert_int_equal(order.by_state[SM_PARKED_WAITING], 50);
    assert_int_equal(order.by_state[SM_PARKED_RELEASED], 250);
    assert_int_equal(count_rows(rig, SM_SCAN_ROWS + SM_TABLE_BATCHES), 250);
    assert_true(is_verified(rig));
    queue_answered(&answer);
    scene_close(&scene);
}

static const struct store_case cases[] = {
    { "opening a client makes its queues due", opening_a_client_makes_its_queues_due },
    { "what is parked by the opening unit is due too",
      what_is_parked_by_the_opening_unit_is_due_too },
    { "a queue opened while it is looked at stays due",
      a_queue_opened_while_it_is_looked_at_stays_due },
    { "of several queues the one due longest comes first",
      of_several_queues_the_one_due_longest_comes_first },
    { "queues that are due go together, in the order of their events",
      queues_that_are_due_go_together_in_the_order_of_their_events },
    { "a reference makes due what waits for it and nothing else",
      a_reference_makes_due_what_waits_for_it_and_nothing_else },
    { "a watch tells of positions that moved", a_watch_tells_of_positions_that_moved },
    { "what waited is resolved by a row of its own", what_waited_is_resolved_by_a_row_of_its_own },
    { "nothing is resolved twice", nothing_is_resolved_twice },
    { "an event that waits may be applied by no other unit",
      an_event_that_waits_may_be_applied_by_no_other_unit },
    { "many wait and go together", many_wait_and_go_together },
};
const struct store_group store_due_group = { cases, SM_ARRAY_COUNT(cases) };
