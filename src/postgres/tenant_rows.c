/* Rows of `tenants`: their columns in one order, that of load_clients.sql and unit_tenants.sql. */
#include "postgres/tenant_rows.h"

#include "domain/client.h"
#include "postgres/unit_rows.h"

enum {
    STATE, STORAGE, SAGA, STEP, WAITS_FOR, REQUESTED_MODE, ACTUAL_MODE, TARGET_MODE, SOURCE_MODE,
    HELD, SAGA_ID, ATTEMPT, COMMAND_ID, ACKNOWLEDGED_ID, ACKNOWLEDGED_AT, SINCE, REASON,
    ACKS_IGNORED, RECENT_COMMANDS
};

static bool read_word(const PGresult *result, int row, int column, enum sm_tenant_word word,
                      unsigned *out)
{
    return sm_tenant_find(word, sm__view_slice(result, row, column), out);
}

static bool read_mode(const PGresult *result, int row, int column, enum sm_tenant_mode *out)
{
    return sm__get_null(result, row, column) ||
           sm_tenant_mode_find(sm__view_slice(result, row, column), out);
}

static void read_id(const PGresult *result, int row, int column, struct sm_uuid *out)
{
    if (!sm__get_null(result, row, column))
        sm__get_uuid(result, row, column, out);
}

static bool read_words(const PGresult *result, int row, int column, struct sm_tenant *out)
{
    unsigned state, storage, saga, step, waits;

    if (!read_word(result, row, column + STATE, SM_TENANT_WORD_STATE, &state) ||
        !read_word(result, row, column + STORAGE, SM_TENANT_WORD_STORAGE, &storage) ||
        !read_word(result, row, column + SAGA, SM_TENANT_WORD_SAGA, &saga) ||
        !read_word(result, row, column + STEP, SM_TENANT_WORD_STEP, &step) ||
        !read_word(result, row, column + WAITS_FOR, SM_TENANT_WORD_WAITS, &waits))
        return false;
    out->state = (enum sm_tenant_state)state;
    out->storage = (enum sm_tenant_storage)storage;
    out->saga = (enum sm_tenant_saga)saga;
    out->step = (enum sm_tenant_step)step;
    out->waits = (enum sm_tenant_waits)waits;
    out->failed = out->state == SM_TENANT_FAILED;
    return read_mode(result, row, column + REQUESTED_MODE, &out->requested_mode) &&
           read_mode(result, row, column + ACTUAL_MODE, &out->actual_mode) &&
           read_mode(result, row, column + TARGET_MODE, &out->target_mode) &&
           read_mode(result, row, column + SOURCE_MODE, &out->source_mode);
}

static bool read_commands(struct sm_slice bytes, struct sm_tenant *out)
{
    if (bytes.size > sizeof(out->commands) || bytes.size % sizeof(out->commands[0]) != 0)
        return false;
    out->command_count = (int32_t)(bytes.size / sizeof(out->commands[0]));
    if (bytes.size != 0)
        memcpy(out->commands, bytes.data, bytes.size);
    return true;
}

bool sm__read_tenant(const PGresult *result, int row, int column, struct sm_tenant *out)
{
    *out = (struct sm_tenant){ .acknowledged_at = SM_TIME_NONE };
    if (sm__get_null(result, row, column + STATE))
        return true;
    out->held = sm__get_bool(result, row, column + HELD);
    read_id(result, row, column + SAGA_ID, &out->saga_id);
    out->attempt = sm__get_i32(result, row, column + ATTEMPT);
    read_id(result, row, column + COMMAND_ID, &out->command_id);
    read_id(result, row, column + ACKNOWLEDGED_ID, &out->acknowledged_id);
    out->acknowledged_at = sm__get_time(result, row, column + ACKNOWLEDGED_AT);
    out->since = sm__get_time(result, row, column + SINCE);
    out->reason = sm__view_slice(result, row, column + REASON);
    out->acks_ignored = sm__get_i64(result, row, column + ACKS_IGNORED);
    return read_words(result, row, column, out) &&
           read_commands(sm__view_slice(result, row, column + RECENT_COMMANDS), out);
}

static void put_word(struct sm__out *out, enum sm_tenant_word word, unsigned value)
{
    sm__field_slice(out, sm_slice_of(sm_tenant_name(word, value)));
}

static void put_mode(struct sm__out *out, bool is_one, enum sm_tenant_mode mode)
{
    sm__field_slice(out, is_one ? sm_slice_of(sm_tenant_mode_name(mode)) : SM_SLICE_NONE);
}

static void put_id(struct sm__out *out, const struct sm_uuid *id)
{
    if (sm_uuid_is_nil(id))
        sm__field_null(out);
    else
        sm__field_bytes(out, id->bytes, sizeof(id->bytes));
}

static void put_tenant(struct sm__out *out, const struct sm_tenant *tenant)
{
    put_word(out, SM_TENANT_WORD_STATE, tenant->state);
    put_word(out, SM_TENANT_WORD_STORAGE, tenant->storage);
    put_word(out, SM_TENANT_WORD_SAGA, tenant->saga);
    put_word(out, SM_TENANT_WORD_STEP, tenant->step);
    put_word(out, SM_TENANT_WORD_WAITS, tenant->waits);
    put_mode(out, true, tenant->requested_mode);
    put_mode(out, sm_tenant_has_tables(tenant), tenant->actual_mode);
    put_mode(out, sm_tenant_has_target(tenant), tenant->target_mode);
    put_mode(out, sm_tenant_has_source(tenant), tenant->source_mode);
    sm__field_bool(out, tenant->held);
    put_id(out, &tenant->saga_id);
    sm__field_i32(out, tenant->attempt);
    put_id(out, &tenant->command_id);
    put_id(out, &tenant->acknowledged_id);
    sm__field_time_or_null(out, tenant->acknowledged_at);
    sm__field_time(out, tenant->since);
    sm__field_slice(out, tenant->reason);
    sm__field_i64(out, tenant->acks_ignored);
    sm__field_bytes(out, tenant->commands,
                    (size_t)tenant->command_count * sizeof(tenant->commands[0]));
}

void sm__unit_put_tenants(const struct sm_unit *unit, const struct sm__item *item,
                          struct sm__params *params)
{
    static const uint32_t oids[] = { SM__OID_UUID, SM__OID_TEXT, SM__OID_TEXT,
                                     SM__OID_TEXT, SM__OID_TEXT, SM__OID_TEXT,
                                     SM__OID_TEXT, SM__OID_TEXT, SM__OID_TEXT,
                                     SM__OID_TEXT, SM__OID_BOOL, SM__OID_UUID, SM__OID_INT4,
                                     SM__OID_UUID, SM__OID_UUID, SM__OID_TIMESTAMPTZ,
                                     SM__OID_TIMESTAMPTZ, SM__OID_TEXT, SM__OID_INT8,
                                     SM__OID_BYTEA };

    for (size_t i = item->first; i < item->first + item->count; i++) {
        const struct sm_client *client = unit->clients[i].client;
        struct sm__out *out = sm__params_row(params);

        sm__field_bytes(out, client->id.bytes, sizeof(client->id.bytes));
        put_tenant(out, &client->tenant);
    }
    sm__params_columns(params, oids, SM_ARRAY_COUNT(oids));
}
