/* The machine's clocks. */
#include <stddef.h>

#include "cli/clock.h"

static int64_t read_clock(clockid_t id)
{
    struct timespec now;

    (void)clock_gettime(id, &now); /* cannot fail: both clocks exist on every Linux */
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t sm__cli_wall_us(void)
{
    return read_clock(CLOCK_REALTIME);
}

int64_t sm__cli_monotonic_us(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

static int64_t wall(void *context)
{
    (void)context;
    return sm__cli_wall_us();
}

static int64_t monotonic(void *context)
{
    (void)context;
    return sm__cli_monotonic_us();
}

struct sm_clock sm__clock(void)
{
    return (struct sm_clock){wall, monotonic, NULL};
}
