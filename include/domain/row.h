#ifndef SM_DOMAIN_ROW_H
#define SM_DOMAIN_ROW_H
/* Tables that the log is projected to besides `clients`: one row a stream, updated in place.
 *
 * A table is described by data: its columns, in the order in which every query names them. The row
 * is named by its stream: (client_id, key) of `batches` and `feature_metadata`, client_id of
 * `bom_explosion_status`, key (the code) of the reference tables. So one more table costs a list of
 * columns, a projection, and its SQL. */
#include "base/arena.h"
#include "base/err.h"
#include "domain/event.h"

/* X(enumerator, name in PostgreSQL, its stream's kind, name of the key's column or "") */
#define SM_TABLE_LIST(X) \
    X(SM_TABLE_BATCHES, "batches", SM_KIND_BATCH, "id") \
    X(SM_TABLE_BOM_EXPLOSION_STATUS, "bom_explosion_status", SM_KIND_BOM_EXPLOSION, "") \
    X(SM_TABLE_FEATURE_METADATA, "feature_metadata", SM_KIND_FEATURE, "feature_name") \
    X(SM_TABLE_DATA_TYPES, "data_types", SM_KIND_DATA_TYPE, "code") \
    X(SM_TABLE_FEATURE_TYPES, "feature_types", SM_KIND_FEATURE_TYPE, "code")

enum sm_table {
#define SM_TABLE_ENUM(name, text, kind, key) name,
    SM_TABLE_LIST(SM_TABLE_ENUM)
#undef SM_TABLE_ENUM
    SM_TABLE_COUNT
};

#define SM_COLUMNS_MAX 12

/* Column indexes, by table. */
enum {
    SM_BATCH_DATA_TYPE, SM_BATCH_STATUS, SM_BATCH_RECORDS_EXPECTED, SM_BATCH_RECORDS_TOTAL,
    SM_BATCH_RECORDS_PROCESSED, SM_BATCH_RECORDS_FAILED, SM_BATCH_ERROR_MESSAGE,
    SM_BATCH_STARTED_AT, SM_BATCH_ENDED_AT, SM_BATCH_CREATED_AT, SM_BATCH_UPDATED_AT
};
enum {
    SM_BOM_STATUS, SM_BOM_LAST_PROCESSED_AT, SM_BOM_RECORDS_PROCESSED, SM_BOM_ERROR_MESSAGE,
    SM_BOM_STARTED_AT, SM_BOM_CREATED_AT, SM_BOM_UPDATED_AT
};
enum {
    SM_FEATURE_FEATURE_TYPE, SM_FEATURE_DATA_TYPE, SM_FEATURE_NAN_SEMANTICS,
    SM_FEATURE_DESCRIPTION, SM_FEATURE_BATCH_ID, SM_FEATURE_CREATED_AT, SM_FEATURE_UPDATED_AT
};
enum { /* both reference tables; config_rules is always NULL in data_types */
    SM_REFERENCE_DESCRIPTION, SM_REFERENCE_CONFIG_RULES, SM_REFERENCE_CREATED_AT,
    SM_REFERENCE_UPDATED_AT
};

struct sm_column {
    const char *name;
    enum sm_value_type type; /* TEXT, INTEGER, TIME or JSON */
};
/* A row; columns by index, each of its column's type, or SM_VALUE_NULL for NULL. */
struct sm_row {
    bool exists; /* false: there is none, and no column is meaningful */
    struct sm_value columns[SM_COLUMNS_MAX];
};

const char *sm_table_name(enum sm_table table);
/* The name of the column that holds the stream's key; "" if the client alone names the row. */
const char *sm_table_key_column(enum sm_table table);
enum sm_kind sm_table_kind(enum sm_table table);
/* *count_out of them, at most SM_COLUMNS_MAX. Static. */
const struct sm_column *sm_table_columns(enum sm_table table, size_t *count_out);
/* The table that streams of this kind are projected to. False: to none of these. */
bool sm_kind_table(enum sm_kind kind, enum sm_table *out);
/* Of the same type, and the same; the texts of JSON are canonical. */
bool sm_value_equal(const struct sm_value *a, const struct sm_value *b);
/* Copies the texts of a row that exists into the arena; false when it is too small. */
SM_MUST_CHECK bool sm_row_keep(struct sm_row *row, struct sm_arena *arena);
bool sm_row_equal(const struct sm_row *a, const struct sm_row *b, enum sm_table table);
#endif
