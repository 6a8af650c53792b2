#ifndef SM_CLI_LINES_H
#define SM_CLI_LINES_H
/* Lines from a descriptor, in bounded memory, so that a caller can wait for input and for something
 * else at once. A line that is too long is passed over, and told as such. */
#include "base/err.h"
#include "base/slice.h"

struct sm__lines {
    int fd;            /* borrowed */
    char *data;        /* owned, capacity bytes */
    size_t capacity;   /* the longest line, and one byte more */
    size_t begin, end; /* what was read and not handed out yet: data[begin, end) */
    size_t searched;   /* data[begin, begin + searched) holds no line's end */
    uint64_t number;   /* of the last line that was handed out, from 1 */
    uint64_t bytes;    /* handed out or passed over so far */
    bool overlong;     /* in the middle of a line that is too long */
    bool ended;        /* the input is at its end */
};

bool sm__lines_init(struct sm__lines *lines, int fd, size_t line_size_max);
void sm__lines_deinit(struct sm__lines *lines);
/* One read(2): blocks if the descriptor does. SM_OK, or SM_FATAL with errno's sentence. */
SM_MUST_CHECK enum sm_status sm__lines_fill(struct sm__lines *lines, struct sm_err *err);
/* The next line without its end, valid until fill. SM_OK; SM_LIMIT: the line is too long, and
 * passed over; SM_AGAIN: fill first; SM_STOP: there are no more. The last line needs no line's end.
 */
SM_MUST_CHECK enum sm_status sm__lines_next(struct sm__lines *lines, struct sm_slice *out);
#endif
