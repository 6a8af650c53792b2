#ifndef SIM_POOL_H
#define SIM_POOL_H
/* The small pools that contents choose from, with the texts that they mean. Number 0: not sent. */
#include "base/uuid.h"

struct sim_text {
    const char *text;    /* as a reader of the table sees it; NULL for number 0 */
    const char *json;    /* its canonical JSON */
    const char *written; /* another way to write the same JSON, or NULL */
};
enum sim_pool {
    SIM_POOL_NAME,
    SIM_POOL_ORGANIZATION,
    SIM_POOL_TENANT_MODE,
    SIM_POOL_FEATURES,
    SIM_POOL_EMAIL,
    SIM_POOL_PHONE,
    SIM_POOL_STATUS,
    SIM_POOL_REASON,
    SIM_POOL_FEATURE,
    SIM_POOL_CONFIG,
    SIM_POOL_LEVELS,
    SIM_POOL_FLAG,
    SIM_POOL_SCHEDULE,
    SIM_POOL_INTERVAL,
    SIM_POOL_TIME_OF_DAY,
    SIM_POOL_DAYS,
    SIM_POOL_ZONE,
    SIM_POOL_DATA_TYPE,
    SIM_POOL_DESCRIPTION,
    SIM_POOL_RULES,
    SIM_POOL_BATCH,
    SIM_POOL_COUNT,
    SIM_POOL_ERROR,
    SIM_POOL_TITLE,
    SIM_POOL_NAN,
    SIM_POOL_TIMESTAMP,
    SIM_POOL_LEVEL,
    SIM_POOL_CONTEXT,
    SIM_POOL_SOURCE,
    SIM_POOL_ACTOR,
    SIM_POOL_CORRELATION
};
/* Numbers with a meaning of their own. */
enum { SIM_TENANT_PREFIXED = 1, SIM_TENANT_DEDICATED, SIM_TENANT_SHARED };
enum { SIM_STATUS_ACTIVE = 1, SIM_STATUS_SUSPENDED, SIM_STATUS_ARCHIVED };
enum { SIM_FEATURES_NONE = 1 };                        /* the default, {} */
/* From the unknown one on: not seeded in the reference tables. */
enum { SIM_FEATURE_EMA = 1, SIM_FEATURE_UNKNOWN = 5, SIM_DATA_TYPE_UNKNOWN = 5 };
enum { SIM_SOURCE_POISON = 3 }; /* the memory database refuses events of it */
enum { SIM_LEVELS_DEFAULT = 1, SIM_FLAG_TRUE = 1, SIM_FLAG_FALSE, SIM_NAN_MISSING = 1 };
enum { SIM_SCHEDULE_INTERVAL = 1, SIM_SCHEDULE_DAILY, SIM_SCHEDULE_WEEKLY };
enum { SIM_ZONE_UTC = 1, SIM_ZONE_UNKNOWN = 3 };
enum { SIM_COUNT_ZERO = 1 }; /* number n is the count n - 1 */
enum { SIM_CONTEXT_EMPTY = 1 };
/* What rules say of the pool's configs, each of which has alpha and window_days, and no depth. */
enum { SIM_RULES_MET = 1, SIM_RULES_MISSING, SIM_RULES_TYPE, SIM_RULES_NONE };

const struct sim_text *sim_pool_text(enum sim_pool pool, int number);
int sim_pool_count(enum sim_pool pool); /* highest number */

#define SIM_CLIENTS_MAX 15              /* numbers below it are clients */
#define SIM_NIL_CLIENT  SIM_CLIENTS_MAX /* the nil UUID: of no client */
struct sm_uuid sim_client_uuid(int client);
struct sm_uuid sim_event_uuid(int id);
#endif
