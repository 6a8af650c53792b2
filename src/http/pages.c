/* Answers, made once for all who ask. */
#include <inttypes.h>

#include "http/http_priv.h"

#define PAGE_SIZE_MAX (64u << 20)

/* One reason a line. */
static void append_ready(const struct sm_lag_snapshot *lag, struct sm_buf *out)
{
    if (lag->database_error[0] != '\0')
        sm_buf_printf(out, "PostgreSQL does not answer: %s\n", lag->database_error);
    if (lag->kafka_error[0] != '\0')
        sm_buf_printf(out, "Kafka does not answer: %s\n", lag->kafka_error);
}

/* An event is one line of data. Those that come back tell the number, and get the newest in any
 * case. */
static void append_event(const struct sm__http_pages *pages, struct sm_buf *out)
{
    sm_buf_printf(out, "id: %" PRIu64 "\nevent: status\ndata: ", pages->number);
    sm_buf_append_slice(out, sm_buf_view(&pages->pages[SM__HTTP_STATUS]));
    sm_buf_append_text(out, "\n\n");
}

static bool append_documents(const struct sm_http_view *view, struct sm__http_pages *made)
{
    const struct sm_lag_more more = {view->version, view->instance, view->sentence, view->board};
    bool appended =
        sm_lag_snapshot_append_json(view->lag, &made->pages[SM__HTTP_LAG]) &&
        sm_lag_snapshot_append_status(view->lag, &more, &made->pages[SM__HTTP_STATUS]) &&
        sm_lag_snapshot_append_partitions(view->lag, &made->pages[SM__HTTP_PARTITIONS]);

    append_event(made, &made->pages[SM__HTTP_EVENT]);
    for (unsigned i = 0; i < SM_HTTP_RANGES; i++)
        sm_buf_append_slice(&made->pages[SM__HTTP_HISTORY + i], view->history[i]);
    return appended;
}

struct sm__http_pages *sm__http_pages_create(const struct sm_http_view *view, uint64_t number,
                                             int64_t at_us)
{
    struct sm__http_pages *made = calloc(1, sizeof(*made));
    bool failed = made == NULL;

    if (failed)
        return NULL;
    made->holders = 1;
    made->number = number;
    made->at_us = at_us;
    for (unsigned i = 0; i < SM__HTTP_PAGES; i++)
        sm_buf_init(&made->pages[i], PAGE_SIZE_MAX);
    failed = !append_documents(view, made);
    sm__http_append_metrics(view, false, &made->pages[SM__HTTP_PROMETHEUS]);
    sm__http_append_metrics(view, true, &made->pages[SM__HTTP_OPENMETRICS]);
    append_ready(view->lag, &made->pages[SM__HTTP_READY]);
    for (unsigned i = 0; i < SM__HTTP_PAGES; i++)
        failed |= sm_buf_failed(&made->pages[i]);
    if (!failed)
        return made;
    sm__http_pages_release(made);
    return NULL;
}

void sm__http_pages_hold(struct sm__http_pages *pages)
{
    pages->holders++;
}

void sm__http_pages_release(struct sm__http_pages *pages)
{
    if (pages == NULL || atomic_fetch_sub(&pages->holders, 1) != 1)
        return;
    for (unsigned i = 0; i < SM__HTTP_PAGES; i++)
        sm_buf_deinit(&pages->pages[i]);
    free(pages);
}
