#ifndef SM_DOMAIN_LAG_PRIV_H
#define SM_DOMAIN_LAG_PRIV_H
/* What the files of the lag evaluator share. */
#include "domain/lag.h"

#define SM__LAG_TREND_US INT64_C(60000000) /* over this the direction is told */

static inline bool sm__lag_known(int64_t number)
{
    return number != SM_LAG_UNKNOWN;
}

/* ---- lag_rate.c ---- */

/* Keeps the point, thinned. A position or an end that went back makes the past meaningless. */
void sm__lag_keep(struct sm_lag_tracker *tracker, const struct sm_lag_point *point);
/* The kept point to look back to: the newest one that is at least `window_us` older than the newest
 * point, else the oldest one. NULL: nothing is kept, or nothing is known now. */
const struct sm_lag_point *sm__lag_back(const struct sm_lag_tracker *tracker, int64_t window_us);
/* Rates between two points. */
struct sm_lag_rate sm__lag_rate(const struct sm_lag_point *from, const struct sm_lag_point *to);
/* The rates over the windows of SM_LAG_WINDOWS. */
void sm__lag_rates(const struct sm_lag_tracker *tracker, struct sm_lag_rate out[SM_LAG_WINDOWS]);
/* Time until `records` are gone at these rates. */
int64_t sm__lag_eta_us(int64_t records, const struct sm_lag_rate *rate);

/* ---- lag_facts.c ---- */

/* What holds at the moment, from what is remembered. */
void sm__lag_facts(const struct sm_lag_tracker *tracker, const struct sm_lag_limits *limits,
                   int64_t at_us, int64_t wall_us, struct sm_lag_facts *out);
/* True while the wall clock's last jump makes ages meaningless. */
bool sm__lag_jumped(const struct sm_lag_tracker *tracker, const struct sm_lag_limits *limits,
                    int64_t at_us);
#endif
