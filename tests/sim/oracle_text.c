/* Canonical texts as PostgreSQL prints jsonb: shorter names first, then by bytes. Spelt out by hand
 * per type: the order of the calls is the order of the names. */
#include <stdio.h>

#include "base/timestamp.h"
#include "sim/oracle_priv.h"
#include "sim/pool.h"

struct object {
    char *out;
    size_t size, used;
    int members;
};

static void put(struct object *object, const char *name, const char *json)
{
    int added = snprintf(object->out + object->used, object->size - object->used, "%s\"%s\": %s",
                         object->members++ == 0 ? "{" : ", ", name, json);

    object->used += (size_t)added;
}

static void finish(struct object *object)
{
    snprintf(object->out + object->used, object->size - object->used, "%s",
             object->members == 0 ? "{}" : "}");
}

static void put_sent(struct object *object, const char *name, enum sim_pool pool, int number)
{
    if (number == SIM_NULL)
        put(object, name, "null");
    else if (number != 0)
        put(object, name, sim_pool_text(pool, number)->json);
}

void oracle_data_text(const struct sim_content *content, char *out, size_t size)
{
    struct object object = {.out = out, .size = size};
    char organization[SIM_ORGANIZATION_SIZE], quoted[SIM_ORGANIZATION_SIZE + 2];

    put_sent(&object, "name", SIM_POOL_NAME, content->name);
    put_sent(&object, "config", SIM_POOL_CONFIG, content->config);
    put_sent(&object, "reason", SIM_POOL_REASON, content->reason);
    put_sent(&object, "status", SIM_POOL_STATUS, content->status);
    put_sent(&object, "tenant_mode", SIM_POOL_TENANT_MODE, content->tenant_mode);
    put_sent(&object, "feature_type", SIM_POOL_FEATURE, content->feature);
    put_sent(&object, "contact_email", SIM_POOL_EMAIL, content->email);
    put_sent(&object, "contact_phone", SIM_POOL_PHONE, content->phone);
    if (content->organization != 0) {
        sim_organization_text(content->organization, organization);
        snprintf(quoted, sizeof(quoted), "\"%s\"", organization);
        put(&object, "organization_id", quoted);
    }
    put_sent(&object, "features_enabled", SIM_POOL_FEATURES, content->features);
    finish(&object);
}

/* ---- what the changed columns held before ---- */

static void put_old(struct object *object, const char *name, enum sim_pool pool, int number)
{
    put(object, name, number == 0 ? "null" : sim_pool_text(pool, number)->json);
}

static void put_confirmation(struct object *object, const struct oracle_client *before)
{
    char time[SM_TIMESTAMP_TEXT_SIZE + 1], quoted[SM_TIMESTAMP_TEXT_SIZE + 3];

    put(object, "config_confirmed", before->confirmed ? "true" : "false");
    if (before->confirmed_at == ORACLE_NEVER) {
        put(object, "config_confirmed_at", "null");
    } else {
        sm_timestamp_format(before->confirmed_at, time);
        snprintf(quoted, sizeof(quoted), "\"%s\"", time);
        put(object, "config_confirmed_at", quoted);
    }
    put_old(object, "config_confirmed_by", SIM_POOL_ACTOR, before->confirmed_by);
}

static void put_updated(struct object *object, const struct oracle_client *before,
                        const struct sim_content *content)
{
    if (content->name != 0)
        put_old(object, "name", SIM_POOL_NAME, before->name);
    if (content->email != 0)
        put_old(object, "contact_email", SIM_POOL_EMAIL, before->email);
    if (content->phone != 0)
        put_old(object, "contact_phone", SIM_POOL_PHONE, before->phone);
    if (content->features != 0)
        put_old(object, "features_enabled", SIM_POOL_FEATURES, before->features);
}

void oracle_previous_text(const struct oracle_client *before, const struct sim_content *content,
                          char *out, size_t size)
{
    struct object object = {.out = out, .size = size};

    out[0] = '\0';
    switch ((enum sim_type)content->type) {
    case SIM_UPDATED:
        put_updated(&object, before, content);
        break;
    case SIM_STATUS_CHANGED:
        put_old(&object, "status", SIM_POOL_STATUS, before->status);
        break;
    case SIM_TENANT_MODE_CHANGED:
        put_old(&object, "tenant_mode", SIM_POOL_TENANT_MODE, before->tenant_mode);
        if (before->confirmed && content->tenant_mode != before->tenant_mode)
            put_confirmation(&object, before);
        break;
    case SIM_CONFIRMED:
    case SIM_REVOKED:
        put_confirmation(&object, before);
        break;
    case SIM_REGISTERED:
    case SIM_FEATURE_CHANGED:
    case SIM_FEATURE_DEACTIVATED:
    case SIM_TYPE_COUNT:
        return; /* none: what was before is the version before */
    }
    finish(&object);
}
