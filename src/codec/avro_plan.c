/* Compiling a plan: the writer's schema, instruction by instruction, as the reader's has it. */
#include "codec/avro_priv.h"

#include <stdio.h>

enum { TYPES_DEEP_MAX = 512 }; /* levels of types; a value may have SM_AVRO_DEPTH_MAX */

/* A record of the writer's read as one of the reader's (NULL: to be forgotten). They are kept so
 * that a record within itself ends, and each pair is compiled once. */
struct pair {
    const struct sm_avro_schema *writer;
    const struct sm_avro_schema *reader;
    struct sm__avro_op op;
    struct pair *next;
};
struct compiler {
    struct sm_arena *arena;
    struct sm_arena *scratch;
    struct sm_avro_schema_fault *fault;
    struct sm_avro_schema_fault *hole; /* the plan's */
    enum sm_status status;
    struct pair *pairs;
    uint32_t depth;
    uint32_t size; /* instructions made */
    uint64_t work; /* comparisons and instructions; SM_AVRO_PLAN_WORK_MAX bounds it */
};

static bool compile(struct compiler *compiler, const struct sm_avro_schema *writer,
                    const struct sm_avro_schema *reader, struct sm__avro_op *out);

static bool refuse(struct compiler *compiler, const char *reason)
{
    compiler->status = SM_REJECT;
    (void)snprintf(compiler->fault->reason, sizeof(compiler->fault->reason), "%s", reason);
    return false;
}

static bool count_work(struct compiler *compiler, uint64_t work)
{
    compiler->work += work;
    return compiler->work <= SM_AVRO_PLAN_WORK_MAX ||
           refuse(compiler, "the schemas are too large to be resolved");
}

static void *allocate(struct compiler *compiler, struct sm_arena *arena, size_t count, size_t size)
{
    void *memory = sm_arena_zalloc(arena, count, size);

    if (memory == NULL)
        compiler->status = SM_LIMIT;
    return memory;
}

static struct sm__avro_op *new_children(struct compiler *compiler, uint32_t count)
{
    if (!count_work(compiler, count))
        return NULL;
    compiler->size += count;
    return allocate(compiler, compiler->arena, count, sizeof(struct sm__avro_op));
}

/* "prefix" + "text", terminated. */
static const char *new_name(struct compiler *compiler, struct sm_slice prefix, struct sm_slice text)
{
    char *name = allocate(compiler, compiler->arena, prefix.size + text.size + 1, 1);

    if (name == NULL)
        return NULL;
    if (prefix.size != 0)
        memcpy(name, prefix.data, prefix.size);
    if (text.size != 0)
        memcpy(name + prefix.size, text.data, text.size);
    return name;
}

static struct sm_slice name_of(const struct sm_avro_schema *schema)
{
    return schema->name.data != NULL ? schema->name : sm_slice_of(sm_avro_type_name(schema->type));
}

/* What can be written, but not be read. */
static void note_hole(struct compiler *compiler, const char *reason, struct sm_slice name)
{
    if (compiler->hole->reason[0] == '\0')
        (void)snprintf(compiler->hole->reason, sizeof(compiler->hole->reason), "%s: %.*s", reason,
                       (int)(name.size < SM_AVRO_REASON_SIZE ? name.size : SM_AVRO_REASON_SIZE),
                       (const char *)name.data);
}

/* What comes here is refused when it comes. */
static bool compile_fail(struct compiler *compiler, const char *reason, struct sm_slice name,
                         struct sm__avro_op *out)
{
    note_hole(compiler, reason, name);
    *out = (struct sm__avro_op){ .code = SM__AVRO_FAIL, .reason = reason };
    out->name = new_name(compiler, SM_SLICE(""), name);
    return out->name != NULL;
}

static bool compile_enum(struct compiler *compiler, const struct sm_avro_schema *writer,
                         const struct sm_avro_schema *reader, struct sm__avro_op *out)
{
    struct sm__avro_symbol *symbols = NULL;

    *out = (struct sm__avro_op){ .code = SM__AVRO_READ_ENUM,
                                 .type = SM_AVRO_ENUM,
                                 .count = writer->count };
    if (reader == NULL)
        return true;
    if (count_work(compiler, (uint64_t)writer->count * reader->count))
        symbols = allocate(compiler, compiler->arena, writer->count, sizeof(*symbols));
    if (symbols == NULL)
        return false;
    out->symbols = symbols;
    for (uint32_t i = 0; i < writer->count; i++) {
        uint32_t at = 0;

        while (at < reader->count && !sm_slice_equal(writer->symbols[i], reader->symbols[at]))
            at++;
        if (at == reader->count && reader->symbol_default >= 0)
            at = (uint32_t)reader->symbol_default;
        if (at == reader->count) { /* refused when it comes */
            note_hole(compiler, "an enum has no such symbol, and no default", writer->symbols[i]);
            continue;
        }
        symbols[i].index = at;
        if (!sm_arena_copy(compiler->arena, reader->symbols[at], &symbols[i].text)) {
            compiler->status = SM_LIMIT;
            return false;
        }
    }
    return true;
}

