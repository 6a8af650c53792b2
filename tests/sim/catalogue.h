#ifndef SIM_CATALOGUE_H
#define SIM_CATALOGUE_H
/* The catalogue once more, in the words of the generator and the oracle: which types there are, of
 * which streams they are, which fields their data may have, and which defaults. Nothing of it is
 * taken from the program but the names of enumerators. */
#include "domain/event.h"
#include "sim/pool.h"

/* X(enumerator, name on the wire, kind's suffix, topic, gated, field that is the stream's key) */
#define SIM_TYPE_LIST(X)                                                                           \
    X(SIM_REGISTERED, CLIENT_REGISTERED, "client.registered", CLIENT, CONFIG, false, NONE)         \
    X(SIM_UPDATED, CLIENT_UPDATED, "client.updated", CLIENT, CONFIG, false, NONE)                  \
    X(SIM_STATUS_CHANGED, CLIENT_STATUS_CHANGED, "client.status_changed", CLIENT, CONFIG, false,   \
      NONE)                                                                                        \
    X(SIM_TENANT_MODE_CHANGED, CLIENT_TENANT_MODE_CHANGED, "client.tenant_mode_changed", CLIENT,   \
      CONFIG, false, NONE)                                                                         \
    X(SIM_CONFIRMED, CLIENT_CONFIG_CONFIRMED, "client.config_confirmed", CLIENT, CONFIG, false,    \
      NONE)                                                                                        \
    X(SIM_REVOKED, CLIENT_CONFIG_REVOKED, "client.config_revoked", CLIENT, CONFIG, false, NONE)    \
    X(SIM_ERASED, CLIENT_ERASED, "client.erased", CLIENT, CONFIG, false, NONE)                     \
    X(SIM_FEATURE_CHANGED, FEATURE_CONFIG_CHANGED, "feature_config.changed", FEATURE_CONFIG,       \
      CONFIG, false, FEATURE)                                                                      \
    X(SIM_FEATURE_DEACTIVATED, FEATURE_CONFIG_DEACTIVATED, "feature_config.deactivated",           \
      FEATURE_CONFIG, CONFIG, false, FEATURE)                                                      \
    X(SIM_BOM_CHANGED, BOM_CONFIG_CHANGED, "bom_config.changed", BOM_CONFIG, CONFIG, false, NONE)  \
    X(SIM_BOM_DEACTIVATED, BOM_CONFIG_DEACTIVATED, "bom_config.deactivated", BOM_CONFIG, CONFIG,   \
      false, NONE)                                                                                 \
    X(SIM_SCHEDULE_CHANGED, CLIENT_SCHEDULE_CHANGED, "client_schedule.changed", CLIENT_SCHEDULE,   \
      CONFIG, false, NONE)                                                                         \
    X(SIM_SCHEDULE_DEACTIVATED, CLIENT_SCHEDULE_DEACTIVATED, "client_schedule.deactivated",        \
      CLIENT_SCHEDULE, CONFIG, false, NONE)                                                        \
    X(SIM_DEFAULTS_CHANGED, SCHEDULER_DEFAULTS_CHANGED, "scheduler_defaults.changed",              \
      SCHEDULER_DEFAULTS, CONFIG, false, NONE)                                                     \
    X(SIM_DATA_DEFINED, DATA_TYPE_DEFINED, "data_type.defined", DATA_TYPE, CONFIG, false,          \
      DATA_CODE)                                                                                   \
    X(SIM_FEATURE_DEFINED, FEATURE_TYPE_DEFINED, "feature_type.defined", FEATURE_TYPE, CONFIG,     \
      false, FEATURE_CODE)                                                                         \
    X(SIM_BATCH_STARTED, BATCH_STARTED, "batch.started", BATCH, PROCESSING, true, BATCH)           \
    X(SIM_BATCH_COMPLETED, BATCH_COMPLETED, "batch.completed", BATCH, PROCESSING, true, BATCH)     \
    X(SIM_BATCH_FAILED, BATCH_FAILED, "batch.failed", BATCH, PROCESSING, true, BATCH)              \
    X(SIM_RUN_STARTED, BOM_EXPLOSION_STARTED, "bom_explosion.started", BOM_EXPLOSION, PROCESSING,  \
      true, NONE)                                                                                  \
    X(SIM_RUN_COMPLETED, BOM_EXPLOSION_COMPLETED, "bom_explosion.completed", BOM_EXPLOSION,        \
      PROCESSING, true, NONE)                                                                      \
    X(SIM_RUN_FAILED, BOM_EXPLOSION_FAILED, "bom_explosion.failed", BOM_EXPLOSION, PROCESSING,     \
      true, NONE)                                                                                  \
    X(SIM_FEATURE_CREATED, FEATURE_CREATED, "feature.created", FEATURE, PROCESSING, true, TITLE)   \
    X(SIM_LOGGED, LOG_RECORDED, "log.recorded", LOG, PROCESSING, false, NONE)

