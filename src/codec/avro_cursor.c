/* Reading hostile bytes: each length, count and index is judged before it is used. */
#include "codec/avro_priv.h"

bool sm__avro_fail(struct sm__avro_run *run, const char *reason)
{
    run->status = SM_REJECT;
    run->fault->reason = reason;
    return false;
}

/* Of 64 bits there are ten bytes at the most, and in the tenth only the lowest bit counts. */
bool sm__avro_long_slowly(struct sm__avro_run *run, int64_t *out)
{
    uint64_t number = 0;
    unsigned shift = 0;

    while (run->at < run->end) {
        uint8_t byte = *run->at++;

        if (shift == 63 && byte > 1)
            return sm__avro_fail(run, "a number of more than 64 bits");
        number |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *out = (int64_t)(number >> 1) ^ -(int64_t)(number & 1);
            return true;
        }
        shift += 7;
    }
    return sm__avro_fail(run, "the bytes end within a number");
}

bool sm__avro_int(struct sm__avro_run *run, int64_t *out)
{
    if (!sm__avro_long(run, out))
        return false;
    return (*out >= INT32_MIN && *out <= INT32_MAX) ||
           sm__avro_fail(run, "an int of more than 32 bits");
}

bool sm__avro_take(struct sm__avro_run *run, uint64_t size, struct sm_slice *out)
{
    if (size > (uint64_t)(run->end - run->at))
        return sm__avro_fail(run, "the bytes end within a value");
    *out = (struct sm_slice){ run->at, (size_t)size };
    run->at += size;
    return true;
}

bool sm__avro_bytes(struct sm__avro_run *run, struct sm_slice *out)
{
    int64_t size;

    if (!sm__avro_long(run, &size))
        return false;
    if (size < 0)
        return sm__avro_fail(run, "a negative length");
    return sm__avro_take(run, (uint64_t)size, out);
}

bool sm__avro_index(struct sm__avro_run *run, uint32_t count, const char *reason, uint32_t *out)
{
    int64_t index;

    if (!sm__avro_long(run, &index))
        return false;
    if (index < 0 || index >= count)
        return sm__avro_fail(run, reason);
    *out = (uint32_t)index;
    return true;
}

/* A negative count says that the block's size follows. */
static bool read_count(struct sm__avro_run *run, uint64_t *count, struct sm__avro_block *block)
{
    struct sm_slice bytes = { run->at, 0 };
    int64_t number;

    block->end = NULL;
    if (!sm__avro_long(run, &number))
        return false;
    *count = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    if (number >= 0)
        return true;
    if (!sm__avro_bytes(run, &bytes))
        return false;
    run->at = bytes.data;
    block->end = bytes.data + bytes.size;
    return true;
}

bool sm__avro_block_begin(struct sm__avro_run *run, uint32_t size_min, struct sm__avro_block *block)
{
    uint64_t count, left;

    if (!read_count(run, &count, block))
        return false;
    left = (uint64_t)((block->end != NULL ? block->end : run->end) - run->at);
    if (size_min != 0 && count > left / size_min)
        return sm__avro_fail(run, "more items than there are bytes for");
    if (size_min == 0 && count > SM_AVRO_EMPTY_ITEMS_MAX - run->empty_items)
        return sm__avro_fail(run, "more than 1024 items that take no bytes");
    if (count > SM_AVRO_STEPS_MAX - run->steps)
        return sm__avro_fail(run, "more than 65536 values");
    if (size_min == 0)
        run->empty_items += (uint32_t)count;
    block->count = (uint32_t)count;
    return true;
}

bool sm__avro_block_end(struct sm__avro_run *run, const struct sm__avro_block *block)
{
    return block->end == NULL || block->end == run->at ||
           sm__avro_fail(run, "a block of another size than it says");
}

bool sm__avro_enter(struct sm__avro_run *run)
{
    if (run->depth == SM_AVRO_DEPTH_MAX)
        return sm__avro_fail(run, "nested deeper than 64 levels");
    run->depth++;
    return true;
}

/* "[index]", terminated, at the end of `text`. */
static const char *index_text(uint32_t index, char text[16])
{
    char *at = text + 15;

    *at = '\0';
    *--at = ']';
    do {
        *--at = (char)('0' + index % 10);
        index /= 10;
    } while (index != 0);
    *--at = '[';
    return at;
}

/* The path is made from its end, as the levels are left; what is too long loses its front. */
bool sm__avro_fault_in(struct sm__avro_run *run, const char *name, uint32_t index)
{
    char number[16];
    char *path = run->fault->path;
    const char *part = name != NULL ? name : index_text(index, number);
    size_t size = strlen(part), rest = strlen(path);
    size_t dot = rest != 0 && path[0] != '[' ? 1 : 0;

    if (size + dot + rest >= SM_AVRO_PATH_SIZE)
        return false;
    memmove(path + size + dot, path, rest + 1);
    memcpy(path, part, size);
    if (dot != 0)
        path[size] = '.';
    return false;
}
