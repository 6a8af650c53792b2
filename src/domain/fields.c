/* The tables of the catalogue: which fields the data of each event type has. The order is that of
 * the field indexes in domain/data.h. */
#include "domain/data.h"

#include "domain/domain_priv.h"

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
    TABLE(SM_EVENT_FEATURE_CONFIG_DEACTIVATED, feature_deactivated),
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

void sm__field_expected(const struct sm_field *field, struct sm__words *words)
{
    if (field->type == SM_VALUE_JSON) {
        sm__words_add(words, field->flags ? "an object of true and false" : "an object");
    } else if (field->allowed != NULL) {
        add_allowed(field, words);
    } else {
        sm__words_add(words, "text of ");
        sm__words_add_number(words, field->chars_min);
        sm__words_add(words, " to ");
        sm__words_add_number(words, field->chars_max);
        sm__words_add(words, " characters");
        if (field->pattern != NULL) {
            sm__words_add(words, ": ");
            sm__words_add(words, field->pattern);
        }
    }
    if (field->nullable)
        sm__words_add(words, ", or null");
}
