/* The hash by which the last consumed record is known again. */
#include "engine/anchor.h"

void sm_anchor_digest(const struct sm_record *record, struct sm_digest *out)
{
    struct sm_sha256 hash;

    sm_sha256_init(&hash);
    sm_sha256_add_i64(&hash, record->timestamp_us);
    sm_sha256_add_slice(&hash, record->key);
    sm_sha256_add_slice(&hash, record->value);
    sm_sha256_end(&hash, out);
}
