/* `tenants`: where each client's tables are in their life. */
#include "cli/tenants.h"

#include "cli/command.h"
#include "cli/operand.h"

#define OUTPUT_SIZE_MAX (256u << 20)

static enum sm_status ask(struct sm__tenants *tenants, const char *what, struct sm_err *err)
{
    struct sm__wire *wire = NULL;
    enum sm_status status = sm__wire_open(tenants->options, &wire, err);

    if (status != SM_OK)
        return SM_REJECT; /* an option is at fault: nothing was asked */
    if (strcmp(what, "list") == 0)
        status = sm__tenants_list(tenants, wire, err);
    else if (strcmp(what, "show") == 0)
        status = sm__tenants_show(tenants, wire, err);
    else
        status = sm__tenants_export(tenants, wire, err);
    sm__wire_close(wire);
    return status;
}

static int print(const struct sm_options *options, const char *what)
{
    struct sm__tenants tenants = {.options = options};
    struct sm_err err = {.text = ""};
    enum sm_status status;

    sm_buf_init(&tenants.out, OUTPUT_SIZE_MAX);
    status = strcmp(what, "plan") == 0 ? sm__tenants_plan(&tenants, &err)
                                       : ask(&tenants, what, &err);
    if (status == SM_OK && sm_buf_failed(&tenants.out))
        status = sm__out_of_memory(&err);
    if (status == SM_OK)
        (void)fwrite(tenants.out.data, 1, tenants.out.size, stdout);
    else
        (void)fprintf(stderr, "secretmagic: %s\n", err.text);
    sm_buf_deinit(&tenants.out);
    return status == SM_OK ? SM_EXIT_OK : status == SM_REJECT ? SM_EXIT_USAGE : SM_EXIT_FAILED;
}

int sm_command_tenants(const struct sm_options *options)
{
    static const struct {
        const char *verb;
        enum sm_event_type type;
    } decisions[] = {{"approve", SM_EVENT_TENANT_APPROVED},
                     {"retry", SM_EVENT_TENANT_RETRIED},
                     {"abort", SM_EVENT_TENANT_ABORTED},
                     {"drop", SM_EVENT_TENANT_DROP_REQUESTED}};
    static const char *const views[] = {"list", "show", "plan", "export-sql"};
    const char *what = options->operands[0] != NULL ? options->operands[0] : "";
    struct sm_err err;

    for (size_t i = 0; i < SM_ARRAY_COUNT(decisions); i++) {
        if (strcmp(what, decisions[i].verb) == 0)
            return sm__tenants_decide(options, decisions[i].type);
    }
    for (size_t i = 0; i < SM_ARRAY_COUNT(views); i++) {
        if (strcmp(what, views[i]) == 0)
            return print(options, what);
    }
    (void)sm__operand_wrong(&err, "the argument of tenants", what,
                            "list, show, approve, retry, abort, drop, plan or export-sql; hint: "
                            "secretmagic help tenants");
    return sm__wire_refused(&err);
}
