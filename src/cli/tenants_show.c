/* `tenants show`: a tenant's whole story. */
#include <inttypes.h>

#include "cli/age.h"
#include "cli/operand.h"
#include "cli/tenants_priv.h"

struct story {
    const struct sm__tenants *tenants;
    struct sm_buf *out;
    struct sm_report *report; /* NULL: text is asked for */
    struct sm_arena arena;
    struct sm_uuid client_id; /* of the tenant */
    bool found;
};

static void put_line(struct sm_buf *out, const char *what, struct sm_slice text)
{
    if (text.data != NULL)
        sm_buf_printf(out, "%-16s%.*s\n", what, (int)text.size, (const char *)text.data);
}

static void put_time(struct sm_buf *out, int64_t time_us)
{
    char text[SM_TIMESTAMP_TEXT_SIZE + 1];

    sm_timestamp_format(time_us, text);
    sm_buf_append_text(out, text);
}

static void put_tenant(const struct story *story, const struct sm_tenant_view *tenant)
{
    struct sm_buf *out = story->out;
    char id[SM_UUID_TEXT_SIZE + 1], age[SM__AGE_SIZE];

    sm_uuid_format(&tenant->client_id, id);
    sm__age_format(tenant->age_us, age);
    put_line(out, "client", sm_slice_of(id));
    put_line(out, "name", tenant->name);
    put_line(out, "organization", tenant->organization_id);
    put_line(out, "status", tenant->status);
    put_line(out, "state", tenant->state);
    put_line(out, "saga", tenant->saga);
    put_line(out, "step", tenant->step);
    put_line(out, "tables", tenant->storage);
    put_line(out, "wanted mode", tenant->requested_mode);
    put_line(out, "mode", tenant->actual_mode);
    put_line(out, "from mode", tenant->source_mode);
    put_line(out, "to mode", tenant->target_mode);
    put_line(out, "waits for", tenant->waits_for);
    put_line(out, "next", sm_slice_of(sm__tenants_next_step(tenant)));
    put_line(out, "since", sm_slice_of(age));
    put_line(out, "reason", tenant->reason);
    if (tenant->frozen)
        put_line(out, "frozen", SM_SLICE("writers stand still, and the gate is closed"));
    if (sm__tenants_is_stuck(story->tenants, tenant))
        put_line(out, "stuck", SM_SLICE("nobody acknowledges its command; hint: is the executor "
                                        "running? secretmagic tenants retry sends it again"));
    sm_buf_printf(out, "%-16s%" PRId64 "\n", "acks ignored", tenant->acks_ignored);
    sm_buf_printf(out, "%-16s%" PRId64 ", not published: %" PRId64 "\n", "commands",
                  tenant->commands, tenant->pending);
}

static void take_tenant(void *context, const struct sm_tenant_view *tenant)
{
    struct story *story = context;

    if (story->found)
        return; /* an organization's clients of before come behind the one of now */
    story->found = true;
    story->client_id = tenant->client_id;
    if (story->report != NULL)
        sm__tenants_report(story->tenants, tenant, story->report);
    else
        put_tenant(story, tenant);
}

static void take_event(void *context, const struct sm_tenant_event_view *event)
{
    struct story *story = context;

    if (story->report != NULL) {
        sm_report_open_row(story->report, "events");
        sm_report_number(story->report, "version", event->version);
        sm__tenants_report_uuid(story->report, "event_id", &event->event_id);
        sm_report_slice(story->report, "type", event->type);
        sm__tenants_report_time(story->report, "created_at", event->created_at);
        sm_report_slice(story->report, "actor", event->actor);
        sm_report_slice(story->report, "data", event->data);
        sm_report_close(story->report);
        return;
    }
    sm_buf_printf(story->out, "%4d  ", (int)event->version);
    put_time(story->out, event->created_at);
    sm_buf_printf(story->out, "  %.*s  %.*s  %.*s\n", (int)event->type.size,
                  (const char *)event->type.data, (int)event->actor.size,
                  event->actor.data != NULL ? (const char *)event->actor.data : "",
                  (int)event->data.size, (const char *)event->data.data);
}

static void report_statements(struct sm_report *report, const struct sm_tenant_command *command)
{
    sm_report_array(report, "statements");
    for (size_t i = 0; i < command->statement_count; i++) {
        const struct sm_statement *statement = &command->statements[i];

        sm_report_open_row(report, "statements");
        sm_report_slice(report, "sql", statement->sql);
        sm_report_slice(report, "verify", statement->verify.query);
        sm_report_slice(report, "expected", statement->verify.expected);
        sm_report_slice(report, "rollback", statement->rollback);
        sm_report_close(report);
    }
}

