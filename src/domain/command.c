/* Which command an event causes. */
#include "domain/command.h"

#include "base/err.h"

#define NAME_ROW(id, text, words) (text),
static const char *const actions[] = { SM_COMMAND_ACTION_LIST(NAME_ROW) };
#undef NAME_ROW

const char *sm_command_action_name(enum sm_command_action action)
{
    SM_ASSERT((unsigned)action < SM_COMMAND_ACTION_COUNT);
    return actions[action];
}

bool sm_command_may_follow(enum sm_event_type type)
{
    return sm_event_type_kind(type) == SM_KIND_CLIENT && type != SM_EVENT_CLIENT_REGISTERED &&
           type != SM_EVENT_CLIENT_UPDATED && type != SM_EVENT_CLIENT_ERASED;
}

static enum sm_command_action action_of(const struct sm_tenant *tenant)
{
    if (tenant->waits == SM_TENANT_WAITS_ROLLBACK)
        return SM_ACTION_ROLL_BACK;
    return tenant->waits == SM_TENANT_WAITS_ABORT ? SM_ACTION_ABORT : SM_ACTION_APPLY;
}

bool sm_command_of(const struct sm_tenant *before, const struct sm_client *after,
                   const struct sm_event *event, int64_t created_at, struct sm_tenant_command *out)
{
    const struct sm_tenant *tenant = &after->tenant;

    /* To publish is the last thing an event does, so the rest tells about that command. */
    if (sm_uuid_is_nil(&tenant->command_id) ||
        sm_uuid_equal(&tenant->command_id, &before->command_id))
        return false;
    *out = (struct sm_tenant_command){
        .id = tenant->command_id,
        .client_id = after->id,
        .organization_id = after->organization_id,
        .event_id = event->id,
        .time_us = created_at,
        .action = action_of(tenant),
        .saga = tenant->saga,
        .saga_id = tenant->saga_id,
        .step = tenant->step,
        .attempt = tenant->attempt,
        .mode = sm_tenant_has_target(tenant) ? tenant->target_mode : tenant->actual_mode,
        .storage = tenant->storage,
        .irreversible = sm_tenant_step_destroys(tenant->step),
        .minimum_version = SM_SLICE_NONE,
    };
    out->from_mode = sm_tenant_has_source(tenant) ? tenant->source_mode : out->mode;
    return true;
}
