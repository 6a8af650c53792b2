/* `erase-client`: one client.erased event, sent as `emit` sends, and what it cannot reach. */
#include "cli/command.h"
#include "cli/emit_priv.h"
#include "cli/operand.h"
#include "cli/output.h"

#define EVENT_SIZE_MAX (64u << 10)

static enum sm_status make_event(const struct sm_options *options, struct sm_buf *out,
                                 struct sm_err *err)
{
    const char *client = options->operands[0], *reason = NULL;
    char subject[SM_UUID_TEXT_SIZE + 1];
    struct sm_uuid id;
    enum sm_status status = sm__operand_reason(options, &reason, err);

    if (status != SM_OK)
        return status;
    if (client == NULL || !sm_uuid_parse(sm_slice_of(client), &id))
        return sm__operand_wrong(err, "the argument of erase-client", client != NULL ? client : "",
                                 "the id of a client, a UUID");
    sm_uuid_format(&id, subject);
    sm_buf_printf(out,
                  "{\"type\":\"client.erased\",\"subject\":\"%s\",\"data\":{\"reason\":", subject);
    sm_json_append_string(sm_slice_of(reason), out);
    sm_buf_append_text(out, "}}");
    return sm_buf_failed(out) ? sm__out_of_memory(err) : SM_OK;
}

static void tell_sent(const struct sm__emit *emit)
{
    char id[SM_UUID_TEXT_SIZE + 1];

    sm_uuid_format(&emit->window[0].id, id);
    (void)printf("client.erased %s is on %s; the database is erased when run has consumed it\n", id,
                 sm__wire_topic(emit->wire, SM_TOPIC_CONFIG));
    (void)printf("not reached by it:\n"
                 "  the records of the topics %s and %s, which stay as they came\n"
                 "  backups of the database; one that is restored is erased again when run catches "
                 "up\n"
                 "  names and other texts that are no contact field, such as the client's name\n",
                 sm__wire_topic(emit->wire, SM_TOPIC_CONFIG),
                 sm__wire_topic(emit->wire, SM_TOPIC_PROCESSING));
}

static int erase(struct sm__emit *emit)
{
    struct sm_err err = { .text = "" };
    struct sm_buf event;
    enum sm_status status;

    sm_buf_init(&event, EVENT_SIZE_MAX);
    status = make_event(emit->options, &event, &err);
    if (status == SM_OK)
        status = sm__emit_one(emit, sm_buf_view(&event), &err);
    if (status == SM_OK && emit->acknowledged[SM_TOPIC_CONFIG] == 1)
        tell_sent(emit);
    if (status != SM_OK)
        (void)fprintf(stderr, "secretmagic: %s\n", err.text);
    sm_buf_deinit(&event);
    if (status == SM_REJECT || emit->refused != 0)
        return SM_EXIT_USAGE;
    return status == SM_OK && emit->failed == 0 ? SM_EXIT_OK : SM_EXIT_FAILED;
}

int sm_command_erase_client(const struct sm_options *options)
{
    struct sm__emit emit = { .options = options,
                             .input = "erase-client",
                             .format = SM_FORMAT_JSON };
    struct sm_err err = { .text = "" };
    int code;

    if (sm__wire_open(options, &emit.wire, &err) != SM_OK)
        return sm__wire_refused(&err);
    code = erase(&emit);
    sm__emit_close(&emit);
    return code;
}
