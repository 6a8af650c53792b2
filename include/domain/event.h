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

/* X(enumerator, name in PostgreSQL's stream_kind)
 * Kinds in the order of PostgreSQL's enum. SM_KIND_LOG has no stream: log lines are no state. */
#define SM_KIND_LIST(X) \
    X(SM_KIND_CLIENT, "client") \
    X(SM_KIND_FEATURE_CONFIG, "feature_config") \
    X(SM_KIND_BOM_CONFIG, "bom_config") \
    X(SM_KIND_CLIENT_SCHEDULE, "client_schedule") \
    X(SM_KIND_SCHEDULER_DEFAULTS, "scheduler_defaults") \
    X(SM_KIND_DATA_TYPE, "data_type") \
    X(SM_KIND_FEATURE_TYPE, "feature_type") \
    X(SM_KIND_BATCH, "batch") \
    X(SM_KIND_BOM_EXPLOSION, "bom_explosion") \
    X(SM_KIND_FEATURE, "feature") \
    X(SM_KIND_LOG, "log")

enum sm_kind {
#define SM_KIND_ENUM(name, text) name,
    SM_KIND_LIST(SM_KIND_ENUM)
#undef SM_KIND_ENUM
    SM_KIND_COUNT
};

enum sm_topic { SM_TOPIC_CONFIG, SM_TOPIC_PROCESSING, SM_TOPIC_COUNT };

/* What an event type is besides its name. */
enum {
    SM_TYPE_GATED = 1, /* applied only while the client's gate is open (design section 8) */
    SM_TYPE_GLOBAL = 2 /* of no client: its subject is the nil UUID */
};

/* X(enumerator, name on the wire and in PostgreSQL's event_type, its kind's suffix, topic, flags)
 * */
#define SM_EVENT_LIST(X) \
    X(SM_EVENT_CLIENT_REGISTERED, "client.registered", CLIENT, CONFIG, 0) \
    X(SM_EVENT_CLIENT_UPDATED, "client.updated", CLIENT, CONFIG, 0) \
    X(SM_EVENT_CLIENT_STATUS_CHANGED, "client.status_changed", CLIENT, CONFIG, 0) \
    X(SM_EVENT_CLIENT_TENANT_MODE_CHANGED, "client.tenant_mode_changed", CLIENT, CONFIG, 0) \
    X(SM_EVENT_CLIENT_CONFIG_CONFIRMED, "client.config_confirmed", CLIENT, CONFIG, 0) \
    X(SM_EVENT_CLIENT_CONFIG_REVOKED, "client.config_revoked", CLIENT, CONFIG, 0) \
    X(SM_EVENT_CLIENT_ERASED, "client.erased", CLIENT, CONFIG, 0) \
    X(SM_EVENT_TENANT_APPROVED, "tenant.approved", CLIENT, CONFIG, 0) \
    X(SM_EVENT_TENANT_RETRIED, "tenant.retried", CLIENT, CONFIG, 0) \
    X(SM_EVENT_TENANT_ABORTED, "tenant.aborted", CLIENT, CONFIG, 0) \
    X(SM_EVENT_TENANT_DROP_REQUESTED, "tenant.drop_requested", CLIENT, CONFIG, 0) \
    X(SM_EVENT_FEATURE_CONFIG_CHANGED, "feature_config.changed", FEATURE_CONFIG, CONFIG, 0) \
    X(SM_EVENT_FEATURE_CONFIG_DEACTIVATED, "feature_config.deactivated", FEATURE_CONFIG, CONFIG, 0) \
    X(SM_EVENT_BOM_CONFIG_CHANGED, "bom_config.changed", BOM_CONFIG, CONFIG, 0) \
    X(SM_EVENT_BOM_CONFIG_DEACTIVATED, "bom_config.deactivated", BOM_CONFIG, CONFIG, 0) \
    X(SM_EVENT_CLIENT_SCHEDULE_CHANGED, "client_schedule.changed", CLIENT_SCHEDULE, CONFIG, 0) \
    X(SM_EVENT_CLIENT_SCHEDULE_DEACTIVATED, "client_schedule.deactivated", CLIENT_SCHEDULE, CONFIG, 0) \
    X(SM_EVENT_SCHEDULER_DEFAULTS_CHANGED, "scheduler_defaults.changed", SCHEDULER_DEFAULTS, CONFIG, SM_TYPE_GLOBAL) \
    X(SM_EVENT_DATA_TYPE_DEFINED, "data_type.defined", DATA_TYPE, CONFIG, SM_TYPE_GLOBAL) \
    X(SM_EVENT_FEATURE_TYPE_DEFINED, "feature_type.defined", FEATURE_TYPE, CONFIG, SM_TYPE_GLOBAL) \
    X(SM_EVENT_BATCH_STARTED, "batch.started", BATCH, PROCESSING, SM_TYPE_GATED) \
    X(SM_EVENT_BATCH_COMPLETED, "batch.completed", BATCH, PROCESSING, SM_TYPE_GATED) \
    X(SM_EVENT_BATCH_FAILED, "batch.failed", BATCH, PROCESSING, SM_TYPE_GATED) \
    X(SM_EVENT_BOM_EXPLOSION_STARTED, "bom_explosion.started", BOM_EXPLOSION, PROCESSING, SM_TYPE_GATED) \
    X(SM_EVENT_BOM_EXPLOSION_COMPLETED, "bom_explosion.completed", BOM_EXPLOSION, PROCESSING, SM_TYPE_GATED) \
    X(SM_EVENT_BOM_EXPLOSION_FAILED, "bom_explosion.failed", BOM_EXPLOSION, PROCESSING, SM_TYPE_GATED) \
    X(SM_EVENT_FEATURE_CREATED, "feature.created", FEATURE, PROCESSING, SM_TYPE_GATED) \
    X(SM_EVENT_TENANT_COMMAND_APPLIED, "tenant.command_applied", CLIENT, PROCESSING, 0) \
    X(SM_EVENT_TENANT_COMMAND_FAILED, "tenant.command_failed", CLIENT, PROCESSING, 0) \
    X(SM_EVENT_LOG_RECORDED, "log.recorded", LOG, PROCESSING, 0)

enum sm_event_type {
#define SM_EVENT_ENUM(name, text, kind, topic, flags) name,
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
    SM_VALUE_TIME, /* microseconds in `integer`; text of RFC 3339 on the wire and in `data` */
    SM_VALUE_TEXT,
    SM_VALUE_JSON, /* canonical text of a JSON object */
    SM_VALUE_LIST /* canonical text of a JSON array */
};
struct sm_value {
    enum sm_value_type type;
    bool boolean;
    int64_t integer; /* of INTEGER and TIME */
    struct sm_slice text; /* of TEXT, JSON and LIST */
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
bool sm_event_type_is_gated(enum sm_event_type type);
bool sm_event_type_is_global(enum sm_event_type type);
/* tenant.*: of the client's stream, but they do not change its row of `clients`. */
bool sm_event_type_is_of_tenant(enum sm_event_type type);
/* tenant.command_applied and tenant.command_failed. */
bool sm_event_type_is_acknowledgement(enum sm_event_type type);
const char *sm_kind_name(enum sm_kind kind);
bool sm_kind_find(struct sm_slice name, enum sm_kind *out);
#endif
