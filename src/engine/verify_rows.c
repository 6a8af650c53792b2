/* Rows of the projected tables held against what the log's fold says of them. */
#include <stdio.h>

#include "engine/verify_priv.h"

static int compare_names(const struct sm_stream_name *a, const struct sm_stream_name *b)
{
    int order = sm_uuid_compare(&a->client_id, &b->client_id);

    return order != 0 ? order : sm_slice_compare(a->key, b->key);
}

/* Only what its type makes meaningful: a number that was read from JSON still has its text. */
static void add_value(struct sm_sha256 *hash, const struct sm_value *value)
{
    bool is_number = value->type == SM_VALUE_INTEGER || value->type == SM_VALUE_TIME;
    bool is_null = value->type == SM_VALUE_NULL;

    sm_sha256_add_i64(hash, value->type);
    sm_sha256_add_i64(hash, is_number ? value->integer : 0);
    sm_sha256_add_slice(hash, is_number || is_null ? SM_SLICE_NONE : value->text);
}

static void add_row(struct sm_sha256 *hash, const struct sm_stream_name *name,
                    const struct sm_row *row, enum sm_table table)
{
    size_t count;

    (void)sm_table_columns(table, &count);
    sm_sha256_add(hash, name->client_id.bytes, sizeof(name->client_id.bytes));
    sm_sha256_add_slice(hash, name->key);
    for (size_t i = 0; i < count; i++)
        add_value(hash, &row->columns[i]);
}

/* Rows that no stream claims are, in these, those that the schema itself has put there. */
static bool is_reference(enum sm_table table)
{
    return table == SM_TABLE_DATA_TYPES || table == SM_TABLE_FEATURE_TYPES;
}

/* A row that no stream of the log claims. */
static void unclaimed(struct sm__verify *verify, enum sm_table table,
                      const struct sm_table_row *found)
{
    int index = SM__VERIFY_ROWS + (int)table;
    char id[SM_UUID_TEXT_SIZE + 1], label[160];

    verify->result->tables[index].rows++;
    if (is_reference(table))
        return;
    sm_uuid_format(&found->name.client_id, id);
    snprintf(label, sizeof(label), "client %s %.*s", id, (int)found->name.key.size,
             found->name.key.size != 0 ? (const char *)found->name.key.data : "");
    sm__verify_differ(verify, index, SM_DIFFERENCE_ROW_EXTRA, label, "", "no row", "a row");
    add_row(&verify->found[index], &found->name, &found->row, table);
}

static enum sm_status skip(struct sm__verify *verify, struct sm__row_walk *walk,
                           enum sm_table table, const struct sm_stream_name *until,
                           struct sm_err *err)
{
    struct sm__cursor *cursor = &walk->tables[table];
    enum sm_status status = SM_OK;

    while (status == SM_OK && cursor->row != NULL &&
           (until == NULL || compare_names(&cursor->row->table.name, until) < 0)) {
        unclaimed(verify, table, &cursor->row->table);
        if (!is_reference(table))
            status = sm__verify_surplus(verify, SM__VERIFY_ROWS + (int)table,
                                        &cursor->row->table.name, err);
        if (status == SM_OK)
            status = sm__cursor_next(verify, cursor, err);
    }
    return status;
}

static void value_text(const struct sm_value *value, char *out, size_t size)
{
    char time[SM_TIMESTAMP_TEXT_SIZE + 1];

    if (value->type == SM_VALUE_TIME) {
        sm_timestamp_format(value->integer, time);
        snprintf(out, size, "%s", time);
    } else if (value->type == SM_VALUE_INTEGER) {
        snprintf(out, size, "%lld", (long long)value->integer);
    } else if (value->type == SM_VALUE_NULL) {
        snprintf(out, size, "null");
    } else {
        snprintf(out, size, "%.*s", value->text.size < size ? (int)value->text.size : (int)size - 1,
                 value->text.size != 0 ? (const char *)value->text.data : "");
    }
}

static void compare_columns(struct sm__verify *verify, enum sm_table table,
                            const struct sm_row *expected, const struct sm_row *found,
                            const char *label)
{
    size_t count;
    const struct sm_column *columns = sm_table_columns(table, &count);

    for (size_t i = 0; i < count; i++) {
        char expected_text[160], found_text[160];

        if (sm_value_equal(&expected->columns[i], &found->columns[i]))
            continue;
        value_text(&expected->columns[i], expected_text, sizeof(expected_text));
        value_text(&found->columns[i], found_text, sizeof(found_text));
        sm__verify_differ(verify, SM__VERIFY_ROWS + (int)table, SM_DIFFERENCE_COLUMN, label,
                          columns[i].name, expected_text, found_text);
    }
}

enum sm_status sm__row_walk_open(struct sm__verify *verify, struct sm__row_walk *walk,
                                 struct sm_err *err)
{
    enum sm_status status = SM_OK;

    for (int i = 0; status == SM_OK && i < SM_TABLE_COUNT; i++)
        status = sm__cursor_open(verify, (enum sm_log_scan_kind)((int)SM_SCAN_ROWS + i),
                                 &walk->tables[i], err);
    return status;
}

enum sm_status sm__row_walk_compare(struct sm__verify *verify, struct sm__row_walk *walk,
                                    const struct sm_stream_name *name,
                                    const struct sm_row *expected, const char *label,
                                    struct sm_err *err)
{
    enum sm_table table;
    struct sm__cursor *cursor;
    enum sm_status status;
    int index;

    if (!sm_kind_table(name->kind, &table))
        return SM_OK;
    index = SM__VERIFY_ROWS + (int)table;
    cursor = &walk->tables[table];
    status = skip(verify, walk, table, name, err);
    if (status != SM_OK)
        return status;
    add_row(&verify->expected[index], name, expected, table);
    if (cursor->row == NULL || compare_names(&cursor->row->table.name, name) != 0) {
        sm__verify_differ(verify, index, SM_DIFFERENCE_ROW_MISSING, label, "", "a row", "no row");
        return SM_OK;
    }
    compare_columns(verify, table, expected, &cursor->row->table.row, label);
    add_row(&verify->found[index], &cursor->row->table.name, &cursor->row->table.row, table);
    verify->result->tables[index].rows++;
    return sm__cursor_next(verify, cursor, err);
}

enum sm_status sm__row_walk_end(struct sm__verify *verify, struct sm__row_walk *walk,
                                const struct sm_stream_name *until, struct sm_err *err)
{
    enum sm_status status = SM_OK;

    for (int i = 0; status == SM_OK && i < SM_TABLE_COUNT; i++)
        status = skip(verify, walk, (enum sm_table)i, until, err);
    return status;
}

void sm__row_walk_close(struct sm__verify *verify, struct sm__row_walk *walk)
{
    for (int i = 0; i < SM_TABLE_COUNT; i++)
        sm__cursor_close(verify, &walk->tables[i]);
}
