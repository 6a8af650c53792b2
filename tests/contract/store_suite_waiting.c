/* The store suite: the waiting room. */
#include "contract/store_suite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* ---- calls ---- */

struct answer {
    struct sm_arena arena;
    struct sm_waiting waiting;
};

static void ask_waiting(const struct store_rig *rig, struct sm_store *store, struct answer *answer,
                        struct sm_due queue, int64_t after)
{
    struct sm_store_call call = {.kind = SM_STORE_WAITING, .waiting = &answer->waiting};

    if (answer->arena.base == NULL)
        assert_true(sm_arena_init(&answer->arena, 1 << 20));
    sm_arena_reset(&answer->arena);
    answer->waiting.queue = queue;
    answer->waiting.queue.cause = SM_CAUSE_RELEASED;
    answer->waiting.after = after;
    answer->waiting.arena = &answer->arena;
    if (answer->waiting.count_max == 0) {
        answer->waiting.count_max = 100;
        answer->waiting.bytes_max = 65536;
    }
    assert_int_equal(store_call(rig, store, &call, NULL), SM_OK);
}

static void done_with(struct answer *answer)
{
    sm_arena_deinit(&answer->arena);
    *answer = (struct answer){0};
}

static struct sm_due queue_of(unsigned client, int32_t partition)
{
    return (struct sm_due){.client_id = client_uuid(client),
                           .partition = {SM_TOPIC_CONFIG, partition},
                           .cause = SM_CAUSE_RELEASED};
}

static struct sm_watch watch(const struct store_rig *rig, struct sm_store *store,
                             const struct sm_takeover *taken, size_t count)
{
    struct sm_watch_position positions[DRAFT_PARTITIONS];
    struct sm_watch answer = {.positions = positions, .count = count, .moved = true, .is_due = true};
    struct sm_store_call call = {.kind = SM_STORE_WATCH, .watch = &answer};

    for (size_t i = 0; i < count; i++)
        positions[i] = (struct sm_watch_position){taken[i].id, taken[i].epoch,
                                                  taken[i].next_offset};
    assert_int_equal(store_call(rig, store, &call, NULL), SM_OK);
    answer.positions = NULL;
    return answer;
}

static void assert_due(const struct store_rig *rig, struct scene *scene, unsigned client)
{
    struct sm_watch seen = watch(rig, scene->store, &scene->taken, 1);
    struct sm_uuid id = client_uuid(client);

    assert_false(seen.moved);
    assert_true(seen.is_due);
    assert_true(sm_uuid_equal(&seen.due.client_id, &id));
    assert_int_equal(seen.due.partition.topic, SM_TOPIC_CONFIG);
    assert_int_equal(seen.due.partition.partition, 0);
    assert_int_equal(seen.due.cause, SM_CAUSE_RELEASED);
}

static void assert_nothing_due(const struct store_rig *rig, const struct scene *scene)
{
    struct sm_watch seen = watch(rig, scene->store, &scene->taken, 1);

    assert_false(seen.moved);
    assert_false(seen.is_due);
}

/* ---- events ---- */

static struct sm_event *started(struct scene *scene, unsigned id, unsigned client)
{
    static char data[4096][96];
    char *text = data[id % 4096];

    (void)snprintf(text, sizeof(data[0]), "{\"batch_id\": \"b-%u\", \"data_type\": \"features\"}", id);
    return draft_make(scene->draft, id, client_uuid(client), SM_EVENT_BATCH_STARTED, text);
}

/* Events 1 … count of the client wait for its gate; offsets go on from the scene's. */
static void park(const struct store_rig *rig, struct scene *scene, unsigned client, unsigned first,
                 unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        draft_park(scene->draft, started(scene, first + i, client), SM_WAIT_GATE, NULL);
    assert_int_equal(scene_commit(rig, scene), SM_OK);
}

static int64_t id_of(const struct store_rig *rig, struct scene *scene, unsigned client, size_t at)
{
    struct answer answer = {.waiting = {.count = 0}};
    int64_t id;

    ask_waiting(rig, scene->store, &answer, queue_of(client, 0), 0);
    assert_true(at < answer.waiting.count);
    id = answer.waiting.events[at].parked_id;
    done_with(&answer);
    return id;
}

static void open_client(struct scene *scene, unsigned client)
{
    scene->draft->opened[scene->draft->unit.opened_client_count++] = client_uuid(client);
}

