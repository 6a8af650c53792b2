/* The store suite: the waiting room. */
#include "contract/store_suite_queue.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* ---- what waits ---- */

static void a_parked_record_comes_back_as_it_came(const struct store_rig *rig)
{
    static const struct sm_header headers[] = {
        { { (const uint8_t *)"a", 1 }, { NULL, 0 } },
        { { (const uint8_t *)"", 0 }, { (const uint8_t *)"", 0 } },
        { { (const uint8_t *)"a", 1 }, { (const uint8_t *)"\0\377", 2 } }
    };
    const struct sm_waiting_event *event;
    struct queue_answer answer = { .waiting = { .count = 0 } };
    struct sm_parked *parked;
    struct scene scene;

    scene_open(rig, &scene);
    parked = draft_park(scene.draft, queue_event(&scene, 1, 1), SM_WAIT_DATA_TYPE, "features");
    parked->key = SM_SLICE_NONE;
    parked->value = (struct sm_slice){ (const uint8_t *)"\0 any \377 bytes", 13 };
    parked->headers = headers;
    parked->header_count = SM_ARRAY_COUNT(headers);
    parked->timestamp_us = SM_TIME_NONE;
    parked = draft_park(scene.draft, queue_event(&scene, 2, 1), SM_WAIT_GATE, NULL);
    parked->value = SM_SLICE_NONE;
    assert_int_equal(scene_commit(rig, &scene), SM_OK);

    queue_ask(rig, scene.store, &answer, queue_of(1, 0), 0);
    assert_int_equal(answer.waiting.count, 2);
    assert_false(answer.waiting.more);
    event = &answer.waiting.events[0];
    assert_int_equal(event->record.topic, SM_TOPIC_CONFIG);
    assert_int_equal(event->record.partition, 0);
    assert_int_equal(event->record.offset, 0);
    assert_int_equal(event->record.generation, 0);
    assert_true(event->record.timestamp_us == SM_TIME_NONE);
    assert_null(event->record.key.data);
    assert_int_equal(event->record.value.size, 13);
    assert_memory_equal(event->record.value.data, "\0 any \377 bytes", 13);
    assert_int_equal(event->record.header_count, 3);
    assert_true(sm_slice_equal(event->record.headers[0].name, SM_SLICE("a")));
    assert_null(event->record.headers[0].value.data);
    assert_int_equal(event->record.headers[1].name.size, 0);
    assert_non_null(event->record.headers[1].value.data);
    assert_int_equal(event->record.headers[2].value.size, 2);
    assert_memory_equal(event->record.headers[2].value.data, "\0\377", 2);
    assert_int_equal(event->wait.what, SM_WAIT_DATA_TYPE);
    assert_true(sm_slice_equal(event->wait.code, SM_SLICE("features")));
    event = &answer.waiting.events[1];
    assert_true(event->parked_id > answer.waiting.events[0].parked_id);
    assert_int_equal(event->record.timestamp_us, draft_time(2));
    assert_true(sm_slice_equal(event->record.key, SM_SLICE("key")));
    assert_null(event->record.value.data);
    assert_int_equal(event->record.header_count, 0);
    assert_int_equal(event->wait.what, SM_WAIT_GATE);
    assert_null(event->wait.code.data);
    assert_int_equal(count_rows(rig, SM_SCAN_PARKED), 2);
    assert_int_equal(position_now(rig).parked, 2);
    assert_true(is_verified(rig));
    queue_answered(&answer);
    scene_close(&scene);
}

static bool has_waiting(const struct store_rig *rig, struct sm_store *store, unsigned client)
{
    struct sm_client_wanted wanted = { .id = client_uuid(client), .has_waiting = true };
    struct sm_arena arena;
    struct sm_brief_wanted brief = { .id = client_uuid(client) };
    struct sm_load load = { .arena = &arena,
                            .clients = &wanted,
                            .client_count = 1,
                            .briefs = &brief,
                            .brief_count = 1 };

    assert_true(sm_arena_init(&arena, 4096));
    assert_int_equal(store_load(rig, store, &load), SM_OK);
    sm_arena_deinit(&arena);
    assert_int_equal(wanted.has_waiting, brief.has_waiting);
    return wanted.has_waiting;
}

