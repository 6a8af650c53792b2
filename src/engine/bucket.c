/* Which bucket a client or an organization belongs to. The numbers reach the database.
 *
 *    0 ... 47   clients, by Kafka's own partitioner: where the number of partitions divides 48, the
 *               clients of two partitions never share a bucket, so that writers with partitions of
 *               their own neither wait for each other nor find each other's changes
 *   48          the nil UUID: what is defined for all
 *   49 ... 63   organization ids */
#include "base/hash.h"
#include "ports/store.h"

enum { BUCKET_OF_ALL = SM_BUCKETS_OF_CLIENTS, FIRST_OF_ORGANIZATIONS };

unsigned sm_bucket_of(const struct sm_uuid *client_id)
{
    char key[SM_UUID_TEXT_SIZE + 1];

    if (sm_uuid_equal(client_id, &SM_UUID_NIL))
        return BUCKET_OF_ALL;
    sm_uuid_format(client_id, key);
    return (sm_murmur2(key, SM_UUID_TEXT_SIZE) & 0x7fffffff) % SM_BUCKETS_OF_CLIENTS;
}

unsigned sm_bucket_of_organization(struct sm_slice id)
{
    return FIRST_OF_ORGANIZATIONS +
           (unsigned)(sm_hash(id.data, id.size, 0) % (SM_BUCKETS - FIRST_OF_ORGANIZATIONS));
}
