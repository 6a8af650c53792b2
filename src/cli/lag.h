#ifndef SM_CLI_LAG_H
#define SM_CLI_LAG_H
/* Lag for people, and for plug-ins of monitoring. */
#include "codec/lag_snapshot.h"

/* Appends one sentence of truth: "current: 0.4 s behind, 12300 records a minute". */
void sm__lag_append_sentence(const struct sm_lag_snapshot *snapshot, struct sm_buf *out);
/* Appends the sentence, the table of partitions, what waits, and what to do. False when memory
 * cannot be had. */
SM_MUST_CHECK bool sm__lag_append_text(const struct sm_lag_snapshot *snapshot, struct sm_buf *out);

struct sm__lag_bounds {
    int64_t behind_us;
    int64_t records; /* SM_LAG_UNKNOWN: any number will do */
};
/* 0 well, 1 warning, 2 critical, 3 unknown. Known to be critical outweighs what is not known. */
int sm__lag_check(const struct sm_lag_snapshot *snapshot, const struct sm__lag_bounds *bounds);
#endif
