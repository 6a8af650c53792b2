/* COMMIT: the statements of one unit of work (sql/queries/unit_*.sql).
 *
 * Positions come first: whoever has lost a partition stops there, before it can block anybody.
 * A small unit is one pipeline without BEGIN, which PostgreSQL runs as one transaction that ends
 * with the pipeline. A large one begins explicitly; its log rows and COMMIT follow by COPY. */
#include "base/fault.h"
#include "postgres/store_priv.h"

static const enum sm__statement stages[] = {
    SM__SQL_DISCARD_PLANS,     SM__SQL_BEGIN,
    SM__SQL_UNIT_POSITION,     SM__SQL_UNIT_BUCKETS,
    SM__SQL_UNIT_HEADS_CHECK,  SM__SQL_UNIT_HEADS_UPDATE,
    SM__SQL_UNIT_HEADS_INSERT, SM__SQL_UNIT_CLIENTS,
    SM__SQL_UNIT_DEAD_LETTER,  SM__SQL_UNIT_EVENTS,
};

bool sm__unit_is_large(const struct sm_unit *unit)
{
    return unit->append_count >= SM__COPY_ROWS_MIN;
}

static const struct sm_unit *unit_of(const void *context)
{
    return ((const struct sm__store *)context)->call.unit;
}

/* ---- which statements ---- */

/* How many rows a stage has, and how many of them go into one statement. */
static size_t rows_of(const struct sm__store *store, enum sm__statement stage, size_t *chunk)
{
    const struct sm_unit *unit = store->call.unit;
    bool large = sm__unit_is_large(unit);

    *chunk = SM__ROWS_MAX;
    if (stage == SM__SQL_DISCARD_PLANS)
        return (store->units & (store->units - 1)) == 0 ? 1 : 0; /* a power of two */
    if (stage == SM__SQL_BEGIN)
        return large ? 1 : 0;
    if (stage == SM__SQL_UNIT_BUCKETS)
        return (unit->buckets_shared | unit->buckets_exclusive) != 0 ? 1 : 0;
    if (stage == SM__SQL_UNIT_HEADS_CHECK)
        return unit->check_count;
    if (stage == SM__SQL_UNIT_HEADS_UPDATE || stage == SM__SQL_UNIT_HEADS_INSERT)
        return unit->head_count;
    if (stage == SM__SQL_UNIT_CLIENTS)
        return unit->client_count;
    if (stage == SM__SQL_UNIT_EVENTS)
        return large ? 0 : unit->append_count;
    *chunk = 1;
    /* Of dead letters each may hold a megabyte; of positions there are few. */
    return stage == SM__SQL_UNIT_DEAD_LETTER ? unit->dead_letter_count : unit->partition_count;
}

static bool is_insert(const struct sm_head_change *head)
{
    return head->expected_version == 0;
}

static size_t count_heads(const struct sm_unit *unit, const struct sm__item *item)
{
    bool inserts = item->what == SM__SQL_UNIT_HEADS_INSERT;
    size_t count = 0;

    for (size_t i = item->first; i < item->first + item->count; i++)
        count += is_insert(&unit->heads[i]) == inserts ? 1 : 0;
    return count;
}

/* Heads are one list for two statements: a stretch of it may have nothing for one of them. */
static bool is_empty(const struct sm_unit *unit, const struct sm__item *item)
{
    return (item->what == SM__SQL_UNIT_HEADS_UPDATE || item->what == SM__SQL_UNIT_HEADS_INSERT) &&
           count_heads(unit, item) == 0;
}

static bool unit_next(void *context, struct sm__cursor *cursor, struct sm__item *item)
{
    const struct sm_unit *unit = unit_of(context);

    while ((size_t)cursor->stage < SM_ARRAY_COUNT(stages)) {
        size_t chunk = 0;
        size_t rows = rows_of(context, stages[cursor->stage], &chunk);

        if (cursor->at >= rows) {
            *cursor = (struct sm__cursor){cursor->stage + 1, 0};
            continue;
        }
        *item = (struct sm__item){.what = (int)stages[cursor->stage],
                                  .first = cursor->at,
                                  .count = rows - cursor->at < chunk ? rows - cursor->at : chunk};
        cursor->at += item->count;
        if (!is_empty(unit, item))
            return true;
    }
    return false;
}

/* ---- their parameters ---- */

static void put_counts(struct sm__params *params, const struct sm_ledger_row *row)
{
    const int32_t counts[] = {row->consumed,   row->appended, row->logged,
                              row->duplicated, row->parked,   row->rejected};

    for (size_t i = 0; i < SM_ARRAY_COUNT(counts); i++)
        sm__field_i32(sm__params_scalar(params), counts[i]);
}

