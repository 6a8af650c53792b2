/* The tables of the catalogue: which fields the data of each event type has. The order is that of
 * the field indexes in domain/data.h. */
#include "domain/data.h"

#include "domain/domain_priv.h"

#define RECORDS_MAX ((INT64_C(1) << 53) - 1) /* what every JSON library can say exactly */

static const char *const log_levels[] = { "debug", "info", "warn", "error", NULL };

/* Archived is where a client ends, so none can be registered as that. */
static const char *const statuses_registered[] = { "active", "suspended", NULL };

#define NAME(is_required) \
    { .name = "name", .type = SM_VALUE_TEXT, .required = (is_required), .chars_min = 1, \
      .chars_max = 255 }
/* No default in an update: not sent means unchanged there. */
#define FEATURES_ENABLED(default_object) \
    { .name = "features_enabled", .type = SM_VALUE_JSON, .flags = true, \
      .fallback = (default_object) }
#define CONTACT_EMAIL \
    { .name = "contact_email", .type = SM_VALUE_TEXT, .nullable = true, .chars_min = 3, \
      .chars_max = 255, .pattern = "one @ with something on both sides", \
      .matches = sm__text_is_email }
#define CONTACT_PHONE \
    { .name = "contact_phone", .type = SM_VALUE_TEXT, .nullable = true, .chars_min = 1, \
      .chars_max = 50 }
#define TENANT_MODE(is_required, default_mode) \
    { .name = "tenant_mode", .type = SM_VALUE_TEXT, .required = (is_required), \
      .allowed = sm__tenant_mode_names, .fallback = (default_mode) }
#define REASON \
    { .name = "reason", .type = SM_VALUE_TEXT, .multiline = true, .chars_max = 1000 }
#define FEATURE_TYPE \
    { .name = "feature_type", .type = SM_VALUE_TEXT, .required = true, .chars_min = 1, \
      .chars_max = 50, .pattern = "lower-case letters, digits and _, a letter first", \
      .matches = sm__text_is_feature_type }

#define BATCH_ID(is_required) \
    { .name = "batch_id", .type = SM_VALUE_TEXT, .required = (is_required), .chars_min = 1, \
      .chars_max = 100, .pattern = "letters, digits and . _ : -", .matches = sm__text_is_batch_id }
#define DATA_TYPE \
    { .name = "data_type", .type = SM_VALUE_TEXT, .required = true, .chars_min = 1, \
      .chars_max = 50, .pattern = "lower-case letters, digits and _, a letter first", \
      .matches = sm__text_is_feature_type }
#define CODE \
    { .name = "code", .type = SM_VALUE_TEXT, .required = true, .chars_min = 1, .chars_max = 50, \
      .pattern = "lower-case letters, digits and _, a letter first", \
      .matches = sm__text_is_feature_type }
#define DESCRIPTION \
    { .name = "description", .type = SM_VALUE_TEXT, .required = true, .chars_min = 1, \
      .chars_max = 1000 }
#define RECORDS(its_name, is_required, default_count) \
    { .name = (its_name), .type = SM_VALUE_INTEGER, .required = (is_required), \
      .integer_max = RECORDS_MAX, .fallback = (default_count) }
#define ERROR \
    { .name = "error", .type = SM_VALUE_TEXT, .required = true, .multiline = true, \
      .chars_min = 1, .chars_max = 4000 }
#define COMMAND_ID(is_required) \
    { .name = "command_id", .type = SM_VALUE_TEXT, .required = (is_required), \
      .chars_min = SM_UUID_TEXT_SIZE, .chars_max = SM_UUID_TEXT_SIZE, .pattern = "a UUID", \
      .matches = sm__text_is_uuid }
#define STEP \
    { .name = "step", .type = SM_VALUE_TEXT, .allowed = sm__tenant_step_names }
#define DETAIL(is_required) \
    { .name = "detail", .type = SM_VALUE_TEXT, .required = (is_required), .multiline = true, \
      .chars_max = 4000 }
#define FLAG(its_name) \
    { .name = (its_name), .type = SM_VALUE_BOOL, .fallback = "true" }

