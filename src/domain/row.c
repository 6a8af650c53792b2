/* The projected tables: their columns, in the order of domain/row.h. */
#include "domain/row.h"

#include "base/err.h"

#define TEXT(its_name)    { (its_name), SM_VALUE_TEXT }
#define INTEGER(its_name) { (its_name), SM_VALUE_INTEGER }
#define TIME(its_name)    { (its_name), SM_VALUE_TIME }

static const struct sm_column batches[] = {
    [SM_BATCH_DATA_TYPE] = TEXT("data_type"),
    [SM_BATCH_STATUS] = TEXT("status"),
    [SM_BATCH_RECORDS_EXPECTED] = INTEGER("records_expected"),
    [SM_BATCH_RECORDS_TOTAL] = INTEGER("records_total"),
    [SM_BATCH_RECORDS_PROCESSED] = INTEGER("records_processed"),
    [SM_BATCH_RECORDS_FAILED] = INTEGER("records_failed"),
    [SM_BATCH_ERROR_MESSAGE] = TEXT("error_message"),
    [SM_BATCH_STARTED_AT] = TIME("started_at"),
    [SM_BATCH_ENDED_AT] = TIME("ended_at"),
    [SM_BATCH_CREATED_AT] = TIME("created_at"),
    [SM_BATCH_UPDATED_AT] = TIME("updated_at"),
};
static const struct sm_column bom[] = {
    [SM_BOM_STATUS] = TEXT("status"),
    [SM_BOM_LAST_PROCESSED_AT] = TIME("last_processed_at"),
    [SM_BOM_RECORDS_PROCESSED] = INTEGER("records_processed"),
    [SM_BOM_ERROR_MESSAGE] = TEXT("error_message"),
    [SM_BOM_STARTED_AT] = TIME("started_at"),
    [SM_BOM_CREATED_AT] = TIME("created_at"),
    [SM_BOM_UPDATED_AT] = TIME("updated_at"),
};
static const struct sm_column features[] = {
    [SM_FEATURE_FEATURE_TYPE] = TEXT("feature_type"),
    [SM_FEATURE_DATA_TYPE] = TEXT("data_type"),
    [SM_FEATURE_NAN_SEMANTICS] = TEXT("nan_semantics"),
    [SM_FEATURE_DESCRIPTION] = TEXT("description"),
    [SM_FEATURE_BATCH_ID] = TEXT("batch_id"),
    [SM_FEATURE_CREATED_AT] = TIME("created_at"),
    [SM_FEATURE_UPDATED_AT] = TIME("updated_at"),
};
static const struct sm_column references[] = {
    [SM_REFERENCE_DESCRIPTION] = TEXT("description"),
    [SM_REFERENCE_CONFIG_RULES] = { "config_rules", SM_VALUE_JSON },
    [SM_REFERENCE_CREATED_AT] = TIME("created_at"),
    [SM_REFERENCE_UPDATED_AT] = TIME("updated_at"),
};

static const struct {
    const struct sm_column *columns;
    size_t count;
} columns[SM_TABLE_COUNT] = {
    [SM_TABLE_BATCHES] = { batches, SM_ARRAY_COUNT(batches) },
    [SM_TABLE_BOM_EXPLOSION_STATUS] = { bom, SM_ARRAY_COUNT(bom) },
    [SM_TABLE_FEATURE_METADATA] = { features, SM_ARRAY_COUNT(features) },
    [SM_TABLE_DATA_TYPES] = { references, SM_ARRAY_COUNT(references) },
    [SM_TABLE_FEATURE_TYPES] = { references, SM_ARRAY_COUNT(references) },
};
_Static_assert(SM_ARRAY_COUNT(batches) <= SM_COLUMNS_MAX, "a row holds every column");

static const struct {
    const char *name;
    enum sm_kind kind;
    const char *key;
} tables[SM_TABLE_COUNT] = {
#define TABLE_ROW(id, text, its_kind, its_key) [id] = { (text), (its_kind), (its_key) },
    SM_TABLE_LIST(TABLE_ROW)
#undef TABLE_ROW
};

const char *sm_table_name(enum sm_table table)
{
    SM_ASSERT((unsigned)table < SM_TABLE_COUNT);
    return tables[table].name;
}

const char *sm_table_key_column(enum sm_table table)
{
    SM_ASSERT((unsigned)table < SM_TABLE_COUNT);
    return tables[table].key;
}

enum sm_kind sm_table_kind(enum sm_table table)
{
    SM_ASSERT((unsigned)table < SM_TABLE_COUNT);
    return tables[table].kind;
}

const struct sm_column *sm_table_columns(enum sm_table table, size_t *count_out)
{
    SM_ASSERT((unsigned)table < SM_TABLE_COUNT);
    *count_out = columns[table].count;
    return columns[table].columns;
}

bool sm_kind_table(enum sm_kind kind, enum sm_table *out)
{
    for (unsigned i = 0; i < SM_TABLE_COUNT; i++) {
        if (tables[i].kind == kind) {
            *out = (enum sm_table)i;
            return true;
        }
    }
    return false;
}

bool sm_value_equal(const struct sm_value *a, const struct sm_value *b)
{
    if (a->type != b->type)
        return false;
    switch (a->type) {
    case SM_VALUE_BOOL:
        return a->boolean == b->boolean;
    case SM_VALUE_INTEGER:
    case SM_VALUE_TIME:
        return a->integer == b->integer;
    case SM_VALUE_TEXT:
    case SM_VALUE_JSON:
    case SM_VALUE_LIST:
        return sm_slice_equal(a->text, b->text);
    case SM_VALUE_ABSENT:
    case SM_VALUE_NULL:
        break;
    }
    return true;
}

bool sm_row_keep(struct sm_row *row, struct sm_arena *arena)
{
    for (size_t i = 0; row->exists && i < SM_COLUMNS_MAX; i++) {
        if (!sm_arena_copy(arena, row->columns[i].text, &row->columns[i].text))
            return false;
    }
    return true;
}

bool sm_row_equal(const struct sm_row *a, const struct sm_row *b, enum sm_table table)
{
    if (a->exists != b->exists)
        return false;
    for (size_t i = 0; a->exists && i < columns[table].count; i++) {
        if (!sm_value_equal(&a->columns[i], &b->columns[i]))
            return false;
    }
    return true;
}
