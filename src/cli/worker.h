#ifndef SM_CLI_WORKER_H
#define SM_CLI_WORKER_H
/* A thread of `run` beside the engine's: it hears no signals, and its waits end when it is to end.
 */
#include "base/err.h"

struct sm__worker;
/* Calls work(context) in a new thread. `name` is for errors, and outlives it. SM_OK and a worker
 * that the caller ends; SM_FATAL: no memory, descriptor or thread. */
SM_MUST_CHECK enum sm_status sm__worker_start(const char *name, void (*work)(void *context),
                                              void *context, struct sm__worker **out,
                                              struct sm_err *err);
/* For the thread itself: false when it is to end. */
bool sm__worker_goes_on(const struct sm__worker *worker);
/* For the thread itself: sleeps, but not beyond the wish that it ends. */
void sm__worker_sleep(const struct sm__worker *worker, int timeout_ms);
/* Asks it to end, and waits until it has. NULL is allowed. */
void sm__worker_end(struct sm__worker *worker);
#endif
