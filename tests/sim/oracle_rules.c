/* The catalogue's rules once more, in numbers and loops. */
#include "base/err.h"
#include "sim/oracle_priv.h"
#include "sim/pool.h"

static struct oracle_stream *stream_of(struct oracle_client *client,
                                       const struct sim_content *content)
{
    bool of_feature =
        content->type == SIM_FEATURE_CHANGED || content->type == SIM_FEATURE_DEACTIVATED;

    return of_feature ? &client->feature_streams[content->feature] : &client->stream;
}

static bool same_content(const struct sim_content *a, const struct sim_content *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

/* Answers that begin so park: what follows is what is waited for. */
#define PARKED "parked: "

/* ---- what is asked, in this order ---- */

static const char *ask_time(const struct oracle *oracle, const struct sim_record *record)
{
    if (record->timestamp_us != SM_TIME_NONE &&
        record->content.time_us - record->timestamp_us > oracle->input->time_ahead_max_us)
        return "TIME_AHEAD";
    return NULL;
}

/* An id in the log decides; a dead letter counts only if it is the very same content. */
static const char *ask_seen(const struct oracle *oracle, const struct sim_content *content,
                            size_t self)
{
    const char *answer = NULL;

    for (size_t i = 0; i < oracle->waiting_count; i++) {
        const struct oracle_waiting *other = &oracle->waiting[i];

        if (i != self && other->waits && other->record->content.id == content->id &&
            other->record->content.client == content->client)
            return same_content(&other->record->content, content) ? "DUPLICATE"
                                                                  : "EVENT_ID_CONFLICT";
    }

    for (size_t i = 0; i < oracle->seen_count; i++) {
        const struct oracle_seen *seen = &oracle->seen[i];
        bool same_id = seen->content.id == content->id && seen->content.client == content->client;

        if (!same_id)
            continue;
        if (seen->in_log)
            return same_content(&seen->content, content) ? "DUPLICATE" : "EVENT_ID_CONFLICT";
        if (same_content(&seen->content, content))
            answer = "DUPLICATE";
    }
    return answer;
}

static bool reactivates(const struct sim_content *content)
{
    return content->type == SIM_STATUS_CHANGED && content->status == SIM_STATUS_ACTIVE;
}

static const char *ask_client(const struct oracle_client *client, const struct sim_content *content)
{
    if (content->type == SIM_REGISTERED)
        return client->exists ? "CLIENT_EXISTS" : NULL;
    if (!client->exists)
        return PARKED "client";
    return client->status == SIM_STATUS_ARCHIVED && !reactivates(content) ? "CLIENT_ARCHIVED"
                                                                          : NULL;
}

static bool organization_is_taken(const struct oracle *oracle, int organization, int by_other_than)
{
    for (int i = 0; i < ORACLE_CLIENTS; i++) {
        const struct oracle_client *client = &oracle->clients[i];

        if (i != by_other_than && client->exists && client->status != SIM_STATUS_ARCHIVED &&
            client->organization == organization)
            return true;
    }
    return false;
}

static const char *ask_organization(const struct oracle *oracle, const struct sim_content *content)
{
    const struct oracle_client *client = &oracle->clients[content->client];
    bool gains = content->type == SIM_REGISTERED ||
                 (reactivates(content) && client->status == SIM_STATUS_ARCHIVED);
    int organization =
        content->type == SIM_REGISTERED ? content->organization : client->organization;

    return gains && organization_is_taken(oracle, organization, content->client)
               ? "ORGANIZATION_TAKEN"
               : NULL;
}

static const char *ask_rules(const struct oracle *oracle, const struct sim_content *content)
{
    const struct oracle_client *client = &oracle->clients[content->client];

    switch ((enum sim_type)content->type) {
    case SIM_REGISTERED:
    case SIM_STATUS_CHANGED:
        return ask_organization(oracle, content);
    case SIM_CONFIRMED:
        return content->tenant_mode != 0 && content->tenant_mode != client->tenant_mode
                   ? "TENANT_MODE_DIFFERS"
                   : NULL;
    case SIM_FEATURE_DEACTIVATED:
        return client->feature_streams[content->feature].active_at == ORACLE_NEVER
                   ? "NOTHING_ACTIVE"
                   : NULL;
    case SIM_UPDATED:
    case SIM_TENANT_MODE_CHANGED:
    case SIM_REVOKED:
    case SIM_FEATURE_CHANGED:
    case SIM_TYPE_COUNT:
        return NULL;
    }
    return NULL;
}

static const char *ask_version(struct oracle_client *client, const struct sim_content *content)
{
    bool differs = content->expected_version >= 0 &&
                   content->expected_version != stream_of(client, content)->version;

    return differs ? "VERSION_CONFLICT" : NULL;
}

static const char *ask_reference(const struct oracle *oracle, const struct sim_content *content)
{
    return content->type == SIM_FEATURE_CHANGED && !oracle->input->feature_known[content->feature]
               ? PARKED "feature_type"
               : NULL;
}

static bool same_stream(const struct sim_content *a, const struct sim_content *b)
{
    bool a_feature = a->type == SIM_FEATURE_CHANGED || a->type == SIM_FEATURE_DEACTIVATED;
    bool b_feature = b->type == SIM_FEATURE_CHANGED || b->type == SIM_FEATURE_DEACTIVATED;

    return a->client == b->client && a_feature == b_feature &&
           (!a_feature || a->feature == b->feature);
}

/* Behind what waits of its own stream; a registration is what the others wait for. */
static const char *ask_queue(const struct oracle *oracle, const struct sim_content *content,
                             size_t self)
{
    for (size_t i = 0; i < self && content->type != SIM_REGISTERED; i++) {
        if (oracle->waiting[i].waits &&
            same_stream(&oracle->waiting[i].record->content, content))
            return PARKED "queue";
    }
    return NULL;
}

/* The first answer that is not NULL; the database has the last word. */
static const char *ask(struct oracle *oracle, const struct sim_record *record, size_t self)
{
    const struct sim_content *content = &record->content;
    struct oracle_client *client = &oracle->clients[content->client];
    const char *answer = ask_time(oracle, record);

    answer = answer != NULL ? answer : ask_seen(oracle, content, self);
    answer = answer != NULL ? answer : ask_client(client, content);
    answer = answer != NULL ? answer : ask_reference(oracle, content);
    answer = answer != NULL ? answer : ask_queue(oracle, content, self);
    answer = answer != NULL ? answer : ask_rules(oracle, content);
    answer = answer != NULL ? answer : ask_version(client, content);
    if (answer == NULL && content->source == SIM_SOURCE_POISON)
        answer = "STORE_REFUSED";
    return answer;
}

/* ---- what a fact changes ---- */

static void withdraw(struct oracle_client *client)
{
    client->confirmed = false;
    client->confirmed_at = ORACLE_NEVER;
    client->confirmed_by = 0;
}

static void set(int *field, int sent)
{
    if (sent != 0)
        *field = sent == SIM_NULL ? 0 : sent;
}

static void change_client(struct oracle_client *client, const struct sim_content *content,
                          int64_t created_at)
{
    switch ((enum sim_type)content->type) {
    case SIM_REGISTERED:
        client->exists = true;
        client->status = SIM_STATUS_ACTIVE;
        client->tenant_mode = SIM_TENANT_PREFIXED;
        client->features = SIM_FEATURES_NONE;
        client->organization = content->organization;
        client->created_at = created_at;
        withdraw(client);
        break;
    case SIM_CONFIRMED:
        client->confirmed = true;
        client->confirmed_at = created_at;
        client->confirmed_by = content->actor;
        break;
    case SIM_TENANT_MODE_CHANGED:
        if (content->tenant_mode != client->tenant_mode)
            withdraw(client);
        break;
    case SIM_REVOKED:
        withdraw(client);
        break;
    case SIM_UPDATED:
    case SIM_STATUS_CHANGED:
        break;
    case SIM_FEATURE_CHANGED:
    case SIM_FEATURE_DEACTIVATED:
    case SIM_TYPE_COUNT:
        return;
    }
    if (content->type != SIM_CONFIRMED)
        set(&client->tenant_mode, content->tenant_mode);
    set(&client->name, content->name);
    set(&client->features, content->features);
    set(&client->email, content->email);
    set(&client->phone, content->phone);
    set(&client->status, content->status);
    client->updated_at = created_at;
}

static void apply_fact(struct oracle *oracle, const struct sim_content *content,
                       struct oracle_verdict *out)
{
    struct oracle_client *client = &oracle->clients[content->client];
    struct oracle_stream *stream = stream_of(client, content);

    oracle_previous_text(client, content, out->previous, sizeof(out->previous));
    out->created_at = content->time_us;
    if (stream->version != 0 && out->created_at <= stream->last_at)
        out->created_at = stream->last_at + 1;
    out->version = ++stream->version;
    stream->last_at = out->created_at;
    if (content->type == SIM_FEATURE_CHANGED)
        stream->active_at = out->created_at;
    if (content->type == SIM_FEATURE_DEACTIVATED)
        stream->active_at = ORACLE_NEVER;
    change_client(client, content, out->created_at);
}

static void remember(struct oracle *oracle, const struct sim_content *content, bool in_log)
{
    oracle->seen =
        sim_grow(oracle->seen, oracle->seen_count, &oracle->seen_capacity, sizeof(*oracle->seen));
    memcpy(&oracle->seen[oracle->seen_count].content, content, sizeof(*content));
    oracle->seen[oracle->seen_count++].in_log = in_log;
}

void oracle_decide(struct oracle *oracle, const struct sim_record *record, size_t self,
                   struct oracle_verdict *out)
{
    *out = (struct oracle_verdict){.outcome = ORACLE_REJECTED};
    if (record->defect != SIM_SOUND) {
        out->code = sim_defect_code(record->defect);
        return; /* not understood as a whole, so it may be sent again in order */
    }
    out->code = ask(oracle, record, self);
    if (out->code != NULL && strncmp(out->code, PARKED, strlen(PARKED)) == 0) {
        out->outcome = ORACLE_PARKED;
        out->code += strlen(PARKED);
    } else if (out->code == NULL) {
        out->outcome = ORACLE_FACT;
        apply_fact(oracle, &record->content, out);
        remember(oracle, &record->content, true);
    } else if (strcmp(out->code, "DUPLICATE") == 0) {
        out->outcome = ORACLE_DUPLICATE;
    } else {
        out->understood = true;
        remember(oracle, &record->content, false);
    }
}
