/* `tenants plan`: what a saga would run, by the templates and options of now. */
#include "cli/operand.h"
#include "cli/templates.h"
#include "cli/tenants.h"

struct plan {
    const struct sm_templates *templates;
    struct sm_arena arena;
    struct sm_tenant_command command; /* the one at hand */
    struct sm_buf *out;
    bool json;
    bool failed;
};

static enum sm_status read_modes(const struct sm_options *options, struct sm_tenant_command *out,
                                 struct sm_err *err)
{
    const char *from = sm_options_text(options, SM_OPTION_FROM);
    bool has_to = sm_options_text(options, SM_OPTION_TO) != NULL;

    if (from != NULL && !sm_tenant_mode_find(sm_slice_of(from), &out->from_mode))
        return sm__operand_wrong(err, "option --from", from,
                                 "prefixed_tables, dedicated_db or shared");
    if (!has_to)
        return sm_err_set(err, SM_REJECT, SM_FROM_NONE,
                          "option --to is missing; hint: the tenant mode to be reached, or the one "
                          "that the tables are of");
    out->mode = (enum sm_tenant_mode)sm_options_number(options, SM_OPTION_TO);
    if (from == NULL)
        out->from_mode = out->mode;
    else if (out->from_mode == out->mode)
        return sm_err_set(err, SM_REJECT, SM_FROM_NONE,
                          "options --from and --to are both %s; nothing has to be moved", from);
    return SM_OK;
}

static enum sm_status read_saga(const struct sm_options *options, struct sm_tenant_command *out,
                                struct sm_err *err)
{
    bool moves = sm_options_text(options, SM_OPTION_FROM) != NULL;

    out->saga = moves ? SM_SAGA_MIGRATE : SM_SAGA_PROVISION;
    if (sm_options_text(options, SM_OPTION_SAGA) == NULL)
        return SM_OK;
    out->saga = (enum sm_tenant_saga)(sm_options_number(options, SM_OPTION_SAGA) +
                                      SM_SAGA_PROVISION);
    if (moves != (out->saga == SM_SAGA_MIGRATE))
        return sm_err_set(err, SM_REJECT, SM_FROM_NONE,
                          "option --from belongs to --saga migrate, and that one needs it");
    return SM_OK;
}

static enum sm_status read_organization(const struct sm_options *options,
                                        struct sm_tenant_command *out, struct sm_err *err)
{
    const char *organization = sm_options_text(options, SM_OPTION_ORG);

    if (organization == NULL)
        return sm_err_set(err, SM_REJECT, SM_FROM_NONE,
                          "option --org is missing; hint: the organization whose names to use");
    out->organization_id = sm_slice_of(organization);
    return SM_OK;
}

static void put_command(struct plan *plan)
{
    struct sm_tenant_command *command = &plan->command;

    sm_arena_reset(&plan->arena);
    if (!sm_templates_render(plan->templates, command, &plan->arena))
        plan->failed = true;
    else if (plan->json) {
        sm_buf_append_text(plan->out, command->sequence == 1 ? "[\n" : ",\n");
        sm_command_append_json(command, plan->out);
    } else {
        sm__tenants_put_command(plan->out, command);
    }
    command->sequence++;
}

/* A saga's steps, each with what would undo it; the ids in names are those of no command. */
static void put_saga(struct plan *plan)
{
    struct sm_tenant_command *command = &plan->command;

    command->sequence = 1;
    command->attempt = 1;
    command->storage = SM_STORAGE_OPEN;
    for (enum sm_tenant_step step = SM_STEP_NONE;
         (step = sm_tenant_next_step(command->saga, step)) != SM_STEP_NONE;) {
        command->step = step;
        command->irreversible = sm_tenant_step_destroys(step);
        put_command(plan);
    }
    if (plan->json)
        sm_buf_append_text(plan->out, "\n]\n");
}

enum sm_status sm__tenants_plan(struct sm__tenants *tenants, struct sm_err *err)
{
    struct plan plan = {.out = &tenants->out,
                        .json = sm_options_flag(tenants->options, SM_OPTION_JSON)};
    struct sm_templates *templates = NULL;
    enum sm_status status = read_organization(tenants->options, &plan.command, err);

    if (status == SM_OK)
        status = read_modes(tenants->options, &plan.command, err);
    if (status == SM_OK)
        status = read_saga(tenants->options, &plan.command, err);
    if (status == SM_OK)
        status = sm__templates_open(tenants->options, &templates, err);
    if (status == SM_OK && !sm_arena_init(&plan.arena, SM_TEMPLATES_ARENA_SIZE))
        status = sm__out_of_memory(err);
    if (status != SM_OK) {
        sm_templates_destroy(templates);
        return status;
    }
    plan.templates = templates;
    put_saga(&plan);
    sm_arena_deinit(&plan.arena);
    sm_templates_destroy(templates);
    return plan.failed ? sm_err_set(err, SM_REJECT, SM_FROM_NONE,
                                    "the statements of a step are larger than a command can be")
                       : SM_OK;
}
