/* `tenants list`, and what it has in common with the look at one of them. */
#include "cli/age.h"
#include "cli/operand.h"
#include "cli/tenants_priv.h"
#include "cli/text_table.h"

bool sm__tenants_is_stuck(const struct sm__tenants *tenants, const struct sm_tenant_view *tenant)
{
    unsigned waits = SM_TENANT_WAITS_NOTHING;

    (void)sm_tenant_find(SM_TENANT_WORD_WAITS, tenant->waits_for, &waits);
    return (waits == SM_TENANT_WAITS_APPLIED || waits == SM_TENANT_WAITS_ROLLBACK ||
            waits == SM_TENANT_WAITS_ABORT) &&
           tenant->command_age_us > sm_options_number(tenants->options, SM_OPTION_STUCK_AFTER);
}

/* By enum sm_tenant_waits. */
static const char *const next_steps[SM_TENANT_WAITS_COUNT] = {
    [SM_TENANT_WAITS_NOTHING] = "nothing: all is as it should be",
    [SM_TENANT_WAITS_CONFIRMATION] =
        "somebody looks at its configuration and sends client.config_confirmed",
    [SM_TENANT_WAITS_APPLIED] = "the executor carries the command out and acknowledges it",
    [SM_TENANT_WAITS_ROLLBACK] =
        "the executor undoes the step that failed and acknowledges that",
    [SM_TENANT_WAITS_ABORT] = "the executor undoes the steps so far and acknowledges that",
    [SM_TENANT_WAITS_APPROVAL] =
        "an operator lets data be destroyed, or not: tenants approve, or tenants abort",
    [SM_TENANT_WAITS_OPERATOR] =
        "an operator repairs what made the step fail: tenants retry, or tenants abort",
};

const char *sm__tenants_next_step(const struct sm_tenant_view *tenant)
{
    unsigned waits;

    if (sm_slice_equal(tenant->state, SM_SLICE("failed")) &&
        sm_slice_equal(tenant->waits_for, SM_SLICE("abort")))
        return "an operator repairs what made the undoing fail: tenants retry";
    if (tenant->held)
        return "somebody sends client.config_confirmed: it was aborted, and begins nothing before";
    return sm_tenant_find(SM_TENANT_WORD_WAITS, tenant->waits_for, &waits) ? next_steps[waits]
                                                                          : "unknown";
}

void sm__tenants_report_uuid(struct sm_report *report, const char *name, const struct sm_uuid *id)
{
    char text[SM_UUID_TEXT_SIZE + 1];

    sm_uuid_format(id, text);
    sm_report_text(report, name, sm_uuid_is_nil(id) ? NULL : text);
}

void sm__tenants_report_time(struct sm_report *report, const char *name, int64_t time_us)
{
    char text[SM_TIMESTAMP_TEXT_SIZE + 1];

    sm_timestamp_format(time_us, text);
    sm_report_text(report, name, time_us == SM_TIME_NONE ? NULL : text);
}

void sm__tenants_report(const struct sm__tenants *tenants, const struct sm_tenant_view *tenant,
                        struct sm_report *report)
{
    sm__tenants_report_uuid(report, "client_id", &tenant->client_id);
    sm_report_slice(report, "organization_id", tenant->organization_id);
    sm_report_slice(report, "name", tenant->name);
    sm_report_slice(report, "status", tenant->status);
    sm_report_slice(report, "state", tenant->state);
    sm_report_slice(report, "storage", tenant->storage);
    sm_report_slice(report, "saga", tenant->saga);
    sm_report_slice(report, "step", tenant->step);
    sm_report_number(report, "attempt", tenant->attempt);
    sm_report_slice(report, "waits_for", tenant->waits_for);
    sm_report_text(report, "next_step", sm__tenants_next_step(tenant));
    sm_report_flag(report, "stuck", sm__tenants_is_stuck(tenants, tenant));
    sm_report_flag(report, "frozen", tenant->frozen);
    sm_report_slice(report, "requested_mode", tenant->requested_mode);
    sm_report_slice(report, "actual_mode", tenant->actual_mode);
    sm_report_slice(report, "source_mode", tenant->source_mode);
    sm_report_slice(report, "target_mode", tenant->target_mode);
    sm__tenants_report_time(report, "since", tenant->since);
    sm_report_number(report, "age_seconds", tenant->age_us / 1000000);
    sm_report_slice(report, "reason", tenant->reason);
    sm__tenants_report_uuid(report, "command_id", &tenant->command_id);
    sm__tenants_report_time(report, "acknowledged_at", tenant->acknowledged_at);
    sm_report_number(report, "acks_ignored", tenant->acks_ignored);
    sm_report_number(report, "commands", tenant->commands);
    sm_report_number(report, "commands_pending", tenant->pending);
}

