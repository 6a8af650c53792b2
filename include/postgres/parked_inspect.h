#ifndef SM_POSTGRES_PARKED_INSPECT_H
#define SM_POSTGRES_PARKED_INSPECT_H
/* Looking into the waiting room from outside: for `parked` and `status`. Reads only. Blocking.
 *
 * What a sink is given lies in memory of the call, and is valid only while the sink runs. */
#include "domain/record.h"
#include "domain/wait.h"
#include "postgres/client.h"

struct sm_parked_filter {
    const struct sm_uuid *client_id; /* NULL: of any client */
    const char *type; /* an event type's name; NULL: of any */
    const char *waits_for; /* a name of SM_WAIT_LIST; NULL: for anything */
    const char *topic; /* its name on the broker; NULL: of any */
    int64_t older_than_us; /* only those that have waited for longer; 0: all */
    int64_t limit; /* most rows that are given */
};

/* A parked event as it lies there. */
struct sm_parked_view {
    int64_t id;
    struct sm_slice state; /* of SM_PARKED_LIST */
    struct sm_slice waits_for; /* of SM_WAIT_LIST: what it waits for, or waited for last */
    struct sm_slice waits_code; /* absent: no code */
    bool gated;
    struct sm_uuid client_id;
    struct sm_slice kind;
    struct sm_slice key;
    struct sm_slice type;
    struct sm_uuid event_id;
    struct sm_slice topic;
    int32_t partition;
    int64_t offset;
    int64_t recorded_at;
    int64_t age_us; /* how long it has waited, or did, by the database's clock */
    int64_t total; /* how many match, shown or not */
    /* The rest is told by sm_postgres_parked_show alone. */
    struct sm_slice first_wait; /* what it waited for when it was parked */
    int64_t ledger_seq;
    int64_t record_time; /* SM_TIME_NONE: the record had none */
    int64_t resolved_at; /* SM_TIME_NONE: it waits still */
    int64_t resolved_seq; /* of the ledger row that resolved it; 0: it waits still */
    struct sm_slice record_key;
    struct sm_slice record_value;
    bool is_erased; /* value and headers are gone, by this event: */
    struct sm_uuid erased_by;
    const struct sm_header *headers;
    size_t header_count;
};
struct sm_parked_sink {
    void *context;
    void (*event)(void *context, const struct sm_parked_view *event);
};
/* Gives the events that wait and match, the oldest first.
 * SM_OK; SM_RETRY: the database cannot be reached; SM_FATAL: not permitted, or no schema. */
SM_MUST_CHECK enum sm_status sm_postgres_parked_list(const struct sm_postgres_client *client,
                                                     const struct sm_parked_filter *filter,
                                                     const struct sm_parked_sink *sink,
                                                     struct sm_err *err);
/* Gives one event, whatever became of it; gives nothing when there is none of this id. */
SM_MUST_CHECK enum sm_status sm_postgres_parked_show(const struct sm_postgres_client *client,
                                                     int64_t id, const struct sm_parked_sink *sink,
                                                     struct sm_err *err);

/* What waits on one partition for one kind of thing. */
struct sm_parked_waiting {
    struct sm_slice topic;
    int32_t partition;
    struct sm_slice waits_for;
    int64_t count;
    int64_t oldest_age_us;
};
struct sm_parked_waiting_sink {
    void *context;
    void (*waiting)(void *context, const struct sm_parked_waiting *waiting);
};
/* By topic, partition and what is waited for. Statuses as above. */
SM_MUST_CHECK enum sm_status sm_postgres_parked_waiting(const struct sm_postgres_client *client,
                                                        const struct sm_parked_waiting_sink *sink,
                                                        struct sm_err *err);
#endif
