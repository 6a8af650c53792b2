/* `dead-letters`: what was refused, and the ways back. */
#include "cli/asking.h"
#include "cli/command.h"
#include "cli/letters.h"
#include "cli/operand.h"
#include "cli/output.h"

#define OUTPUT_SIZE_MAX (256u << 20)

struct letters {
    const struct sm_options *options;
    const struct sm__wire *wire;
    struct sm_letter_ids ids;
    bool all_done;
};

static enum sm_status read_id(const struct sm_options *options, int64_t *out, struct sm_err *err)
{
    const char *text = options->operands[1];

    *out = 0;
    if (text == NULL || sm__operand_id(text, out))
        return SM_OK;
    return sm__operand_wrong(err, "ID of dead-letters", text,
                             "the number that dead-letters list gives one");
}

/* One by its number is found in whatever state it is; of a set the open ones are meant. --limit
 * bounds what `list` prints; of the others it is a filter, and only where somebody wrote it. */
static enum sm_status read_filter(const struct letters *letters, struct sm_uuid *client_id,
                                  struct sm_letter_filter *out, struct sm_err *err)
{
    const struct sm_options *options = letters->options;
    const char *state = sm_options_text(options, SM_OPTION_STATE);
    bool is_list = strcmp(options->operands[0], "list") == 0;
    bool is_limited = options->values[SM_OPTION_LIMIT].origin != SM_BY_DEFAULT;
    enum sm_status status;

    *out = (struct sm_letter_filter){
        .code = sm_options_text(options, SM_OPTION_CODE),
        .type = sm_options_text(options, SM_OPTION_TYPE),
        .topic = sm__operand_topic(options, letters->wire),
        .older_than_us = sm_options_number(options, SM_OPTION_OLDER_THAN),
        .limit = is_limited && !is_list ? sm_options_number(options, SM_OPTION_LIMIT) : 0,
    };
    status = read_id(options, &out->id, err);
    if (out->id == 0 && strcmp(state, "all") != 0)
        out->state = state;
    if (status == SM_OK)
        status = sm__operand_client(options, client_id, &out->client_id, err);
    return status;
}

static enum sm_status choose(struct letters *letters, struct sm_err *err)
{
    struct sm_letter_filter filter;
    struct sm_uuid client_id;
    enum sm_status status = read_filter(letters, &client_id, &filter, err);

    if (status == SM_OK)
        status = sm_postgres_letters_choose(sm__wire_database(letters->wire), &filter,
                                            &letters->ids, err);
    if (status == SM_OK && filter.id != 0 && letters->ids.count == 0)
        return sm_err_set(err, SM_REJECT, SM_FROM_NONE,
                          "there is no dead letter %s that matches; hint: secretmagic dead-letters "
                          "list --state all",
                          letters->options->operands[1]);
    return status;
}

static enum sm_status print(enum sm_status status, const struct sm_buf *out)
{
    if (status == SM_OK)
        (void)fwrite(out->data, 1, out->size, stdout);
    return status;
}

static enum sm_status list(struct letters *letters, struct sm_err *err)
{
    struct sm__letters_list shown;
    const struct sm_letter_sink sink = {&shown, sm__letters_list_add, sm__letters_list_code, NULL};
    struct sm_buf out;
    enum sm_status status = choose(letters, err);

    if (status != SM_OK)
        return status;
    sm_buf_init(&out, OUTPUT_SIZE_MAX);
    if (!sm__letters_list_init(&shown, sm_options_flag(letters->options, SM_OPTION_JSON)))
        status = sm__out_of_memory(err);
    if (status == SM_OK)
        status = sm_postgres_letters_list(sm__wire_database(letters->wire), &letters->ids,
                                          sm_options_number(letters->options, SM_OPTION_LIMIT),
                                          &sink, err);
    if (status == SM_OK && !sm__letters_list_append(&shown, letters->ids.count, &out))
        status = sm__out_of_memory(err);
    status = print(status, &out);
    sm__letters_list_deinit(&shown);
    sm_buf_deinit(&out);
    return status;
}

static enum sm_status tell_one(struct letters *letters, struct sm__letters_show *shown,
                               struct sm_err *err)
{
    const struct sm_letter_sink sink = {shown, sm__letters_show_letter, NULL,
                                        sm__letters_show_attempt};
    const struct sm_postgres_client *database = sm__wire_database(letters->wire);
    int64_t id;
    enum sm_status status = read_id(letters->options, &id, err);

