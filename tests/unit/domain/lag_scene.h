#ifndef SM_TEST_LAG_SCENE_H
#define SM_TEST_LAG_SCENE_H
/* A partition whose samples a test makes second by second. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "domain/lag.h"

#define SECOND  INT64_C(1000000)
#define MINUTE  (60 * SECOND)
#define AT_ZERO (1000 * SECOND) /* of the monotonic clock */
#define WALL    INT64_C(1700000000000000) /* the wall clock then */

struct lag_scene {
    struct sm_lag_tracker tracker;
    struct sm_lag_sample sample; /* what the next sample says; its times are set by lag_step */
    struct sm_lag_report report; /* after the last step */
    int64_t clock_us; /* since AT_ZERO */
};

/* Position 100 of 100, consumed a moment ago by an instance that lives. */
static inline void lag_begin(struct lag_scene *scene)
{
    *scene = (struct lag_scene){
        .sample = { .broker_answered = true,
                    .high = 100,
                    .stable = 100,
                    .first = SM_LAG_UNKNOWN,
                    .first_wall_us = SM_LAG_UNKNOWN,
                    .retention_us = SM_LAG_UNLIMITED,
                    .database_answered = true,
                    .position = 100,
                    .advanced_wall_us = WALL,
                    .taken_wall_us = WALL - 1000 * SECOND,
                    .owner = SM_LAG_OWNER_LIVES },
        .clock_us = -SECOND,
    };
}

/* One second later a sample is taken and a report made. */
static inline void lag_step(struct lag_scene *scene)
{
    scene->clock_us += SECOND;
    scene->sample.at_us = AT_ZERO + scene->clock_us;
    scene->sample.wall_us = WALL + scene->clock_us;
    sm_lag_observe(&scene->tracker, &sm_lag_limits_default, &scene->sample);
    sm_lag_report(&scene->tracker, &sm_lag_limits_default, scene->sample.at_us,
                  scene->sample.wall_us, &scene->report);
}

/* The producers write `in` records, we commit `out`, each second; the first that is left is as old
 * as a backlog of this size is at this rate. */
static inline void lag_flow(struct lag_scene *scene, int seconds, int64_t in, int64_t out)
{
    for (int i = 0; i < seconds; i++) {
        int64_t backlog;

        scene->sample.high += in;
        scene->sample.stable = scene->sample.high;
        scene->sample.position += out;
        if (scene->sample.position > scene->sample.stable)
            scene->sample.position = scene->sample.stable;
        if (out > 0)
            scene->sample.advanced_wall_us = WALL + scene->clock_us + SECOND;
        backlog = scene->sample.stable - scene->sample.position;
        if (backlog == 0)
            scene->sample.first_wall_us = SM_LAG_UNKNOWN;
        else if (in > 0)
            scene->sample.first_wall_us = WALL + scene->clock_us + SECOND - backlog * SECOND / in;
        lag_step(scene);
    }
}

static inline void lag_expect(const struct lag_scene *scene, enum sm_lag_state state)
{
    assert_int_equal(scene->report.state, state);
}
#endif
