/* A unit's rows as parameters of sql/queries/unit*.sql, and its log rows as COPY takes them. */
#include "postgres/unit_rows.h"

/* ---- positions: columns of unit_position ---- */

static void put_counts(struct sm__out *out, const struct sm_ledger_row *row)
{
    const int32_t counts[] = { row->consumed,   row->resolved, row->appended, row->logged,
                               row->duplicated, row->parked,   row->rejected };

    for (size_t i = 0; i < SM_ARRAY_COUNT(counts); i++)
        sm__field_i32(out, counts[i]);
}

static void put_anchor(struct sm__out *out, const struct sm_anchor *anchor)
{
    if (anchor->offset < 0) { /* keep the one that is there */
        sm__field_null(out);
        sm__field_null(out);
        return;
    }
    sm__field_i64(out, anchor->offset);
    sm__field_bytes(out, anchor->digest.bytes, SM_DIGEST_SIZE);
}

static void put_position(struct sm__out *out, const struct sm_unit_partition *part)
{
    const struct sm_ledger_row *row = &part->row;

    sm__field_i16(out, row->topic_id);
    sm__field_i32(out, row->partition);
    sm__field_i64(out, part->epoch);
    sm__field_i64(out, row->seq);
    sm__field_i64(out, row->first_offset);
    sm__field_i64(out, row->next_offset);
    sm__field_time(out, row->recorded_at);
    sm__field_text(out, sm_cause_name(row->cause));
    put_counts(out, row);
    sm__field_ranges(out, row->duplicates, row->duplicate_count);
    sm__field_ranges(out, row->gaps, row->gap_count);
    sm__field_range(out, row->lost);
    sm__field_bytes(out, part->digest.bytes, SM_DIGEST_SIZE);
    put_anchor(out, &part->anchor);
    put_anchor(out, &part->proven);
}

static void put_positions(const struct sm_unit *unit, struct sm__session *session)
{
    const uint32_t oids[] = {
        SM__OID_INT2,      SM__OID_INT4,  SM__OID_INT8,           SM__OID_INT8,
        SM__OID_INT8,      SM__OID_INT8,  SM__OID_TIMESTAMPTZ,    session->oids[SM__TYPE_CAUSE],
        SM__OID_INT4,      SM__OID_INT4,  SM__OID_INT4,           SM__OID_INT4,
        SM__OID_INT4,      SM__OID_INT4,  SM__OID_INT4,           SM__OID_INT8MULTIRANGE,
        SM__OID_INT8MULTIRANGE,
        SM__OID_INT8RANGE, SM__OID_BYTEA, SM__OID_INT8,           SM__OID_BYTEA,
        SM__OID_INT8,      SM__OID_BYTEA
    };

    for (size_t i = 0; i < unit->partition_count; i++)
        put_position(sm__params_row(&session->params), &unit->partitions[i]);
    sm__params_records(&session->params, session->oids[SM__TYPE_UNIT_POSITION], oids,
                       SM_ARRAY_COUNT(oids));
}

/* ---- buckets ---- */

/* The buckets of the unit in ascending order, whether each is held exclusively, and the generations
 * with a place for every bucket there is. */
static void put_buckets(const struct sm_unit *unit, struct sm__params *params)
{
    static const uint32_t oids[] = { SM__OID_INT2, SM__OID_BOOL };
    uint64_t all = unit->buckets_shared | unit->buckets_exclusive;
    struct sm__out *out;

    for (int16_t i = 0; i < SM_BUCKETS; i++) {
        if ((all >> i & 1) == 0)
            continue;
        out = sm__params_row(params);
        sm__field_i16(out, i);
        sm__field_bool(out, (unit->buckets_exclusive >> i & 1) != 0);
    }
    sm__params_columns(params, oids, SM_ARRAY_COUNT(oids));
    out = sm__params_array(params, SM__OID_INT8, SM_BUCKETS);
    for (int i = 0; i < SM_BUCKETS; i++) {
        if ((all >> i & 1) != 0)
            sm__field_i64(out, (int64_t)unit->generations[i]);
        else
            sm__field_null(out);
    }
}

/* ---- heads: columns of unit_head ---- */

static void put_head(struct sm__out *out, const struct sm_head_change *head)
{
    sm__field_bytes(out, head->name.client_id.bytes, sizeof(head->name.client_id.bytes));
    sm__field_text(out, sm_kind_name(head->name.kind));
    sm__field_bytes(out, head->name.key.data, head->name.key.size);
    sm__field_i32(out, head->head.version);
    sm__field_time(out, head->head.last_at);
    sm__field_time(out, head->head.active_at);
    sm__field_i32(out, head->expected_version);
}

/* Makes the rows that were put into the table one array of unit_head. */
static void end_heads(struct sm__session *session)
{
    const uint32_t oids[] = { SM__OID_UUID, session->oids[SM__TYPE_KIND], SM__OID_TEXT,
                              SM__OID_INT4, SM__OID_TIMESTAMPTZ,          SM__OID_TIMESTAMPTZ,
                              SM__OID_INT4 };

    sm__params_records(&session->params, session->oids[SM__TYPE_UNIT_HEAD], oids,
                       SM_ARRAY_COUNT(oids));
}

