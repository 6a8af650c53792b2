#ifndef SM_CODEC_LAG_SNAPSHOT_H
#define SM_CODEC_LAG_SNAPSHOT_H
/* Lag at one moment, as every face shows it: the evaluator's numbers with names to them. */
#include "base/buf.h"
#include "base/err.h"
#include "domain/lag_group.h"

#define SM_LAG_NAME_SIZE 256

struct sm_lag_partition {
    char topic[SM_LAG_NAME_SIZE];
    int32_t partition;
    char owner[SM_LAG_NAME_SIZE]; /* the instance that has it, or had it last; "": none yet */
    char reason[SM_ERR_TEXT_SIZE]; /* why it is stopped, or for what it waits; "": not told */
    struct sm_lag_report report;
};
/* Events that are not admitted; UNKNOWN numbers are SM_LAG_UNKNOWN. */
struct sm_lag_room {
    int64_t count;
    int64_t oldest_us; /* age of the oldest; -1: there is none */
};
struct sm_lag_snapshot {
    int64_t wall_us; /* when it was made */
    int64_t looked_us; /* how long was looked before */
    const struct sm_lag_partition *partitions; /* borrowed; by topic, then partition */
    size_t count;
    struct sm_lag_group group; /* of the partitions, in their order */
    struct sm_lag_room parked, dead_letters;
    char database_error[SM_ERR_TEXT_SIZE]; /* "": it answered */
    char kafka_error[SM_ERR_TEXT_SIZE]; /* "": it answered */
};

/* Appends the snapshot as one JSON document. Unknown numbers are null; times in milliseconds.
 * False when memory cannot be had. */
SM_MUST_CHECK bool sm_lag_snapshot_append_json(const struct sm_lag_snapshot *snapshot,
                                               struct sm_buf *out);
/* The same without the partitions' rows, which may be many, and with what the dashboard adds; one
 * line, without its end. */
struct sm_lag_more {
    const char *version;  /* of the program */
    const char *instance; /* that says it */
    const char *sentence; /* how it stands, for people */
    const char *board;    /* JSON: what waits and so on; NULL: not known */
};
SM_MUST_CHECK bool sm_lag_snapshot_append_status(const struct sm_lag_snapshot *snapshot,
                                                 const struct sm_lag_more *more,
                                                 struct sm_buf *out);
/* The partitions' rows alone, on one line, without its end. */
SM_MUST_CHECK bool sm_lag_snapshot_append_partitions(const struct sm_lag_snapshot *snapshot,
                                                     struct sm_buf *out);
#endif
