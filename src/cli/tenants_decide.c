/* `tenants approve|retry|abort|drop`: an event, which `run` judges. */
#include "cli/command.h"
#include "cli/emit_priv.h"
#include "cli/operand.h"
#include "cli/output.h"
#include "cli/tenants.h"

#define EVENT_SIZE_MAX (64u << 10)

static enum sm_status make_event(const struct sm_options *options, enum sm_event_type type,
                                 struct sm_buf *out, struct sm_err *err)
{
    const char *client = options->operands[1], *reason = NULL, *actor = NULL;
    char subject[SM_UUID_TEXT_SIZE + 1];
    struct sm_uuid id;
    enum sm_status status = sm__operand_actor(options, &actor, err);

    if (status == SM_OK)
        status = sm__operand_reason(options, &reason, err);
    if (status != SM_OK)
        return status;
    if (client == NULL || !sm_uuid_parse(sm_slice_of(client), &id))
        return sm__operand_wrong(err, "the client of tenants", client != NULL ? client : "",
                                 "the id of a client, a UUID; hint: secretmagic tenants list");
    sm_uuid_format(&id, subject);
    sm_buf_printf(out, "{\"type\":\"%s\",\"subject\":\"%s\",\"data\":{\"reason\":",
                  sm_event_type_name(type), subject);
    sm_json_append_string(sm_slice_of(reason), out);
    sm_buf_append_text(out, "}}");
    return sm_buf_failed(out) ? sm__out_of_memory(err) : SM_OK;
}

static int decide(struct sm__emit *emit, enum sm_event_type type)
{
    struct sm_err err = {.text = ""};
    struct sm_buf event;
    enum sm_status status;

    sm_buf_init(&event, EVENT_SIZE_MAX);
    status = make_event(emit->options, type, &event, &err);
    if (status == SM_OK)
        status = sm__emit_one(emit, sm_buf_view(&event), &err);
    if (status == SM_OK && emit->acknowledged[SM_TOPIC_CONFIG] == 1) {
        char id[SM_UUID_TEXT_SIZE + 1];

        sm_uuid_format(&emit->window[0].id, id);
        (void)printf("%s %s is on %s; run judges it: see secretmagic tenants show %s\n",
                     sm_event_type_name(type), id, sm__wire_topic(emit->wire, SM_TOPIC_CONFIG),
                     emit->options->operands[1]);
    }
    if (status != SM_OK)
        (void)fprintf(stderr, "secretmagic: %s\n", err.text);
    sm_buf_deinit(&event);
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
