#ifndef SM_CLI_STATUS_H
#define SM_CLI_STATUS_H
/* What `status` knows at one moment, and its two faces. Numbers that are not known are
 * SM_REPORT_UNKNOWN. */
#include "base/err.h"
#include "codec/report.h"
#include "base/timestamp.h"
#include "domain/wait.h"
#include "postgres/outbox_view.h"

#define SM__STATUS_NAME_SIZE 256

struct sm__status_partition {
    char topic[SM__STATUS_NAME_SIZE];
    int32_t partition;
    bool seen;           /* PostgreSQL has a position for it */
    int64_t next_offset; /* durable */
    int64_t low, high;   /* the broker's first offset, and the one after its last */
    int64_t lag;         /* records that are on the broker and not committed yet */
    int64_t consumed, appended, logged, duplicated, parked, rejected, lost;
    int64_t resolved; /* of those parked: they wait no more */
    int64_t waiting;  /* now */
    char owner[SM__STATUS_NAME_SIZE]; /* "": nobody, or not known */
    char stopped[SM_ERR_TEXT_SIZE];   /* why it is stopped; "": it is not */
    char waits[SM_ERR_TEXT_SIZE];     /* what it waits for, to go on by itself; "": for nothing */
    char waits_since[SM_TIMESTAMP_TEXT_SIZE + 1];
};

/* What waits for one kind of thing, on all partitions. */
struct sm__status_waiting {
    int64_t count;
    int64_t oldest_us; /* how long the oldest has waited */
};

struct sm__status {
    struct sm__status_partition *partitions; /* owned; by topic, then partition */
    size_t count, capacity;
    struct sm__status_waiting waiting[SM_WAIT_COUNT];
    struct sm_postgres_outbox_view outbox; /* if schema_version is known and not 0 */
    char database_error[SM_ERR_TEXT_SIZE]; /* "": it answered */
    char kafka_error[SM_ERR_TEXT_SIZE];    /* "": it answered */
    char server_version[64];               /* PostgreSQL's; "": not known */
    int64_t schema_version;                /* of the database */
    int64_t schema_wanted;                 /* of this program */
};

struct sm__wire; /* cli/wire.h */
/* Asks both sides, each whatever the other one answered: half an answer is better than none. Into
 * a status of zeros, to be deinited in any case. An exit code: SM_EXIT_OK, or SM_EXIT_FAILED where
 * one of the errors is filled. */
int sm__status_gather(struct sm__status *status, struct sm__wire *wire, int timeout_ms);
void sm__status_deinit(struct sm__status *status);
/* The partition, made with everything unknown if it is new. NULL when memory cannot be had; the
 * pointer is good until the next call. */
struct sm__status_partition *sm__status_partition(struct sm__status *status, struct sm_slice topic,
                                                  int32_t partition);
/* Orders the partitions and computes what follows from the rest. */
void sm__status_finish(struct sm__status *status);

/* Appends the status as a table for people, or as JSON. False when memory cannot be had. */
SM_MUST_CHECK bool sm__status_append_text(const struct sm__status *status, struct sm_buf *out);
SM_MUST_CHECK bool sm__status_append_json(const struct sm__status *status, struct sm_buf *out);
#endif