static const struct sm_field registered[] = {
    [SM_REGISTERED_NAME] = NAME(true),
    [SM_REGISTERED_ORGANIZATION_ID] = { .name = "organization_id",
                                        .type = SM_VALUE_TEXT,
                                        .required = true,
                                        .chars_min = 1,
                                        .chars_max = 40,
                                        .pattern = "lower-case letters, digits and _",
                                        .matches = sm__text_is_organization_id },
    [SM_REGISTERED_TENANT_MODE] = TENANT_MODE(false, "prefixed_tables"),
    [SM_REGISTERED_FEATURES_ENABLED] = FEATURES_ENABLED("{}"),
    [SM_REGISTERED_CONTACT_EMAIL] = CONTACT_EMAIL,
    [SM_REGISTERED_CONTACT_PHONE] = CONTACT_PHONE,
    [SM_REGISTERED_STATUS] = { .name = "status",
                               .type = SM_VALUE_TEXT,
                               .allowed = statuses_registered,
                               .fallback = "active" },
};
static const struct sm_field updated[] = {
    [SM_UPDATED_NAME] = NAME(false),
    [SM_UPDATED_FEATURES_ENABLED] = FEATURES_ENABLED(NULL),
    [SM_UPDATED_CONTACT_EMAIL] = CONTACT_EMAIL,
    [SM_UPDATED_CONTACT_PHONE] = CONTACT_PHONE,
};
static const struct sm_field status_changed[] = {
    [SM_STATUS_CHANGED_STATUS] = { .name = "status",
                                   .type = SM_VALUE_TEXT,
                                   .required = true,
                                   .allowed = sm__client_status_names },
    [SM_STATUS_CHANGED_REASON] = REASON,
};
static const struct sm_field tenant_mode_changed[] = {
    [SM_TENANT_MODE_CHANGED_TENANT_MODE] = TENANT_MODE(true, NULL),
};
static const struct sm_field confirmed[] = {
    [SM_CONFIRMED_TENANT_MODE] = TENANT_MODE(false, NULL),
};
static const struct sm_field revoked[] = {
    [SM_REVOKED_REASON] = REASON,
};
static const struct sm_field feature_changed[] = {
    [SM_FEATURE_CHANGED_FEATURE_TYPE] = FEATURE_TYPE,
    [SM_FEATURE_CHANGED_CONFIG] = { .name = "config", .type = SM_VALUE_JSON, .required = true },
};
static const struct sm_field feature_deactivated[] = {
    [SM_FEATURE_DEACTIVATED_FEATURE_TYPE] = FEATURE_TYPE,
    [SM_FEATURE_DEACTIVATED_REASON] = REASON,
};

