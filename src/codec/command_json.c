/* A command as CloudEvents JSON. */
#include <inttypes.h>

#include "codec/command_priv.h"

static void put_name(struct sm_buf *out, const char *name)
{
    if (out->data[out->size - 1] != '{')
        sm_buf_append_byte(out, ',');
    sm_buf_printf(out, "\"%s\":", name);
}

static void put_slice(struct sm_buf *out, const char *name, struct sm_slice text)
{
    put_name(out, name);
    if (text.data == NULL)
        sm_buf_append_text(out, "null");
    else
        sm_json_append_string(text, out);
}

static void put_text(struct sm_buf *out, const char *name, const char *text)
{
    put_slice(out, name, sm_slice_of(text));
}

static void put_uuid(struct sm_buf *out, const char *name, const struct sm_uuid *id)
{
    char text[SM_UUID_TEXT_SIZE + 1];

    sm_uuid_format(id, text);
    put_text(out, name, text);
}

static void put_number(struct sm_buf *out, const char *name, int64_t number)
{
    put_name(out, name);
    sm_buf_printf(out, "%" PRId64, number);
}

static void put_flag(struct sm_buf *out, const char *name, bool flag)
{
    put_name(out, name);
    sm_buf_append_text(out, flag ? "true" : "false");
}

static void put_expectation(struct sm_buf *out, const char *name,
                            const struct sm_expectation *expectation)
{
    put_name(out, name);
    if (expectation->query.data == NULL) {
        sm_buf_append_text(out, "null");
        return;
    }
    sm_buf_append_byte(out, '{');
    put_slice(out, "query", expectation->query);
    put_slice(out, "expected", expectation->expected);
    sm_buf_append_byte(out, '}');
}

static void put_statement(struct sm_buf *out, const struct sm_statement *statement)
{
    sm_buf_append_byte(out, '{');
    put_slice(out, "sql", statement->sql);
    put_expectation(out, "verify", &statement->verify);
    put_expectation(out, "completed", &statement->completed);
    put_slice(out, "failed", statement->failed);
    put_name(out, "ok_errors");
    for (size_t i = 0; i < statement->ok_error_count; i++) {
        sm_buf_append_byte(out, i == 0 ? '[' : ',');
        sm_json_append_string(statement->ok_errors[i], out);
    }
    sm_buf_append_text(out, statement->ok_error_count == 0 ? "[]" : "]");
    put_slice(out, "rollback", statement->rollback);
    sm_buf_append_byte(out, '}');
}

static void put_data(struct sm_buf *out, const struct sm_tenant_command *command)
{
    sm_buf_append_byte(out, '{');
    put_slice(out, "organization_id", command->organization_id);
    put_number(out, "sequence", command->sequence);
    put_text(out, "mode", sm_tenant_mode_name(command->mode));
    put_text(out, "from_mode", sm_tenant_mode_name(command->from_mode));
    put_text(out, "saga", sm_tenant_name(SM_TENANT_WORD_SAGA, command->saga));
    put_uuid(out, "saga_id", &command->saga_id);
    put_text(out, "step", sm_tenant_name(SM_TENANT_WORD_STEP, command->step));
    put_text(out, "action", sm_command_action_name(command->action));
    put_number(out, "attempt", command->attempt);
    put_flag(out, "irreversible", command->irreversible);
    put_slice(out, "minimum_starrocks_version", command->minimum_version);
    put_name(out, "statements");
    sm_buf_append_byte(out, '[');
    for (size_t i = 0; i < command->statement_count && !sm_buf_failed(out); i++) {
        if (i > 0)
            sm_buf_append_byte(out, ',');
        put_statement(out, &command->statements[i]);
    }
    sm_buf_append_text(out, "]}");
}

/* The helpers look at the byte before, so there must be one. */
void sm_command_append_json(const struct sm_tenant_command *command, struct sm_buf *out)
{
    sm_buf_append_text(out, "");
    if (!sm_buf_failed(out))
        put_data(out, command);
}

enum sm_status sm__command_json(const struct sm_tenant_command *command, struct sm_buf *out)
{
    char time[SM_TIMESTAMP_TEXT_SIZE + 1];

    sm_timestamp_format(command->time_us, time);
    sm_buf_append_byte(out, '{');
    if (sm_buf_failed(out))
        return SM_LIMIT;
    put_text(out, "specversion", "1.0");
    put_uuid(out, "id", &command->id);
    put_text(out, "source", SM_COMMAND_SOURCE);
    put_text(out, "type", SM_COMMAND_TYPE);
    put_uuid(out, "subject", &command->client_id);
    put_text(out, "time", time);
    put_text(out, "datacontenttype", "application/json");
    put_uuid(out, "causationid", &command->event_id);
    put_name(out, "data");
    put_data(out, command);
    sm_buf_append_byte(out, '}');
    return sm_buf_failed(out) ? SM_LIMIT : SM_OK;
}
