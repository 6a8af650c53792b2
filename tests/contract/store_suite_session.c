/* The store suite: sessions that end at a bad moment. */
#include "contract/store_suite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void a_lost_session_is_a_retry_then_all_works_again(const struct store_rig *rig)
{
    struct scene scene;
    enum sm_status status;

    scene_open(rig, &scene);
    rig->cut(rig->context);
    draft_streams(scene.draft, 200);
    status = scene_commit(rig, &scene);
    assert_int_equal(status, SM_RETRY);
    scene.taken.mode = SM_TAKEOVER_RESUME;
    assert_int_equal(store_take(rig, scene.store, &scene.taken, 1), SM_OK);
    assert_int_equal(scene.taken.outcome, SM_TAKEOVER_TAKEN);
    assert_int_equal(scene.taken.next_offset, 0);
    draft_begin(scene.draft);
    draft_partition(scene.draft, &scene.taken);
    draft_streams(scene.draft, 200);
    assert_int_equal(scene_commit(rig, &scene), SM_OK);
    assert_true(is_verified(rig));
    scene_close(&scene);
}

static void a_commit_that_was_abandoned_is_decided_by_resuming(const struct store_rig *rig)
{
    static const unsigned sizes[] = {3, 400};
    struct scene scene;
    unsigned next_id = 0;

    scene_open(rig, &scene);
    /* Thrown away after 0, 1, 2, … steps: before it is sent, on its way, or when it is done. */
    for (unsigned i = 0; i < 40; i++) {
        struct sm_store_call call = {.kind = SM_STORE_COMMIT, .unit = &scene.draft->unit};
        int64_t before = scene.taken.next_offset, after;
        enum sm_status status = SM_AGAIN;

        for (unsigned j = 0; j < sizes[i % 2]; j++, next_id++) {
            draft_event(scene.draft, next_id, next_id, "ema", 1);
            draft_head(scene.draft, next_id, "ema", 0, 1);
        }
        draft_end(scene.draft);
        after = scene.draft->partitions[0].row.next_offset;
        scene.store->ops->begin(scene.store, &call);
        for (unsigned step = 0; step < i / 2 && status == SM_AGAIN; step++) {
            status = scene.store->ops->step(scene.store, &scene.err);
            if (status == SM_AGAIN)
                rig->wait(rig->context, scene.store);
        }
        scene.store->ops->abandon(scene.store);
        scene.taken.mode = SM_TAKEOVER_RESUME;
        assert_int_equal(store_take(rig, scene.store, &scene.taken, 1), SM_OK);
        assert_int_equal(scene.taken.outcome, SM_TAKEOVER_TAKEN);
        assert_true(scene.taken.next_offset == after || scene.taken.next_offset == before);
        if (status == SM_OK)
            assert_int_equal(scene.taken.next_offset, after);
        draft_begin(scene.draft);
        draft_partition(scene.draft, &scene.taken);
    }
    assert_true(is_verified(rig));
    scene_close(&scene);
}

static void resume(const struct store_rig *rig, struct sm_store *store, struct sm_takeover *taken)
{
    taken->mode = SM_TAKEOVER_RESUME;
    assert_int_equal(store_take(rig, store, taken, 1), SM_OK);
    assert_int_equal(taken->outcome, SM_TAKEOVER_FENCED);
}

static void a_raised_epoch_tells_whether_somebody_else_has_it(const struct store_rig *rig)
{
    struct sm_store *other = rig->open(rig->context, "two");
    struct sm_takeover old;
    struct scene scene;

    scene_open(rig, &scene);
    old = scene.taken;
    scene.taken.mode = SM_TAKEOVER_CLAIM;
    assert_int_equal(store_take(rig, scene.store, &scene.taken, 1), SM_OK);
    resume(rig, scene.store, &old);
    assert_true(old.unowned);
    old = scene.taken;
    scene.taken.mode = SM_TAKEOVER_CLAIM;
    assert_int_equal(store_take(rig, other, &scene.taken, 1), SM_OK);
    resume(rig, scene.store, &old);
    assert_false(old.unowned);
    other->ops->close(other);
    scene_close(&scene);
}

static const struct store_case cases[] = {
    {"a raised epoch tells whether somebody else has it",
     a_raised_epoch_tells_whether_somebody_else_has_it},
    {"a lost session is a retry, then all works again",
     a_lost_session_is_a_retry_then_all_works_again},
    {"a commit that was abandoned is decided by resuming",
     a_commit_that_was_abandoned_is_decided_by_resuming},
};
const struct store_group store_session_group = {cases, SM_ARRAY_COUNT(cases)};
