/* What each event of a client's stream makes of its tenant. Total: an event that the tenant's state
 * does not allow (admission lets none pass, but the log may be older) leaves it as it is. */
#include "base/err.h"
#include "domain/data.h"
#include "domain/domain_priv.h"

/* One event on its way. */
struct life {
    const struct sm_client *client; /* as the event has left it */
    struct sm_tenant *tenant;
    const struct sm_event *event;
    int64_t at;
};

/* The steps of each saga, in their order; SM_STEP_NONE ends them. */
static const enum sm_tenant_step sagas[SM_TENANT_SAGA_COUNT][8] = {
    [SM_SAGA_PROVISION] = { SM_STEP_CREATE },
    [SM_SAGA_MIGRATE] = { SM_STEP_CREATE, SM_STEP_COPY, SM_STEP_FREEZE, SM_STEP_DELTA,
                          SM_STEP_VERIFY, SM_STEP_SWITCH, SM_STEP_CLEAN_UP },
    [SM_SAGA_SUSPEND] = { SM_STEP_SUSPEND },
    [SM_SAGA_RESUME] = { SM_STEP_RESUME },
    [SM_SAGA_ARCHIVE] = { SM_STEP_ARCHIVE_COPY, SM_STEP_ARCHIVE },
    [SM_SAGA_DROP] = { SM_STEP_DROP },
};

enum sm_tenant_step sm_tenant_next_step(enum sm_tenant_saga saga, enum sm_tenant_step step)
{
    const enum sm_tenant_step *at = sagas[saga];

    while (step != SM_STEP_NONE && *at != SM_STEP_NONE) {
        if (*at++ == step)
            break;
    }
    return *at;
}

/* ---- commands and steps ---- */

/* At most one command an event, so its id names it. `waits`: for what the command's answer is. */
static void publish(struct life *life, enum sm_tenant_waits waits)
{
    struct sm_tenant *tenant = life->tenant;
    int32_t kept = tenant->command_count;

    tenant->command_id = sm_tenant_command_id(&life->event->client_id, &life->event->id,
                                              tenant->step, tenant->attempt);
    tenant->waits = waits;
    if (kept == SM_TENANT_COMMANDS_KEPT)
        memmove(tenant->commands, tenant->commands + 1,
                (size_t)--kept * sizeof(tenant->commands[0]));
    tenant->commands[kept] = tenant->command_id;
    tenant->command_count = kept + 1;
}

static void enter_step(struct life *life, enum sm_tenant_step step)
{
    life->tenant->step = step;
    life->tenant->attempt = 1;
    life->tenant->failed = false;
    if (sm_tenant_step_destroys(step))
        life->tenant->waits = SM_TENANT_WAITS_APPROVAL;
    else
        publish(life, SM_TENANT_WAITS_APPLIED);
}

static void begin_saga(struct life *life, enum sm_tenant_saga saga)
{
    life->tenant->saga = saga;
    life->tenant->saga_id = life->event->id;
    life->tenant->target_mode = life->client->tenant_mode;
    life->tenant->source_mode = life->tenant->actual_mode;
    enter_step(life, sm_tenant_next_step(saga, SM_STEP_NONE));
}

static void end_saga(struct sm_tenant *tenant)
{
    tenant->saga = SM_SAGA_NONE;
    tenant->step = SM_STEP_NONE;
    tenant->saga_id = SM_UUID_NIL;
    tenant->attempt = 0;
    tenant->failed = false;
    tenant->waits = SM_TENANT_WAITS_NOTHING;
}

/* ---- what is wanted against what is there ---- */

/* The saga that brings it nearer to what is wanted; NONE: it is as wanted, or may not begin. */
static enum sm_tenant_saga next_saga(const struct sm_client *client, const struct sm_tenant *tenant)
{
    bool may_change = client->config_confirmed && !tenant->held;

    if (!sm_tenant_has_tables(tenant))
        return client->status == SM_CLIENT_STATUS_ACTIVE && may_change ? SM_SAGA_PROVISION
                                                                       : SM_SAGA_NONE;
    if (client->status == SM_CLIENT_STATUS_ARCHIVED)
        return tenant->storage == SM_STORAGE_ARCHIVED ? SM_SAGA_NONE : SM_SAGA_ARCHIVE;
    if (client->status == SM_CLIENT_STATUS_SUSPENDED)
        return tenant->storage == SM_STORAGE_OPEN ? SM_SAGA_SUSPEND : SM_SAGA_NONE;
    if (tenant->storage != SM_STORAGE_OPEN)
        return SM_SAGA_RESUME;
    return may_change && client->tenant_mode != tenant->actual_mode ? SM_SAGA_MIGRATE
                                                                    : SM_SAGA_NONE;
}

static void settle(struct life *life)
{
    struct sm_tenant *tenant = life->tenant;
    enum sm_tenant_saga saga;
    bool wants_confirmation;

    if (tenant->saga != SM_SAGA_NONE)
        return;
    saga = next_saga(life->client, tenant);
    if (saga != SM_SAGA_NONE) {
        begin_saga(life, saga);
        return;
    }
    wants_confirmation = life->client->status == SM_CLIENT_STATUS_ACTIVE &&
                         (!life->client->config_confirmed || tenant->held);
    tenant->waits =
        wants_confirmation ? SM_TENANT_WAITS_CONFIRMATION : SM_TENANT_WAITS_NOTHING;
}

