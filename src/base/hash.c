/* XXH64, written from its specification (xxHash, doc/xxhash_spec.md, version 0.1.1). */
#include "base/hash.h"

#define PRIME_1 0x9E3779B185EBCA87u
#define PRIME_2 0xC2B2AE3D27D4EB4Fu
#define PRIME_3 0x165667B19E3779F9u
#define PRIME_4 0x85EBCA77C2B2AE63u
#define PRIME_5 0x27D4EB2F165667C5u

static uint64_t rotate(uint64_t value, unsigned bits)
{
    return value << bits | value >> (64 - bits);
}

static uint64_t read_u64(const uint8_t *at)
{
    uint64_t word;

    _Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "lanes are little-endian");
    memcpy(&word, at, sizeof(word));
    return word;
}

static uint64_t read_u32(const uint8_t *at)
{
    uint32_t word;

    memcpy(&word, at, sizeof(word));
    return word;
}

static uint64_t mix_lane(uint64_t sum, uint64_t lane)
{
    return rotate(sum + lane * PRIME_2, 31) * PRIME_1;
}

static uint64_t merge(uint64_t sum, uint64_t lane_sum)
{
    return (sum ^ mix_lane(0, lane_sum)) * PRIME_1 + PRIME_4;
}

/* Steps 1 to 3: stripes of 32 bytes. `*at` moves behind the last whole one. */
static uint64_t hash_stripes(const uint8_t **at, const uint8_t *end, uint64_t seed)
{
    uint64_t sums[4] = { seed + PRIME_1 + PRIME_2, seed + PRIME_2, seed, seed - PRIME_1 };
    uint64_t sum;

    for (; end - *at >= 32; *at += 32)
        for (size_t lane = 0; lane < 4; lane++)
            sums[lane] = mix_lane(sums[lane], read_u64(*at + 8 * lane));
    sum = rotate(sums[0], 1) + rotate(sums[1], 7) + rotate(sums[2], 12) + rotate(sums[3], 18);
    for (size_t lane = 0; lane < 4; lane++)
        sum = merge(sum, sums[lane]);
    return sum;
}

uint64_t sm_hash(const void *data, size_t size, uint64_t seed)
{
    const uint8_t *at = size != 0 ? data : (const uint8_t *)"";
    const uint8_t *end = at + size;
    uint64_t sum = size >= 32 ? hash_stripes(&at, end, seed) : seed + PRIME_5;

    sum += size;
    for (; end - at >= 8; at += 8)
        sum = rotate(sum ^ mix_lane(0, read_u64(at)), 27) * PRIME_1 + PRIME_4;
    if (end - at >= 4) {
        sum = rotate(sum ^ read_u32(at) * PRIME_1, 23) * PRIME_2 + PRIME_3;
        at += 4;
    }
    for (; at < end; at++)
        sum = rotate(sum ^ *at * PRIME_5, 11) * PRIME_1;
    sum = (sum ^ sum >> 33) * PRIME_2;
    sum = (sum ^ sum >> 29) * PRIME_3;
    return sum ^ sum >> 32;
}
