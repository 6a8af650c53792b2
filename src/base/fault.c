/* Points of failure that a test arms by SECRETMAGIC_FAULT. */
#include "base/fault.h"

#ifdef SM_FAULTS
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Read once, by whichever thread comes first: the point's name with its size, and how many times it
 * is still to be passed. */
static struct armed {
    bool stops;
    const char *point;
    size_t size;
    atomic_ulong left;
} armed;

static void read_environment(void)
{
    const char *text = getenv("SECRETMAGIC_FAULT");
    const char *colon = text != NULL ? strchr(text, ':') : NULL;

    char *end;

    if (colon == NULL)
        return;
    armed.point = text;
    armed.size = (size_t)(colon - text);
    armed.left = strtoul(colon + 1, &end, 10);
    armed.stops = strcmp(end, ":stop") == 0;
}

bool sm_fault_hit(const char *point)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    (void)pthread_once(&once, read_environment);
    if (armed.left == 0 || strlen(point) != armed.size ||
        memcmp(point, armed.point, armed.size) != 0)
        return false;
    if (atomic_fetch_sub(&armed.left, 1) != 1)
        return false;
    fprintf(stderr, "level=warn module=fault msg=\"%s is hit\"\n", point);
    return true;
}

void sm_fault_die(void)
{
    raise(armed.stops ? SIGSTOP : SIGKILL);
}

static bool contains(struct sm_slice value, const char *variable)
{
    const char *text = getenv(variable);
    size_t size = text != NULL ? strlen(text) : 0;

    for (size_t at = 0; size != 0 && at + size <= value.size; at++) {
        if (memcmp(value.data + at, text, size) == 0)
            return true;
    }
    return false;
}

void sm_fault_record(struct sm_slice value)
{
    if (contains(value, "SECRETMAGIC_FAULT_POISON"))
        raise(SIGKILL);
    while (contains(value, "SECRETMAGIC_FAULT_HANG"))
        (void)pause();
}
#endif
