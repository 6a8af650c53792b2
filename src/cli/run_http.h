#ifndef SM_CLI_RUN_HTTP_H
#define SM_CLI_RUN_HTTP_H
/* Lag by HTTP within `run`: a thread that samples, with sessions and handles of its own, and the
 * server's. They share nothing with the lanes: whoever asks, and whoever does not answer, holds up
 * nothing but the numbers. */
#include "cli/options.h"
#include "cli/wire.h"

struct sm__run_http;
/* Listens, and begins to look. SM_OK, and what the caller ends; SM_FATAL: it cannot listen at the
 * address of --http, or no memory. */
SM_MUST_CHECK enum sm_status sm__run_http_start(struct sm__wire *wire,
                                                const struct sm_options *options,
                                                struct sm__run_http **out, struct sm_err *err);
/* After the look that is under way, which is bounded in time. NULL is allowed. */
void sm__run_http_end(struct sm__run_http *http);
#endif
