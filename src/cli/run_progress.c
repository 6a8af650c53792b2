/* The lines that tell how `run` is getting on: one at most per interval, and none while nothing
 * happens. */
#include <inttypes.h>

#include "cli/run.h"
#include "codec/report.h"

/* Asking the broker for its ends holds up the work, so it must not take longer than this in all. */
#define ASK_MS_MAX 200

/* Records between what is durable and the broker's end, over all partitions that we hold;
 * SM_REPORT_UNKNOWN when one of them cannot be told now. */
static int64_t measure_lag(struct sm__run *run, const struct sm_engine_view *view)
{
    int64_t deadline_us = sm_clock_monotonic(&run->clock) + ASK_MS_MAX * 1000;
    struct sm_partition_view partition;
    int64_t lag = 0;

    if (view->broker_away)
        return SM_REPORT_UNKNOWN;
    for (size_t i = 0; sm_engine_observe_partition(run->engine, i, &partition); i++) {
        int64_t low, high, left_us = deadline_us - sm_clock_monotonic(&run->clock);
        struct sm_err err;

        if (left_us <= 0 || partition.phase == SM_PARTITION_TAKING_OVER ||
            run->source->ops->watermarks(run->source, partition.id, (int)(left_us / 1000) + 1, &low,
                                         &high, &err) != SM_OK)
            return SM_REPORT_UNKNOWN;
        lag += high > partition.offset_durable ? high - partition.offset_durable : 0;
    }
    return lag;
}

static uint64_t rate(const struct sm__run_progress *progress, const struct sm_engine_view *view,
                     int64_t now_us)
{
    uint64_t records = view->consumed - progress->view.consumed;
    int64_t took_us = now_us - progress->told_us;

    return took_us > 0 ? records * 1000000 / (uint64_t)took_us : 0;
}

static bool is_new(const struct sm_engine_view *a, const struct sm_engine_view *b)
{
    return a->consumed != b->consumed || a->units != b->units || a->fences != b->fences ||
           a->partition_count != b->partition_count;
}

void sm__run_tell(struct sm__run *run, struct sm__run_progress *progress, bool last)
{
    int64_t now_us = sm_clock_monotonic(&run->clock);
    int64_t interval_us = sm_options_number(run->options, SM_OPTION_PROGRESS);
    struct sm_engine_view view;
    char lag[24] = "unknown", fields[512];
    int64_t records;

    if (!last && now_us - progress->told_us < interval_us)
        return;
    sm_engine_observe(run->engine, &view);
    if (!is_new(&view, &progress->view))
        return;
    records = measure_lag(run, &view);
    if (records != SM_REPORT_UNKNOWN)
        (void)snprintf(lag, sizeof(lag), "%" PRId64, records);
    (void)snprintf(fields, sizeof(fields),
                   "consumed=%" PRIu64 " per_second=%" PRIu64 " appended=%" PRIu64
                   " logged=%" PRIu64 " duplicate=%" PRIu64 " parked=%" PRIu64 " resolved=%" PRIu64
                   " rejected=%" PRIu64 " lag=%s transactions=%" PRIu64 " retries=%" PRIu64
                   " conflicts=%" PRIu64 " fences=%" PRIu64 " partitions=%zu",
                   view.consumed, rate(progress, &view, now_us), view.appended, view.logged,
                   view.duplicated, view.parked, view.resolved, view.rejected, lag, view.units,
                   view.retries, view.conflicts, view.fences, view.partition_count);
    sm_log(SM_LOG_INFO, "run", fields, last ? "consumed until the end" : "progress");
    progress->view = view;
    progress->told_us = now_us;
}
