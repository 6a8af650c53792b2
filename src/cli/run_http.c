/* The thread that samples lag for the server. */
#include "cli/run_http.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/lag_sampler.h"
#include "cli/output.h"
#include "cli/signals.h"
#include "http/server.h"

#define LOOK_MS    1000 /* between two looks */
#define TIMEOUT_MS 3000 /* of one answer of Kafka's: then its part is unknown */

struct sm__run_http {
    struct sm__lag_sampler *sampler; /* of the thread alone, until it has ended */
    struct sm_http_server *server;
    int64_t database_wall_us, kafka_wall_us; /* as in struct sm_http_view */
    pthread_t thread;
    bool has_thread;
    int stop_fd; /* readable: end */
    atomic_bool stopping;
};

static enum sm_status look(struct sm__run_http *self, struct sm_err *err)
{
    enum sm_status status = sm__lag_sampler_look(self->sampler, err);
    struct sm_lag_snapshot lag;

    if (status != SM_OK)
        return status;
    sm__lag_sampler_view(self->sampler, &lag);
    if (lag.database_error[0] == '\0')
        self->database_wall_us = lag.wall_us;
    if (lag.kafka_error[0] == '\0')
        self->kafka_wall_us = lag.wall_us;
    return sm_http_server_publish(self->server,
                                  &(struct sm_http_view){.lag = &lag,
                                                         .version = SM_VERSION,
                                                         .database_wall_us = self->database_wall_us,
                                                         .kafka_wall_us = self->kafka_wall_us},
                                  err);
}

/* What cannot be told for want of memory is no reason to stop the work. */
static void *work(void *argument)
{
    struct sm__run_http *self = argument;

    while (!self->stopping) {
        struct pollfd fd = {.fd = self->stop_fd, .events = POLLIN};
        struct sm_err err = {.text = ""};

        if (look(self, &err) != SM_OK)
            sm_log(SM_LOG_WARN, "http", NULL, "cannot tell the lag now: %s", err.text);
        (void)poll(&fd, 1, LOOK_MS);
    }
    return NULL;
}

/* Signals are for the thread that runs the engine. */
static enum sm_status start_threads(struct sm__run_http *self, const char *address,
                                    struct sm_err *err)
{
    enum sm_status status;
    sigset_t before;

    sm__signals_block(&before);
    status = sm_http_server_start(address, &self->server, err);
    if (status == SM_OK) {
        self->has_thread = pthread_create(&self->thread, NULL, work, self) == 0;
        if (!self->has_thread)
            status = sm_err_set(err, SM_FATAL, SM_FROM_OS, "no thread for the samples of lag");
    }
    sm__signals_unblock(&before);
    return status;
}

enum sm_status sm__run_http_start(struct sm__wire *wire, const struct sm_options *options,
                                  struct sm__run_http **out, struct sm_err *err)
{
    struct sm__run_http *self = calloc(1, sizeof(*self));
    enum sm_status status = SM_OK;

    if (self == NULL)
        return sm__out_of_memory(err);
    self->database_wall_us = self->kafka_wall_us = SM_LAG_UNKNOWN;
    self->stop_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (self->stop_fd < 0)
        status = sm_err_set(err, SM_FATAL, SM_FROM_OS, "cannot wake the sampler of lag: %s",
                            strerror(errno));
    if (status == SM_OK)
        status = sm__lag_sampler_open(wire, TIMEOUT_MS, &self->sampler, err);
    if (status == SM_OK)
        status = start_threads(self, sm_options_text(options, SM_OPTION_HTTP), err);
    if (status != SM_OK) {
        sm__run_http_end(self);
        return status;
    }
    sm_log(SM_LOG_INFO, "http", NULL, "metrics and lag at %s, port %u",
           sm_options_text(options, SM_OPTION_HTTP), (unsigned)sm_http_server_port(self->server));
    *out = self;
    return SM_OK;
}

void sm__run_http_end(struct sm__run_http *http)
{
    static const uint64_t one = 1;

    if (http == NULL)
        return;
    http->stopping = true;
    if (http->has_thread) {
        if (write(http->stop_fd, &one, sizeof(one)) < 0) /* full: it is readable anyway */
            sm_log(SM_LOG_DEBUG, "http", NULL, "is told to end already");
        (void)pthread_join(http->thread, NULL);
    }
    sm_http_server_stop(http->server);
    sm__lag_sampler_close(http->sampler);
    if (http->stop_fd >= 0)
        (void)close(http->stop_fd);
    free(http);
}
