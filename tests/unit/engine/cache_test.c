/* The lane's cache: what it finds again, what it forgets and when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/cache.h"
#include "ports/store.h"

static struct sm_uuid numbered(uint32_t number)
{
    struct sm_uuid id = SM_UUID_NIL;

    memcpy(id.bytes, &number, sizeof(number));
    return id;
}

static void put_head(struct sm__cache *cache, uint32_t number, int32_t version)
{
    struct sm_uuid id = numbered(number);
    struct sm_slice key = SM_SLICE("ema");
    struct sm_head head = { version, version, SM_TIME_NONE };

    sm__cache_head_put(cache, sm__stream_hash(&id, SM_KIND_FEATURE_CONFIG, key), &id,
                       SM_KIND_FEATURE_CONFIG, key, &head);
}

static bool get_head(struct sm__cache *cache, uint32_t number, struct sm_head *out)
{
    struct sm_uuid id = numbered(number);
    struct sm_slice key = SM_SLICE("ema");

    return sm__cache_head_get(cache, sm__stream_hash(&id, SM_KIND_FEATURE_CONFIG, key), &id,
                              SM_KIND_FEATURE_CONFIG, key, out);
}

static void a_head_is_found_again_and_replaced_by_a_newer_one(void **state)
{
    struct sm__cache cache;
    struct sm_head head;

    (void)state;
    assert_true(sm__cache_init(&cache, 64, 64));
    assert_false(get_head(&cache, 1, &head));
    put_head(&cache, 1, 7);
    put_head(&cache, 1, 8);
    assert_true(get_head(&cache, 1, &head));
    assert_int_equal(head.version, 8);
    assert_false(get_head(&cache, 2, &head));
    sm__cache_deinit(&cache);
}

static void streams_of_one_client_do_not_answer_for_each_other(void **state)
{
    struct sm__cache cache;
    struct sm_uuid id = numbered(1);
    struct sm_head head;
    struct sm_slice other = SM_SLICE("ma"), none = SM_SLICE("");

    (void)state;
    assert_true(sm__cache_init(&cache, 64, 64));
    put_head(&cache, 1, 7);
    assert_false(sm__cache_head_get(&cache, sm__stream_hash(&id, SM_KIND_FEATURE_CONFIG, other),
                                    &id, SM_KIND_FEATURE_CONFIG, other, &head));
    assert_false(sm__cache_head_get(&cache, sm__stream_hash(&id, SM_KIND_CLIENT, none), &id,
                                    SM_KIND_CLIENT, none, &head));
    sm__cache_deinit(&cache);
}

static void a_full_set_gives_up_the_head_not_used_for_the_longest_time(void **state)
{
    struct sm__cache cache; /* of one set of eight */
    struct sm_head head;

    (void)state;
    assert_true(sm__cache_init(&cache, 8, 8));
    for (uint32_t i = 0; i < 8; i++)
        put_head(&cache, i, 1);
    assert_true(get_head(&cache, 0, &head)); /* now 1 is the oldest */
    put_head(&cache, 8, 1);
    assert_true(get_head(&cache, 0, &head));
    assert_false(get_head(&cache, 1, &head));
    assert_true(get_head(&cache, 8, &head));
    sm__cache_deinit(&cache);
}

static void a_dropped_head_and_a_cleared_cache_are_forgotten(void **state)
{
    struct sm__cache cache;
    struct sm_uuid id = numbered(1);
    struct sm_slice key = SM_SLICE("ema");
    struct sm_head head;

    (void)state;
    assert_true(sm__cache_init(&cache, 64, 64));
    put_head(&cache, 1, 1);
    put_head(&cache, 2, 1);
    sm__cache_head_drop(&cache, sm__stream_hash(&id, SM_KIND_FEATURE_CONFIG, key), &id,
                        SM_KIND_FEATURE_CONFIG, key);
    assert_false(get_head(&cache, 1, &head));
    assert_true(get_head(&cache, 2, &head));
    sm__cache_clear(&cache);
    assert_false(get_head(&cache, 2, &head));
    sm__cache_deinit(&cache);
}

static void a_key_longer_than_a_slot_is_not_kept_and_does_no_harm(void **state)
{
    struct sm__cache cache;
    struct sm_uuid id = numbered(1);
    uint8_t bytes[SM_KEY_SIZE_MAX] = { 'k' };
    struct sm_slice key = { bytes, sizeof(bytes) };
    struct sm_head head = { 1, 1, SM_TIME_NONE };
    uint64_t hash = sm__stream_hash(&id, SM_KIND_FEATURE_CONFIG, key);

    (void)state;
    assert_true(sm__cache_init(&cache, 64, 64));
    sm__cache_head_put(&cache, hash, &id, SM_KIND_FEATURE_CONFIG, key, &head);
    assert_false(sm__cache_head_get(&cache, hash, &id, SM_KIND_FEATURE_CONFIG, key, &head));
    sm__cache_deinit(&cache);
}

static void a_raised_stamp_forgets_the_clients_of_its_bucket_only(void **state)
{
    struct sm__cache cache;
    struct sm_uuid one = numbered(1), other = numbered(2);
    struct sm__brief brief = { .client.exists = true }, out;

    (void)state;
    while (sm_bucket_of(&other) == sm_bucket_of(&one))
        other.bytes[15]++;
    assert_true(sm__cache_init(&cache, 64, 64));
    sm__cache_client_put(&cache, &one, &brief);
    sm__cache_client_put(&cache, &other, &brief);
    cache.stamps[sm_bucket_of(&one)]++;
    assert_false(sm__cache_client_get(&cache, &one, &out));
    assert_true(sm__cache_client_get(&cache, &other, &out));
    sm__cache_client_put(&cache, &one, &brief);
    assert_true(sm__cache_client_get(&cache, &one, &out));
    assert_true(out.client.exists);
    sm__cache_deinit(&cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_is_found_again_and_replaced_by_a_newer_one),
        cmocka_unit_test(streams_of_one_client_do_not_answer_for_each_other),
        cmocka_unit_test(a_full_set_gives_up_the_head_not_used_for_the_longest_time),
        cmocka_unit_test(a_dropped_head_and_a_cleared_cache_are_forgotten),
        cmocka_unit_test(a_key_longer_than_a_slot_is_not_kept_and_does_no_harm),
        cmocka_unit_test(a_raised_stamp_forgets_the_clients_of_its_bucket_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
