#ifndef SM_DOMAIN_DATA_H
#define SM_DOMAIN_DATA_H
/* The data of an event: each type's table of fields, and reading data by that table.
 *
 * The tables are the single place that says which fields a type has, with type, length, range,
 * allowed values, default and whether null is allowed (it clears contact_email, contact_phone).
 * README and emit use the same tables. Feature configs are further checked by feature type
 * (ema, ma, std, lags, seasonality, weather, promo); keys of `config` that no rule names are kept. */
#include "base/json.h"
#include "domain/event.h"
#include "domain/rejection.h"

/* Field indexes into sm_event.values, by type. */
enum {
    SM_REGISTERED_NAME, SM_REGISTERED_ORGANIZATION_ID, SM_REGISTERED_TENANT_MODE,
    SM_REGISTERED_FEATURES_ENABLED, SM_REGISTERED_CONTACT_EMAIL, SM_REGISTERED_CONTACT_PHONE,
    SM_REGISTERED_STATUS
};
enum { SM_UPDATED_NAME, SM_UPDATED_FEATURES_ENABLED, SM_UPDATED_CONTACT_EMAIL, SM_UPDATED_CONTACT_PHONE };
enum { SM_STATUS_CHANGED_STATUS, SM_STATUS_CHANGED_REASON };
enum { SM_TENANT_MODE_CHANGED_TENANT_MODE };
enum { SM_CONFIRMED_TENANT_MODE };
enum { SM_REVOKED_REASON };
enum { SM_FEATURE_CHANGED_FEATURE_TYPE, SM_FEATURE_CHANGED_CONFIG };
enum { SM_FEATURE_DEACTIVATED_FEATURE_TYPE, SM_FEATURE_DEACTIVATED_REASON };

struct sm_field {
    const char *name; /* snake_case, as on the wire */
    enum sm_value_type type; /* TEXT, BOOL, INTEGER or JSON (an object) */
    bool required;
    bool nullable; /* null may be sent, and clears */
    uint16_t chars_max; /* of TEXT: characters, not bytes; 0 = no bound */
    const char *pattern; /* of TEXT: words for the README and for errors, checked by name; or NULL */
    const char *const *allowed; /* of TEXT: NULL-terminated list, or NULL */
    const char *fallback; /* default of a TEXT that is absent, or NULL */
};
/* The type's fields; *count_out of them, at most SM_VALUES_MAX. Static. */
const struct sm_field *sm_event_fields(enum sm_event_type type, size_t *count_out);

/* Reads and validates `data` (NULL where the event had none) into event->values, event->key and
 * event->data; event->type must be set. A field sent with its default counts as not sent.
 * SM_OK; SM_REJECT with *rejection; SM_LIMIT when the arena is too small. */
SM_MUST_CHECK enum sm_status sm_event_read_data(struct sm_event *event, const struct sm_json *data,
                                                struct sm_arena *arena, struct sm_rejection *rejection);

/* The same for replay: fills values and key from data that was admitted before, by whatever rules
 * were in force then: it checks JSON types only and ignores fields it does not know.
 * False if the text is not such an object (the log was tampered with) or the arena is too small. */
SM_MUST_CHECK bool sm_event_replay_data(struct sm_event *event, struct sm_slice data, struct sm_arena *arena);
#endif
