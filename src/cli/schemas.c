/* `schemas`: what the program ships beside what the registry has. */
#include "cli/schemas.h"

#include <inttypes.h>

#include "cli/command.h"
#include "cli/operand.h"

#define OUTPUT_SIZE_MAX (16u << 20)

/* ---- register ---- */

struct registering {
    struct sm__schemas *schemas;
    const char *subject;
};

static void take_registered(void *context, const struct sm__registered *one)
{
    struct registering *registering = context;
    struct sm__schemas *schemas = registering->schemas;

    sm_buf_printf(&schemas->text, "%s: %s v%u %s version %" PRIu32 ", id %" PRIu32 "\n",
                  registering->subject, one->schema->name, one->schema->version,
                  one->added ? "is registered as" : "was there already as", one->version.version,
                  one->version.id);
    sm_report_open_row(schemas->report, "schemas");
    sm_report_text(schemas->report, "subject", registering->subject);
    sm_report_number(schemas->report, "version", one->version.version);
    sm_report_number(schemas->report, "id", one->version.id);
    sm_report_text(schemas->report, "name", one->schema->name);
    sm_report_number(schemas->report, "ships_as", one->schema->version);
    sm_report_flag(schemas->report, "added", one->added);
    sm_report_close(schemas->report);
}

static void take_rule(void *context, const char *rule, bool set)
{
    struct registering *registering = context;
    struct sm__schemas *schemas = registering->schemas;

    sm_buf_printf(&schemas->text, "%s: compatibility %s %s\n", registering->subject,
                  set ? "is set to" : "stays", rule);
    sm_report_open_row(schemas->report, "rules");
    sm_report_text(schemas->report, "subject", registering->subject);
    sm_report_text(schemas->report, "compatibility", rule);
    sm_report_flag(schemas->report, "set", set);
    sm_report_close(schemas->report);
}

enum sm_status sm__schemas_register(struct sm__schemas *schemas, struct sm_err *err)
{
    char subject[SM__SUBJECT_SIZE];
    struct registering registering = {schemas, subject};
    const struct sm__registration_sink sink = {&registering, take_registered, take_rule};
    enum sm_status status = SM_OK;

    if (schemas->registry == NULL)
        return sm_err_set(err, SM_REJECT, SM_FROM_NONE,
                          "schemas register needs a schema registry, and none is set; hint: "
                          "--registry URL names it");
    sm_report_array(schemas->report, "schemas");
    sm_report_array(schemas->report, "rules");
    for (unsigned topic = 0; topic < SM_TOPIC_COUNT && status == SM_OK; topic++) {
        sm__registration_subject(schemas->wire, (enum sm_topic)topic, subject);
        status =
            sm__registration_put(schemas->registry, subject, (enum sm_topic)topic, &sink, err);
    }
    return status;
}

/* ---- the command ---- */

static enum sm_status do_what_is_asked(struct sm__schemas *schemas, struct sm_err *err)
{
    const char *what = schemas->options->operands[0], *more = schemas->options->operands[1];
    bool check = what != NULL && strcmp(what, "check") == 0;

    if (more != NULL && !check)
        return sm_err_set(err, SM_REJECT, SM_FROM_NONE,
                          "schemas %.60s does not take the argument \"%.60s\"", what, more);
    if (check)
        return sm__schemas_check(schemas, err);
    if (what != NULL && strcmp(what, "list") == 0)
        return sm__schemas_list(schemas, err);
    if (what != NULL && strcmp(what, "register") == 0)
        return sm__schemas_register(schemas, err);
    return sm__operand_wrong(err, "the argument of schemas", what != NULL ? what : "",
                             "list, register or check; hint: secretmagic help schemas");
}

/* What was done before a failure is told, too. */
static enum sm_status print(struct sm__schemas *schemas, struct sm_err *err)
{
    if (schemas->report != NULL)
        return sm__print_report(schemas->report, OUTPUT_SIZE_MAX, err);
    if (sm_buf_failed(&schemas->text))
        return sm__out_of_memory(err);
    (void)fwrite(schemas->text.data, 1, schemas->text.size, stdout);
    return SM_OK;
}

static int exit_code(const struct sm__schemas *schemas, enum sm_status status,
                     const struct sm_err *err)
{
    if (status == SM_OK)
        return schemas->different ? SM_EXIT_DIFFERENT : SM_EXIT_OK;
    (void)fprintf(stderr, "secretmagic: %s\n", err->text);
    /* What we refuse ourselves makes no sense. */
    return status == SM_REJECT && err->origin == SM_FROM_NONE ? SM_EXIT_USAGE : SM_EXIT_FAILED;
}

static enum sm_status work(struct sm__schemas *schemas, bool json, struct sm_err *err)
{
    enum sm_status status = sm__wire_subjects(schemas->wire, &schemas->registry, err);
    struct sm_err ignored;

    if (status != SM_OK)
        return status;
    schemas->report = json ? sm_report_create() : NULL;
    if (json && schemas->report == NULL)
        return sm__out_of_memory(err);
    status = do_what_is_asked(schemas, err);
    if (status == SM_OK)
        return print(schemas, err);
    if (!json && schemas->text.size > 0)
        (void)print(schemas, &ignored);
    return status;
}

int sm_command_schemas(const struct sm_options *options)
{
    struct sm__schemas schemas = {.options = options};
    struct sm_err err = {.text = ""};
    struct sm__wire *wire;
    int code;

    if (sm__wire_open(options, &wire, &err) != SM_OK)
        return sm__wire_refused(&err);
    schemas.wire = wire;
    sm_buf_init(&schemas.text, OUTPUT_SIZE_MAX);
    code = exit_code(&schemas, work(&schemas, sm_options_flag(options, SM_OPTION_JSON), &err),
                     &err);
    sm_buf_deinit(&schemas.text);
    sm_report_destroy(schemas.report);
    sm_registry_subjects_close(schemas.registry);
    sm__wire_close(wire);
    return code;
}
