/* The dashboard's history and documents. */
#include "postgres/lag_history.h"

#include "postgres/get.h"
#include "postgres/lag_priv.h"

#define NUMBER_SIZE 16

/* What `out` held stays unless there is an answer. NULL: nobody wants the text. */
static enum sm_status ask(struct sm_postgres_lag *lag, const char *name,
                          const struct sm__blocking_values *values, struct sm_buf *out,
                          struct sm_err *err)
{
    PGresult *result = NULL;
    enum sm_status status = sm__lag_connect(lag, err);

    if (status == SM_OK)
        status = sm__lag_query(lag, name, values, &result, err);
    if (status == SM_OK && out != NULL) {
        sm_buf_reset(out);
        sm_buf_append_slice(out, sm__view_slice(result, 0, 0));
        if (sm_buf_failed(out))
            status = sm_err_set(err, SM_FATAL, SM_FROM_OS, "no memory for the answer about lag");
    }
    PQclear(result);
    if (status != SM_OK)
        sm__lag_disconnect(lag);
    return status;
}

enum sm_status sm_postgres_lag_write(struct sm_postgres_lag *lag, const char *points,
                                     const char *marks, struct sm_err *err)
{
    const char *const texts[] = { points, marks };

    return ask(lag, "lag_history_write", &(struct sm__blocking_values){ texts, 2 }, NULL, err);
}

enum sm_status sm_postgres_lag_thin(struct sm_postgres_lag *lag, struct sm_err *err)
{
    return ask(lag, "lag_history_thin", &(struct sm__blocking_values){ NULL, 0 }, NULL, err);
}

enum sm_status sm_postgres_lag_read(struct sm_postgres_lag *lag, int step_s, int span_s,
                                    struct sm_buf *out, struct sm_err *err)
{
    char step[NUMBER_SIZE], span[NUMBER_SIZE];
    const char *const texts[] = { step, span };

    (void)snprintf(step, sizeof(step), "%d", step_s);
    (void)snprintf(span, sizeof(span), "%d", span_s);
    return ask(lag, "lag_history_read", &(struct sm__blocking_values){ texts, 2 }, out, err);
}

enum sm_status sm_postgres_lag_board(struct sm_postgres_lag *lag, struct sm_buf *out,
                                     struct sm_err *err)
{
    return ask(lag, "lag_board", &(struct sm__blocking_values){ NULL, 0 }, out, err);
}