static bool compile_items(struct compiler *compiler, const struct sm_avro_schema *writer,
                          const struct sm_avro_schema *reader, struct sm__avro_op *out)
{
    struct sm__avro_op *child = new_children(compiler, 1);

    *out = (struct sm__avro_op){
        .code = writer->type == SM_AVRO_ARRAY ? SM__AVRO_READ_ARRAY : SM__AVRO_READ_MAP,
        .type = (uint8_t)writer->type,
        .count = 1,
        .children = child,
    };
    return child != NULL &&
           compile(compiler, writer->item, reader == NULL ? NULL : reader->item, child);
}

static bool compile_branches(struct compiler *compiler, const struct sm_avro_schema *writer,
                             const struct sm_avro_schema *reader, struct sm__avro_op *out)
{
    struct sm__avro_op *children = new_children(compiler, writer->count);
    uint32_t dead = 0;

    if (children == NULL)
        return false;
    for (uint32_t i = 0; i < writer->count; i++) {
        if (!compile(compiler, writer->branches[i], reader, &children[i]))
            return false;
        dead += children[i].code == SM__AVRO_FAIL;
    }
    if (dead == writer->count)
        *out = children[0];
    else
        *out = (struct sm__avro_op){ .code = SM__AVRO_READ_UNION,
                                     .count = writer->count,
                                     .children = children };
    return true;
}

/* The first that is the same type, else the first that can be: reader->count if none. */
static uint32_t choose_branch(const struct sm_avro_schema *writer,
                              const struct sm_avro_schema *reader)
{
    for (int loosely = 0; loosely <= 1; loosely++)
        for (uint32_t i = 0; i < reader->count; i++)
            if (sm__avro_types_match(writer, reader->branches[i], loosely != 0))
                return i;
    return reader->count;
}

static bool compile_choice(struct compiler *compiler, const struct sm_avro_schema *writer,
                           const struct sm_avro_schema *reader, struct sm__avro_op *out)
{
    uint32_t branch;

    if (!count_work(compiler, 2 * (uint64_t)reader->count))
        return false;
    branch = choose_branch(writer, reader);
    if (branch == reader->count)
        return compile_fail(compiler, "the union that it is read as has no branch for it",
                            name_of(writer), out);
    if (!compile(compiler, writer, reader->branches[branch], out))
        return false;
    out->branch = (uint16_t)branch;
    return true;
}

/* ---- records ---- */

static uint32_t find_field(const struct sm_avro_schema *record, struct sm_slice name)
{
    uint32_t i = 0;

    while (i < record->count && !sm_slice_equal(record->fields[i].name, name))
        i++;
    return i;
}

/* The writer's field that the reader's is read from: by its name, else by an alias that is no name
 * of the reader's; writer->count if there is none. */
static uint32_t find_source(const struct sm_avro_schema *writer,
                            const struct sm_avro_schema *reader, const struct sm_avro_field *field)
{
    uint32_t found = find_field(writer, field->name);

    for (uint32_t i = 0; i < field->alias_count && found == writer->count; i++) {
        if (find_field(reader, field->aliases[i]) == reader->count)
            found = find_field(writer, field->aliases[i]);
    }
    return found;
}

/* Fills the slot of each of the writer's fields; returns how many of the reader's have none. Two
 * fields of the reader's cannot have one source: the second goes without. */
static uint32_t fill_slots(const struct sm_avro_schema *writer, const struct sm_avro_schema *reader,
                           struct sm__avro_op *children, bool *has_source)
{
    uint32_t missing = 0;

    for (uint32_t i = 0; i < writer->count; i++)
        children[i].slot = SM__AVRO_SLOT_NONE;
    for (uint32_t i = 0; reader != NULL && i < reader->count; i++) {
        uint32_t source = find_source(writer, reader, &reader->fields[i]);

        has_source[i] = source < writer->count && children[source].slot == SM__AVRO_SLOT_NONE;
        if (has_source[i])
            children[source].slot = (uint16_t)i;
        missing += !has_source[i];
    }
    return missing;
}

