#ifndef SM_CLI_CLOCK_H
#define SM_CLI_CLOCK_H
/* The machine's clocks, as functions and as the port that the engine is given. */
#include "ports/clock.h"

int64_t sm__cli_wall_us(void);
int64_t sm__cli_monotonic_us(void);
struct sm_clock sm__clock(void);
#endif
