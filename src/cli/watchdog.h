#ifndef SM_CLI_WATCHDOG_H
#define SM_CLI_WATCHDOG_H
/* Ends the process by SIGALRM when the main loop has not been round for too long, so that a record
 * on which a step hangs is counted like one that crashes it (engine/trial.c). */
#include <stdbool.h>
#include <stdint.h>

/* Longest time between two calls of sm__watchdog_pet; 0: it is off, as it is before. */
bool sm__watchdog_start(int64_t limit_us);
/* The main loop is alive. Costs a look at the clock. */
void sm__watchdog_pet(int64_t now_us);
/* The most that the main loop may wait for work. */
int64_t sm__watchdog_wait_max_us(void);
/* Work is over: what comes now may take its time. */
void sm__watchdog_stop(void);
#endif
