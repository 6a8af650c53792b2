/* The rebuild: verify's walk, with what differs kept and then applied. */
#include "engine/rebuild.h"

#include <stdio.h>

#include "engine/verify_priv.h"

#define ALL_KINDS  ((1u << SM_KIND_COUNT) - 1)
#define SCOPE_SIZE 400
#define AGAIN_MAX  100000 /* clients looked at again before writers are kept out */

struct rebuild {
    struct sm_log *log;
    struct sm_repair *repair;
    const struct sm_rebuild_scope *scope;
    const struct sm_verify_sink *sink;
    struct sm_rebuild_result *result;
};

/* ---- scope ---- */

void sm_rebuild_scope_all(struct sm_rebuild_scope *out)
{
    *out = (struct sm_rebuild_scope){ .kinds = ALL_KINDS };
}

bool sm_rebuild_scope_table(const char *table, struct sm_rebuild_scope *out)
{
    sm_rebuild_scope_all(out);
    if (strcmp(table, "heads") == 0) {
        out->heads_only = true;
        return true;
    }
    out->kinds = 1u << SM_KIND_CLIENT;
    if (strcmp(table, "clients") == 0)
        return true;
    for (int i = 0; i < SM_TABLE_COUNT; i++) {
        if (strcmp(table, sm_table_name((enum sm_table)i)) == 0) {
            out->kinds = 1u << sm_table_kind((enum sm_table)i);
            return true;
        }
    }
    return false;
}

void sm_rebuild_scope_type(enum sm_event_type type, struct sm_rebuild_scope *out)
{
    sm_rebuild_scope_all(out);
    out->kinds = 1u << sm_event_type_kind(type);
}

void sm_rebuild_scope_words(const struct sm_rebuild_scope *scope, char *out, size_t size)
{
    char id[SM_UUID_TEXT_SIZE + 1];
    size_t at;

    if (scope->client != NULL)
        sm_uuid_format(scope->client, id);
    at = (size_t)snprintf(out, size, "%s%s: %s", scope->client != NULL ? "client " : "all clients",
                          scope->client != NULL ? id : "",
                          scope->heads_only ? "heads" : "streams");
    for (int i = 0; scope->kinds != ALL_KINDS && i < SM_KIND_COUNT && at < size; i++) {
        if ((scope->kinds >> i & 1) != 0)
            at += (size_t)snprintf(out + at, size - at, " %s", sm_kind_name((enum sm_kind)i));
    }
}

static bool has_kind(const struct sm_rebuild_scope *scope, enum sm_kind kind)
{
    return (scope->kinds >> kind & 1) != 0;
}

/* Whether differences of this table of sm_verify_result are in question. */
static bool has_table(const struct sm_rebuild_scope *scope, int table)
{
    if (table == SM__VERIFY_EVENTS)
        return true;
    if (table == SM__VERIFY_HEADS)
        return scope->heads_only || scope->kinds == ALL_KINDS;
    if (scope->heads_only)
        return false;
    return has_kind(scope, table == SM__VERIFY_CLIENTS
                               ? SM_KIND_CLIENT
                               : sm_table_kind((enum sm_table)(table - SM__VERIFY_ROWS)));
}

/* ---- what the walk tells ---- */

static enum sm_status differs(void *context, const struct sm__fold *fold, struct sm_err *err)
{
    const struct rebuild *rebuild = context;
    const struct sm_stream *stream = &fold->stream;
    bool rows = !rebuild->scope->heads_only;
    struct sm_correction correction = { .name = fold->name, .head = stream->head };

    if (!has_kind(rebuild->scope, fold->name.kind))
        return SM_OK;
    if (rows && fold->name.kind == SM_KIND_CLIENT && stream->client.exists)
        correction.client = &stream->client;
    if (rows && stream->row.exists)
        correction.row = &stream->row;
    return rebuild->repair->ops->correct(rebuild->repair, &correction, err);
}

static enum sm_status surplus(void *context, int table, const struct sm_stream_name *name,
                              struct sm_err *err)
{
    const struct rebuild *rebuild = context;
    const struct sm_surplus row = { rebuild->result->looked.tables[table].table, *name };

    if (!has_table(rebuild->scope, table) || !has_kind(rebuild->scope, name->kind))
        return SM_OK;
    return rebuild->repair->ops->remove(rebuild->repair, &row, err);
}

static enum sm_status ranged(void *context, const struct sm_uuid *next, struct sm_err *err)
{
    const struct rebuild *rebuild = context;

    return rebuild->repair->ops->ranged(rebuild->repair, next, err);
}

static enum sm_status ignore_range(void *context, const struct sm_uuid *next, struct sm_err *err)
{
    (void)context;
    (void)next;
    (void)err;
    return SM_OK;
}

/* Differences out of the scope are nobody's question here. */
static void tell(void *context, const struct sm_difference *difference)
{
    const struct rebuild *rebuild = context;

    for (int i = 0; i < SM_VERIFY_TABLES; i++) {
        if (strcmp(rebuild->result->looked.tables[i].table, difference->table) == 0 &&
            has_table(rebuild->scope, i))
            rebuild->sink->difference(rebuild->sink->context, difference);
    }
}

