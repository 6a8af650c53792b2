#ifndef SM_PORTS_CLOCK_H
#define SM_PORTS_CLOCK_H
/* The engine's only sense of time; virtual in the simulator. */
#include <stdint.h>

struct sm_clock {
    int64_t (*wall_us)(void *context); /* microseconds since 1970; may jump */
    int64_t (*monotonic_us)(void *context); /* never goes back; for waits and rates */
    void *context;
};
static inline int64_t sm_clock_wall(const struct sm_clock *clock)
{
    return clock->wall_us(clock->context);
}
static inline int64_t sm_clock_monotonic(const struct sm_clock *clock)
{
    return clock->monotonic_us(clock->context);
}
#endif
