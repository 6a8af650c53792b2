/* The relay's session: the lease, what is pending, what is on the topic
 * (sql/queries/relay_*.sql). */
#include "postgres/outbox.h"

#include <poll.h>
#include <stdlib.h>

#include "base/clock.h"
#include "postgres/blocking.h"
#include "postgres/headers.h"
#include "postgres/params.h"
#include "postgres/sqlstate.h"
#include "postgres/statements.h"

struct outbox {
    struct sm_outbox port; /* first: the port is the object */
    struct sm_postgres_outbox_options options;
    PGconn *conn; /* NULL when closed */
    bool proven; /* has worked before */
    uint32_t command_oid; /* of our type unit_command, in this database */
    struct sm__params params; /* of the statement at hand */
};

/* ---- asking ---- */

static void close_session(struct outbox *outbox)
{
    PQfinish(outbox->conn);
    outbox->conn = NULL;
}

static enum sm_status set_up(struct outbox *outbox, struct sm_err *err)
{
    PGresult *result = NULL;
    enum sm_status status = sm__blocking_query(
        outbox->conn, "SELECT coalesce(to_regtype('public.unit_command')::oid, 0::oid)", &result,
        err);

    if (status == SM_OK) {
        outbox->command_oid = (uint32_t)sm__get_i32(result, 0, 0);
        if (outbox->command_oid == 0)
            status = sm_err_set(err, outbox->proven ? SM_RETRY : SM_FATAL, SM_FROM_POSTGRES,
                                "the database %s has no outbox; hint: secretmagic migrate",
                                PQdb(outbox->conn));
    }
    PQclear(result);
    return status == SM_OK ? sm__blocking_run(outbox->conn, "LISTEN secretmagic_outbox", err)
                           : status;
}

static enum sm_status connect_session(struct outbox *outbox, struct sm_err *err)
{
    enum sm_status status = SM_OK;

    if (outbox->conn != NULL)
        return SM_OK;
    status = sm__blocking_open(&outbox->options.client, &outbox->conn, err);
    if (status != SM_OK) {
        outbox->conn = NULL;
        return status == SM_FATAL && outbox->proven ? SM_RETRY : status;
    }
    status = set_up(outbox, err);
    if (status != SM_OK)
        close_session(outbox);
    else
        outbox->proven = true;
    return status;
}

/* What is a clash to a unit is a contradiction here: two commands under one sequence. */
static enum sm_status judge(struct outbox *outbox, const PGresult *result, struct sm_err *err)
{
    enum sm_status status;

    if (PQresultStatus(result) == PGRES_TUPLES_OK || PQresultStatus(result) == PGRES_COMMAND_OK)
        return SM_OK;
    if (PQstatus(outbox->conn) != CONNECTION_OK)
        status = sm__err_of_connection(outbox->conn, true, err);
    else
        status = sm__err_of_result(result, outbox->proven, err);
    if (status == SM_CONFLICT || status == SM_REJECT)
        status = SM_FATAL;
    return status;
}

/* Asks with outbox->params. A failure that may pass ends the session, as the port says. */
static enum sm_status ask(struct outbox *outbox, const char *name, PGresult **out,
                          struct sm_err *err)
{
    struct sm__params *params = &outbox->params;
    enum sm_status status = connect_session(outbox, err);

    *out = NULL;
    if (status == SM_OK && !sm__params_end(params))
        status = sm_err_set(err, SM_RETRY, SM_FROM_OS, "out of memory for what the relay asks");
    if (status == SM_OK) {
        *out = PQexecParams(outbox->conn, sm__query_text(name), params->count, NULL,
                            params->values, params->lengths, params->formats, 1);
        status = judge(outbox, *out, err);
    }
    sm__params_reset(params);
    if (status == SM_RETRY && outbox->conn != NULL)
        close_session(outbox);
    if (status != SM_OK && err != NULL)
        err->status = status;
    return status;
}

static struct sm__params *begin(struct outbox *outbox)
{
    sm__params_reset(&outbox->params);
    return &outbox->params;
}

/* ---- the lease ---- */

static enum sm_status lease(struct sm_outbox *port, struct sm_lease *wanted, struct sm_err *err)
{
    struct outbox *outbox = (struct outbox *)port;
    struct sm__params *params = begin(outbox);
    PGresult *result = NULL;
    enum sm_status status;

    sm__field_i64(sm__params_scalar(params), wanted->epoch);
    sm__field_text(sm__params_scalar(params), outbox->options.owner);
    sm__field_i64(sm__params_scalar(params), wanted->duration_us);
    status = ask(outbox, "relay_lease", &result, err);
    if (status == SM_OK && PQntuples(result) != 1) {
        status = sm_err_set(err, SM_FATAL, SM_FROM_POSTGRES,
                            "relay_lease has no row; hint: restore the database whole");
    } else if (status == SM_OK && !sm__get_null(result, 0, 0)) {
        wanted->epoch = sm__get_i64(result, 0, 0);
        wanted->scanned = sm__get_bool(result, 0, 2);
    } else if (status == SM_OK && wanted->epoch > 0) {
        status = sm_err_set(err, SM_FENCED, SM_FROM_POSTGRES, "another relay has taken over");
    } else if (status == SM_OK) {
        wanted->wait_us = sm__get_i64(result, 0, 1);
        status = SM_AGAIN;
    }
    PQclear(result);
    return status;
}

