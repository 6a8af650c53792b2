#ifndef SM_REGISTRY_MULTI_H
#define SM_REGISTRY_MULTI_H
/* libcurl's multi interface as something that is polled: its sockets and its timer as data.
 *
 * Why not curl_multi_fdset: it cannot name descriptors above 1023. */
#include <curl/curl.h>
#include <poll.h>

#include "base/clock.h"
#include "ports/schemas.h"

struct sm__multi {
    CURLM *handle; /* owned */
    struct pollfd fds[SM_SCHEMAS_FDS_MAX]; /* what libcurl waits for */
    size_t fd_count;
    int64_t timer_us; /* when libcurl wants to be called; monotonic; INT64_MAX: not by time */
};

/* False when memory cannot be had; deinit is right in either case. */
SM_MUST_CHECK bool sm__multi_init(struct sm__multi *multi);
void sm__multi_deinit(struct sm__multi *multi);
/* Moves all transfers on as far as they get without waiting. */
void sm__multi_drive(struct sm__multi *multi);
#endif