static enum sm_tenant_state state_at_rest(const struct sm_client *client,
                                          const struct sm_tenant *tenant)
{
    if (client->status == SM_CLIENT_STATUS_ARCHIVED)
        return tenant->storage == SM_STORAGE_DROPPED ? SM_TENANT_DROPPED : SM_TENANT_ARCHIVED;
    if (client->status == SM_CLIENT_STATUS_SUSPENDED)
        return SM_TENANT_SUSPENDED;
    return sm_tenant_has_tables(tenant) ? SM_TENANT_ACTIVE : SM_TENANT_UNCONFIRMED;
}

static enum sm_tenant_state state_of(const struct sm_client *client, const struct sm_tenant *tenant)
{
    static const enum sm_tenant_state under_way[SM_TENANT_SAGA_COUNT] = {
        [SM_SAGA_PROVISION] = SM_TENANT_PROVISIONING, [SM_SAGA_MIGRATE] = SM_TENANT_MIGRATING,
        [SM_SAGA_SUSPEND] = SM_TENANT_SUSPENDING,     [SM_SAGA_RESUME] = SM_TENANT_RESUMING,
        [SM_SAGA_ARCHIVE] = SM_TENANT_ARCHIVING,      [SM_SAGA_DROP] = SM_TENANT_DROPPING,
    };

    if (tenant->failed)
        return SM_TENANT_FAILED;
    return tenant->saga == SM_SAGA_NONE ? state_at_rest(client, tenant) : under_way[tenant->saga];
}

/* ---- acknowledgements ---- */

/* What the end of a step changes in StarRocks. */
static void take_effect(struct sm_tenant *tenant)
{
    bool makes = tenant->saga == SM_SAGA_PROVISION && tenant->step == SM_STEP_CREATE;

    if (makes || tenant->step == SM_STEP_RESUME)
        tenant->storage = SM_STORAGE_OPEN;
    if (makes || tenant->step == SM_STEP_SWITCH)
        tenant->actual_mode = tenant->target_mode;
    if (tenant->step == SM_STEP_SUSPEND)
        tenant->storage = SM_STORAGE_SUSPENDED;
    if (tenant->step == SM_STEP_ARCHIVE)
        tenant->storage = SM_STORAGE_ARCHIVED;
    if (tenant->step == SM_STEP_DROP)
        tenant->storage = SM_STORAGE_DROPPED;
}

static void step_applied(struct life *life)
{
    struct sm_tenant *tenant = life->tenant;
    enum sm_tenant_step next = sm_tenant_next_step(tenant->saga, tenant->step);

    take_effect(tenant);
    if (next != SM_STEP_NONE)
        enter_step(life, next);
    else
        end_saga(tenant);
}

static void applied(struct life *life)
{
    struct sm_tenant *tenant = life->tenant;

    if (tenant->waits == SM_TENANT_WAITS_APPLIED) {
        step_applied(life);
    } else if (tenant->waits == SM_TENANT_WAITS_ROLLBACK) {
        tenant->waits = SM_TENANT_WAITS_OPERATOR;
    } else {
        end_saga(tenant);
        tenant->held = true;
    }
}

/* A step that destroys cannot be rolled back, and comparing changes nothing. A rollback that fails
 * is an operator's business. So is an abort, but nothing else than the abort can be done then: half
 * of what the steps did may be undone, and none of them may go on from there. */
static void failed(struct life *life)
{
    struct sm_tenant *tenant = life->tenant;
    bool rolls_back = tenant->waits == SM_TENANT_WAITS_APPLIED &&
                      !sm_tenant_step_destroys(tenant->step) && tenant->step != SM_STEP_VERIFY;

    tenant->failed = true;
    if (rolls_back)
        publish(life, SM_TENANT_WAITS_ROLLBACK);
    else if (tenant->waits != SM_TENANT_WAITS_ABORT)
        tenant->waits = SM_TENANT_WAITS_OPERATOR;
}

static bool names_step(const struct sm_value *value, enum sm_tenant_step step)
{
    unsigned named;

    return value->type != SM_VALUE_TEXT ||
           (sm_tenant_find(SM_TENANT_WORD_STEP, value->text, &named) && named == (unsigned)step);
}

static bool names_command(const struct sm_value *value, const struct sm_uuid *command_id)
{
    struct sm_uuid named;

    return value->type == SM_VALUE_TEXT && sm_uuid_parse(value->text, &named) &&
           sm_uuid_equal(&named, command_id);
}

/* Late, again, of another tenant or another step: that changes nothing, and is counted. */
static void acknowledge(struct life *life)
{
    struct sm_tenant *tenant = life->tenant;
    const struct sm_value *values = life->event->values;

    if (!sm_tenant_awaits_acknowledgement(tenant) ||
        !names_command(&values[SM_ACKNOWLEDGED_COMMAND_ID], &tenant->command_id) ||
        !names_step(&values[SM_ACKNOWLEDGED_STEP], tenant->step)) {
        tenant->acks_ignored += tenant->acks_ignored < INT64_MAX;
        return;
    }
    tenant->acknowledged_id = tenant->command_id;
    tenant->acknowledged_at = life->at;
    if (life->event->type == SM_EVENT_TENANT_COMMAND_APPLIED)
        applied(life);
    else
        failed(life);
}

