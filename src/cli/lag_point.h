#ifndef SM_CLI_LAG_POINT_H
#define SM_CLI_LAG_POINT_H
/* One point of the dashboard's history: the worst of what was seen in a few seconds. */
#include "codec/lag_snapshot.h"

#define SM__LAG_POINT_US INT64_C(5000000)

/* Zeros are a point of nothing. */
struct sm__lag_point {
    int64_t at_us; /* where its seconds begin, by the wall clock; 0: nothing was seen */
    int64_t records, behind_us; /* the most; SM_LAG_UNKNOWN */
    int64_t in, out; /* the last rates; SM_LAG_UNKNOWN */
    enum sm_lag_state state; /* the worst */
    char *levels; /* owned; a character for each partition, as in table lag_heat */
    size_t count;
};

/* True if the snapshot belongs to a later point than this one. */
bool sm__lag_point_is_over(const struct sm__lag_point *point,
                           const struct sm_lag_snapshot *snapshot);
/* Adds what was seen. False when memory cannot be had. */
SM_MUST_CHECK bool sm__lag_point_add(struct sm__lag_point *point,
                                     const struct sm_lag_snapshot *snapshot);
/* Appends it as JSON; the snapshot names the partitions. False when memory cannot be had. */
SM_MUST_CHECK bool sm__lag_point_append(const struct sm__lag_point *point,
                                        const struct sm_lag_snapshot *snapshot,
                                        struct sm_buf *out);
/* Makes it a point of nothing. */
void sm__lag_point_reset(struct sm__lag_point *point);
#endif
