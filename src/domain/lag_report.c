/* What is told of a partition's lag at a moment. */
#include "domain/lag_priv.h"

/* A share of the rate before by which the rate now must differ to be told as the cause: a half. */
static bool is_much_more(int64_t now, int64_t before)
{
    return sm__lag_known(now) && sm__lag_known(before) && before > 0 && now > before + before / 2;
}

static bool is_much_less(int64_t now, int64_t before)
{
    return sm__lag_known(now) && sm__lag_known(before) && now < before / 2;
}

/* The last minute against the four before. */
static enum sm_lag_cause compare_rates(const struct sm_lag_tracker *tracker,
                                       const struct sm_lag_report *report)
{
    const struct sm_lag_point *middle = sm__lag_back(tracker, SM__LAG_TREND_US);
    const struct sm_lag_point *oldest = sm__lag_back(tracker, INT64_MAX);
    struct sm_lag_rate before;

    if (oldest == middle)
        return SM_LAG_CAUSE_UNKNOWN;
    before = sm__lag_rate(oldest, middle);
    if (is_much_less(report->rates[1].out, before.out))
        return SM_LAG_CAUSE_OUR_RATE;
    if (is_much_more(report->rates[1].in, before.in))
        return SM_LAG_CAUSE_PRODUCERS;
    return SM_LAG_CAUSE_UNKNOWN;
}

static enum sm_lag_cause cause_of(const struct sm_lag_tracker *tracker,
                                  const struct sm_lag_report *report)
{
    const struct sm_lag_sample *last = &tracker->last;

    if (report->facts.records == 0 || report->state == SM_LAG_CURRENT)
        return SM_LAG_CAUSE_NONE;
    if (report->state != SM_LAG_CATCHING_UP && report->state != SM_LAG_FALLING_BEHIND &&
        report->state != SM_LAG_STALLED)
        return SM_LAG_CAUSE_UNKNOWN; /* the state itself tells the reason, if there is one */
    if (sm__lag_known(last->taken_wall_us) && sm__lag_known(last->first_wall_us) &&
        last->first_wall_us < last->taken_wall_us)
        return SM_LAG_CAUSE_RESTART;
    return compare_rates(tracker, report);
}

static int64_t margin_us(const struct sm_lag_tracker *tracker, const struct sm_lag_facts *facts)
{
    int64_t retention_us = tracker->last.retention_us;

    if (!facts->broker_answered || !sm__lag_known(retention_us))
        return SM_LAG_UNKNOWN;
    if (retention_us == SM_LAG_UNLIMITED || facts->records == 0)
        return retention_us;
    if (!sm__lag_known(facts->behind_us))
        return SM_LAG_UNKNOWN;
    return retention_us > facts->behind_us ? retention_us - facts->behind_us : 0;
}

/* What retention took before it was read is behind no more, but lost. */
static void add_retention(const struct sm_lag_tracker *tracker, struct sm_lag_report *out)
{
    const struct sm_lag_facts *facts = &out->facts;
    bool both = sm__lag_known(facts->position) && sm__lag_known(facts->low);

    out->margin_us = margin_us(tracker, facts);
    out->margin_records = out->lost = SM_LAG_UNKNOWN;
    if (both)
        out->margin_records = facts->position > facts->low ? facts->position - facts->low : 0;
    if (facts->database_answered)
        out->lost = tracker->last.lost +
                    (both && facts->low > facts->position ? facts->low - facts->position : 0);
}

/* By the rates of a minute; of less, while there is no more. Who is current has nothing to catch up
 * with: there are always some records on their way. */
static int64_t eta_us(const struct sm_lag_report *report, const struct sm_lag_limits *limits)
{
    if (sm__lag_known(report->facts.records) && report->state <= SM_LAG_CURRENT)
        return 0;
    if (report->facts.records != 0 && report->facts.span_us < limits->look_us)
        return SM_LAG_UNKNOWN;
    return sm__lag_eta_us(report->facts.records, &report->rates[1]);
}

void sm_lag_report(const struct sm_lag_tracker *tracker, const struct sm_lag_limits *limits,
                   int64_t at_us, int64_t wall_us, struct sm_lag_report *out)
{
    enum sm_lag_wait waits_for;

    *out = (struct sm_lag_report){ .state = tracker->state, .waits_for = tracker->waits_for };
    sm__lag_facts(tracker, limits, at_us, wall_us, &out->facts);
    out->pending = sm_lag_judge(&out->facts, limits, &waits_for);
    sm__lag_rates(tracker, out->rates);
    if (!out->facts.sampled) {
        out->state = SM_LAG_STATE_UNKNOWN;
        out->waits_for = SM_LAG_WAIT_NONE;
        out->since_start = !tracker->started;
        out->for_us = tracker->started ? at_us - tracker->last.at_us : 0;
        for (int i = 0; i < SM_LAG_WINDOWS; i++)
            out->rates[i] = (struct sm_lag_rate){ 0, SM_LAG_UNKNOWN, SM_LAG_UNKNOWN };
    } else {
        out->since_start = tracker->since_start;
        out->for_us = at_us - tracker->since_us;
        out->clock_jumped = sm__lag_jumped(tracker, limits, at_us);
    }
    out->cause = cause_of(tracker, out);
    out->eta_us = eta_us(out, limits);
    add_retention(tracker, out);
}
