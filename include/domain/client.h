#ifndef SM_DOMAIN_CLIENT_H
#define SM_DOMAIN_CLIENT_H
/* A client (tenant) as projected from its stream: one row of `clients`. */
#include "base/arena.h"
#include "base/err.h"
#include "domain/tenant.h"

enum sm_client_status {
    SM_CLIENT_STATUS_ACTIVE,
    SM_CLIENT_STATUS_SUSPENDED,
    SM_CLIENT_STATUS_ARCHIVED
};

struct sm_client {
    struct sm_uuid id;
    bool exists; /* false: no such client; nothing else is meaningful */
    enum sm_client_status status;
    enum sm_tenant_mode tenant_mode;
    bool config_confirmed;
    int64_t config_confirmed_at; /* SM_TIME_NONE while not confirmed */
    struct sm_slice config_confirmed_by; /* absent while not confirmed, or nobody was named */
    struct sm_slice name;
    struct sm_slice organization_id;
    struct sm_slice features_enabled; /* canonical JSON object */
    struct sm_slice contact_email; /* absent if unknown */
    struct sm_slice contact_phone; /* absent if unknown */
    int64_t created_at; /* of the stream's first event */
    int64_t updated_at; /* of the stream's last client.* event */
    struct sm_tenant tenant; /* its row of `tenants` */
};

/* What the events of all its other streams ask of a client. */
struct sm_client_brief {
    bool exists;
    bool config_confirmed;
    bool frozen; /* a migration has stopped the writers */
    enum sm_client_status status;
};

const char *sm_client_status_name(enum sm_client_status status);
bool sm_client_status_find(struct sm_slice name, enum sm_client_status *out);
const char *sm_tenant_mode_name(enum sm_tenant_mode mode);
bool sm_tenant_mode_find(struct sm_slice name, enum sm_tenant_mode *out);

struct sm_client_brief sm_client_brief(const struct sm_client *client);
/* Copies its texts into the arena; false when it is too small. */
SM_MUST_CHECK bool sm_client_keep(struct sm_client *client, struct sm_arena *arena);

/* Its organization id is still its own, and nobody else's: names in StarRocks are made of it. A
 * client that is archived keeps it as long as it has tables, or is about to. */
bool sm_client_keeps_organization(const struct sm_client *client);

/* The gate: may data of this client be processed? (seed: "Processing is blocked until
 * config_confirmed = true".) Closed as well while a migration has stopped the writers. */
bool sm_client_gate_open(const struct sm_client_brief *client);
#endif