static void what_waits_counts_as_seen_until_it_is_resolved(const struct store_rig *rig)
{
    struct sm_seen seen;
    struct sm_digest hash;
    struct scene scene;
    int64_t id;

    scene_open(rig, &scene);
    (void)draft_park(scene.draft, queue_event(&scene, 1, 1), SM_WAIT_GATE, NULL);
    draft_end(scene.draft);
    hash = scene.draft->events[0].content_hash;
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    id = queue_id(rig, &scene, 1, 0);
    seen = queue_seen(rig, scene.store, 1, 0);
    assert_int_equal(seen.where, SM_SEEN_PARKED);
    assert_true(sm_digest_equal(&seen.content_hash, &hash));
    assert_int_equal(queue_seen(rig, scene.store, 1, id).where, SM_SEEN_NOWHERE);
    assert_int_equal(queue_seen(rig, scene.store, 2, 0).where, SM_SEEN_NOWHERE);
    assert_true(has_waiting(rig, scene.store, 1));
    assert_false(has_waiting(rig, scene.store, 2));

    (void)draft_park(scene.draft, queue_event(&scene, 1, 1), SM_WAIT_GATE, NULL);
    assert_int_equal(scene_commit(rig, &scene), SM_CONFLICT);
    assert_int_equal(scene.err.native, SM_CONFLICT_UNIQUE);
    draft_release(scene.draft);
    draft_resolve(scene.draft, id, SM_PARKED_DUPLICATE);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_int_equal(queue_seen(rig, scene.store, 1, 0).where, SM_SEEN_NOWHERE);
    assert_false(has_waiting(rig, scene.store, 1));
    /* It may wait again: a dead letter that is retried does. */
    (void)draft_park(scene.draft, queue_event(&scene, 1, 1), SM_WAIT_GATE, NULL);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_int_equal(queue_seen(rig, scene.store, 1, 0).where, SM_SEEN_PARKED);
    assert_int_equal(count_rows(rig, SM_SCAN_PARKED), 2);
    scene_close(&scene);
}

struct question {
    unsigned client;
    const char *key;
    int32_t partition;
    bool gated;
    int64_t before;
    bool stream_waits, gated_waits;
};

static void assert_queues(const struct store_rig *rig, struct sm_store *store,
                          const struct question *questions, size_t count)
{
    struct sm_queue_wanted wanted[16];
    struct sm_arena arena;
    struct sm_load load = { .arena = &arena, .queues = wanted, .queue_count = count };

    assert_true(count <= SM_ARRAY_COUNT(wanted));
    assert_true(sm_arena_init(&arena, 4096));
    for (size_t i = 0; i < count; i++)
        wanted[i] = (struct sm_queue_wanted){
            .name = { client_uuid(questions[i].client), SM_KIND_BATCH,
                      sm_slice_of(questions[i].key) },
            .partition = { SM_TOPIC_CONFIG, questions[i].partition },
            .gated = questions[i].gated,
            .before = questions[i].before,
            .stream_waits = true,
            .gated_waits = true,
        };
    assert_int_equal(store_load(rig, store, &load), SM_OK);
    for (size_t i = 0; i < count; i++) {
        if (wanted[i].stream_waits != questions[i].stream_waits ||
            wanted[i].gated_waits != questions[i].gated_waits)
            fail_msg("question %zu: stream %d gated %d", i, wanted[i].stream_waits,
                     wanted[i].gated_waits);
    }
    sm_arena_deinit(&arena);
}

static void queues_tell_what_waits_before(const struct store_rig *rig)
{
    struct scene scene;
    int64_t first, second;

    scene_open(rig, &scene);
    queue_park(rig, &scene, 1, 1, 2); /* b-1, b-2: gated */
    draft_park(scene.draft,
               draft_make(scene.draft, 9, client_uuid(2), SM_EVENT_FEATURE_CONFIG_CHANGED,
                          "{\"config\": {}, \"feature_type\": \"moon\"}"),
               SM_WAIT_FEATURE_TYPE, "moon");
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    first = queue_id(rig, &scene, 1, 0);
    second = queue_id(rig, &scene, 1, 1);
    {
        const struct question questions[] = {
            { 1, "b-1", 0, true, INT64_MAX, true, true },
            { 1, "b-3", 0, true, INT64_MAX, false, true },
            { 1, "b-3", 0, false, INT64_MAX, false, false },
            { 1, "b-1", 0, false, INT64_MAX, true, false },
            { 1, "b-1", 1, true, INT64_MAX, true, false }, /* another partition */
            { 1, "b-1", 0, true, first, false, false }, /* it does not wait behind itself */
            { 1, "b-2", 0, true, second, false, true },
            { 2, "b-1", 0, true, INT64_MAX, false, false }, /* what waits there is not gated */
            { 3, "b-1", 0, true, INT64_MAX, false, false },
        };

        assert_queues(rig, scene.store, questions, SM_ARRAY_COUNT(questions));
    }
    draft_release(scene.draft);
    draft_resolve(scene.draft, first, SM_PARKED_DUPLICATE);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    {
        const struct question questions[] = {
            { 1, "b-1", 0, true, INT64_MAX, false, true },
            { 1, "b-2", 0, true, second, false, false },
        };

        assert_queues(rig, scene.store, questions, SM_ARRAY_COUNT(questions));
    }
    scene_close(&scene);
}

