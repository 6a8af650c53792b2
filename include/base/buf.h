#ifndef SM_BASE_BUF_H
#define SM_BASE_BUF_H
/* An owned byte buffer that grows up to a maximum, for the edges of the program (JSON, logs, SQL
 * text). Always terminated, so that `data` can be printed.
 *
 * Failure is sticky: once an append did not fit (or memory ran out) every later append does
 * nothing, and sm_buf_failed says so: write straight-line code, check once at the end. */
#include "base/err.h"
#include "base/slice.h"

struct sm_buf {
    char *data; /* owned, terminated; NULL before the first append */
    size_t size; /* bytes without the terminator */
    size_t capacity; /* bytes allocated */
    size_t max; /* most bytes it may hold */
    bool failed;
};

void sm_buf_init(struct sm_buf *buf, size_t max);
void sm_buf_deinit(struct sm_buf *buf);
void sm_buf_reset(struct sm_buf *buf); /* empty and not failed; keeps the memory */
/* Makes `size` bytes longer and returns where they are, to be filled at once; NULL on failure. */
uint8_t *sm_buf_extend(struct sm_buf *buf, size_t size);
void sm_buf_append(struct sm_buf *buf, const void *data, size_t size);
void sm_buf_append_slice(struct sm_buf *buf, struct sm_slice slice);
void sm_buf_append_text(struct sm_buf *buf, const char *text);
void sm_buf_append_byte(struct sm_buf *buf, uint8_t byte);
void sm_buf_printf(struct sm_buf *buf, const char *format, ...) SM_PRINTF(2, 3);
static inline bool sm_buf_failed(const struct sm_buf *buf)
{
    return buf->failed;
}
static inline struct sm_slice sm_buf_view(const struct sm_buf *buf)
{
    return (struct sm_slice){ (const uint8_t *)buf->data, buf->size };
}
#endif
