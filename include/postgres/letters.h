#ifndef SM_POSTGRES_LETTERS_H
#define SM_POSTGRES_LETTERS_H
/* Dead letters from outside: for `dead-letters`. Reads only; what changes them is in requests.h.
 * Blocking. What a sink is given lies in memory of the call, and is valid only while it runs.
 *
 * All return SM_OK; SM_RETRY: the database cannot be reached; SM_FATAL: not permitted, or no schema
 * of ours. */
#include "domain/record.h"
#include "postgres/client.h"

struct sm_letter_filter {
    int64_t id; /* this one alone, whatever its state; 0: all that match */
    const char *state; /* NULL, as below: of any */
    const char *code;
    const char *type;
    const struct sm_uuid *client_id;
    const char *topic; /* its name on the broker */
    int64_t older_than_us; /* only those refused longer ago; 0: all */
    int64_t limit; /* at most so many, the first ones; 0: all */
};

/* Numbers of rows, as PostgreSQL writes an array. */
struct sm_letter_ids {
    char *text; /* owned */
    int64_t count;
};
SM_MUST_CHECK enum sm_status sm_postgres_letters_choose(const struct sm_postgres_client *client,
                                                        const struct sm_letter_filter *filter,
                                                        struct sm_letter_ids *out,
                                                        struct sm_err *err);
void sm_letter_ids_free(struct sm_letter_ids *ids);

struct sm_letter_view {
    int64_t id;
    struct sm_slice state;
    struct sm_slice code;
    struct sm_slice field; /* absent where it is not known, as the next ones */
    struct sm_slice value;
    struct sm_slice reason;
    bool has_client;
    struct sm_uuid client_id;
    struct sm_slice type;
    bool has_event;
    struct sm_uuid event_id;
    struct sm_slice topic;
    int32_t partition;
    int64_t offset;
    int64_t recorded_at;
    int64_t age_us; /* since then, by the database's clock */
    int32_t attempts;
    bool erased;
    struct sm_uuid erased_by; /* of those erased: the client.erased event */
    /* The rest is told by sm_postgres_letters_records alone. */
    int64_t ledger_seq;
    int64_t record_time; /* SM_TIME_NONE: the record had none */
    struct sm_slice record_key;
    struct sm_slice record_value;
    const struct sm_header *headers;
    size_t header_count;
};
/* Something an operator asked for. */
struct sm_letter_attempt {
    int64_t id;
    struct sm_slice action;
    struct sm_slice actor;
    struct sm_slice reason;
    int64_t requested_at;
    int64_t done_at; /* SM_TIME_NONE: it stands still */
    struct sm_slice outcome;
    struct sm_slice code;
    struct sm_slice detail;
};
struct sm_letter_sink {
    void *context;
    void (*letter)(void *context, const struct sm_letter_view *letter);
    void (*code)(void *context, struct sm_slice code, int64_t count); /* of list */
    void (*attempt)(void *context, const struct sm_letter_attempt *attempt); /* of history */
};
/* Gives the first `limit` of them, the oldest first, after how many there are of each code. */
SM_MUST_CHECK enum sm_status sm_postgres_letters_list(const struct sm_postgres_client *client,
                                                      const struct sm_letter_ids *ids,
                                                      int64_t limit,
                                                      const struct sm_letter_sink *sink,
                                                      struct sm_err *err);
/* Gives all of them with their records, by number, a few at a time. */
SM_MUST_CHECK enum sm_status sm_postgres_letters_records(const struct sm_postgres_client *client,
                                                         const struct sm_letter_ids *ids,
                                                         const struct sm_letter_sink *sink,
                                                         struct sm_err *err);
/* What was asked for of one dead letter, the oldest first. */
SM_MUST_CHECK enum sm_status sm_postgres_letters_history(const struct sm_postgres_client *client,
                                                         int64_t id,
                                                         const struct sm_letter_sink *sink,
                                                         struct sm_err *err);
#endif