static void ignore_difference(void *context, const struct sm_difference *difference)
{
    (void)context;
    (void)difference;
}

static void tell_progress(void *context, const char *stage, uint64_t rows)
{
    const struct rebuild *rebuild = context;

    if (rebuild->sink->progress != NULL)
        rebuild->sink->progress(rebuild->sink->context, stage, rows);
}

/* ---- looking ---- */

static enum sm_status damaged(const struct sm_verify_result *result, struct sm_err *err)
{
    uint64_t found = result->tables[SM__VERIFY_EVENTS].differences;

    if (found == 0)
        return SM_OK;
    return sm_err_set(err, SM_REJECT, SM_FROM_DOMAIN,
                      "the log itself is damaged in %llu places: tables that follow it would be "
                      "damaged too, so nothing is rebuilt; hint: see secretmagic verify, and "
                      "restore the log from a backup",
                      (unsigned long long)found);
}

/* A client that is looked at again was told of before, and its range is not the walk's. */
static enum sm_status look(struct rebuild *rebuild, const struct sm_uuid *from, bool again,
                           struct sm_verify_result *result, struct sm_err *err)
{
    const struct sm__verify_hooks hooks = { rebuild, differs, surplus,
                                            again ? ignore_range : ranged };
    const struct sm_verify_sink sink = { .context = rebuild,
                                         .range_events = rebuild->sink->range_events,
                                         .difference = again ? ignore_difference : tell,
                                         .progress = again ? NULL : tell_progress };
    struct sm__verify verify = { .log = rebuild->log,
                                 .hooks = &hooks,
                                 .only = again ? from : rebuild->scope->client,
                                 .sink = &sink,
                                 .result = result };
    enum sm_status status;

    sm__verify_begin(&verify);
    status = rebuild->log->ops->refresh(rebuild->log, from, err);
    if (status == SM_OK)
        status = sm__verify_streams(&verify, err);
    sm__verify_end(&verify);
    return status == SM_OK ? damaged(result, err) : status;
}

/* Clients whose streams went on since they were looked at, until there is none, or too many rounds
 * have passed: what is written all the time is left to the lock. */
static enum sm_status catch_up(struct rebuild *rebuild, uint64_t most, struct sm_err *err)
{
    struct sm_repair *repair = rebuild->repair;
    enum sm_status status = SM_OK;

    for (uint64_t i = 0; status == SM_OK && i < most; i++) {
        struct sm_verify_result ignored;
        struct sm_uuid client;

        status = repair->ops->stale(repair, &client, err);
        if (status == SM_STOP)
            return SM_OK;
        if (status == SM_OK)
            status = look(rebuild, &client, true, &ignored, err);
        rebuild->result->again += status == SM_OK ? 1 : 0;
    }
    return status;
}

static enum sm_status look_all(struct rebuild *rebuild, struct sm_err *err)
{
    struct sm_repair *repair = rebuild->repair;
    struct sm_rebuild_result *result = rebuild->result;
    char words[SCOPE_SIZE];
    struct sm_repair_begun begun;
    enum sm_status status;

    sm_rebuild_scope_words(rebuild->scope, words, sizeof(words));
    status = repair->ops->begin(repair, words, &begun, err);
    result->resumed = status == SM_OK && begun.resumed;
    if (status != SM_OK || begun.looked_all)
        return status;
    if (rebuild->scope->client != NULL)
        begun.from = *rebuild->scope->client;
    status = look(rebuild, &begun.from, false, &result->looked, err);
    return status == SM_OK ? repair->ops->ranged(repair, NULL, err) : status;
}

enum sm_status sm_rebuild_find(struct sm_log *log, struct sm_repair *repair,
                               const struct sm_rebuild_scope *scope,
                               const struct sm_verify_sink *sink, struct sm_rebuild_result *out,
                               struct sm_err *err)
{
    struct rebuild rebuild = { log, repair, scope, sink, out };
    enum sm_status status;

    *out = (struct sm_rebuild_result){ 0 };
    status = look_all(&rebuild, err);
    if (status == SM_OK)
        status = catch_up(&rebuild, AGAIN_MAX, err);
    return status == SM_OK ? repair->ops->any(repair, &out->anything, err) : status;
}

enum sm_status sm_rebuild_apply(struct sm_log *log, struct sm_repair *repair,
                                const struct sm_rebuild_scope *scope,
                                const struct sm_repair_author *author,
                                const struct sm_verify_sink *sink, struct sm_rebuild_result *out,
                                struct sm_err *err)
{
    struct rebuild rebuild = { log, repair, scope, sink, out };
    enum sm_status status = repair->ops->lock(repair, err);

    if (status == SM_OK)
        status = catch_up(&rebuild, UINT64_MAX, err);
    return status == SM_OK ? repair->ops->apply(repair, author, &out->repair, err) : status;
}
