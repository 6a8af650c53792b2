/* The repair port: what a rebuild keeps, and how it is applied (sql/queries/rebuild_*.sql).
 *
 * Rows are kept by the very statements that units write with: the search path says where to. */
#include "postgres/repair.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/fault.h"
#include "postgres/blocking.h"
#include "postgres/get.h"
#include "postgres/session.h"
#include "postgres/table_rows.h"
#include "postgres/unit_rows.h"

enum { KEPT_MAX = 256, KEPT_BYTES = 12 << 20 };

/* No other program of this database uses this number: "smrebild". */
#define LOCK_QUERY "SELECT pg_try_advisory_lock(x'736d726562696c64'::bit(64)::bigint)"
#define PATH_KEEP  "SET search_path = secretmagic_rebuild, public, pg_temp"
#define PATH_MAIN  "SET search_path = public, pg_temp"

struct repair {
    struct sm_repair port; /* must be first */
    PGconn *conn;
    struct sm__session session; /* of which only parameters and types are used */
    struct sm_arena arena; /* what is kept and not written yet */
    struct sm_head_change heads[KEPT_MAX];
    struct sm_client_change clients[KEPT_MAX];
    struct sm_row_change rows[KEPT_MAX];
    struct sm_unit unit; /* of these lists */
    bool in_transaction;
    bool locked;
    int64_t asked_us, locked_us; /* monotonic */
};

static struct repair *of(struct sm_repair *port)
{
    return (struct repair *)port;
}

/* ---- transactions ---- */

static enum sm_status begin_transaction(struct repair *repair, struct sm_err *err)
{
    enum sm_status status =
        repair->in_transaction ? SM_OK : sm__blocking_run(repair->conn, "BEGIN", err);

    repair->in_transaction = status == SM_OK;
    return status;
}

static enum sm_status commit(struct repair *repair, struct sm_err *err)
{
    if (!repair->in_transaction)
        return SM_OK;
    repair->in_transaction = false;
    return sm__blocking_run(repair->conn, "COMMIT", err);
}

/* Runs a statement with the parameters at hand. */
static enum sm_status put(struct repair *repair, const char *name, struct sm_err *err)
{
    return sm__blocking_put(repair->conn, sm__query_text(name), &repair->session.params, err);
}

/* ---- keeping ---- */

static void forget_lists(struct repair *repair)
{
    repair->unit = (struct sm_unit){
        .heads = repair->heads, .clients = repair->clients, .rows = repair->rows
    };
    sm_arena_reset(&repair->arena);
}

static enum sm_status write_rows(struct repair *repair, struct sm_err *err)
{
    const struct sm_unit *unit = &repair->unit;
    enum sm_status status = SM_OK;

    /* One at a time: they come in the order of streams, and few are of the same table. */
    for (size_t i = 0; status == SM_OK && i < unit->row_count; i++) {
        enum sm_table table = SM_TABLE_BATCHES;

        (void)sm_kind_table(unit->rows[i].name.kind, &table);
        sm__put_rows(&unit->rows[i], 1, table, &repair->session.params);
        status = put(
            repair, sm__statement_name((enum sm__statement)((int)SM__SQL_UNIT_ROWS + (int)table)),
            err);
    }
    return status;
}

static enum sm_status write_lists(struct repair *repair, struct sm_err *err)
{
    const struct sm_unit *unit = &repair->unit;
    const struct sm__item heads = { .count = unit->head_count };
    const struct sm__item clients = { .count = unit->client_count };
    enum sm_status status;

    sm__unit_put_heads(unit, &heads, true, &repair->session);
    status = put(repair, "unit_heads_insert", err);
    if (status == SM_OK && unit->client_count > 0) {
        sm__unit_put_clients(unit, &clients, &repair->session.params);
        status = put(repair, "unit_clients", err);
    }
    if (status == SM_OK && unit->client_count > 0) {
        sm__unit_put_tenants(unit, &clients, &repair->session.params);
        status = put(repair, "unit_tenants", err);
    }
    return status == SM_OK ? write_rows(repair, err) : status;
}

static enum sm_status flush(struct repair *repair, struct sm_err *err)
{
    enum sm_status status = SM_OK;

    if (repair->unit.head_count == 0)
        return SM_OK;
    status = begin_transaction(repair, err);
    if (status == SM_OK)
        status = sm__blocking_run(repair->conn, PATH_KEEP, err);
    if (status == SM_OK)
        status = write_lists(repair, err);
    if (status == SM_OK)
        status = sm__blocking_run(repair->conn, PATH_MAIN, err);
    forget_lists(repair);
    return status;
}

