/* The set of templates, and the statements that a command has by them. */
#include "codec/templates.h"

#include <stdio.h>
#include <stdlib.h>

#include "codec/template_priv.h"

#define NAME_SIZE  48
#define SET_MEMORY (8u << 20) /* bytes of addresses; touched as they are used */

struct entry {
    const char *name; /* static: of those that ship */
    struct sm__template content;
};
struct sm_templates {
    struct sm_arena arena;
    struct sm__template_values values;
    struct entry *entries; /* by name */
    size_t count;
};

/* ---- the set ---- */

static const struct sm_template_text *own_of(const struct sm_template_text *own, size_t own_count,
                                             const char *name)
{
    for (size_t i = 0; i < own_count; i++) {
        if (strcmp(own[i].name, name) == 0)
            return &own[i];
    }
    return NULL;
}

static enum sm_status read_all(struct sm_templates *set, const struct sm_template_text *own,
                               size_t own_count, struct sm_err *err)
{
    const struct sm_template_text *texts = sm_template_texts(&set->count);
    enum sm_status status = SM_OK;

    set->entries = sm_arena_zalloc(&set->arena, set->count, sizeof(*set->entries));
    if (set->entries == NULL)
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "no memory for templates");
    for (size_t i = 0; i < set->count && status == SM_OK; i++) {
        const struct sm_template_text *its = own_of(own, own_count, texts[i].name);
        struct sm_template_text kept = its == NULL ? texts[i] : *its;

        set->entries[i].name = texts[i].name;
        if (!sm_arena_copy(&set->arena, kept.text, &kept.text))
            return sm_err_set(err, SM_FATAL, SM_FROM_OS, "%s: no memory for it", kept.path);
        status = sm__template_read(&kept, &set->arena, &set->entries[i].content, err);
    }
    return status;
}

static enum sm_status check_names(const struct sm_template_text *own, size_t own_count,
                                  struct sm_err *err)
{
    size_t count;
    const struct sm_template_text *texts = sm_template_texts(&count);

    for (size_t i = 0; i < own_count; i++) {
        if (own_of(texts, count, own[i].name) == NULL)
            return sm_err_set(err, SM_REJECT, SM_FROM_NONE,
                              "%s:1: no step is called '%.60s'; hint: a template has the name of "
                              "the one in sql/starrocks that it replaces",
                              own[i].path, own[i].name);
    }
    return SM_OK;
}

enum sm_status sm_templates_create(const struct sm_template_settings *settings,
                                   const struct sm_template_text *own, size_t own_count,
                                   struct sm_templates **out, struct sm_err *err)
{
    struct sm_templates *set = calloc(1, sizeof(*set));
    enum sm_status status = SM_OK;

    *out = NULL;
    if (set == NULL || !sm_arena_init(&set->arena, SET_MEMORY))
        status = sm_err_set(err, SM_FATAL, SM_FROM_OS, "no memory for templates");
    if (status == SM_OK)
        status = check_names(own, own_count, err);
    if (status == SM_OK)
        status = sm__template_values_make(settings, &set->arena, &set->values, err);
    if (status == SM_OK)
        status = read_all(set, own, own_count, err);
    if (status != SM_OK) {
        sm_templates_destroy(set);
        return status;
    }
    *out = set;
    return SM_OK;
}

void sm_templates_destroy(struct sm_templates *templates)
{
    if (templates == NULL)
        return;
    sm_arena_deinit(&templates->arena);
    free(templates);
}

/* ---- which one ---- */