static void report_command(struct sm_report *report, const struct sm_tenant_command_view *view,
                           const struct sm_tenant_command *command)
{
    sm_report_open_row(report, "commands");
    sm_report_number(report, "sequence", view->sequence);
    sm__tenants_report_uuid(report, "command_id", &view->command_id);
    sm__tenants_report_uuid(report, "event_id", &view->event_id);
    sm__tenants_report_time(report, "created_at", view->created_at);
    sm__tenants_report_time(report, "published_at", view->published_at);
    sm_report_number(report, "partition",
                     view->partition < 0 ? SM_REPORT_UNKNOWN : view->partition);
    sm_report_number(report, "offset", view->offset < 0 ? SM_REPORT_UNKNOWN : view->offset);
    sm_report_flag(report, "differs", view->differs);
    sm_report_flag(report, "readable", command != NULL);
    if (command != NULL) {
        sm_report_text(report, "saga", sm_tenant_name(SM_TENANT_WORD_SAGA, command->saga));
        sm_report_text(report, "step", sm_tenant_name(SM_TENANT_WORD_STEP, command->step));
        sm_report_text(report, "action", sm_command_action_name(command->action));
        sm_report_number(report, "attempt", command->attempt);
        sm_report_flag(report, "irreversible", command->irreversible);
        report_statements(report, command);
    }
    sm_report_close(report);
}

static void take_command(void *context, const struct sm_tenant_command_view *view)
{
    struct story *story = context;
    struct sm_tenant_command command;
    char id[SM_UUID_TEXT_SIZE + 1];
    bool readable;

    sm_arena_reset(&story->arena);
    readable = sm_command_read(view->value, &story->arena, &command) == SM_OK;
    if (story->report != NULL) {
        report_command(story->report, view, readable ? &command : NULL);
        return;
    }
    sm_uuid_format(&view->command_id, id);
    sm_buf_printf(story->out, "\n-- command %s, ", id);
    if (view->published_at == SM_TIME_NONE)
        sm_buf_append_text(story->out, "not published yet\n");
    else
        sm_buf_printf(story->out, "on the topic at partition %d, offset %" PRId64 "\n",
                      (int)view->partition, view->offset);
    if (readable)
        sm__tenants_put_command(story->out, &command);
    else
        sm_buf_append_text(story->out, "-- it cannot be read by this version\n");
}

static enum sm_status tell(struct story *story, struct sm__wire *wire, struct sm_err *err)
{
    const struct sm_tenants_sink sink = {story, take_tenant, take_event, take_command};
    const struct sm_postgres_client *database = sm__wire_database(wire);
    const char *text = story->tenants->options->operands[1];
    struct sm_uuid id;
    struct sm_tenants_filter filter = sm__tenants_filter_of(text, &id);
    enum sm_status status = sm_postgres_tenants_list(database, &filter, &sink, err);

    if (status == SM_OK && !story->found)
        return sm_err_set(err, SM_REJECT, SM_FROM_NONE,
                          "there is no tenant %.60s; hint: secretmagic tenants list", text);
    filter = (struct sm_tenants_filter){.client_id = &story->client_id};
    sm_report_array(story->report, "events");
    sm_report_array(story->report, "commands");
    if (status == SM_OK && story->report == NULL)
        sm_buf_append_text(story->out, "\nevents\n");
    if (status == SM_OK)
        status = sm_postgres_tenants_events(database, &story->client_id, &sink, err);
    if (status == SM_OK)
        status = sm_postgres_tenants_commands(database, &filter, &sink, err);
    return status;
}

enum sm_status sm__tenants_show(struct sm__tenants *tenants, struct sm__wire *wire,
                                struct sm_err *err)
{
    bool json = sm_options_flag(tenants->options, SM_OPTION_JSON);
    struct story story = {.tenants = tenants,
                          .out = &tenants->out,
                          .report = json ? sm_report_create() : NULL};
    enum sm_status status = SM_OK;

    if (tenants->options->operands[1] == NULL)
        status = sm__operand_wrong(err, "the client of tenants show", "",
                                   "a client's id or its organization's; hint: secretmagic tenants "
                                   "list");
    else if ((json && story.report == NULL) ||
             !sm_arena_init(&story.arena, SM__COMMAND_ARENA_SIZE))
        status = sm__out_of_memory(err);
    if (status == SM_OK) {
        status = tell(&story, wire, err);
        sm_arena_deinit(&story.arena);
    }
    if (status == SM_OK && json && !sm_report_print(story.report, &tenants->out))
        status = sm__out_of_memory(err);
    sm_report_destroy(story.report);
    return status;
}
