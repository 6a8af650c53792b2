/* The thread that publishes commands. */
#include "cli/run_relay.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/clock.h"
#include "cli/signals.h"
#include "engine/relay.h"

#define WARN_INTERVAL_US 10000000
#define LOOK_MS          10 /* how soon somebody who waits for it sees that it has settled */

struct sm__run_relay {
    struct sm_relay *relay; /* of the thread alone, until it has ended */
    struct sm_clock clock;
    pthread_t thread;
    int stop_fd; /* readable: end */
    atomic_bool stopping;
    atomic_bool settled; /* nothing to publish, or nobody to publish it here */
    atomic_uint steps; /* raised behind each one, after `settled` */
    atomic_bool failed; /* for good; then `failure` is written */
    struct sm_err failure;
    struct sm_log_limit limit;
};

static void tell_away(struct sm__run_relay *self, const struct sm_err *err)
{
    unsigned suppressed = 0;

    if (sm_log_limit_pass(&self->limit, sm_clock_monotonic(&self->clock), WARN_INTERVAL_US,
                          &suppressed))
        sm_log(SM_LOG_WARN, "relay", NULL,
               "cannot publish commands yet, trying again (%u more like this): %s", suppressed,
               err->text);
}

static void pause_until(struct sm__run_relay *self, int64_t wake_us)
{
    struct pollfd fd = {.fd = self->stop_fd, .events = POLLIN};
    int64_t left_us = wake_us - sm_clock_monotonic(&self->clock);

    if (left_us > 0)
        (void)poll(&fd, 1, (int)(left_us / 1000) + 1);
}

static void *work(void *argument)
{
    struct sm__run_relay *self = argument;

    while (!self->stopping && !self->failed) {
        struct sm_err err = {.text = ""};
        int64_t wake_us = 0;
        enum sm_status status = sm_relay_step(self->relay, &wake_us, &err);
        bool elsewhere = sm_relay_is_elsewhere(self->relay);

        if (status == SM_FATAL) {
            sm_log(SM_LOG_ERROR, "relay", NULL, "publishes nothing more: %s", err.text);
            self->failure = err;
            self->failed = true;
        } else if (status == SM_AGAIN && !elsewhere) {
            tell_away(self, &err);
        }
        self->settled = self->failed || elsewhere || sm_relay_is_idle(self->relay);
        self->steps++;
        if (status == SM_AGAIN)
            pause_until(self, wake_us);
    }
    return NULL;
}

/* Signals are for the thread that runs the engine. */
static bool start_thread(struct sm__run_relay *self)
{
    sigset_t before;
    bool started;

    sm__signals_block(&before);
    started = pthread_create(&self->thread, NULL, work, self) == 0;
    sm__signals_unblock(&before);
    return started;
}

static enum sm_status create_relay(struct sm__wire *wire, struct sm__run_relay *self,
                                   struct sm_err *err)
{
    struct sm_relay_options options = {
        .open_topic = sm__wire_command_topic, .context = wire, .clock = self->clock};
    enum sm_status status = sm__wire_outbox(wire, &options.outbox, err);

    return status == SM_OK ? sm_relay_create(&options, &self->relay, err) : status;
}

enum sm_status sm__run_relay_start(struct sm__wire *wire, struct sm__run_relay **out,
                                   struct sm_err *err)
{
    struct sm__run_relay *self = calloc(1, sizeof(*self));
    enum sm_status status;

    if (self == NULL)
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "no memory for the relay");
    self->clock = sm__clock();
    self->stop_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (self->stop_fd < 0)
        status = sm_err_set(err, SM_FATAL, SM_FROM_OS, "cannot wake the relay: %s",
                            strerror(errno));
    else
        status = create_relay(wire, self, err);
    if (status == SM_OK && !start_thread(self))
        status = sm_err_set(err, SM_FATAL, SM_FROM_OS, "no thread for the relay");
    if (status == SM_OK) {
        *out = self;
        return SM_OK;
    }
    sm_relay_destroy(self->relay);
    if (self->stop_fd >= 0)
        (void)close(self->stop_fd);
    free(self);
    return status;
}

void sm__run_relay_settle(struct sm__run_relay *relay)
{
    unsigned steps = relay->steps;

    /* The step that is under way may have looked before what is waited for was committed. */
    while ((relay->steps - steps < 2 || !relay->settled) && !relay->failed &&
           sm__signals_caught() == 0) {
        struct pollfd fd = {.fd = sm__signals_fd(), .events = POLLIN};

        (void)poll(&fd, 1, LOOK_MS);
    }
}

const char *sm__run_relay_failure(struct sm__run_relay *relay)
{
    return relay->failed ? relay->failure.text : NULL;
}

void sm__run_relay_end(struct sm__run_relay *relay)
{
    static const uint64_t one = 1;

    if (relay == NULL)
        return;
    relay->stopping = true;
    if (write(relay->stop_fd, &one, sizeof(one)) < 0) /* full: it is readable anyway */
        sm_log(SM_LOG_DEBUG, "relay", NULL, "is told to end already");
    (void)pthread_join(relay->thread, NULL);
    sm_relay_destroy(relay->relay);
    (void)close(relay->stop_fd);
    free(relay);
}
