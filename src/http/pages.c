/* Answers, made once for all who ask. */
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

struct sm__http_pages *sm__http_pages_create(const struct sm_http_view *view, int64_t at_us)
{
    struct sm__http_pages *made = calloc(1, sizeof(*made));
    bool failed = made == NULL;

    if (failed)
        return NULL;
    made->holders = 1;
    made->at_us = at_us;
    for (unsigned i = 0; i < SM__HTTP_PAGES; i++)
        sm_buf_init(&made->pages[i], PAGE_SIZE_MAX);
    failed = !sm_lag_snapshot_append_json(view->lag, &made->pages[SM__HTTP_LAG]);
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
