/* Lines from a descriptor, in bounded memory. */
#include <errno.h>
#include <unistd.h>

#include "cli/lines.h"

bool sm__lines_init(struct sm__lines *lines, int fd, size_t line_size_max)
{
    *lines = (struct sm__lines){.fd = fd, .capacity = line_size_max + 1};
    lines->data = malloc(lines->capacity);
    return lines->data != NULL;
}

void sm__lines_deinit(struct sm__lines *lines)
{
    free(lines->data);
    memset(lines, 0, sizeof(*lines));
}

enum sm_status sm__lines_fill(struct sm__lines *lines, struct sm_err *err)
{
    ssize_t got;

    if (lines->begin > 0) {
        memmove(lines->data, lines->data + lines->begin, lines->end - lines->begin);
        lines->end -= lines->begin;
        lines->begin = 0;
    }
    do {
        got = read(lines->fd, lines->data + lines->end, lines->capacity - lines->end);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        enum sm_status status =
            sm_err_set(err, SM_FATAL, SM_FROM_OS, "cannot read the input: %s", strerror(errno));

        if (err != NULL)
            err->native = errno;
        return status;
    }
    lines->end += (size_t)got;
    lines->ended = got == 0;
    return SM_OK;
}

/* Hands out `size` bytes and drops `skip` bytes in all. */
static enum sm_status hand_out(struct sm__lines *lines, size_t size, size_t skip,
                               struct sm_slice *out)
{
    bool overlong = lines->overlong;

    *out = (struct sm_slice){(const uint8_t *)lines->data + lines->begin, size};
    lines->begin += skip;
    lines->bytes += skip;
    lines->searched = 0;
    lines->number++;
    lines->overlong = false;
    return overlong ? SM_LIMIT : SM_OK;
}

enum sm_status sm__lines_next(struct sm__lines *lines, struct sm_slice *out)
{
    size_t size = lines->end - lines->begin;
    const char *begin = lines->data + lines->begin;
    const char *newline = memchr(begin + lines->searched, '\n', size - lines->searched);

    if (newline != NULL)
        return hand_out(lines, (size_t)(newline - begin), (size_t)(newline - begin) + 1, out);
    if (lines->ended)
        return size == 0 && !lines->overlong ? SM_STOP : hand_out(lines, size, size, out);
    lines->searched = size;
    if (size == lines->capacity) { /* no room for the rest of this line: forget what there is */
        lines->bytes += size;
        lines->begin = lines->end = lines->searched = 0;
        lines->overlong = true;
    }
    return SM_AGAIN;
}
