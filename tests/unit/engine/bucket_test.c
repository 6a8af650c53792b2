/* Clients of two partitions must not share a bucket: their writers would wait for each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/hash.h"
#include "ports/store.h"

static void a_bucket_has_clients_of_one_partition_only(void **state)
{
    static const unsigned partitions[] = { 1, 2, 3, 4, 6, 8, 12, 16, 24, 48 };
    uint8_t random[10] = { 0 };

    (void)state;
    for (uint16_t i = 0; i < 1000; i++) {
        struct sm_uuid id;
        char key[SM_UUID_TEXT_SIZE + 1];
        unsigned bucket;

        memcpy(random, &i, sizeof(i));
        id = sm_uuid_v7(1700000000000u + i, random);
        sm_uuid_format(&id, key);
        bucket = sm_bucket_of(&id);
        assert_in_range(bucket, 0, SM_BUCKETS_OF_CLIENTS - 1);
        for (size_t p = 0; p < SM_ARRAY_COUNT(partitions); p++)
            assert_int_equal(bucket % partitions[p],
                             (sm_murmur2(key, SM_UUID_TEXT_SIZE) & 0x7fffffff) % partitions[p]);
    }
}

static void what_is_for_all_and_organizations_have_buckets_of_their_own(void **state)
{
    char id[16];

    (void)state;
    assert_int_equal(sm_bucket_of(&SM_UUID_NIL), SM_BUCKETS_OF_CLIENTS);
    for (unsigned i = 0; i < 1000; i++) {
        struct sm_slice text = { (const uint8_t *)id, 0 };

        text.size = (size_t)snprintf(id, sizeof(id), "%u", i);
        assert_in_range(sm_bucket_of_organization(text), SM_BUCKETS_OF_CLIENTS + 1, SM_BUCKETS - 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bucket_has_clients_of_one_partition_only),
        cmocka_unit_test(what_is_for_all_and_organizations_have_buckets_of_their_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
