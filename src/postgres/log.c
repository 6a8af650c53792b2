/* The log port: one transaction a snapshot, a cursor for each scan. */
#include "postgres/log.h"

#include <stdio.h>
#include <stdlib.h>

#include "postgres/blocking.h"
#include "postgres/log_rows.h"
#include "postgres/rows.h"
#include "postgres/statements.h"
#include "postgres/table_rows.h"

/* A fetch aims at FETCH_BYTES, by the size of the rows of the fetch before: with a fixed number of
 * rows, dead letters of a megabyte each would need gigabytes. */
enum { FETCH_ROWS_FIRST = 16, FETCH_ROWS_MAX = 2000, FETCH_BYTES = 1 << 20 };

struct log {
    struct sm_log port; /* must be first */
    PGconn *conn;
    unsigned scans; /* opened so far: gives cursors their names */
    struct sm_uuid from; /* where scans by client begin */
};
struct sm_log_scan {
    struct log *log;
    enum sm_log_scan_kind kind;
    unsigned number;
    PGresult *rows; /* the fetch at hand; NULL before the first */
    int at;
    bool ended; /* the last fetch was not full */
    struct sm__range_room room;
    struct sm_log_row row;
};

static const char *const queries[] = {
    [SM_SCAN_EVENTS_BY_STREAM] = "scan_events_by_stream",
    [SM_SCAN_HEADS] = "scan_heads",
    [SM_SCAN_CLIENTS] = "scan_clients",
    [SM_SCAN_LEDGER] = "scan_ledger",
    [SM_SCAN_EVENTS_BY_OFFSET] = "scan_events_by_offset",
    [SM_SCAN_DEAD_LETTERS] = "scan_dead_letters",
    [SM_SCAN_POSITIONS] = "scan_positions",
    [SM_SCAN_PARKED] = "scan_parked",
    [SM_SCAN_ROWS + SM_TABLE_BATCHES] = "scan_batches",
    [SM_SCAN_ROWS + SM_TABLE_BOM_EXPLOSION_STATUS] = "scan_bom_explosion_status",
    [SM_SCAN_ROWS + SM_TABLE_FEATURE_METADATA] = "scan_feature_metadata",
    [SM_SCAN_ROWS + SM_TABLE_DATA_TYPES] = "scan_data_types",
    [SM_SCAN_ROWS + SM_TABLE_FEATURE_TYPES] = "scan_feature_types",
};

static bool is_by_client(enum sm_log_scan_kind kind)
{
    return kind == SM_SCAN_EVENTS_BY_STREAM || kind == SM_SCAN_HEADS || kind == SM_SCAN_CLIENTS ||
           kind >= SM_SCAN_ROWS;
}

static enum sm_status declare(const struct sm_log_scan *scan, struct sm_err *err)
{
    const char *query = sm__query_text(queries[scan->kind]);
    char sql[2048], from[SM_UUID_TEXT_SIZE + 1];
    const char *const texts[] = { from };
    const struct sm__blocking_values values = { texts, is_by_client(scan->kind) ? 1 : 0 };
    PGresult *nothing = NULL;
    enum sm_status status;

    SM_ASSERT(strlen(query) < sizeof(sql) - 64);
    (void)snprintf(sql, sizeof(sql), "DECLARE scan_%u BINARY NO SCROLL CURSOR FOR %s", scan->number,
                   query);
    sm_uuid_format(&scan->log->from, from);
    status = sm__blocking_ask(scan->log->conn, sql, &values, &nothing, err);
    PQclear(nothing);
    return status;
}

static enum sm_status scan_open(struct sm_log *port, enum sm_log_scan_kind kind,
                                struct sm_log_scan **out, struct sm_err *err)
{
    struct log *log = (struct log *)port;
    struct sm_log_scan *scan = calloc(1, sizeof(*scan));
    enum sm_status status;

    if (scan == NULL)
        return sm_err_set(err, SM_RETRY, SM_FROM_OS, "out of memory for a scan of the log");
    *scan = (struct sm_log_scan){ .log = log, .kind = kind, .number = log->scans++ };
    status = declare(scan, err);
    if (status == SM_OK)
        *out = scan;
    else
        free(scan);
    return status;
}

static int rows_to_fetch(const struct sm_log_scan *scan)
{
    size_t size, rows;

    if (scan->rows == NULL || PQntuples(scan->rows) == 0)
        return FETCH_ROWS_FIRST;
    size = PQresultMemorySize(scan->rows) / (size_t)PQntuples(scan->rows);
    rows = FETCH_BYTES / (size + 1);
    if (rows < 1)
        return 1;
    return rows < FETCH_ROWS_MAX ? (int)rows : FETCH_ROWS_MAX;
}

static enum sm_status fetch(struct sm_log_scan *scan, struct sm_err *err)
{
    int wanted = rows_to_fetch(scan);
    char sql[64];
    enum sm_status status;