static const struct sm_field bom_changed[] = {
    [SM_BOM_CHANGED_MAX_LEVELS] = { .name = "max_levels",
                                    .type = SM_VALUE_INTEGER,
                                    .integer_min = 1,
                                    .integer_max = 100,
                                    .fallback = "5" },
    [SM_BOM_CHANGED_INCLUDE_PRODUCED_AT] = FLAG("include_produced_at"),
    [SM_BOM_CHANGED_CYCLE_DETECTION] = FLAG("cycle_detection"),
};
static const struct sm_field reason[] = {
    [SM_REASON_REASON] = REASON,
};
/* Which of them a kind of schedule takes is in schedule.c. */
static const struct sm_field schedule[] = {
    [SM_SCHEDULE_KIND] = { .name = "kind",
                           .type = SM_VALUE_TEXT,
                           .required = true,
                           .allowed = sm__schedule_kind_names },
    [SM_SCHEDULE_INTERVAL_MINUTES] = { .name = "interval_minutes",
                                       .type = SM_VALUE_INTEGER,
                                       .integer_min = 1,
                                       .integer_max = 525600 },
    [SM_SCHEDULE_TIME_OF_DAY] = { .name = "time_of_day",
                                  .type = SM_VALUE_TEXT,
                                  .chars_min = 5,
                                  .chars_max = 5,
                                  .pattern = "HH:MM from 00:00 to 23:59",
                                  .matches = sm__text_is_time_of_day },
    [SM_SCHEDULE_DAYS_OF_WEEK] = { .name = "days_of_week",
                                   .type = SM_VALUE_LIST,
                                   .integer_min = 1,
                                   .integer_max = 7 },
    [SM_SCHEDULE_TIMEZONE] = { .name = "timezone",
                               .type = SM_VALUE_TEXT,
                               .chars_min = 1,
                               .chars_max = 64,
                               .pattern = "a name of the IANA time zone database",
                               .matches = sm__text_is_time_zone,
                               .fallback = "UTC" },
};
static const struct sm_field data_type_defined[] = {
    [SM_DEFINED_CODE] = CODE,
    [SM_DEFINED_DESCRIPTION] = DESCRIPTION,
};
static const struct sm_field feature_type_defined[] = {
    [SM_DEFINED_CODE] = CODE,
    [SM_DEFINED_DESCRIPTION] = DESCRIPTION,
    [SM_DEFINED_CONFIG_RULES] = { .name = "config_rules", .type = SM_VALUE_JSON },
};
static const struct sm_field batch_started[] = {
    [SM_BATCH_STARTED_BATCH_ID] = BATCH_ID(true),
    [SM_BATCH_STARTED_DATA_TYPE] = DATA_TYPE,
    [SM_BATCH_STARTED_RECORDS_EXPECTED] = RECORDS("records_expected", false, NULL),
};
static const struct sm_field batch_completed[] = {
    [SM_BATCH_COMPLETED_BATCH_ID] = BATCH_ID(true),
    [SM_BATCH_COMPLETED_RECORDS_TOTAL] = RECORDS("records_total", true, NULL),
    [SM_BATCH_COMPLETED_RECORDS_PROCESSED] = RECORDS("records_processed", true, NULL),
    [SM_BATCH_COMPLETED_RECORDS_FAILED] = RECORDS("records_failed", false, "0"),
};
static const struct sm_field batch_failed[] = {
    [SM_BATCH_FAILED_BATCH_ID] = BATCH_ID(true),
    [SM_BATCH_FAILED_ERROR] = ERROR,
    [SM_BATCH_FAILED_RECORDS_PROCESSED] = RECORDS("records_processed", false, NULL),
    [SM_BATCH_FAILED_RECORDS_FAILED] = RECORDS("records_failed", false, NULL),
};
static const struct sm_field bom_completed[] = {
    [SM_BOM_COMPLETED_RECORDS_PROCESSED] = RECORDS("records_processed", true, NULL),
};
static const struct sm_field bom_failed[] = {
    [SM_BOM_FAILED_ERROR] = ERROR,
    [SM_BOM_FAILED_RECORDS_PROCESSED] = RECORDS("records_processed", false, NULL),
};
static const struct sm_field feature_created[] = {
    [SM_CREATED_NAME] = { .name = "name",
                          .type = SM_VALUE_TEXT,
                          .required = true,
                          .chars_min = 1,
                          .chars_max = 255 },
    [SM_CREATED_FEATURE_TYPE] = FEATURE_TYPE,
    [SM_CREATED_DATA_TYPE] = DATA_TYPE,
    [SM_CREATED_NAN_SEMANTICS] = { .name = "nan_semantics",
                                   .type = SM_VALUE_TEXT,
                                   .chars_min = 1,
                                   .chars_max = 50,
                                   .pattern = "lower-case letters, digits and _, a letter first",
                                   .matches = sm__text_is_feature_type,
                                   .fallback = "missing" },
    [SM_CREATED_DESCRIPTION] = { .name = "description",
                                 .type = SM_VALUE_TEXT,
                                 .multiline = true,
                                 .chars_max = 1000 },
    [SM_CREATED_BATCH_ID] = BATCH_ID(false),
};
static const struct sm_field decision[] = {
    [SM_DECISION_COMMAND_ID] = COMMAND_ID(false),
    [SM_DECISION_STEP] = STEP,
    [SM_DECISION_REASON] = REASON,
};
static const struct sm_field command_applied[] = {
    [SM_ACKNOWLEDGED_COMMAND_ID] = COMMAND_ID(true),
    [SM_ACKNOWLEDGED_STEP] = STEP,
    [SM_ACKNOWLEDGED_DETAIL] = DETAIL(false),
};
static const struct sm_field command_failed[] = {
    [SM_ACKNOWLEDGED_COMMAND_ID] = COMMAND_ID(true),
    [SM_ACKNOWLEDGED_STEP] = STEP,
    [SM_ACKNOWLEDGED_DETAIL] = DETAIL(true),
};
static const struct sm_field log_recorded[] = {
    [SM_LINE_TIMESTAMP] = { .name = "timestamp", .type = SM_VALUE_TIME },
    [SM_LINE_LEVEL] = { .name = "level",
                       .type = SM_VALUE_TEXT,
                       .required = true,
                       .allowed = log_levels },
    [SM_LINE_MESSAGE] = { .name = "message",
                         .type = SM_VALUE_TEXT,
                         .required = true,
                         .multiline = true,
                         .chars_min = 1,
                         .chars_max = 10000 },
    [SM_LINE_ERROR] = { .name = "error",
                       .type = SM_VALUE_TEXT,
                       .nullable = true,
                       .multiline = true,
                       .chars_max = 50000 },
    [SM_LINE_CONTEXT] = { .name = "context", .type = SM_VALUE_JSON, .fallback = "{}" },
};

