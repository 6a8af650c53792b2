#ifndef SM_CLI_CLOCK_H
#define SM_CLI_CLOCK_H
/* The machine's clocks (base/clock.h), as the port that the engine is given. */
#include "ports/clock.h"

struct sm_clock sm__clock(void);
#endif