static bool keep_row(struct repair *repair, const struct sm_stream_name *name,
                     const struct sm_row *from)
{
    struct sm_row *row = sm_arena_alloc(&repair->arena, sizeof(*row));

    if (row == NULL)
        return false;
    *row = *from;
    repair->rows[repair->unit.row_count++] = (struct sm_row_change){ *name, row };
    return sm_row_keep(row, &repair->arena);
}

static bool keep_client(struct repair *repair, const struct sm_client *from)
{
    struct sm_client *client = sm_arena_alloc(&repair->arena, sizeof(*client));

    if (client == NULL)
        return false;
    *client = *from;
    repair->clients[repair->unit.client_count++] = (struct sm_client_change){ client, true };
    return sm_client_keep(client, &repair->arena);
}

static bool keep(struct repair *repair, const struct sm_correction *correction)
{
    struct sm_stream_name name = correction->name;

    if (!sm_arena_copy(&repair->arena, name.key, &name.key))
        return false;
    repair->heads[repair->unit.head_count++] = (struct sm_head_change){ name, 0, correction->head };
    return (correction->client == NULL || keep_client(repair, correction->client)) &&
           (correction->row == NULL || keep_row(repair, &name, correction->row));
}

static enum sm_status repair_correct(struct sm_repair *port, const struct sm_correction *correction,
                                     struct sm_err *err)
{
    struct repair *repair = of(port);
    enum sm_status status = SM_OK;

    /* A state has at most a third of the arena (engine/fold.c). */
    if (repair->unit.head_count == KEPT_MAX || repair->arena.used > KEPT_BYTES / 2)
        status = flush(repair, err);
    if (status == SM_OK && !keep(repair, correction))
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "no memory for a row that is to be kept");
    return status;
}

static enum sm_status repair_remove(struct sm_repair *port, const struct sm_surplus *surplus,
                                    struct sm_err *err)
{
    struct repair *repair = of(port);
    struct sm__params *params = &repair->session.params;
    enum sm_status status = begin_transaction(repair, err);

    if (status != SM_OK)
        return status;
    sm__field_text(sm__params_scalar(params), surplus->table);
    sm__field_bytes(sm__params_scalar(params), surplus->name.client_id.bytes,
                    sizeof(surplus->name.client_id.bytes));
    sm__field_text(sm__params_scalar(params), sm_kind_name(surplus->name.kind));
    sm__field_bytes(sm__params_scalar(params), surplus->name.key.data, surplus->name.key.size);
    return put(repair, "rebuild_keep_surplus", err);
}

static enum sm_status repair_ranged(struct sm_repair *port, const struct sm_uuid *next,
                                    struct sm_err *err)
{
    struct repair *repair = of(port);
    char id[SM_UUID_TEXT_SIZE + 1];
    const char *const texts[] = { next != NULL ? id : NULL };
    const struct sm__blocking_values values = { texts, 1 };
    PGresult *nothing = NULL;
    enum sm_status status = flush(repair, err);

    if (next != NULL)
        sm_uuid_format(next, id);
    if (status == SM_OK)
        status = begin_transaction(repair, err);
    if (status == SM_OK)
        status = sm__blocking_ask(repair->conn,
                                  "UPDATE secretmagic_rebuild.state SET looked_until = $1::uuid,"
                                  " looked_all = $1::uuid IS NULL",
                                  &values, &nothing, err);
    PQclear(nothing);
    if (status == SM_OK)
        status = commit(repair, err);
    sm_fault_point("rebuild_ranged");
    return status;
}

/* ---- beginning ---- */

static enum sm_status take_right(struct repair *repair, struct sm_err *err)
{
    PGresult *result = NULL;
    enum sm_status status = sm__blocking_query(repair->conn, LOCK_QUERY, &result, err);
    bool ours = status == SM_OK && sm__get_bool(result, 0, 0);

    PQclear(result);
    if (status == SM_OK && !ours)
        return sm_err_set(err, SM_REJECT, SM_FROM_POSTGRES,
                          "another rebuild of this database is under way; hint: its session holds "
                          "an advisory lock, see pg_stat_activity");
    return status;
}

static enum sm_status is_there(struct repair *repair, bool *out, struct sm_err *err)
{
    PGresult *result = NULL;
    enum sm_status status =
        sm__blocking_query(repair->conn,
                           "SELECT to_regclass('secretmagic_rebuild.state') IS NOT NULL,"
                           " to_regclass('public.repairs') IS NOT NULL",
                           &result, err);

