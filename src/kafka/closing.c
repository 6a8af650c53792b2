/* Closing that cannot keep the program: librdkafka waits for its threads without a limit, and a
 * reference that it lost track of keeps such a thread for ever (leftovers.c has a case).
 *
 * So the closing is done by a thread of its own, which is waited for until a deadline, and then
 * left to itself with all that it closes. Nothing that was committed hangs on it. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>

#include "kafka/kafka_priv.h"

struct closing {
    void (*close)(void *argument);
    void *argument;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool done; /* the thread has come to its end; whoever waits frees this */
    bool left; /* nobody waits any more; the thread frees this */
};

static void free_closing(struct closing *closing)
{
    (void)pthread_cond_destroy(&closing->changed);
    (void)pthread_mutex_destroy(&closing->lock);
    free(closing);
}

static void *run(void *argument)
{
    struct closing *closing = argument;
    bool left;

    closing->close(closing->argument);
    (void)pthread_mutex_lock(&closing->lock);
    closing->done = true;
    left = closing->left;
    (void)pthread_cond_signal(&closing->changed);
    (void)pthread_mutex_unlock(&closing->lock);
    if (left)
        free_closing(closing);
    return NULL;
}

static struct closing *new_closing(void (*close)(void *argument), void *argument)
{
    struct closing *closing = calloc(1, sizeof(*closing));
    pthread_condattr_t attributes;

    if (closing == NULL)
        return NULL;
    closing->close = close;
    closing->argument = argument;
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_mutex_init(&closing->lock, NULL);
    (void)pthread_cond_init(&closing->changed, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    return closing;
}

/* Signals are the main thread's, which would not wake for one that this thread takes. */
static bool start(struct closing *closing)
{
    sigset_t all, before;
    pthread_t thread;
    bool started;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    started = pthread_create(&thread, NULL, run, closing) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (started)
        (void)pthread_detach(thread);
    return started;
}

static bool wait_done(struct closing *closing, int timeout_ms)
{
    struct timespec until;
    int64_t until_us = sm_monotonic_us() + (int64_t)timeout_ms * 1000;
    int code = 0;
    bool done;

    until.tv_sec = (time_t)(until_us / 1000000);
    until.tv_nsec = (long)(until_us % 1000000) * 1000;
    (void)pthread_mutex_lock(&closing->lock);
    while (!closing->done && code != ETIMEDOUT)
        code = pthread_cond_timedwait(&closing->changed, &closing->lock, &until);
    done = closing->done;
    closing->left = !done;
    (void)pthread_mutex_unlock(&closing->lock);
    return done;
}

bool sm__kafka_close_within(void (*close)(void *argument), void *argument, const char *what,
                            int timeout_ms)
{
    struct closing *closing = new_closing(close, argument);

    if (closing == NULL || !start(closing)) {
        if (closing != NULL)
            free_closing(closing);
        close(argument); /* without a limit rather than not at all */
        return true;
    }
    if (wait_done(closing, timeout_ms)) {
        free_closing(closing);
        return true;
    }
    sm_log(SM_LOG_WARN, "kafka", NULL,
           "librdkafka did not let the %s be closed within %d ms: it is left behind until the "
           "process ends; nothing that was committed depends on it",
           what, timeout_ms);
    return false;
}