static bool compile_default(struct compiler *compiler, const struct sm_avro_field *field,
                            struct sm__avro_op *out)
{
    struct sm_avro_value *value;
    enum sm_status status;

    if (field->fallback == NULL)
        return compile_fail(compiler, "a field is not in the record as written, and has no default",
                            field->name, out);
    value = allocate(compiler, compiler->arena, 1, sizeof(*value));
    if (value == NULL)
        return false;
    status = sm__avro_default_read(field->schema, field->fallback, compiler->arena, value);
    if (status == SM_REJECT)
        return compile_fail(compiler, "a field's default is no value of its type", field->name,
                            out);
    compiler->status = status;
    *out = (struct sm__avro_op){ .code = SM__AVRO_CONSTANT, .constant = value };
    return status == SM_OK;
}

/* All children of a record: the writer's fields in their order, then the defaults. */
static bool compile_children(struct compiler *compiler, const struct sm_avro_schema *writer,
                             const struct sm_avro_schema *reader, struct sm__avro_op *children,
                             const bool *has_source)
{
    struct sm__avro_op *next = children + writer->count;

    for (uint32_t i = 0; i < writer->count; i++) {
        uint16_t slot = children[i].slot;
        const struct sm_avro_field *field =
            slot == SM__AVRO_SLOT_NONE ? &writer->fields[i] : &reader->fields[slot];

        if (!compile(compiler, writer->fields[i].schema,
                     slot == SM__AVRO_SLOT_NONE ? NULL : field->schema, &children[i]))
            return false;
        children[i].slot = slot;
        if (children[i].code != SM__AVRO_FAIL)
            children[i].name = new_name(compiler, SM_SLICE(""), field->name);
    }
    for (uint32_t i = 0; reader != NULL && i < reader->count; i++) {
        if (has_source[i])
            continue;
        if (!compile_default(compiler, &reader->fields[i], next))
            return false;
        next->slot = (uint16_t)i;
        next++;
    }
    return compiler->status == SM_OK;
}

/* A record with a child that always fails does so itself, and says why. */
static bool adopt_failure(struct compiler *compiler, struct sm__avro_op *record)
{
    for (uint32_t i = 0; i < record->count; i++) {
        const struct sm__avro_op *child = &record->children[i];

        if (child->code == SM__AVRO_FAIL)
            return compile_fail(compiler, child->reason, sm_slice_of(child->name), record);
    }
    return true;
}

static struct pair *find_pair(struct compiler *compiler, const struct sm_avro_schema *writer,
                              const struct sm_avro_schema *reader)
{
    struct pair *pair = compiler->pairs;

    while (pair != NULL && (pair->writer != writer || pair->reader != reader)) {
        compiler->work++;
        pair = pair->next;
    }
    return pair;
}

static struct pair *new_pair(struct compiler *compiler, const struct sm_avro_schema *writer,
                             const struct sm_avro_schema *reader)
{
    struct pair *pair = allocate(compiler, compiler->scratch, 1, sizeof(*pair));

    if (pair == NULL)
        return NULL;
    *pair = (struct pair){ .writer = writer, .reader = reader, .next = compiler->pairs };
    pair->op = (struct sm__avro_op){ .code = SM__AVRO_READ_RECORD, .type = SM_AVRO_RECORD };
    compiler->pairs = pair;
    return pair;
}

/* Comparisons of names that finding the fields takes at the most. */
static uint64_t work_of(const struct sm_avro_schema *writer, const struct sm_avro_schema *reader)
{
    uint64_t looked_for = 0;

    for (uint32_t i = 0; reader != NULL && i < reader->count; i++)
        looked_for += 1 + 2 * (uint64_t)reader->fields[i].alias_count;
    return reader == NULL ? 0 : looked_for * (writer->count + (uint64_t)reader->count);
}

static bool compile_pair(struct compiler *compiler, struct pair *pair)
{
    const struct sm_avro_schema *writer = pair->writer, *reader = pair->reader;
    uint32_t width = reader == NULL ? 0 : reader->count;
    /* As many as there can be: which are missing is known only once all have been looked for. */
    struct sm__avro_op *children = new_children(compiler, writer->count + width);
    bool *has_source = allocate(compiler, compiler->scratch, width, sizeof(*has_source));

    if (children == NULL || has_source == NULL || !count_work(compiler, work_of(writer, reader)))
        return false;
    pair->op.children = children;
    pair->op.width = width;
    pair->op.count = writer->count + fill_slots(writer, reader, children, has_source);
    return compile_children(compiler, writer, reader, children, has_source) &&
           adopt_failure(compiler, &pair->op);
}

