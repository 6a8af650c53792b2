/* How it stands with the commands (sql/queries/outbox_view.sql). */
#include "postgres/outbox_view.h"

#include <stdio.h>

#include "postgres/blocking.h"
#include "postgres/get.h"
#include "postgres/statements.h"

enum { PENDING, OLDEST_AGE, PUBLISHED, PUBLISHED_AT, SCANNED, OWNER, STOPPED };

static void read_text(const PGresult *result, int column, char *out, size_t size)
{
    const struct sm_slice text = sm__view_slice(result, 0, column);

    (void)snprintf(out, size, "%.*s", (int)text.size, (const char *)text.data);
}

static void read_view(const PGresult *result, struct sm_postgres_outbox_view *out)
{
    out->pending = sm__get_i64(result, 0, PENDING);
    out->oldest_age_us = sm__get_i64(result, 0, OLDEST_AGE);
    out->published = sm__get_i64(result, 0, PUBLISHED);
    out->published_at = sm__get_time(result, 0, PUBLISHED_AT);
    out->scanned = sm__get_bool(result, 0, SCANNED);
    read_text(result, OWNER, out->owner, sizeof(out->owner));
    read_text(result, STOPPED, out->stopped, sizeof(out->stopped));
}

enum sm_status sm_postgres_outbox_view(const struct sm_postgres_client *client,
                                       struct sm_postgres_outbox_view *out, struct sm_err *err)
{
    PGconn *conn = NULL;
    PGresult *result = NULL;
    enum sm_status status = sm__blocking_open(client, &conn, err);

    if (status != SM_OK)
        return status;
    status = sm__blocking_query(conn, sm__query_text("outbox_view"), &result, err);
    if (status == SM_OK && PQntuples(result) == 1)
        read_view(result, out);
    else if (status == SM_OK)
        status = sm_err_set(err, SM_FATAL, SM_FROM_POSTGRES,
                            "relay_lease has no row; hint: restore the database whole");
    PQclear(result);
    PQfinish(conn);
    return status;
}
