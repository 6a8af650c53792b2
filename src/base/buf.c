/* The growing buffer for the edges of the program. */
#include <stdarg.h>

#include "base/buf.h"

enum { FIRST_CAPACITY = 256 }; /* bytes; most texts that are built this way fit */

void sm_buf_init(struct sm_buf *buf, size_t max)
{
    *buf = (struct sm_buf){ .max = max };
}

void sm_buf_deinit(struct sm_buf *buf)
{
    free(buf->data);
    *buf = (struct sm_buf){ .data = NULL };
}

void sm_buf_reset(struct sm_buf *buf)
{
    buf->size = 0;
    buf->failed = false;
    if (buf->data != NULL)
        buf->data[0] = '\0';
}

/* Makes room for `more` bytes and the terminator. */
static bool reserve(struct sm_buf *buf, size_t more)
{
    size_t needed, capacity;
    char *data;

    if (buf->failed)
        return false;
    if (more > buf->max - buf->size || __builtin_add_overflow(buf->size + more, 1, &needed)) {
        buf->failed = true;
        return false;
    }
    if (needed <= buf->capacity)
        return true;
    capacity = buf->capacity < FIRST_CAPACITY / 2 ? FIRST_CAPACITY : 2 * buf->capacity;
    if (capacity < needed)
        capacity = needed;
    data = realloc(buf->data, capacity);
    if (data == NULL) {
        buf->failed = true;
        return false;
    }
    buf->data = data;
    buf->capacity = capacity;
    return true;
}

uint8_t *sm_buf_extend(struct sm_buf *buf, size_t size)
{
    uint8_t *added;

    if (!reserve(buf, size))
        return NULL;
    added = (uint8_t *)buf->data + buf->size;
    buf->size += size;
    buf->data[buf->size] = '\0';
    return added;
}

void sm_buf_append(struct sm_buf *buf, const void *data, size_t size)
{
    uint8_t *added = sm_buf_extend(buf, size);

    if (added != NULL && size != 0)
        memcpy(added, data, size);
}

void sm_buf_append_slice(struct sm_buf *buf, struct sm_slice slice)
{
    sm_buf_append(buf, slice.data, slice.size);
}

void sm_buf_append_text(struct sm_buf *buf, const char *text)
{
    sm_buf_append(buf, text, strlen(text));
}

void sm_buf_append_byte(struct sm_buf *buf, uint8_t byte)
{
    sm_buf_append(buf, &byte, 1);
}

void sm_buf_printf(struct sm_buf *buf, const char *format, ...)
{
    va_list args;
    int size;

    va_start(args, format);
    size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (size < 0)
        buf->failed = true;
    if (!reserve(buf, size < 0 ? 0 : (size_t)size))
        return;
    va_start(args, format);
    (void)vsnprintf(buf->data + buf->size, (size_t)size + 1, format, args);
    va_end(args);
    buf->size += (size_t)size;
}