/* What a step's file is called behind the step's name. */
static const char *suffix_of(const struct sm_tenant_command *command, enum sm_tenant_step step)
{
    bool from_shared = command->from_mode == SM_TENANT_SHARED;
    bool to_shared = command->mode == SM_TENANT_SHARED;

    switch (step) {
    case SM_STEP_COPY:
    case SM_STEP_DELTA:
    case SM_STEP_VERIFY:
        return from_shared ? "from_shared" : to_shared ? "to_shared" : "between_tables";
    case SM_STEP_FREEZE:
    case SM_STEP_SWITCH:
    case SM_STEP_CLEAN_UP:
        return sm_tenant_mode_name(command->from_mode);
    case SM_STEP_ARCHIVE_COPY:
        return to_shared ? "shared" : "table";
    case SM_STEP_CREATE:
    case SM_STEP_SUSPEND:
    case SM_STEP_RESUME:
    case SM_STEP_ARCHIVE:
    case SM_STEP_DROP:
    case SM_STEP_NONE:
    case SM_TENANT_STEP_COUNT:
        break;
    }
    return sm_tenant_mode_name(command->mode);
}

static const struct sm__template *template_of(const struct sm_templates *set,
                                              const struct sm_tenant_command *command,
                                              enum sm_tenant_step step)
{
    bool restores = step == SM_STEP_RESUME && command->storage == SM_STORAGE_ARCHIVED;
    const char *verb = restores ? "restore" : sm_tenant_name(SM_TENANT_WORD_STEP, step);
    char name[NAME_SIZE];

    (void)snprintf(name, sizeof(name), "%s_%s", verb, suffix_of(command, step));
    for (size_t i = 0; i < set->count; i++) {
        if (strcmp(set->entries[i].name, name) == 0)
            return &set->entries[i].content;
    }
    SM_ASSERT(false && "a step has no template");
    return NULL;
}

/* ---- statements ---- */

struct rendering {
    struct sm__template_context context;
    struct sm_statement *statements;
    size_t count;
    bool failed; /* the arena is too small */
};

static struct sm_slice fill(struct rendering *rendering, struct sm_slice text)
{
    struct sm_slice out = SM_SLICE_NONE;

    if (!rendering->failed && !sm__template_fill(&rendering->context, text, &out))
        rendering->failed = true;
    return out;
}

static struct sm_expectation fill_query(struct rendering *rendering,
                                        const struct sm__template_query *query)
{
    return (struct sm_expectation){ fill(rendering, query->text),
                                    fill(rendering, query->expected) };
}

static struct sm_statement *add(struct rendering *rendering,
                                const struct sm__template_statement *from)
{
    struct sm_statement *to = &rendering->statements[rendering->count++];

    *to = (struct sm_statement){ .ok_error_count = from->ok_error_count };
    for (size_t i = 0; i < from->ok_error_count; i++)
        to->ok_errors[i] = fill(rendering, from->ok_errors[i]);
    return to;
}

static void add_statement(struct rendering *rendering, const struct sm__template_statement *from)
{
    struct sm_statement *to = add(rendering, from);

    to->sql = fill(rendering, from->sql);
    to->verify = fill_query(rendering, &from->verify);
    to->completed = fill_query(rendering, &from->completed);
    to->failed = fill(rendering, from->failed);
    to->rollback = fill(rendering, from->rollback);
}

static void add_rollback(struct rendering *rendering, const struct sm__template_statement *from)
{
    struct sm_statement *to;

    if (from->rollback.data == NULL)
        return;
    to = add(rendering, from);
    to->sql = fill(rendering, from->rollback);
    to->verify = fill_query(rendering, &from->rollback_verify);
}

/* A setting that is off is an empty text. */
static bool is_wanted(const struct rendering *rendering, const struct sm__template_statement *from)
{
    bool is_set = rendering->context.values->texts[from->condition].size != 0;

    return !from->has_condition || is_set == from->wanted_when_set;
}

static int64_t times(const struct rendering *rendering, const struct sm__template_statement *from)
{
    return from->each_chunk ? rendering->context.values->chunks : 1;
}

static void apply(struct rendering *rendering, const struct sm__template *template)
{
    for (size_t i = 0; i < template->count; i++) {
        const struct sm__template_statement *from = &template->statements[i];

        for (int64_t chunk = 0; is_wanted(rendering, from) && chunk < times(rendering, from);
             chunk++) {
            rendering->context.chunk = chunk;
            add_statement(rendering, from);
        }
    }
}

