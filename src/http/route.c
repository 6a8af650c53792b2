/* What is answered to a request: a pure function of it, of the pages, and of the time. */
#include "http/http_priv.h"

#define TYPE_TEXT        "text/plain; charset=utf-8"
#define TYPE_JSON        "application/json"
#define TYPE_PROMETHEUS  "text/plain; version=0.0.4; charset=utf-8"
#define TYPE_OPENMETRICS "application/openmetrics-text; version=1.0.0; charset=utf-8"
#define TYPE_EVENTS      "text/event-stream"
#define ALLOWED          "GET, HEAD"

static void say(struct sm__http_reply *out, unsigned status, const char *text)
{
    *out = (struct sm__http_reply){
        .status = status, .type = TYPE_TEXT, .body = sm_slice_of(text)};
}

/* What is too old would lie. */
static bool are_good(const struct sm__http_pages *pages, int64_t at_us,
                     struct sm__http_reply *out)
{
    if (pages == NULL)
        say(out, 503, "nothing was looked at yet\n");
    else if (at_us - pages->at_us > SM__HTTP_STALE_US)
        say(out, 503, "the last look is too old: PostgreSQL or Kafka takes long to answer\n");
    else
        return true;
    return false;
}

static void give(struct sm__http_reply *out, const struct sm__http_pages *pages,
                 enum sm__http_page page, const char *type)
{
    *out = (struct sm__http_reply){
        .status = 200, .type = type, .body = sm_buf_view(&pages->pages[page]), .of_pages = true};
}

static void give_ready(struct sm__http_reply *out, const struct sm__http_pages *pages)
{
    if (pages->pages[SM__HTTP_READY].size == 0) {
        say(out, 200, "ready\n");
        return;
    }
    give(out, pages, SM__HTTP_READY, TYPE_TEXT);
    out->status = 503;
}

/* Prometheus names it first of what it takes; anybody else has to name it as well. */
static bool wants_openmetrics(const char *accept)
{
    return accept != NULL && strstr(accept, "application/openmetrics-text") != NULL;
}

static void give_metrics(const struct sm__http_request *request,
                         const struct sm__http_pages *pages, struct sm__http_reply *out)
{
    bool open = wants_openmetrics(request->accept);

    give(out, pages, open ? SM__HTTP_OPENMETRICS : SM__HTTP_PROMETHEUS,
         open ? TYPE_OPENMETRICS : TYPE_PROMETHEUS);
}

static void give_history(const struct sm__http_request *request,
                         const struct sm__http_pages *pages, struct sm__http_reply *out)
{
    static const char *const names[SM_HTTP_RANGES] = {"15m", "6h", "7d"};
    const char *wanted = request->range != NULL ? request->range : names[0];

    say(out, 400, "range is 15m, 6h or 7d\n");
    for (unsigned i = 0; i < SM_HTTP_RANGES; i++) {
        if (strcmp(wanted, names[i]) != 0)
            continue;
        if (pages->pages[SM__HTTP_HISTORY + i].size == 0)
            say(out, 503, "PostgreSQL has not told the history yet\n");
        else
            give(out, pages, (enum sm__http_page)(SM__HTTP_HISTORY + i), TYPE_JSON);
    }
}

/* What was published, by path. A stream is given before the first, too: it waits for it. */
static void give_published(const struct sm__http_request *request,
                           const struct sm__http_pages *pages, struct sm__http_reply *out)
{
    static const struct {
        const char *path;
        enum sm__http_page page;
    } documents[] = {{"/api/v1/lag", SM__HTTP_LAG},
                     {"/api/v1/status", SM__HTTP_STATUS},
                     {"/api/v1/partitions", SM__HTTP_PARTITIONS}};

    for (size_t i = 0; i < SM_ARRAY_COUNT(documents); i++) {
        if (strcmp(request->path, documents[i].path) == 0)
            give(out, pages, documents[i].page, TYPE_JSON);
    }
    if (strcmp(request->path, "/metrics") == 0)
        give_metrics(request, pages, out);
    else if (strcmp(request->path, "/api/v1/history") == 0)
        give_history(request, pages, out);
    else if (strcmp(request->path, "/readyz") == 0)
        give_ready(out, pages);
}

static bool is_published(const char *path)
{
    static const char *const paths[] = {"/readyz",         "/metrics",
                                        "/api/v1/lag",     "/api/v1/status",
                                        "/api/v1/history", "/api/v1/partitions"};

    for (size_t i = 0; i < SM_ARRAY_COUNT(paths); i++) {
        if (strcmp(path, paths[i]) == 0)
            return true;
    }
    return false;
}

static bool give_file(const char *path, struct sm__http_reply *out)
{
    for (size_t i = 0; i < sm__http_file_count; i++) {
        const struct sm__http_file *file = &sm__http_files[i];

        if (strcmp(path, file->path) != 0)
            continue;
        *out = (struct sm__http_reply){
            .status = 200, .type = file->type, .body = file->text, .is_page = true};
        return true;
    }
    return false;
}

static void give_path(const struct sm__http_request *request, const struct sm__http_pages *pages,
                      int64_t at_us, struct sm__http_reply *out)
{
    if (is_published(request->path)) {
        if (are_good(pages, at_us, out))
            give_published(request, pages, out);
    } else if (strcmp(request->path, "/livez") == 0) {
        say(out, 200, "alive\n");
    } else if (strcmp(request->path, "/api/v1/stream") == 0) {
        *out = (struct sm__http_reply){.status = 200, .type = TYPE_EVENTS, .is_stream = true};
    } else if (!give_file(request->path, out)) {
        say(out, 404,
            "there are /, /metrics, /livez, /readyz, and what /api/v1/openapi.json says\n");
    }
}

void sm__http_route(const struct sm__http_request *request, const struct sm__http_pages *pages,
                    int64_t at_us, struct sm__http_reply *out)
{
    bool reads = strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;

    if (request->host == NULL || !sm__http_host_is_ours(request->host)) {
        say(out, 403, "only requests to localhost, 127.0.0.1 or [::1] are answered\n");
    } else if (!reads) {
        say(out, 405, "this can be read only\n");
        out->allow = ALLOWED;
    } else {
        give_path(request, pages, at_us, out);
    }
}
