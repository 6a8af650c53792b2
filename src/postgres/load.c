/* LOAD: what admission has to look at, in one snapshot (sql/queries/load_*.sql). */
#include "postgres/load_outbox.h"
#include "postgres/rows.h"
#include "postgres/store_priv.h"
#include "postgres/table_rows.h"

static const enum sm__statement stages[] = {
    SM__SQL_BEGIN_SNAPSHOT,     SM__SQL_LOAD_GENERATIONS,
    SM__SQL_LOAD_HEADS,         SM__SQL_LOAD_CLIENTS,
    SM__SQL_LOAD_ORGANIZATIONS, SM__SQL_LOAD_SEEN,
    SM__SQL_LOAD_REFERENCES,    SM__SQL_LOAD_QUEUES,
    SM__SQL_LOAD_OUTBOXES,      SM__SQL_LOAD_FOUND,
    SM__SQL_LOAD_ROWS,          SM__SQL_LOAD_BRIEFS,
    SM__SQL_COMMIT,
};

static const struct sm_load *load_of(const void *context)
{
    return ((const struct sm__store *)context)->call.load;
}

/* How many names a stage asks for; one statement without names counts as one. */
static size_t names_of(const struct sm_load *load, enum sm__statement stage)
{
    if (stage == SM__SQL_LOAD_HEADS)
        return load->head_count;
    if (stage == SM__SQL_LOAD_CLIENTS)
        return load->client_count;
    if (stage == SM__SQL_LOAD_BRIEFS)
        return load->brief_count;
    if (stage == SM__SQL_LOAD_ORGANIZATIONS)
        return load->organization_count;
    if (stage == SM__SQL_LOAD_SEEN)
        return load->seen_count;
    if (stage == SM__SQL_LOAD_REFERENCES)
        return load->reference_count;
    if (stage == SM__SQL_LOAD_QUEUES)
        return load->queue_count;
    if (stage == SM__SQL_LOAD_OUTBOXES || stage == SM__SQL_LOAD_FOUND)
        return load->outbox_count;
    if (stage == SM__SQL_LOAD_ROWS)
        return load->row_count;
    return 1;
}

static enum sm_table table_of(const struct sm_load *load, size_t index)
{
    enum sm_table table = SM_TABLE_BATCHES;
    bool found = sm_kind_table(load->rows[index].name.kind, &table);

    SM_ASSERT(found);
    return table;
}

/* Rows of one table that stand together: each table has a statement of its own. */
static size_t rows_together(const struct sm_load *load, size_t first, size_t count)
{
    size_t end = first + 1;

    while (end < first + count && table_of(load, end) == table_of(load, first))
        end++;
    return end - first;
}

static bool load_next(void *context, struct sm__cursor *cursor, struct sm__item *item)
{
    size_t names;

    while ((size_t)cursor->stage < SM_ARRAY_COUNT(stages) &&
           cursor->at >= names_of(load_of(context), stages[cursor->stage])) {
        cursor->stage++;
        cursor->at = 0;
    }
    if ((size_t)cursor->stage >= SM_ARRAY_COUNT(stages))
        return false;
    names = names_of(load_of(context), stages[cursor->stage]);
    *item = (struct sm__item){ .what = (int)stages[cursor->stage],
                               .first = cursor->at,
                               .count = names - cursor->at < SM__ROWS_MAX ? names - cursor->at
                                                                          : SM__ROWS_MAX };
    if (item->what == SM__SQL_LOAD_ROWS) {
        const struct sm_load *load = load_of(context);

        item->what += (int)table_of(load, item->first);
        item->count = rows_together(load, item->first, item->count);
    }
    cursor->at += item->count;
    return true;
}

static bool is_of_rows(const struct sm__item *item)
{
    return item->what >= (int)SM__SQL_LOAD_ROWS &&
           item->what < (int)SM__SQL_LOAD_ROWS + (int)SM_TABLE_COUNT;
}

void sm__load_prepare(struct sm__store *store)
{
    struct sm_load *load = store->call.load;

    for (size_t i = 0; i < load->head_count; i++)
        load->heads[i].head = SM_HEAD_EMPTY;
    for (size_t i = 0; i < load->client_count; i++) {
        load->clients[i].client = (struct sm_client){ .id = load->clients[i].id };
        load->clients[i].head = SM_HEAD_EMPTY;
        load->clients[i].has_dead_letters = false;
        load->clients[i].has_waiting = false;
    }
    for (size_t i = 0; i < load->brief_count; i++)
        load->briefs[i] = (struct sm_brief_wanted){ .id = load->briefs[i].id };
    for (size_t i = 0; i < load->organization_count; i++)
        load->organizations[i].owned = false;
    for (size_t i = 0; i < load->seen_count; i++)
        load->seen[i].seen = (struct sm_seen){ .where = SM_SEEN_NOWHERE };
    for (size_t i = 0; i < load->reference_count; i++)
        load->references[i].state = (struct sm_reference_state){ .known = false };
    for (size_t i = 0; i < load->queue_count; i++)
        load->queues[i].stream_waits = load->queues[i].gated_waits = false;
    for (size_t i = 0; i < load->row_count; i++)
        load->rows[i].row.exists = false;
    sm__load_outboxes_prepare(load);
}

