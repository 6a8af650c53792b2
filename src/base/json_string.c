/* Strings: found and checked in one pass by words of eight bytes, decoded in a second pass only if
 * they have escapes. */
#include "base/base_priv.h"
#include "base/utf8.h"

static int hex_digit(uint8_t byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte |= 0x20;
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* The code unit of "uXXXX", -1 if it is none. */
static int32_t code_unit(const uint8_t *at, const uint8_t *end)
{
    int32_t unit = 0;

    if (end - at < 5 || *at != 'u')
        return -1;
    for (int i = 1; i <= 4; i++) {
        int digit = hex_digit(at[i]);

        if (digit < 0)
            return -1;
        unit = unit << 4 | digit;
    }
    return unit;
}

static bool is_high_surrogate(int32_t unit)
{
    return unit >= 0xd800 && unit <= 0xdbff;
}

static bool is_low_surrogate(int32_t unit)
{
    return unit >= 0xdc00 && unit <= 0xdfff;
}

/* Checks the "uXXXX" at `at`, with the second half of a pair. Returns its end, NULL if refused. */
static const uint8_t *check_unicode(struct sm__json_reader *reader, const uint8_t *at)
{
    int32_t unit = code_unit(at, reader->end);
    const char *reason = NULL;

    if (unit < 0)
        reason = "\\u without four hexadecimal digits";
    else if (unit == 0)
        reason = "\\u0000, which PostgreSQL cannot keep";
    else if (is_low_surrogate(unit))
        reason = "lone surrogate";
    else if (!is_high_surrogate(unit))
        return at + 5;
    else if (reader->end - at < 6 || at[5] != '\\' ||
             !is_low_surrogate(code_unit(at + 6, reader->end)))
        reason = "lone surrogate";
    if (reason == NULL)
        return at + 11;
    (void)sm__json_refuse(reader, at - 1, reason);
    return NULL;
}

/* Checks the escape whose backslash is at `at`. Returns its end, NULL if it was refused. */
static const uint8_t *check_escape(struct sm__json_reader *reader, const uint8_t *at)
{
    at++;
    if (at < reader->end) {
        switch (*at) {
        case '"':
        case '\\':
        case '/':
        case 'b':
        case 'f':
        case 'n':
        case 'r':
        case 't':
            return at + 1;
        case 'u':
            return check_unicode(reader, at);
        default:
            break;
        }
    }
    (void)sm__json_refuse(reader, at - 1, "an escape that JSON does not have");
    return NULL;
}

/* The first byte from `at` on that is special; `end` if there is none. */
static const uint8_t *skip_plain(const uint8_t *at, const uint8_t *end)
{
    while (end - at >= 8) {
        uint64_t special = sm__special_bytes(sm__load_word(at));

        if (special != 0)
            return at + __builtin_ctzll(special) / 8;
        at += 8;
    }
    while (at < end && *at >= 0x20 && *at < 0x80 && *at != '"' && *at != '\\')
        at++;
    return at;
}

/* Characters outside ASCII, which rarely come alone. NULL if one is invalid. */
static const uint8_t *skip_wide(struct sm__json_reader *reader, const uint8_t *at)
{
    while (at < reader->end && *at >= 0x80) {
        size_t size = sm_utf8_size(at, (size_t)(reader->end - at));

        if (size == 0) {
            (void)sm__json_refuse(reader, at, "bytes that are not UTF-8");
            return NULL;
        }
        at += size;
    }
    return at;
}

/* The closing quote of the string that begins at `at`; NULL if it was refused. */
static const uint8_t *find_quote(struct sm__json_reader *reader, const uint8_t *at, bool *escaped)
{
    while (at != NULL) {
        at = skip_plain(at, reader->end);
        if (at == reader->end) {
            (void)sm__json_refuse(reader, at, "a string that does not end");
            return NULL;
        }
        if (*at == '"')
            return at;
        if (*at == '\\') {
            *escaped = true;
            at = check_escape(reader, at);
        } else if (*at >= 0x80) {
            at = skip_wide(reader, at);
        } else {
            (void)sm__json_refuse(reader, at, "a control character in a string");
            return NULL;
        }
    }
    return NULL;
}

static uint8_t *put_utf8(uint8_t *out, uint32_t code)
{
    if (code < 0x80) {
        *out++ = (uint8_t)code;
    } else if (code < 0x800) {
        *out++ = (uint8_t)(0xc0 | code >> 6);
        *out++ = (uint8_t)(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        *out++ = (uint8_t)(0xe0 | code >> 12);
        *out++ = (uint8_t)(0x80 | (code >> 6 & 0x3f));
        *out++ = (uint8_t)(0x80 | (code & 0x3f));
    } else {
        *out++ = (uint8_t)(0xf0 | code >> 18);
        *out++ = (uint8_t)(0x80 | (code >> 12 & 0x3f));
        *out++ = (uint8_t)(0x80 | (code >> 6 & 0x3f));
        *out++ = (uint8_t)(0x80 | (code & 0x3f));
    }
    return out;
}

/* Decodes the checked escape at `*at`, moves behind it, and returns the end of what was put. */
static uint8_t *put_escape(uint8_t *out, const uint8_t **at, const uint8_t *end)
{
    static const char letters[] = "bfnrt";
    static const char controls[] = "\b\f\n\r\t";
    uint8_t kind = (*at)[1];
    const char *letter;
    int32_t unit;

    if (kind == 'u') {
        unit = code_unit(*at + 1, end);
        *at += 6;
        if (!is_high_surrogate(unit))
            return put_utf8(out, (uint32_t)unit);
        unit = 0x10000 + ((unit - 0xd800) << 10) + (code_unit(*at + 1, end) - 0xdc00);
        *at += 6;
        return put_utf8(out, (uint32_t)unit);
    }
    *at += 2;
    letter = memchr(letters, kind, sizeof(letters) - 1);
    *out = letter != NULL ? (uint8_t)controls[letter - letters] : kind;
    return out + 1;
}

/* Decoded text is never longer than its escapes: at most 3 bytes for 6, and 4 for a pair of 12. */
static bool decode(struct sm__json_reader *reader, const uint8_t *end, struct sm_slice *out)
{
    const uint8_t *at = reader->at;
    size_t raw_size = (size_t)(end - at);
    uint8_t *text = sm_arena_alloc(reader->arena, raw_size);
    uint8_t *to = text;

    if (text == NULL) {
        reader->status = SM_LIMIT;
        return false;
    }
    while (at < end) {
        const uint8_t *backslash = memchr(at, '\\', (size_t)(end - at));
        size_t plain = (size_t)((backslash != NULL ? backslash : end) - at);

        memcpy(to, at, plain);
        to += plain;
        at += plain;
        if (backslash != NULL)
            to = put_escape(to, &at, end);
    }
    *out = (struct sm_slice){ text, (size_t)(to - text) };
    sm_arena_rewind(reader->arena, sm_arena_mark(reader->arena) - (raw_size - out->size));
    return true;
}

bool sm__json_read_string(struct sm__json_reader *reader, struct sm_slice *out)
{
    bool escaped = false;
    const uint8_t *quote = find_quote(reader, reader->at, &escaped);

    if (quote == NULL)
        return false;
    *out = (struct sm_slice){ reader->at, (size_t)(quote - reader->at) };
    if (escaped && !decode(reader, quote, out))
        return false;
    reader->at = quote + 1;
    return true;
}