size_t sm__unit_count_heads(const struct sm_unit *unit, const struct sm__item *item, bool inserts)
{
    size_t count = 0;

    for (size_t i = item->first; i < item->first + item->count; i++)
        count += (unit->heads[i].expected_version == 0) == inserts ? 1 : 0;
    return count;
}

void sm__unit_put_heads(const struct sm_unit *unit, const struct sm__item *item, bool inserts,
                        struct sm__session *session)
{
    for (size_t i = item->first; i < item->first + item->count; i++) {
        if ((unit->heads[i].expected_version == 0) == inserts)
            put_head(sm__params_row(&session->params), &unit->heads[i]);
    }
    end_heads(session);
}

void sm__unit_put_checks(const struct sm_unit *unit, const struct sm__item *item,
                         struct sm__session *session)
{
    const uint32_t oids[] = { SM__OID_UUID, session->oids[SM__TYPE_KIND], SM__OID_TEXT,
                              SM__OID_INT4 };

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

/* ---- clients ---- */

void sm__unit_put_clients(const struct sm_unit *unit, const struct sm__item *item,
                          struct sm__params *params)
{
    static const uint32_t oids[] = { SM__OID_UUID,        SM__OID_TEXT,  SM__OID_TEXT,
                                     SM__OID_TEXT,        SM__OID_JSONB, SM__OID_BOOL,
                                     SM__OID_TIMESTAMPTZ, SM__OID_TEXT,  SM__OID_TEXT,
                                     SM__OID_TEXT,        SM__OID_TEXT,  SM__OID_TIMESTAMPTZ,
                                     SM__OID_TIMESTAMPTZ };

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

/* ---- log rows: columns of unit_event, and of COPY ---- */

void sm__event_fields(struct sm__out *out, const struct sm_unit *unit,
                      const struct sm_append *append)
{
    const struct sm_event *event = append->event;
    const struct sm_ledger_row *row = &unit->partitions[append->partition_index].row;

    sm__field_bytes(out, event->id.bytes, sizeof(event->id.bytes));
    sm__field_bytes(out, event->client_id.bytes, sizeof(event->client_id.bytes));
    sm__field_time(out, event->time_us);
    sm__field_time(out, append->created_at);
    sm__field_time(out, row->recorded_at);
    sm__field_i64(out, append->offset);
    sm__field_i64(out, row->seq);
    sm__field_text(out, sm_kind_name(sm_event_type_kind(event->type)));
    sm__field_text(out, sm_event_type_name(event->type));
    sm__field_text(out, sm_cause_name(row->cause));
    sm__field_i32(out, append->version);
    sm__field_i32(out, row->partition);
    sm__field_i16(out, row->topic_id);
    sm__field_bytes(out, event->key.data, event->key.size);
    sm__field_bytes(out, event->content_hash.bytes, SM_DIGEST_SIZE);
    sm__field_slice(out, event->source);
    sm__field_jsonb(out, event->data);
    if (event->expected_version == SM_VERSION_ANY)
        sm__field_null(out);
    else
        sm__field_i32(out, event->expected_version);
    sm__field_slice(out, event->actor);
    sm__field_slice(out, event->correlation_id);
    sm__field_slice(out, event->causation_id);
    sm__field_slice(out, event->traceparent);
    sm__field_jsonb(out, append->previous);
}

static void put_events(const struct sm_unit *unit, struct sm__session *session)
{
    const uint32_t oids[SM__EVENT_FIELDS] = { SM__OID_UUID,
                                              SM__OID_UUID,
                                              SM__OID_TIMESTAMPTZ,
                                              SM__OID_TIMESTAMPTZ,
                                              SM__OID_TIMESTAMPTZ,
                                              SM__OID_INT8,
                                              SM__OID_INT8,
                                              session->oids[SM__TYPE_KIND],
                                              session->oids[SM__TYPE_EVENT_TYPE],
                                              session->oids[SM__TYPE_CAUSE],
                                              SM__OID_INT4,
                                              SM__OID_INT4,
                                              SM__OID_INT2,
                                              SM__OID_TEXT,
                                              SM__OID_BYTEA,
                                              SM__OID_TEXT,
                                              SM__OID_JSONB,
                                              SM__OID_INT4,
                                              SM__OID_TEXT,
                                              SM__OID_TEXT,
                                              SM__OID_TEXT,
                                              SM__OID_TEXT,
                                              SM__OID_JSONB };

    for (size_t i = 0; i < unit->append_count; i++)
        sm__event_fields(sm__params_row(&session->params), unit, &unit->appends[i]);
    sm__params_records(&session->params, session->oids[SM__TYPE_UNIT_EVENT], oids,
                       SM__EVENT_FIELDS);
}

/* ---- all of a small unit, or the beginning of a large one ---- */

void sm__unit_put(const struct sm_unit *unit, bool with_rows, struct sm__session *session)
{
    put_positions(unit, session);
    put_buckets(unit, &session->params);
    if (!with_rows) {
        (void)sm__params_array(&session->params, session->oids[SM__TYPE_UNIT_HEAD], 0);
        (void)sm__params_array(&session->params, session->oids[SM__TYPE_UNIT_EVENT], 0);
        return;
    }
    for (size_t i = 0; i < unit->head_count; i++)
        put_head(sm__params_row(&session->params), &unit->heads[i]);
    end_heads(session);
    put_events(unit, session);
}
