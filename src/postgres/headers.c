/* Headers in PostgreSQL's binary format of arrays: dimensions, whether there may be nulls, the type
 * of the elements, (their number, the index of the first), then size and bytes of each. */
#include "postgres/headers.h"

#include "postgres/params.h"

/* ---- to PostgreSQL ---- */

size_t sm__headers_size(const struct sm_header *headers, size_t count)
{
    size_t size = 0;

    for (size_t i = 0; i < count; i++)
        size += headers[i].name.size + headers[i].value.size;
    return size;
}

void sm__field_headers(struct sm__out *out, const struct sm_header *headers, size_t count,
                       bool names)
{
    size_t size = count == 0 ? 12 : 20;

    for (size_t i = 0; i < count; i++)
        size += 4 + (names ? headers[i].name.size : headers[i].value.size);
    sm__out_i32(out, (int32_t)size);
    sm__out_i32(out, count == 0 ? 0 : 1); /* dimensions */
    sm__out_i32(out, 1); /* there may be nulls */
    sm__out_i32(out, SM__OID_BYTEA);
    if (count != 0) {
        sm__out_i32(out, (int32_t)count);
        sm__out_i32(out, 1); /* index of the first */
    }
    for (size_t i = 0; i < count; i++) {
        if (names) /* one without bytes is a name, too */
            sm__field_bytes(out, headers[i].name.data, headers[i].name.size);
        else
            sm__field_slice(out, headers[i].value);
    }
}

/* ---- from PostgreSQL ---- */

static int32_t get_i32(const uint8_t *at)
{
    uint32_t bits;

    memcpy(&bits, at, sizeof(bits));
    return (int32_t)__builtin_bswap32(bits);
}

static size_t element_count(struct sm_slice array)
{
    return array.size < 20 || get_i32(array.data) == 0 ? 0 : (size_t)get_i32(array.data + 12);
}

static struct sm_slice take_element(struct sm_slice array, size_t *at)
{
    int32_t size = get_i32(array.data + *at);
    struct sm_slice element = SM_SLICE_NONE;

    *at += 4;
    if (size < 0)
        return element;
    element = (struct sm_slice){ array.data + *at, (size_t)size };
    *at += (size_t)size;
    return element;
}

bool sm__read_headers(const PGresult *result, int row, int column, struct sm_arena *arena,
                      const struct sm_header **headers, size_t *count)
{
    struct sm_slice names = sm__view_slice(result, row, column);
    struct sm_slice values = sm__view_slice(result, row, column + 1);
    size_t name_at = 20, value_at = 20;
    struct sm_header *list;

    *count = element_count(names);
    *headers = list = sm_arena_zalloc(arena, *count, sizeof(*list));
    if (list == NULL)
        return false;
    for (size_t i = 0; i < *count; i++) {
        if (!sm_arena_copy(arena, take_element(names, &name_at), &list[i].name) ||
            !sm_arena_copy(arena, take_element(values, &value_at), &list[i].value))
            return false;
    }
    return true;
}
