#ifndef SM_CLI_SIGNALS_H
#define SM_CLI_SIGNALS_H
/* SIGTERM and SIGINT as something to wait for. The first asks to stop; another one, half a second
 * later or more, ends the process at once, wherever it is, with 128 + the signal's number:
 * PostgreSQL undoes what was under way. */
#include <signal.h>
#include <stdbool.h>

/* Once per process. False when the descriptor cannot be had. */
bool sm__signals_catch(void);
/* Readable once a signal has come; for poll(2) only. */
int sm__signals_fd(void);
/* The first signal that came; 0: none. */
int sm__signals_caught(void);
/* Blocks all signals in the calling thread, and so in those that it starts, until unblock. */
void sm__signals_block(sigset_t *before);
void sm__signals_unblock(const sigset_t *before);
#endif
