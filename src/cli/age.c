/* Durations in words. */
#include "cli/age.h"

#include <stdio.h>

void sm__age_format(int64_t age_us, char out[SM__AGE_SIZE])
{
    static const struct {
        const char *unit;
        int64_t seconds;
    } units[] = {{"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}};
    const size_t last = sizeof(units) / sizeof(units[0]) - 1;
    int64_t seconds = age_us / 1000000, rest;
    size_t i = 0;

    while (i < last && seconds < units[i].seconds)
        i++;
    rest = seconds % units[i].seconds;
    if (i < last && rest >= units[i + 1].seconds)
        (void)snprintf(out, SM__AGE_SIZE, "%lld%s %lld%s", (long long)(seconds / units[i].seconds),
                       units[i].unit, (long long)(rest / units[i + 1].seconds), units[i + 1].unit);
    else
        (void)snprintf(out, SM__AGE_SIZE, "%lld%s", (long long)(seconds / units[i].seconds),
                       units[i].unit);
}
