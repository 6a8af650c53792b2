/* A thread with an eventfd that says when to end. */
#include "cli/worker.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "cli/signals.h"

struct sm__worker {
    void (*work)(void *context);
    void *context;
    pthread_t thread;
    int stop_fd; /* readable: end */
    atomic_bool stopping;
};

static void *run(void *argument)
{
    const struct sm__worker *worker = argument;

    worker->work(worker->context);
    return NULL;
}

/* Signals are for the thread that runs the engine. `*out` is set before the thread begins, which
 * looks there for itself. */
static enum sm_status start_thread(struct sm__worker *worker, const char *name,
                                   struct sm__worker **out, struct sm_err *err)
{
    sigset_t before;
    int code;

    *out = worker;
    sm__signals_block(&before);
    code = pthread_create(&worker->thread, NULL, run, worker);
    sm__signals_unblock(&before);
    if (code == 0)
        return SM_OK;
    *out = NULL;
    return sm_err_set(err, SM_FATAL, SM_FROM_OS, "no thread for the %s: %s", name,
                      strerror(code));
}

enum sm_status sm__worker_start(const char *name, void (*work)(void *context), void *context,
                                struct sm__worker **out, struct sm_err *err)
{
    struct sm__worker *worker = calloc(1, sizeof(*worker));
    enum sm_status status;

    if (worker == NULL)
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "no memory for the %s", name);
    worker->work = work;
    worker->context = context;
    worker->stop_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (worker->stop_fd < 0)
        status = sm_err_set(err, SM_FATAL, SM_FROM_OS, "cannot wake the %s: %s", name,
                            strerror(errno));
    else
        status = start_thread(worker, name, out, err);
    if (status == SM_OK)
        return SM_OK;
    if (worker->stop_fd >= 0)
        (void)close(worker->stop_fd);
    free(worker);
    return status;
}

bool sm__worker_goes_on(const struct sm__worker *worker)
{
    return !worker->stopping;
}

void sm__worker_sleep(const struct sm__worker *worker, int timeout_ms)
{
    struct pollfd fd = {.fd = worker->stop_fd, .events = POLLIN};

    (void)poll(&fd, 1, timeout_ms);
}

void sm__worker_end(struct sm__worker *worker)
{
    static const uint64_t one = 1;

    if (worker == NULL)
        return;
    worker->stopping = true;
    while (write(worker->stop_fd, &one, sizeof(one)) < 0 && errno == EINTR)
        continue; /* it can fail otherwise only when it is readable already */
    (void)pthread_join(worker->thread, NULL);
    (void)close(worker->stop_fd);
    free(worker);
}
