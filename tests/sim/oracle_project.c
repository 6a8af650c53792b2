/* What a fact changes. */
#include "sim/oracle_priv.h"

static void withdraw(struct oracle_client *client)
{
    client->confirmed = false;
    client->confirmed_at = ORACLE_NEVER;
    client->confirmed_by = 0;
}

static void set(int *column, int sent)
{
    if (sent != 0)
        *column = sent == SIM_NULL ? 0 : sent;
}

static void change_client(struct oracle_client *client, const struct sim_content *content,
                          int64_t created_at)
{
    const int *field = content->field;

    if (content->type == SIM_REGISTERED) {
        client->exists = true;
        client->status = SIM_STATUS_ACTIVE;
        client->tenant_mode = SIM_TENANT_PREFIXED;
        client->features = SIM_FEATURES_NONE;
        client->organization = field[SIM_F_ORGANIZATION];
        client->created_at = created_at;
    }
    if (content->type == SIM_REGISTERED || content->type == SIM_REVOKED ||
        (content->type == SIM_TENANT_MODE_CHANGED &&
         field[SIM_F_TENANT_MODE] != client->tenant_mode))
        withdraw(client);
    if (content->type == SIM_CONFIRMED) {
        client->confirmed = true;
        client->confirmed_at = created_at;
        client->confirmed_by = content->actor;
    } else {
        set(&client->tenant_mode, field[SIM_F_TENANT_MODE]);
    }
    set(&client->name, field[SIM_F_NAME]);
    set(&client->features, field[SIM_F_FEATURES]);
    set(&client->email, field[SIM_F_EMAIL]);
    set(&client->phone, field[SIM_F_PHONE]);
    set(&client->status, field[SIM_F_STATUS]);
    /* Nobody acknowledges here: what was begun never ends. */
    client->has_tables |= client->confirmed && client->status == SIM_STATUS_ACTIVE;
    client->updated_at = created_at;
}

static void change_stream(struct oracle *oracle, struct oracle_stream *stream,
                          const struct sim_content *content, struct oracle_verdict *out)
{
    enum sm_kind kind = sim_type_info(content->type)->kind;
    struct oracle_row before = stream->row;

    if (oracle_kind_has_row(kind)) {
        oracle_row_project(&stream->row, content, out->created_at);
        oracle_row_previous(kind, &before, &stream->row, out->previous, sizeof(out->previous));
    }
    switch (content->type) {
    case SIM_FEATURE_CHANGED:
    case SIM_BOM_CHANGED:
    case SIM_SCHEDULE_CHANGED:
    case SIM_DEFAULTS_CHANGED:
        stream->active_at = out->created_at;
        return;
    case SIM_FEATURE_DEACTIVATED:
    case SIM_BOM_DEACTIVATED:
    case SIM_SCHEDULE_DEACTIVATED:
        stream->active_at = ORACLE_NEVER;
        return;
    case SIM_FEATURE_DEFINED:
        oracle->feature_known[content->field[SIM_F_FEATURE_CODE]] = true;
        oracle->rules[content->field[SIM_F_FEATURE_CODE]] = content->field[SIM_F_RULES];
        return;
    case SIM_DATA_DEFINED:
        oracle->data_known[content->field[SIM_F_DATA_CODE]] = true;
        return;
    default:
        return;
    }
}

void oracle_apply(struct oracle *oracle, const struct sim_content *content,
                  struct oracle_verdict *out)
{
    struct oracle_client *client = &oracle->clients[content->client];
    struct oracle_stream *stream = oracle_stream(oracle, content);

    out->created_at = content->time_us;
    if (stream->version != 0 && out->created_at <= stream->last_at)
        out->created_at = stream->last_at + 1;
    out->version = ++stream->version;
    stream->last_at = out->created_at;
    if (sim_type_info(content->type)->kind == SM_KIND_CLIENT) {
        oracle_previous_text(client, content, out->previous, sizeof(out->previous));
        change_client(client, content, out->created_at);
        if (content->type == SIM_ERASED)
            client->email = client->phone = 0;
    } else {
        change_stream(oracle, stream, content, out);
    }
}
