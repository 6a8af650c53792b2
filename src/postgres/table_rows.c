/* Rows of the projected tables as parameters, and read back. */
#include "postgres/table_rows.h"

static void read_value(const PGresult *result, int row, int column, enum sm_value_type type,
                       struct sm_value *out)
{
    *out = (struct sm_value){ .type = SM_VALUE_NULL };
    if (sm__get_null(result, row, column))
        return;
    out->type = type;
    if (type == SM_VALUE_INTEGER)
        out->integer = sm__get_i64(result, row, column);
    else if (type == SM_VALUE_TIME)
        out->integer = sm__get_time(result, row, column);
    else if (type == SM_VALUE_JSON)
        out->text = sm__view_jsonb(result, row, column);
    else
        out->text = sm__view_slice(result, row, column);
}

bool sm__read_row(const PGresult *result, int row, int column, enum sm_table table,
                  struct sm_arena *arena, struct sm_row *out)
{
    size_t count;
    const struct sm_column *columns = sm_table_columns(table, &count);

    out->exists = true;
    for (size_t i = 0; i < count; i++) {
        struct sm_value *value = &out->columns[i];

        read_value(result, row, column + (int)i, columns[i].type, value);
        if (arena != NULL && !sm_arena_copy(arena, value->text, &value->text))
            return false;
    }
    return true;
}

static void put_value(struct sm__out *out, const struct sm_value *value)
{
    if (value->type == SM_VALUE_INTEGER)
        sm__field_i64(out, value->integer);
    else if (value->type == SM_VALUE_TIME)
        sm__field_time(out, value->integer);
    else if (value->type == SM_VALUE_JSON)
        sm__field_jsonb(out, value->text);
    else if (value->type == SM_VALUE_TEXT)
        sm__field_bytes(out, value->text.data, value->text.size);
    else
        sm__field_null(out);
}

static uint32_t oid_of(enum sm_value_type type)
{
    if (type == SM_VALUE_INTEGER)
        return SM__OID_INT8;
    if (type == SM_VALUE_TIME)
        return SM__OID_TIMESTAMPTZ;
    return type == SM_VALUE_JSON ? SM__OID_JSONB : SM__OID_TEXT;
}

void sm__put_rows(const struct sm_row_change *rows, size_t count, enum sm_table table,
                  struct sm__params *params)
{
    uint32_t oids[2 + SM_COLUMNS_MAX] = { SM__OID_UUID, SM__OID_TEXT };
    size_t column_count;
    const struct sm_column *columns = sm_table_columns(table, &column_count);

    for (size_t i = 0; i < column_count; i++)
        oids[2 + i] = oid_of(columns[i].type);
    for (size_t i = 0; i < count; i++) {
        const struct sm_stream_name *name = &rows[i].name;
        struct sm__out *out = sm__params_row(params);

        sm__field_bytes(out, name->client_id.bytes, sizeof(name->client_id.bytes));
        sm__field_bytes(out, name->key.data, name->key.size);
        for (size_t c = 0; c < column_count; c++)
            put_value(out, &rows[i].row->columns[c]);
    }
    sm__params_columns(params, oids, 2 + column_count);
}
