/* UUID text, version 7 and version 5. libuuid's parser goes through strtoul; this one is on the hot
 * path and takes eight digits at once. */
#include "base/uuid.h"

#include <uuid/uuid.h>

#include "base/base_priv.h"

/* The four bytes that eight hexadecimal digits stand for, in their order. */
static bool parse_digits(uint64_t text, uint32_t *out)
{
    uint64_t letters = text >> 6 & SM__EACH_BYTE(1); /* 0x41 to 0x46, 0x61 to 0x66 have bit 6 */
    uint64_t values = (text & SM__EACH_BYTE(0x0f)) + letters * 9;
    uint64_t back = values + SM__EACH_BYTE('0') + letters * ('a' - '0' - 10);
    /* Written back in lower case they must be the same; letters are 10 to 15, digits 0 to 9. */
    uint64_t differs = back ^ (text | letters << 5);
    uint64_t kind = ((values + SM__EACH_BYTE(6)) >> 4 & SM__EACH_BYTE(1)) ^ letters;

    if ((differs | kind | (values & SM__EACH_BYTE(0x10))) != 0)
        return false;
    values = (values << 4 | values >> 8) & 0x00ff00ff00ff00ff;
    values = (values | values >> 8) & 0x0000ffff0000ffff;
    *out = (uint32_t)(values | values >> 16);
    return true;
}

bool sm_uuid_parse(struct sm_slice text, struct sm_uuid *out)
{
    const uint8_t *at = text.data;
    uint8_t digits[32];
    uint32_t parts[4];

    if (text.size != SM_UUID_TEXT_SIZE)
        return false;
    if (at[8] != '-' || at[13] != '-' || at[18] != '-' || at[23] != '-')
        return false;
    memcpy(digits, at, 8);
    memcpy(digits + 8, at + 9, 4);
    memcpy(digits + 12, at + 14, 4);
    memcpy(digits + 16, at + 19, 4);
    memcpy(digits + 20, at + 24, 12);
    for (size_t i = 0; i < 4; i++)
        if (!parse_digits(sm__load_word(digits + 8 * i), &parts[i]))
            return false;
    memcpy(out->bytes, parts, sizeof(out->bytes));
    return true;
}

void sm_uuid_format(const struct sm_uuid *uuid, char out[SM_UUID_TEXT_SIZE + 1])
{
    static const char digits[] = "0123456789abcdef";
    /* Where the sixteen pairs of digits begin. */
    static const uint8_t pair_offsets[16] = { 0,  2,  4,  6,  9,  11, 14, 16,
                                              19, 21, 24, 26, 28, 30, 32, 34 };

    memset(out, '-', SM_UUID_TEXT_SIZE);
    for (size_t i = 0; i < sizeof(uuid->bytes); i++) {
        out[pair_offsets[i]] = digits[uuid->bytes[i] >> 4];
        out[pair_offsets[i] + 1] = digits[uuid->bytes[i] & 0x0f];
    }
    out[SM_UUID_TEXT_SIZE] = '\0';
}

struct sm_uuid sm_uuid_v7(uint64_t unix_ms, const uint8_t random[10])
{
    struct sm_uuid uuid;

    for (size_t i = 0; i < 6; i++)
        uuid.bytes[i] = (uint8_t)(unix_ms >> (40 - 8 * i));
    memcpy(uuid.bytes + 6, random, 10);
    uuid.bytes[6] = (uint8_t)(0x70 | (uuid.bytes[6] & 0x0f)); /* version */
    uuid.bytes[8] = (uint8_t)(0x80 | (uuid.bytes[8] & 0x3f)); /* variant */
    return uuid;
}

struct sm_uuid sm_uuid_v5(const struct sm_uuid *space, struct sm_slice name)
{
    struct sm_uuid uuid;

    uuid_generate_sha1(uuid.bytes, space->bytes, (const char *)name.data, name.size);
    return uuid;
}