/* ---- list ---- */

struct list {
    const struct sm__tenants *tenants;
    struct sm__text_table table;
    struct sm_report *report; /* NULL: text is asked for */
};

static void add_slice(struct sm__text_table *table, struct sm_slice text)
{
    char cell[SM__TABLE_CELL_SIZE];

    (void)snprintf(cell, sizeof(cell), "%.*s", (int)text.size,
                   text.data != NULL ? (const char *)text.data : "");
    sm__table_text(table, text.data != NULL ? cell : "-");
}

static void add_tenant(void *context, const struct sm_tenant_view *tenant)
{
    struct list *list = context;
    char age[SM__AGE_SIZE], client[SM_UUID_TEXT_SIZE + 1];

    if (list->report != NULL) {
        sm_report_open_row(list->report, "tenants");
        sm__tenants_report(list->tenants, tenant, list->report);
        sm_report_close(list->report);
        return;
    }
    sm__age_format(tenant->age_us, age);
    sm_uuid_format(&tenant->client_id, client);
    add_slice(&list->table, tenant->organization_id);
    sm__table_text(&list->table, client);
    add_slice(&list->table, tenant->state);
    add_slice(&list->table, tenant->step);
    add_slice(&list->table, tenant->waits_for);
    sm__table_heading(&list->table, age, true);
    add_slice(&list->table, tenant->actual_mode);
    add_slice(&list->table, tenant->requested_mode);
    sm__table_number(&list->table, tenant->pending);
    sm__table_text(&list->table, sm__tenants_is_stuck(list->tenants, tenant) ? "stuck" : "");
}

enum sm_status sm__tenants_read_filter(const struct sm__tenants *tenants, struct sm_uuid *client_id,
                                       struct sm_tenants_filter *out, struct sm_err *err)
{
    *out = (struct sm_tenants_filter){
        .organization_id = sm_options_text(tenants->options, SM_OPTION_ORG),
        .state = sm_options_text(tenants->options, SM_OPTION_TENANT_STATE),
    };
    return sm__operand_client(tenants->options, client_id, &out->client_id, err);
}

struct sm_tenants_filter sm__tenants_filter_of(const char *text, struct sm_uuid *id)
{
    struct sm_tenants_filter filter = {.client_id = NULL};

    if (sm_uuid_parse(sm_slice_of(text), id))
        filter.client_id = id;
    else
        filter.organization_id = text;
    return filter;
}

static bool put_list(struct list *list, struct sm_buf *out)
{
    if (list->report != NULL)
        return sm_report_print(list->report, out);
    return sm__table_append(&list->table, out);
}

enum sm_status sm__tenants_list(struct sm__tenants *tenants, struct sm__wire *wire,
                                struct sm_err *err)
{
    static const char *const headings[] = {"organization", "client", "state", "step", "waits for"};
    bool json = sm_options_flag(tenants->options, SM_OPTION_JSON);
    struct list list = {.tenants = tenants, .report = json ? sm_report_create() : NULL};
    const struct sm_tenants_sink sink = {&list, add_tenant, NULL, NULL};
    struct sm_tenants_filter filter;
    struct sm_uuid client_id;
    enum sm_status status = sm__tenants_read_filter(tenants, &client_id, &filter, err);

    sm_report_array(list.report, "tenants");
    sm__table_init(&list.table, SM_ARRAY_COUNT(headings) + 5);
    for (size_t i = 0; i < SM_ARRAY_COUNT(headings); i++)
        sm__table_text(&list.table, headings[i]);
    sm__table_heading(&list.table, "since", true);
    sm__table_text(&list.table, "mode");
    sm__table_text(&list.table, "wanted");
    sm__table_heading(&list.table, "unpublished", true);
    sm__table_text(&list.table, "");
    if (status == SM_OK)
        status = sm_postgres_tenants_list(sm__wire_database(wire), &filter, &sink, err);
    if (status == SM_OK && !put_list(&list, &tenants->out))
        status = sm__out_of_memory(err);
    sm__table_deinit(&list.table);
    sm_report_destroy(list.report);
    return status;
}
