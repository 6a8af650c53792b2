#ifndef SM_BASE_SHA256_H
#define SM_BASE_SHA256_H
/* SHA-256 by OpenSSL's libcrypto (about 1 GB/s where the CPU has SHA extensions). */
#include "base/slice.h"

#define SM_DIGEST_SIZE 32
struct sm_digest {
    uint8_t bytes[SM_DIGEST_SIZE];
};

/* A running hash; plain data, so it may live on the stack or be copied. */
struct sm_sha256 {
    uint64_t state[16]; /* OpenSSL's */
    uint32_t pending_size;
    uint8_t pending[512]; /* added, and not hashed yet: a call of OpenSSL's for each of many small
                             fields would cost more than their bytes */
};

void sm_sha256_init(struct sm_sha256 *hash);
void sm_sha256_add(struct sm_sha256 *hash, const void *data, size_t size);
/* Integers go in as 8 big-endian bytes, slices as their length and bytes (absent: length -1), so
 * that no two different field lists give the same input. */
void sm_sha256_add_i64(struct sm_sha256 *hash, int64_t value);
void sm_sha256_add_slice(struct sm_sha256 *hash, struct sm_slice slice);
void sm_sha256_end(struct sm_sha256 *hash, struct sm_digest *out);

static inline bool sm_digest_equal(const struct sm_digest *a, const struct sm_digest *b)
{
    return memcmp(a->bytes, b->bytes, SM_DIGEST_SIZE) == 0;
}
/* Writes 64 lower-case hexadecimal characters and a terminator. */
void sm_digest_format(const struct sm_digest *digest, char out[2 * SM_DIGEST_SIZE + 1]);
#endif
