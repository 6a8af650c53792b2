/* `parked expire`: events that nobody will let go any more. */
#include "cli/asking.h"
#include "cli/command.h"
#include "cli/operand.h"
#include "cli/parked.h"

static enum sm_status choose(const struct sm_options *options, const struct sm__wire *wire,
                             struct sm_letter_ids *out, struct sm_err *err)
{
    const char *text = options->operands[1];
    struct sm_parked_filter filter;
    struct sm_uuid client_id;
    int64_t id = 0;
    enum sm_status status = sm__ask_meant(options, err);

    if (status == SM_OK)
        status = sm__parked_read_filter(options, wire, &client_id, &filter, err);
    if (status != SM_OK)
        return status;
    if (text != NULL && !sm__operand_id(text, &id))
        return sm__operand_wrong(err, "ID of parked expire", text,
                                 "the number that parked list gives an event");
    status = sm_postgres_parked_choose(sm__wire_database(wire), id, &filter, out, err);
    if (status == SM_OK && id != 0 && out->count == 0)
        return sm_err_set(err, SM_REJECT, SM_FROM_NONE,
                          "there is no parked event %s that matches; hint: secretmagic parked list",
                          text);
    return status;
}

static enum sm_status expire(const struct sm_options *options, const struct sm__wire *wire,
                             bool *all_done, struct sm_err *err)
{
    struct sm_request request = {.action = SM_REQUEST_EXPIRE};
    struct sm_letter_ids ids = {0};
    enum sm_status status = sm__operand_actor(options, &request.actor, err);

    if (status == SM_OK)
        status = sm__operand_reason(options, &request.reason, err);
    if (status == SM_OK)
        status = choose(options, wire, &ids, err);
    if (status == SM_OK)
        status = sm__ask(options, wire, &request, &ids, all_done, err);
    sm_letter_ids_free(&ids);
    return status;
}

int sm__parked_expire(const struct sm_options *options)
{
    struct sm_err err = {.text = ""};
    struct sm__wire *wire;
    bool all_done = true;
    enum sm_status status;

    if (sm__wire_open(options, &wire, &err) != SM_OK)
        return sm__wire_refused(&err);
    status = expire(options, wire, &all_done, &err);
    if (status != SM_OK)
        (void)fprintf(stderr, "secretmagic: %s\n", err.text);
    sm__wire_close(wire);
    if (status != SM_OK)
        return status == SM_REJECT ? SM_EXIT_USAGE : SM_EXIT_FAILED;
    return all_done ? SM_EXIT_OK : SM_EXIT_DIFFERENT;
}