/* ---- questions ---- */

static void put_heads(const struct sm_load *load, const struct sm__item *item,
                      struct sm__session *session)
{
    const uint32_t oids[] = { SM__OID_UUID, session->oids[SM__TYPE_KIND], SM__OID_TEXT };

    for (size_t i = item->first; i < item->first + item->count; i++) {
        const struct sm_stream_name *name = &load->heads[i].name;
        struct sm__out *out = sm__params_row(&session->params);

        sm__field_bytes(out, name->client_id.bytes, sizeof(name->client_id.bytes));
        sm__field_text(out, sm_kind_name(name->kind));
        sm__field_bytes(out, name->key.data, name->key.size);
    }
    sm__params_columns(&session->params, oids, SM_ARRAY_COUNT(oids));
}

static void put_clients(const struct sm_load *load, const struct sm__item *item,
                        struct sm__params *params)
{
    struct sm__out *out = sm__params_array(params, SM__OID_UUID, item->count);

    for (size_t i = item->first; i < item->first + item->count; i++)
        sm__field_bytes(out, load->clients[i].id.bytes, sizeof(load->clients[i].id.bytes));
}

static void put_briefs(const struct sm_load *load, const struct sm__item *item,
                       struct sm__params *params)
{
    struct sm__out *out = sm__params_array(params, SM__OID_UUID, item->count);

    for (size_t i = item->first; i < item->first + item->count; i++)
        sm__field_bytes(out, load->briefs[i].id.bytes, sizeof(load->briefs[i].id.bytes));
}

static void put_organizations(const struct sm_load *load, const struct sm__item *item,
                              struct sm__params *params)
{
    struct sm__out *out = sm__params_array(params, SM__OID_TEXT, item->count);

    for (size_t i = item->first; i < item->first + item->count; i++)
        sm__field_slice(out, load->organizations[i].organization_id);
}

static void put_seen(const struct sm_load *load, const struct sm__item *item,
                     struct sm__params *params)
{
    static const uint32_t oids[] = { SM__OID_UUID, SM__OID_UUID, SM__OID_BYTEA, SM__OID_INT8 };

    for (size_t i = item->first; i < item->first + item->count; i++) {
        const struct sm_seen_wanted *seen = &load->seen[i];
        struct sm__out *out = sm__params_row(params);

        sm__field_bytes(out, seen->event_id.bytes, sizeof(seen->event_id.bytes));
        sm__field_bytes(out, seen->client_id.bytes, sizeof(seen->client_id.bytes));
        sm__field_bytes(out, seen->content_hash.bytes, SM_DIGEST_SIZE);
        sm__field_i64(out, seen->parked_id);
    }
    sm__params_columns(params, oids, SM_ARRAY_COUNT(oids));
}

static void put_references(const struct sm_load *load, const struct sm__item *item,
                           struct sm__params *params)
{
    static const uint32_t oids[] = { SM__OID_TEXT, SM__OID_TEXT };

    for (size_t i = item->first; i < item->first + item->count; i++) {
        const struct sm_reference *reference = &load->references[i].reference;
        struct sm__out *out = sm__params_row(params);

        sm__field_text(out, sm_reference_kind_name(reference->kind));
        sm__field_bytes(out, reference->code.data, reference->code.size);
    }
    sm__params_columns(params, oids, SM_ARRAY_COUNT(oids));
}

static void put_queues(const struct sm_load *load, const struct sm__item *item,
                       struct sm__session *session)
{
    const uint32_t oids[] = { SM__OID_UUID, session->oids[SM__TYPE_KIND],
                              SM__OID_TEXT, SM__OID_INT2,
                              SM__OID_INT4, SM__OID_BOOL,
                              SM__OID_INT8, SM__OID_INT8 };

