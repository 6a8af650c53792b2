/* The waiting room's part of a unit, log lines and requests (sql/queries/unit_*.sql). */
#include "postgres/unit_waiting.h"

#include "domain/data.h"

static void put_uuid(struct sm__out *out, const struct sm_uuid *uuid)
{
    sm__field_bytes(out, uuid->bytes, sizeof(uuid->bytes));
}

/* The context as it was sent with client_id behind it, which of two members of one name is the one
 * that jsonb keeps: whose line it is can be asked of every line, as the index on it expects. A line
 * of no client keeps its context. */
static void field_context(struct sm__out *out, const struct sm_event *event)
{
    static const char name[] = "\"client_id\": \"";
    const struct sm_value *sent = &event->values[SM_LINE_CONTEXT];
    struct sm_slice text = sent->type == SM_VALUE_JSON ? sent->text : SM_SLICE("{}");
    bool is_empty = text.size <= 2;
    char client_id[SM_UUID_TEXT_SIZE + 1];

    if (sm_uuid_equal(&event->client_id, &SM_UUID_NIL)) {
        sm__field_jsonb(out, text);
        return;
    }
    sm_uuid_format(&event->client_id, client_id);
    sm__out_i32(out, (int32_t)(1 + text.size - 1 + (is_empty ? 0 : 2) + sizeof(name) - 1 +
                               SM_UUID_TEXT_SIZE + 2));
    sm__out_bytes(out, "\1", 1); /* jsonb's version */
    sm__out_bytes(out, text.data, text.size - 1);
    if (!is_empty)
        sm__out_bytes(out, ", ", 2);
    sm__out_bytes(out, name, sizeof(name) - 1);
    sm__out_bytes(out, client_id, SM_UUID_TEXT_SIZE);
    sm__out_bytes(out, "\"}", 2);
}

void sm__line_fields(struct sm__out *out, const struct sm_unit *unit,
                     const struct sm_log_line *line)
{
    const struct sm_ledger_row *row = &unit->partitions[line->partition_index].row;
    const struct sm_event *event = line->event;
    const struct sm_value *values = event->values;

    sm__field_i16(out, row->topic_id);
    sm__field_i32(out, row->partition);
    sm__field_i64(out, row->seq);
    sm__field_i64(out, line->offset);
    sm__field_time(out, row->recorded_at);
    put_uuid(out, &event->id);
    put_uuid(out, &event->client_id);
    sm__field_bytes(out, event->content_hash.bytes, SM_DIGEST_SIZE);
    sm__field_time(out, values[SM_LINE_TIMESTAMP].type == SM_VALUE_TIME
                            ? values[SM_LINE_TIMESTAMP].integer
                            : event->time_us);
    sm__field_bytes(out, values[SM_LINE_LEVEL].text.data, values[SM_LINE_LEVEL].text.size);
    sm__field_bytes(out, values[SM_LINE_MESSAGE].text.data, values[SM_LINE_MESSAGE].text.size);
    if (values[SM_LINE_ERROR].type == SM_VALUE_TEXT)
        sm__field_bytes(out, values[SM_LINE_ERROR].text.data, values[SM_LINE_ERROR].text.size);
    else
        sm__field_null(out);
    field_context(out, event);
}

void sm__unit_put_log_lines(const struct sm_unit *unit, const struct sm__item *item,
                            struct sm__params *params)
{
    static const uint32_t oids[] = { SM__OID_INT2,        SM__OID_INT4,  SM__OID_INT8,
                                     SM__OID_INT8,        SM__OID_TIMESTAMPTZ, SM__OID_UUID,
                                     SM__OID_UUID,        SM__OID_BYTEA, SM__OID_TIMESTAMPTZ,
                                     SM__OID_TEXT,        SM__OID_TEXT,  SM__OID_TEXT,
                                     SM__OID_JSONB };

    for (size_t i = item->first; i < item->first + item->count; i++)
        sm__line_fields(sm__params_row(params), unit, &unit->log_lines[i]);
    sm__params_columns(params, oids, SM_ARRAY_COUNT(oids));
}

void sm__unit_put_changes(const struct sm_unit *unit, const struct sm__item *item,
                          struct sm__session *session)
{
    const uint32_t oids[] = { SM__OID_INT8, session->oids[SM__TYPE_PARKED_STATE],
                              session->oids[SM__TYPE_PARKED_FOR], SM__OID_TEXT,
                              SM__OID_TIMESTAMPTZ, SM__OID_INT8 };