static enum sm_status scanned(struct sm_outbox *port, int64_t epoch, struct sm_err *err)
{
    struct outbox *outbox = (struct outbox *)port;
    PGresult *result = NULL;
    enum sm_status status;

    sm__field_i64(sm__params_scalar(begin(outbox)), epoch);
    status = ask(outbox, "relay_scanned", &result, err);
    if (status == SM_OK && PQntuples(result) != 1)
        status = sm_err_set(err, SM_FENCED, SM_FROM_POSTGRES, "another relay has taken over");
    PQclear(result);
    return status;
}

static enum sm_status release(struct sm_outbox *port, int64_t epoch, const char *reason,
                              struct sm_err *err)
{
    struct outbox *outbox = (struct outbox *)port;
    struct sm__params *params = begin(outbox);
    PGresult *result = NULL;
    enum sm_status status;

    sm__field_i64(sm__params_scalar(params), epoch);
    if (reason != NULL)
        sm__field_text(sm__params_scalar(params), reason);
    else
        sm__field_null(sm__params_scalar(params));
    status = ask(outbox, "relay_release", &result, err);
    PQclear(result);
    return status;
}

/* ---- what is known of the topic ---- */

static enum sm_status cursor(struct sm_outbox *port, int32_t partition, int64_t *next_offset,
                             struct sm_err *err)
{
    struct outbox *outbox = (struct outbox *)port;
    struct sm__params *params = begin(outbox);
    PGresult *result = NULL;
    enum sm_status status;

    sm__field_text(sm__params_scalar(params), outbox->options.topic);
    sm__field_i32(sm__params_scalar(params), partition);
    status = ask(outbox, "relay_cursor", &result, err);
    if (status == SM_OK)
        *next_offset = sm__get_i64(result, 0, 0);
    PQclear(result);
    return status;
}

static void put_cursors(struct sm__params *params, const struct sm_settlement *settlement)
{
    static const uint32_t oids[] = { SM__OID_INT4, SM__OID_INT8, SM__OID_INT8 };

    for (size_t i = 0; i < settlement->cursor_count; i++) {
        struct sm__out *out = sm__params_row(params);

        sm__field_i32(out, settlement->cursors[i].partition);
        sm__field_i64(out, settlement->cursors[i].expected);
        sm__field_i64(out, settlement->cursors[i].next_offset);
    }
    sm__params_columns(params, oids, SM_ARRAY_COUNT(oids));
}

/* Columns of unit_command. */
static void put_command(struct sm__out *out, const struct sm_command_row *row)
{
    sm__field_bytes(out, row->client_id.bytes, sizeof(row->client_id.bytes));
    sm__field_bytes(out, row->command_id.bytes, sizeof(row->command_id.bytes));
    sm__field_i64(out, row->sequence);
    sm__field_null(out); /* no event of ours has caused it, or the row says which */
    sm__field_null(out);
    sm__field_slice(out, row->organization_id);
    sm__field_bytes(out, row->digest.bytes, SM_DIGEST_SIZE);
    sm__field_slice(out, row->value);
    sm__field_headers(out, row->headers, row->header_count, true);
    sm__field_headers(out, row->headers, row->header_count, false);
}

static void put_places(struct outbox *outbox, const struct sm_settlement *settlement)
{
    static const uint32_t command_oids[] = {
        SM__OID_UUID,        SM__OID_UUID, SM__OID_INT8,  SM__OID_UUID,
        SM__OID_TIMESTAMPTZ, SM__OID_TEXT, SM__OID_BYTEA, SM__OID_BYTEA,
        SM__OID_BYTEA_ARRAY, SM__OID_BYTEA_ARRAY
    };
    static const uint32_t place_oids[] = { SM__OID_INT4, SM__OID_INT8 };
    struct sm__params *params = &outbox->params;

    for (size_t i = 0; i < settlement->place_count; i++)
        put_command(sm__params_row(params), &settlement->places[i].row);
    sm__params_records(params, outbox->command_oid, command_oids, SM_ARRAY_COUNT(command_oids));
    for (size_t i = 0; i < settlement->place_count; i++) {
        struct sm__out *out = sm__params_row(params);

        sm__field_i32(out, settlement->places[i].partition);
        sm__field_i64(out, settlement->places[i].offset);
    }
    sm__params_columns(params, place_oids, SM_ARRAY_COUNT(place_oids));
}

static enum sm_status settle(struct sm_outbox *port, struct sm_settlement *settlement,
                             struct sm_err *err)
{
    struct outbox *outbox = (struct outbox *)port;
    struct sm__params *params;
    PGresult *result = NULL;
    enum sm_status status = connect_session(outbox, err); /* tells the type's number */

