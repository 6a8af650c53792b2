/* Projection: every event on every state gives a state. What an event should not have held (the log
 * may be older than the rules, or tampered with) leaves the state as it was, and never stops us. */
#include "domain/project.h"

#include "domain/data.h"
#include "domain/domain_priv.h"

int64_t sm_created_at(const struct sm_head *head, int64_t event_time_us)
{
    if (head->last_at == SM_TIME_NONE || event_time_us > head->last_at)
        return event_time_us;
    /* Saturates in the year 294247, which admission lets nobody come near (SM_TIME_MAX). */
    return head->last_at + (head->last_at < INT64_MAX);
}

void sm_project_head(struct sm_head *head, enum sm_event_type type, int64_t created_at)
{
    head->version += head->version < INT32_MAX;
    head->last_at = created_at;
    if (type == SM_EVENT_FEATURE_CONFIG_CHANGED || type == SM_EVENT_BOM_CONFIG_CHANGED ||
        type == SM_EVENT_CLIENT_SCHEDULE_CHANGED || type == SM_EVENT_SCHEDULER_DEFAULTS_CHANGED)
        head->active_at = created_at;
    else if (type == SM_EVENT_FEATURE_CONFIG_DEACTIVATED ||
             type == SM_EVENT_BOM_CONFIG_DEACTIVATED ||
             type == SM_EVENT_CLIENT_SCHEDULE_DEACTIVATED)
        head->active_at = SM_TIME_NONE;
}

/* Of what a row must hold: null, or a value of another type, leaves the old one. */
static void set_required(struct sm_slice *text, const struct sm_value *value,
                         enum sm_value_type type)
{
    if (value->type == type)
        *text = value->text;
}

static void set_nullable(struct sm_slice *text, const struct sm_value *value)
{
    if (value->type == SM_VALUE_NULL)
        *text = SM_SLICE_NONE;
    else
        set_required(text, value, SM_VALUE_TEXT);
}

/* A name that this version does not know leaves the old one. */
static void set_status(struct sm_client *client, const struct sm_value *value)
{
    if (value->type == SM_VALUE_TEXT)
        (void)sm_client_status_find(value->text, &client->status);
}

static void set_tenant_mode(struct sm_client *client, const struct sm_value *value)
{
    if (value->type == SM_VALUE_TEXT)
        (void)sm_tenant_mode_find(value->text, &client->tenant_mode);
}

static void revoke(struct sm_client *client)
{
    client->config_confirmed = false;
    client->config_confirmed_at = SM_TIME_NONE;
    client->config_confirmed_by = SM_SLICE_NONE;
}

/* The defaults here are those of the field table; a test holds the two together. */
static void register_client(struct sm_client *client, const struct sm_event *event,
                            int64_t created_at)
{
    const struct sm_value *values = event->values;

    *client = (struct sm_client){
        .id = event->client_id,
        .exists = true,
        .status = SM_CLIENT_STATUS_ACTIVE,
        .tenant_mode = SM_TENANT_PREFIXED_TABLES,
        .config_confirmed_at = SM_TIME_NONE,
        .features_enabled = SM_SLICE("{}"),
        .created_at = created_at,
    };
    set_required(&client->name, &values[SM_REGISTERED_NAME], SM_VALUE_TEXT);
    set_required(&client->organization_id, &values[SM_REGISTERED_ORGANIZATION_ID], SM_VALUE_TEXT);
    set_tenant_mode(client, &values[SM_REGISTERED_TENANT_MODE]);
    set_required(&client->features_enabled, &values[SM_REGISTERED_FEATURES_ENABLED], SM_VALUE_JSON);
    set_nullable(&client->contact_email, &values[SM_REGISTERED_CONTACT_EMAIL]);
    set_nullable(&client->contact_phone, &values[SM_REGISTERED_CONTACT_PHONE]);
    set_status(client, &values[SM_REGISTERED_STATUS]);
}

static void update_client(struct sm_client *client, const struct sm_value *values)
{
    set_required(&client->name, &values[SM_UPDATED_NAME], SM_VALUE_TEXT);
    set_required(&client->features_enabled, &values[SM_UPDATED_FEATURES_ENABLED], SM_VALUE_JSON);
    set_nullable(&client->contact_email, &values[SM_UPDATED_CONTACT_EMAIL]);
    set_nullable(&client->contact_phone, &values[SM_UPDATED_CONTACT_PHONE]);
}

/* What was confirmed is a mode of keeping data, so another one has to be looked at anew; the same
 * one once more changes nothing, and processing goes on. */
static void change_tenant_mode(struct sm_client *client, const struct sm_value *value)
{
    enum sm_tenant_mode before = client->tenant_mode;

    set_tenant_mode(client, value);
    if (client->tenant_mode != before)
        revoke(client);
}

static void confirm(struct sm_client *client, const struct sm_event *event, int64_t created_at)
{
    client->config_confirmed = true;
    client->config_confirmed_at = created_at;
    client->config_confirmed_by = event->actor;
}

static void erase(struct sm_client *client)
{
    client->contact_email = SM_SLICE_NONE;
    client->contact_phone = SM_SLICE_NONE;
}

static void project_client(struct sm_client *client, const struct sm_event *event,
                           int64_t created_at)
{
    if (event->type == SM_EVENT_CLIENT_REGISTERED)
        register_client(client, event, created_at);
    else if (event->type == SM_EVENT_CLIENT_UPDATED)
        update_client(client, event->values);
    else if (event->type == SM_EVENT_CLIENT_STATUS_CHANGED)
        set_status(client, &event->values[SM_STATUS_CHANGED_STATUS]);
    else if (event->type == SM_EVENT_CLIENT_TENANT_MODE_CHANGED)
        change_tenant_mode(client, &event->values[SM_TENANT_MODE_CHANGED_TENANT_MODE]);
    else if (event->type == SM_EVENT_CLIENT_CONFIG_CONFIRMED)
        confirm(client, event, created_at);
    else if (event->type == SM_EVENT_CLIENT_CONFIG_REVOKED)
        revoke(client);
    else if (event->type == SM_EVENT_CLIENT_ERASED)
        erase(client);
    if (!sm_event_type_is_of_tenant(event->type))
        client->updated_at = created_at;
    sm__tenant_project(client, event, created_at);
}

void sm_project(struct sm_stream *stream, const struct sm_event *event, int64_t created_at)
{
    sm_project_head(&stream->head, event->type, created_at);
    /* What the schema itself put into a table of references is no state of the stream. */
    if (stream->head.version == 1)
        stream->row.exists = false;
    if (sm_event_type_kind(event->type) != SM_KIND_CLIENT)
        sm__project_row(&stream->row, event, created_at);
    /* Only a registration makes a client; what comes before one (it never does) has no row. */
    else if (stream->client.exists || event->type == SM_EVENT_CLIENT_REGISTERED)
        project_client(&stream->client, event, created_at);
}
