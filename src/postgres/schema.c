/* Which schema a database has, without changing it. */
#include "postgres/schema.h"

#include <stdlib.h>

#include "postgres/blocking.h"
#include "postgres/embedded.h"
#include "postgres/get.h"

/* PostgreSQL's own version text goes on behind a space: "18.1 (Debian 18.1-1)". */
static void read_server_version(PGconn *conn, char out[SM_SERVER_VERSION_SIZE])
{
    const char *text = PQparameterStatus(conn, "server_version");

    (void)snprintf(out, SM_SERVER_VERSION_SIZE, "%.*s", text != NULL ? (int)strcspn(text, " ") : 0,
                   text != NULL ? text : "");
}

static enum sm_status read_version(PGconn *conn, int *out, struct sm_err *err)
{
    PGresult *result = NULL;
    enum sm_status status = sm__blocking_query(
        conn, "SELECT to_regclass('public.schema_migrations') IS NOT NULL", &result, err);
    bool exists;

    *out = 0;
    if (status != SM_OK)
        return status;
    exists = sm__get_bool(result, 0, 0);
    PQclear(result);
    if (!exists)
        return SM_OK;
    status = sm__blocking_query(conn, "SELECT coalesce(max(version), 0) FROM schema_migrations",
                                &result, err);
    if (status == SM_OK) {
        *out = sm__get_i32(result, 0, 0);
        PQclear(result);
    }
    return status;
}

enum sm_status sm_postgres_schema_view(const struct sm_postgres_client *client,
                                       struct sm_postgres_schema *out, struct sm_err *err)
{
    PGconn *conn = NULL;
    enum sm_status status = sm__blocking_open(client, &conn, err);

    if (status != SM_OK)
        return status;
    read_server_version(conn, out->server_version);
    status = read_version(conn, &out->version, err);
    PQfinish(conn);
    return status;
}

int sm_postgres_schema_wanted(void)
{
    return (int)strtol(sm__sql_migrations[sm__sql_migrations_count - 1].name, NULL, 10);
}
