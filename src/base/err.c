/* Statuses and the error text that travels with them. */
#include <stdio.h>

#include "base/err.h"

enum sm_status sm_err_set(struct sm_err *err, enum sm_status status, enum sm_origin origin,
                          const char *format, ...)
{
    va_list args;

    if (err == NULL)
        return status;
    err->status = status;
    err->origin = origin;
    err->native = 0;
    err->sqlstate[0] = '\0';
    va_start(args, format);
    /* A text that is too long is cut: the beginning says what happened. */
    (void)vsnprintf(err->text, sizeof(err->text), format, args);
    va_end(args);
    return status;
}

void sm_err_prefix(struct sm_err *err, const char *format, ...)
{
    char context[SM_ERR_TEXT_SIZE / 2];
    size_t size, kept;
    va_list args;

    if (err == NULL)
        return;
    va_start(args, format);
    /* A longer context is cut, so that it never pushes the error itself out. */
    if (vsnprintf(context, sizeof(context) - 2, format, args) < 0)
        context[0] = '\0';
    va_end(args);
    memcpy(context + strlen(context), ": ", sizeof(": "));
    size = strlen(context);
    kept = strlen(err->text);
    if (kept > sizeof(err->text) - 1 - size)
        kept = sizeof(err->text) - 1 - size;
    memmove(err->text + size, err->text, kept);
    memcpy(err->text, context, size);
    err->text[size + kept] = '\0';
}

const char *sm_status_name(enum sm_status status)
{
    static const char *const names[] = {
#define SM_STATUS_TEXT(name, text) text,
        SM_STATUS_LIST(SM_STATUS_TEXT)
#undef SM_STATUS_TEXT
    };

    SM_ASSERT((size_t)status < sizeof(names) / sizeof(names[0]));
    return names[status];
}

_Noreturn void sm_assert_failed(const char *expression, const char *file, int line)
{
    (void)fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, expression);
    abort();
}