static void a_queue_comes_in_its_order_chunk_by_chunk(const struct store_rig *rig)
{
    struct queue_answer answer = { .waiting = { .count_max = 3, .bytes_max = 65536 } };
    int64_t after = 0, offset = -1;
    size_t total = 0, chunks = 0;
    struct scene scene;

    scene_open(rig, &scene);
    queue_park(rig, &scene, 1, 1, 5);
    queue_park(rig, &scene, 2, 10, 2);
    queue_park(rig, &scene, 1, 20, 3);
    do {
        queue_ask(rig, scene.store, &answer, queue_of(1, 0), after);
        assert_in_range(answer.waiting.count, 1, 3);
        for (size_t i = 0; i < answer.waiting.count; i++, total++) {
            const struct sm_waiting_event *event = &answer.waiting.events[i];

            assert_true(event->parked_id > after);
            assert_true(event->record.offset > offset);
            after = event->parked_id;
            offset = event->record.offset;
        }
        chunks++;
    } while (answer.waiting.more);
    assert_int_equal(total, 8);
    assert_int_equal(chunks, 3);
    assert_int_equal(offset, 9);
    queue_ask(rig, scene.store, &answer, queue_of(1, 0), after);
    assert_int_equal(answer.waiting.count, 0);
    assert_false(answer.waiting.more);
    queue_answered(&answer);
    scene_close(&scene);
}

static void a_chunk_is_bounded_in_bytes_but_never_empty(const struct store_rig *rig)
{
    static uint8_t bytes[50000];
    struct queue_answer answer = { .waiting = { .count_max = 100, .bytes_max = 1000 } };
    int64_t after = 0;
    struct scene scene;

    scene_open(rig, &scene);
    memset(bytes, 'x', sizeof(bytes));
    for (unsigned i = 0; i < 4; i++) {
        struct sm_parked *parked =
            draft_park(scene.draft, queue_event(&scene, i + 1, 1), SM_WAIT_GATE, NULL);

        parked->value = (struct sm_slice){ bytes, i == 1 ? sizeof(bytes) : 400 };
    }
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    for (unsigned i = 0; i < 3; i++) {
        static const size_t counts[] = { 1, 1, 2 };

        queue_ask(rig, scene.store, &answer, queue_of(1, 0), after);
        assert_int_equal(answer.waiting.count, counts[i]);
        assert_int_equal(answer.waiting.more, i < 2);
        assert_int_equal(answer.waiting.events[0].record.value.size, i == 1 ? sizeof(bytes) : 400);
        after = answer.waiting.events[counts[i] - 1].parked_id;
    }
    queue_answered(&answer);
    scene_close(&scene);
}

static void an_arena_too_small_for_what_waits_is_a_limit(const struct store_rig *rig)
{
    struct sm_arena arena;
    const struct sm_due queue = queue_of(1, 0);
    struct sm_waiting waiting = {
        .queues = &queue, .queue_count = 1, .count_max = 10, .bytes_max = 65536, .arena = &arena
    };
    struct sm_store_call call = { .kind = SM_STORE_WAITING, .waiting = &waiting };
    struct scene scene;

    scene_open(rig, &scene);
    queue_park(rig, &scene, 1, 1, 1);
    assert_true(sm_arena_init(&arena, 16));
    assert_int_equal(store_call(rig, scene.store, &call, NULL), SM_LIMIT);
    sm_arena_deinit(&arena);
    scene_close(&scene);
}

/* A fact raises no generation: the log may have the id since whoever parks it looked it up. */
static void an_event_that_is_in_the_log_cannot_begin_to_wait(const struct store_rig *rig)
{
    struct sm_stream stream = stream_new();
    struct scene scene;

    scene_open(rig, &scene);
    draft_apply(scene.draft, queue_event(&scene, 1, 1), &stream);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    draft_park(scene.draft, queue_event(&scene, 2, 1), SM_WAIT_GATE, NULL);
    draft_park(scene.draft, queue_event(&scene, 1, 1), SM_WAIT_GATE, NULL);
    assert_int_equal(scene_commit(rig, &scene), SM_CONFLICT);
    assert_int_not_equal(scene.err.native, SM_CONFLICT_GENERATION);
    assert_int_equal(count_rows(rig, SM_SCAN_PARKED), 0);
    scene_close(&scene);
}

static const struct store_case cases[] = {
    { "a parked record comes back as it came", a_parked_record_comes_back_as_it_came },
    { "what waits counts as seen until it is resolved",
      what_waits_counts_as_seen_until_it_is_resolved },
    { "queues tell what waits before", queues_tell_what_waits_before },
    { "a queue comes in its order chunk by chunk", a_queue_comes_in_its_order_chunk_by_chunk },
    { "a chunk is bounded in bytes but never empty", a_chunk_is_bounded_in_bytes_but_never_empty },
    { "an arena too small for what waits is a limit",
      an_arena_too_small_for_what_waits_is_a_limit },
    { "an event that is in the log cannot begin to wait",
      an_event_that_is_in_the_log_cannot_begin_to_wait },
};
const struct store_group store_waiting_group = { cases, SM_ARRAY_COUNT(cases) };
