/* The lag of one partition: takes samples, settles on a state, reports. */
#include "domain/lag.h"

#include "domain/lag_priv.h"

/* How long ago a wall time was, as the monotonic clock would have shown it; UNKNOWN for the future.
 */
static int64_t as_monotonic(const struct sm_lag_sample *sample, int64_t wall_us)
{
    if (!sm__lag_known(wall_us) || wall_us > sample->wall_us)
        return SM_LAG_UNKNOWN;
    return sample->at_us - (sample->wall_us - wall_us);
}

static void note_jump(struct sm_lag_tracker *tracker, const struct sm_lag_limits *limits,
                      const struct sm_lag_sample *sample)
{
    int64_t off;

    if (!tracker->started)
        return;
    off = (sample->wall_us - tracker->last.wall_us) - (sample->at_us - tracker->last.at_us);
    if (off > limits->jump_us || off < -limits->jump_us)
        tracker->jumped_at_us = sample->at_us;
}

/* Takes over what is known; true if it was known before, and was something else. */
static bool take(int64_t *seen, int64_t now)
{
    bool moved = sm__lag_known(*seen) && sm__lag_known(now) && *seen != now;

    if (sm__lag_known(now))
        *seen = now;
    return moved;
}

static void forget(struct sm_lag_tracker *tracker)
{
    const int64_t unknown = SM_LAG_UNKNOWN;

    tracker->seen = (struct sm_lag_point){ unknown, unknown, unknown, unknown };
    tracker->moved_at_us = tracker->arrived_at_us = unknown;
    tracker->behind_at_us = tracker->ahead_at_us = tracker->held_at_us = unknown;
    tracker->jumped_at_us = unknown;
}

static void note_moves(struct sm_lag_tracker *tracker, const struct sm_lag_sample *sample,
                       const struct sm_lag_point *now)
{
    struct sm_lag_point *seen = &tracker->seen;

    if (take(&seen->position, now->position))
        tracker->moved_at_us = sample->at_us;
    if (take(&seen->high, now->high))
        tracker->arrived_at_us = sample->at_us;
    if (take(&seen->end, now->end))
        tracker->held_at_us = SM_LAG_UNKNOWN;
    /* Before we looked, what was committed last tells. When nothing is left, the last records came
     * no later than that. */
    if (!sm__lag_known(tracker->moved_at_us) && sm__lag_known(now->position))
        tracker->moved_at_us = as_monotonic(sample, sample->advanced_wall_us);
    if (!sm__lag_known(tracker->arrived_at_us) && sm__lag_known(now->end) &&
        now->end == now->position)
        tracker->arrived_at_us = as_monotonic(sample, sample->advanced_wall_us);
}

static struct sm_lag_point point_of(const struct sm_lag_sample *sample)
{
    struct sm_lag_point point = { sample->at_us, SM_LAG_UNKNOWN, SM_LAG_UNKNOWN, SM_LAG_UNKNOWN };

    if (sample->database_answered)
        point.position = sample->position;
    if (sample->broker_answered) {
        point.high = sample->high;
        point.end = sample->stable;
    }
    return point;
}

static void note_since(int64_t at_us, bool holds, int64_t *since_us)
{
    if (!holds)
        *since_us = SM_LAG_UNKNOWN;
    else if (!sm__lag_known(*since_us))
        *since_us = at_us;
}

/* What cannot be seen at the moment has neither begun nor ended. */
static void note_backlog(struct sm_lag_tracker *tracker, const struct sm_lag_limits *limits)
{
    const struct sm_lag_sample *last = &tracker->last;
    struct sm_lag_facts facts;

    if (last->broker_answered)
        note_since(last->at_us,
                   sm__lag_known(last->high) && sm__lag_known(last->stable) &&
                       last->high > last->stable,
                   &tracker->held_at_us);
    if (!last->broker_answered || !last->database_answered)
        return;
    sm__lag_facts(tracker, limits, last->at_us, last->wall_us, &facts);
    note_since(last->at_us, sm__lag_known(facts.records) && facts.records > 0,
               &tracker->behind_at_us);
    note_since(last->at_us,
               sm__lag_known(last->position) && sm__lag_known(last->high) &&
                   last->position > last->high,
               &tracker->ahead_at_us);
}

/* Some states began before they could be told. */
static int64_t began_us(const struct sm_lag_tracker *tracker, enum sm_lag_state state,
                        int64_t at_us)
{
    int64_t then_us = at_us;

    if (state == SM_LAG_STALLED)
        then_us = tracker->moved_at_us;
    else if (state == SM_LAG_IDLE)
        then_us = tracker->arrived_at_us;
    return sm__lag_known(then_us) && then_us < at_us ? then_us : at_us;
}

static void show(struct sm_lag_tracker *tracker, enum sm_lag_state state,
                 enum sm_lag_wait waits_for, int64_t since_us)
{
    tracker->state = state;
    tracker->waits_for = waits_for;
    tracker->since_us = since_us;
}

/* Unknown gives way at once, for knowing something is better than the memory of not knowing. */
static void settle(struct sm_lag_tracker *tracker, const struct sm_lag_limits *limits,
                   bool is_first)
{
    int64_t at_us = tracker->last.at_us;
    enum sm_lag_wait waits_for;
    enum sm_lag_state state;
    struct sm_lag_facts facts;
    bool was_pending;

    sm__lag_facts(tracker, limits, at_us, tracker->last.wall_us, &facts);
    state = sm_lag_judge(&facts, limits, &waits_for);
    was_pending = tracker->pending == state && tracker->pending_waits_for == waits_for;
    tracker->pending = state;
    tracker->pending_waits_for = waits_for;
    if (is_first || !was_pending)
        tracker->pending_us = began_us(tracker, state, at_us);
    if (is_first) {
        show(tracker, state, waits_for, tracker->pending_us);
        tracker->since_start = true;
        return;
    }
    if (tracker->state == state && tracker->waits_for == waits_for)
        return;
    if (tracker->state == SM_LAG_STATE_UNKNOWN ||
        at_us - tracker->pending_us >= sm_lag_hold_us(state)) {
        /* Out of the unknown it may have been so for longer. */
        tracker->since_start = tracker->state == SM_LAG_STATE_UNKNOWN;
        show(tracker, state, waits_for, tracker->pending_us);
    }
}

void sm_lag_observe(struct sm_lag_tracker *tracker, const struct sm_lag_limits *limits,
                    const struct sm_lag_sample *sample)
{
    struct sm_lag_point now = point_of(sample);
    bool is_first = !tracker->started;

    if (is_first)
        forget(tracker);
    note_jump(tracker, limits, sample);
    sm__lag_keep(tracker, &now); /* compares with what was seen before */
    note_moves(tracker, sample, &now);
    tracker->last = *sample;
    tracker->started = true;
    note_backlog(tracker, limits);
    settle(tracker, limits, is_first);
}
