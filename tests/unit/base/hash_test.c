/* XXH64 by the vectors of its reference implementation (cli/xsum_sanity_check.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"

static const uint64_t seed_used = 2654435761u;

/* The reference's own test bytes. */
static void fill(uint8_t *bytes, size_t size)
{
    uint64_t generator = seed_used;

    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(generator >> 56);
        generator *= UINT64_C(11400714785074694797);
    }
}

static void the_published_vectors_hold(void **state)
{
    static const struct {
        size_t size;
        uint64_t plain;
        uint64_t seeded;
    } rows[] = {
        { 0, 0xEF46DB3751D8E999, 0xAC75FDA2929B17EF },
        { 1, 0xE934A84ADB052768, 0x5014607643A9B4C3 },
        { 4, 0x9136A0DCA57457EE, 0xCAAB286BD8E9FDB5 },
        { 14, 0x8282DCC4994E35C8, 0xC3BD6BF63DEB6DF0 },
        { 222, 0xB641AE8CB691C174, 0x20CB8AB7AE10C14A },
    };
    uint8_t bytes[222];

    (void)state;
    fill(bytes, sizeof(bytes));
    for (size_t i = 0; i < SM_ARRAY_COUNT(rows); i++) {
        assert_true(sm_hash(bytes, rows[i].size, 0) == rows[i].plain);
        assert_true(sm_hash(bytes, rows[i].size, seed_used) == rows[i].seeded);
    }
    assert_true(sm_hash("abc", 3, 0) == 0x44BC2CF5AD770999);
    assert_true(sm_hash(NULL, 0, 0) == 0xEF46DB3751D8E999);
}

/* Whatever its place in memory, and no byte behind the end counts. */
static void only_the_bytes_count(void **state)
{
    uint8_t bytes[300], copy[300];

    (void)state;
    fill(bytes, sizeof(bytes));
    for (size_t size = 0; size < 200; size++) {
        memset(copy, 0xee, sizeof(copy));
        memcpy(copy + size % 17, bytes, size);
        assert_true(sm_hash(copy + size % 17, size, size) == sm_hash(bytes, size, size));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_vectors_hold),
        cmocka_unit_test(only_the_bytes_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
