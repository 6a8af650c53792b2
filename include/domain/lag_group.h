#ifndef SM_DOMAIN_LAG_GROUP_H
#define SM_DOMAIN_LAG_GROUP_H
/* Lag of all partitions together: the worst of them, and sums that do not hide what is unknown. */
#include <stddef.h>

#include "domain/lag.h"

/* Zeros are a group without partitions. */
struct sm_lag_group {
    size_t partitions;
    size_t states[SM_LAG_STATE_COUNT]; /* partitions in each */
    size_t worst; /* number, in the order they were added, of the first in the worst state */
    struct sm_lag_report worst_report; /* its report */
    size_t records_unknown, behind_unknown; /* partitions that are not in the next ones */
    int64_t records; /* behind, of those that are known */
    int64_t records_max; /* of one partition */
    int64_t behind_us; /* the most of those that are known */
    int64_t lost; /* of those that are known */
    int64_t eta_us; /* of the slowest partition; UNKNOWN if that of any is; NEVER outweighs it */
    int64_t margin_us; /* the least of those that are known; UNLIMITED */
    struct sm_lag_rate rates[SM_LAG_WINDOWS]; /* sums; UNKNOWN if any is */
};

void sm_lag_group_add(struct sm_lag_group *group, const struct sm_lag_report *report);
/* Of a group without partitions it is unknown. */
enum sm_lag_state sm_lag_group_state(const struct sm_lag_group *group);
enum sm_lag_cause sm_lag_group_cause(const struct sm_lag_group *group);
#endif
