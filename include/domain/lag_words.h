#ifndef SM_DOMAIN_LAG_WORDS_H
#define SM_DOMAIN_LAG_WORDS_H
/* Names and sentences of lag, the same on every face. All texts are static. */
#include "domain/lag.h"

const char *sm_lag_state_name(enum sm_lag_state state); /* "catching_up" */
const char *sm_lag_state_words(enum sm_lag_state state); /* "behind, and getting closer" */
const char *sm_lag_wait_name(enum sm_lag_wait waits_for);
const char *sm_lag_cause_name(enum sm_lag_cause cause);
const char *sm_lag_cause_words(enum sm_lag_cause cause);
/* What to do next, a sentence without its stop. */
const char *sm_lag_next_step(enum sm_lag_state state, enum sm_lag_wait waits_for);
#endif
