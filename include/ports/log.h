#ifndef SM_PORTS_LOG_H
#define SM_PORTS_LOG_H
/* Reading back what is kept: ordered scans of one consistent snapshot at a time, for verify (and
 * later for rebuild and as-of). Several scans may be open at once. Blocking; memory is bounded by a
 * few thousand rows a scan. Second implementation: tests/sim/memory_store. */
#include "ports/store.h"

enum sm_log_scan_kind {
    SM_SCAN_EVENTS_BY_STREAM, /* by client, kind, key, version */
    SM_SCAN_HEADS, /* by client, kind, key */
    SM_SCAN_CLIENTS, /* by id */
    SM_SCAN_LEDGER, /* by topic_id, partition, seq */
    SM_SCAN_EVENTS_BY_OFFSET, /* by topic_id, partition, ledger_seq, offset */
    SM_SCAN_DEAD_LETTERS, /* by topic_id, partition, ledger_seq, offset */
    SM_SCAN_POSITIONS, /* by topic_id, partition */
    SM_SCAN_PARKED, /* all states; by topic_id, partition, ledger_seq, offset */
    SM_SCAN_ROWS /* SM_SCAN_ROWS + table: the rows of that enum sm_table, by client, key; of the
                    reference tables by code */
};

struct sm_event_row {
    struct sm_event
        event; /* as the columns say; values are not filled: sm_event_replay_data does */
    int32_t version;
    int64_t created_at;
    int64_t recorded_at;
    enum sm_cause cause;
    struct sm_log_position position;
    struct sm_slice previous;
};
struct sm_ledger_record {
    struct sm_ledger_row row;
    struct sm_digest digest;
};
struct sm_dead_letter_row {
    struct sm_log_position position;
    struct sm_slice code;
    struct sm_slice key;
    struct sm_slice value;
    struct sm_digest value_hash; /* as kept; of an erased value it is what is left */
    bool erased;
};
struct sm_parked_row {
    struct sm_log_position position; /* ledger_seq: of the row that parked it */
    struct sm_slice wait; /* what it waited for when it was parked */
    struct sm_slice key;
    struct sm_slice value;
    struct sm_digest value_hash;
    bool erased;
    enum sm_parked_state state;
};
struct sm_table_row {
    struct sm_stream_name name;
    struct sm_row row;
};
struct sm_position_row {
    int16_t topic_id;
    int32_t partition;
    struct sm_slice topic;
    int64_t next_offset;
    int64_t seq;
    struct sm_digest chain;
    int64_t consumed, resolved, appended, logged, duplicated, parked, rejected, lost; /* totals */
    struct sm_slice owner; /* the instance that has it, or had it last */
    struct sm_slice stopped_reason; /* absent: it is not stopped */
    struct sm_slice waits_reason; /* absent: it waits for nothing */
    int64_t waits_since; /* SM_TIME_NONE: it waits for nothing */
};
/* The row of a scan; which member counts is the scan's kind. Valid until the scan's next row. */
struct sm_log_row {
    union {
        struct sm_event_row event;
        struct sm_head_wanted head;
        struct sm_client client;
        struct sm_ledger_record ledger;
        struct sm_dead_letter_row dead_letter;
        struct sm_position_row position;
        struct sm_parked_row parked;
        struct sm_table_row table;
    };
};

struct sm_log_scan;
struct sm_log;
struct sm_log_ops {
    /* SM_OK and a scan the caller closes; SM_RETRY; SM_FATAL. */
    enum sm_status (*open)(struct sm_log *log, enum sm_log_scan_kind kind, struct sm_log_scan **out,
                           struct sm_err *err);
    /* SM_OK: *row is the next row; SM_STOP: there is none; SM_RETRY: the session broke. */
    enum sm_status (*next)(struct sm_log_scan *scan, const struct sm_log_row **row,
                           struct sm_err *err);
    void (*close_scan)(struct sm_log_scan *scan);
    /* Takes a new snapshot, as of now, for the scans opened from here on; those ordered by client
     * then begin at the client `from` (nil: at the first). No scan may be open. SM_OK; SM_RETRY:
     * the session broke, and only close is left; SM_FATAL. */
    enum sm_status (*refresh)(struct sm_log *log, const struct sm_uuid *from, struct sm_err *err);
    void (*close)(struct sm_log *log);
};
struct sm_log {
    const struct sm_log_ops *ops;
};
#endif