static void finish(struct scene *scene, const struct sm_due *due)
{
    scene->draft->done = *due;
    scene->draft->unit.done = &scene->draft->done;
}

/* ---- what waits ---- */

static void a_parked_record_comes_back_as_it_came(const struct store_rig *rig)
{
    static const struct sm_header headers[] = {{{(const uint8_t *)"a", 1}, {NULL, 0}},
                                               {{(const uint8_t *)"", 0}, {(const uint8_t *)"", 0}},
                                               {{(const uint8_t *)"a", 1},
                                                {(const uint8_t *)"\0\377", 2}}};
    const struct sm_waiting_event *event;
    struct answer answer = {.waiting = {.count = 0}};
    struct sm_parked *parked;
    struct scene scene;

    scene_open(rig, &scene);
    parked = draft_park(scene.draft, started(&scene, 1, 1), SM_WAIT_DATA_TYPE, "features");
    parked->key = SM_SLICE_NONE;
    parked->value = (struct sm_slice){(const uint8_t *)"\0 any \377 bytes", 13};
    parked->headers = headers;
    parked->header_count = SM_ARRAY_COUNT(headers);
    parked->timestamp_us = SM_TIME_NONE;
    parked = draft_park(scene.draft, started(&scene, 2, 1), SM_WAIT_GATE, NULL);
    parked->value = SM_SLICE_NONE;
    assert_int_equal(scene_commit(rig, &scene), SM_OK);

    ask_waiting(rig, scene.store, &answer, queue_of(1, 0), 0);
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
    done_with(&answer);
    scene_close(&scene);
}

static struct sm_seen seen_as(const struct store_rig *rig, struct sm_store *store, unsigned id,
                              int64_t parked_id)
{
    struct sm_seen_wanted wanted = {.client_id = client_uuid(1),
                                    .event_id = event_uuid(id),
                                    .parked_id = parked_id};
    struct sm_arena arena;
    struct sm_load load = {.arena = &arena, .seen = &wanted, .seen_count = 1};

    assert_true(sm_arena_init(&arena, 4096));
    assert_int_equal(store_load(rig, store, &load), SM_OK);
    sm_arena_deinit(&arena);
    return wanted.seen;
}

static bool has_waiting(const struct store_rig *rig, struct sm_store *store, unsigned client)
{
    struct sm_client_wanted wanted = {.id = client_uuid(client), .has_waiting = true};
    struct sm_arena arena;
    struct sm_load load = {.arena = &arena, .clients = &wanted, .client_count = 1};

    assert_true(sm_arena_init(&arena, 4096));
    assert_int_equal(store_load(rig, store, &load), SM_OK);
    sm_arena_deinit(&arena);
    return wanted.has_waiting;
}