    if (status != SM_OK)
        return status;
    params = begin(outbox);
    sm__field_i64(sm__params_scalar(params), settlement->epoch);
    sm__field_text(sm__params_scalar(params), outbox->options.topic);
    put_cursors(params, settlement);
    put_places(outbox, settlement);
    status = ask(outbox, "relay_settle", &result, err);
    if (status == SM_OK) {
        settlement->marked = sm__get_i64(result, 0, 0);
        settlement->added = sm__get_i64(result, 0, 1);
        settlement->differing = sm__get_i64(result, 0, 2);
        settlement->repeated = sm__get_i64(result, 0, 3);
    }
    PQclear(result);
    return status;
}

/* ---- what is to be published ---- */

enum { CLIENT_ID, COMMAND_ID, SEQUENCE, ORGANIZATION_ID, DIGEST, VALUE, HEADER_NAMES };

static bool read_command(const PGresult *result, int row, struct sm_arena *arena,
                         struct sm_command_row *out)
{
    *out = (struct sm_command_row){ .sequence = sm__get_i64(result, row, SEQUENCE) };
    sm__get_uuid(result, row, CLIENT_ID, &out->client_id);
    sm__get_uuid(result, row, COMMAND_ID, &out->command_id);
    (void)sm__get_digest(result, row, DIGEST, &out->digest);
    return sm_arena_copy(arena, sm__view_slice(result, row, ORGANIZATION_ID),
                         &out->organization_id) &&
           sm_arena_copy(arena, sm__view_slice(result, row, VALUE), &out->value) &&
           sm__read_headers(result, row, HEADER_NAMES, arena, &out->headers, &out->header_count);
}

static enum sm_status take_pending(const PGresult *result, struct sm_pending *out,
                                   struct sm_err *err)
{
    size_t count = (size_t)PQntuples(result);
    struct sm_command_row *list = sm_arena_zalloc(out->arena, count, sizeof(*list));

    out->commands = list;
    out->count = 0;
    while (list != NULL && out->count < count &&
           read_command(result, (int)out->count, out->arena, &list[out->count]))
        out->count++;
    /* What did not fit any more comes next time. */
    if (list == NULL || (out->count == 0 && count > 0))
        return sm_err_set(err, SM_LIMIT, SM_FROM_POSTGRES,
                          "the arena of %zu bytes is too small for a command",
                          out->arena->capacity);
    return SM_OK;
}

static enum sm_status pending(struct sm_outbox *port, struct sm_pending *out, struct sm_err *err)
{
    struct outbox *outbox = (struct outbox *)port;
    struct sm__params *params = begin(outbox);
    PGresult *result = NULL;
    enum sm_status status;

    sm__field_i64(sm__params_scalar(params), (int64_t)out->count_max);
    sm__field_i64(sm__params_scalar(params), (int64_t)out->bytes_max);
    status = ask(outbox, "relay_pending", &result, err);
    if (status == SM_OK)
        status = take_pending(result, out, err);
    PQclear(result);
    return status;
}

/* One is enough to look; the others of the meantime are thrown away with it. */
static bool is_notified(PGconn *conn)
{
    PGnotify *notification;
    bool any = false;

    while ((notification = PQnotifies(conn)) != NULL) {
        PQfreemem(notification);
        any = true;
    }
    return any;
}

static enum sm_status wait_for(struct sm_outbox *port, int64_t timeout_us, struct sm_err *err)
{
    struct outbox *outbox = (struct outbox *)port;
    int64_t deadline_us = sm_monotonic_us() + timeout_us;
    enum sm_status status = connect_session(outbox, err);

    while (status == SM_OK && !is_notified(outbox->conn)) {
        struct pollfd fd = { .fd = PQsocket(outbox->conn), .events = POLLIN };
        int64_t left_us = deadline_us - sm_monotonic_us();

        if (left_us <= 0 || poll(&fd, 1, (int)(left_us / 1000) + 1) <= 0)
            return SM_OK;
        if (PQconsumeInput(outbox->conn) == 1)
            continue;
        (void)sm__err_of_connection(outbox->conn, true, err);
        close_session(outbox);
        status = SM_RETRY;
    }
    return status;
}

static void close_outbox(struct sm_outbox *port)
{
    struct outbox *outbox = (struct outbox *)port;

    close_session(outbox);
    sm__params_deinit(&outbox->params);
    free(outbox);
}

enum sm_status sm_postgres_outbox_open(const struct sm_postgres_outbox_options *options,
                                       struct sm_outbox **out, struct sm_err *err)
{
    static const struct sm_outbox_ops ops = { lease,  scanned, release,  cursor,
                                              settle, pending, wait_for, close_outbox };
    struct outbox *outbox = calloc(1, sizeof(*outbox));

    if (outbox == NULL)
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "out of memory for the outbox");
    outbox->port.ops = &ops;
    outbox->options = *options;
    *out = &outbox->port;
    return SM_OK;
}