    for (size_t i = item->first; i < item->first + item->count; i++) {
        const struct sm_queue_wanted *queue = &load->queues[i];
        struct sm__out *out = sm__params_row(&session->params);

        sm__field_bytes(out, queue->name.client_id.bytes, sizeof(queue->name.client_id.bytes));
        sm__field_text(out, sm_kind_name(queue->name.kind));
        sm__field_bytes(out, queue->name.key.data, queue->name.key.size);
        sm__field_i16(out, session->topic_ids[queue->partition.topic]);
        sm__field_i32(out, queue->partition.partition);
        sm__field_bool(out, queue->gated);
        sm__field_i64(out, queue->before);
        sm__field_i64(out, queue->unit_from);
    }
    sm__params_columns(&session->params, oids, SM_ARRAY_COUNT(oids));
}

static void put_rows(const struct sm_load *load, const struct sm__item *item,
                     struct sm__params *params)
{
    static const uint32_t oids[] = { SM__OID_UUID, SM__OID_TEXT };

    for (size_t i = item->first; i < item->first + item->count; i++) {
        const struct sm_stream_name *name = &load->rows[i].name;
        struct sm__out *out = sm__params_row(params);

        sm__field_bytes(out, name->client_id.bytes, sizeof(name->client_id.bytes));
        sm__field_bytes(out, name->key.data, name->key.size);
    }
    sm__params_columns(params, oids, SM_ARRAY_COUNT(oids));
}

static bool load_send(void *context, struct sm__session *session, const struct sm__item *item)
{
    const struct sm_load *load = load_of(context);

    if (item->what == SM__SQL_LOAD_HEADS)
        put_heads(load, item, session);
    else if (item->what == SM__SQL_LOAD_CLIENTS)
        put_clients(load, item, &session->params);
    else if (item->what == SM__SQL_LOAD_BRIEFS)
        put_briefs(load, item, &session->params);
    else if (item->what == SM__SQL_LOAD_ORGANIZATIONS)
        put_organizations(load, item, &session->params);
    else if (item->what == SM__SQL_LOAD_SEEN)
        put_seen(load, item, &session->params);
    else if (item->what == SM__SQL_LOAD_REFERENCES)
        put_references(load, item, &session->params);
    else if (item->what == SM__SQL_LOAD_QUEUES)
        put_queues(load, item, session);
    else if (item->what == SM__SQL_LOAD_OUTBOXES || item->what == SM__SQL_LOAD_FOUND)
        sm__load_put_outboxes(load, item, &session->params);
    else if (is_of_rows(item))
        put_rows(load, item, &session->params);
    return sm__session_send(session, (enum sm__statement)item->what);
}

/* ---- answers ---- */

/* NULLs, where there is no such head, leave it empty. */
static void read_head(const PGresult *result, int row, int column, struct sm_head *out)
{
    if (sm__get_null(result, row, column))
        return;
    out->version = sm__get_i32(result, row, column);
    out->last_at = sm__get_time(result, row, column + 1);
    out->active_at = sm__get_time(result, row, column + 2);
}

/* Columns of load_clients.sql, and of load_briefs.sql. */
enum { ORDINAL, HAS_DEAD_LETTERS, HAS_WAITING, HEAD, CLIENT = HEAD + 3 };
enum { STATUS = HAS_WAITING + 1, CONFIRMED, FROZEN };

static enum sm_status read_client_row(const PGresult *result, int row, struct sm_load *load,
                                      struct sm_client_wanted *out, struct sm_err *err)
{
    out->has_dead_letters = sm__get_bool(result, row, HAS_DEAD_LETTERS);
    out->has_waiting = sm__get_bool(result, row, HAS_WAITING);
    read_head(result, row, HEAD, &out->head);
    if (sm__get_null(result, row, CLIENT))
        return SM_OK;
    if (!sm__read_client(result, row, CLIENT, &out->client))
        return sm_err_set(
            err, SM_FATAL, SM_FROM_POSTGRES,
            "a row of clients or tenants has a word that this version does not know");
    if (!sm_client_keep(&out->client, load->arena))
        return sm_err_set(err, SM_LIMIT, SM_FROM_POSTGRES,
                          "the arena is too small for the clients");
    return SM_OK;
}

static enum sm_status read_brief(const PGresult *result, int row, struct sm_brief_wanted *out,
                                 struct sm_err *err)
{
    const struct sm_slice status = sm__view_slice(result, row, STATUS);

    out->has_dead_letters = sm__get_bool(result, row, HAS_DEAD_LETTERS);
    out->has_waiting = sm__get_bool(result, row, HAS_WAITING);
    if (sm__get_null(result, row, STATUS))
        return SM_OK;
    if (!sm_client_status_find(status, &out->client.status))
        return sm_err_set(err, SM_FATAL, SM_FROM_POSTGRES,
                          "clients.status is %.*s, which this version does not know",
                          (int)status.size, (const char *)status.data);
    out->client.exists = true;
    out->client.config_confirmed = sm__get_bool(result, row, CONFIRMED);
    out->client.frozen = sm__get_bool(result, row, FROZEN);
    return SM_OK;
}

