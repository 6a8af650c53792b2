/* The thread that samples lag for the server. */
#include "cli/run_http.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "cli/lag.h"
#include "cli/lag_history.h"
#include "cli/lag_sampler.h"
#include "cli/output.h"
#include "cli/signals.h"
#include "cli/worker.h"
#include "http/server.h"

#define LOOK_MS       1000 /* from one look to the next */
#define PAUSE_MS      100  /* between two looks at the least */
#define TIMEOUT_MS    3000 /* of one answer of Kafka's: then its part is unknown */
#define SENTENCE_SIZE (16u << 10)

struct sm__run_http {
    struct sm__lag_sampler *sampler; /* of the thread alone, until it has ended */
    struct sm__lag_history *history; /* of the thread as well */
    bool history_failed;             /* it was told */
    const char *instance;
    struct sm_http_server *server;
    int64_t database_wall_us, kafka_wall_us; /* as in struct sm_http_view */
    struct sm__worker *worker;
};

static enum sm_status publish(struct sm__run_http *self, const struct sm_lag_snapshot *lag,
                              struct sm_err *err)
{
    struct sm_http_view view = {.lag = lag,
                                .version = SM_VERSION,
                                .database_wall_us = self->database_wall_us,
                                .kafka_wall_us = self->kafka_wall_us,
                                .instance = self->instance,
                                .board = sm__lag_history_board(self->history)};
    struct sm_buf sentence;
    enum sm_status status;

    for (int i = 0; i < SM_HTTP_RANGES; i++)
        view.history[i] = sm__lag_history_range(self->history, i);
    sm_buf_init(&sentence, SENTENCE_SIZE);
    sm__lag_append_sentence(lag, &sentence);
    view.sentence = sm_buf_failed(&sentence) ? "" : sentence.data;
    status = sm_http_server_publish(self->server, &view, err);
    sm_buf_deinit(&sentence);
    return status;
}

/* The history is no reason to tell nothing, and is told to fail once. */
static void sync_history(struct sm__run_http *self)
{
    struct sm_err err = {.text = ""};
    bool failed = sm__lag_history_sync(self->history, &err) != SM_OK;

    if (failed && !self->history_failed)
        sm_log(SM_LOG_WARN, "http", NULL, "the dashboard has no history for now: %s", err.text);
    self->history_failed = failed;
}

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
    status = publish(self, &lag, err);
    if (status == SM_OK && !sm__lag_history_note(self->history, &lag))
        status = sm__out_of_memory(err);
    sync_history(self);
    return status;
}

/* What cannot be told for want of memory is no reason to stop the work. */
static void work(void *context)
{
    struct sm__run_http *self = context;

    while (sm__worker_goes_on(self->worker)) {
        int64_t begin_us = sm_monotonic_us();
        struct sm_err err = {.text = ""};
        int left_ms;

        if (look(self, &err) != SM_OK)
            sm_log(SM_LOG_WARN, "http", NULL, "cannot tell the lag now: %s", err.text);
        left_ms = LOOK_MS - (int)((sm_monotonic_us() - begin_us) / 1000);
        sm__worker_sleep(self->worker, left_ms > PAUSE_MS ? left_ms : PAUSE_MS);
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

static enum sm_status open_sampler(struct sm__run_http *self, struct sm__wire *wire,
                                   struct sm_err *err)
{
    enum sm_status status = sm__lag_sampler_open(wire, TIMEOUT_MS, &self->sampler, err);

    if (status != SM_OK)
        return status;
    self->history =
        sm__lag_history_create(sm__lag_sampler_database(self->sampler), self->instance);
    return self->history != NULL ? SM_OK : sm__out_of_memory(err);
}

enum sm_status sm__run_http_start(struct sm__wire *wire, const struct sm_options *options,
                                  struct sm__run_http **out, struct sm_err *err)
{
    struct sm__run_http *self = calloc(1, sizeof(*self));
    enum sm_status status;

    if (self == NULL)
        return sm__out_of_memory(err);
    self->database_wall_us = self->kafka_wall_us = SM_LAG_UNKNOWN;
    self->instance = sm__wire_instance(wire);
    status = open_sampler(self, wire, err);
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
    sm__lag_history_destroy(http->history);
    sm__lag_sampler_close(http->sampler);
    free(http);
}
