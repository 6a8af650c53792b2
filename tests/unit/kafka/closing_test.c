/* Closing with a deadline: what closes in time, and what never does. */
#include <setjmp.h>
#include <stdarg.h>
#include <signal.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/slice.h"
#include "kafka/kafka_priv.h"

struct subject {
    int ends[2]; /* a pipe: closing waits until something can be read */
    bool closed;
};

static void note(void *argument)
{
    ((struct subject *)argument)->closed = true;
}

/* Says by the pipe that it got past what held it up. */
static void wait_for_word(void *argument)
{
    struct subject *subject = argument;
    char byte;

    if (read(subject->ends[0], &byte, 1) == 1)
        subject->closed = true;
    (void)close(subject->ends[0]);
}

static void what_closes_is_closed_when_the_call_returns(void **state)
{
    struct subject subject = { .closed = false };

    (void)state;
    for (int i = 0; i < 100; i++) {
        subject.closed = false;
        assert_true(sm__kafka_close_within(note, &subject, "test", 10000));
        assert_true(subject.closed);
    }
}

static void what_does_not_close_is_left_behind_at_the_deadline(void **state)
{
    static struct subject subject; /* outlives the test, as what is left behind must */
    int64_t begin = sm_monotonic_us();

    (void)state;
    assert_int_equal(pipe(subject.ends), 0);
    assert_false(sm__kafka_close_within(wait_for_word, &subject, "test", 50));
    assert_true(sm_monotonic_us() - begin >= 50000);
    assert_true(sm_monotonic_us() - begin < 5000000);
    assert_false(subject.closed);
    /* If it gets on after all, it ends by itself, and with it what was kept for it (checked by the
     * sanitizer's look for leaks). */
    (void)signal(SIGPIPE, SIG_IGN);
    assert_int_equal(write(subject.ends[1], "x", 1), 1);
    while (write(subject.ends[1], "x", 1) == 1)
        (void)usleep(1000);
    assert_true(subject.closed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_closes_is_closed_when_the_call_returns),
        cmocka_unit_test(what_does_not_close_is_left_behind_at_the_deadline),
    };

    return cmocka_run_group_tests_name("closing", tests, NULL, NULL);
}
