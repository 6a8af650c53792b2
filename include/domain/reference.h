#ifndef SM_DOMAIN_REFERENCE_H
#define SM_DOMAIN_REFERENCE_H
/* What an event refers to that must be known before it can be applied. */
#include "domain/event.h"

/* X(enumerator, name, field of the data that names it) */
#define SM_REFERENCE_LIST(X) \
    X(SM_REFERENCE_FEATURE_TYPE, "feature_type") /* a row of feature_types; waited for */ \
    X(SM_REFERENCE_DATA_TYPE, "data_type") /* a row of data_types; waited for */ \
    X(SM_REFERENCE_TIME_ZONE, "timezone") /* known to PostgreSQL, or the event is rejected */

enum sm_reference_kind {
#define SM_REFERENCE_ENUM(name, text) name,
    SM_REFERENCE_LIST(SM_REFERENCE_ENUM)
#undef SM_REFERENCE_ENUM
    SM_REFERENCE_KIND_COUNT
};

struct sm_reference {
    enum sm_reference_kind kind;
    struct sm_slice code;
};
struct sm_reference_state {
    bool known;
    struct sm_slice config_rules; /* of a feature type defined with rules: canonical JSON object;
                                     else absent */
};
#define SM_REFERENCES_MAX 2 /* of one event */

const char *sm_reference_kind_name(enum sm_reference_kind kind);
/* Writes what the event refers to, in a fixed order; returns how many. Codes point into `event`. */
size_t sm_event_references(const struct sm_event *event,
                           struct sm_reference out[SM_REFERENCES_MAX]);
#endif