static const struct {
    const struct sm_field *fields;
    size_t count;
} tables[SM_EVENT_TYPE_COUNT] = {
#define TABLE(id, list) [id] = { (list), SM_ARRAY_COUNT(list) }
    TABLE(SM_EVENT_CLIENT_REGISTERED, registered),
    TABLE(SM_EVENT_CLIENT_UPDATED, updated),
    TABLE(SM_EVENT_CLIENT_STATUS_CHANGED, status_changed),
    TABLE(SM_EVENT_CLIENT_TENANT_MODE_CHANGED, tenant_mode_changed),
    TABLE(SM_EVENT_CLIENT_CONFIG_CONFIRMED, confirmed),
    TABLE(SM_EVENT_CLIENT_CONFIG_REVOKED, revoked),
    TABLE(SM_EVENT_FEATURE_CONFIG_CHANGED, feature_changed),
    TABLE(SM_EVENT_CLIENT_ERASED, reason),
    TABLE(SM_EVENT_TENANT_APPROVED, decision),
    TABLE(SM_EVENT_TENANT_RETRIED, decision),
    TABLE(SM_EVENT_TENANT_ABORTED, decision),
    TABLE(SM_EVENT_TENANT_DROP_REQUESTED, reason),
    TABLE(SM_EVENT_FEATURE_CONFIG_DEACTIVATED, feature_deactivated),
    TABLE(SM_EVENT_BOM_CONFIG_CHANGED, bom_changed),
    TABLE(SM_EVENT_BOM_CONFIG_DEACTIVATED, reason),
    TABLE(SM_EVENT_CLIENT_SCHEDULE_CHANGED, schedule),
    TABLE(SM_EVENT_CLIENT_SCHEDULE_DEACTIVATED, reason),
    TABLE(SM_EVENT_SCHEDULER_DEFAULTS_CHANGED, schedule),
    TABLE(SM_EVENT_DATA_TYPE_DEFINED, data_type_defined),
    TABLE(SM_EVENT_FEATURE_TYPE_DEFINED, feature_type_defined),
    TABLE(SM_EVENT_BATCH_STARTED, batch_started),
    TABLE(SM_EVENT_BATCH_COMPLETED, batch_completed),
    TABLE(SM_EVENT_BATCH_FAILED, batch_failed),
    [SM_EVENT_BOM_EXPLOSION_STARTED] = { NULL, 0 }, /* it has no data */
    TABLE(SM_EVENT_BOM_EXPLOSION_COMPLETED, bom_completed),
    TABLE(SM_EVENT_BOM_EXPLOSION_FAILED, bom_failed),
    TABLE(SM_EVENT_FEATURE_CREATED, feature_created),
    TABLE(SM_EVENT_TENANT_COMMAND_APPLIED, command_applied),
    TABLE(SM_EVENT_TENANT_COMMAND_FAILED, command_failed),
    TABLE(SM_EVENT_LOG_RECORDED, log_recorded),
#undef TABLE
};
_Static_assert(SM_ARRAY_COUNT(registered) <= SM_VALUES_MAX, "sm_event.values holds every field");

const struct sm_field *sm_event_fields(enum sm_event_type type, size_t *count_out)
{
    SM_ASSERT((unsigned)type < SM_EVENT_TYPE_COUNT);
    *count_out = tables[type].count;
    return tables[type].fields;
}

static void add_allowed(const struct sm_field *field, struct sm__words *words)
{
    sm__words_add(words, "one of ");
    for (size_t i = 0; field->allowed[i] != NULL; i++) {
        sm__words_add(words, i == 0 ? "" : ", ");
        sm__words_add(words, field->allowed[i]);
    }
}

static void add_range(const struct sm_field *field, const char *begin, struct sm__words *words)
{
    sm__words_add(words, begin);
    sm__words_add_number(words, (uint64_t)field->integer_min);
    sm__words_add(words, " to ");
    sm__words_add_number(words, (uint64_t)field->integer_max);
}

static void add_text(const struct sm_field *field, struct sm__words *words)
{
    if (field->allowed != NULL) {
        add_allowed(field, words);
        return;
    }
    sm__words_add(words, "text of ");
    if (field->chars_min != field->chars_max) {
        sm__words_add_number(words, field->chars_min);
        sm__words_add(words, " to ");
    }
    sm__words_add_number(words, field->chars_max);
    sm__words_add(words, " characters");
    if (field->pattern != NULL) {
        sm__words_add(words, ": ");
        sm__words_add(words, field->pattern);
    }
}

void sm__field_expected(const struct sm_field *field, struct sm__words *words)
{
    switch (field->type) {
    case SM_VALUE_BOOL:
        sm__words_add(words, "true or false");
        break;
    case SM_VALUE_INTEGER:
        add_range(field, "an integer from ", words);
        break;
    case SM_VALUE_TIME:
        sm__words_add(words, "RFC 3339 with an offset, such as 2026-01-31T12:00:00Z");
        break;
    case SM_VALUE_JSON:
        sm__words_add(words, field->flags ? "an object of true and false" : "an object");
        break;
    case SM_VALUE_LIST:
        add_range(field, "a list of different integers from ", words);
        break;
    case SM_VALUE_TEXT:
    case SM_VALUE_ABSENT:
    case SM_VALUE_NULL:
        add_text(field, words);
        break;
    }
    if (field->nullable)
        sm__words_add(words, ", or null");
}
