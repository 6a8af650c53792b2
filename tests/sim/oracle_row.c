/* The rows of the projected tables, by what the catalogue says of each type. */
#include <stdio.h>

#include "sim/oracle_priv.h"

static const struct sim_text running = {"running", "\"running\"", NULL};
static const struct sim_text completed = {"completed", "\"completed\"", NULL};
static const struct sim_text failed = {"failed", "\"failed\"", NULL};

static const char *const batch_names[] = {
    "data_type",         "status",         "records_expected", "records_total",
    "records_processed", "records_failed", "error_message",    "started_at",
    "ended_at",          "created_at",     "updated_at"};
static const char *const run_names[] = {"status",        "last_processed_at", "records_processed",
                                        "error_message", "started_at",        "created_at",
                                        "updated_at"};
static const char *const feature_names[] = {"feature_type", "data_type", "nan_semantics",
                                            "description",  "batch_id",  "created_at",
                                            "updated_at"};
static const char *const reference_names[] = {"description", "config_rules", "created_at",
                                              "updated_at"};

static const char *const *names_of(enum sm_kind kind, size_t *count)
{
    switch ((int)kind) {
    case SM_KIND_BATCH:
        *count = SM_ARRAY_COUNT(batch_names);
        return batch_names;
    case SM_KIND_BOM_EXPLOSION:
        *count = SM_ARRAY_COUNT(run_names);
        return run_names;
    case SM_KIND_FEATURE:
        *count = SM_ARRAY_COUNT(feature_names);
        return feature_names;
    case SM_KIND_DATA_TYPE:
    case SM_KIND_FEATURE_TYPE:
        *count = SM_ARRAY_COUNT(reference_names);
        return reference_names;
    default:
        *count = 0;
        return NULL;
    }
}

bool oracle_kind_has_row(enum sm_kind kind)
{
    size_t count;

    return names_of(kind, &count) != NULL;
}

/* ---- projection ---- */

static struct oracle_value at_time(int64_t time_us)
{
    return (struct oracle_value){ORACLE_IS_TIME, NULL, time_us};
}

static struct oracle_value word(const struct sim_text *text)
{
    return (struct oracle_value){ORACLE_IS_TEXT, text, 0};
}

/* What was sent; NULL if nothing was. */
static struct oracle_value sent(const struct sim_content *content, int field)
{
    enum sim_pool pool = sim_field_info(field)->pool;
    int number = content->field[field];

    if (number == 0)
        return (struct oracle_value){ORACLE_NULL, NULL, 0};
    if (pool == SIM_POOL_COUNT)
        return (struct oracle_value){ORACLE_IS_NUMBER, NULL, number - SIM_COUNT_ZERO};
    return (struct oracle_value){pool == SIM_POOL_RULES ? ORACLE_IS_JSON : ORACLE_IS_TEXT,
                                 sim_pool_text(pool, number), 0};
}

static void keep_unless_sent(struct oracle_value *column, const struct sim_content *content,
                             int field)
{
    if (content->field[field] != 0)
        *column = sent(content, field);
}

static void project_batch(struct oracle_value *columns, const struct sim_content *content,
                          int64_t at)
{
    if (content->type == SIM_BATCH_STARTED) {
        columns[SM_BATCH_STATUS] = word(&running);
        columns[SM_BATCH_DATA_TYPE] = sent(content, SIM_F_DATA_TYPE);
        columns[SM_BATCH_RECORDS_EXPECTED] = sent(content, SIM_F_EXPECTED);
        columns[SM_BATCH_STARTED_AT] = columns[SM_BATCH_CREATED_AT] = at_time(at);
    } else if (content->type == SIM_BATCH_COMPLETED) {
        columns[SM_BATCH_STATUS] = word(&completed);
        columns[SM_BATCH_RECORDS_TOTAL] = sent(content, SIM_F_TOTAL);
        columns[SM_BATCH_RECORDS_PROCESSED] = sent(content, SIM_F_PROCESSED);
        columns[SM_BATCH_RECORDS_FAILED] = (struct oracle_value){ORACLE_IS_NUMBER, NULL, 0};
        keep_unless_sent(&columns[SM_BATCH_RECORDS_FAILED], content, SIM_F_FAILED);
        columns[SM_BATCH_ERROR_MESSAGE] = (struct oracle_value){ORACLE_NULL, NULL, 0};
        columns[SM_BATCH_ENDED_AT] = at_time(at);
    } else {
        columns[SM_BATCH_STATUS] = word(&failed);
        columns[SM_BATCH_ERROR_MESSAGE] = sent(content, SIM_F_ERROR);
        keep_unless_sent(&columns[SM_BATCH_RECORDS_PROCESSED], content, SIM_F_PROCESSED);
        keep_unless_sent(&columns[SM_BATCH_RECORDS_FAILED], content, SIM_F_FAILED);
        columns[SM_BATCH_ENDED_AT] = at_time(at);
    }
    columns[SM_BATCH_UPDATED_AT] = at_time(at);
}