static void roll_back(struct rendering *rendering, const struct sm__template *template)
{
    for (size_t i = template->count; i-- > 0;) {
        const struct sm__template_statement *from = &template->statements[i];

        for (int64_t chunk = times(rendering, from);
             is_wanted(rendering, from) && chunk-- > 0;) {
            rendering->context.chunk = chunk;
            add_rollback(rendering, from);
        }
    }
}

/* The steps up to the one at hand, the last one first. */
static void abort_all(struct rendering *rendering, const struct sm_templates *set)
{
    const struct sm_tenant_command *command = rendering->context.command;
    enum sm_tenant_step steps[SM_TENANT_STEP_COUNT], step = SM_STEP_NONE;
    size_t count = 0;

    do {
        step = sm_tenant_next_step(command->saga, step);
        steps[count++] = step;
    } while (step != command->step);
    while (count-- > 0)
        roll_back(rendering, template_of(set, command, steps[count]));
}

/* More than any command has: all statements of a saga, each for each chunk. */
static size_t statements_max(const struct sm_templates *set,
                             const struct sm_tenant_command *command)
{
    size_t max = 0;

    for (enum sm_tenant_step step = SM_STEP_NONE;
         (step = sm_tenant_next_step(command->saga, step)) != SM_STEP_NONE;) {
        const struct sm__template *template = template_of(set, command, step);

        for (size_t i = 0; i < template->count; i++)
            max += template->statements[i].each_chunk ? (size_t)set->values.chunks : 1;
    }
    return max;
}

static bool is_organization_id(struct sm_slice id)
{
    for (size_t i = 0; i < id.size; i++) {
        uint8_t c = id.data[i];

        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_')
            return false;
    }
    return id.size != 0 && id.size <= 40;
}

/* The newer of two; compared number by number. */
static struct sm_slice newer(struct sm_slice a, struct sm_slice b)
{
    unsigned x[3] = { 0 }, y[3] = { 0 };
    char text[32];

    (void)snprintf(text, sizeof(text), "%.*s", (int)a.size, (const char *)a.data);
    (void)sscanf(text, "%u.%u.%u", &x[0], &x[1], &x[2]);
    (void)snprintf(text, sizeof(text), "%.*s", (int)b.size, (const char *)b.data);
    (void)sscanf(text, "%u.%u.%u", &y[0], &y[1], &y[2]);
    for (size_t i = 0; i < 3; i++) {
        if (x[i] != y[i])
            return x[i] > y[i] ? a : b;
    }
    return a;
}

/* What takes a saga's first step must take them all. */
static struct sm_slice minimum_of(const struct sm_templates *set,
                                  const struct sm_tenant_command *command)
{
    struct sm_slice minimum = SM_SLICE("0.0");

    for (enum sm_tenant_step step = SM_STEP_NONE;
         (step = sm_tenant_next_step(command->saga, step)) != SM_STEP_NONE;)
        minimum = newer(minimum, template_of(set, command, step)->minimum_version);
    return minimum;
}

bool sm_templates_render(const struct sm_templates *templates, struct sm_tenant_command *command,
                         struct sm_arena *arena)
{
    struct rendering rendering = {
        .context = { &templates->values, command, 0, arena },
    };

    SM_ASSERT(is_organization_id(command->organization_id));
    rendering.statements = sm_arena_zalloc(arena, statements_max(templates, command),
                                           sizeof(*rendering.statements));
    if (rendering.statements == NULL)
        return false;
    if (command->action == SM_ACTION_APPLY)
        apply(&rendering, template_of(templates, command, command->step));
    else if (command->action == SM_ACTION_ROLL_BACK)
        roll_back(&rendering, template_of(templates, command, command->step));
    else
        abort_all(&rendering, templates);
    command->statements = rendering.statements;
    command->statement_count = rendering.count;
    return !rendering.failed &&
           sm_arena_copy(arena, minimum_of(templates, command), &command->minimum_version);
}
