/* Lag as a plug-in of monitoring judges it. */
#include "cli/lag.h"

enum { WELL, WARNING, CRITICAL, UNKNOWN };

static bool exceeds(const struct sm_lag_group *group, const struct sm__lag_bounds *bounds)
{
    return group->behind_us > bounds->behind_us ||
           (bounds->records != SM_LAG_UNKNOWN && group->records > bounds->records);
}

static bool is_unknown(const struct sm_lag_group *group)
{
    return group->partitions == 0 || group->states[SM_LAG_STATE_UNKNOWN] != 0 ||
           group->behind_unknown != 0 || group->records_unknown != 0;
}

int sm__lag_check(const struct sm_lag_snapshot *snapshot, const struct sm__lag_bounds *bounds)
{
    const struct sm_lag_group *group = &snapshot->group;

    if (group->states[SM_LAG_STOPPED] != 0 || group->states[SM_LAG_STALLED] != 0 ||
        exceeds(group, bounds))
        return CRITICAL;
    if (is_unknown(group))
        return UNKNOWN;
    return sm_lag_group_state(group) > SM_LAG_CATCHING_UP ? WARNING : WELL;
}
