/* From facts to a state. */
#include "base/err.h"
#include "domain/lag_priv.h"

#define SECONDS(count) (INT64_C(1000000) * (count))

const struct sm_lag_limits sm_lag_limits_default = {
    .current_us = SECONDS(10),
    .idle_us = SECONDS(60),
    .stalled_us = SECONDS(60),
    .grace_us = SECONDS(5),
    .look_us = SECONDS(2),
    .still_us = SECONDS(10),
    .transaction_us = SECONDS(30),
    .ahead_us = SECONDS(10),
    .stale_us = SECONDS(15),
    .jump_us = SECONDS(5),
    .jump_wait_us = SECONDS(60),
};

/* What is bad is shown soon; what may be a moment's weakness, or strength, must last. Those that
 * follow from a duration in the facts need no more of it. */
int64_t sm_lag_hold_us(enum sm_lag_state state)
{
    static const int64_t holds_us[SM_LAG_STATE_COUNT] = {
        [SM_LAG_CURRENT] = SECONDS(5),       [SM_LAG_CATCHING_UP] = SECONDS(5),
        [SM_LAG_STATE_UNKNOWN] = SECONDS(3), [SM_LAG_FALLING_BEHIND] = SECONDS(15),
        [SM_LAG_UNASSIGNED] = SECONDS(5),    [SM_LAG_FENCED] = SECONDS(5),
        [SM_LAG_PAUSED] = SECONDS(2),
    };

    SM_ASSERT((unsigned)state < SM_LAG_STATE_COUNT);
    return holds_us[state];
}

static bool at_least(int64_t number, int64_t limit)
{
    return sm__lag_known(number) && number >= limit;
}

/* The timestamp alone does not do: a record may be old when it comes. */
static bool is_stalled(const struct sm_lag_facts *facts, const struct sm_lag_limits *limits)
{
    return at_least(facts->unmoved_us, limits->stalled_us) &&
           (facts->behind_for_us >= limits->stalled_us ||
            (at_least(facts->behind_us, limits->stalled_us) &&
             facts->behind_for_us >= limits->grace_us));
}

/* A fiftieth of what was consumed is no growth: samples of two servers are never of one moment. */
static enum sm_lag_state direction(const struct sm_lag_facts *facts,
                                   const struct sm_lag_limits *limits)
{
    if (facts->span_us < limits->look_us)
        return SM_LAG_STATE_UNKNOWN;
    if (facts->moved == 0)
        return at_least(facts->unmoved_us, limits->still_us) ? SM_LAG_FALLING_BEHIND
                                                             : SM_LAG_STATE_UNKNOWN;
    return facts->growth > facts->moved / 50 ? SM_LAG_FALLING_BEHIND : SM_LAG_CATCHING_UP;
}

static enum sm_lag_state judge_backlog(const struct sm_lag_facts *facts,
                                       const struct sm_lag_limits *limits,
                                       enum sm_lag_wait *waits_for)
{
    if (facts->records == 0 && facts->held_back > 0 &&
        facts->held_back_us >= limits->transaction_us) {
        *waits_for = SM_LAG_WAIT_TRANSACTION;
        return SM_LAG_PAUSED;
    }
    if (facts->records == 0)
        return at_least(facts->quiet_us, limits->idle_us) ? SM_LAG_IDLE : SM_LAG_CURRENT;
    if (is_stalled(facts, limits))
        return SM_LAG_STALLED;
    if (sm__lag_known(facts->behind_us) && facts->behind_us <= limits->current_us)
        return SM_LAG_CURRENT;
    return direction(facts, limits);
}

/* What explains the most comes first: a partition that is stopped is not behind, it is stopped. */
enum sm_lag_state sm_lag_judge(const struct sm_lag_facts *facts, const struct sm_lag_limits *limits,
                               enum sm_lag_wait *waits_for)
{
    *waits_for = SM_LAG_WAIT_NONE;
    if (!facts->sampled)
        return SM_LAG_STATE_UNKNOWN;
    if (facts->stopped || facts->ahead_us >= limits->ahead_us)
        return SM_LAG_STOPPED;
    if (facts->waits_for != SM_LAG_WAIT_NONE) {
        *waits_for = facts->waits_for;
        return SM_LAG_PAUSED;
    }
    if (!facts->database_answered)
        return SM_LAG_STATE_UNKNOWN;
    if (facts->owner == SM_LAG_OWNER_NONE)
        return SM_LAG_UNASSIGNED;
    if (facts->owner == SM_LAG_OWNER_FENCED)
        return SM_LAG_FENCED;
    if (!sm__lag_known(facts->records))
        return SM_LAG_STATE_UNKNOWN;
    return judge_backlog(facts, limits, waits_for);
}
