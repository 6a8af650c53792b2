/* Old values: what the fields that an event sets held before it. */
#include "domain/data.h"
#include "domain/domain_priv.h"
#include "domain/project.h"

struct old_values {
    struct sm__member members[SM_VALUES_MAX];
    size_t count;
    struct sm_arena *arena;
    bool failed; /* the arena was too small; sticky */
};

/* Members must be added in jsonb's order of names. */
static void add_json(struct old_values *old, const char *name, struct sm_slice text)
{
    SM_ASSERT(old->count < SM_ARRAY_COUNT(old->members));
    old->members[old->count++] = (struct sm__member){ sm_slice_of(name), text };
}

static void add_text(struct old_values *old, const char *name, struct sm_slice text)
{
    struct sm_slice json = SM_SLICE("null");

    if (text.data != NULL && !sm__string_text(text, old->arena, &json))
        old->failed = true;
    add_json(old, name, json);
}

static void add_time(struct old_values *old, const char *name, int64_t time_us)
{
    char text[SM_TIMESTAMP_TEXT_SIZE + 1];
    /* A log that was tampered with may hold any time; projection is total. */
    int64_t known = time_us < SM_TIME_MIN ? SM_TIME_MIN : time_us;

    if (time_us == SM_TIME_NONE) {
        add_json(old, name, SM_SLICE("null"));
        return;
    }
    sm_timestamp_format(known > SM_TIME_MAX ? SM_TIME_MAX : known, text);
    add_text(old, name, sm_slice_of(text));
}

static void add_confirmation(struct old_values *old, const struct sm_client *before)
{
    add_json(old, "config_confirmed",
             before->config_confirmed ? SM_SLICE("true") : SM_SLICE("false"));
    add_time(old, "config_confirmed_at", before->config_confirmed_at);
    add_text(old, "config_confirmed_by", before->config_confirmed_by);
}

static void add_updated(struct old_values *old, const struct sm_client *before,
                        const struct sm_value *values)
{
    if (values[SM_UPDATED_NAME].type != SM_VALUE_ABSENT)
        add_text(old, "name", before->name);
    if (values[SM_UPDATED_CONTACT_EMAIL].type != SM_VALUE_ABSENT)
        add_text(old, "contact_email", before->contact_email);
    if (values[SM_UPDATED_CONTACT_PHONE].type != SM_VALUE_ABSENT)
        add_text(old, "contact_phone", before->contact_phone);
    if (values[SM_UPDATED_FEATURES_ENABLED].type != SM_VALUE_ABSENT)
        add_json(old, "features_enabled", before->features_enabled);
}

/* Whether the confirmation falls with the mode is the projection's rule, so it is asked. */
static bool loses_confirmation(const struct sm_client *before, const struct sm_event *event)
{
    struct sm_stream after = { .head = SM_HEAD_EMPTY, .client = *before };

    sm_project(&after, event, event->time_us);
    return before->config_confirmed && !after.client.config_confirmed;
}

static void add_tenant_mode(struct old_values *old, const struct sm_client *before,
                            const struct sm_event *event)
{
    add_text(old, "tenant_mode", sm_slice_of(sm_tenant_mode_name(before->tenant_mode)));
    if (loses_confirmation(before, event))
        add_confirmation(old, before);
}

bool sm_previous_values(const struct sm_client *before, const struct sm_event *event,
                        struct sm_arena *arena, struct sm_slice *out)
{
    struct old_values old = { .arena = arena };

    *out = SM_SLICE_NONE;
    if (!before->exists)
        return true;
    switch (event->type) {
    case SM_EVENT_CLIENT_REGISTERED:
    case SM_EVENT_FEATURE_CONFIG_CHANGED:
    case SM_EVENT_FEATURE_CONFIG_DEACTIVATED:
    case SM_EVENT_TYPE_COUNT:
        return true;
    case SM_EVENT_CLIENT_UPDATED:
        add_updated(&old, before, event->values);
        break;
    case SM_EVENT_CLIENT_STATUS_CHANGED:
        add_text(&old, "status", sm_slice_of(sm_client_status_name(before->status)));
        break;
    case SM_EVENT_CLIENT_TENANT_MODE_CHANGED:
        add_tenant_mode(&old, before, event);
        break;
    case SM_EVENT_CLIENT_CONFIG_CONFIRMED:
    case SM_EVENT_CLIENT_CONFIG_REVOKED:
        add_confirmation(&old, before);
        break;
    }
    return !old.failed && sm__object_join(old.members, old.count, arena, out);
}
