/* What can be said of a partition at a moment: numbers that follow from the last sample and from
 * when things were seen to move. */
#include "domain/lag_priv.h"

/* A record from our own future by less is a clock that is a little off, and the record is new. */
#define SKEW_US 1000000

static int64_t since(int64_t at_us, int64_t then_us)
{
    return sm__lag_known(then_us) ? at_us - then_us : SM_LAG_UNKNOWN;
}

bool sm__lag_jumped(const struct sm_lag_tracker *tracker, const struct sm_lag_limits *limits,
                    int64_t at_us)
{
    return sm__lag_known(tracker->jumped_at_us) &&
           at_us - tracker->jumped_at_us < limits->jump_wait_us;
}

/* Who never consumed begins at the first offset there is; so does who was left behind by
 * retention, and what is gone is lost, not behind. */
static int64_t begins_at(const struct sm_lag_sample *last)
{
    if (sm__lag_known(last->first) && last->first != SM_LAG_NONE)
        return last->first;
    if (!sm__lag_known(last->position) || last->position < last->low)
        return last->low;
    return last->position;
}

/* A position after the end is of another topic, or was read after the end was. */
static int64_t count_records(const struct sm_lag_sample *last)
{
    int64_t begin = begins_at(last);

    if (!last->broker_answered || !last->database_answered || !sm__lag_known(begin) ||
        !sm__lag_known(last->stable) ||
        (sm__lag_known(last->position) && last->position > last->stable))
        return SM_LAG_UNKNOWN;
    return last->first == SM_LAG_NONE || begin > last->stable ? 0 : last->stable - begin;
}

static int64_t age_of_first(const struct sm_lag_tracker *tracker,
                            const struct sm_lag_limits *limits, int64_t at_us, int64_t wall_us)
{
    int64_t then_us = tracker->last.first_wall_us;

    if (!sm__lag_known(then_us) || sm__lag_jumped(tracker, limits, at_us) ||
        then_us > wall_us + SKEW_US)
        return SM_LAG_UNKNOWN;
    return wall_us > then_us ? wall_us - then_us : 0;
}

static void add_backlog(const struct sm_lag_tracker *tracker, const struct sm_lag_limits *limits,
                        int64_t at_us, int64_t wall_us, struct sm_lag_facts *out)
{
    const struct sm_lag_sample *last = &tracker->last;

    out->records = count_records(last);
    if (out->records == 0)
        out->behind_us = 0;
    else if (sm__lag_known(out->records))
        out->behind_us = age_of_first(tracker, limits, at_us, wall_us);
    if (sm__lag_known(tracker->behind_at_us))
        out->behind_for_us = at_us - tracker->behind_at_us;
    if (sm__lag_known(tracker->ahead_at_us))
        out->ahead_us = at_us - tracker->ahead_at_us;
    if (last->broker_answered && sm__lag_known(tracker->held_at_us)) {
        out->held_back = last->high - last->stable;
        out->held_back_us = at_us - tracker->held_at_us;
    }
}

static void add_trend(const struct sm_lag_tracker *tracker, struct sm_lag_facts *out)
{
    const struct sm_lag_point *back = sm__lag_back(tracker, SM__LAG_TREND_US);
    const struct sm_lag_point *now = &tracker->now;

    if (back == NULL || !sm__lag_known(back->position) || !sm__lag_known(back->end) ||
        !sm__lag_known(now->position) || !sm__lag_known(now->end))
        return;
    out->span_us = now->at_us - back->at_us;
    out->moved = now->position - back->position;
    out->growth = (now->end - back->end) - out->moved;
}

void sm__lag_facts(const struct sm_lag_tracker *tracker, const struct sm_lag_limits *limits,
                   int64_t at_us, int64_t wall_us, struct sm_lag_facts *out)
{
    const struct sm_lag_sample *last = &tracker->last;
    const int64_t unknown = SM_LAG_UNKNOWN;

    *out = (struct sm_lag_facts){ .position = unknown,
                                  .low = unknown,
                                  .end = unknown,
                                  .records = unknown,
                                  .behind_us = unknown,
                                  .unmoved_us = unknown,
                                  .quiet_us = unknown };
    if (!tracker->started || at_us - last->at_us > limits->stale_us)
        return;
    out->sampled = true;
    out->broker_answered = last->broker_answered;
    out->database_answered = last->database_answered;
    out->waits_for = last->waits_for;
    if (last->database_answered) {
        out->owner = last->owner;
        out->stopped = last->stopped;
        out->position = last->position;
        out->unmoved_us = since(at_us, tracker->moved_at_us);
    }
    if (last->broker_answered) {
        out->low = last->low;
        out->end = last->stable;
        out->quiet_us = since(at_us, tracker->arrived_at_us);
    }
    add_backlog(tracker, limits, at_us, wall_us, out);
    add_trend(tracker, out);
}
