/* `tenants approve|retry|abort|drop`: an event, which `run` judges. */
#include "cli/command.h"
#include "cli/emit_priv.h"
#include "cli/operand.h"
#include "cli/output.h"
#include "cli/tenants_priv.h"

#define EVENT_SIZE_MAX (64u << 10)

struct decision {
    enum sm_event_type type;
    struct sm_buf event;
    size_t found; /* tenants */
};

/* The step that stands there now goes with the event: if it is another one by the time that `run`
 * judges, the decision was about something else, and is refused. */
static void take_tenant(void *context, const struct sm_tenant_view *tenant)
{
    struct decision *decision = context;
    char subject[SM_UUID_TEXT_SIZE + 1];

    if (decision->found++ > 0)
        return;
    sm_uuid_format(&tenant->client_id, subject);
    sm_buf_printf(&decision->event, "{\"type\":\"%s\",\"subject\":\"%s\",\"data\":{",
                  sm_event_type_name(decision->type), subject);
    if (tenant->step.data != NULL && decision->type != SM_EVENT_TENANT_DROP_REQUESTED) {
        sm_buf_append_text(&decision->event, "\"step\":");
        sm_json_append_string(tenant->step, &decision->event);
        sm_buf_append_byte(&decision->event, ',');
    }
}

static enum sm_status make_event(const struct sm__emit *emit, struct decision *decision,
                                 struct sm_err *err)
{
    const struct sm_tenants_sink sink = {decision, take_tenant, NULL, NULL};
    const char *client = emit->options->operands[1], *reason = NULL, *actor = NULL;
    struct sm_tenants_filter filter;
    struct sm_uuid id;
    enum sm_status status = sm__operand_actor(emit->options, &actor, err);

    if (status == SM_OK)
        status = sm__operand_reason(emit->options, &reason, err);
    if (status == SM_OK && client == NULL)
        status = sm__operand_wrong(err, "the client of tenants", "",
                                   "a client's id or its organization's; hint: secretmagic tenants "
                                   "list");
    if (status != SM_OK)
        return status;
    filter = sm__tenants_filter_of(client, &id);
    status = sm_postgres_tenants_list(sm__wire_database(emit->wire), &filter, &sink, err);
    if (status == SM_OK && decision->found != 1)
        return sm_err_set(err, SM_REJECT, SM_FROM_NONE,
                          "there %s %.60s; hint: secretmagic tenants list tells the clients' ids",
                          decision->found == 0 ? "is no tenant" : "is more than one tenant",
                          client);
    sm_buf_append_text(&decision->event, "\"reason\":");
    sm_json_append_string(sm_slice_of(reason), &decision->event);
    sm_buf_append_text(&decision->event, "}}");
    if (status == SM_OK && sm_buf_failed(&decision->event))
        status = sm__out_of_memory(err);
    return status;
}

static int decide(struct sm__emit *emit, enum sm_event_type type)
{
    struct sm_err err = {.text = ""};
    struct decision decision = {.type = type};
    enum sm_status status;

    sm_buf_init(&decision.event, EVENT_SIZE_MAX);
    status = make_event(emit, &decision, &err);
    if (status == SM_OK)
        status = sm__emit_one(emit, sm_buf_view(&decision.event), &err);
    if (status == SM_OK && emit->acknowledged[SM_TOPIC_CONFIG] == 1) {
        char id[SM_UUID_TEXT_SIZE + 1];

        sm_uuid_format(&emit->window[0].id, id);
        (void)printf("%s %s is on %s; run judges it: see secretmagic tenants show %s\n",
                     sm_event_type_name(type), id, sm__wire_topic(emit->wire, SM_TOPIC_CONFIG),
                     emit->options->operands[1]);
    }
    if (status != SM_OK)
        (void)fprintf(stderr, "secretmagic: %s\n", err.text);
    sm_buf_deinit(&decision.event);
    if (status == SM_REJECT || emit->refused != 0)
        return SM_EXIT_USAGE;
    return status == SM_OK && emit->failed == 0 ? SM_EXIT_OK : SM_EXIT_FAILED;
}

int sm__tenants_decide(const struct sm_options *options, enum sm_event_type type)
{
    struct sm__emit emit = {.options = options, .input = "tenants", .format = SM_FORMAT_JSON};
    struct sm_err err = {.text = ""};
    int code;

    if (sm__wire_open(options, &emit.wire, &err) != SM_OK)
        return sm__wire_refused(&err);
    code = decide(&emit, type);
    sm__emit_close(&emit);
    return code;
}
