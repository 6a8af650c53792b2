/* The machine's clocks. */
#include "base/clock.h"

static int64_t read_clock(clockid_t id)
{
    struct timespec now;

    (void)clock_gettime(id, &now); /* cannot fail: both clocks exist on every Linux */
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t sm_wall_us(void)
{
    return read_clock(CLOCK_REALTIME);
}

int64_t sm_monotonic_us(void)
{
    return read_clock(CLOCK_MONOTONIC);
}
