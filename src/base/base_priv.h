#ifndef SM_BASE_PRIV_H
#define SM_BASE_PRIV_H
/* What the files of the JSON reader and writer share, and words of eight bytes. */
#include "base/json.h"
#include "base/limits.h"

/* Where a read stands. On failure `status` and `fault` are set and every function says so by false
 * or NULL; nothing is read any more then. */
struct sm__json_reader {
    const uint8_t *begin; /* of the input; offsets in faults count from here */
    const uint8_t *at; /* next byte to read */
    const uint8_t *end;
    struct sm_arena *arena;
    struct sm_json_fault *fault;
    enum sm_status status;
    uint32_t nodes; /* values read so far */
    uint32_t depth; /* arrays and objects that are open */
    uint64_t digits_added; /* by exponents; SM_JSON_DIGITS_ADDED_MAX bounds it */
};

/* Sets SM_REJECT, at a byte of the input. Always false. */
bool sm__json_refuse(struct sm__json_reader *reader, const uint8_t *at, const char *reason);
/* Reads a string; `at` is behind its opening quote, and behind the closing one afterwards. */
bool sm__json_read_string(struct sm__json_reader *reader, struct sm_slice *out);
/* Reads a number, which `at` begins with: '-' or a digit. */
bool sm__json_read_number(struct sm__json_reader *reader, struct sm_slice *out);

/* The members of an object while it is read. */
struct sm__json_members {
    struct sm_json *first;
    struct sm_json *last;
    uint32_t count;
    bool unsorted; /* members were only appended: sm__json_members_end sorts */
};
void sm__json_members_add(struct sm__json_members *members, struct sm_json *member);
void sm__json_members_end(struct sm__json_members *members);

/* The canonical text of a number: its size, and the text itself; returns the end. */
size_t sm__json_number_size(struct sm_slice number);
uint8_t *sm__json_put_number(uint8_t *out, struct sm_slice number);

/* Each byte of a word set to `byte`. */
#define SM__EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

static inline uint64_t sm__load_word(const uint8_t *at)
{
    uint64_t word;

    _Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first byte must be the lowest");
    memcpy(&word, at, sizeof(word));
    return word;
}

/* The high bit of each byte below 0x20, of each quote and backslash, and of each byte from 0x80.
 * A subtraction borrows only from bytes above one that is marked itself: the lowest mark is right,
 * those above it may be wrong. */
static inline uint64_t sm__special_bytes(uint64_t word)
{
    uint64_t controls = word - SM__EACH_BYTE(0x20);
    uint64_t quotes = (word ^ SM__EACH_BYTE('"')) - SM__EACH_BYTE(1);
    uint64_t backslashes = (word ^ SM__EACH_BYTE('\\')) - SM__EACH_BYTE(1);

    return (controls | quotes | backslashes | word) & SM__EACH_BYTE(0x80);
}
#endif
