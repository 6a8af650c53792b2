/* Durations in the two largest units. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/age.h"

static void ages_are_told_in_their_two_largest_units(void **state)
{
    static const struct {
        int64_t seconds;
        const char *text;
    } cases[] = {{0, "0s"},          {59, "59s"},         {60, "1m"},           {61, "1m 1s"},
                 {3599, "59m 59s"},  {3600, "1h"},        {3659, "1h"},         {7980, "2h 13m"},
                 {86399, "23h 59m"}, {86400, "1d"},       {273600, "3d 4h"},    {90000, "1d 1h"},
                 {86460, "1d"},      {864000000, "10000d"}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[SM__AGE_SIZE];

        sm__age_format(cases[i].seconds * 1000000 + 999999, text);
        assert_string_equal(text, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ages_are_told_in_their_two_largest_units),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
