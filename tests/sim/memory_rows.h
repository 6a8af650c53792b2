#ifndef MEMORY_ROWS_H
#define MEMORY_ROWS_H
/* The tables of the memory database as plain arrays, in the order in which rows were committed.
 *
 * Texts lie in the database's heap for its whole life, so that a backup is a copy of the arrays.
 * Rows carry the number of the commit that wrote them, which the oracle reads as the order of the
 * whole history. */
#include "ports/log.h"

struct memory_position {
    struct sm_partition_id id;
    int16_t topic_id; /* topic + 1: never equal to the enumerator, so that a mix-up shows */
    int64_t next_offset;
    int64_t epoch;
    uint64_t owner; /* number of the store that took it over last */
    int64_t seq;
    struct sm_digest chain;
    int64_t recorded_at;
    struct sm_anchor anchor;
    int claims, trials;
    int64_t claimed_offset, trial_offset; /* -1: none */
    struct sm_anchor proven;
    struct sm_position_row totals;  /* only its counts */
    struct sm_slice stopped_reason; /* absent: it is not stopped */
    struct sm_slice waits_reason;   /* absent: it waits for nothing */
};
struct memory_event {
    struct sm_event_row row;
    uint64_t commit;
};
struct memory_head {
    struct sm_stream_name name;
    struct sm_head head;
};
struct memory_dead_letter {
    struct sm_dead_letter_row row;
    enum sm_rejection_code code;
    struct sm_event_known known;
    struct sm_uuid event_id; /* as far as known says, like the two below */
    struct sm_uuid client_id;
    struct sm_digest content_hash;
    size_t header_count;
    const struct sm_header *headers;
    int64_t timestamp_us;
    int64_t retried_seq; /* of the ledger row that resolved it; 0: it is open */
};
enum memory_request_outcome {
    MEMORY_REQUEST_OPEN,
    MEMORY_REQUEST_DONE,
    MEMORY_REQUEST_DIED,
    MEMORY_REQUEST_TOO_LATE
};
struct memory_request { /* by an operator */
    int64_t id;         /* from 1, as they were made */
    enum sm_cause cause;
    int64_t dead_letter_id, parked_id; /* one of them is 0; dead letters count from 1 */
    struct sm_partition_id partition;
    int attempts;
    enum memory_request_outcome outcome;
    enum sm_verdict_kind verdict; /* DONE, as the two below */
    struct sm_slice code;         /* of a rejection */
    int64_t seq;                  /* of the ledger row */
};
struct memory_ledger_row {
    struct sm_ledger_record record;
    uint64_t commit; /* of the whole program's history; a unit's partitions share it */
};

struct memory_row { /* of a projected table besides clients */
    struct sm_stream_name name;
    struct sm_row row;
};
struct memory_log_line {
    struct sm_uuid event_id, client_id;
    struct sm_digest content_hash;
    struct sm_log_position position;
    int64_t time_us;
    uint64_t commit;
    const struct sm_event *event; /* without values */
    bool erased;                  /* what it says is replaced by the mark */
    bool removed;                 /* by retention: nobody sees it any more */
};
struct memory_parked {
    int64_t id;
    struct sm_partition_id partition;
    struct sm_stream_name name;
    struct sm_uuid event_id;
    struct sm_digest content_hash;
    bool gated;
    struct sm_wait wait;
    int64_t resolved_seq; /* 0: it waits */
    int64_t timestamp_us;
    const struct sm_header *headers;
    size_t header_count;
    struct sm_parked_row row;
    uint64_t commit;
};
struct memory_due {
    struct sm_due due;
};
struct memory_command {
    struct sm_command_row row; /* event_id of one that was only found: nil */
    bool found;                /* on the topic, while no event of ours has caused it */
    bool differs;
    bool published;
    int32_t partition; /* of the command topic; once it is published, as the offset */
    int64_t offset;
};

#define MEMORY_CURSORS 8 /* partitions of the command topic, at the most */
struct memory_lease {
    int64_t epoch;
    int64_t expires_us;
    uint64_t scanned_in; /* db->incarnation of then */
    char owner[32];
};

