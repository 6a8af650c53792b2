/* The watchdog of `run`, by setitimer(2).
 *
 * The limit is two strikes of half its time: a process that was stopped (SIGSTOP, a machine asleep)
 * finds one expired timer when it goes on, not two, and gets the chance to show that it lives. */
#include "cli/watchdog.h"

#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#define SECOND_US INT64_C(1000000)

static int64_t half_us; /* 0: off */
static int64_t armed_us; /* monotonic: when the timer was set last */
static volatile sig_atomic_t strikes;

static void arm(int64_t us)
{
    const struct itimerval timer = {
        .it_value = {.tv_sec = (time_t)(us / SECOND_US), .tv_usec = (suseconds_t)(us % SECOND_US)}};

    (void)setitimer(ITIMER_REAL, &timer, NULL);
}

/* Only what is allowed in a handler. */
static void handle(int number)
{
    static const char line[] =
        "level=error module=run msg=\"watchdog: one step of the work takes longer than --watchdog "
        "allows; ending by SIGALRM, the next start finds out by which record\"\n";

    if (++strikes < 2) {
        arm(half_us);
        return;
    }
    if (write(STDERR_FILENO, line, sizeof(line) - 1) < 0)
        strikes = 2; /* nobody listens; it ends all the same */
    (void)signal(number, SIG_DFL);
    (void)raise(number); /* acts when this handler returns */
}

bool sm__watchdog_start(int64_t limit_us)
{
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};

    if (limit_us == 0)
        return true;
    half_us = (limit_us + 1) / 2;
    (void)sigemptyset(&action.sa_mask);
    return sigaction(SIGALRM, &action, NULL) == 0;
}

void sm__watchdog_pet(int64_t now_us)
{
    strikes = 0;
    /* A system call for every round would cost more than the rest of an empty one. */
    if (half_us == 0 || (armed_us != 0 && now_us - armed_us < half_us / 8))
        return;
    armed_us = now_us;
    arm(half_us);
}

int64_t sm__watchdog_wait_max_us(void)
{
    return half_us != 0 ? half_us / 2 : INT64_MAX;
}

void sm__watchdog_stop(void)
{
    half_us = 0;
    arm(0);
}
