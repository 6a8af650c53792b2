/* MurmurHash2 by the vectors of Kafka's own test (UtilsTest.testMurmur2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"

static void the_vectors_of_kafka_hold(void **state)
{
    static const struct {
        const char *text;
        int32_t hash;
    } rows[] = {
        { "21", -973932308 },
        { "foobar", -790332482 },
        { "a-little-bit-long-string", -985981536 },
        { "a-little-bit-longer-string", -1486304829 },
        { "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971 },
        { "abc", 479470107 },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(rows); i++)
        assert_int_equal((int32_t)sm_murmur2(rows[i].text, strlen(rows[i].text)), rows[i].hash);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(the_vectors_of_kafka_hold) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
