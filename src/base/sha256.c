/* SHA-256 by libcrypto's low-level calls.
 *
 * Considered: EVP with an algorithm fetched once (every context is an allocation that somebody must
 * release, and a short hash costs about 0.3 us more); our own code (SHA extensions of the CPU would
 * have to be picked by hand). Chosen: the low-level calls, which OpenSSL 3 deprecates in favour of
 * providers but keeps, because their context is plain data and they use the CPU's extensions. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include "base/sha256.h"

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct sm_sha256), "libcrypto's state must fit");
_Static_assert(_Alignof(SHA256_CTX) <= _Alignof(struct sm_sha256), "and be aligned");

/* Only libcrypto looks inside, so nobody reads the storage by two types. */
static SHA256_CTX *context(struct sm_sha256 *hash)
{
    return (SHA256_CTX *)(void *)hash->state;
}

static void flush(struct sm_sha256 *hash)
{
    if (hash->pending_size != 0)
        (void)SHA256_Update(context(hash), hash->pending, hash->pending_size);
    hash->pending_size = 0;
}

void sm_sha256_init(struct sm_sha256 *hash)
{
    (void)SHA256_Init(context(hash));
    hash->pending_size = 0;
}

void sm_sha256_add(struct sm_sha256 *hash, const void *data, size_t size)
{
    if (size > sizeof(hash->pending) - hash->pending_size)
        flush(hash);
    if (size > sizeof(hash->pending)) {
        (void)SHA256_Update(context(hash), data, size);
    } else if (size != 0) {
        memcpy(hash->pending + hash->pending_size, data, size);
        hash->pending_size += (uint32_t)size;
    }
}

void sm_sha256_add_i64(struct sm_sha256 *hash, int64_t value)
{
    uint64_t big_endian = __builtin_bswap64((uint64_t)value);

    _Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "bytes are swapped");
    sm_sha256_add(hash, &big_endian, sizeof(big_endian));
}

void sm_sha256_add_slice(struct sm_sha256 *hash, struct sm_slice slice)
{
    sm_sha256_add_i64(hash, slice.data == NULL ? -1 : (int64_t)slice.size);
    sm_sha256_add(hash, slice.data, slice.size);
}

void sm_sha256_end(struct sm_sha256 *hash, struct sm_digest *out)
{
    flush(hash);
    (void)SHA256_Final(out->bytes, context(hash));
}

void sm_digest_format(const struct sm_digest *digest, char out[2 * SM_DIGEST_SIZE + 1])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < SM_DIGEST_SIZE; i++) {
        out[2 * i] = digits[digest->bytes[i] >> 4];
        out[2 * i + 1] = digits[digest->bytes[i] & 0x0f];
    }
    out[2 * SM_DIGEST_SIZE] = '\0';
}
