/* SIGTERM and SIGINT as something to wait for.
 *
 * A handler and an eventfd rather than signalfd: the second signal must be heard also while the
 * program is inside a call that blocks, and on whichever thread it arrives. */
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/signals.h"

static volatile sig_atomic_t caught;
static int wake_fd = -1;

static void handle(int number)
{
    static const uint64_t one = 1;

    if (caught != 0)
        _exit(SM_EXIT_SIGNAL(number));
    caught = number;
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