    PQclear(scan->rows);
    scan->rows = NULL;
    scan->at = 0;
    (void)snprintf(sql, sizeof(sql), "FETCH %d FROM scan_%u", wanted, scan->number);
    status = sm__blocking_query(scan->log->conn, sql, &scan->rows, err);
    if (status == SM_OK)
        scan->ended = PQntuples(scan->rows) < wanted;
    return status;
}

static bool read_client(const PGresult *rows, int at, struct sm_client *out, const char **what)
{
    *what = "status, tenant_mode or its row of tenants";
    *out = (struct sm_client){ 0 };
    sm__get_uuid(rows, at, 0, &out->id);
    return sm__read_client(rows, at, 1, out);
}

static void read_table_row(const PGresult *rows, int at, enum sm_table table,
                           struct sm_table_row *out)
{
    out->name.kind = sm_table_kind(table);
    sm__get_uuid(rows, at, 0, &out->name.client_id);
    out->name.key = sm__view_slice(rows, at, 1);
    (void)sm__read_row(rows, at, 2, table, NULL, &out->row); /* views need no arena */
}

static bool read_row(struct sm_log_scan *scan, const char **what)
{
    const PGresult *rows = scan->rows;
    struct sm_log_row *row = &scan->row;

    switch (scan->kind) {
    case SM_SCAN_EVENTS_BY_STREAM:
    case SM_SCAN_EVENTS_BY_OFFSET:
        return sm__read_event_row(rows, scan->at, &row->event, what);
    case SM_SCAN_HEADS:
        return sm__read_head_row(rows, scan->at, &row->head, what);
    case SM_SCAN_CLIENTS:
        return read_client(rows, scan->at, &row->client, what);
    case SM_SCAN_LEDGER:
        return sm__read_ledger_row(rows, scan->at, &scan->room, &row->ledger, what);
    case SM_SCAN_DEAD_LETTERS:
        sm__read_dead_letter_row(rows, scan->at, &row->dead_letter);
        return true;
    case SM_SCAN_POSITIONS:
        sm__read_position_row(rows, scan->at, &row->position);
        return true;
    case SM_SCAN_PARKED:
        return sm__read_parked_row(rows, scan->at, &row->parked, what);
    case SM_SCAN_ROWS:
        break;
    }
    read_table_row(rows, scan->at, (enum sm_table)((int)scan->kind - (int)SM_SCAN_ROWS),
                   &row->table);
    return true;
}

static enum sm_status scan_next(struct sm_log_scan *scan, const struct sm_log_row **row,
                                struct sm_err *err)
{
    const char *what = "";

    if (scan->rows == NULL || scan->at == PQntuples(scan->rows)) {
        enum sm_status status = scan->ended ? SM_STOP : fetch(scan, err);

        if (status != SM_OK)
            return status;
        if (PQntuples(scan->rows) == 0)
            return SM_STOP;
    }
    if (!read_row(scan, &what))
        return sm_err_set(err, SM_FATAL, SM_FROM_POSTGRES,
                          "a row of %s has something in %s that the program never wrote",
                          queries[scan->kind], what);
    scan->at++;
    *row = &scan->row;
    return SM_OK;
}

static void scan_close(struct sm_log_scan *scan)
{
    char sql[32];
    struct sm_err ignored;

    (void)snprintf(sql, sizeof(sql), "CLOSE scan_%u", scan->number);
    (void)sm__blocking_run(scan->log->conn, sql, &ignored);
    PQclear(scan->rows);
    free(scan->room.ranges);
    free(scan);
}

static void log_close(struct sm_log *port)
{
    struct log *log = (struct log *)port;

    PQfinish(log->conn);
    free(log);
}

static enum sm_status begin(struct log *log, struct sm_err *err)
{
    enum sm_status status = sm__blocking_run(log->conn, sm__query_text("begin_snapshot"), err);

    return status == SM_OK ? sm__blocking_run(log->conn, sm__query_text("scan_plans"), err)
                           : status;
}

static enum sm_status log_refresh(struct sm_log *port, const struct sm_uuid *from,
                                  struct sm_err *err)
{
    struct log *log = (struct log *)port;
    enum sm_status status = sm__blocking_run(log->conn, sm__query_text("commit"), err);

    log->from = *from;
    return status == SM_OK ? begin(log, err) : status;
}

static const struct sm_log_ops ops = { .open = scan_open,
                                       .next = scan_next,
                                       .close_scan = scan_close,
                                       .refresh = log_refresh,
                                       .close = log_close };

enum sm_status sm_postgres_log_open(const struct sm_postgres_client *client, struct sm_log **out,
                                    struct sm_err *err)
{
    struct log *log = calloc(1, sizeof(*log));
    enum sm_status status;

    if (log == NULL)
        return sm_err_set(err, SM_RETRY, SM_FROM_OS, "out of memory for reading the log");
    log->port.ops = &ops;
    status = sm__blocking_open(client, &log->conn, err);
    if (status != SM_OK) {
        free(log);
        return status;
    }
    status = begin(log, err);
    if (status != SM_OK) {
        log_close(&log->port);
        return status;
    }
    *out = &log->port;
    return SM_OK;
}
