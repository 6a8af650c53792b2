#ifndef SM_BASE_CLOCK_H
#define SM_BASE_CLOCK_H
/* The machine's clocks, for what talks to the world. The domain has no time but that of events, and
 * the engine none but its port's (ports/clock.h). */
#include <stdint.h>

int64_t sm_wall_us(void); /* microseconds since 1970; may jump */
int64_t sm_monotonic_us(void); /* never goes back; for waits and rates */
#endif
