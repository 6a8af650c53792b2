/* Running a plan over bytes. Recursion is bounded by SM_AVRO_DEPTH_MAX: a union, which is no level
 * itself, never holds a union. */
#include "codec/avro_priv.h"

#include "base/utf8.h"

static bool run_op(struct sm__avro_run *run, const struct sm__avro_op *op,
                   struct sm_avro_value *out);

static struct sm_avro_value *new_values(struct sm__avro_run *run, size_t count)
{
    struct sm_avro_value *values;

    if (count > SM_AVRO_STEPS_MAX - run->values) {
        (void)sm__avro_fail(run, "more than 65536 values");
        return NULL;
    }
    run->values += (uint32_t)count;
    values = sm_arena_alloc(run->arena, count * sizeof(*values));
    if (values == NULL)
        run->status = SM_LIMIT;
    else if (count != 0)
        memset(values, 0, count * sizeof(*values));
    return values;
}

static bool read_boolean(struct sm__avro_run *run, struct sm_avro_value *out)
{
    struct sm_slice byte;

    if (!sm__avro_take(run, 1, &byte))
        return false;
    out->boolean = byte.data[0] == 1;
    return byte.data[0] <= 1 || sm__avro_fail(run, "a boolean that is neither 0 nor 1");
}

/* Little-endian, as the machine is (base_priv.h holds it). */
static bool read_real(struct sm__avro_run *run, const struct sm__avro_op *op,
                      struct sm_avro_value *out)
{
    struct sm_slice bytes;
    float single;

    _Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "reals are copied as they are");
    if (!sm__avro_take(run, op->code == SM__AVRO_READ_FLOAT ? 4 : 8, &bytes))
        return false;
    if (op->code == SM__AVRO_READ_DOUBLE) {
        memcpy(&out->real, bytes.data, sizeof(out->real));
    } else {
        memcpy(&single, bytes.data, sizeof(single));
        out->real = (double)single;
    }
    return true;
}

static bool read_promoted(struct sm__avro_run *run, const struct sm__avro_op *op,
                          struct sm_avro_value *out)
{
    int64_t number;

    if (op->code == SM__AVRO_READ_INT_REAL ? !sm__avro_int(run, &number)
                                           : !sm__avro_long(run, &number))
        return false;
    out->real = op->type == SM_AVRO_FLOAT ? (double)(float)number : (double)number;
    return true;
}

/* A division goes towards the past, so that times keep their order. */
static bool read_converted(struct sm__avro_run *run, const struct sm__avro_op *op,
                           struct sm_avro_value *out)
{
    int64_t number;

    if (!sm__avro_long(run, &number))
        return false;
    if (op->factor < 0) {
        int64_t divisor = -op->factor;

        out->integer = number / divisor - (number % divisor < 0);
        return true;
    }
    return !__builtin_mul_overflow(number, op->factor, &out->integer) ||
           sm__avro_fail(run, "a time that the reader's unit cannot say");
}

static bool read_string(struct sm__avro_run *run, struct sm_avro_value *out)
{
    size_t chars;

    return sm__avro_bytes(run, &out->bytes) &&
           (sm_utf8_count(out->bytes, &chars) || sm__avro_fail(run, "text that is not UTF-8"));
}

static bool fail_unresolved(struct sm__avro_run *run, const char *reason, const char *name)
{
    run->fault->unresolved = true;
    run->fault->name = name;
    return sm__avro_fail(run, reason);
}

static bool read_enum(struct sm__avro_run *run, const struct sm__avro_op *op,
                      struct sm_avro_value *out)
{
    uint32_t index;

    if (!sm__avro_index(run, op->count, "an enum's index that it does not have", &index))
        return false;
    out->bytes = op->symbols[index].text;
    out->count = op->symbols[index].index;
    return out->bytes.data != NULL ||
           fail_unresolved(run, "a symbol that the reader's enum does not have", "enum");
}

/* One item, or a map's key and what it names, at `item`; returns the place behind. */
static struct sm_avro_value *read_item(struct sm__avro_run *run, const struct sm__avro_op *op,
                                       struct sm_avro_value *item)
{
    if (op->code == SM__AVRO_READ_MAP) {
        item->type = SM_AVRO_STRING;
        item->there = true;
        if (!read_string(run, item))
            return NULL;
        item->next = item + 1;
        item++;
    }
    return run_op(run, &op->children[0], item) ? item + 1 : NULL;
}

static bool read_items(struct sm__avro_run *run, const struct sm__avro_op *op,
                       struct sm_avro_value *out)
{
    unsigned each = op->code == SM__AVRO_READ_MAP ? 2 : 1;
    const struct sm_avro_value **link = &out->items;
    struct sm__avro_block block = { .count = 1 };

