#ifndef SM_BASE_JSON_H
#define SM_BASE_JSON_H
/* A bounded JSON reader (RFC 8259) over bytes in memory, and the canonical text of what it read.
 *
 * Why our own, with jansson among the dependencies: jansson 2.14 keeps neither the original bytes
 * of a number (0.1 becomes 0.10000000000000001) nor positions, and costs 4.5 us for 309 bytes.
 * One parser decides what is valid; a second one would have to agree with it byte for byte. The
 * tests hold this one against jansson, and the canonical text against PostgreSQL's jsonb.
 *
 * Accepted is exactly what jsonb accepts: valid UTF-8, no NUL character (\u0000), no lone
 * surrogates, numbers within numeric's range, no bytes after the document, no byte order mark. A
 * name that occurs twice: the last one counts, as in jsonb. Narrower are only the bounds of
 * base/limits.h: SM_JSON_DEPTH_MAX, SM_JSON_NODES_MAX and SM_JSON_DIGITS_ADDED_MAX. So canonical
 * text is never longer than twice the input and SM_JSON_DIGITS_ADDED_MAX more.
 *
 * Nodes and decoded strings lie in the arena that the caller hands in; text without escapes and
 * numbers point into the input, which therefore must live as long. Pure; no recursion on input
 * deeper than SM_JSON_DEPTH_MAX. Cost: a bounded number of instructions per input byte. */
#include "base/arena.h"
#include "base/buf.h"

enum sm_json_type {
    SM_JSON_NULL,
    SM_JSON_BOOL,
    SM_JSON_NUMBER,
    SM_JSON_STRING,
    SM_JSON_ARRAY,
    SM_JSON_OBJECT
};

struct sm_json {
    enum sm_json_type type;
    bool boolean; /* of SM_JSON_BOOL */
    uint32_t count; /* members or elements; after duplicate names were dropped */
    struct sm_slice name; /* decoded member name; absent outside objects */
    struct sm_slice text; /* decoded string, or a number's original bytes */
    struct sm_json *first; /* first child in order: of objects jsonb's order of names
                              (shorter first, then bytes), of arrays as written */
    struct sm_json *next; /* next sibling */
};

/* Where and why a text was refused. */
struct sm_json_fault {
    size_t offset; /* bytes into the input */
    const char *reason; /* static sentence part: "expected a value", "lone surrogate", ... */
};

/* Reads one whole document.
 * SM_OK: *out is the root. SM_REJECT: not acceptable, *fault says where and why.
 * SM_LIMIT: the arena is too small (nothing wrong with the input is implied). */
SM_MUST_CHECK enum sm_status sm_json_read(struct sm_slice input, struct sm_arena *arena,
                                          struct sm_json **out, struct sm_json_fault *fault);

/* The member of an object by name; NULL if there is none or `object` is no object. */
const struct sm_json *sm_json_member(const struct sm_json *object, const char *name);

/* True and the value if the number is an integer in [INT64_MIN, INT64_MAX] (1.0 and 1e2 are). */
bool sm_json_integer(const struct sm_json *number, int64_t *out);
/* Exact decimal comparison of a number with an integer: <0, 0, >0. No floating point. */
int sm_json_number_compare(const struct sm_json *number, int64_t with);

/* Puts the canonical text (exactly what PostgreSQL prints for the same document as jsonb: names
 * sorted by length then bytes, ", " and ": " as separators, numbers as numeric prints them, strings
 * with the shortest escapes) into the arena. SM_OK, or SM_LIMIT when it does not fit (1e131071 has
 * 131072 digits). */
SM_MUST_CHECK enum sm_status sm_json_canonical(const struct sm_json *node, struct sm_arena *arena,
                                               struct sm_slice *out);
/* The same, appended to a buffer (sticky failure as in base/buf.h). */
void sm_json_append(const struct sm_json *node, struct sm_buf *buf);
/* Appends `text` as a JSON string with quotes. */
void sm_json_append_string(struct sm_slice text, struct sm_buf *buf);
#endif
