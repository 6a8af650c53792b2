/* LOAD: what admission has to look at, in one snapshot (sql/queries/load_*.sql). */
#include "postgres/rows.h"
#include "postgres/store_priv.h"

static const enum sm__statement stages[] = {
    SM__SQL_BEGIN_SNAPSHOT,     SM__SQL_LOAD_GENERATIONS,
    SM__SQL_LOAD_HEADS,         SM__SQL_LOAD_CLIENTS,
    SM__SQL_LOAD_ORGANIZATIONS, SM__SQL_LOAD_SEEN,
    SM__SQL_LOAD_FEATURE_TYPES, SM__SQL_COMMIT,
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
    if (stage == SM__SQL_LOAD_ORGANIZATIONS)
        return load->organization_count;
    if (stage == SM__SQL_LOAD_SEEN)
        return load->seen_count;
    return 1;
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
    cursor->at += item->count;
    return true;
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
    }
    for (size_t i = 0; i < load->organization_count; i++)
        load->organizations[i].owned = false;
    for (size_t i = 0; i < load->seen_count; i++)
        load->seen[i].seen = (struct sm_seen){ .where = SM_SEEN_NOWHERE };
    load->feature_types = NULL;
    load->feature_type_count = 0;
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
    static const uint32_t oids[] = { SM__OID_UUID, SM__OID_UUID, SM__OID_BYTEA };

    for (size_t i = item->first; i < item->first + item->count; i++) {
        const struct sm_seen_wanted *seen = &load->seen[i];
        struct sm__out *out = sm__params_row(params);

        sm__field_bytes(out, seen->event_id.bytes, sizeof(seen->event_id.bytes));
        sm__field_bytes(out, seen->client_id.bytes, sizeof(seen->client_id.bytes));
        sm__field_bytes(out, seen->content_hash.bytes, SM_DIGEST_SIZE);
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
    else if (item->what == SM__SQL_LOAD_ORGANIZATIONS)
        put_organizations(load, item, &session->params);
    else if (item->what == SM__SQL_LOAD_SEEN)
        put_seen(load, item, &session->params);
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

enum { ORDINAL, HAS_DEAD_LETTERS, HEAD, CLIENT = HEAD + 3 };

static enum sm_status read_client_row(const PGresult *result, int row, struct sm_load *load,
                                      struct sm_client_wanted *out, struct sm_err *err)
{
    out->has_dead_letters = sm__get_bool(result, row, HAS_DEAD_LETTERS);
    read_head(result, row, HEAD, &out->head);
    if (sm__get_null(result, row, CLIENT))
        return SM_OK;
    if (!sm__read_client(result, row, CLIENT, &out->client))
        return sm_err_set(
            err, SM_FATAL, SM_FROM_POSTGRES,
            "a row of clients has a status or a tenant mode that this version does not know");
    if (!sm__client_keep(&out->client, load->arena))
        return sm_err_set(err, SM_LIMIT, SM_FROM_POSTGRES,
                          "the arena is too small for the clients");
    return SM_OK;
}

static enum sm_status read_feature_types(const PGresult *result, struct sm_load *load,
                                         struct sm_err *err)
{
    size_t count = (size_t)PQntuples(result);
    struct sm_slice *codes = sm_arena_zalloc(load->arena, count, sizeof(*codes));

    for (size_t i = 0; codes != NULL && i < count; i++) {
        if (!sm_arena_copy(load->arena, sm__view_slice(result, (int)i, 0), &codes[i]))
            codes = NULL;
    }
    if (codes == NULL)
        return sm_err_set(err, SM_LIMIT, SM_FROM_POSTGRES,
                          "the arena is too small for the feature types");
    load->feature_types = codes;
    load->feature_type_count = count;
    return SM_OK;
}

static void read_seen(const PGresult *result, int row, struct sm_seen *out)
{
    if (!sm__get_null(result, row, 1)) {
        out->where = SM_SEEN_IN_LOG;
        (void)sm__get_digest(result, row, 1, &out->content_hash);
    } else if (!sm__get_null(result, row, 2)) {
        out->where = SM_SEEN_IN_DEAD_LETTERS;
        (void)sm__get_digest(result, row, 2, &out->content_hash);
    }
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

    if (item->what == SM__SQL_LOAD_FEATURE_TYPES)
        return read_feature_types(result, load, err);
    for (int row = 0; row < PQntuples(result) && status == SM_OK; row++) {
        size_t at = item->first - 1; /* ordinals count from 1 */

        if (item->what == SM__SQL_LOAD_GENERATIONS) {
            read_generation(result, row, load);
            continue;
        }
        at += (size_t)sm__get_i32(result, row, ORDINAL);
        if (item->what == SM__SQL_LOAD_HEADS)
            read_head(result, row, 1, &load->heads[at].head);
        else if (item->what == SM__SQL_LOAD_CLIENTS)
            status = read_client_row(result, row, load, &load->clients[at], err);
        else if (item->what == SM__SQL_LOAD_ORGANIZATIONS)
            read_organization(result, row, &load->organizations[at]);
        else if (item->what == SM__SQL_LOAD_SEEN)
            read_seen(result, row, &load->seen[at].seen);
    }
    return status;
}

const struct sm__script sm__load_script = { load_next, load_send, load_take, NULL };
