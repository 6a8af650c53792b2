/* Documents are written token by token; every choice is one draw, so a seed tells all. */
#include "support/random_json.h"

/* splitmix64. */
uint64_t random_next(struct random *random)
{
    uint64_t z = random->state += 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

unsigned random_below(struct random *random, unsigned limit)
{
    return (unsigned)(random_next(random) % limit);
}

static const char *pick(struct random *random, const char *const *texts, size_t count)
{
    return texts[random_below(random, (unsigned)count)];
}
#define PICK(random, texts) pick(random, texts, SM_ARRAY_COUNT(texts))

static void put_digits(struct random *random, struct sm_buf *out, unsigned count)
{
    bool zeros = random_below(random, 4) == 0;

    for (unsigned i = 0; i < count; i++)
        sm_buf_append_byte(out, (uint8_t)('0' + (zeros ? 0 : random_below(random, 10))));
}

/* Small, or near what numeric can hold. */
static int64_t some_exponent(struct random *random)
{
    static const int64_t edges[] = { 0,      1,      -1,         131071,     131072,
                                     -16383, -16384, 1073741823, -1073741824 };

    if (random_below(random, 2) == 0)
        return (int64_t)random_below(random, 41) - 20;
    return edges[random_below(random, SM_ARRAY_COUNT(edges))] - 4 + random_below(random, 9);
}

static void put_number(struct random *random, struct sm_buf *out)
{
    if (random_below(random, 3) == 0)
        sm_buf_append_byte(out, '-');
    if (random_below(random, 3) == 0) {
        sm_buf_append_byte(out, '0');
    } else {
        sm_buf_append_byte(out, (uint8_t)('1' + random_below(random, 9)));
        put_digits(random, out, random_below(random, random_below(random, 8) == 0 ? 30 : 5));
    }
    if (random_below(random, 2) == 0) {
        sm_buf_append_byte(out, '.');
        put_digits(random, out, 1 + random_below(random, random_below(random, 8) == 0 ? 30 : 5));
        if (random_below(random, 3) == 0)
            sm_buf_append_text(out, "000");
    }
    if (random_below(random, 3) == 0) {
        sm_buf_append_byte(out, random_below(random, 2) == 0 ? 'e' : 'E');
        sm_buf_printf(out, random_below(random, 2) == 0 ? "%+lld" : "%lld",
                      (long long)some_exponent(random));
    }
}

static void put_piece(struct random *random, struct sm_buf *out)
{
    static const char *const pieces[] = {
        "a",
        "plain text",
        "Гастрономия",
        "é",
        "€",
        "😀",
        "\x7f",
        "\xc2\x80",
        "/",
        "\\/",
        "\\\\",
        "\\\"",
        "\\b",
        "\\f",
        "\\n",
        "\\r",
        "\\t",
        "\\u0001",
        "\\u001F",
        "\\u007f",
        "\\u00e9",
        "\\u20AC",
        "\\ud83d\\ude00",
        "\\uDBFF\\uDFFF",
        "\\uffff",
        "\\ud7ff",
        "\\ue000",
        "'",
        "%",
        "<",
    };

    if (random_below(random, 4) == 0)
        sm_buf_printf(out, "\\u%04x", 1 + random_below(random, 0xd7ff));
    else
        sm_buf_append_text(out, PICK(random, pieces));
}

static void put_string(struct random *random, struct sm_buf *out)
{
    unsigned pieces = random_below(random, random_below(random, 8) == 0 ? 20 : 4);

    sm_buf_append_byte(out, '"');
    for (unsigned i = 0; i < pieces; i++)
        put_piece(random, out);
    sm_buf_append_byte(out, '"');
}

/* Few and alike, so that names repeat, tie in length, and differ in their escapes only. */
static void put_name(struct random *random, struct sm_buf *out)
{
    static const char *const names[] = { "\"\"",       "\"a\"",  "\"b\"", "\"\\u0061\"",
                                         "\"aa\"",     "\"ab\"", "\"é\"", "\"\\u00e9\"",
                                         "\"config\"", "\"z\"",  "\"Z\"" };

    if (random_below(random, 3) == 0)
        sm_buf_printf(out, "\"n%u\"", random_below(random, 1000));
    else
        sm_buf_append_text(out, PICK(random, names));
}

static void put_space(struct random *random, struct sm_buf *out)
{
    static const char *const spaces[] = { " ", "\t", "\r\n", "\n  " };

    if (random_below(random, 4) == 0)
        sm_buf_append_text(out, PICK(random, spaces));
}

static void put_value(struct random *random, struct sm_buf *out, unsigned depth);

static void put_container(struct random *random, struct sm_buf *out, unsigned depth)
{
    bool named = random_below(random, 2) == 0;
    unsigned count = random_below(random, random_below(random, 16) == 0 ? 60 : 6);

    sm_buf_append_byte(out, named ? '{' : '[');
    for (unsigned i = 0; i < count; i++) {
        if (i != 0)
            sm_buf_append_byte(out, ',');
        put_space(random, out);
        if (named) {
            put_name(random, out);
            put_space(random, out);
            sm_buf_append_byte(out, ':');
        }
        put_value(random, out, depth);
    }
    sm_buf_append_byte(out, named ? '}' : ']');
}

static void put_value(struct random *random, struct sm_buf *out, unsigned depth)
{
    static const char *const words[] = { "null", "true", "false", "{}", "[]", "0", "-0", "\"\"" };
    unsigned kind = random_below(random, depth == 0 ? 6 : 10);

    put_space(random, out);
    if (kind < 2)
        sm_buf_append_text(out, PICK(random, words));
    else if (kind < 4)
        put_number(random, out);
    else if (kind < 6)
        put_string(random, out);
    else
        put_container(random, out, depth - 1);
    put_space(random, out);
}

/* Changes a byte, takes one away, cuts the end, or puts something foreign in. */
static void damage(struct random *random, struct sm_buf *text)
{
    static const char *const foreign[] = {
        ",",
        ":",
        "\"",
        "}",
        "]",
        "[",
        "{",
        "\\",
        "-",
        "+",
        ".",
        "e",
        "0",
        "01",
        "\\u0000",
        "\\ud800",
        "\\udc00",
        "\\u12",
        "\\x",
        "nul",
        "NaN",
        "Infinity",
        "\xff",
        "\xc3",
        "\xed\xa0\x80",
        "\x01",
        "\n",
        "\xef\xbb\xbf",
        "//",
        "'a'",
        "1e99999",
        "-",
        "\x0c",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
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
        sm_buf_append_text(text, PICK(random, foreign));
        sm_buf_append(text, tail, tail_size);
        break;
    }
}

void random_document(struct random *random, struct sm_buf *out)
{
    sm_buf_reset(out);
    put_value(random, out, random_below(random, 6));
    for (unsigned edits = random_below(random, 3) == 0 ? 1 + random_below(random, 3) : 0; edits > 0;
         edits--)
        damage(random, out);
}