    if (status == SM_OK && !sm__get_bool(result, 0, 1))
        status = sm_err_set(err, SM_REJECT, SM_FROM_POSTGRES,
                            "the database has no table repairs; hint: secretmagic migrate");
    else if (status == SM_OK)
        *out = sm__get_bool(result, 0, 0);
    PQclear(result);
    return status;
}

static enum sm_status resume(struct repair *repair, const char *scope, struct sm_repair_begun *out,
                             struct sm_err *err)
{
    PGresult *result = NULL;
    enum sm_status status =
        sm__blocking_query(repair->conn, sm__query_text("rebuild_resume"), &result, err);
    struct sm_slice was = SM_SLICE_NONE;

    if (status != SM_OK)
        return status;
    was = PQntuples(result) == 1 ? sm__view_slice(result, 0, 0) : SM_SLICE_NONE;
    if (!sm_slice_equal(was, sm_slice_of(scope)))
        status = sm_err_set(err, SM_REJECT, SM_FROM_POSTGRES,
                            "a rebuild of another scope (%.*s) was begun and not ended; hint: go "
                            "on with it by the same options, or remove it: secretmagic replay "
                            "clean",
                            (int)was.size, was.size != 0 ? (const char *)was.data : "");
    else if (!sm__get_null(result, 0, 1))
        sm__get_uuid(result, 0, 1, &out->from);
    else
        out->looked_all = sm__get_bool(result, 0, 2);
    PQclear(result);
    return status;
}

static enum sm_status make(struct repair *repair, const char *scope, struct sm_err *err)
{
    const char *const texts[] = { scope };
    const struct sm__blocking_values values = { texts, 1 };
    PGresult *nothing = NULL;
    enum sm_status status = begin_transaction(repair, err);

    if (status == SM_OK)
        status = sm__blocking_run(repair->conn, sm__query_text("rebuild_begin"), err);
    if (status == SM_OK)
        status = sm__blocking_ask(repair->conn, "INSERT INTO secretmagic_rebuild.state VALUES ($1)",
                                  &values, &nothing, err);
    PQclear(nothing);
    return status == SM_OK ? commit(repair, err) : status;
}

static enum sm_status repair_begin(struct sm_repair *port, const char *scope,
                                   struct sm_repair_begun *out, struct sm_err *err)
{
    struct repair *repair = of(port);
    enum sm_status status = take_right(repair, err);

    *out = (struct sm_repair_begun){ .from = SM_UUID_NIL };
    if (status == SM_OK)
        status = is_there(repair, &out->resumed, err);
    if (status != SM_OK)
        return status;
    return out->resumed ? resume(repair, scope, out, err) : make(repair, scope, err);
}

/* ---- catching up, and applying ---- */

static enum sm_status repair_stale(struct sm_repair *port, struct sm_uuid *client,
                                   struct sm_err *err)
{
    struct repair *repair = of(port);
    PGresult *result = NULL;
    enum sm_status status = flush(repair, err);

    if (status == SM_OK && !repair->locked)
        status = commit(repair, err);
    if (status == SM_OK)
        status = begin_transaction(repair, err);
    if (status == SM_OK)
        status = sm__blocking_query(repair->conn, "SELECT secretmagic_rebuild.stale()", &result,
                                    err);
    if (status == SM_OK && sm__get_null(result, 0, 0))
        status = SM_STOP;
    else if (status == SM_OK)
        sm__get_uuid(result, 0, 0, client);
    PQclear(result);
    if (status == SM_STOP && !repair->locked && commit(repair, err) != SM_OK)
        return err->status;
    return status;
}

static enum sm_status repair_any(struct sm_repair *port, bool *out, struct sm_err *err)
{
    struct repair *repair = of(port);
    PGresult *result = NULL;
    enum sm_status status = flush(repair, err);

    if (status == SM_OK)
        status = commit(repair, err);
    if (status == SM_OK)
        status = sm__blocking_query(repair->conn,
                                    "SELECT EXISTS (SELECT FROM secretmagic_rebuild.heads) OR"
                                    " EXISTS (SELECT FROM secretmagic_rebuild.surplus)",
                                    &result, err);
    if (status == SM_OK)
        *out = sm__get_bool(result, 0, 0);
    PQclear(result);
    return status;
}

static enum sm_status repair_lock(struct sm_repair *port, struct sm_err *err)
{
    struct repair *repair = of(port);
    enum sm_status status = begin_transaction(repair, err);

    repair->asked_us = sm_monotonic_us();
    if (status == SM_OK)
        status = sm__blocking_run(repair->conn, "LOCK TABLE consumer_offsets IN EXCLUSIVE MODE",
                                  err);
    repair->locked = status == SM_OK;
    repair->locked_us = sm_monotonic_us();
    sm_fault_point("rebuild_locked");
    return status;
}

