#ifndef SM_DOMAIN_EVENT_H
#define SM_DOMAIN_EVENT_H
/* The catalogue of events and one event as the rest of the program sees it: decoded, normalised,
 * independent of the wire format it came in.
 *
 * An event belongs to one stream, named by (client, kind, key). See design section 3 and 5. */
#include "base/limits.h"
#include "base/sha256.h"
#include "base/timestamp.h"
#include "base/uuid.h"

/* X(enumerator, name in PostgreSQL's stream_kind) */
#define SM_KIND_LIST(X) \
    X(SM_KIND_CLIENT, "client") \
    X(SM_KIND_FEATURE_CONFIG, "feature_config")

enum sm_kind {
#define SM_KIND_ENUM(name, text) name,
    SM_KIND_LIST(SM_KIND_ENUM)
#undef SM_KIND_ENUM
    SM_KIND_COUNT
};

enum sm_topic { SM_TOPIC_CONFIG, SM_TOPIC_PROCESSING, SM_TOPIC_COUNT };

/* X(enumerator, name on the wire and in PostgreSQL's event_type, kind of its stream, topic) */
#define SM_EVENT_LIST(X) \
    X(SM_EVENT_CLIENT_REGISTERED, "client.registered", SM_KIND_CLIENT, SM_TOPIC_CONFIG) \
    X(SM_EVENT_CLIENT_UPDATED, "client.updated", SM_KIND_CLIENT, SM_TOPIC_CONFIG) \
    X(SM_EVENT_CLIENT_STATUS_CHANGED, "client.status_changed", SM_KIND_CLIENT, SM_TOPIC_CONFIG) \
    X(SM_EVENT_CLIENT_TENANT_MODE_CHANGED, "client.tenant_mode_changed", SM_KIND_CLIENT, SM_TOPIC_CONFIG) \
    X(SM_EVENT_CLIENT_CONFIG_CONFIRMED, "client.config_confirmed", SM_KIND_CLIENT, SM_TOPIC_CONFIG) \
    X(SM_EVENT_CLIENT_CONFIG_REVOKED, "client.config_revoked", SM_KIND_CLIENT, SM_TOPIC_CONFIG) \
    X(SM_EVENT_FEATURE_CONFIG_CHANGED, "feature_config.changed", SM_KIND_FEATURE_CONFIG, SM_TOPIC_CONFIG) \
    X(SM_EVENT_FEATURE_CONFIG_DEACTIVATED, "feature_config.deactivated", SM_KIND_FEATURE_CONFIG, SM_TOPIC_CONFIG)

enum sm_event_type {
#define SM_EVENT_ENUM(name, text, kind, topic) name,
    SM_EVENT_LIST(SM_EVENT_ENUM)
#undef SM_EVENT_ENUM
    SM_EVENT_TYPE_COUNT
};

/* A field of an event's data. Text and JSON lie in the arena the event was decoded into. */
enum sm_value_type {
    SM_VALUE_ABSENT, /* not sent; the catalogue's default, if it has one, is what it means */
    SM_VALUE_NULL, /* sent as null: clears the field where that is allowed */
    SM_VALUE_BOOL,
    SM_VALUE_INTEGER,
    SM_VALUE_TEXT,
    SM_VALUE_JSON /* canonical text of a JSON object */
};
struct sm_value {
    enum sm_value_type type;
    bool boolean;
    int64_t integer;
    struct sm_slice text; /* of TEXT and JSON */
};

#define SM_VERSION_ANY (-1)
struct sm_event {
    struct sm_uuid id; /* idempotency key within the client */
    struct sm_uuid client_id;
    enum sm_event_type type;
    int32_t expected_version; /* SM_VERSION_ANY, or the stream's last version the producer saw */
    int64_t time_us; /* when the producer says it happened */
    struct sm_slice source;
    struct sm_slice actor; /* absent if not sent, as the three below */
    struct sm_slice correlation_id;
    struct sm_slice causation_id;
    struct sm_slice traceparent;
    struct sm_slice key; /* of the stream within the client and kind; empty text if it has none */
    struct sm_value values[SM_VALUES_MAX]; /* by the index of the field in the type's table */
    struct sm_slice data; /* canonical JSON of the values that were sent, defaulted ones left out */
    struct sm_digest content_hash; /* domain/digest.h */
};

/* How far a record that was refused could be understood: which members of its event are right. */
struct sm_event_known {
    bool id;
    bool client_id;
    bool type;
    bool content; /* all of it, content_hash included */
};

const char *sm_event_type_name(enum sm_event_type type);
bool sm_event_type_find(struct sm_slice name, enum sm_event_type *out);
enum sm_kind sm_event_type_kind(enum sm_event_type type);
enum sm_topic sm_event_type_topic(enum sm_event_type type);
const char *sm_kind_name(enum sm_kind kind);
bool sm_kind_find(struct sm_slice name, enum sm_kind *out);
#endif