static void put_anchor(struct sm__params *params, const struct sm_anchor *anchor)
{
    if (anchor->offset < 0) { /* keep the one that is there */
        sm__field_null(sm__params_scalar(params));
        sm__field_null(sm__params_scalar(params));
        return;
    }
    sm__field_i64(sm__params_scalar(params), anchor->offset);
    sm__field_bytes(sm__params_scalar(params), anchor->digest.bytes, SM_DIGEST_SIZE);
}

static void put_position(const struct sm_unit_partition *part, struct sm__params *params)
{
    const struct sm_ledger_row *row = &part->row;

    sm__field_i16(sm__params_scalar(params), row->topic_id);
    sm__field_i32(sm__params_scalar(params), row->partition);
    sm__field_i64(sm__params_scalar(params), part->epoch);
    sm__field_i64(sm__params_scalar(params), row->seq);
    sm__field_i64(sm__params_scalar(params), row->first_offset);
    sm__field_i64(sm__params_scalar(params), row->next_offset);
    sm__field_time(sm__params_scalar(params), row->recorded_at);
    sm__field_text(sm__params_scalar(params), sm_cause_name(row->cause));
    put_counts(params, row);
    sm__field_ranges(sm__params_scalar(params), row->duplicates, row->duplicate_count);
    sm__field_ranges(sm__params_scalar(params), row->gaps, row->gap_count);
    sm__field_range(sm__params_scalar(params), row->lost);
    sm__field_bytes(sm__params_scalar(params), part->digest.bytes, SM_DIGEST_SIZE);
    put_anchor(params, &part->anchor);
}

static void put_buckets(const struct sm_unit *unit, struct sm__params *params)
{
    static const uint32_t oids[] = {SM__OID_INT2, SM__OID_BOOL, SM__OID_INT8};
    uint64_t all = unit->buckets_shared | unit->buckets_exclusive;

    for (int16_t i = 0; i < SM_BUCKETS; i++) {
        struct sm__out *out;

        if ((all >> i & 1) == 0)
            continue;
        out = sm__params_row(params);
        sm__field_i16(out, i);
        sm__field_bool(out, (unit->buckets_exclusive >> i & 1) != 0);
        sm__field_i64(out, (int64_t)unit->generations[i]);
    }
    sm__params_columns(params, oids, SM_ARRAY_COUNT(oids));
}

static void put_heads(const struct sm_unit *unit, const struct sm__item *item,
                      struct sm__session *session)
{
    const uint32_t oids[] = {SM__OID_UUID,        session->kind_oid,   SM__OID_TEXT, SM__OID_INT4,
                             SM__OID_TIMESTAMPTZ, SM__OID_TIMESTAMPTZ, SM__OID_INT4};
    bool inserts = item->what == SM__SQL_UNIT_HEADS_INSERT;

    for (size_t i = item->first; i < item->first + item->count; i++) {
        const struct sm_head_change *head = &unit->heads[i];
        struct sm__out *out;

        if (is_insert(head) != inserts)
            continue;
        out = sm__params_row(&session->params);
        sm__field_bytes(out, head->name.client_id.bytes, sizeof(head->name.client_id.bytes));
        sm__field_text(out, sm_kind_name(head->name.kind));
        sm__field_bytes(out, head->name.key.data, head->name.key.size);
        sm__field_i32(out, head->head.version);
        sm__field_time(out, head->head.last_at);
        sm__field_time(out, head->head.active_at);
        if (!inserts)
            sm__field_i32(out, head->expected_version);
    }
    sm__params_columns(&session->params, oids, SM_ARRAY_COUNT(oids) - (inserts ? 1 : 0));
}

static void put_checks(const struct sm_unit *unit, const struct sm__item *item,
                       struct sm__session *session)
{
    const uint32_t oids[] = {SM__OID_UUID, session->kind_oid, SM__OID_TEXT, SM__OID_INT4};

    for (size_t i = item->first; i < item->first + item->count; i++) {
        const struct sm_head_wanted *check = &unit->checks[i];
        struct sm__out *out = sm__params_row(&session->params);

        sm__field_bytes(out, check->name.client_id.bytes, sizeof(check->name.client_id.bytes));
        sm__field_text(out, sm_kind_name(check->name.kind));
        sm__field_bytes(out, check->name.key.data, check->name.key.size);
        sm__field_i32(out, check->head.version);
    }
    sm__params_columns(&session->params, oids, SM_ARRAY_COUNT(oids));
}

