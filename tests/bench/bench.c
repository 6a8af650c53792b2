/* What the benchmark's helpers share. */
#include "bench/bench.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void bench_fail(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)fputs("bench: ", stderr);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

int64_t bench_monotonic_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t bench_wall_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void bench_sleep_ns(int64_t ns)
{
    struct timespec rest = { ns / 1000000000, ns % 1000000000 };

    while (nanosleep(&rest, &rest) != 0 && errno == EINTR)
        ;
}

int64_t bench_number(const char *name, const char *text, int64_t min, int64_t max)
{
    char *end = NULL;
    long long number;

    errno = 0;
    number = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || number < min || number > max)
        bench_fail("--%s '%s' is not a whole number from %lld to %lld", name, text, (long long)min,
                   (long long)max);
    return number;
}

static int compare(const void *a, const void *b)
{
    const double *left = a;
    const double *right = b;

    return (*left > *right) - (*left < *right);
}

double bench_quantile(double *values, size_t count, double share)
{
    size_t rank;

    if (count == 0)
        bench_fail("there is no value to take a quantile of");
    qsort(values, count, sizeof(*values), compare);
    rank = (size_t)(share * (double)count);
    return values[rank < count ? rank : count - 1];
}
