#ifndef SM_CLI_HEADS_H
#define SM_CLI_HEADS_H
/* Heads: where the ledger's chain of each partition ends, as lines of a file outside the database.
 *
 *   <topic> TAB <partition> TAB <seq of the ledger row> TAB <its digest in hexadecimal> LF
 *
 * `run` adds them, `verify --against` holds the ledger against them: whoever rewrites the ledger
 * can compute its digests anew, but not those that somebody else has kept. */
#include <stddef.h>

#include "base/err.h"
#include "base/sha256.h"

#define SM__HEAD_TOPIC_SIZE 256

struct sm__head {
    char topic[SM__HEAD_TOPIC_SIZE];
    int32_t partition;
    int64_t seq;
    char digest[2 * SM_DIGEST_SIZE + 1]; /* in hexadecimal */
    bool met; /* for whoever compares */
};
struct sm__heads {
    struct sm__head *list; /* owned */
    size_t count, capacity;
};
void sm__heads_deinit(struct sm__heads *heads);
/* False when memory cannot be had. */
SM_MUST_CHECK bool sm__heads_add(struct sm__heads *heads, const struct sm__head *head);
/* By topic, partition and seq. */
void sm__heads_sort(struct sm__heads *heads);
/* Of sorted ones; NULL: there is none. */
struct sm__head *sm__heads_find(struct sm__heads *heads, const char *topic, int32_t partition,
                                int64_t seq);
/* Sorted. SM_OK; SM_FATAL: the file cannot be read, or a line (err names it) is none of these. */
SM_MUST_CHECK enum sm_status sm__heads_read(const char *path, struct sm__heads *out,
                                            struct sm_err *err);
/* Adds all of them at the file's end, by one write, and makes sure that they are on the disk.
 * SM_OK; SM_RETRY: nothing of them was; another time may do. */
SM_MUST_CHECK enum sm_status sm__heads_append(const char *path, const struct sm__heads *heads,
                                              struct sm_err *err);
#endif
