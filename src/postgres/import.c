/* Reads the tables of an earlier installation as events: a cursor for each query of
 * sql/queries/import_*.sql. */
#include "postgres/import.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "postgres/blocking.h"
#include "postgres/get.h"
#include "postgres/statements.h"

/* An event has a megabyte at the most, so that many rows fit into memory whatever they hold. */
enum { FETCH_ROWS = 32, SQL_SIZE_MAX = 16384 };

struct sm_import {
    PGconn *conn;
};
struct step {
    const char *table; /* its events; the query is import_<query> */
    const char *query;
    enum sm_import_part part;
};

/* Definitions before what refers to them, clients before what is theirs. */
static const struct step steps[] = {
    { "data_types", "import_data_types", SM_IMPORT_ALL_BUT_ARCHIVED },
    { "feature_types", "import_feature_types", SM_IMPORT_ALL_BUT_ARCHIVED },
    { "clients", "import_clients", SM_IMPORT_ALL_BUT_ARCHIVED },
    { "feature_configs", "import_feature_configs", SM_IMPORT_ALL_BUT_ARCHIVED },
    { "bom_configs", "import_bom_configs", SM_IMPORT_ALL_BUT_ARCHIVED },
    { "client_processing_schedule", "import_client_processing_schedule",
      SM_IMPORT_ALL_BUT_ARCHIVED },
    { "scheduler_config", "import_scheduler_config", SM_IMPORT_ALL_BUT_ARCHIVED },
    { "batches", "import_batches", SM_IMPORT_ALL_BUT_ARCHIVED },
    { "bom_explosion_status", "import_bom_explosion_status", SM_IMPORT_ALL_BUT_ARCHIVED },
    { "feature_metadata", "import_feature_metadata", SM_IMPORT_ALL_BUT_ARCHIVED },
    { "processing_logs", "import_processing_logs", SM_IMPORT_ALL_BUT_ARCHIVED },
    { "logs", "import_logs", SM_IMPORT_ALL_BUT_ARCHIVED },
    { "clients", "import_clients_archived", SM_IMPORT_ARCHIVED },
};

static enum sm_status set(PGconn *conn, const char *name, const char *value, struct sm_err *err)
{
    const char *const texts[] = { name, value };
    const struct sm__blocking_values values = { texts, 2 };
    PGresult *result = NULL;
    enum sm_status status =
        sm__blocking_ask(conn, "SELECT set_config($1, $2, false)", &values, &result, err);

    PQclear(result);
    return status;
}

/* A table of the schema at hand; a view is not one: it shows what a table already has. */
static enum sm_status has_table(PGconn *conn, const char *name, bool *out, struct sm_err *err)
{
    const char *const texts[] = { name };
    const struct sm__blocking_values values = { texts, 1 };
    PGresult *result = NULL;
    enum sm_status status = sm__blocking_ask(
        conn,
        "SELECT EXISTS (SELECT FROM pg_class WHERE relname = $1 AND relkind IN ('r', 'p')"
        " AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()))",
        &values, &result, err);

    if (status != SM_OK)
        return status;
    *out = sm__get_bool(result, 0, 0);
    PQclear(result);
    return SM_OK;
}

static enum sm_status check(PGconn *conn, const char *schema, struct sm_err *err)
{
    bool clients, ours;
    enum sm_status status = has_table(conn, "clients", &clients, err);

    if (status == SM_OK)
        status = has_table(conn, "ingest_ledger", &ours, err);
    if (status != SM_OK)
        return status;
    if (ours)
        return sm_err_set(
            err, SM_FATAL, SM_FROM_POSTGRES,
            "schema \"%.60s\" of that database is kept by secretmagic already; hint: --from "
            "names the database of before, --database the new one",
            schema);
    if (!clients)
        return sm_err_set(
            err, SM_FATAL, SM_FROM_POSTGRES,
            "there is no table clients in schema \"%.60s\" of that database; hint: --from and "
            "--schema say where the tables of before are",
            schema);
    return SM_OK;
}

static enum sm_status set_up(PGconn *conn, const struct sm_import_options *options,
                             struct sm_err *err)
{
    enum sm_status status = set(conn, "search_path", options->schema, err);

    if (status == SM_OK)
        status = set(conn, "TimeZone", options->timezone, err);
    if (status == SM_OK)
        status = set(conn, "statement_timeout", "0", err);
    if (status == SM_OK)
        status = sm__blocking_run(conn, sm__query_text("begin_snapshot"), err);
    return status == SM_OK ? check(conn, options->schema, err) : status;
}

enum sm_status sm_postgres_import_open(const struct sm_import_options *options,
                                       struct sm_import **out, struct sm_err *err)
{
    struct sm_import *import = calloc(1, sizeof(*import));
    enum sm_status status;

    if (import == NULL)
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "out of memory while connecting");
    status = sm__blocking_connect(options->client, &import->conn, err);
    if (status == SM_OK)
        status = set_up(import->conn, options, err);
    if (status == SM_OK)
        *out = import;
    else
        sm_postgres_import_close(import);
    return status;
}

void sm_postgres_import_close(struct sm_import *import)
{
    if (import == NULL)
        return;
    PQfinish(import->conn);
    free(import);
}

static enum sm_status fetch(struct sm_import *import, const struct sm_import_sink *sink,
                            bool *ended, struct sm_err *err)
{
    PGresult *rows = NULL;
    char sql[64];
    enum sm_status status;

    (void)snprintf(sql, sizeof(sql), "FETCH %d FROM import", FETCH_ROWS);
    status = sm__blocking_query(import->conn, sql, &rows, err);
    if (status != SM_OK)
        return status;
    *ended = PQntuples(rows) < FETCH_ROWS;
    for (int row = 0; status == SM_OK && row < PQntuples(rows); row++)
        status = sink->event(sink->context, sm__view_slice(rows, row, 0), err);
    PQclear(rows);
    return status;
}

static enum sm_status read_step(struct sm_import *import, const struct step *step,
                                const struct sm_import_sink *sink, struct sm_err *err)
{
    struct sm_buf sql;
    enum sm_status status = SM_OK;
    bool ended = false;

    sm_buf_init(&sql, SQL_SIZE_MAX);
    sm_buf_printf(&sql, "DECLARE import BINARY NO SCROLL CURSOR FOR %s",
                  sm__query_text(step->query));
    if (sm_buf_failed(&sql))
        status = sm_err_set(err, SM_FATAL, SM_FROM_OS, "out of memory for reading %s", step->table);
    else
        status = sm__blocking_run(import->conn, sql.data, err);
    while (status == SM_OK && !ended)
        status = fetch(import, sink, &ended, err);
    if (status == SM_OK)
        status = sm__blocking_run(import->conn, "CLOSE import", err);
    sm_buf_deinit(&sql);
    return status;
}

enum sm_status sm_postgres_import_read(struct sm_import *import, enum sm_import_part part,
                                       const struct sm_import_sink *sink, struct sm_err *err)
{
    enum sm_status status = SM_OK;

    for (size_t i = 0; status == SM_OK && i < SM_ARRAY_COUNT(steps); i++) {
        bool exists = false;

        if (steps[i].part != part)
            continue;
        status = has_table(import->conn, steps[i].table, &exists, err);
        if (status != SM_OK)
            break;
        sink->table(sink->context, steps[i].table, exists);
        if (exists)
            status = read_step(import, &steps[i], sink, err);
    }
    return status;
}
