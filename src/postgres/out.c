/* The memory behind out.h. */
#include "postgres/out.h"

#include <stdlib.h>

#define FIRST_CAPACITY 4096

bool sm__out_grow(struct sm__out *out, size_t more)
{
    size_t capacity = out->capacity == 0 ? FIRST_CAPACITY : out->capacity;
    uint8_t *data;

    if (out->failed)
        return false;
    while (capacity - out->size < more)
        capacity *= 2;
    data = realloc(out->data, capacity);
    if (data == NULL) {
        out->failed = true;
        return false;
    }
    out->data = data;
    out->capacity = capacity;
    return true;
}

void sm__out_deinit(struct sm__out *out)
{
    free(out->data);
    *out = (struct sm__out){ 0 };
}
