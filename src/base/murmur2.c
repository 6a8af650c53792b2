/* MurmurHash2, 32 bits (Austin Appleby, public domain), with the seed that Kafka gives it. */
#include "base/hash.h"

#define SEED       0x9747b28cu
#define MULTIPLIER 0x5bd1e995u

uint32_t sm_murmur2(const void *data, size_t size)
{
    const uint8_t *at = data;
    uint32_t hash = SEED ^ (uint32_t)size, word;

    _Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "words are little-endian");
    for (; size >= sizeof(word); size -= sizeof(word), at += sizeof(word)) {
        memcpy(&word, at, sizeof(word));
        word *= MULTIPLIER;
        word ^= word >> 24;
        hash = hash * MULTIPLIER ^ word * MULTIPLIER;
    }
    for (size_t i = size; i-- > 0;)
        hash ^= (uint32_t)at[i] << 8 * i;
    if (size != 0)
        hash *= MULTIPLIER;
    hash ^= hash >> 13;
    hash *= MULTIPLIER;
    return hash ^ hash >> 15;
}