    while (block.count != 0) {
        struct sm_avro_value *item;

        if (!sm__avro_block_begin(run, op->children[0].size_min + (each - 1), &block))
            return false;
        item = block.count != 0 ? new_values(run, (size_t)each * block.count) : NULL;
        if (item == NULL && block.count != 0)
            return false;
        for (uint32_t i = 0; i < block.count; i++) {
            *link = item;
            item = read_item(run, op, item);
            if (item == NULL)
                return sm__avro_fault_in(run, NULL, out->count);
            link = &item[-1].next;
            out->count++;
        }
        if (!sm__avro_block_end(run, &block))
            return false;
    }
    return true;
}

static bool read_record(struct sm__avro_run *run, const struct sm__avro_op *op,
                        struct sm_avro_value *out)
{
    struct sm_avro_value *fields = new_values(run, op->width);

    if (fields == NULL)
        return false;
    out->items = fields;
    out->count = op->width;
    for (uint32_t i = 0; i < op->count; i++) {
        const struct sm__avro_op *child = &op->children[i];
        bool good = child->slot == SM__AVRO_SLOT_NONE ? sm__avro_skip(run, child)
                                                      : run_op(run, child, &fields[child->slot]);

        if (!good)
            return sm__avro_fault_in(run, child->name, 0);
    }
    return true;
}

static bool read_branch(struct sm__avro_run *run, const struct sm__avro_op *op,
                        struct sm_avro_value *out)
{
    uint32_t index;

    return sm__avro_index(run, op->count, "a union's index that it does not have", &index) &&
           run_op(run, &op->children[index], out);
}

static bool read_nested(struct sm__avro_run *run, const struct sm__avro_op *op,
                        struct sm_avro_value *out)
{
    bool good;

    if (!sm__avro_enter(run))
        return false;
    good = op->code == SM__AVRO_READ_RECORD ? read_record(run, op, out) : read_items(run, op, out);
    sm__avro_leave(run);
    return good;
}

static bool read_content(struct sm__avro_run *run, const struct sm__avro_op *op,
                         struct sm_avro_value *out)
{
    switch ((enum sm__avro_code)op->code) {
    case SM__AVRO_READ_NULL:
    case SM__AVRO_CONSTANT:
        return true;
    case SM__AVRO_READ_BOOLEAN:
        return read_boolean(run, out);
    case SM__AVRO_READ_INT:
        return sm__avro_int(run, &out->integer);
    case SM__AVRO_READ_LONG:
        return sm__avro_long(run, &out->integer);
    case SM__AVRO_READ_INT_REAL:
    case SM__AVRO_READ_LONG_REAL:
        return read_promoted(run, op, out);
    case SM__AVRO_READ_LONG_TIMES:
        return read_converted(run, op, out);
    case SM__AVRO_READ_FLOAT:
    case SM__AVRO_READ_DOUBLE:
        return read_real(run, op, out);
    case SM__AVRO_READ_BYTES:
        return sm__avro_bytes(run, &out->bytes);
    case SM__AVRO_READ_STRING:
        return read_string(run, out);
    case SM__AVRO_READ_FIXED:
        return sm__avro_take(run, op->width, &out->bytes);
    case SM__AVRO_READ_ENUM:
        return read_enum(run, op, out);
    case SM__AVRO_FAIL:
        return fail_unresolved(run, op->reason, op->name);
    case SM__AVRO_READ_UNION:
        return read_branch(run, op, out);
    case SM__AVRO_READ_ARRAY:
    case SM__AVRO_READ_MAP:
    case SM__AVRO_READ_RECORD:
        break;
    }
    return read_nested(run, op, out);
}

/* A union's value is made by the instruction of its branch. A record that was refused half-way is
 * there as far as it goes, so that a dead letter can be named. */
static bool run_op(struct sm__avro_run *run, const struct sm__avro_op *op,
                   struct sm_avro_value *out)
{
    if (!sm__avro_step(run))
        return false;
    if (op->code == SM__AVRO_CONSTANT) {
        *out = *op->constant;
        return true;
    }
    if (op->code != SM__AVRO_READ_UNION) {
        out->type = op->type;
        out->branch = op->branch;
        out->there = op->code == SM__AVRO_READ_RECORD;
    }
    if (!read_content(run, op, out))
        return false;
    out->there = true;
    return true;
}

enum sm_status sm_avro_decode(const struct sm_avro_plan *plan, struct sm_slice bytes,
                              struct sm_arena *arena, struct sm_avro_datum *out,
                              struct sm_avro_fault *fault)
{
    /* An absent input is an empty one. */
    const uint8_t *begin = bytes.size != 0 ? bytes.data : (const uint8_t *)"";
    struct sm__avro_run run = {
        .at = begin, .end = begin + bytes.size, .arena = arena, .fault = fault, .status = SM_OK
    };

    *fault = (struct sm_avro_fault){ 0 };
    *out = (struct sm_avro_datum){ 0 };
    if (run_op(&run, &plan->root, &out->value) && run.at != run.end)
        (void)sm__avro_fail(&run, "bytes after the end of the value");
    fault->offset = (size_t)(run.at - begin);
    out->steps = run.steps;
    return run.status;
}
