/* Whole records as parameters: dead letters and parked ones as they came, commands as they will
 * leave. Whatever a record held goes in, or the unit can never commit. */
#include "base/utf8.h"
#include "postgres/headers.h"
#include "postgres/unit_rows.h"

/* From so many bytes of records on a statement takes no more of them. */
#define STATEMENT_BYTES (256 * 1024)

/* PostgreSQL takes valid UTF-8 without NUL and nothing else; a text about a broken record may have
 * been cut in the middle of a character. */
static void field_safe_text(struct sm__out *out, const char *text)
{
    struct sm_slice slice = sm_slice_of(text);
    size_t at = 0, chars = 0;

    if (sm_utf8_count(slice, &chars)) {
        sm__field_bytes(out, slice.data, slice.size);
        return;
    }
    sm__out_i32(out, (int32_t)slice.size);
    while (at < slice.size) {
        size_t size = sm_utf8_size(slice.data + at, slice.size - at);

        sm__out_bytes(out, size == 0 ? (const uint8_t *)"?" : slice.data + at,
                      size == 0 ? 1 : size);
        at += size == 0 ? 1 : size;
    }
}

/* A record's timestamp is whatever its producer said; outside the range it is its nearest end. */
static int64_t time_in_range(int64_t time_us)
{
    if (time_us == SM_TIME_NONE)
        return SM_TIME_NONE;
    if (time_us < SM_TIME_MIN)
        return SM_TIME_MIN;
    return time_us > SM_TIME_MAX ? SM_TIME_MAX : time_us;
}

static void put_bytes(struct sm__params *params, struct sm_slice key, struct sm_slice value,
                      const struct sm_digest *value_hash)
{
    sm__field_slice(sm__params_scalar(params), key);
    sm__field_slice(sm__params_scalar(params), value);
    sm__field_bytes(sm__params_scalar(params), value_hash->bytes, SM_DIGEST_SIZE);
}

static void put_headers(struct sm__params *params, const struct sm_header *headers, size_t count)
{
    struct sm__out *out = sm__params_array(params, SM__OID_BYTEA, count);

    for (size_t i = 0; i < count; i++)
        sm__field_bytes(out, headers[i].name.data, headers[i].name.size);
    out = sm__params_array(params, SM__OID_BYTEA, count);
    for (size_t i = 0; i < count; i++)
        sm__field_slice(out, headers[i].value);
}

/* Where it came from, and when; the same columns of both tables. */
static void put_place(struct sm__params *params, const struct sm_ledger_row *row, int64_t offset,
                      int64_t timestamp_us)
{
    sm__field_i16(sm__params_scalar(params), row->topic_id);
    sm__field_i32(sm__params_scalar(params), row->partition);
    sm__field_i64(sm__params_scalar(params), row->seq);
    sm__field_i64(sm__params_scalar(params), offset);
    sm__field_time_or_null(sm__params_scalar(params), time_in_range(timestamp_us));
    sm__field_time(sm__params_scalar(params), row->recorded_at);
}

static void put_event(struct sm__params *params, const struct sm_dead_letter *letter)
{
    static const struct sm_event_known nothing;
    const struct sm_event *event = letter->event;
    struct sm_event_known known = event != NULL ? letter->known : nothing;
    struct sm_slice none = SM_SLICE_NONE;

    sm__field_slice(sm__params_scalar(params),
                    known.id ? (struct sm_slice){ event->id.bytes, sizeof(event->id.bytes) }
                             : none);
    sm__field_slice(sm__params_scalar(params),
                    known.client_id ? (struct sm_slice){ event->client_id.bytes,
                                                         sizeof(event->client_id.bytes) }
                                    : none);
    sm__field_slice(sm__params_scalar(params),
                    known.type ? sm_slice_of(sm_event_type_name(event->type)) : none);
    sm__field_slice(sm__params_scalar(params),
                    known.content ? (struct sm_slice){ event->content_hash.bytes, SM_DIGEST_SIZE }
                                  : none);
}

void sm__unit_put_dead_letter(const struct sm_unit *unit, const struct sm_dead_letter *letter,
                              struct sm__params *params)
{
    const struct sm_ledger_row *row = &unit->partitions[letter->partition_index].row;
    const struct sm_rejection *rejection = letter->rejection;

    put_place(params, row, letter->offset, letter->timestamp_us);
    sm__field_text(sm__params_scalar(params), sm_rejection_code_name(rejection->code));
    /* Without a field there is no value at fault either. */
    if (rejection->field[0] == '\0') {
        sm__field_null(sm__params_scalar(params));
        sm__field_null(sm__params_scalar(params));
    } else {
        field_safe_text(sm__params_scalar(params), rejection->field);
        field_safe_text(sm__params_scalar(params), rejection->value);
    }
    field_safe_text(sm__params_scalar(params), rejection->reason);
    put_bytes(params, letter->key, letter->value, &letter->value_hash);
    put_headers(params, letter->headers, letter->header_count);
    put_event(params, letter);
}

/* ---- parked records: columns of unit_parked ---- */

