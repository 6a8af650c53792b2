/* `parked`: looks into the waiting room. */
#include "cli/command.h"
#include "cli/operand.h"
#include "cli/output.h"
#include "cli/parked.h"
#include "cli/wire.h"

#define OUTPUT_SIZE_MAX (256u << 20)

enum sm_status sm__parked_read_filter(const struct sm_options *options, const struct sm__wire *wire,
                                      struct sm_uuid *client_id, struct sm_parked_filter *out,
                                      struct sm_err *err)
{
    enum sm_event_type type;

    *out = (struct sm_parked_filter){
        .type = sm_options_text(options, SM_OPTION_TYPE),
        .waits_for = sm_options_text(options, SM_OPTION_WAITS_FOR),
        .topic = sm__operand_topic(options, wire),
        .older_than_us = sm_options_number(options, SM_OPTION_OLDER_THAN),
        .limit = sm_options_number(options, SM_OPTION_LIMIT),
    };
    if (out->type != NULL && !sm_event_type_find(sm_slice_of(out->type), &type))
        return sm__operand_wrong(err, "option --type", out->type,
                                 "an event type; hint: secretmagic help events");
    return sm__operand_client(options, client_id, &out->client_id, err);
}

static void take_listed(void *context, const struct sm_parked_view *event)
{
    sm__parked_list_add(context, event);
}

static enum sm_status list(const struct sm_options *options, struct sm__wire *wire,
                           struct sm_buf *out, struct sm_err *err)
{
    struct sm__parked_list parked;
    const struct sm_parked_sink sink = {&parked, take_listed};
    struct sm_parked_filter filter;
    struct sm_uuid client_id;
    enum sm_status status = SM_OK;

    if (options->operands[1] != NULL)
        return sm_err_set(err, SM_REJECT, SM_FROM_NONE,
                          "parked list does not take the argument \"%.60s\"", options->operands[1]);
    if (!sm__parked_list_init(&parked, sm_options_flag(options, SM_OPTION_JSON)))
        return sm__out_of_memory(err);
    status = sm__parked_read_filter(options, wire, &client_id, &filter, err);
    if (status == SM_OK)
        status = sm__wire_parked_list(wire, &filter, &sink, err);
    if (status == SM_OK && !sm__parked_list_append(&parked, out))
        status = sm__out_of_memory(err);
    sm__parked_list_deinit(&parked);
    return status;
}

struct showing {
    struct sm_buf *out;
    bool json, found, appended;
};

static void take_shown(void *context, const struct sm_parked_view *event)
{
    struct showing *showing = context;

    showing->found = true;
    showing->appended = showing->json ? sm__parked_show_json(event, showing->out)
                                      : sm__parked_show_text(event, showing->out);
}

static enum sm_status show(const struct sm_options *options, struct sm__wire *wire,
                           struct sm_buf *out, struct sm_err *err)
{
    struct showing showing = {.out = out, .json = sm_options_flag(options, SM_OPTION_JSON)};
    const struct sm_parked_sink sink = {&showing, take_shown};
    const char *text = options->operands[1];
    enum sm_status status;
    int64_t id;

    if (text == NULL || !sm__operand_id(text, &id))
        return sm__operand_wrong(err, "ID of parked show", text != NULL ? text : "",
                     "the number that parked list gives an event");
    status = sm__wire_parked_show(wire, id, &sink, err);
    if (status == SM_OK && !showing.found)
        return sm_err_set(err, SM_REJECT, SM_FROM_NONE,
                          "there is no parked event %s; hint: secretmagic parked list", text);
    if (status == SM_OK && !showing.appended)
        return sm__out_of_memory(err);
    return status;
}

static enum sm_status do_what_is_asked(const struct sm_options *options, struct sm__wire *wire,
                                       struct sm_buf *out, struct sm_err *err)
{
    const char *what = options->operands[0];

    if (what != NULL && strcmp(what, "list") == 0)
        return list(options, wire, out, err);
    if (what != NULL && strcmp(what, "show") == 0)
        return show(options, wire, out, err);
    return sm__operand_wrong(err, "the argument of parked", what != NULL ? what : "",
                 "list, show or expire; hint: secretmagic help parked");
}

int sm_command_parked(const struct sm_options *options)
{
    struct sm_err err = {.text = ""};
    struct sm__wire *wire;
    struct sm_buf out;
    enum sm_status status;

    if (options->operands[0] != NULL && strcmp(options->operands[0], "expire") == 0)
        return sm__parked_expire(options);
    if (sm__wire_open(options, &wire, &err) != SM_OK)
        return sm__wire_refused(&err);
    sm_buf_init(&out, OUTPUT_SIZE_MAX);
    status = do_what_is_asked(options, wire, &out, &err);
    if (status == SM_OK)
        (void)fputs(out.data, stdout);
    else
        (void)fprintf(stderr, "secretmagic: %s\n", err.text);
    sm_buf_deinit(&out);
    sm__wire_close(wire);
    /* SM_REJECT is ours: what was asked for makes no sense. */
    return status == SM_OK ? SM_EXIT_OK : status == SM_REJECT ? SM_EXIT_USAGE : SM_EXIT_FAILED;
}
