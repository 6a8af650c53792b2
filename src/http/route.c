/* What is answered to a request: a pure function of it, of the pages, and of the time. */
#include "http/http_priv.h"

#define TYPE_TEXT        "text/plain; charset=utf-8"
#define TYPE_JSON        "application/json"
#define TYPE_PROMETHEUS  "text/plain; version=0.0.4; charset=utf-8"
#define TYPE_OPENMETRICS "application/openmetrics-text; version=1.0.0; charset=utf-8"
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

static void give_path(const struct sm__http_request *request, const struct sm__http_pages *pages,
                      int64_t at_us, struct sm__http_reply *out)
{
    const char *path = request->path;

    if (strcmp(path, "/livez") == 0) {
        say(out, 200, "alive\n");
    } else if (strcmp(path, "/readyz") == 0) {
        if (are_good(pages, at_us, out))
            give_ready(out, pages);
    } else if (strcmp(path, "/metrics") == 0) {
        bool open = wants_openmetrics(request->accept);

        if (are_good(pages, at_us, out))
            give(out, pages, open ? SM__HTTP_OPENMETRICS : SM__HTTP_PROMETHEUS,
                 open ? TYPE_OPENMETRICS : TYPE_PROMETHEUS);
    } else if (strcmp(path, "/api/v1/lag") == 0) {
        if (are_good(pages, at_us, out))
            give(out, pages, SM__HTTP_LAG, TYPE_JSON);
    } else {
        say(out, 404, "there are /metrics, /api/v1/lag, /livez and /readyz\n");
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
