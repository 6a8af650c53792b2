/* The machine's clocks, as the engine's port. */
#include "cli/clock.h"

#include "base/clock.h"

static int64_t wall(void *context)
{
    (void)context;
    return sm_wall_us();
}

static int64_t monotonic(void *context)
{
    (void)context;
    return sm_monotonic_us();
}

struct sm_clock sm__clock(void)
{
    return (struct sm_clock){wall, monotonic, NULL};
}
