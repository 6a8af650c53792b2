/* Log lines: each is built in one buffer and leaves by one write, so that lines of threads and of
 * processes that share a terminal or a pipe do not mix. */
#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "base/utf8.h"

/* Lines up to PIPE_BUF bytes are written whole into pipes as well. */
enum { LINE_SIZE = 4096, TEXT_SIZE = 2048 };

static const char *const level_names[] = { "debug", "info", "warn", "error" };

/* librdkafka's threads may log too. */
static atomic_int threshold = SM_LOG_INFO;

void sm_log_level_set(enum sm_log_level level)
{
    atomic_store_explicit(&threshold, (int)level, memory_order_relaxed);
}

bool sm_log_level_parse(const char *text, enum sm_log_level *out)
{
    for (size_t i = 0; i < SM_ARRAY_COUNT(level_names); i++) {
        if (strcmp(text, level_names[i]) == 0) {
            *out = (enum sm_log_level)i;
            return true;
        }
    }
    return false;
}

struct line {
    char bytes[LINE_SIZE];
    size_t size;
};

/* What does not fit is cut; two bytes are kept for the closing quote and the line's end. */
static void put(struct line *line, const char *text, size_t size)
{
    size_t room = LINE_SIZE - 2 - line->size;

    if (size > room)
        size = room;
    memcpy(line->bytes + line->size, text, size);
    line->size += size;
}

static void put_text(struct line *line, const char *text)
{
    put(line, text, strlen(text));
}

static void put_time(struct line *line)
{
    char text[SM_TIMESTAMP_TEXT_SIZE + 1];

    sm_timestamp_format(sm_wall_us(), text);
    put_text(line, "time=");
    put_text(line, text);
}

/* One character of a quoted message. Texts may hold bytes from a topic: nothing that ends a line,
 * moves a terminal's cursor or is no UTF-8 goes out as it came. */
static size_t put_quoted(struct line *line, const char *at, size_t left)
{
    size_t size = sm_utf8_size((const uint8_t *)at, left);
    char escaped[8];

    if (*at == '"' || *at == '\\') {
        (void)snprintf(escaped, sizeof(escaped), "\\%c", *at);
        put(line, escaped, 2);
    } else if (*at == '\n') {
        put(line, "\\n", 2);
    } else if (size != 0 && sm_utf8_is_plain((struct sm_slice){ (const uint8_t *)at, size })) {
        put(line, at, size);
    } else {
        (void)snprintf(escaped, sizeof(escaped), "\\x%02x", (unsigned)(unsigned char)*at);
        put(line, escaped, 4);
        return 1;
    }
    return size;
}

static void write_line(const struct line *line)
{
    size_t written = 0;

    /* A signal may come in between. What cannot be written is lost: nobody is left to tell. */
    while (written < line->size) {
        ssize_t size = write(STDERR_FILENO, line->bytes + written, line->size - written);

        if (size > 0)
            written += (size_t)size;
        else if (size == 0 || errno != EINTR)
            return;
    }
}

void sm_log(enum sm_log_level level, const char *module, const char *fields, const char *format,
            ...)
{
    struct line line = { .size = 0 };
    char text[TEXT_SIZE];
    size_t size;
    va_list args;

    if ((int)level < atomic_load_explicit(&threshold, memory_order_relaxed))
        return;
    va_start(args, format);
    if (vsnprintf(text, sizeof(text), format, args) < 0)
        text[0] = '\0';
    va_end(args);
    put_time(&line);
    put_text(&line, " level=");
    put_text(&line, level_names[level]);
    put_text(&line, " module=");
    put_text(&line, module);
    if (fields != NULL && fields[0] != '\0') {
        put_text(&line, " ");
        put_text(&line, fields);
    }
    put_text(&line, " msg=\"");
    size = strlen(text);
    for (size_t at = 0; at < size;)
        at += put_quoted(&line, text + at, size - at);
    line.bytes[line.size++] = '"';
    line.bytes[line.size++] = '\n';
    write_line(&line);
}

bool sm_log_limit_pass(struct sm_log_limit *limit, int64_t now_us, int64_t interval_us,
                       unsigned *suppressed_out)
{
    if (now_us < limit->next_us) {
        limit->suppressed++;
        return false;
    }
    *suppressed_out = limit->suppressed;
    limit->suppressed = 0;
    limit->next_us = now_us + interval_us;
    return true;
}