static void put_clients(const struct sm_unit *unit, const struct sm__item *item,
                        struct sm__params *params)
{
    static const uint32_t oids[] = {
        SM__OID_UUID, SM__OID_TEXT,        SM__OID_TEXT,       SM__OID_TEXT, SM__OID_JSONB,
        SM__OID_BOOL, SM__OID_TIMESTAMPTZ, SM__OID_TEXT,       SM__OID_TEXT, SM__OID_TEXT,
        SM__OID_TEXT, SM__OID_TIMESTAMPTZ, SM__OID_TIMESTAMPTZ};

    for (size_t i = item->first; i < item->first + item->count; i++) {
        const struct sm_client *client = unit->clients[i].client;
        struct sm__out *out = sm__params_row(params);

        sm__field_bytes(out, client->id.bytes, sizeof(client->id.bytes));
        sm__field_slice(out, client->name);
        sm__field_slice(out, client->organization_id);
        sm__field_text(out, sm_tenant_mode_name(client->tenant_mode));
        sm__field_jsonb(out, client->features_enabled);
        sm__field_bool(out, client->config_confirmed);
        sm__field_time_or_null(out, client->config_confirmed_at);
        sm__field_slice(out, client->config_confirmed_by);
        sm__field_slice(out, client->contact_email);
        sm__field_slice(out, client->contact_phone);
        sm__field_text(out, sm_client_status_name(client->status));
        sm__field_time(out, client->created_at);
        sm__field_time(out, client->updated_at);
    }
    sm__params_columns(params, oids, SM_ARRAY_COUNT(oids));
}

static void put_events(const struct sm_unit *unit, const struct sm__item *item,
                       struct sm__session *session)
{
    const uint32_t oids[SM__EVENT_FIELDS] = {
        SM__OID_UUID, SM__OID_UUID,  SM__OID_TIMESTAMPTZ, SM__OID_TIMESTAMPTZ, SM__OID_TIMESTAMPTZ,
        SM__OID_INT8, SM__OID_INT8,  session->kind_oid,   session->type_oid,   session->cause_oid,
        SM__OID_INT4, SM__OID_INT4,  SM__OID_INT2,        SM__OID_TEXT,        SM__OID_BYTEA,
        SM__OID_TEXT, SM__OID_JSONB, SM__OID_INT4,        SM__OID_TEXT,        SM__OID_TEXT,
        SM__OID_TEXT, SM__OID_TEXT,  SM__OID_JSONB,
    };

    for (size_t i = item->first; i < item->first + item->count; i++)
        sm__event_fields(sm__params_row(&session->params), unit, &unit->appends[i]);
    sm__params_columns(&session->params, oids, SM_ARRAY_COUNT(oids));
}

static bool unit_send(void *context, struct sm__session *session, const struct sm__item *item)
{
    const struct sm_unit *unit = unit_of(context);
    enum sm__statement statement = (enum sm__statement)item->what;

    if (statement == SM__SQL_UNIT_POSITION)
        put_position(&unit->partitions[item->first], &session->params);
    else if (statement == SM__SQL_UNIT_BUCKETS)
        put_buckets(unit, &session->params);
    else if (statement == SM__SQL_UNIT_HEADS_CHECK)
        put_checks(unit, item, session);
    else if (statement == SM__SQL_UNIT_CLIENTS)
        put_clients(unit, item, &session->params);
    else if (statement == SM__SQL_UNIT_DEAD_LETTER)
        sm__put_dead_letter(&session->params, unit, &unit->dead_letters[item->first]);
    else if (statement == SM__SQL_UNIT_EVENTS)
        put_events(unit, item, session);
    else if (statement == SM__SQL_UNIT_HEADS_UPDATE || statement == SM__SQL_UNIT_HEADS_INSERT)
        put_heads(unit, item, session);
    if (!sm__session_send(session, statement))
        return false;
    if (statement == SM__SQL_UNIT_EVENTS && sm_fault_hit("after_append")) {
        (void)PQflush(session->conn); /* the rows are on their way, the end of the unit is not */
        sm_fault_die();
    }
    return true;
}

/* A refusal is about a record only where records are written as they came. A dead letter that is
 * refused fails the unit: nothing is skipped. The books refuse only what contradicts itself. */
static enum sm_status unit_judge(const struct sm__item *item, enum sm_status status)
{
    if (status != SM_REJECT || item == NULL)
        return status;
    if (item->what == SM__SQL_UNIT_DEAD_LETTER)
        return SM_RETRY;
    return item->what == SM__SQL_UNIT_POSITION ? SM_FATAL : status;
}

const struct sm__script sm__unit_script = {unit_next, unit_send, NULL, unit_judge};