    for (size_t i = item->first; i < item->first + item->count; i++) {
        const struct sm_parked_change *change = &unit->parked_changes[i];
        const struct sm_ledger_row *row = &unit->partitions[change->partition_index].row;
        struct sm__out *out = sm__params_row(&session->params);

        sm__field_i64(out, change->parked_id);
        sm__field_text(out, sm_parked_state_name(change->state));
        if (change->state == SM_PARKED_WAITING)
            sm__field_text(out, sm_wait_name(change->wait.what));
        else
            sm__field_null(out);
        sm__field_slice(out, change->state == SM_PARKED_WAITING ? change->wait.code
                                                                : SM_SLICE_NONE);
        sm__field_time(out, row->recorded_at);
        sm__field_i64(out, row->seq);
    }
    sm__params_columns(&session->params, oids, SM_ARRAY_COUNT(oids));
}

static const char *outcome_name(enum sm_verdict_kind verdict)
{
    switch (verdict) {
    case SM_VERDICT_FACT:
        return "applied";
    case SM_VERDICT_DUPLICATE:
        return "duplicate";
    case SM_VERDICT_PARKED:
        return "parked";
    case SM_VERDICT_REJECTED:
        break;
    }
    return "rejected";
}

void sm__unit_put_outcomes(const struct sm_unit *unit, const struct sm__item *item,
                           struct sm__params *params)
{
    static const uint32_t oids[] = { SM__OID_INT8, SM__OID_INT8, SM__OID_TEXT,
                                     SM__OID_TEXT, SM__OID_TEXT, SM__OID_TIMESTAMPTZ };

    for (size_t i = item->first; i < item->first + item->count; i++) {
        const struct sm_request_outcome *outcome = &unit->outcomes[i];
        struct sm__out *out = sm__params_row(params);

        sm__field_i64(out, outcome->request_id);
        if (outcome->dead_letter_id != 0)
            sm__field_i64(out, outcome->dead_letter_id);
        else
            sm__field_null(out);
        sm__field_text(out, outcome_name(outcome->verdict));
        if (outcome->rejection != NULL) {
            sm__field_text(out, sm_rejection_code_name(outcome->rejection->code));
            sm__field_text(out, outcome->rejection->reason);
        } else {
            sm__field_null(out);
            sm__field_null(out);
        }
        sm__field_time(out, unit->partitions[outcome->partition_index].row.recorded_at);
    }
    sm__params_columns(params, oids, SM_ARRAY_COUNT(oids));
}

void sm__unit_put_done(const struct sm_unit *unit, const struct sm__item *item,
                       struct sm__session *session)
{
    static const uint32_t oids[] = { SM__OID_UUID, SM__OID_INT8 };
    const struct sm_partition_id *partition = &unit->done[0].partition;
    struct sm__params *params = &session->params;

    sm__field_i16(sm__params_scalar(params), session->topic_ids[partition->topic]);
    sm__field_i32(sm__params_scalar(params), partition->partition);
    for (size_t i = item->first; i < item->first + item->count; i++) {
        struct sm__out *out = sm__params_row(params);

        put_uuid(out, &unit->done[i].client_id);
        sm__field_i64(out, unit->done[i].stamp);
    }
    sm__params_columns(params, oids, SM_ARRAY_COUNT(oids));
}

void sm__unit_put_opened_clients(const struct sm_unit *unit, const struct sm__item *item,
                                 struct sm__params *params)
{
    struct sm__out *out = sm__params_array(params, SM__OID_UUID, item->count);

    for (size_t i = item->first; i < item->first + item->count; i++)
        put_uuid(out, &unit->opened_clients[i]);
}

void sm__unit_put_opened_references(const struct sm_unit *unit, const struct sm__item *item,
                                    struct sm__session *session)
{
    const uint32_t oids[] = { session->oids[SM__TYPE_PARKED_FOR], SM__OID_TEXT };

    for (size_t i = item->first; i < item->first + item->count; i++) {
        const struct sm_reference *reference = &unit->opened_references[i];
        struct sm__out *out = sm__params_row(&session->params);

        sm__field_text(out, sm_reference_kind_name(reference->kind));
        sm__field_bytes(out, reference->code.data, reference->code.size);
    }
    sm__params_columns(&session->params, oids, SM_ARRAY_COUNT(oids));
}

void sm__unit_put_erasure(const struct sm_unit *unit, struct sm__params *params)
{
    put_uuid(sm__params_scalar(params), &unit->erasure->client_id);
    put_uuid(sm__params_scalar(params), &unit->erasure->id);
}
