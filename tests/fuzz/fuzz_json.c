/* The JSON reader on any bytes. Laws: canonical text is a fixed point, and bounded by its input; an
 * integer is equal to the number that it was read from. */
#include "base/json.h"
#include "base/limits.h"
#include "fuzz/fuzz.h"

static void check_number(const struct sm_json *node)
{
    int64_t value;

    if (sm_json_integer(node, &value)) {
        SM_ASSERT(sm_json_number_compare(node, value) == 0);
        SM_ASSERT(value == INT64_MAX || sm_json_number_compare(node, value + 1) < 0);
        SM_ASSERT(value == INT64_MIN || sm_json_number_compare(node, value - 1) > 0);
    } else {
        SM_ASSERT(sm_json_number_compare(node, 0) != 0);
    }
}

/* Counts, order of names, and every number below `node`. */
static void check_tree(const struct sm_json *node)
{
    uint32_t count = 0;

    if (node->type == SM_JSON_NUMBER)
        check_number(node);
    for (const struct sm_json *child = node->first; child != NULL; child = child->next) {
        const struct sm_json *next = child->next;

        if (node->type == SM_JSON_OBJECT && next != NULL)
            SM_ASSERT(child->name.size < next->name.size ||
                      sm_slice_compare(child->name, next->name) < 0);
        check_tree(child);
        count++;
    }
    SM_ASSERT(count == node->count);
}

static void check_canonical(const struct sm_json *root, size_t input_size, struct sm_arena *arena)
{
    struct sm_json_fault fault;
    struct sm_json *again;
    struct sm_slice once, twice;

    SM_ASSERT(sm_json_canonical(root, arena, &once) == SM_OK);
    SM_ASSERT(once.size <= 2 * input_size + SM_JSON_DIGITS_ADDED_MAX);
    SM_ASSERT(sm_json_read(once, arena, &again, &fault) == SM_OK);
    SM_ASSERT(sm_json_canonical(again, arena, &twice) == SM_OK);
    SM_ASSERT(sm_slice_equal(once, twice));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sm_arena arena;
    struct sm_json_fault fault = { SIZE_MAX, NULL };
    struct sm_json *root = NULL;
    enum sm_status status;

    if (size > SM_VALUE_SIZE_MAX)
        return 0;
    if (arena.base == NULL)
        SM_ASSERT(sm_arena_init(&arena, 32 << 20));
    sm_arena_reset(&arena);
    status = sm_json_read((struct sm_slice){ data, size }, &arena, &root, &fault);
    if (status == SM_OK) {
        check_tree(root);
        check_canonical(root, size, &arena);
    } else {
        SM_ASSERT(status == SM_REJECT && fault.offset <= size && fault.reason != NULL);
    }
    return 0;
}