static void project_run(struct oracle_value *columns, const struct sim_content *content, int64_t at)
{
    if (content->type == SIM_RUN_STARTED) {
        columns[SM_BOM_STATUS] = word(&running);
        columns[SM_BOM_STARTED_AT] = at_time(at);
        columns[SM_BOM_ERROR_MESSAGE] = (struct oracle_value){ORACLE_NULL, NULL, 0};
    } else if (content->type == SIM_RUN_COMPLETED) {
        columns[SM_BOM_STATUS] = word(&completed);
        columns[SM_BOM_LAST_PROCESSED_AT] = at_time(at);
        columns[SM_BOM_RECORDS_PROCESSED] = sent(content, SIM_F_PROCESSED);
        columns[SM_BOM_ERROR_MESSAGE] = (struct oracle_value){ORACLE_NULL, NULL, 0};
    } else {
        columns[SM_BOM_STATUS] = word(&failed);
        columns[SM_BOM_ERROR_MESSAGE] = sent(content, SIM_F_ERROR);
        keep_unless_sent(&columns[SM_BOM_RECORDS_PROCESSED], content, SIM_F_PROCESSED);
    }
    if (columns[SM_BOM_CREATED_AT].type == ORACLE_NULL)
        columns[SM_BOM_CREATED_AT] = at_time(at);
    columns[SM_BOM_UPDATED_AT] = at_time(at);
}

static void project_feature(struct oracle_value *columns, const struct sim_content *content,
                            int64_t at)
{
    columns[SM_FEATURE_FEATURE_TYPE] = sent(content, SIM_F_FEATURE);
    columns[SM_FEATURE_DATA_TYPE] = sent(content, SIM_F_DATA_TYPE);
    columns[SM_FEATURE_NAN_SEMANTICS] = word(sim_pool_text(SIM_POOL_NAN, SIM_NAN_MISSING));
    keep_unless_sent(&columns[SM_FEATURE_NAN_SEMANTICS], content, SIM_F_NAN);
    columns[SM_FEATURE_DESCRIPTION] = sent(content, SIM_F_DESCRIPTION);
    columns[SM_FEATURE_BATCH_ID] = sent(content, SIM_F_BATCH);
    if (columns[SM_FEATURE_CREATED_AT].type == ORACLE_NULL)
        columns[SM_FEATURE_CREATED_AT] = at_time(at);
    columns[SM_FEATURE_UPDATED_AT] = at_time(at);
}

void oracle_row_project(struct oracle_row *row, const struct sim_content *content, int64_t at)
{
    struct oracle_value *columns = row->columns;

    row->exists = true;
    switch ((int)sim_type_info(content->type)->kind) {
    case SM_KIND_BATCH:
        project_batch(columns, content, at);
        return;
    case SM_KIND_BOM_EXPLOSION:
        project_run(columns, content, at);
        return;
    case SM_KIND_FEATURE:
        project_feature(columns, content, at);
        return;
    default: /* the tables of references */
        columns[SM_REFERENCE_DESCRIPTION] = sent(content, SIM_F_DESCRIPTION);
        columns[SM_REFERENCE_CONFIG_RULES] = sent(content, SIM_F_RULES);
        if (columns[SM_REFERENCE_CREATED_AT].type == ORACLE_NULL)
            columns[SM_REFERENCE_CREATED_AT] = at_time(at);
        columns[SM_REFERENCE_UPDATED_AT] = at_time(at);
    }
}

bool oracle_row_is_running(const struct oracle_row *row, enum sm_kind kind)
{
    return row->exists &&
           row->columns[kind == SM_KIND_BATCH ? (int)SM_BATCH_STATUS : (int)SM_BOM_STATUS].text ==
               &running;
}

/* ---- comparison ---- */

static bool same_value(const struct oracle_value *a, const struct oracle_value *b)
{
    return a->type == b->type && a->number == b->number &&
           (a->text == b->text || strcmp(a->text->json, b->text->json) == 0);
}

static void value_text(const struct oracle_value *value, char *out, size_t size)
{
    if (value->type == ORACLE_NULL)
        snprintf(out, size, "null");
    else if (value->type == ORACLE_IS_NUMBER)
        snprintf(out, size, "%lld", (long long)value->number);
    else if (value->type == ORACLE_IS_TIME)
        oracle_time_text(value->number, out, size);
    else
        snprintf(out, size, "%s", value->text->json);
}

void oracle_row_previous(enum sm_kind kind, const struct oracle_row *before,
                         const struct oracle_row *after, char *out, size_t size)
{
    struct oracle_member members[SM_COLUMNS_MAX];
    size_t count, differ = 0;
    const char *const *names = names_of(kind, &count);

    out[0] = '\0';
    if (!before->exists)
        return;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], "updated_at") == 0 ||
            same_value(&before->columns[i], &after->columns[i]))
            continue;
        members[differ].name = names[i];
        value_text(&before->columns[i], members[differ].json, sizeof(members[differ].json));
        differ++;
    }
    oracle_object_text(members, differ, out, size);
}

static bool is_value(const struct sm_value *value, const struct oracle_value *expected)
{
    static const enum sm_value_type types[] = {
        [ORACLE_NULL] = SM_VALUE_NULL,    [ORACLE_IS_TEXT] = SM_VALUE_TEXT,
        [ORACLE_IS_JSON] = SM_VALUE_JSON, [ORACLE_IS_NUMBER] = SM_VALUE_INTEGER,
        [ORACLE_IS_TIME] = SM_VALUE_TIME,
    };

    if (value->type != types[expected->type])
        return false;
    if (expected->text != NULL)
        return oracle_same_text(value->text, expected->text->text);
    return expected->type == ORACLE_NULL || value->integer == expected->number;
}

const char *oracle_row_compare(enum sm_kind kind, const struct oracle_row *expected,
                               const struct sm_row *row)
{
    size_t count;
    const char *const *names = names_of(kind, &count);

    for (size_t i = 0; i < count; i++) {
        if (!is_value(&row->columns[i], &expected->columns[i]))
            return names[i];
    }
    return NULL;
}
