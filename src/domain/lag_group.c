/* All partitions together. */
#include "domain/lag_group.h"

#include "domain/lag_priv.h"

#define SHARE_MIN    3 /* partitions; of fewer, one alone says nothing */
#define SHARE_OF_ONE 5 /* one has it all but for this part of it */

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t sum(int64_t a, int64_t b)
{
    if (!sm__lag_known(a) || !sm__lag_known(b))
        return SM_LAG_UNKNOWN;
    return a > INT64_MAX - b ? INT64_MAX : a + b;
}

static void start(struct sm_lag_group *group, const struct sm_lag_report *report)
{
    group->worst_report = *report;
    group->margin_us = SM_LAG_UNLIMITED;
    for (int i = 0; i < SM_LAG_WINDOWS; i++)
        group->rates[i] = (struct sm_lag_rate){ report->rates[i].span_us, 0, 0 };
}

/* Never is worse than not known: the slowest decides. */
static int64_t slower(int64_t a, int64_t b)
{
    if (a == SM_LAG_NEVER || b == SM_LAG_NEVER)
        return SM_LAG_NEVER;
    return sm__lag_known(a) && sm__lag_known(b) ? larger(a, b) : SM_LAG_UNKNOWN;
}

static void add_backlog(struct sm_lag_group *group, const struct sm_lag_report *report)
{
    const struct sm_lag_facts *facts = &report->facts;

    if (sm__lag_known(facts->records)) {
        group->records = sum(group->records, facts->records);
        group->records_max = larger(group->records_max, facts->records);
    } else {
        group->records_unknown++;
    }
    if (sm__lag_known(facts->behind_us))
        group->behind_us = larger(group->behind_us, facts->behind_us);
    else
        group->behind_unknown++;
}

void sm_lag_group_add(struct sm_lag_group *group, const struct sm_lag_report *report)
{
    if (group->partitions == 0)
        start(group, report);
    if (report->state > group->worst_report.state) {
        group->worst = group->partitions;
        group->worst_report = *report;
    }
    group->partitions++;
    group->states[report->state]++;
    add_backlog(group, report);
    if (sm__lag_known(report->lost))
        group->lost = sum(group->lost, report->lost);
    if (sm__lag_known(report->margin_us) && report->margin_us < group->margin_us)
        group->margin_us = report->margin_us;
    group->eta_us = slower(group->eta_us, report->eta_us);
    for (int i = 0; i < SM_LAG_WINDOWS; i++) {
        group->rates[i].in = sum(group->rates[i].in, report->rates[i].in);
        group->rates[i].out = sum(group->rates[i].out, report->rates[i].out);
    }
}

enum sm_lag_state sm_lag_group_state(const struct sm_lag_group *group)
{
    return group->partitions != 0 ? group->worst_report.state : SM_LAG_STATE_UNKNOWN;
}

enum sm_lag_cause sm_lag_group_cause(const struct sm_lag_group *group)
{
    if (group->partitions == 0)
        return SM_LAG_CAUSE_UNKNOWN;
    if (group->partitions >= SHARE_MIN && group->worst_report.cause != SM_LAG_CAUSE_NONE &&
        group->records > 0 && group->records_unknown == 0 &&
        group->records - group->records_max <= group->records / SHARE_OF_ONE)
        return SM_LAG_CAUSE_PARTITION;
    return group->worst_report.cause;
}