static void put_parked(struct sm__out *out, const struct sm_ledger_row *row,
                       const struct sm_parked *parked)
{
    const struct sm_event *event = parked->event;

    sm__field_i16(out, row->topic_id);
    sm__field_i32(out, row->partition);
    sm__field_i64(out, row->seq);
    sm__field_i64(out, parked->offset);
    sm__field_time_or_null(out, time_in_range(parked->timestamp_us));
    sm__field_time(out, row->recorded_at);
    sm__field_slice(out, parked->key);
    sm__field_slice(out, parked->value);
    sm__field_bytes(out, parked->value_hash.bytes, SM_DIGEST_SIZE);
    sm__field_headers(out, parked->headers, parked->header_count, true);
    sm__field_headers(out, parked->headers, parked->header_count, false);
    sm__field_bytes(out, event->id.bytes, sizeof(event->id.bytes));
    sm__field_bytes(out, event->client_id.bytes, sizeof(event->client_id.bytes));
    sm__field_text(out, sm_kind_name(sm_event_type_kind(event->type)));
    sm__field_text(out, sm_event_type_name(event->type));
    sm__field_bytes(out, event->key.data, event->key.size);
    sm__field_bytes(out, event->content_hash.bytes, SM_DIGEST_SIZE);
    sm__field_bool(out, sm_event_type_is_gated(event->type));
    sm__field_text(out, sm_wait_name(parked->wait.what));
    sm__field_slice(out, parked->wait.code);
}

void sm__unit_put_parked(const struct sm_unit *unit, const struct sm__item *item,
                         struct sm__session *session)
{
    const uint32_t oids[] = { SM__OID_INT2,
                              SM__OID_INT4,
                              SM__OID_INT8,
                              SM__OID_INT8,
                              SM__OID_TIMESTAMPTZ,
                              SM__OID_TIMESTAMPTZ,
                              SM__OID_BYTEA,
                              SM__OID_BYTEA,
                              SM__OID_BYTEA,
                              SM__OID_BYTEA_ARRAY,
                              SM__OID_BYTEA_ARRAY,
                              SM__OID_UUID,
                              SM__OID_UUID,
                              session->oids[SM__TYPE_KIND],
                              session->oids[SM__TYPE_EVENT_TYPE],
                              SM__OID_TEXT,
                              SM__OID_BYTEA,
                              SM__OID_BOOL,
                              session->oids[SM__TYPE_PARKED_FOR],
                              SM__OID_TEXT };

    for (size_t i = item->first; i < item->first + item->count; i++) {
        const struct sm_parked *parked = &unit->parked[i];

        put_parked(sm__params_row(&session->params),
                   &unit->partitions[parked->partition_index].row, parked);
    }
    sm__params_records(&session->params, session->oids[SM__TYPE_UNIT_PARKED], oids,
                       SM_ARRAY_COUNT(oids));
}

size_t sm__unit_parked_together(const struct sm_unit *unit, size_t first, size_t count)
{
    size_t bytes = 0, at = 0;

    while (at < count && bytes < STATEMENT_BYTES) {
        const struct sm_parked *parked = &unit->parked[first + at++];

        bytes += parked->key.size + parked->value.size +
                 sm__headers_size(parked->headers, parked->header_count);
    }
    return at;
}

/* ---- commands: columns of unit_command ---- */

static void put_command(struct sm__out *out, int64_t created_at,
                        const struct sm_command_row *command)
{
    sm__field_bytes(out, command->client_id.bytes, sizeof(command->client_id.bytes));
    sm__field_bytes(out, command->command_id.bytes, sizeof(command->command_id.bytes));
    sm__field_i64(out, command->sequence);
    sm__field_bytes(out, command->event_id.bytes, sizeof(command->event_id.bytes));
    sm__field_time(out, created_at);
    sm__field_bytes(out, command->organization_id.data, command->organization_id.size);
    sm__field_bytes(out, command->digest.bytes, SM_DIGEST_SIZE);
    sm__field_bytes(out, command->value.data, command->value.size);
    sm__field_headers(out, command->headers, command->header_count, true);
    sm__field_headers(out, command->headers, command->header_count, false);
}

void sm__unit_put_commands(const struct sm_unit *unit, const struct sm__item *item,
                           struct sm__session *session)
{
    static const uint32_t oids[] = { SM__OID_UUID,        SM__OID_UUID,       SM__OID_INT8,
                                     SM__OID_UUID,        SM__OID_TIMESTAMPTZ, SM__OID_TEXT,
                                     SM__OID_BYTEA,       SM__OID_BYTEA,      SM__OID_BYTEA_ARRAY,
                                     SM__OID_BYTEA_ARRAY };

    for (size_t i = item->first; i < item->first + item->count; i++) {
        const struct sm_command_row *command = &unit->commands[i];

        put_command(sm__params_row(&session->params),
                    unit->partitions[command->partition_index].row.recorded_at, command);
    }
    sm__params_records(&session->params, session->oids[SM__TYPE_UNIT_COMMAND], oids,
                       SM_ARRAY_COUNT(oids));
}

size_t sm__unit_commands_together(const struct sm_unit *unit, size_t first, size_t count)
{
    size_t bytes = 0, at = 0;

    while (at < count && bytes < STATEMENT_BYTES) {
        const struct sm_command_row *command = &unit->commands[first + at++];

        bytes += command->value.size + sm__headers_size(command->headers, command->header_count);
    }
    return at;
}