static void read_seen(const PGresult *result, int row, struct sm_seen *out)
{
    if (!sm__get_null(result, row, 1)) {
        out->where = SM_SEEN_IN_LOG;
        (void)sm__get_digest(result, row, 1, &out->content_hash);
    } else if (!sm__get_null(result, row, 2)) {
        out->where = SM_SEEN_PARKED;
        (void)sm__get_digest(result, row, 2, &out->content_hash);
    } else if (!sm__get_null(result, row, 3)) {
        out->where = SM_SEEN_IN_DEAD_LETTERS;
        (void)sm__get_digest(result, row, 3, &out->content_hash);
    }
}

static enum sm_status read_reference(const PGresult *result, int row, struct sm_arena *arena,
                                     struct sm_reference_state *out, struct sm_err *err)
{
    out->known = sm__get_bool(result, row, 1);
    if (sm_arena_copy(arena, sm__view_jsonb(result, row, 2), &out->config_rules))
        return SM_OK;
    return sm_err_set(err, SM_LIMIT, SM_FROM_POSTGRES, "the arena is too small for the references");
}

static void read_queue(const PGresult *result, int row, struct sm_queue_wanted *out)
{
    out->stream_waits = sm__get_bool(result, row, 1);
    out->gated_waits = sm__get_bool(result, row, 2);
}

static enum sm_status read_row(const PGresult *result, int row, enum sm_table table,
                               struct sm_arena *arena, struct sm_row *out, struct sm_err *err)
{
    if (sm__read_row(result, row, 1, table, arena, out))
        return SM_OK;
    return sm_err_set(err, SM_LIMIT, SM_FROM_POSTGRES, "the arena is too small for rows of %s",
                      sm_table_name(table));
}

static void read_organization(const PGresult *result, int row, struct sm_organization_wanted *out)
{
    out->owned = !sm__get_null(result, row, 1);
    if (out->owned)
        sm__get_uuid(result, row, 1, &out->owner);
}

static void read_generation(const PGresult *result, int row, struct sm_load *load)
{
    int16_t bucket = sm__get_i16(result, row, 0);

    if (bucket >= 0 && bucket < SM_BUCKETS)
        load->generations[bucket] = (uint64_t)sm__get_i64(result, row, 1);
}

static enum sm_status load_take(void *context, const struct sm__item *item, PGresult *result,
                                struct sm_err *err)
{
    struct sm_load *load = ((struct sm__store *)context)->call.load;
    enum sm_status status = SM_OK;

    for (int row = 0; row < PQntuples(result) && status == SM_OK; row++) {
        size_t at = item->first - 1; /* ordinals count from 1 */

        if (item->what == SM__SQL_LOAD_FOUND)
            return sm__load_take_found(load, item, result, err);
        if (item->what == SM__SQL_LOAD_GENERATIONS) {
            read_generation(result, row, load);
            continue;
        }
        at += (size_t)sm__get_i32(result, row, ORDINAL);
        if (item->what == SM__SQL_LOAD_HEADS)
            read_head(result, row, 1, &load->heads[at].head);
        else if (item->what == SM__SQL_LOAD_CLIENTS)
            status = read_client_row(result, row, load, &load->clients[at], err);
        else if (item->what == SM__SQL_LOAD_BRIEFS)
            status = read_brief(result, row, &load->briefs[at], err);
        else if (item->what == SM__SQL_LOAD_ORGANIZATIONS)
            read_organization(result, row, &load->organizations[at]);
        else if (item->what == SM__SQL_LOAD_SEEN)
            read_seen(result, row, &load->seen[at].seen);
        else if (item->what == SM__SQL_LOAD_REFERENCES)
            status = read_reference(result, row, load->arena, &load->references[at].state, err);
        else if (item->what == SM__SQL_LOAD_QUEUES)
            read_queue(result, row, &load->queues[at]);
        else if (item->what == SM__SQL_LOAD_OUTBOXES)
            load->outboxes[at].sequence_last = sm__get_i64(result, row, 1);
        else if (is_of_rows(item))
            status = read_row(result, row, table_of(load, item->first), load->arena,
                              &load->rows[at].row, err);
    }
    return status;
}

const struct sm__script sm__load_script = { load_next, load_send, load_take, NULL };
