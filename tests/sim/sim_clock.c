/* The clock port on virtual time. */
#include "sim/sim_clock.h"

static int64_t wall_us(void *context)
{
    const struct sim_clock *clock = context;

    return clock->now_us + clock->wall_offset_us;
}

static int64_t monotonic_us(void *context)
{
    const struct sim_clock *clock = context;

    return clock->now_us;
}

struct sm_clock sim_clock_port(struct sim_clock *clock)
{
    return (struct sm_clock){wall_us, monotonic_us, clock};
}
