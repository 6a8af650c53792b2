/* UUID text and version 7. libuuid's parser goes through sscanf; this one is on the hot path. */
#include "base/uuid.h"

#define HEX_NONE 0xff

/* The value of a hexadecimal digit, HEX_NONE for every other byte. */
static uint8_t hex_value(uint8_t byte)
{
    if (byte >= '0' && byte <= '9')
        return (uint8_t)(byte - '0');
    byte |= 0x20; /* lower case; no other byte becomes a to f by this than A to F */
    if (byte >= 'a' && byte <= 'f')
        return (uint8_t)(byte - 'a' + 10);
    return HEX_NONE;
}

/* Where the sixteen pairs of digits begin in the text. */
static const uint8_t pair_offsets[16] = { 0,  2,  4,  6,  9,  11, 14, 16,
                                          19, 21, 24, 26, 28, 30, 32, 34 };

bool sm_uuid_parse(struct sm_slice text, struct sm_uuid *out)
{
    const uint8_t *at = text.data;
    struct sm_uuid uuid;
    unsigned bad = 0;

    if (text.size != SM_UUID_TEXT_SIZE)
        return false;
    if (at[8] != '-' || at[13] != '-' || at[18] != '-' || at[23] != '-')
        return false;
    for (size_t i = 0; i < sizeof(uuid.bytes); i++) {
        uint8_t high = hex_value(at[pair_offsets[i]]);
        uint8_t low = hex_value(at[pair_offsets[i] + 1]);

        bad |= (unsigned)(high | low) & 0xf0;
        uuid.bytes[i] = (uint8_t)(high << 4 | (low & 0x0f));
    }
    if (bad != 0)
        return false;
    *out = uuid;
    return true;
}

void sm_uuid_format(const struct sm_uuid *uuid, char out[SM_UUID_TEXT_SIZE + 1])
{
    static const char digits[] = "0123456789abcdef";

    memcpy(out, "--------------------------------------", SM_UUID_TEXT_SIZE);
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
