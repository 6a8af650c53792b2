/* Moving over what only the writer has: measured, not judged. */
#include "codec/avro_priv.h"

static bool skip_items(struct sm__avro_run *run, const struct sm__avro_op *op)
{
    bool is_map = op->code == SM__AVRO_READ_MAP;
    const struct sm__avro_op *item = &op->children[0];
    struct sm__avro_block block = { .count = 1 };
    struct sm_slice key;

    while (block.count != 0) {
        if (!sm__avro_block_begin(run, item->size_min + (is_map ? 1u : 0u), &block))
            return false;
        if (block.end != NULL) { /* it says where it ends */
            run->at = block.end;
            continue;
        }
        for (uint32_t i = 0; i < block.count; i++)
            if ((is_map && !sm__avro_bytes(run, &key)) || !sm__avro_skip(run, item))
                return sm__avro_fault_in(run, NULL, i);
    }
    return true;
}

static bool skip_record(struct sm__avro_run *run, const struct sm__avro_op *op)
{
    for (uint32_t i = 0; i < op->count; i++)
        if (!sm__avro_skip(run, &op->children[i]))
            return sm__avro_fault_in(run, op->children[i].name, 0);
    return true;
}

static bool skip_branch(struct sm__avro_run *run, const struct sm__avro_op *op)
{
    uint32_t index;

    return sm__avro_index(run, op->count, "a union's index that it does not have", &index) &&
           sm__avro_skip(run, &op->children[index]);
}

static bool skip_nested(struct sm__avro_run *run, const struct sm__avro_op *op)
{
    bool good;

    if (!sm__avro_enter(run))
        return false;
    good = op->code == SM__AVRO_READ_RECORD ? skip_record(run, op) : skip_items(run, op);
    sm__avro_leave(run);
    return good;
}

bool sm__avro_skip(struct sm__avro_run *run, const struct sm__avro_op *op)
{
    struct sm_slice bytes;
    int64_t number;

    if (!sm__avro_step(run))
        return false;
    switch ((enum sm__avro_code)op->code) {
    case SM__AVRO_READ_NULL:
    case SM__AVRO_CONSTANT:
    case SM__AVRO_FAIL:
        return true;
    case SM__AVRO_READ_BOOLEAN:
        return sm__avro_take(run, 1, &bytes);
    case SM__AVRO_READ_INT:
    case SM__AVRO_READ_LONG:
    case SM__AVRO_READ_INT_REAL:
    case SM__AVRO_READ_LONG_REAL:
    case SM__AVRO_READ_LONG_TIMES:
    case SM__AVRO_READ_ENUM:
        return sm__avro_long(run, &number);
    case SM__AVRO_READ_FLOAT:
        return sm__avro_take(run, 4, &bytes);
    case SM__AVRO_READ_DOUBLE:
        return sm__avro_take(run, 8, &bytes);
    case SM__AVRO_READ_BYTES:
    case SM__AVRO_READ_STRING:
        return sm__avro_bytes(run, &bytes);
    case SM__AVRO_READ_FIXED:
        return sm__avro_take(run, op->width, &bytes);
    case SM__AVRO_READ_UNION:
        return skip_branch(run, op);
    case SM__AVRO_READ_ARRAY:
    case SM__AVRO_READ_MAP:
    case SM__AVRO_READ_RECORD:
        break;
    }
    return skip_nested(run, op);
}
