#ifndef SM_TESTS_BENCH_H
#define SM_TESTS_BENCH_H
/* What the benchmark's helpers share: giving up, clocks, numbers on the command line.
 *
 * They are small programs that scripts/bench calls and whose lines of `name value` it reads. They
 * end
 * with status 1 and a sentence on standard error whenever a figure would not be what it says. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

_Noreturn void bench_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Since an arbitrary point in time, never set back; the same for all processes of this machine. */
int64_t bench_monotonic_ns(void);
int64_t bench_wall_us(void);
void bench_sleep_ns(int64_t ns);

/* The value of option `name`, which must be a whole number in [min, max]. */
int64_t bench_number(const char *name, const char *text, int64_t min, int64_t max);

/* The value below which the share (0 to 1) of the values lie: the nearest rank. Sorts them. */
double bench_quantile(double *values, size_t count, double share);
#endif
