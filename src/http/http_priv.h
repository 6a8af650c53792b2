#ifndef SM_HTTP_PRIV_H
#define SM_HTTP_PRIV_H
/* What the files of this layer share. Only server.c and stream.c know the library. */
#include <netinet/in.h>
#include <stdatomic.h>

#include "http/server.h"

/* ---- addresses ---- */

union sm__http_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};
/* Of "ADDRESS:PORT". SM_OK; SM_FATAL: not one, or not a loopback address. */
SM_MUST_CHECK enum sm_status sm__http_address_parse(const char *text, union sm__http_address *out,
                                                    struct sm_err *err);
/* True for a Host header that names this machine itself. A page of somebody else's, whose name was
 * made to point here, says its own name. */
bool sm__http_host_is_ours(const char *host);

/* ---- pages: all answers that depend on what was published ---- */

enum sm__http_page {
    SM__HTTP_LAG, /* JSON */
    SM__HTTP_PROMETHEUS,
    SM__HTTP_OPENMETRICS,
    SM__HTTP_READY, /* why it is not; empty: it is */
    SM__HTTP_STATUS, /* JSON, as the next ones */
    SM__HTTP_PARTITIONS,
    SM__HTTP_HISTORY, /* as many as ranges; empty: not known */
    SM__HTTP_EVENT = SM__HTTP_HISTORY + SM_HTTP_RANGES, /* the status as an event of a stream */
    SM__HTTP_PAGES
};
struct sm__http_pages {
    atomic_uint holders;
    uint64_t number; /* one more than of those before */
    int64_t at_us; /* monotonic: when they were made */
    struct sm_buf pages[SM__HTTP_PAGES];
};
/* Held once, by the caller. NULL: no memory. */
struct sm__http_pages *sm__http_pages_create(const struct sm_http_view *view, uint64_t number,
                                             int64_t at_us);
void sm__http_pages_hold(struct sm__http_pages *pages);
/* The last holder frees them. NULL is allowed. */
void sm__http_pages_release(struct sm__http_pages *pages);

/* Appends the metrics in the text format of Prometheus, or as OpenMetrics 1.0. What is unknown has
 * no sample. */
void sm__http_append_metrics(const struct sm_http_view *view, bool open, struct sm_buf *out);

/* ---- files that never change: the dashboard's page, made by embed.cmake ---- */

struct sm__http_file {
    const char *path, *type;
    struct sm_slice text;
};
extern const struct sm__http_file sm__http_files[];
extern const size_t sm__http_file_count;

/* ---- routes ---- */

#define SM__HTTP_STALE_US INT64_C(15000000) /* pages older than this are not given any more */

struct sm__http_request {
    const char *method, *path;
    const char *host, *accept; /* headers; NULL: not sent */
    const char *range; /* of history: the parameter; NULL: not sent */
};
struct sm__http_reply {
    unsigned status;
    const char *type; /* Content-Type; static */
    struct sm_slice body; /* static, or of the pages */
    bool of_pages;
    bool is_stream; /* of events: there is no body yet */
    bool is_page; /* it may load what this server has, and show it */
    const char *allow; /* Allow header of 405; else NULL */
};
/* `pages` are NULL before the first. */
void sm__http_route(const struct sm__http_request *request, const struct sm__http_pages *pages,
                    int64_t at_us, struct sm__http_reply *out);
#endif
