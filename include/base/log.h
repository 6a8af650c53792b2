#ifndef SM_BASE_LOG_H
#define SM_BASE_LOG_H
/* Structured lines on standard error: `time=… level=… module=… key=value … msg="…"`.
 *
 * Standard output is data, standard error is talk. The domain never logs; adapters and the engine
 * report through statuses, and only the level that decides writes a line. A line that could repeat
 * for ever goes through a limiter, which adds `suppressed=N` to the next one it lets through. */
#include "base/err.h"
#include "base/slice.h"

enum sm_log_level { SM_LOG_DEBUG, SM_LOG_INFO, SM_LOG_WARN, SM_LOG_ERROR };

/* Process-wide threshold; lines below it cost one comparison. Default SM_LOG_INFO. */
void sm_log_level_set(enum sm_log_level level);
bool sm_log_level_parse(const char *text, enum sm_log_level *out);

/* `fields` is preformatted "key=value key=value" or NULL. `msg` is quoted and escaped. */
void sm_log(enum sm_log_level level, const char *module, const char *fields, const char *format,
            ...) SM_PRINTF(4, 5);

/* At most one line per interval; zero-initialise, one per call site or subject. */
struct sm_log_limit {
    int64_t next_us; /* when the next line may pass; monotonic microseconds */
    unsigned suppressed; /* lines held back since the last that passed */
};
/* True when a line may be written now; then *suppressed_out tells how many were held back. */
bool sm_log_limit_pass(struct sm_log_limit *limit, int64_t now_us, int64_t interval_us,
                       unsigned *suppressed_out);
#endif
