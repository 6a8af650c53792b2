#ifndef SM_BASE_HASH_H
#define SM_BASE_HASH_H
/* A 64-bit hash for tables in memory and for buckets (not for content: that is sha256.h).
 *
 * XXH64 (https://github.com/Cyan4973/xxHash, doc/xxhash_spec.md): stable across machines, because
 * bucket numbers reach the database. */
#include "base/slice.h"

uint64_t sm_hash(const void *data, size_t size, uint64_t seed);

/* MurmurHash2 as Kafka's default partitioner computes it of a record's key
 * (org.apache.kafka.common.utils.Utils.murmur2, librdkafka's murmur2_random): the partition is
 * (hash & 0x7fffffff) % partitions. */
uint32_t sm_murmur2(const void *data, size_t size);
#endif
