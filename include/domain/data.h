#ifndef SM_DOMAIN_DATA_H
#define SM_DOMAIN_DATA_H
/* The data of an event: each type's table of fields, and reading data by that table.
 *
 * The tables are the single place that says which fields a type has, with type, length, range,
 * allowed values, default and whether null is allowed (it clears contact_email, contact_phone).
 * README and emit use the same tables. Feature configs are further checked by feature type
 * (domain/feature_config.h); keys of `config` that no rule names are kept.
 *
 * Schedules take the fields of their kind only (interval: interval_minutes; daily: time_of_day;
 * weekly: time_of_day and days_of_week), and the counts of batch.completed add up.
 *
 * Rules may change from version to version, because replay never asks them. Defaults may not:
 * a field left out means its default for ever, so that is part of the projection. A client that
 * names no features_enabled has none enabled ({}): what nobody asked for is not switched on. */
#include "base/json.h"
#include "domain/event.h"
#include "domain/rejection.h"

/* Field indexes into sm_event.values, by type. */
enum {
    SM_REGISTERED_NAME, SM_REGISTERED_ORGANIZATION_ID, SM_REGISTERED_TENANT_MODE,
    SM_REGISTERED_FEATURES_ENABLED, SM_REGISTERED_CONTACT_EMAIL, SM_REGISTERED_CONTACT_PHONE,
    SM_REGISTERED_STATUS
};
enum {
    SM_UPDATED_NAME, SM_UPDATED_FEATURES_ENABLED, SM_UPDATED_CONTACT_EMAIL,
    SM_UPDATED_CONTACT_PHONE
};
enum { SM_STATUS_CHANGED_STATUS, SM_STATUS_CHANGED_REASON };
enum { SM_TENANT_MODE_CHANGED_TENANT_MODE };
enum { SM_CONFIRMED_TENANT_MODE };
enum { SM_REVOKED_REASON };
enum { SM_FEATURE_CHANGED_FEATURE_TYPE, SM_FEATURE_CHANGED_CONFIG };
enum { SM_FEATURE_DEACTIVATED_FEATURE_TYPE, SM_FEATURE_DEACTIVATED_REASON };
enum {
    SM_BOM_CHANGED_MAX_LEVELS, SM_BOM_CHANGED_INCLUDE_PRODUCED_AT, SM_BOM_CHANGED_CYCLE_DETECTION
};
enum { /* client.erased, tenant.drop_requested, bom_config.deactivated,
        client_schedule.deactivated */
    SM_REASON_REASON
};
enum { /* client_schedule.changed and scheduler_defaults.changed */
    SM_SCHEDULE_KIND, SM_SCHEDULE_INTERVAL_MINUTES, SM_SCHEDULE_TIME_OF_DAY,
    SM_SCHEDULE_DAYS_OF_WEEK, SM_SCHEDULE_TIMEZONE
};
enum { SM_DEFINED_CODE, SM_DEFINED_DESCRIPTION, SM_DEFINED_CONFIG_RULES };
enum { SM_BATCH_STARTED_BATCH_ID, SM_BATCH_STARTED_DATA_TYPE, SM_BATCH_STARTED_RECORDS_EXPECTED };
enum {
    SM_BATCH_COMPLETED_BATCH_ID, SM_BATCH_COMPLETED_RECORDS_TOTAL,
    SM_BATCH_COMPLETED_RECORDS_PROCESSED, SM_BATCH_COMPLETED_RECORDS_FAILED
};
enum {
    SM_BATCH_FAILED_BATCH_ID, SM_BATCH_FAILED_ERROR, SM_BATCH_FAILED_RECORDS_PROCESSED,
    SM_BATCH_FAILED_RECORDS_FAILED
};
enum { SM_BOM_COMPLETED_RECORDS_PROCESSED };
enum { SM_BOM_FAILED_ERROR, SM_BOM_FAILED_RECORDS_PROCESSED };
enum {
    SM_CREATED_NAME, SM_CREATED_FEATURE_TYPE, SM_CREATED_DATA_TYPE, SM_CREATED_NAN_SEMANTICS,
    SM_CREATED_DESCRIPTION, SM_CREATED_BATCH_ID
};
enum { /* tenant.approved, tenant.retried, tenant.aborted */
    SM_DECISION_COMMAND_ID, SM_DECISION_STEP, SM_DECISION_REASON
};
enum { /* tenant.command_applied, tenant.command_failed */
    SM_ACKNOWLEDGED_COMMAND_ID, SM_ACKNOWLEDGED_STEP, SM_ACKNOWLEDGED_DETAIL
};
enum { SM_LINE_TIMESTAMP, SM_LINE_LEVEL, SM_LINE_MESSAGE, SM_LINE_ERROR, SM_LINE_CONTEXT };

struct sm_field {
    const char *name; /* snake_case, as on the wire */
    enum sm_value_type type; /* BOOL, INTEGER, TIME, TEXT, JSON (an object) or LIST */
    bool required;
    bool nullable; /* null may be sent: it clears the field in client.updated, and is the same as
                      not sent in client.registered */
    bool multiline; /* of TEXT: \n and \t are allowed; no other control character ever is */
    bool flags; /* of JSON: every member is true or false */
    uint16_t chars_min; /* of TEXT: characters, not bytes */
    uint16_t chars_max; /* of TEXT: characters; 0 = no bound but that of `allowed` */
    const char *pattern; /* of TEXT: words for the README and for errors; or NULL */
    bool (*matches)(struct sm_slice text); /* of TEXT: what `pattern` says; NULL if that is NULL */
    const char *const *allowed; /* of TEXT: NULL-terminated list, or NULL */
    int64_t integer_min; /* of INTEGER, and of the elements of a LIST, which are all different */
    int64_t integer_max;
    const char
        *fallback; /* what an absent one means: text as it is, else canonical JSON; or NULL */
};
/* The type's fields; *count_out of them, at most SM_VALUES_MAX. Static. */
const struct sm_field *sm_event_fields(enum sm_event_type type, size_t *count_out);

/* Reads and validates `data` (NULL where the event had none) into event->values, event->key and
 * event->data; event->type must be set. A field sent with its default counts as not sent.
 * Data that is absent or null counts as an empty object. Texts are copied to the arena; nothing
 * points into `data` afterwards. Canonical text over SM_VALUE_SIZE_MAX is VALUE_TOO_LARGE: a number
 * such as 1e131071 has 131072 digits there. 3 * SM_VALUE_SIZE_MAX free in the arena always suffice.
 * SM_OK; SM_REJECT with *rejection; SM_LIMIT when the arena is too small. */
SM_MUST_CHECK enum sm_status sm_event_read_data(struct sm_event *event, const struct sm_json *data,
                                                struct sm_arena *arena,
                                                struct sm_rejection *rejection);

/* The same for replay: fills values and key from data that was admitted before, by whatever rules
 * were in force then: it checks JSON types only, takes null for any field and ignores fields it
 * does not know. Values may point into `data`, which must live as long as the event.
 * False if the text is not such an object (the log was tampered with) or the arena is too small. */
SM_MUST_CHECK bool sm_event_replay_data(struct sm_event *event, struct sm_slice data,
                                        struct sm_arena *arena);
#endif
