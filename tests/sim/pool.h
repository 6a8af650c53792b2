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
    SIM_POOL_TENANT_MODE,
    SIM_POOL_FEATURES,
    SIM_POOL_EMAIL,
    SIM_POOL_PHONE,
    SIM_POOL_STATUS,
    SIM_POOL_REASON,
    SIM_POOL_FEATURE,
    SIM_POOL_CONFIG,
    SIM_POOL_SOURCE,
    SIM_POOL_ACTOR,
    SIM_POOL_CORRELATION,
    SIM_POOL_TYPE
};
/* Numbers with a meaning of their own. */
enum { SIM_TENANT_PREFIXED = 1, SIM_TENANT_DEDICATED, SIM_TENANT_SHARED };
enum { SIM_STATUS_ACTIVE = 1, SIM_STATUS_SUSPENDED, SIM_STATUS_ARCHIVED };
enum { SIM_FEATURES_NONE = 1 };                        /* the default, {} */
enum { SIM_FEATURE_EMA = 1, SIM_FEATURE_UNKNOWN = 5 }; /* the last is not in the reference table */
enum { SIM_SOURCE_POISON = 3 }; /* the memory database refuses events of it */

const struct sim_text *sim_pool_text(enum sim_pool pool, int number);
int sim_pool_count(enum sim_pool pool); /* highest number */

struct sm_uuid sim_client_uuid(int client);
struct sm_uuid sim_event_uuid(int id);
#define SIM_ORGANIZATION_SIZE 16
void sim_organization_text(int organization, char out[SIM_ORGANIZATION_SIZE]);
#endif
