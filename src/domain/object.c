/* The canonical text of objects that the domain puts together. */
#include "domain/domain_priv.h"

static uint8_t *put(uint8_t *at, struct sm_slice text)
{
    memcpy(at, text.data, text.size);
    return at + text.size;
}

bool sm__object_join(const struct sm__member *members, size_t count, struct sm_arena *arena,
                     struct sm_slice *out)
{
    size_t size = 2;
    uint8_t *text;
    uint8_t *at;

    for (size_t i = 0; i < count; i++)
        size += (i == 0 ? 4 : 6) + members[i].name.size + members[i].text.size;
    text = sm_arena_alloc(arena, size);
    if (text == NULL)
        return false;
    at = text;
    *at++ = '{';
    for (size_t i = 0; i < count; i++) {
        at = put(at, i == 0 ? SM_SLICE("\"") : SM_SLICE(", \""));
        at = put(at, members[i].name);
        at = put(at, SM_SLICE("\": "));
        at = put(at, members[i].text);
    }
    *at = '}';
    *out = (struct sm_slice){ text, size };
    return true;
}

bool sm__string_text(struct sm_slice text, struct sm_arena *arena, struct sm_slice *out)
{
    struct sm_json node = { .type = SM_JSON_STRING, .text = text };

    return sm_json_canonical(&node, arena, out) == SM_OK;
}

bool sm__integer_text(int64_t integer, struct sm_arena *arena, struct sm_slice *out)
{
    uint8_t digits[20];
    size_t first = sizeof(digits);
    uint64_t rest = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;

    do {
        digits[--first] = (uint8_t)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (integer < 0)
        digits[--first] = '-';
    return sm_arena_copy(arena, (struct sm_slice){ digits + first, sizeof(digits) - first }, out);
}
