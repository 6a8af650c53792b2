#ifndef SM_SUPPORT_RANDOM_JSON_H
#define SM_SUPPORT_RANDOM_JSON_H
/* Random JSON documents from a seed, biased to what parsers get wrong: numbers at the ends of
 * numeric's range, escapes and surrogates, names that are equal or nearly so, damaged documents.
 * Included, not linked: each test program has its own copy. */
#include "base/buf.h"

struct random {
    uint64_t state;
};

/* splitmix64. */
static inline uint64_t random_next(struct random *random)
{
    uint64_t z = random->state += 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static inline unsigned random_below(struct random *random, unsigned limit)
{
    return (unsigned)(random_next(random) % limit);
}

static inline const char *random_pick(struct random *random, const char *const *texts, size_t count)
{
    return texts[random_below(random, (unsigned)count)];
}
#define RANDOM_PICK(random, texts) random_pick(random, texts, SM_ARRAY_COUNT(texts))

static inline void random_digits(struct random *random, struct sm_buf *out, unsigned count)
{
    bool zeros = random_below(random, 4) == 0;

    for (unsigned i = 0; i < count; i++)
        sm_buf_append_byte(out, (uint8_t)('0' + (zeros ? 0 : random_below(random, 10))));
}

/* Near what numeric can hold, with `whole` digits before the point. */
static inline int64_t random_exponent(struct random *random)
{
    static const int64_t edges[] = { 0, 1, -1, 131071, 131072, -16383, -16384, 1073741823, -1073741824 };

    if (random_below(random, 2) == 0)
        return (int64_t)random_below(random, 41) - 20;
    return edges[random_below(random, SM_ARRAY_COUNT(edges))] - 4 + random_below(random, 9);
}

static inline void random_number(struct random *random, struct sm_buf *out)
{
    if (random_below(random, 3) == 0)
        sm_buf_append_byte(out, '-');
    if (random_below(random, 3) == 0) {
        sm_buf_append_byte(out, '0');
    } else {
        sm_buf_append_byte(out, (uint8_t)('1' + random_below(random, 9)));
        random_digits(random, out, random_below(random, random_below(random, 8) == 0 ? 30 : 5));
    }
    if (random_below(random, 2) == 0) {
        sm_buf_append_byte(out, '.');
        random_digits(random, out, 1 + random_below(random, random_below(random, 8) == 0 ? 30 : 5));
        if (random_below(random, 3) == 0)
            sm_buf_append_text(out, "000");
    }
    if (random_below(random, 3) == 0) {
        sm_buf_append_byte(out, random_below(random, 2) == 0 ? 'e' : 'E');
        sm_buf_printf(out, random_below(random, 2) == 0 ? "%+lld" : "%lld",
                      (long long)random_exponent(random));
    }
}

static inline void random_piece(struct random *random, struct sm_buf *out)
{
    static const char *const pieces[] = {
        "a", "plain text", "Гастрономия", "é", "€", "😀", "\x7f", "\xc2\x80", "/", "\\/", "\\\\",
        "\\\"", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u0001", "\\u001F", "\\u007f", "\\u00e9",
        "\\u20AC", "\\ud83d\\ude00", "\\uDBFF\\uDFFF", "\\uffff", "\\ud7ff", "\\ue000", "'", "%", "<",
    };

    if (random_below(random, 4) == 0)
        sm_buf_printf(out, "\\u%04x", 1 + random_below(random, 0xd7ff));
    else
        sm_buf_append_text(out, RANDOM_PICK(random, pieces));
}

static inline void random_string(struct random *random, struct sm_buf *out)
{
    unsigned pieces = random_below(random, random_below(random, 8) == 0 ? 20 : 4);

    sm_buf_append_byte(out, '"');
    for (unsigned i = 0; i < pieces; i++)
        random_piece(random, out);
    sm_buf_append_byte(out, '"');
}

/* Few and alike, so that names repeat, tie in length, and differ in their escapes only. */
static inline void random_name(struct random *random, struct sm_buf *out)
{
    static const char *const names[] = { "\"\"", "\"a\"", "\"b\"", "\"\\u0061\"", "\"aa\"", "\"ab\"",
                                         "\"é\"", "\"\\u00e9\"", "\"config\"", "\"z\"", "\"Z\"" };

    if (random_below(random, 3) == 0)
        sm_buf_printf(out, "\"n%u\"", random_below(random, 1000));
    else
        sm_buf_append_text(out, RANDOM_PICK(random, names));
}

static inline void random_space(struct random *random, struct sm_buf *out)
{
    static const char *const spaces[] = { " ", "\t", "\r\n", "\n  " };

    if (random_below(random, 4) == 0)
        sm_buf_append_text(out, RANDOM_PICK(random, spaces));
}

static inline void random_value(struct random *random, struct sm_buf *out, unsigned depth);

static inline void random_container(struct random *random, struct sm_buf *out, unsigned depth)
{
    bool named = random_below(random, 2) == 0;
    unsigned count = random_below(random, random_below(random, 16) == 0 ? 60 : 6);

    sm_buf_append_byte(out, named ? '{' : '[');
    for (unsigned i = 0; i < count; i++) {
        if (i != 0)
            sm_buf_append_byte(out, ',');
        random_space(random, out);
        if (named) {
            random_name(random, out);
            random_space(random, out);
            sm_buf_append_byte(out, ':');
        }
        random_value(random, out, depth);
    }
    sm_buf_append_byte(out, named ? '}' : ']');
}

static inline void random_value(struct random *random, struct sm_buf *out, unsigned depth)
{
    static const char *const words[] = { "null", "true", "false", "{}", "[]", "0", "-0", "\"\"" };
    unsigned kind = random_below(random, depth == 0 ? 6 : 10);

    random_space(random, out);
    if (kind < 2)
        sm_buf_append_text(out, RANDOM_PICK(random, words));
    else if (kind < 4)
        random_number(random, out);
    else if (kind < 6)
        random_string(random, out);
    else
        random_container(random, out, depth - 1);
    random_space(random, out);
}

/* Changes a byte, takes one away, cuts the end, or puts something foreign in. */
static inline void random_damage(struct random *random, struct sm_buf *text)
{
    static const char *const foreign[] = {
        ",", ":", "\"", "}", "]", "[", "{", "\\", "-", "+", ".", "e", "0", "01", "\\u0000", "\\ud800",
        "\\udc00", "\\u12", "\\x", "nul", "NaN", "Infinity", "\xff", "\xc3", "\xed\xa0\x80", "\x01",
        "\n", "\xef\xbb\xbf", "//", "'a'", "1e99999", "-", "\x0c", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    };
    unsigned at = text->size == 0 ? 0 : random_below(random, (unsigned)text->size);
    char tail[256];
    size_t tail_size = text->size - at < sizeof(tail) ? text->size - at : sizeof(tail);

    if (text->size == 0)
        return;
    memcpy(tail, text->data + at, tail_size);
    text->size = at;
    switch (random_below(random, 4)) {
    case 0: /* the end is cut */
        break;
    case 1: /* one byte is missing */
        sm_buf_append(text, tail + 1, tail_size - 1);
        break;
    default:
        sm_buf_append_text(text, RANDOM_PICK(random, foreign));
        sm_buf_append(text, tail, tail_size);
        break;
    }
}

/* A whole document; one in three is damaged. */
static inline void random_document(struct random *random, struct sm_buf *out)
{
    sm_buf_reset(out);
    random_value(random, out, random_below(random, 6));
    for (unsigned edits = random_below(random, 3) == 0 ? 1 + random_below(random, 3) : 0; edits > 0;
         edits--)
        random_damage(random, out);
}
#endif
