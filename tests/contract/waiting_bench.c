/* Not a test: what the waiting room costs in PostgreSQL, for one client of which very much waits.
 *
 *   contract_waiting_bench [events]
 *
 * Parks that many events in units of 400, opens the client, and releases them chunk by chunk.
 * Prints microseconds an event of the first and the last tenth: they must not differ by much, or a
 * long queue takes quadratic time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "contract/postgres_rig.h"
#include "contract/store_suite.h"

#define UNIT 400

static struct postgres_rig postgres;
static struct scene scene;
static struct sm_stream streams[UNIT];
static char (*texts)[96];

static struct sm_store *open_store(void *context, const char *owner)
{
    return postgres_rig_store(context, owner);
}

static const struct store_rig rig = { .context = &postgres,
                                      .open = open_store,
                                      .wait = postgres_rig_wait };

static double seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct sm_event *event_of(unsigned number)
{
    return draft_make(scene.draft, number, client_uuid(1), SM_EVENT_BATCH_STARTED, texts[number]);
}

static void commit(void)
{
    if (scene_commit(&rig, &scene) != SM_OK)
        fail_msg("%s", scene.err.text);
}

static void park(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        (void)snprintf(texts[i], sizeof(texts[i]),
                       "{\"batch_id\": \"b-%u\", \"data_type\": \"features\"}", i);
        (void)draft_park(scene.draft, event_of(i), SM_WAIT_GATE, NULL);
        if (i % UNIT == UNIT - 1 || i + 1 == count)
            commit();
    }
}

static void open_client(void)
{
    scene.draft->opened[0] = client_uuid(1);
    scene.draft->unit.opened_client_count = 1;
}

static struct sm_due due_queue(void)
{
    struct sm_watch_position position = { scene.taken.id, scene.taken.epoch,
                                          scene.taken.next_offset };
    struct sm_watch watch = { .positions = &position, .count = 1 };
    struct sm_store_call call = { .kind = SM_STORE_WATCH, .watch = &watch };

    assert_int_equal(store_call(&rig, scene.store, &call, NULL), SM_OK);
    assert_true(watch.due_count != 0);
    return watch.due[0];
}

/* Releases one chunk; returns how many it was. */
static size_t release(struct sm_arena *arena, struct sm_due queue, int64_t *after)
{
    struct sm_waiting waiting = { .queues = &queue,
                                  .queue_count = 1,
                                  .after = *after,
                                  .count_max = UNIT,
                                  .bytes_max = 2 << 20,
                                  .arena = arena };
    struct sm_store_call call = { .kind = SM_STORE_WAITING, .waiting = &waiting };

    sm_arena_reset(arena);
    assert_int_equal(store_call(&rig, scene.store, &call, NULL), SM_OK);
    draft_release(scene.draft);
    for (size_t i = 0; i < waiting.count; i++) {
        const struct sm_waiting_event *event = &waiting.events[i];

        streams[i] = stream_new();
        draft_resolve(scene.draft, event->parked_id, SM_PARKED_RELEASED);
        draft_apply_at(scene.draft, event->record.offset,
                       event_of((unsigned)event->record.offset), &streams[i]);
        *after = event->parked_id;
    }
    open_client();
    if (!waiting.more) {
        scene.draft->done = queue;
        scene.draft->unit.done = &scene.draft->done;
        scene.draft->unit.done_count = 1;
    }
    commit();
    return waiting.count;
}

static double release_some(struct sm_arena *arena, struct sm_due queue, int64_t *after,
                           size_t wanted)
{
    double start = seconds();
    size_t released = 0;

    while (released < wanted)
        released += release(arena, queue, after);
    return (seconds() - start) * 1e6 / (double)released;
}

int main(int argc, char **argv)
{
    unsigned count = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 40000;
    double start, first, middle, last;
    struct sm_arena arena;
    int64_t after = 0;

    assert_true(count % (10 * UNIT) == 0);
    texts = calloc(count, sizeof(*texts));
    assert_true(texts != NULL && sm_arena_init(&arena, 4 << 20));
    postgres_rig_open(&postgres);
    postgres_rig_create(&postgres, true);
    scene_open(&rig, &scene);
    start = seconds();
    park(count);
    printf("parking: %.1f us/event\n", (seconds() - start) * 1e6 / count);
    start = seconds();
    open_client();
    commit();
    printf("opening: %.1f ms\n", (seconds() - start) * 1e3);
    first = release_some(&arena, due_queue(), &after, count / 10);
    middle = release_some(&arena, due_queue(), &after, count / 10 * 8);
    last = release_some(&arena, due_queue(), &after, count / 10);
    printf("releasing: %.1f us/event the first tenth, %.1f in between, %.1f the last\n", first,
           middle, last);
    scene_close(&scene);
    sm_arena_deinit(&arena);
    free(texts);
    postgres_rig_close(&postgres);
    return 0;
}