static bool compile_record(struct compiler *compiler, const struct sm_avro_schema *writer,
                           const struct sm_avro_schema *reader, struct sm__avro_op *out)
{
    struct pair *pair = find_pair(compiler, writer, reader);

    if (pair == NULL) {
        pair = new_pair(compiler, writer, reader);
        if (pair == NULL || !compile_pair(compiler, pair))
            return false;
    }
    *out = pair->op;
    return true;
}

/* Neither is a union; `reader` is NULL, or matches. */
static bool compile_type(struct compiler *compiler, const struct sm_avro_schema *writer,
                         const struct sm_avro_schema *reader, struct sm__avro_op *out)
{
    switch (writer->type) {
    case SM_AVRO_RECORD:
        return compile_record(compiler, writer, reader, out);
    case SM_AVRO_ENUM:
        return compile_enum(compiler, writer, reader, out);
    case SM_AVRO_ARRAY:
    case SM_AVRO_MAP:
        return compile_items(compiler, writer, reader, out);
    case SM_AVRO_NULL:
    case SM_AVRO_BOOLEAN:
    case SM_AVRO_INT:
    case SM_AVRO_LONG:
    case SM_AVRO_FLOAT:
    case SM_AVRO_DOUBLE:
    case SM_AVRO_BYTES:
    case SM_AVRO_STRING:
    case SM_AVRO_FIXED:
    case SM_AVRO_UNION:
        break;
    }
    *out = sm__avro_op_primitive(writer, reader == NULL ? writer : reader);
    return true;
}

static bool compile_any(struct compiler *compiler, const struct sm_avro_schema *writer,
                        const struct sm_avro_schema *reader, struct sm__avro_op *out)
{
    if (writer->type == SM_AVRO_UNION)
        return compile_branches(compiler, writer, reader, out);
    if (reader != NULL && reader->type == SM_AVRO_UNION)
        return compile_choice(compiler, writer, reader, out);
    if (reader != NULL && !sm__avro_types_match(writer, reader, true))
        return compile_fail(compiler, "it cannot be read as the type that is expected",
                            name_of(writer), out);
    return compile_type(compiler, writer, reader, out);
}

static bool compile(struct compiler *compiler, const struct sm_avro_schema *writer,
                    const struct sm_avro_schema *reader, struct sm__avro_op *out)
{
    bool good;

    if (compiler->depth == TYPES_DEEP_MAX)
        return refuse(compiler, "the schema's types are nested deeper than 512 levels");
    if (!count_work(compiler, 1))
        return false;
    compiler->depth++;
    good = compile_any(compiler, writer, reader, out);
    compiler->depth--;
    out->size_min = (uint16_t)(writer->size_min < UINT16_MAX ? writer->size_min : UINT16_MAX);
    return good;
}

bool sm_avro_plan_is_whole(const struct sm_avro_plan *plan, struct sm_avro_schema_fault *fault)
{
    *fault = plan->hole;
    return plan->hole.reason[0] == '\0';
}

uint32_t sm_avro_plan_size(const struct sm_avro_plan *plan)
{
    return plan->size;
}

enum sm_status sm_avro_plan_compile(const struct sm_avro_schema *writer,
                                    const struct sm_avro_schema *reader, struct sm_arena *arena,
                                    struct sm_arena *scratch, const struct sm_avro_plan **out,
                                    struct sm_avro_schema_fault *fault)
{
    struct compiler compiler = {
        .arena = arena, .scratch = scratch, .fault = fault, .status = SM_OK, .size = 1
    };
    size_t mark = sm_arena_mark(scratch);
    struct sm_avro_plan *plan = allocate(&compiler, arena, 1, sizeof(*plan));

    *fault = (struct sm_avro_schema_fault){ 0 };
    compiler.hole = plan != NULL ? &plan->hole : NULL;
    if (plan != NULL && compile(&compiler, writer, reader, &plan->root)) {
        plan->size = compiler.size;
        *out = plan;
        if (plan->root.code == SM__AVRO_FAIL) {
            (void)refuse(&compiler, plan->root.reason);
            (void)snprintf(fault->reason, sizeof(fault->reason), "%s: %s", plan->root.reason,
                           plan->root.name);
        }
    }
    sm_arena_rewind(scratch, mark);
    return compiler.status;
}
