/* One line on a terminal that tells how far a command is. */
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/progress.h"

#define INTERVAL_US 100000
#define BAR_WIDTH   30

void sm__progress_init(struct sm__progress *progress, uint64_t total)
{
    *progress = (struct sm__progress){.shown = isatty(STDERR_FILENO) == 1, .total = total};
}

void sm__progress_show(struct sm__progress *progress, uint64_t done, const char *text)
{
    static const char full[BAR_WIDTH + 1] = "##############################";
    int64_t now_us;
    uint64_t part;
    int filled;

    if (!progress->shown)
        return;
    now_us = sm_monotonic_us();
    if (now_us < progress->next_us)
        return;
    progress->next_us = now_us + INTERVAL_US;
    progress->drawn = true;
    if (progress->total == 0) {
        (void)fprintf(stderr, "\r\033[K%s", text);
        return;
    }
    part = done < progress->total ? done : progress->total;
    filled = (int)(part * BAR_WIDTH / progress->total);
    (void)fprintf(stderr, "\r\033[K[%.*s%*s] %3d %%  %s", filled, full, BAR_WIDTH - filled, "",
                  (int)(part * 100 / progress->total), text);
}

void sm__progress_wipe(struct sm__progress *progress)
{
    if (!progress->drawn)
        return;
    (void)fprintf(stderr, "\r\033[K");
    progress->drawn = false;
}