struct memory_rows {
    struct memory_lease lease;
    int64_t cursors[MEMORY_CURSORS]; /* next offset + 1; 0: none yet */
    struct memory_position *positions; /* all arrays owned */
    struct memory_event *events;
    struct memory_head *heads;
    struct sm_client *clients;
    struct memory_dead_letter *dead_letters;
    struct memory_ledger_row *ledger;
    struct memory_row *table_rows;
    struct memory_log_line *log_lines;
    struct memory_parked *parked; /* by id */
    struct memory_due *due;
    struct memory_request *requests; /* by id */
    struct memory_command *commands; /* as they were written */
    size_t command_count, command_capacity;
    size_t request_count, request_capacity;
    size_t table_row_count, table_row_capacity;
    size_t log_line_count, log_line_capacity;
    size_t parked_count, parked_capacity;
    size_t due_count, due_capacity;
    int64_t parked_ids, stamps;
    size_t position_count, position_capacity;
    size_t event_count, event_capacity;
    size_t head_count, head_capacity;
    size_t client_count, client_capacity;
    size_t dead_letter_count, dead_letter_capacity;
    size_t ledger_count, ledger_capacity;
    uint64_t generations[SM_BUCKETS];
};

/* Each adds one zeroed row and returns it; valid until the next one is added. */
struct memory_position *memory_rows_add_position(struct memory_rows *rows);
struct memory_event *memory_rows_add_event(struct memory_rows *rows);
struct memory_head *memory_rows_add_head(struct memory_rows *rows);
struct sm_client *memory_rows_add_client(struct memory_rows *rows);
struct memory_dead_letter *memory_rows_add_dead_letter(struct memory_rows *rows);
struct memory_ledger_row *memory_rows_add_ledger(struct memory_rows *rows);

struct memory_row *memory_rows_add_table_row(struct memory_rows *rows);
struct memory_log_line *memory_rows_add_log_line(struct memory_rows *rows);
struct memory_parked *memory_rows_add_parked(struct memory_rows *rows);
struct memory_due *memory_rows_add_due(struct memory_rows *rows);
struct memory_request *memory_rows_add_request(struct memory_rows *rows);
struct memory_command *memory_rows_add_command(struct memory_rows *rows);

/* NULL where there is none. */
struct memory_row *memory_rows_table_row(const struct memory_rows *rows,
                                         const struct sm_stream_name *name);
struct memory_log_line *memory_rows_log_line(const struct memory_rows *rows,
                                             const struct sm_uuid *client_id,
                                             const struct sm_uuid *event_id);
/* The one that waits under this id, other than the one of number `but`. */
struct memory_parked *memory_rows_waiting(const struct memory_rows *rows,
                                          const struct sm_uuid *client_id,
                                          const struct sm_uuid *event_id, int64_t but);
struct memory_parked *memory_rows_parked(const struct memory_rows *rows, int64_t id);
struct memory_dead_letter *memory_rows_dead_letter(const struct memory_rows *rows, int64_t id);
struct memory_request *memory_rows_request(const struct memory_rows *rows, int64_t id);
struct memory_command *memory_rows_command(const struct memory_rows *rows,
                                           const struct sm_uuid *client_id,
                                           const struct sm_uuid *command_id);
struct memory_position *memory_rows_position(const struct memory_rows *rows,
                                             struct sm_partition_id id);
struct memory_head *memory_rows_head(const struct memory_rows *rows,
                                     const struct sm_stream_name *name);
struct sm_client *memory_rows_client(const struct memory_rows *rows, const struct sm_uuid *id);
struct memory_event *memory_rows_event(const struct memory_rows *rows,
                                       const struct sm_uuid *client_id,
                                       const struct sm_uuid *event_id);
/* The client that is not archived and has the organization id. */
struct sm_client *memory_rows_owner(const struct memory_rows *rows,
                                    struct sm_slice organization_id);

void memory_rows_copy(struct memory_rows *to, const struct memory_rows *from);
void memory_rows_free(struct memory_rows *rows);
#endif
