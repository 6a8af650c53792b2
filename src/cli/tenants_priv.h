#ifndef SM_CLI_TENANTS_PRIV_H
#define SM_CLI_TENANTS_PRIV_H
/* What the views of tenants have in common. */
#include "cli/tenants.h"
#include "codec/command_wire.h"
#include "postgres/tenants.h"

/* --client, --org and --tenant-state. SM_OK or SM_REJECT. */
SM_MUST_CHECK enum sm_status sm__tenants_read_filter(const struct sm__tenants *tenants,
                                                     struct sm_uuid *client_id,
                                                     struct sm_tenants_filter *out,
                                                     struct sm_err *err);
/* CLIENT, as an argument: its id or its organization's. Borrows both. */
struct sm_tenants_filter sm__tenants_filter_of(const char *text, struct sm_uuid *id);
/* Its step's command was not acknowledged for longer than --stuck-after. */
bool sm__tenants_is_stuck(const struct sm__tenants *tenants, const struct sm_tenant_view *tenant);
/* What comes next, in words. Static. */
const char *sm__tenants_next_step(const struct sm_tenant_view *tenant);
/* Members of the object that is open. */
void sm__tenants_report(const struct sm__tenants *tenants, const struct sm_tenant_view *tenant,
                        struct sm_report *report);
/* The nil UUID and SM_TIME_NONE are null. */
void sm__tenants_report_uuid(struct sm_report *report, const char *name, const struct sm_uuid *id);
void sm__tenants_report_time(struct sm_report *report, const char *name, int64_t time_us);

#define SM__COMMAND_ARENA_SIZE (SM_AVRO_VALUE_ARENA_SIZE + (8u << 20)) /* of addresses */
#endif