static void what_waits_counts_as_seen_until_it_is_resolved(const struct store_rig *rig)
{
    struct sm_seen seen;
    struct sm_digest hash;
    struct scene scene;
    int64_t id;

    scene_open(rig, &scene);
    (void)draft_park(scene.draft, started(&scene, 1, 1), SM_WAIT_GATE, NULL);
    draft_end(scene.draft);
    hash = scene.draft->events[0].content_hash;
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    id = id_of(rig, &scene, 1, 0);
    seen = seen_as(rig, scene.store, 1, 0);
    assert_int_equal(seen.where, SM_SEEN_PARKED);
    assert_true(sm_digest_equal(&seen.content_hash, &hash));
    assert_int_equal(seen_as(rig, scene.store, 1, id).where, SM_SEEN_NOWHERE);
    assert_int_equal(seen_as(rig, scene.store, 2, 0).where, SM_SEEN_NOWHERE);
    assert_true(has_waiting(rig, scene.store, 1));
    assert_false(has_waiting(rig, scene.store, 2));

    (void)draft_park(scene.draft, started(&scene, 1, 1), SM_WAIT_GATE, NULL);
    assert_int_equal(scene_commit(rig, &scene), SM_CONFLICT);
    assert_int_equal(scene.err.native, SM_CONFLICT_UNIQUE);
    draft_release(scene.draft);
    draft_resolve(scene.draft, id, SM_PARKED_DUPLICATE);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_int_equal(seen_as(rig, scene.store, 1, 0).where, SM_SEEN_NOWHERE);
    assert_false(has_waiting(rig, scene.store, 1));
    /* It may wait again: a dead letter that is retried does. */
    (void)draft_park(scene.draft, started(&scene, 1, 1), SM_WAIT_GATE, NULL);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_int_equal(seen_as(rig, scene.store, 1, 0).where, SM_SEEN_PARKED);
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
    struct sm_load load = {.arena = &arena, .queues = wanted, .queue_count = count};

    assert_true(count <= SM_ARRAY_COUNT(wanted));
    assert_true(sm_arena_init(&arena, 4096));
    for (size_t i = 0; i < count; i++)
        wanted[i] = (struct sm_queue_wanted){
            .name = {client_uuid(questions[i].client), SM_KIND_BATCH,
                     sm_slice_of(questions[i].key)},
            .partition = {SM_TOPIC_CONFIG, questions[i].partition},
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
    park(rig, &scene, 1, 1, 2); /* b-1, b-2: gated */
    draft_park(scene.draft,
               draft_make(scene.draft, 9, client_uuid(2), SM_EVENT_FEATURE_CONFIG_CHANGED,
                          "{\"config\": {}, \"feature_type\": \"moon\"}"),
               SM_WAIT_FEATURE_TYPE, "moon");
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    first = id_of(rig, &scene, 1, 0);
    second = id_of(rig, &scene, 1, 1);
    {
        const struct question questions[] = {
            {1, "b-1", 0, true, INT64_MAX, true, true},
            {1, "b-3", 0, true, INT64_MAX, false, true},
            {1, "b-3", 0, false, INT64_MAX, false, false},
            {1, "b-1", 0, false, INT64_MAX, true, false},
            {1, "b-1", 1, true, INT64_MAX, true, false}, /* another partition */
            {1, "b-1", 0, true, first, false, false}, /* it does not wait behind itself */
            {1, "b-2", 0, true, second, false, true},
            {2, "b-1", 0, true, INT64_MAX, false, false}, /* what waits there is not gated */
            {3, "b-1", 0, true, INT64_MAX, false, false},
        };

        assert_queues(rig, scene.store, questions, SM_ARRAY_COUNT(questions));
    }
    draft_release(scene.draft);
    draft_resolve(scene.draft, first, SM_PARKED_DUPLICATE);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    {
        const struct question questions[] = {
            {1, "b-1", 0, true, INT64_MAX, false, true},
            {1, "b-2", 0, true, second, false, false},
        };

        assert_queues(rig, scene.store, questions, SM_ARRAY_COUNT(questions));
    }
    scene_close(&scene);
}

static void a_queue_comes_in_its_order_chunk_by_chunk(const struct store_rig *rig)
{
    struct answer answer = {.waiting = {.count_max = 3, .bytes_max = 65536}};
    int64_t after = 0, offset = -1;
    size_t total = 0, chunks = 0;
    struct scene scene;

    scene_open(rig, &scene);
    park(rig, &scene, 1, 1, 5);
    park(rig, &scene, 2, 10, 2);
    park(rig, &scene, 1, 20, 3);
    do {
        ask_waiting(rig, scene.store, &answer, queue_of(1, 0), after);
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
    ask_waiting(rig, scene.store, &answer, queue_of(1, 0), after);
    assert_int_equal(answer.waiting.count, 0);
    assert_false(answer.waiting.more);
    done_with(&answer);
    scene_close(&scene);
}

static void a_chunk_is_bounded_in_bytes_but_never_empty(const struct store_rig *rig)
{
    static uint8_t bytes[50000];
    struct answer answer = {.waiting = {.count_max = 100, .bytes_max = 1000}};
    int64_t after = 0;
    struct scene scene;

    scene_open(rig, &scene);
    memset(bytes, 'x', sizeof(bytes));
    for (unsigned i = 0; i < 4; i++) {
        struct sm_parked *parked =
            draft_park(scene.draft, started(&scene, i + 1, 1), SM_WAIT_GATE, NULL);

        parked->value = (struct sm_slice){bytes, i == 1 ? sizeof(bytes) : 400};
    }
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    for (unsigned i = 0; i < 3; i++) {
        static const size_t counts[] = {1, 1, 2};

        ask_waiting(rig, scene.store, &answer, queue_of(1, 0), after);
        assert_int_equal(answer.waiting.count, counts[i]);
        assert_int_equal(answer.waiting.more, i < 2);
        assert_int_equal(answer.waiting.events[0].record.value.size, i == 1 ? sizeof(bytes) : 400);
        after = answer.waiting.events[counts[i] - 1].parked_id;
    }
    done_with(&answer);
    scene_close(&scene);
}

static void an_arena_too_small_for_what_waits_is_a_limit(const struct store_rig *rig)
{
    struct sm_arena arena;
    struct sm_waiting waiting = {.queue = queue_of(1, 0),
                                 .count_max = 10,
                                 .bytes_max = 65536,
                                 .arena = &arena};
    struct sm_store_call call = {.kind = SM_STORE_WAITING, .waiting = &waiting};
    struct scene scene;

    scene_open(rig, &scene);
    park(rig, &scene, 1, 1, 1);
    assert_true(sm_arena_init(&arena, 16));
    assert_int_equal(store_call(rig, scene.store, &call, NULL), SM_LIMIT);
    sm_arena_deinit(&arena);
    scene_close(&scene);
}

/* ---- what is due ---- */

static void opening_a_client_makes_its_queues_due(const struct store_rig *rig)
{
    struct sm_takeover both[2];
    struct sm_watch seen;
    struct scene scene;

    scene_open(rig, &scene);
    both[1] = store_own(rig, scene.store, 1);
    draft_park(scene.draft, started(&scene, 1, 1), SM_WAIT_GATE, NULL);
    draft_park(scene.draft, started(&scene, 2, 2), SM_WAIT_GATE, NULL);
    draft_partition(scene.draft, &both[1]);
    draft_park(scene.draft, started(&scene, 3, 1), SM_WAIT_GATE, NULL);
    draft_end(scene.draft);
    draft_follow(scene.draft, 1, &both[1]);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_nothing_due(rig, &scene);

    open_client(&scene, 1);
    open_client(&scene, 7); /* nothing of it waits */
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_due(rig, &scene, 1);
    seen = watch(rig, scene.store, &both[1], 1);
    assert_false(seen.moved);
    assert_true(seen.is_due);
    assert_int_equal(seen.due.partition.partition, 1);

    seen = watch(rig, scene.store, &scene.taken, 1);
    finish(&scene, &seen.due);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_nothing_due(rig, &scene);
    seen = watch(rig, scene.store, &both[1], 1);
    assert_true(seen.is_due); /* the other partition's is as it was */
    scene_close(&scene);
}

static void what_is_parked_by_the_opening_unit_is_due_too(const struct store_rig *rig)
{
    struct scene scene;

    scene_open(rig, &scene);
    draft_park(scene.draft, started(&scene, 1, 1), SM_WAIT_GATE, NULL);
    open_client(&scene, 1);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_due(rig, &scene, 1);
    scene_close(&scene);
}

static void a_queue_opened_while_it_is_looked_at_stays_due(const struct store_rig *rig)
{
    struct sm_watch first, second;
    struct scene scene;

    scene_open(rig, &scene);
    park(rig, &scene, 1, 1, 1);
    open_client(&scene, 1);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    first = watch(rig, scene.store, &scene.taken, 1);
    open_client(&scene, 1);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    finish(&scene, &first.due);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_due(rig, &scene, 1);
    second = watch(rig, scene.store, &scene.taken, 1);
    assert_true(second.due.stamp != first.due.stamp);
    /* Done and opened by one unit: due again. */
    finish(&scene, &second.due);
    open_client(&scene, 1);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_due(rig, &scene, 1);
    first = watch(rig, scene.store, &scene.taken, 1);
    finish(&scene, &first.due);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_nothing_due(rig, &scene);
    scene_close(&scene);
}

static void of_several_queues_the_one_due_longest_comes_first(const struct store_rig *rig)
{
    static const unsigned order[] = {3, 1, 2};
    struct scene scene;

    scene_open(rig, &scene);
    for (unsigned i = 1; i <= 3; i++)
        park(rig, &scene, i, i * 10, 1);
    for (unsigned i = 0; i < 3; i++) {
        open_client(&scene, order[i]);
        assert_int_equal(scene_commit(rig, &scene), SM_OK);
    }
    for (unsigned i = 0; i < 3; i++) {
        struct sm_watch seen = watch(rig, scene.store, &scene.taken, 1);

        assert_due(rig, &scene, order[i]);
        finish(&scene, &seen.due);
        assert_int_equal(scene_commit(rig, &scene), SM_OK);
    }
    assert_nothing_due(rig, &scene);
    scene_close(&scene);
}

static void a_reference_makes_due_what_waits_for_it_and_nothing_else(const struct store_rig *rig)
{
    struct scene scene;
    struct sm_watch seen;

    scene_open(rig, &scene);
    draft_park(scene.draft, started(&scene, 1, 1), SM_WAIT_DATA_TYPE, "moon");
    draft_park(scene.draft, started(&scene, 2, 2), SM_WAIT_FEATURE_TYPE, "moon");
    draft_park(scene.draft, started(&scene, 3, 3), SM_WAIT_FEATURE_TYPE, "sun");
    draft_park(scene.draft, started(&scene, 4, 4), SM_WAIT_GATE, NULL);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    scene.draft->references[0] =
        (struct sm_reference){SM_REFERENCE_FEATURE_TYPE, SM_SLICE("moon")};
    scene.draft->unit.opened_reference_count = 1;
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_due(rig, &scene, 2);
    seen = watch(rig, scene.store, &scene.taken, 1);
    finish(&scene, &seen.due);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_nothing_due(rig, &scene);
    /* What it waits for may become another thing. */
    {
        struct sm_parked_change *change =
            draft_resolve(scene.draft, id_of(rig, &scene, 4, 0), SM_PARKED_WAITING);

        draft_release(scene.draft);
        change->wait = (struct sm_wait){SM_WAIT_DATA_TYPE, SM_SLICE("moon")};
    }
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    scene.draft->references[0] = (struct sm_reference){SM_REFERENCE_DATA_TYPE, SM_SLICE("moon")};
    scene.draft->unit.opened_reference_count = 1;
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    for (unsigned i = 0; i < 2; i++) {
        struct sm_uuid one = client_uuid(1), four = client_uuid(4);

        seen = watch(rig, scene.store, &scene.taken, 1);
        assert_true(seen.is_due);
        assert_true(sm_uuid_equal(&seen.due.client_id, &one) ||
                    sm_uuid_equal(&seen.due.client_id, &four));
        finish(&scene, &seen.due);
        assert_int_equal(scene_commit(rig, &scene), SM_OK);
    }
    assert_nothing_due(rig, &scene);
    assert_true(is_verified(rig));
    scene_close(&scene);
}

static void a_watch_tells_of_positions_that_moved(const struct store_rig *rig)
{
    struct sm_takeover other;
    struct scene scene;

    scene_open(rig, &scene);
    assert_nothing_due(rig, &scene);
    other = scene.taken;
    other.next_offset++;
    assert_true(watch(rig, scene.store, &other, 1).moved);
    other = scene.taken;
    other.epoch--;
    assert_true(watch(rig, scene.store, &other, 1).moved);
    other = scene.taken;
    other.id.partition = 77; /* never seen: the database was restored */
    assert_true(watch(rig, scene.store, &other, 1).moved);
    scene_close(&scene);
}

/* ---- what becomes of it ---- */

static void what_waited_is_resolved_by_a_row_of_its_own(const struct store_rig *rig)
{
    static const struct sm_rejection rejection = {.code = SM_CODE_BATCH_EXISTS,
                                                  .reason = "started before"};
    struct sm_stream stream = stream_new();
    struct sm_position_row totals;
    struct scene scene;
    int64_t ids[4];

    scene_open(rig, &scene);
    park(rig, &scene, 1, 1, 4);
    for (size_t i = 0; i < 4; i++)
        ids[i] = id_of(rig, &scene, 1, i);
    draft_release(scene.draft);
    draft_resolve(scene.draft, ids[0], SM_PARKED_RELEASED);
    draft_apply_at(scene.draft, 0, started(&scene, 1, 1), &stream);
    draft_resolve(scene.draft, ids[1], SM_PARKED_DUPLICATE);
    draft_resolve(scene.draft, ids[2], SM_PARKED_REJECTED);
    draft_reject_at(scene.draft, 2, &rejection, started(&scene, 3, 1));
    draft_resolve(scene.draft, ids[3], SM_PARKED_WAITING)->wait =
        (struct sm_wait){SM_WAIT_QUEUE, SM_SLICE_NONE};
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    totals = position_now(rig);
    assert_int_equal(totals.consumed, 4);
    assert_int_equal(totals.parked, 4);
    assert_int_equal(totals.resolved, 3);
    assert_int_equal(totals.appended, 1);
    assert_int_equal(totals.duplicated, 1);
    assert_int_equal(totals.rejected, 1);
    assert_int_equal(totals.next_offset, 4);
    assert_int_equal(id_of(rig, &scene, 1, 0), ids[3]);
    assert_true(is_verified(rig));
    scene_close(&scene);
}

static void nothing_is_resolved_twice(const struct store_rig *rig)
{
    struct scene scene;
    int64_t ids[2];

    scene_open(rig, &scene);
    park(rig, &scene, 1, 1, 2);
    ids[0] = id_of(rig, &scene, 1, 0);
    ids[1] = id_of(rig, &scene, 1, 1);
    draft_release(scene.draft);
    draft_resolve(scene.draft, ids[0], SM_PARKED_DUPLICATE);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    for (unsigned i = 0; i < 3; i++) {
        struct sm_stream stream = stream_new();

        draft_release(scene.draft);
        draft_resolve(scene.draft, ids[1], SM_PARKED_RELEASED);
        draft_apply_at(scene.draft, 1, started(&scene, 2, 1), &stream);
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
    park(rig, &scene, 1, 1, 1);
    id = id_of(rig, &scene, 1, 0);
    draft_release(scene.draft);
    draft_resolve(scene.draft, id, SM_PARKED_RELEASED);
    draft_apply_at(scene.draft, 0, started(&scene, 1, 1), &stream);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    /* It is in the log now, under its own position. */
    assert_int_equal(seen_as(rig, scene.store, 1, 0).where, SM_SEEN_IN_LOG);
    draft_park(scene.draft, started(&scene, 2, 1), SM_WAIT_GATE, NULL);
    stream = stream_new();
    draft_apply(scene.draft, started(&scene, 1, 1), &stream);
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
    struct answer answer = {.waiting = {.count_max = 1000, .bytes_max = 1 << 19}};
    static struct sm_stream streams[300];
    struct order order = {0};
    struct scene scene;

    scene_open(rig, &scene);
    park(rig, &scene, 1, 1, 300);
    ask_waiting(rig, scene.store, &answer, queue_of(1, 0), 0);
    assert_int_equal(answer.waiting.count, 300);
    draft_release(scene.draft);
    for (unsigned i = 0; i < 250; i++) {
        streams[i] = stream_new();
        draft_resolve(scene.draft, answer.waiting.events[i].parked_id, SM_PARKED_RELEASED);
        draft_apply_at(scene.draft, i, started(&scene, i + 1, 1), &streams[i]);
    }
    open_client(&scene, 1);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_due(rig, &scene, 1);
    (void)find_row(rig, SM_SCAN_PARKED, is_in_order, &order);
    assert_int_equal(order.count, 300);
    assert_int_equal(order.by_state[SM_PARKED_WAITING], 50);
    assert_int_equal(order.by_state[SM_PARKED_RELEASED], 250);
    assert_int_equal(count_rows(rig, SM_SCAN_ROWS + SM_TABLE_BATCHES), 250);
    assert_true(is_verified(rig));
    done_with(&answer);
    scene_close(&scene);
}

static const struct store_case cases[] = {
    {"a parked record comes back as it came", a_parked_record_comes_back_as_it_came},
    {"what waits counts as seen until it is resolved",
     what_waits_counts_as_seen_until_it_is_resolved},
    {"queues tell what waits before", queues_tell_what_waits_before},
    {"a queue comes in its order chunk by chunk", a_queue_comes_in_its_order_chunk_by_chunk},
    {"a chunk is bounded in bytes but never empty", a_chunk_is_bounded_in_bytes_but_never_empty},
    {"an arena too small for what waits is a limit", an_arena_too_small_for_what_waits_is_a_limit},
    {"opening a client makes its queues due", opening_a_client_makes_its_queues_due},
    {"what is parked by the opening unit is due too",
     what_is_parked_by_the_opening_unit_is_due_too},
    {"a queue opened while it is looked at stays due",
     a_queue_opened_while_it_is_looked_at_stays_due},
    {"of several queues the one due longest comes first",
     of_several_queues_the_one_due_longest_comes_first},
    {"a reference makes due what waits for it and nothing else",
     a_reference_makes_due_what_waits_for_it_and_nothing_else},
    {"a watch tells of positions that moved", a_watch_tells_of_positions_that_moved},
    {"what waited is resolved by a row of its own", what_waited_is_resolved_by_a_row_of_its_own},
    {"nothing is resolved twice", nothing_is_resolved_twice},
    {"an event that waits may be applied by no other unit",
     an_event_that_waits_may_be_applied_by_no_other_unit},
    {"many wait and go together", many_wait_and_go_together},
};
const struct store_group store_waiting_group = {cases, SM_ARRAY_COUNT(cases)};
