/* Which bucket a client belongs to. */
#include "base/hash.h"
#include "ports/store.h"

unsigned sm_bucket_of(const struct sm_uuid *client_id)
{
    return (unsigned)(sm_hash(client_id->bytes, sizeof(client_id->bytes), 0) % SM_BUCKETS);
}
