/* The store suite: calls about queues of the waiting room, and events that wait in them. */
#include "contract/store_suite_queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* ---- calls ---- */

void queue_ask(const struct store_rig *rig, struct sm_store *store, struct queue_answer *answer,
               struct sm_due queue, int64_t after)
{
    struct sm_store_call call = { .kind = SM_STORE_WAITING, .waiting = &answer->waiting };

    if (answer->arena.base == NULL)
        assert_true(sm_arena_init(&answer->arena, 1 << 20));
    sm_arena_reset(&answer->arena);
    queue.cause = SM_CAUSE_RELEASED;
    answer->waiting.queues = &queue;
    answer->waiting.queue_count = 1;
    answer->waiting.after = after;
    answer->waiting.arena = &answer->arena;
    if (answer->waiting.count_max == 0) {
        answer->waiting.count_max = 100;
        answer->waiting.bytes_max = 65536;
    }
    assert_int_equal(store_call(rig, store, &call, NULL), SM_OK);
}

void queue_answered(struct queue_answer *answer)
{
    sm_arena_deinit(&answer->arena);
    *answer = (struct queue_answer){ 0 };
}

struct sm_due queue_of(unsigned client, int32_t partition)
{
    return (struct sm_due){ .client_id = client_uuid(client),
                            .partition = { SM_TOPIC_CONFIG, partition },
                            .cause = SM_CAUSE_RELEASED };
}

struct sm_watch queue_watch(const struct store_rig *rig, struct sm_store *store,
                            const struct sm_takeover *taken, size_t count)
{
    struct sm_watch_position positions[DRAFT_PARTITIONS];
    struct sm_watch answer = {
        .positions = positions, .count = count, .moved = true, .due_count = 7
    };
    struct sm_store_call call = { .kind = SM_STORE_WATCH, .watch = &answer };

    for (size_t i = 0; i < count; i++)
        positions[i] =
            (struct sm_watch_position){ taken[i].id, taken[i].epoch, taken[i].next_offset };
    assert_int_equal(store_call(rig, store, &call, NULL), SM_OK);
    answer.positions = NULL;
    return answer;
}

void queue_assert_due(const struct store_rig *rig, struct scene *scene, unsigned client)
{
    struct sm_watch seen = queue_watch(rig, scene->store, &scene->taken, 1);
    struct sm_uuid id = client_uuid(client);

    assert_false(seen.moved);
    assert_true(seen.due_count != 0);
    assert_true(sm_uuid_equal(&seen.due[0].client_id, &id));
    assert_int_equal(seen.due[0].partition.topic, SM_TOPIC_CONFIG);
    assert_int_equal(seen.due[0].partition.partition, 0);
    assert_int_equal(seen.due[0].cause, SM_CAUSE_RELEASED);
}

void queue_assert_not_due(const struct store_rig *rig, const struct scene *scene)
{
    struct sm_watch seen = queue_watch(rig, scene->store, &scene->taken, 1);

    assert_false(seen.moved);
    assert_false(seen.due_count != 0);
}

/* ---- events ---- */

struct sm_event *queue_event(struct scene *scene, unsigned id, unsigned client)
{
    static char data[4096][96];
    char *text = data[id % 4096];

    (void)snprintf(text, sizeof(data[0]), "{\"batch_id\": \"b-%u\", \"data_type\": \"features\"}",
                   id);
    return draft_make(scene->draft, id, client_uuid(client), SM_EVENT_BATCH_STARTED, text);
}

/* Events 1 … count of the client wait for its gate; offsets go on from the scene's. */
void queue_park(const struct store_rig *rig, struct scene *scene, unsigned client, unsigned first,
                unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        draft_park(scene->draft, queue_event(scene, first + i, client), SM_WAIT_GATE, NULL);
    assert_int_equal(scene_commit(rig, scene), SM_OK);
}

int64_t queue_id(const struct store_rig *rig, struct scene *scene, unsigned client, size_t at)
{
    struct queue_answer answer = { .waiting = { .count = 0 } };
    int64_t id;

    queue_ask(rig, scene->store, &answer, queue_of(client, 0), 0);
    assert_true(at < answer.waiting.count);
    id = answer.waiting.events[at].parked_id;
    queue_answered(&answer);
    return id;
}

void queue_open(struct scene *scene, unsigned client)
{
    scene->draft->opened[scene->draft->unit.opened_client_count++] = client_uuid(client);
}

void queue_finish(struct scene *scene, const struct sm_due *due)
{
    scene->draft->done = *due;
    scene->draft->unit.done = &scene->draft->done;
    scene->draft->unit.done_count = 1;
}

struct sm_seen queue_seen(const struct store_rig *rig, struct sm_store *store, unsigned id,
                          int64_t parked_id)
{
    struct sm_seen_wanted wanted = { .client_id = client_uuid(1),
                                     .event_id = event_uuid(id),
                                     .parked_id = parked_id };
    struct sm_arena arena;
    struct sm_load load = { .arena = &arena, .seen = &wanted, .seen_count = 1 };

    assert_true(sm_arena_init(&arena, 4096));
    assert_int_equal(store_load(rig, store, &load), SM_OK);
    sm_arena_deinit(&arena);
    return wanted.seen;
}