/* ---- operators ---- */

static void retry(struct life *life)
{
    struct sm_tenant *tenant = life->tenant;

    tenant->attempt += tenant->attempt < INT32_MAX;
    if (tenant->waits == SM_TENANT_WAITS_OPERATOR) {
        tenant->failed = false;
        publish(life, SM_TENANT_WAITS_APPLIED);
    } else {
        publish(life, tenant->waits);
    }
}

/* Before its approval a step that destroys has done nothing: what there is stays. */
static void abort_saga(struct life *life)
{
    if (life->tenant->waits == SM_TENANT_WAITS_APPROVAL) {
        end_saga(life->tenant);
        return;
    }
    life->tenant->failed = false;
    life->tenant->attempt += life->tenant->attempt < INT32_MAX;
    publish(life, SM_TENANT_WAITS_ABORT);
}

static void decide(struct life *life)
{
    enum sm_event_type type = life->event->type;

    if (!sm_tenant_allows(life->tenant, type))
        return;
    if (type == SM_EVENT_TENANT_APPROVED)
        publish(life, SM_TENANT_WAITS_APPLIED);
    else if (type == SM_EVENT_TENANT_RETRIED)
        retry(life);
    else if (type == SM_EVENT_TENANT_ABORTED)
        abort_saga(life);
    else
        begin_saga(life, SM_SAGA_DROP);
}

/* ---- one event ---- */

/* A client that comes back keeps its data, whoever was about to approve their destruction. */
static void change_status(struct life *life)
{
    const struct sm_tenant *tenant = life->tenant;

    if (tenant->saga == SM_SAGA_DROP && tenant->waits == SM_TENANT_WAITS_APPROVAL &&
        life->client->status != SM_CLIENT_STATUS_ARCHIVED)
        end_saga(life->tenant);
}

static void live(struct life *life)
{
    switch ((int)life->event->type) { /* the other types are not of this stream, or no matter */
    case SM_EVENT_CLIENT_REGISTERED:
        *life->tenant = (struct sm_tenant){ .acknowledged_at = SM_TIME_NONE, .since = life->at };
        break;
    case SM_EVENT_CLIENT_CONFIG_CONFIRMED:
        life->tenant->held = false;
        break;
    case SM_EVENT_CLIENT_STATUS_CHANGED:
        change_status(life);
        break;
    case SM_EVENT_TENANT_COMMAND_APPLIED:
    case SM_EVENT_TENANT_COMMAND_FAILED:
        acknowledge(life);
        break;
    case SM_EVENT_TENANT_APPROVED:
    case SM_EVENT_TENANT_RETRIED:
    case SM_EVENT_TENANT_ABORTED:
    case SM_EVENT_TENANT_DROP_REQUESTED:
        decide(life);
        break;
    default:
        break;
    }
}

static struct sm_slice reason_of(const struct sm_event *event)
{
    const struct sm_value *value;

    switch ((int)event->type) {
    case SM_EVENT_CLIENT_STATUS_CHANGED:
        value = &event->values[SM_STATUS_CHANGED_REASON];
        break;
    case SM_EVENT_CLIENT_CONFIG_REVOKED:
    case SM_EVENT_TENANT_DROP_REQUESTED:
        value = &event->values[SM_REASON_REASON];
        break;
    case SM_EVENT_TENANT_COMMAND_APPLIED:
    case SM_EVENT_TENANT_COMMAND_FAILED:
        value = &event->values[SM_ACKNOWLEDGED_DETAIL];
        break;
    case SM_EVENT_TENANT_APPROVED:
    case SM_EVENT_TENANT_RETRIED:
    case SM_EVENT_TENANT_ABORTED:
        value = &event->values[SM_DECISION_REASON];
        break;
    default:
        return SM_SLICE_NONE;
    }
    return value->type == SM_VALUE_TEXT ? value->text : SM_SLICE_NONE;
}

void sm__tenant_project(struct sm_client *client, const struct sm_event *event, int64_t created_at)
{
    struct sm_tenant *tenant = &client->tenant;
    const enum sm_tenant_state state = tenant->state;
    const enum sm_tenant_step step = tenant->step;
    const enum sm_tenant_waits waits = tenant->waits;
    const int32_t attempt = tenant->attempt;
    struct life life = { client, tenant, event, created_at };

    _Static_assert((int)SM_REVOKED_REASON == (int)SM_REASON_REASON, "reason_of");
    live(&life);
    tenant->requested_mode = client->tenant_mode;
    settle(&life);
    tenant->state = state_of(client, tenant);
    if (tenant->state == state && tenant->step == step && tenant->waits == waits &&
        tenant->attempt == attempt)
        return;
    tenant->since = created_at;
    tenant->reason = reason_of(event);
}
