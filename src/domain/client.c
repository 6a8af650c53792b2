/* Names of a client's states, and the gate. */
#include "domain/client.h"

#include "base/err.h"
#include "domain/domain_priv.h"

const char *const sm__client_status_names[] = {
    [SM_CLIENT_STATUS_ACTIVE] = "active",
    [SM_CLIENT_STATUS_SUSPENDED] = "suspended",
    [SM_CLIENT_STATUS_ARCHIVED] = "archived",
    NULL,
};

const char *const sm__tenant_mode_names[] = {
    [SM_TENANT_PREFIXED_TABLES] = "prefixed_tables",
    [SM_TENANT_DEDICATED_DB] = "dedicated_db",
    [SM_TENANT_SHARED] = "shared",
    NULL,
};

const char *sm_client_status_name(enum sm_client_status status)
{
    SM_ASSERT((unsigned)status <= SM_CLIENT_STATUS_ARCHIVED);
    return sm__client_status_names[status];
}

bool sm_client_status_find(struct sm_slice name, enum sm_client_status *out)
{
    unsigned found;

    if (!sm__name_find(sm__client_status_names, name, &found))
        return false;
    *out = (enum sm_client_status)found;
    return true;
}

const char *sm_tenant_mode_name(enum sm_tenant_mode mode)
{
    SM_ASSERT((unsigned)mode <= SM_TENANT_SHARED);
    return sm__tenant_mode_names[mode];
}

bool sm_tenant_mode_find(struct sm_slice name, enum sm_tenant_mode *out)
{
    unsigned found;

    if (!sm__name_find(sm__tenant_mode_names, name, &found))
        return false;
    *out = (enum sm_tenant_mode)found;
    return true;
}

struct sm_client_brief sm_client_brief(const struct sm_client *client)
{
    struct sm_client_brief brief = { .exists = client->exists };

    if (client->exists) {
        brief.status = client->status;
        brief.config_confirmed = client->config_confirmed;
        brief.frozen = sm_tenant_is_frozen(&client->tenant);
    }
    return brief;
}

bool sm_client_keeps_organization(const struct sm_client *client)
{
    return client->status != SM_CLIENT_STATUS_ARCHIVED || client->tenant.saga != SM_SAGA_NONE ||
           sm_tenant_has_tables(&client->tenant);
}

bool sm_client_gate_open(const struct sm_client_brief *client)
{
    return client->exists && client->status == SM_CLIENT_STATUS_ACTIVE &&
           client->config_confirmed && !client->frozen;
}

bool sm_client_keep(struct sm_client *client, struct sm_arena *arena)
{
    struct sm_slice *texts[] = { &client->config_confirmed_by, &client->name,
                                 &client->organization_id,     &client->features_enabled,
                                 &client->contact_email,       &client->contact_phone,
                                 &client->tenant.reason };

    for (size_t i = 0; i < SM_ARRAY_COUNT(texts); i++) {
        if (!sm_arena_copy(arena, *texts[i], texts[i]))
            return false;
    }
    return true;
}
