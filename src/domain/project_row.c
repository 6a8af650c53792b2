/* Projection of streams that have a row of their own. Total like all projection: what an event does
 * not tell is NULL, or stays. */
#include "domain/data.h"
#include "domain/domain_priv.h"

static struct sm_value time_value(int64_t time_us)
{
    return (struct sm_value){ .type = SM_VALUE_TIME, .integer = time_us };
}

static struct sm_value text_value(struct sm_slice text)
{
    return (struct sm_value){ .type = SM_VALUE_TEXT, .text = text };
}

static struct sm_value null_value(void)
{
    return (struct sm_value){ .type = SM_VALUE_NULL };
}

/* The value sent, or NULL: whatever else the log holds has no place in the column. */
static struct sm_value sent(const struct sm_event *event, size_t field, enum sm_value_type type)
{
    const struct sm_value *value = &event->values[field];

    return value->type == type ? *value : null_value();
}

static void keep_if_not_sent(struct sm_value *column, const struct sm_event *event, size_t field)
{
    if (event->values[field].type == SM_VALUE_INTEGER)
        *column = event->values[field];
}

static void begin(struct sm_row *row, size_t created_at, int64_t time_us)
{
    if (row->exists)
        return;
    row->exists = true;
    for (size_t i = 0; i < SM_COLUMNS_MAX; i++)
        row->columns[i] = null_value();
    row->columns[created_at] = time_value(time_us);
}

static void project_batch(struct sm_row *row, const struct sm_event *event, int64_t at)
{
    struct sm_value *columns = row->columns;

    begin(row, SM_BATCH_CREATED_AT, at);
    columns[SM_BATCH_UPDATED_AT] = time_value(at);
    if (event->type == SM_EVENT_BATCH_STARTED) {
        columns[SM_BATCH_STATUS] = text_value(SM_SLICE("running"));
        columns[SM_BATCH_STARTED_AT] = time_value(at);
        columns[SM_BATCH_DATA_TYPE] = sent(event, SM_BATCH_STARTED_DATA_TYPE, SM_VALUE_TEXT);
        columns[SM_BATCH_RECORDS_EXPECTED] =
            sent(event, SM_BATCH_STARTED_RECORDS_EXPECTED, SM_VALUE_INTEGER);
        return;
    }
    columns[SM_BATCH_ENDED_AT] = time_value(at);
    if (event->type == SM_EVENT_BATCH_COMPLETED) {
        columns[SM_BATCH_STATUS] = text_value(SM_SLICE("completed"));
        columns[SM_BATCH_RECORDS_TOTAL] =
            sent(event, SM_BATCH_COMPLETED_RECORDS_TOTAL, SM_VALUE_INTEGER);
        columns[SM_BATCH_RECORDS_PROCESSED] =
            sent(event, SM_BATCH_COMPLETED_RECORDS_PROCESSED, SM_VALUE_INTEGER);
        columns[SM_BATCH_RECORDS_FAILED] = (struct sm_value){ .type = SM_VALUE_INTEGER };
        keep_if_not_sent(&columns[SM_BATCH_RECORDS_FAILED], event,
                         SM_BATCH_COMPLETED_RECORDS_FAILED);
        columns[SM_BATCH_ERROR_MESSAGE] = null_value();
    } else {
        columns[SM_BATCH_STATUS] = text_value(SM_SLICE("failed"));
        columns[SM_BATCH_ERROR_MESSAGE] = sent(event, SM_BATCH_FAILED_ERROR, SM_VALUE_TEXT);
        keep_if_not_sent(&columns[SM_BATCH_RECORDS_PROCESSED], event,
                         SM_BATCH_FAILED_RECORDS_PROCESSED);
        keep_if_not_sent(&columns[SM_BATCH_RECORDS_FAILED], event,
                         SM_BATCH_FAILED_RECORDS_FAILED);
    }
}

