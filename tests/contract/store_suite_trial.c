/* The store suite: how often somebody may have died of a record. */
#include "contract/store_suite.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static enum sm_status try_alone(const struct store_rig *rig, const struct scene *scene,
                                int64_t epoch, int64_t offset)
{
    struct sm_trial trial = { scene->taken.id, epoch, offset };
    struct sm_store_call call = { .kind = SM_STORE_TRIAL, .trial = &trial };

    return store_call(rig, scene->store, &call, NULL);
}

static void take_again(const struct store_rig *rig, struct scene *scene, enum sm_takeover_mode mode)
{
    scene->taken.mode = mode;
    assert_int_equal(store_take(rig, scene->store, &scene->taken, 1), SM_OK);
    assert_int_equal(scene->taken.outcome, SM_TAKEOVER_TAKEN);
    draft_begin(scene->draft);
    draft_partition(scene->draft, &scene->taken);
}

static void assert_counts(const struct scene *scene, int claims, int trials)
{
    if (scene->taken.claims != claims || scene->taken.trials != trials)
        fail_msg("claims %d trials %d, expected %d %d", scene->taken.claims, scene->taken.trials,
                 claims, trials);
}

static void advance(const struct store_rig *rig, struct scene *scene, unsigned id)
{
    draft_event(scene->draft, id, id, "ema", 1);
    draft_head(scene->draft, id, "ema", 0, 1);
    assert_int_equal(scene_commit(rig, scene), SM_OK);
}

static void claims_count_until_the_position_moves(const struct store_rig *rig)
{
    struct scene scene;

    scene_open(rig, &scene);
    assert_counts(&scene, 1, 0);
    for (int i = 2; i <= 4; i++) {
        take_again(rig, &scene, SM_TAKEOVER_CLAIM);
        assert_counts(&scene, i, 0);
    }
    take_again(rig, &scene, SM_TAKEOVER_RESUME); /* a lost connection is nobody's death */
    assert_counts(&scene, 4, 0);
    take_again(rig, &scene, SM_TAKEOVER_CREATE); /* it is there by now: a claim like others */
    assert_counts(&scene, 5, 0);
    advance(rig, &scene, 1);
    take_again(rig, &scene, SM_TAKEOVER_CLAIM);
    assert_counts(&scene, 1, 0);
    scene_close(&scene);
}

static void leave(const struct store_rig *rig, struct scene *scene, enum sm_status expected)
{
    struct sm_stop stop = { scene->taken.id, scene->taken.epoch, SM_STOP_LEFT, "" };
    struct sm_store_call call = { .kind = SM_STORE_STOP, .stop = &stop };

    assert_int_equal(store_call(rig, scene->store, &call, NULL), expected);
}

static void a_claim_that_was_left_in_order_does_not_count(const struct store_rig *rig)
{
    struct scene scene;

    scene_open(rig, &scene);
    for (int i = 0; i < 3; i++) {
        take_again(rig, &scene, SM_TAKEOVER_CLAIM);
        assert_counts(&scene, 2, 0);
        leave(rig, &scene, SM_OK);
    }
    scene.taken.epoch--; /* somebody who was ended long ago */
    leave(rig, &scene, SM_FENCED);
    take_again(rig, &scene, SM_TAKEOVER_CLAIM);
    assert_counts(&scene, 2, 0);
    advance(rig, &scene, 1); /* what was claimed is elsewhere, and its count with it */
    leave(rig, &scene, SM_OK);
    take_again(rig, &scene, SM_TAKEOVER_CLAIM);
    assert_counts(&scene, 1, 0);
    scene_close(&scene);
}

static void trials_count_while_their_record_is_the_next(const struct store_rig *rig)
{
    struct scene scene;

    scene_open(rig, &scene);
    assert_int_equal(try_alone(rig, &scene, scene.taken.epoch, 0), SM_OK);
    take_again(rig, &scene, SM_TAKEOVER_RESUME);
    assert_counts(&scene, 1, 0);
    take_again(rig, &scene, SM_TAKEOVER_CLAIM);
    assert_counts(&scene, 2, 1);
    assert_int_equal(try_alone(rig, &scene, scene.taken.epoch, 0), SM_OK);
    take_again(rig, &scene, SM_TAKEOVER_CLAIM);
    assert_counts(&scene, 3, 2);
    /* The record behind it has not been tried. */
    advance(rig, &scene, 1);
    take_again(rig, &scene, SM_TAKEOVER_CLAIM);
    assert_counts(&scene, 1, 0);
    /* Tried, survived, and gone by: the trial says nothing of what comes next. */
    assert_int_equal(try_alone(rig, &scene, scene.taken.epoch, 1), SM_OK);
    advance(rig, &scene, 2);
    take_again(rig, &scene, SM_TAKEOVER_CLAIM);
    assert_counts(&scene, 1, 0);
    scene_close(&scene);
}

static void only_the_owner_may_try(const struct store_rig *rig)
{
    struct scene scene;

    scene_open(rig, &scene);
    assert_int_equal(try_alone(rig, &scene, scene.taken.epoch + 1, 0), SM_FENCED);
    assert_int_equal(try_alone(rig, &scene, scene.taken.epoch - 1, 0), SM_FENCED);
    take_again(rig, &scene, SM_TAKEOVER_CLAIM);
    assert_counts(&scene, 2, 0);
    scene_close(&scene);
}

static const struct store_case cases[] = {
    { "claims count until the position moves", claims_count_until_the_position_moves },
    { "a claim that was left in order does not count",
      a_claim_that_was_left_in_order_does_not_count },
    { "trials count while their record is the next", trials_count_while_their_record_is_the_next },
    { "only the owner may try", only_the_owner_may_try },
};
const struct store_group store_trial_group = { cases, SM_ARRAY_COUNT(cases) };