enum sim_type {
#define SIM_TYPE_ENUM(id, type, name, kind, topic, gated, key) id,
    SIM_TYPE_LIST(SIM_TYPE_ENUM)
#undef SIM_TYPE_ENUM
        SIM_TYPE_COUNT
};

/* X(suffix, name in the data, pool of what it may hold) */
#define SIM_FIELD_LIST(X)                                                                          \
    X(NONE, "", SIM_POOL_NAME)                                                                     \
    X(NAME, "name", SIM_POOL_NAME)                                                                 \
    X(ORGANIZATION, "organization_id", SIM_POOL_ORGANIZATION)                                      \
    X(TENANT_MODE, "tenant_mode", SIM_POOL_TENANT_MODE)                                            \
    X(FEATURES, "features_enabled", SIM_POOL_FEATURES)                                             \
    X(EMAIL, "contact_email", SIM_POOL_EMAIL)                                                      \
    X(PHONE, "contact_phone", SIM_POOL_PHONE)                                                      \
    X(STATUS, "status", SIM_POOL_STATUS)                                                           \
    X(REASON, "reason", SIM_POOL_REASON)                                                           \
    X(FEATURE, "feature_type", SIM_POOL_FEATURE)                                                   \
    X(CONFIG, "config", SIM_POOL_CONFIG)                                                           \
    X(MAX_LEVELS, "max_levels", SIM_POOL_LEVELS)                                                   \
    X(INCLUDE, "include_produced_at", SIM_POOL_FLAG)                                               \
    X(CYCLES, "cycle_detection", SIM_POOL_FLAG)                                                    \
    X(SCHEDULE, "kind", SIM_POOL_SCHEDULE)                                                         \
    X(INTERVAL, "interval_minutes", SIM_POOL_INTERVAL)                                             \
    X(TIME_OF_DAY, "time_of_day", SIM_POOL_TIME_OF_DAY)                                            \
    X(DAYS, "days_of_week", SIM_POOL_DAYS)                                                         \
    X(ZONE, "timezone", SIM_POOL_ZONE)                                                             \
    X(FEATURE_CODE, "code", SIM_POOL_FEATURE)                                                      \
    X(DATA_CODE, "code", SIM_POOL_DATA_TYPE)                                                       \
    X(DATA_TYPE, "data_type", SIM_POOL_DATA_TYPE)                                                  \
    X(DESCRIPTION, "description", SIM_POOL_DESCRIPTION)                                            \
    X(RULES, "config_rules", SIM_POOL_RULES)                                                       \
    X(BATCH, "batch_id", SIM_POOL_BATCH)                                                           \
    X(EXPECTED, "records_expected", SIM_POOL_COUNT)                                                \
    X(TOTAL, "records_total", SIM_POOL_COUNT)                                                      \
    X(PROCESSED, "records_processed", SIM_POOL_COUNT)                                              \
    X(FAILED, "records_failed", SIM_POOL_COUNT)                                                    \
    X(ERROR, "error", SIM_POOL_ERROR)                                                              \
    X(TITLE, "name", SIM_POOL_TITLE)                                                               \
    X(NAN, "nan_semantics", SIM_POOL_NAN)                                                          \
    X(TIMESTAMP, "timestamp", SIM_POOL_TIMESTAMP)                                                  \
    X(LEVEL, "level", SIM_POOL_LEVEL)                                                              \
    X(MESSAGE, "message", SIM_POOL_ERROR)                                                          \
    X(CONTEXT, "context", SIM_POOL_CONTEXT)

enum sim_field {
#define SIM_FIELD_ENUM(suffix, name, pool) SIM_F_##suffix,
    SIM_FIELD_LIST(SIM_FIELD_ENUM)
#undef SIM_FIELD_ENUM
        SIM_FIELD_COUNT
};

struct sim_type_info {
    const char *name;
    enum sm_event_type type;
    enum sm_kind kind;
    enum sm_topic topic;
    bool gated;
    bool global;
    enum sim_field key; /* SIM_F_NONE: streams of its kind have none */
};
struct sim_field_info {
    const char *name;
    enum sim_pool pool;
};
const struct sim_type_info *sim_type_info(int type);
const struct sim_field_info *sim_field_info(int field);
/* The number that a field not sent stands for; 0: it has no default. */
int sim_field_default(int type, int field);
#endif
