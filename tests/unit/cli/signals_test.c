/* The first signal asks, a hasty repetition of it changes nothing, a later one ends the process. */
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "cli/signals.h"

#define DEADLINE_MS 10000

/* Tells the pipe once it listens, and once it has heard; then never ends by itself. */
static _Noreturn void listen_for_ever(int pipe_fd)
{
    struct pollfd heard = {.events = POLLIN};

    if (!sm__signals_catch() || sm__signals_caught() != 0 || write(pipe_fd, "1", 1) != 1)
        _exit(1);
    heard.fd = sm__signals_fd();
    while (poll(&heard, 1, -1) != 1)
        continue;
    if (sm__signals_caught() != SIGINT || write(pipe_fd, "2", 1) != 1)
        _exit(1);
    for (;;)
        (void)pause();
}

static void await_byte(int pipe_fd, char expected)
{
    struct pollfd fd = {.fd = pipe_fd, .events = POLLIN};
    char byte = 0;

    assert_int_equal(poll(&fd, 1, DEADLINE_MS), 1);
    assert_int_equal(read(pipe_fd, &byte, 1), 1);
    assert_int_equal(byte, expected);
}

static void a_signal_is_heard_and_only_a_later_one_ends_the_process(void **state)
{
    int ends[2], status = 0;
    int64_t first_us, deadline_us;
    pid_t child;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    child = fork();
    if (child == 0)
        listen_for_ever(ends[1]);
    await_byte(ends[0], '1');
    first_us = sm_monotonic_us();
    deadline_us = first_us + DEADLINE_MS * 1000;
    assert_int_equal(kill(child, SIGINT), 0);
    await_byte(ends[0], '2');
    /* Again and again: those of the first half second must change nothing. */
    while (waitpid(child, &status, WNOHANG) == 0) {
        assert_true(sm_monotonic_us() < deadline_us);
        (void)kill(child, SIGTERM);
        (void)usleep(10000);
    }
    assert_true(sm_monotonic_us() - first_us >= 500000);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 128 + SIGTERM);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signal_is_heard_and_only_a_later_one_ends_the_process),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
