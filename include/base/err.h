#ifndef SM_BASE_ERR_H
#define SM_BASE_ERR_H
/* What a call tells its caller: a status that says what to do next, and a text that can be printed.
 *
 * A status is a decision, not a symptom: adapters map native errors to it in one place each. The
 * callee writes a complete sentence into `struct sm_err` and leaves it untouched on SM_OK; each
 * level may put its context in front; only the top level logs it, once. */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#define SM_STATUS_LIST(X) \
    X(SM_OK, "ok") /* done */ \
    X(SM_AGAIN, "again") /* not finished yet: wait on what the object names, then call again */ \
    X(SM_RETRY, "retry") /* took no effect, or it is unknown: roll back, re-read the position, redo */ \
    X(SM_REJECT, "reject") /* this input can never work: quarantine with the reason, advance */ \
    X(SM_CONFLICT, "conflict") /* somebody else changed what we read: reload, admit again */ \
    X(SM_FENCED, "fenced") /* the partition has another owner: drop work in flight, write nothing */ \
    X(SM_LIMIT, "limit") /* a named limit was hit (err says which) */ \
    X(SM_STOP, "stop") /* shutdown was asked for: finish or abandon the unit cleanly */ \
    X(SM_FATAL, "fatal") /* configuration, schema or invariant: end the program, not zero */

enum sm_status {
#define SM_STATUS_ENUM(name, text) name,
    SM_STATUS_LIST(SM_STATUS_ENUM)
#undef SM_STATUS_ENUM
};

enum sm_origin {
    SM_FROM_NONE,
    SM_FROM_OS,
    SM_FROM_KAFKA,
    SM_FROM_POSTGRES,
    SM_FROM_REGISTRY,
    SM_FROM_JSON,
    SM_FROM_DOMAIN
};

#define SM_ERR_TEXT_SIZE 512
struct sm_err {
    enum sm_status status;
    enum sm_origin origin;
    int native; /* errno or librdkafka's code; 0 where there is none */
    char sqlstate[6]; /* PostgreSQL's five letters, or "" */
    char text[SM_ERR_TEXT_SIZE]; /* what happened, to what; where it helps "; hint: what to do" */
};

#define SM_MUST_CHECK __attribute__((warn_unused_result))
#define SM_PRINTF(format_index, first_index) \
    __attribute__((format(printf, format_index, first_index)))

/* Fills `err` (may be NULL) and returns `status`, so that `return sm_err_set(...)` reads well. */
enum sm_status sm_err_set(struct sm_err *err, enum sm_status status, enum sm_origin origin,
                          const char *format, ...) SM_PRINTF(4, 5);
/* Puts "context: " in front of the text that is there. */
void sm_err_prefix(struct sm_err *err, const char *format, ...) SM_PRINTF(2, 3);
const char *sm_status_name(enum sm_status status);

/* Asserts are for our own bugs, stay on in release builds, and never judge input from outside. */
_Noreturn void sm_assert_failed(const char *expression, const char *file, int line);
#define SM_ASSERT(expression) \
    ((expression) ? (void)0 : sm_assert_failed(#expression, __FILE__, __LINE__))
#endif
