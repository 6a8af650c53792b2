/* What a text may hold, and how one is shown that may hold anything. */
#include "base/utf8.h"
#include "domain/domain_priv.h"

bool sm__name_find(const char *const *names, struct sm_slice name, unsigned *out)
{
    for (unsigned i = 0; names[i] != NULL; i++) {
        if (sm_slice_equal(name, sm_slice_of(names[i]))) {
            *out = i;
            return true;
        }
    }
    return false;
}

void sm__text_show(struct sm_slice text, char *out, size_t out_size)
{
    static const char dots[] = "...";
    size_t used = 0;
    size_t cut = 0; /* the last border behind which the dots still fit */

    for (size_t at = 0; at < text.size;) {
        bool nul = text.data[at] == '\0';
        size_t size = nul ? 0 : sm_utf8_size(text.data + at, text.size - at);
        size_t put = size == 0 ? 1 : size;

        if (used + put > out_size - 1) {
            memcpy(out + cut, dots, sizeof(dots));
            return;
        }
        if (size == 0)
            out[used] = '?';
        else
            memcpy(out + used, text.data + at, size);
        used += put;
        at += put;
        if (used <= out_size - sizeof(dots))
            cut = used;
    }
    out[used] = '\0';
}

bool sm__text_is_plain(struct sm_slice text, bool multiline)
{
    size_t start = 0;

    if (!multiline)
        return sm_utf8_is_plain(text);
    for (size_t at = 0; at <= text.size; at++) {
        if (at < text.size && text.data[at] != '\n' && text.data[at] != '\t')
            continue;
        if (!sm_utf8_is_plain((struct sm_slice){ text.data + start, at - start }))
            return false;
        start = at + 1;
    }
    return true;
}

bool sm__text_longer_than(struct sm_slice text, size_t chars_max)
{
    size_t chars;

    /* A character has at least one byte, so most texts need not be counted. */
    return text.size > chars_max && sm_utf8_count(text, &chars) && chars > chars_max;
}

static bool is_lower(uint8_t byte)
{
    return byte >= 'a' && byte <= 'z';
}

static bool is_word(uint8_t byte)
{
    return is_lower(byte) || (byte >= '0' && byte <= '9') || byte == '_';
}

bool sm__text_is_organization_id(struct sm_slice text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (!is_word(text.data[i]))
            return false;
    }
    return text.size != 0;
}

bool sm__text_is_feature_type(struct sm_slice text)
{
    return sm__text_is_organization_id(text) && is_lower(text.data[0]);
}

/* No more than a plausibility check: whether an address works, only mail to it can tell. */
bool sm__text_is_email(struct sm_slice text)
{
    const uint8_t *at = memchr(text.data, '@', text.size);

    if (at == NULL || at == text.data || at == text.data + text.size - 1)
        return false;
    return memchr(at + 1, '@', (size_t)(text.data + text.size - at - 1)) == NULL;
}

static bool is_alphanumeric(uint8_t byte)
{
    return is_lower(byte) || (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z');
}

static bool is_made_of(struct sm_slice text, struct sm_slice others)
{
    for (size_t i = 0; i < text.size; i++) {
        if (!is_alphanumeric(text.data[i]) &&
            memchr(others.data, text.data[i], others.size) == NULL)
            return false;
    }
    return text.size != 0;
}

bool sm__text_is_batch_id(struct sm_slice text)
{
    return is_made_of(text, SM_SLICE("._:-"));
}

bool sm__text_is_time_zone(struct sm_slice text)
{
    return is_made_of(text, SM_SLICE("_+-/"));
}

bool sm__text_is_uuid(struct sm_slice text)
{
    struct sm_uuid id;

    return sm_uuid_parse(text, &id);
}

bool sm__text_is_time_of_day(struct sm_slice text)
{
    static const char most[] = "29:59";

    if (text.size != 5 || text.data[2] != ':')
        return false;
    for (size_t i = 0; i < 5; i++) {
        if (i != 2 && (text.data[i] < '0' || text.data[i] > (uint8_t)most[i]))
            return false;
    }
    return text.data[0] < '2' || text.data[1] <= '3';
}
