/* Past positions of a partition, and how fast they move. */
#include "domain/lag_priv.h"

#define PER_1000_SECONDS INT64_C(1000000000) /* microseconds */
#define MICROSECONDS     INT64_C(1000000)
#define LARGEST_DELTA    (INT64_MAX / PER_1000_SECONDS)

static const int64_t windows_us[SM_LAG_WINDOWS] = { 10000000, SM__LAG_TREND_US, 300000000 };

static const struct sm_lag_point *point_at(const struct sm_lag_tracker *tracker, uint32_t index)
{
    return &tracker->points[(tracker->first_point + index) % SM_LAG_POINTS];
}

static bool went_back(int64_t before, int64_t after)
{
    return sm__lag_known(before) && sm__lag_known(after) && after < before;
}

static void push(struct sm_lag_tracker *tracker, const struct sm_lag_point *point)
{
    if (tracker->point_count == SM_LAG_POINTS) {
        tracker->first_point = (tracker->first_point + 1) % SM_LAG_POINTS;
        tracker->point_count--;
    }
    tracker->points[(tracker->first_point + tracker->point_count) % SM_LAG_POINTS] = *point;
    tracker->point_count++;
}

void sm__lag_keep(struct sm_lag_tracker *tracker, const struct sm_lag_point *point)
{
    const struct sm_lag_point *newest;

    if (tracker->started &&
        (went_back(tracker->seen.position, point->position) ||
         went_back(tracker->seen.high, point->high) || went_back(tracker->seen.end, point->end)))
        tracker->point_count = 0;
    tracker->now = *point;
    if (!sm__lag_known(point->position) && !sm__lag_known(point->high))
        return;
    newest = tracker->point_count != 0 ? point_at(tracker, tracker->point_count - 1) : NULL;
    if (newest == NULL || point->at_us - newest->at_us >= SM_LAG_STEP_US)
        push(tracker, point);
}

const struct sm_lag_point *sm__lag_back(const struct sm_lag_tracker *tracker, int64_t window_us)
{
    const struct sm_lag_point *found = NULL;

    for (uint32_t i = 0; i < tracker->point_count; i++) {
        const struct sm_lag_point *point = point_at(tracker, i);

        if (found != NULL && tracker->now.at_us - point->at_us < window_us)
            break;
        found = point;
    }
    return found;
}

static int64_t speed(int64_t from, int64_t to, int64_t span_us)
{
    if (!sm__lag_known(from) || !sm__lag_known(to) || to < from || to - from > LARGEST_DELTA)
        return SM_LAG_UNKNOWN;
    return (to - from) * PER_1000_SECONDS / span_us;
}

struct sm_lag_rate sm__lag_rate(const struct sm_lag_point *from, const struct sm_lag_point *to)
{
    struct sm_lag_rate rate = { 0, SM_LAG_UNKNOWN, SM_LAG_UNKNOWN };

    if (from == NULL || to->at_us <= from->at_us)
        return rate;
    rate.span_us = to->at_us - from->at_us;
    rate.in = speed(from->high, to->high, rate.span_us);
    rate.out = speed(from->position, to->position, rate.span_us);
    return rate;
}

void sm__lag_rates(const struct sm_lag_tracker *tracker, struct sm_lag_rate out[SM_LAG_WINDOWS])
{
    for (size_t i = 0; i < SM_LAG_WINDOWS; i++)
        out[i] = sm__lag_rate(sm__lag_back(tracker, windows_us[i]), &tracker->now);
}

/* Whole seconds, then the rest: a backlog times a million may be more than there is room for. */
int64_t sm__lag_eta_us(int64_t records, const struct sm_lag_rate *rate)
{
    int64_t net, seconds;

    if (records == 0)
        return 0;
    if (!sm__lag_known(records) || !sm__lag_known(rate->in) || !sm__lag_known(rate->out))
        return SM_LAG_UNKNOWN;
    net = rate->out - rate->in;
    if (net <= 0)
        return SM_LAG_NEVER;
    if (records > INT64_MAX / 1000)
        return SM_LAG_NEVER;
    seconds = records * 1000 / net;
    if (seconds > INT64_MAX / MICROSECONDS - 1)
        return SM_LAG_NEVER;
    return seconds * MICROSECONDS + (records * 1000 % net) * 1000 / net * 1000;
}
