#ifndef SM_CLI_RUN_RELAY_H
#define SM_CLI_RUN_RELAY_H
/* The relay within `run`: a thread of its own with sessions of its own, since librdkafka's calls
 * for transactions wait. It shares nothing with the lanes but the database, which wakes it. */
#include "cli/options.h"
#include "cli/wire.h"

struct sm__run_relay;
/* Starts the thread. SM_OK and a relay that the caller ends; SM_FATAL. */
SM_MUST_CHECK enum sm_status sm__run_relay_start(struct sm__wire *wire, struct sm__run_relay **out,
                                                 struct sm_err *err);
/* Waits until it has looked anew and found nothing to publish, or cannot publish (another instance
 * does, or it has stopped for good), or a signal comes. */
void sm__run_relay_settle(struct sm__run_relay *relay);
/* It has stopped for good; its reason, valid until it is ended. NULL: it has not. */
const char *sm__run_relay_failure(struct sm__run_relay *relay);
/* Gives the lease back, after the step that is under way. NULL is allowed. */
void sm__run_relay_end(struct sm__run_relay *relay);
#endif
