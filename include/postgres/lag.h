#ifndef SM_POSTGRES_LAG_H
#define SM_POSTGRES_LAG_H
/* What PostgreSQL knows of lag: positions, whose they are, and what waits. Reads only.
 *
 * A connection of its own, opened at the first question, kept, and opened anew after it broke. Each
 * call takes at most the client's time to connect and to answer. Not thread-safe. */
#include "base/slice.h"
#include "postgres/client.h"

struct sm_postgres_lag;
/* `client` must outlive it. Connects to nothing yet. NULL when memory cannot be had. */
struct sm_postgres_lag *sm_postgres_lag_create(const struct sm_postgres_client *client);
void sm_postgres_lag_destroy(struct sm_postgres_lag *lag);

enum sm_postgres_owned { SM_OWNED_UNKNOWN, SM_OWNED_NOT, SM_OWNED };
/* Texts are valid while the sink runs. Times are SM_TIME_NONE where there is none. */
struct sm_postgres_lag_row {
    struct sm_slice topic;
    int32_t partition;
    int64_t next_offset;
    int64_t recorded_at_us; /* of its last unit */
    int64_t taken_at_us; /* by its owner */
    int64_t lost;
    struct sm_slice owner;
    struct sm_slice stopped; /* why it waits for an operator; absent: it does not */
    struct sm_slice waits; /* for what outside it waits; absent: for nothing */
    enum sm_postgres_owned owned; /* does the session of its owner live? */
};
/* What is not admitted. Ages are of the oldest; -1: there is none. */
struct sm_postgres_lag_rooms {
    int64_t parked, parked_age_us;
    int64_t dead_letters, dead_letters_age_us;
};
struct sm_postgres_lag_sink {
    void *context;
    void (*row)(void *context, const struct sm_postgres_lag_row *row);
};
/* Rows go to the sink by topic and partition. A database without our tables has no rows, and zeros
 * for the rooms. SM_OK; SM_RETRY: no answer in time; SM_FATAL: not permitted. */
SM_MUST_CHECK enum sm_status sm_postgres_lag_ask(struct sm_postgres_lag *lag,
                                                 const struct sm_postgres_lag_sink *sink,
                                                 struct sm_postgres_lag_rooms *rooms,
                                                 struct sm_err *err);
#endif
