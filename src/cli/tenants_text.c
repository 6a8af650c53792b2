/* Commands as SQL for people. */
#include <inttypes.h>

#include "cli/tenants.h"

/* Each line of a text behind "-- ", so that the whole stays SQL. */
static void put_comment(struct sm_buf *out, const char *what, struct sm_slice text)
{
    sm_buf_printf(out, "-- %s ", what);
    for (size_t i = 0; i < text.size; i++) {
        sm_buf_append_byte(out, text.data[i]);
        if (text.data[i] == '\n')
            sm_buf_append_text(out, "--   ");
    }
    sm_buf_append_byte(out, '\n');
}

static void put_expectation(struct sm_buf *out, const char *what,
                            const struct sm_expectation *expectation)
{
    if (expectation->query.data == NULL)
        return;
    put_comment(out, what, expectation->query);
    put_comment(out, "  must show:", expectation->expected);
}

static void put_statement(struct sm_buf *out, const struct sm_statement *statement)
{
    sm_buf_append_slice(out, statement->sql);
    sm_buf_append_text(out, ";\n");
    put_expectation(out, "done when:", &statement->verify);
    put_expectation(out, "asynchronous; ended well when:", &statement->completed);
    if (statement->failed.data != NULL)
        put_comment(out, "  failed:", statement->failed);
    for (size_t i = 0; i < statement->ok_error_count; i++)
        put_comment(out, "done already if the error says:", statement->ok_errors[i]);
    if (statement->rollback.data != NULL)
        put_comment(out, "undone by:", statement->rollback);
    sm_buf_append_byte(out, '\n');
}

void sm__tenants_put_command(struct sm_buf *out, const struct sm_tenant_command *command)
{
    sm_buf_printf(out, "-- organization %.*s, command %" PRId64 ": %s, step %s, %s, attempt %d\n",
                  (int)command->organization_id.size,
                  (const char *)command->organization_id.data, command->sequence,
                  sm_tenant_name(SM_TENANT_WORD_SAGA, command->saga),
                  sm_tenant_name(SM_TENANT_WORD_STEP, command->step),
                  sm_command_action_name(command->action), (int)command->attempt);
    if (command->from_mode != command->mode)
        sm_buf_printf(out, "-- from %s to %s\n", sm_tenant_mode_name(command->from_mode),
                      sm_tenant_mode_name(command->mode));
    else
        sm_buf_printf(out, "-- %s\n", sm_tenant_mode_name(command->mode));
    put_comment(out, "StarRocks at the least:", command->minimum_version);
    if (command->irreversible)
        sm_buf_append_text(out, "-- IRREVERSIBLE: it destroys data, after an approval\n");
    if (command->statement_count == 0)
        sm_buf_append_text(out, "-- nothing has to be undone\n");
    sm_buf_append_byte(out, '\n');
    for (size_t i = 0; i < command->statement_count; i++)
        put_statement(out, &command->statements[i]);
}
