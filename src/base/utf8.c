/* UTF-8 by the table of well-formed byte sequences (Unicode standard, table 3-7). */
#include "base/utf8.h"

#include "base/base_priv.h"

static bool continues(const uint8_t *at, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if ((at[i] & 0xc0) != 0x80)
            return false;
    return true;
}

size_t sm_utf8_size(const uint8_t *at, size_t left)
{
    uint8_t first = left != 0 ? at[0] : 0xff;
    size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

    if (first < 0x80)
        return 1;
    /* 80 to BF continue, C0 and C1 are never the shortest form, F5 and above exceed U+10FFFF. */
    if (first < 0xc2 || first > 0xf4 || size > left || !continues(at + 1, size - 1))
        return 0;
    /* The second byte tells longer forms than needed, surrogates and what lies beyond the end. */
    if ((first == 0xe0 && at[1] < 0xa0) || (first == 0xed && at[1] > 0x9f) ||
        (first == 0xf0 && at[1] < 0x90) || (first == 0xf4 && at[1] > 0x8f))
        return 0;
    return size;
}

bool sm_utf8_count(struct sm_slice text, size_t *chars_out)
{
    size_t chars = 0;

    for (size_t at = 0; at < text.size;) {
        size_t size;

        /* Eight at once while all of them are ASCII. */
        if (text.size - at >= 8 && (sm__load_word(text.data + at) & SM__EACH_BYTE(0x80)) == 0) {
            at += 8;
            chars += 8;
            continue;
        }
        size = sm_utf8_size(text.data + at, text.size - at);
        if (size == 0)
            return false;
        at += size;
        chars++;
    }
    *chars_out = chars;
    return true;
}

static bool is_control(const uint8_t *at)
{
    return at[0] < 0x20 || at[0] == 0x7f || (at[0] == 0xc2 && at[1] < 0xa0);
}

/* True if each of eight bytes is ASCII and no control character. */
static bool is_plain_word(uint64_t word)
{
    uint64_t controls = word - SM__EACH_BYTE(0x20);
    uint64_t deletes = (word ^ SM__EACH_BYTE(0x7f)) - SM__EACH_BYTE(1);

    return ((controls | deletes | word) & SM__EACH_BYTE(0x80)) == 0;
}

bool sm_utf8_is_plain(struct sm_slice text)
{
    for (size_t at = 0; at < text.size;) {
        size_t size;

        if (text.size - at >= 8 && is_plain_word(sm__load_word(text.data + at))) {
            at += 8;
            continue;
        }
        size = sm_utf8_size(text.data + at, text.size - at);
        if (size == 0 || is_control(text.data + at))
            return false;
        at += size;
    }
    return true;
}