/* In the order of what is applied. */
static const char *table_name(size_t index)
{
    static const char *const first[] = { "heads", "clients", "tenants" };

    return index < SM_ARRAY_COUNT(first)
               ? first[index]
               : sm_table_name((enum sm_table)(index - SM_ARRAY_COUNT(first)));
}

static void read_done(const PGresult *result, struct sm_repair_result *out)
{
    out->table_count = 0;
    for (int row = 0; row < PQntuples(result); row++) {
        struct sm_slice name = sm__view_slice(result, row, 0);

        for (size_t i = 0; i < SM_REPAIR_TABLES; i++) {
            if (sm_slice_equal(name, sm_slice_of(table_name(i))))
                out->tables[out->table_count++] =
                    (struct sm_repaired){ table_name(i), sm__get_i64(result, row, 1),
                                          sm__get_i64(result, row, 2) };
        }
        out->id = sm__get_null(result, row, 3) ? 0 : sm__get_i64(result, row, 3);
    }
}

static enum sm_status repair_apply(struct sm_repair *port, const struct sm_repair_author *author,
                                   struct sm_repair_result *out, struct sm_err *err)
{
    struct repair *repair = of(port);
    const char *const texts[] = { author->actor, author->reason, author->program };
    const struct sm__blocking_values values = { texts, 3 };
    PGresult *result = NULL;
    enum sm_status status = flush(repair, err);

    if (status == SM_OK)
        status = sm__blocking_ask(repair->conn, sm__query_text("rebuild_apply"), &values, &result,
                                  err);
    if (status == SM_OK)
        status = sm__blocking_run(repair->conn, sm__query_text("rebuild_fence"), err);
    sm_fault_point("rebuild_applied");
    if (status == SM_OK)
        status = commit(repair, err);
    if (status == SM_OK) {
        read_done(result, out);
        out->waited_us = repair->locked_us - repair->asked_us;
        out->locked_us = sm_monotonic_us() - repair->locked_us;
    }
    PQclear(result);
    repair->locked = false;
    /* Follows rows that were wrong, too: outside of the lock, since it looks at all clients. */
    return status == SM_OK
               ? sm__blocking_run(repair->conn, "SELECT secretmagic_due_again()", err)
               : status;
}

static enum sm_status repair_discard(struct sm_repair *port, struct sm_err *err)
{
    struct repair *repair = of(port);
    enum sm_status status = take_right(repair, err);

    return status == SM_OK
               ? sm__blocking_run(repair->conn,
                                  "DROP SCHEMA IF EXISTS secretmagic_rebuild CASCADE", err)
               : status;
}

/* ---- life cycle ---- */

static void repair_close(struct sm_repair *port)
{
    struct repair *repair = of(port);

    PQfinish(repair->conn); /* what is open is rolled back */
    sm__params_deinit(&repair->session.params);
    sm_arena_deinit(&repair->arena);
    free(repair);
}

static const struct sm_repair_ops ops = { .begin = repair_begin,
                                          .correct = repair_correct,
                                          .remove = repair_remove,
                                          .ranged = repair_ranged,
                                          .stale = repair_stale,
                                          .any = repair_any,
                                          .lock = repair_lock,
                                          .apply = repair_apply,
                                          .discard = repair_discard,
                                          .close = repair_close };

static enum sm_status read_types(struct repair *repair, struct sm_err *err)
{
    PGresult *result = NULL;
    enum sm_status status =
        sm__blocking_query(repair->conn, sm__query_text("session_whole"), &result, err);

    for (int i = 0; status == SM_OK && i < SM__TYPE_COUNT; i++)
        repair->session.oids[i] = (uint32_t)sm__get_i32(result, 0, 2 + i);
    PQclear(result);
    return status;
}

enum sm_status sm_postgres_repair_open(const struct sm_postgres_client *client,
                                       struct sm_repair **out, struct sm_err *err)
{
    struct repair *repair = calloc(1, sizeof(*repair));
    enum sm_status status;

    if (repair == NULL || !sm_arena_init(&repair->arena, KEPT_BYTES)) {
        free(repair);
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "no memory for a rebuild");
    }
    repair->port.ops = &ops;
    forget_lists(repair);
    status = sm__blocking_open(client, &repair->conn, err);
    if (status == SM_OK)
        status = read_types(repair, err);
    if (status == SM_OK)
        *out = &repair->port;
    else
        repair_close(&repair->port);
    return status;
}
