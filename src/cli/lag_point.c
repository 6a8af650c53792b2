/* Points of the dashboard's history. */
#include "cli/lag_point.h"

#include <stdlib.h>

#include "codec/report.h"

#define LEVEL_UNKNOWN '-'

static int64_t begin_of(const struct sm_lag_snapshot *snapshot)
{
    return snapshot->wall_us - snapshot->wall_us % SM__LAG_POINT_US;
}

bool sm__lag_point_is_over(const struct sm__lag_point *point,
                           const struct sm_lag_snapshot *snapshot)
{
    return point->at_us != 0 && point->at_us != begin_of(snapshot);
}

static int64_t more(int64_t a, int64_t b)
{
    return a > b ? a : b; /* what is unknown is the least number */
}

/* How much colour a partition gets; sql/init says what the levels mean. */
static char level_of(const struct sm_lag_report *report)
{
    static const int bounds_s[] = {1, 5, 10, 30, 60, 300, 900, 3600, 21600};
    char level = '0';

    if (report->facts.behind_us == SM_LAG_UNKNOWN)
        return LEVEL_UNKNOWN;
    for (size_t i = 0; i < SM_ARRAY_COUNT(bounds_s); i++)
        level = (char)(level + (report->facts.behind_us > bounds_s[i] * INT64_C(1000000)));
    return level;
}

/* Partitions that were added move those after them: the point begins anew with all of them. */
static bool resize(struct sm__lag_point *point, size_t count)
{
    char *levels;

    if (point->count == count)
        return true;
    levels = realloc(point->levels, count);
    if (levels == NULL)
        return false;
    memset(levels, LEVEL_UNKNOWN, count);
    point->levels = levels;
    point->count = count;
    return true;
}

static void begin(struct sm__lag_point *point, const struct sm_lag_snapshot *snapshot)
{
    point->at_us = begin_of(snapshot);
    point->records = point->behind_us = SM_LAG_UNKNOWN;
    point->state = SM_LAG_IDLE;
}

bool sm__lag_point_add(struct sm__lag_point *point, const struct sm_lag_snapshot *snapshot)
{
    const struct sm_lag_group *group = &snapshot->group;
    enum sm_lag_state state = sm_lag_group_state(group);

    if (point->at_us == 0)
        begin(point, snapshot);
    if (group->records_unknown == 0 && group->partitions != 0)
        point->records = more(point->records, group->records);
    if (group->behind_unknown == 0 && group->partitions != 0)
        point->behind_us = more(point->behind_us, group->behind_us);
    point->in = group->partitions != 0 ? group->rates[0].in : SM_LAG_UNKNOWN;
    point->out = group->partitions != 0 ? group->rates[0].out : SM_LAG_UNKNOWN;
    if (state > point->state)
        point->state = state;
    if (!resize(point, snapshot->count))
        return false;
    for (size_t i = 0; i < snapshot->count; i++) {
        char level = level_of(&snapshot->partitions[i].report);

        if (level > point->levels[i])
            point->levels[i] = level;
    }
    return true;
}

static int64_t per_minute(int64_t in_1000_seconds)
{
    return in_1000_seconds == SM_LAG_UNKNOWN ? in_1000_seconds : in_1000_seconds * 60 / 1000;
}

/* A row for each topic, whose partitions follow each other from 0 on. */
static void report_heat(struct sm_report *report, const struct sm__lag_point *point,
                        const struct sm_lag_snapshot *snapshot)
{
    const struct sm_lag_partition *all = snapshot->partitions;
    size_t end;

    sm_report_array(report, "heat");
    for (size_t i = 0; i < point->count && i < snapshot->count; i = end) {
        for (end = i + 1; end < point->count && end < snapshot->count; end++) {
            if (strcmp(all[end].topic, all[i].topic) != 0)
                break;
        }
        sm_report_open_row(report, "heat");
        sm_report_text(report, "topic", all[i].topic);
        sm_report_slice(report, "levels",
                        (struct sm_slice){(const uint8_t *)point->levels + i, end - i});
        sm_report_close(report);
    }
}

bool sm__lag_point_append(const struct sm__lag_point *point,
                          const struct sm_lag_snapshot *snapshot, struct sm_buf *out)
{
    struct sm_report *report = sm_report_create();
    int64_t behind_us = point->behind_us;
    bool printed;

    sm_report_number(report, "at_ms", point->at_us / 1000);
    sm_report_number(report, "records", point->records);
    sm_report_number(report, "behind_ms",
                     behind_us == SM_LAG_UNKNOWN ? SM_REPORT_UNKNOWN : behind_us / 1000);
    sm_report_number(report, "in_per_minute", per_minute(point->in));
    sm_report_number(report, "out_per_minute", per_minute(point->out));
    sm_report_number(report, "state", point->state);
    report_heat(report, point, snapshot);
    printed = sm_report_print_line(report, out);
    sm_report_destroy(report);
    return printed;
}

void sm__lag_point_reset(struct sm__lag_point *point)
{
    free(point->levels);
    *point = (struct sm__lag_point){0};
}
