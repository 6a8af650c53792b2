/* The thread that samples lag for the server. */
#include "cli/run_http.h"

#include <stdlib.h>

#include "base/log.h"
#include "cli/lag_sampler.h"
#include "cli/output.h"
#include "cli/signals.h"
#include "cli/worker.h"
#include "http/server.h"

#define LOOK_MS    1000 /* between two looks */
#define TIMEOUT_MS 3000 /* of one answer of Kafka's: then its part is unknown */

struct sm__run_http {
    struct sm__lag_sampler *sampler; /* of the thread alone, until it has ended */
    struct sm_http_server *server;
    int64_t database_wall_us, kafka_wall_us; /* as in struct sm_http_view */
    struct sm__worker *worker;
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
static void work(void *context)
{
    struct sm__run_http *self = context;

    while (sm__worker_goes_on(self->worker)) {
        struct sm_err err = {.text = ""};

        if (look(self, &err) != SM_OK)
            sm_log(SM_LOG_WARN, "http", NULL, "cannot tell the lag now: %s", err.text);
        sm__worker_sleep(self->worker, LOOK_MS);
    }
}

/* Signals are for the thread that runs the engine, and not for the server's. */
static enum sm_status start_server(struct sm__run_http *self, const char *address,
                                   struct sm_err *err)
{
    enum sm_status status;
    sigset_t before;

    sm__signals_block(&before);
    status = sm_http_server_start(address, &self->server, err);
    sm__signals_unblock(&before);
    return status;
}

enum sm_status sm__run_http_start(struct sm__wire *wire, const struct sm_options *options,
                                  struct sm__run_http **out, struct sm_err *err)
{
    struct sm__run_http *self = calloc(1, sizeof(*self));
    enum sm_status status;

    if (self == NULL)
        return sm__out_of_memory(err);
    self->database_wall_us = self->kafka_wall_us = SM_LAG_UNKNOWN;
    status = sm__lag_sampler_open(wire, TIMEOUT_MS, &self->sampler, err);
    if (status == SM_OK)
        status = start_server(self, sm_options_text(options, SM_OPTION_HTTP), err);
    if (status == SM_OK)
        status = sm__worker_start("sampler of lag", work, self, &self->worker, err);
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
    if (http == NULL)
        return;
    sm__worker_end(http->worker);
    sm_http_server_stop(http->server);
    sm__lag_sampler_close(http->sampler);
    free(http);
}
