/* The store suite: commands that a unit carries, and what LOAD tells of them. */
#include "contract/store_suite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define MANY 300

static int64_t last_sequence(const struct store_rig *rig, struct sm_store *store, unsigned client)
{
    struct sm_outbox_wanted wanted[] = {{.client_id = client_uuid(99)},
                                        {.client_id = client_uuid(client)}};
    struct sm_arena arena;
    struct sm_load load = {.arena = &arena, .outboxes = wanted, .outbox_count = 2};

    assert_true(sm_arena_init(&arena, 65536));
    assert_int_equal(store_load(rig, store, &load), SM_OK);
    assert_int_equal(wanted[0].sequence_last, 0);
    assert_int_equal(wanted[0].found_count, 0);
    assert_int_equal(wanted[1].found_count, 0);
    sm_arena_deinit(&arena);
    return wanted[1].sequence_last;
}

/* A lane that may write commands. */
static void open_lane(const struct store_rig *rig, struct scene *scene)
{
    struct sm_outbox *outbox = rig->outbox(rig->context, "relay");
    struct sm_lease lease = {.duration_us = 1};
    struct sm_err err = {0};

    assert_int_equal(outbox->ops->lease(outbox, &lease, &err), SM_OK);
    assert_int_equal(outbox->ops->scanned(outbox, lease.epoch, &err), SM_OK);
    outbox->ops->close(outbox);
    scene_open(rig, scene);
}

static void commands_are_kept_with_what_caused_them(const struct store_rig *rig)
{
    static char large[100000];
    const struct sm_header headers[] = {{SM_SLICE("ce_type"), SM_SLICE("x")},
                                        {SM_SLICE(""), SM_SLICE_NONE}};
    struct sm_command_row *command;
    struct scene scene;

    memset(large, 'x', sizeof(large) - 1);
    open_lane(rig, &scene);
    assert_int_equal(last_sequence(rig, scene.store, 1), 0);
    draft_streams(scene.draft, 1);
    for (unsigned i = 1; i <= 8; i++) {
        command = draft_command(scene.draft, i, 1, i, large);
        command->headers = headers;
        command->header_count = SM_ARRAY_COUNT(headers);
    }
    draft_command(scene.draft, 9, 2, 1, "");
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_int_equal(last_sequence(rig, scene.store, 1), 8);
    assert_int_equal(last_sequence(rig, scene.store, 2), 1);
    assert_true(is_verified(rig));
    scene_close(&scene);
}

/* Log rows by COPY, with COMMIT behind them. */
static void a_large_unit_carries_commands_too(const struct store_rig *rig)
{
    struct scene scene;

    open_lane(rig, &scene);
    draft_streams(scene.draft, MANY);
    for (unsigned i = 0; i < MANY; i++)
        draft_command(scene.draft, i, 1, i + 1, "{}");
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_int_equal(last_sequence(rig, scene.store, 1), MANY);
    scene_close(&scene);
}

/* The unit of this one command clashes, and nothing of it is written. */
static void assert_clash(const struct store_rig *rig, struct scene *scene, unsigned id,
                         unsigned client, int64_t sequence)
{
    draft_event(scene->draft, 50, 1, "ema", 1);
    draft_head(scene->draft, 1, "ema", 0, 1);
    draft_command(scene->draft, id, client, sequence, "{}");
    assert_int_equal(scene_commit(rig, scene), SM_CONFLICT);
    assert_int_equal(scene->err.native, SM_CONFLICT_UNIQUE);
    assert_int_equal(count_rows(rig, SM_SCAN_EVENTS_BY_STREAM), 0);
}

static void an_id_or_a_sequence_that_is_there_is_a_conflict(const struct store_rig *rig)
{
    struct scene scene;

    open_lane(rig, &scene);
    draft_command(scene.draft, 1, 1, 1, "{}");
    draft_command(scene.draft, 2, 1, 2, "{}");
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_clash(rig, &scene, 2, 1, 3); /* the id */
    assert_clash(rig, &scene, 2, 1, 2); /* both */
    assert_clash(rig, &scene, 3, 1, 2); /* the sequence */
    draft_command(scene.draft, 2, 2, 2, "{}"); /* of another client neither matters */
    draft_command(scene.draft, 3, 1, 3, "{}");
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_int_equal(last_sequence(rig, scene.store, 1), 3);
    scene_close(&scene);
}

static const struct store_case cases[] = {
    {"commands are kept with what caused them", commands_are_kept_with_what_caused_them},
    {"a large unit carries commands too", a_large_unit_carries_commands_too},
    {"a command's id or sequence that is there is a conflict",
     an_id_or_a_sequence_that_is_there_is_a_conflict},
};
const struct store_group store_outbox_group = {cases, SM_ARRAY_COUNT(cases)};
