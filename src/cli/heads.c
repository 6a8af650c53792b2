/* Heads in memory and in their file. */
#include "cli/heads.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"

#define LINE_SIZE_MAX 512
#define TEXT_SIZE_MAX (1u << 20)

void sm__heads_deinit(struct sm__heads *heads)
{
    free(heads->list);
    *heads = (struct sm__heads){0};
}

bool sm__heads_add(struct sm__heads *heads, const struct sm__head *head)
{
    if (heads->count == heads->capacity) {
        size_t capacity = heads->capacity != 0 ? heads->capacity * 2 : 64;
        struct sm__head *grown = realloc(heads->list, capacity * sizeof(*grown));

        if (grown == NULL)
            return false;
        heads->list = grown;
        heads->capacity = capacity;
    }
    heads->list[heads->count++] = *head;
    return true;
}

static int compare(const void *a, const void *b)
{
    const struct sm__head *x = a, *y = b;
    int order = strcmp(x->topic, y->topic);

    if (order != 0)
        return order;
    if (x->partition != y->partition)
        return x->partition < y->partition ? -1 : 1;
    return (x->seq > y->seq) - (x->seq < y->seq);
}

void sm__heads_sort(struct sm__heads *heads)
{
    if (heads->count > 1)
        qsort(heads->list, heads->count, sizeof(*heads->list), compare);
}

struct sm__head *sm__heads_find(struct sm__heads *heads, const char *topic, int32_t partition,
                                int64_t seq)
{
    struct sm__head key = {.partition = partition, .seq = seq};

    (void)snprintf(key.topic, sizeof(key.topic), "%s", topic);
    return heads->count == 0
               ? NULL
               : bsearch(&key, heads->list, heads->count, sizeof(*heads->list), compare);
}

/* ---- the file ---- */

static bool parse(const char *line, struct sm__head *out)
{
    int end = 0;

    *out = (struct sm__head){.topic = ""};
    return sscanf(line, "%255[^\t]\t%" SCNd32 "\t%" SCNd64 "\t%64[0-9a-f]%n", out->topic,
                  &out->partition, &out->seq, out->digest, &end) == 4 &&
           line[end] == '\n' && strlen(out->digest) == 2 * (size_t)SM_DIGEST_SIZE;
}

static enum sm_status read_lines(FILE *file, const char *path, struct sm__heads *out,
                                 struct sm_err *err)
{
    char line[LINE_SIZE_MAX];
    struct sm__head head;

    for (unsigned number = 1; fgets(line, sizeof(line), file) != NULL; number++) {
        if (!parse(line, &head))
            return sm_err_set(err, SM_FATAL, SM_FROM_OS,
                              "%s: line %u is no end of a chain; expected topic, partition, row "
                              "and digest",
                              path, number);
        if (!sm__heads_add(out, &head))
            return sm_err_set(err, SM_FATAL, SM_FROM_OS, "%s: no memory for it", path);
    }
    if (ferror(file))
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "cannot read %s: %s", path, strerror(errno));
    return SM_OK;
}

enum sm_status sm__heads_read(const char *path, struct sm__heads *out, struct sm_err *err)
{
    FILE *file = fopen(path, "re");
    enum sm_status status;

    if (file == NULL)
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "cannot read %s: %s", path, strerror(errno));
    status = read_lines(file, path, out, err);
    (void)fclose(file);
    sm__heads_sort(out);
    return status;
}

static bool print(const struct sm__heads *heads, struct sm_buf *out)
{
    for (size_t i = 0; i < heads->count; i++) {
        const struct sm__head *head = &heads->list[i];

        sm_buf_printf(out, "%s\t%" PRId32 "\t%" PRId64 "\t%s\n", head->topic, head->partition,
                      head->seq, head->digest);
    }
    return !sm_buf_failed(out);
}

enum sm_status sm__heads_append(const char *path, const struct sm__heads *heads,
                                struct sm_err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    struct sm_buf text;
    off_t end;
    bool written;

    if (fd < 0)
        return sm_err_set(err, SM_RETRY, SM_FROM_OS, "cannot write %s: %s", path, strerror(errno));
    end = lseek(fd, 0, SEEK_END);
    sm_buf_init(&text, TEXT_SIZE_MAX);
    errno = ENOMEM;
    written = print(heads, &text) && write(fd, text.data, text.size) == (ssize_t)text.size &&
              fsync(fd) == 0;
    if (!written)
        (void)sm_err_set(err, SM_RETRY, SM_FROM_OS, "cannot write %s: %s", path, strerror(errno));
    if (!written && end >= 0 && ftruncate(fd, end) != 0) /* half a line would spoil the next one */
        (void)sm_err_set(err, SM_RETRY, SM_FROM_OS, "%s: half a line was written: %s", path,
                         strerror(errno));
    sm_buf_deinit(&text);
    (void)close(fd);
    return written ? SM_OK : SM_RETRY;
}
