/* The thread that publishes commands. */
#include "cli/run_relay.h"

#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/log.h"
#include "cli/clock.h"
#include "cli/signals.h"
#include "cli/worker.h"
#include "engine/relay.h"

#define WARN_INTERVAL_US 10000000
#define LOOK_MS          10 /* how soon somebody who waits for it sees that it has settled */

struct sm__run_relay {
    struct sm_relay *relay; /* of the thread alone, until it has ended */
    struct sm_clock clock;
    struct sm__worker *worker;
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
    int64_t left_us = wake_us - sm_clock_monotonic(&self->clock);

    if (left_us > 0)
        sm__worker_sleep(self->worker, (int)(left_us / 1000) + 1);
}

static void work(void *context)
{
    struct sm__run_relay *self = context;

    while (sm__worker_goes_on(self->worker) && !self->failed) {
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
    status = create_relay(wire, self, err);
    if (status == SM_OK)
        status = sm__worker_start("relay", work, self, &self->worker, err);
    if (status != SM_OK) {
        sm__run_relay_end(self);
        return status;
    }
    *out = self;
    return SM_OK;
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
    if (relay == NULL)
        return;
    sm__worker_end(relay->worker);
    sm_relay_destroy(relay->relay);
    free(relay);
}
