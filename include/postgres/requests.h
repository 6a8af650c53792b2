#ifndef SM_POSTGRES_REQUESTS_H
#define SM_POSTGRES_REQUESTS_H
/* What operators ask for: rows of operator_requests, which the instance that owns the partition
 * does (sql/queries/requests.sql); a discard is done at once. Blocking; statuses as in letters.h.
 */
#include "postgres/letters.h"
#include "postgres/parked_inspect.h"

enum sm_request_action {
    SM_REQUEST_RETRY,
    SM_REQUEST_FORCE, /* over newer state, too */
    SM_REQUEST_EXPIRE, /* of events in the waiting room */
    SM_REQUEST_DISCARD
};
struct sm_request {
    enum sm_request_action action;
    const char *actor;
    const char *reason; /* NULL: none given */
};
/* What was made of one of the chosen. */
struct sm_request_made {
    int64_t id; /* of the dead letter or the parked event */
    struct sm_slice state; /* as it was found */
    bool erased; /* it has no bytes any more, so nothing can be tried */
    int64_t standing; /* a request that stood already; 0: none */
    int64_t made; /* the new request; 0: none, for one of these reasons */
};
struct sm_request_result {
    int64_t id; /* of the dead letter or the parked event */
    struct sm_slice outcome; /* "": nobody has done it yet */
    struct sm_slice code; /* absent where there is none, as the next one */
    struct sm_slice detail;
};
struct sm_request_sink {
    void *context;
    void (*made)(void *context, const struct sm_request_made *made);
    void (*result)(void *context, const struct sm_request_result *result);
};

/* The events that wait and match; or the one of this number (0: none), whatever became of it. Of
 * the filter all but the limit is heeded. */
SM_MUST_CHECK enum sm_status sm_postgres_parked_choose(const struct sm_postgres_client *client,
                                                       int64_t id,
                                                       const struct sm_parked_filter *filter,
                                                       struct sm_letter_ids *out,
                                                       struct sm_err *err);
/* Asks for all of `ids` in one transaction. `requests` gets the new ones. */
SM_MUST_CHECK enum sm_status sm_postgres_requests_make(const struct sm_postgres_client *client,
                                                       const struct sm_letter_ids *ids,
                                                       const struct sm_request *request,
                                                       const struct sm_request_sink *sink,
                                                       struct sm_letter_ids *requests,
                                                       struct sm_err *err);
/* Waits until all are done, or for `wait_us`; then tells what became of each. */
SM_MUST_CHECK enum sm_status sm_postgres_requests_await(const struct sm_postgres_client *client,
                                                        const struct sm_letter_ids *requests,
                                                        int64_t wait_us,
                                                        const struct sm_request_sink *sink,
                                                        struct sm_err *err);
#endif