static void project_bom(struct sm_row *row, const struct sm_event *event, int64_t at)
{
    struct sm_value *columns = row->columns;

    begin(row, SM_BOM_CREATED_AT, at);
    columns[SM_BOM_UPDATED_AT] = time_value(at);
    columns[SM_BOM_ERROR_MESSAGE] = null_value();
    if (event->type == SM_EVENT_BOM_EXPLOSION_STARTED) {
        columns[SM_BOM_STATUS] = text_value(SM_SLICE("running"));
        columns[SM_BOM_STARTED_AT] = time_value(at);
    } else if (event->type == SM_EVENT_BOM_EXPLOSION_COMPLETED) {
        columns[SM_BOM_STATUS] = text_value(SM_SLICE("completed"));
        columns[SM_BOM_LAST_PROCESSED_AT] = time_value(at);
        columns[SM_BOM_RECORDS_PROCESSED] =
            sent(event, SM_BOM_COMPLETED_RECORDS_PROCESSED, SM_VALUE_INTEGER);
    } else {
        columns[SM_BOM_STATUS] = text_value(SM_SLICE("failed"));
        columns[SM_BOM_ERROR_MESSAGE] = sent(event, SM_BOM_FAILED_ERROR, SM_VALUE_TEXT);
        keep_if_not_sent(&columns[SM_BOM_RECORDS_PROCESSED], event,
                         SM_BOM_FAILED_RECORDS_PROCESSED);
    }
}

static void project_feature(struct sm_row *row, const struct sm_event *event, int64_t at)
{
    struct sm_value *columns = row->columns;

    begin(row, SM_FEATURE_CREATED_AT, at);
    columns[SM_FEATURE_UPDATED_AT] = time_value(at);
    columns[SM_FEATURE_FEATURE_TYPE] = sent(event, SM_CREATED_FEATURE_TYPE, SM_VALUE_TEXT);
    columns[SM_FEATURE_DATA_TYPE] = sent(event, SM_CREATED_DATA_TYPE, SM_VALUE_TEXT);
    columns[SM_FEATURE_NAN_SEMANTICS] = sent(event, SM_CREATED_NAN_SEMANTICS, SM_VALUE_TEXT);
    if (event->values[SM_CREATED_NAN_SEMANTICS].type == SM_VALUE_ABSENT)
        columns[SM_FEATURE_NAN_SEMANTICS] = text_value(SM_SLICE("missing"));
    columns[SM_FEATURE_DESCRIPTION] = sent(event, SM_CREATED_DESCRIPTION, SM_VALUE_TEXT);
    columns[SM_FEATURE_BATCH_ID] = sent(event, SM_CREATED_BATCH_ID, SM_VALUE_TEXT);
}

static void project_reference(struct sm_row *row, const struct sm_event *event, int64_t at)
{
    struct sm_value *columns = row->columns;

    begin(row, SM_REFERENCE_CREATED_AT, at);
    columns[SM_REFERENCE_UPDATED_AT] = time_value(at);
    columns[SM_REFERENCE_DESCRIPTION] = sent(event, SM_DEFINED_DESCRIPTION, SM_VALUE_TEXT);
    columns[SM_REFERENCE_CONFIG_RULES] =
        event->type == SM_EVENT_FEATURE_TYPE_DEFINED
            ? sent(event, SM_DEFINED_CONFIG_RULES, SM_VALUE_JSON)
            : null_value();
}

void sm__project_row(struct sm_row *row, const struct sm_event *event, int64_t created_at)
{
    enum sm_table table;

    if (!sm_kind_table(sm_event_type_kind(event->type), &table))
        return;
    switch (table) {
    case SM_TABLE_BATCHES:
        project_batch(row, event, created_at);
        break;
    case SM_TABLE_BOM_EXPLOSION_STATUS:
        project_bom(row, event, created_at);
        break;
    case SM_TABLE_FEATURE_METADATA:
        project_feature(row, event, created_at);
        break;
    case SM_TABLE_DATA_TYPES:
    case SM_TABLE_FEATURE_TYPES:
        project_reference(row, event, created_at);
        break;
    case SM_TABLE_COUNT:
        break;
    }
}
