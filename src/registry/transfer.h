#ifndef SM_REGISTRY_TRANSFER_H
#define SM_REGISTRY_TRANSFER_H
/* One HTTP request and the bounded answer to it. */
#include "base/buf.h"
#include "base/json.h"
#include "registry/endpoint.h"

#define SM__ANSWER_ARENA_SIZE (4 << 20) /* bytes: an answer's values; pages are touched as needed */

struct sm__transfer {
    CURL *easy; /* owned; reused from request to request */
    struct sm_buf body;
    size_t header_size; /* bytes that came before the body */
    bool too_large;
    char detail[CURL_ERROR_SIZE]; /* libcurl's words for what went wrong, or "" */
};

/* False when memory cannot be had; deinit is right in either case. */
SM_MUST_CHECK bool sm__transfer_init(struct sm__transfer *transfer);
void sm__transfer_deinit(struct sm__transfer *transfer);

/* Makes the handle ready to be performed or added to a multi handle. `method` and `request`: NULL
 * for a GET; `request` must stay valid until the end. False when memory cannot be had. */
SM_MUST_CHECK bool sm__transfer_prepare(struct sm__transfer *transfer,
                                        const struct sm__endpoint *endpoint, const char *path,
                                        const char *method, const char *request);
/* Frees the answer's memory. */
void sm__transfer_forget(struct sm__transfer *transfer);

/* ---- what came of it ---- */

/* The answer's HTTP status; 0: there is none, or not a whole one (then `err` is SM_RETRY and says
 * why). Codes of redirection and of missing permission are not answers to work with: 0 as well. */
long sm__transfer_status(const struct sm__transfer *transfer, const struct sm__endpoint *endpoint,
                         CURLcode code, struct sm_err *err);
/* The answer as JSON, in the arena. NULL: it is none, and `err` (SM_RETRY) says why. */
const struct sm_json *sm__transfer_json(const struct sm__transfer *transfer,
                                        const struct sm__endpoint *endpoint, struct sm_arena *arena,
                                        struct sm_err *err);
/* The registry's own code of what went wrong (40403, …); 0: none. `json` may be NULL. */
int64_t sm__registry_code(const struct sm_json *json);
/* What the other side may have had a say in, for messages: a question mark for each byte that is no
 * printable ASCII; cut to fit, terminated. */
void sm__copy_printable(char *to, size_t size, struct sm_slice from);
#endif
