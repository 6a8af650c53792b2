#ifndef SM_CLI_REPLAY_H
#define SM_CLI_REPLAY_H
/* The verbs of `replay`; each returns an exit code. */
#include "cli/options.h"

int sm__replay_rebuild(const struct sm_options *options);
int sm__replay_clean(const struct sm_options *options);
#endif
