/* SIGTERM and SIGINT as something to wait for.
 *
 * A handler and an eventfd rather than signalfd: the second signal must be heard also while the
 * program is inside a call that blocks, and on whichever thread it arrives. */
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/signals.h"

/* Whoever forwards a signal that the terminal or a supervisor sends to the whole group as well
 * gives it twice, at once: that is one wish to stop, not two. */
#define TWICE_US 500000

static atomic_int caught;         /* lock-free, and so allowed in a handler, on any thread */
static _Atomic int64_t caught_us; /* when, monotonic; 0: not yet */
static int wake_fd = -1;

static void handle(int number)
{
    static const uint64_t one = 1;
    int none = 0;

    if (!atomic_compare_exchange_strong(&caught, &none, number)) {
        if (caught_us != 0 && sm_monotonic_us() - caught_us >= TWICE_US)
            _exit(SM_EXIT_SIGNAL(number));
        return;
    }
    caught_us = sm_monotonic_us();
    /* Can fail only when the counter is full, and then the descriptor is readable anyway. */
    if (write(wake_fd, &one, sizeof(one)) < 0)
        return;
}

bool sm__signals_catch(void)
{
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};

    wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    (void)sigemptyset(&action.sa_mask);
    return wake_fd >= 0 && sigaction(SIGTERM, &action, NULL) == 0 &&
           sigaction(SIGINT, &action, NULL) == 0;
}

int sm__signals_fd(void)
{
    return wake_fd;
}

int sm__signals_caught(void)
{
    return caught;
}

void sm__signals_block(sigset_t *before)
{
    sigset_t all;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, before);
}

void sm__signals_unblock(const sigset_t *before)
{
    (void)pthread_sigmask(SIG_SETMASK, before, NULL);
}
