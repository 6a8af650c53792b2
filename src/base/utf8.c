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

/* The next eight bytes; where fewer are left, the text's last eight, of which the first ones were
 * looked at before. False of a text that is shorter. */
static bool load_rest(struct sm_slice text, size_t at, uint64_t *word)
{
    if (text.size < 8)
        return false;
    *word = sm__load_word(text.data + (text.size - at >= 8 ? at : text.size - 8));
    return true;
}

bool sm_utf8_count(struct sm_slice text, size_t *chars_out)
{
    size_t chars = 0;

    for (size_t at = 0; at < text.size;) {
        uint64_t word;
        size_t size;

        /* Eight at once while all of them are ASCII. */
        if (load_rest(text, at, &word) && (word & SM__EACH_BYTE(0x80)) == 0) {
            size = text.size - at < 8 ? text.size - at : 8;
            at += size;
            chars += size;
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
        uint64_t word;
        size_t size;

        if (load_rest(text, at, &word) && is_plain_word(word)) {
            at += text.size - at < 8 ? text.size - at : 8;
            continue;
        }
        size = sm_utf8_size(text.data + at, text.size - at);
        if (size == 0 || is_control(text.data + at))
            return false;
        at += size;
    }
    return true;
}
