#ifndef SM_BASE_SLICE_H
#define SM_BASE_SLICE_H
/* Borrowed bytes: a pointer and a size, never terminated, never owned.
 *
 * Whoever hands out a slice says until when it is valid (usually: until the arena it lies in is
 * reset). `data == NULL` means "absent", which is different from an empty text of size 0. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct sm_slice {
    const uint8_t *data;
    size_t size;
};

#define SM_SLICE_NONE ((struct sm_slice){ NULL, 0 })
/* Of a string literal only: sizeof counts its terminator. */
#define SM_SLICE(literal) ((struct sm_slice){ (const uint8_t *)("" literal), sizeof(literal) - 1 })
#define SM_ARRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A view of a terminated string; NULL gives SM_SLICE_NONE. */
static inline struct sm_slice sm_slice_of(const char *text)
{
    return (struct sm_slice){ (const uint8_t *)text, text != NULL ? strlen(text) : 0 };
}

static inline bool sm_slice_equal(struct sm_slice a, struct sm_slice b)
{
    if ((a.data == NULL) != (b.data == NULL) || a.size != b.size)
        return false;
    return a.size == 0 || memcmp(a.data, b.data, a.size) == 0;
}

/* Byte order, shorter first where one is a prefix; what PostgreSQL's collation "C" does. */
static inline int sm_slice_compare(struct sm_slice a, struct sm_slice b)
{
    size_t shared = a.size < b.size ? a.size : b.size;
    int order = shared != 0 ? memcmp(a.data, b.data, shared) : 0;

    if (order != 0)
        return order;
    return (a.size > b.size) - (a.size < b.size);
}
#endif
