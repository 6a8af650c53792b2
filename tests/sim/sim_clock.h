#ifndef SIM_CLOCK_H
#define SIM_CLOCK_H
/* Virtual time: it moves only when the simulator says so. */
#include "ports/clock.h"

struct sim_clock {
    int64_t now_us;         /* monotonic; never 0, which the engine may take for "never" */
    int64_t wall_offset_us; /* wall = now + offset; a fault may move it either way */
};

struct sm_clock sim_clock_port(struct sim_clock *clock);
#endif