    if (status == SM_OK)
        status = sm_postgres_letters_records(database, &letters->ids, &sink, err);
    if (status == SM_OK)
        status = sm_postgres_letters_history(database, id, &sink, err);
    if (status == SM_OK && (shown->report != NULL ? !sm_report_print(shown->report, shown->out)
                                                  : sm_buf_failed(shown->out)))
        status = sm__out_of_memory(err);
    return status;
}

static enum sm_status show(struct letters *letters, struct sm_err *err)
{
    bool json = sm_options_flag(letters->options, SM_OPTION_JSON);
    struct sm__letters_show shown = {0};
    struct sm_buf out;
    enum sm_status status;

    if (letters->options->operands[1] == NULL)
        return sm__operand_wrong(err, "ID of dead-letters show", "",
                                 "the number that dead-letters list gives one");
    status = choose(letters, err);
    if (status != SM_OK)
        return status;
    sm_buf_init(&out, OUTPUT_SIZE_MAX);
    shown.out = &out;
    shown.report = json ? sm_report_create() : NULL;
    status = json && shown.report == NULL ? sm__out_of_memory(err) : tell_one(letters, &shown, err);
    status = print(status, &out);
    sm_report_destroy(shown.report);
    sm_buf_deinit(&out);
    return status;
}

static enum sm_status export(struct letters *letters, struct sm_err *err)
{
    bool failed = false;
    const struct sm_letter_sink sink = {&failed, sm__letters_export, NULL, NULL};
    enum sm_status status = choose(letters, err);

    if (status == SM_OK)
        status = sm_postgres_letters_records(sm__wire_database(letters->wire), &letters->ids, &sink,
                                             err);
    return status == SM_OK && failed ? sm__out_of_memory(err) : status;
}

static enum sm_status ask(struct letters *letters, const struct sm_request *request,
                          struct sm_err *err)
{
    enum sm_status status = sm__ask_meant(letters->options, err);

    if (status == SM_OK)
        status = choose(letters, err);
    if (status != SM_OK)
        return status;
    return sm__ask(letters->options, letters->wire, request, &letters->ids, &letters->all_done,
                   err);
}

static enum sm_status retry(struct letters *letters, struct sm_err *err)
{
    struct sm_request request = {.reason = sm_options_text(letters->options, SM_OPTION_REASON)};
    enum sm_status status = sm__operand_actor(letters->options, &request.actor, err);

    request.action = sm_options_flag(letters->options, SM_OPTION_FORCE) ? SM_REQUEST_FORCE
                                                                        : SM_REQUEST_RETRY;
    return status == SM_OK ? ask(letters, &request, err) : status;
}

static enum sm_status discard(struct letters *letters, struct sm_err *err)
{
    struct sm_request request = {.action = SM_REQUEST_DISCARD};
    enum sm_status status = sm__operand_actor(letters->options, &request.actor, err);

    if (status == SM_OK)
        status = sm__operand_reason(letters->options, &request.reason, err);
    return status == SM_OK ? ask(letters, &request, err) : status;
}

static enum sm_status do_what_is_asked(struct letters *letters, struct sm_err *err)
{
    static const struct {
        const char *name;
        enum sm_status (*run)(struct letters *letters, struct sm_err *err);
    } verbs[] = {{"list", list},
                 {"show", show},
                 {"retry", retry},
                 {"discard", discard},
                 {"export", export}};
    const char *what = letters->options->operands[0];

    for (size_t i = 0; what != NULL && i < SM_ARRAY_COUNT(verbs); i++) {
        if (strcmp(what, verbs[i].name) == 0)
            return verbs[i].run(letters, err);
    }
    return sm__operand_wrong(err, "the argument of dead-letters", what != NULL ? what : "",
                             "list, show, retry, discard or export; hint: secretmagic help "
                             "dead-letters");
}

int sm_command_dead_letters(const struct sm_options *options)
{
    struct letters letters = {.options = options, .all_done = true};
    struct sm_err err = {.text = ""};
    struct sm__wire *wire;
    enum sm_status status;

    if (sm__wire_open(options, &wire, &err) != SM_OK)
        return sm__wire_refused(&err);
    letters.wire = wire;
    status = do_what_is_asked(&letters, &err);
    if (status != SM_OK)
        (void)fprintf(stderr, "secretmagic: %s\n", err.text);
    sm_letter_ids_free(&letters.ids);
    sm__wire_close(wire);
    if (status != SM_OK)
        return status == SM_REJECT ? SM_EXIT_USAGE : SM_EXIT_FAILED;
    return letters.all_done ? SM_EXIT_OK : SM_EXIT_DIFFERENT;
}
