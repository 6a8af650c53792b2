/* Old values: what the fields that an event sets held before it. */
#include "domain/data.h"
#include "domain/domain_priv.h"
#include "domain/erasure.h"
#include "domain/project.h"

struct old_values {
    struct sm__member members[SM_COLUMNS_MAX];
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

/* The mark, and not what it stands for: old values outlive the erasure. */
static void add_erased(struct old_values *old, const struct sm_client *before,
                       const struct sm_event *event)
{
    char mark[SM_ERASED_MARK_SIZE + 1];

    sm_erasure_mark(&event->id, mark);
    add_text(old, "contact_email",
             before->contact_email.data == NULL ? SM_SLICE_NONE : sm_slice_of(mark));
    add_text(old, "contact_phone",
             before->contact_phone.data == NULL ? SM_SLICE_NONE : sm_slice_of(mark));
}

static void add_tenant(struct old_values *old, const struct sm_tenant *before)
{
    add_text(old, "step", sm_slice_of(sm_tenant_name(SM_TENANT_WORD_STEP, before->step)));
    add_text(old, "state", sm_slice_of(sm_tenant_name(SM_TENANT_WORD_STATE, before->state)));
    add_text(old, "waits_for", sm_slice_of(sm_tenant_name(SM_TENANT_WORD_WAITS, before->waits)));
}

static void add_client(struct old_values *old, const struct sm_client *before,
                       const struct sm_event *event)
{
    if (event->type == SM_EVENT_CLIENT_UPDATED)
        add_updated(old, before, event->values);
    else if (event->type == SM_EVENT_CLIENT_STATUS_CHANGED)
        add_text(old, "status", sm_slice_of(sm_client_status_name(before->status)));
    else if (event->type == SM_EVENT_CLIENT_TENANT_MODE_CHANGED)
        add_tenant_mode(old, before, event);
    else if (event->type == SM_EVENT_CLIENT_CONFIG_CONFIRMED ||
             event->type == SM_EVENT_CLIENT_CONFIG_REVOKED)
        add_confirmation(old, before);
    else if (event->type == SM_EVENT_CLIENT_ERASED)
        add_erased(old, before, event);
    else if (sm_event_type_is_of_tenant(event->type))
        add_tenant(old, &before->tenant);
}

/* ---- rows ---- */

static void add_value(struct old_values *old, const char *name, const struct sm_value *value)
{
    struct sm_slice text;

    switch (value->type) {
    case SM_VALUE_TEXT:
        add_text(old, name, value->text);
        break;
    case SM_VALUE_TIME:
        add_time(old, name, value->integer);
        break;
    case SM_VALUE_INTEGER:
        if (!sm__integer_text(value->integer, old->arena, &text)) {
            old->failed = true;
            break;
        }
        add_json(old, name, text);
        break;
    case SM_VALUE_JSON:
    case SM_VALUE_LIST:
        add_json(old, name, value->text);
        break;
    case SM_VALUE_BOOL:
        add_json(old, name, value->boolean ? SM_SLICE("true") : SM_SLICE("false"));
        break;
    case SM_VALUE_ABSENT:
    case SM_VALUE_NULL:
        add_json(old, name, SM_SLICE("null"));
        break;
    }
}

static void sort_members(struct old_values *old)
{
    for (size_t i = 1; i < old->count; i++) {
        struct sm__member member = old->members[i];
        size_t at = i;

        while (at > 0 && (old->members[at - 1].name.size > member.name.size ||
                          (old->members[at - 1].name.size == member.name.size &&
                           sm_slice_compare(old->members[at - 1].name, member.name) > 0))) {
            old->members[at] = old->members[at - 1];
            at--;
        }
        old->members[at] = member;
    }
}

/* What the projection makes of the row is asked of it; any time will do for times that change. */
static void add_row(struct old_values *old, enum sm_table table, const struct sm_stream *before,
                    const struct sm_event *event)
{
    struct sm_row after = before->row;
    size_t count;
    const struct sm_column *columns = sm_table_columns(table, &count);

    sm__project_row(&after, event, sm_created_at(&before->head, event->time_us));
    for (size_t i = 0; i < count; i++) {
        if (!sm_slice_equal(sm_slice_of(columns[i].name), SM_SLICE("updated_at")) &&
            !sm_value_equal(&before->row.columns[i], &after.columns[i]))
            add_value(old, columns[i].name, &before->row.columns[i]);
    }
    sort_members(old);
}

bool sm_previous_values(const struct sm_stream *before, const struct sm_event *event,
                        struct sm_arena *arena, struct sm_slice *out)
{
    struct old_values old = { .arena = arena };
    enum sm_kind kind = sm_event_type_kind(event->type);
    enum sm_table table;

    *out = SM_SLICE_NONE;
    if (kind == SM_KIND_CLIENT && before->client.exists &&
        event->type != SM_EVENT_CLIENT_REGISTERED)
        add_client(&old, &before->client, event);
    else if (sm_kind_table(kind, &table) && before->row.exists && before->head.version != 0)
        add_row(&old, table, before, event);
    else
        return true;
    return !old.failed && sm__object_join(old.members, old.count, arena, out);
}
