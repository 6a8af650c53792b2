/* `run`: opens everything, steps the engine until it is done, waits in between. */
#include <errno.h>
#include <poll.h>

#include "cli/clock.h"
#include "cli/command.h"
#include "cli/run.h"
#include "cli/signals.h"
#include "cli/templates.h"
#include "cli/watchdog.h"
#include "postgres/migrate.h"

#define RETRY_MIN_US          50000
#define WATERMARKS_TIMEOUT_MS 2000
#define PROOF_INTERVAL_US     1000000 /* each proof reads one batch of a partition again */
#define WARN_INTERVAL_US      10000000
#define WATCH_US              1000000
#define RELEASE_MAX           500 /* a released unit holds up the topic's for a few milliseconds */
#define TRIALS_MAX 3 /* deaths over one record alone: less may be chance */
#define REJOIN_US             30000000 /* fenced twice within: another process has our name */
#define PREPARE_TIMEOUT_MS    5000 /* of one try; a signal is heeded between tries */
#define LOOK_MS               1000 /* how soon a relay that has stopped ends --only relay */
/* A descriptor of each lane, the source's and the signals', and those of the registry. */
#define FDS_MAX (SM_LANES_MAX + 2 + SM_SCHEMAS_FDS_MAX)

/* Each writer has its own clients, hence its own part of what is kept in memory. */
static size_t share(const struct sm_options *options, enum sm_option_id id)
{
    return (size_t)(sm_options_number(options, id) / sm_options_number(options, SM_OPTION_WRITERS));
}

static struct sm_engine_options engine_options(const struct sm_options *options)
{
    return (struct sm_engine_options){
        .batch_records_max = (size_t)sm_options_number(options, SM_OPTION_BATCH_RECORDS),
        .batch_bytes_max = (size_t)sm_options_number(options, SM_OPTION_BATCH_BYTES),
        .cache_streams_max = share(options, SM_OPTION_CACHE_STREAMS),
        .cache_clients_max = share(options, SM_OPTION_CACHE_CLIENTS),
        .retry_min_us = RETRY_MIN_US,
        .retry_max_us = sm_options_number(options, SM_OPTION_RETRY_MAX),
        /* By then the group has noticed if it was us that it lost, and takes the partition away. */
        .fenced_wait_us = sm_options_number(options, SM_OPTION_SESSION_TIMEOUT),
        .revoke_wait_us = sm_options_number(options, SM_OPTION_STOP_TIMEOUT),
        .watch_us = WATCH_US,
        .release_max = RELEASE_MAX,
        .trials_max = TRIALS_MAX,
        .logs_retention_us = sm_options_number(options, SM_OPTION_LOGS_RETENTION),
        .proof_interval_us = PROOF_INTERVAL_US,
        .watermarks_timeout_ms = WATERMARKS_TIMEOUT_MS,
        .until_idle = sm_options_flag(options, SM_OPTION_UNTIL_IDLE),
        .reset_recreated = sm_options_number(options, SM_OPTION_ON_LOST) == SM_ON_LOST_CONTINUE,
        .admission = {.time_ahead_max_us = sm_options_number(options, SM_OPTION_TIME_AHEAD)},
    };
}

static enum sm_status check_topic(struct sm__run *run, enum sm_topic topic, struct sm_err *err)
{
    struct sm__topic_view view;
    enum sm_status status = sm__wire_need_topic(run->wire, topic, PREPARE_TIMEOUT_MS, &view, err);

    if (status == SM_OK && view.history_lost[0] != '\0')
        sm_log(SM_LOG_WARN, "run", NULL, "%s", view.history_lost);
    return status;
}

static bool has_relay(const struct sm__run *run)
{
    return sm_options_number(run->options, SM_OPTION_WITHOUT) != SM_WITHOUT_RELAY;
}

static bool is_relay_only(const struct sm__run *run)
{
    return sm_options_number(run->options, SM_OPTION_ONLY) == SM_ONLY_RELAY;
}

/* What must be there before the first record is taken. */
static enum sm_status prepare(struct sm__run *run, struct sm_err *err)
{
    unsigned topic_count = has_relay(run) ? SM__WIRE_TOPICS : SM_TOPIC_COUNT;
    struct sm_migration_report report = {0};
    enum sm_status status = sm__wire_migrate(run->wire, &report, err);

    for (size_t i = 0; i < report.applied_count; i++)
        sm_log(SM_LOG_INFO, "run", NULL, "schema: applied %s", report.applied[i]);
    for (unsigned i = 0; status == SM_OK && i < topic_count; i++)
        status = check_topic(run, (enum sm_topic)i, err);
    if (status == SM_OK && run->command_encoder == NULL)
        status = sm__command_encoder_open(run->options, run->wire, &run->command_encoder, err);
    return status;
}

/* Until the first try succeeds what is away is waited for, like later on. SM_STOP: a signal came.
 */
static enum sm_status prepare_patiently(struct sm__run *run, struct sm_err *err)
{
    int64_t pause_us = RETRY_MIN_US;
    int64_t pause_max_us = sm_options_number(run->options, SM_OPTION_RETRY_MAX);
    struct sm_log_limit limit = {0};
    unsigned suppressed;
    enum sm_status status;

    while ((status = prepare(run, err)) == SM_RETRY) {
        struct pollfd signals = {.fd = sm__signals_fd(), .events = POLLIN};

        if (sm_log_limit_pass(&limit, sm_clock_monotonic(&run->clock), WARN_INTERVAL_US,
                              &suppressed))
            sm_log(SM_LOG_WARN, "run", NULL, "cannot start yet, trying again: %s", err->text);
        if (poll(&signals, 1, (int)(pause_us / 1000)) != 0 || sm__signals_caught() != 0)
            return SM_STOP;
        pause_us = pause_us * 2 < pause_max_us ? pause_us * 2 : pause_max_us;
    }
    return sm__signals_caught() != 0 ? SM_STOP : status;
}

static enum sm_status join(struct sm__run *run, struct sm_err *err)
{
    struct sm_engine_options options = engine_options(run->options);
    enum sm_status status = sm__wire_source(run->wire, &run->source, err);

    options.schemas = run->schemas;
    options.templates = run->templates;
    options.command_encoder = run->command_encoder;
    if (status == SM_OK)
        status = sm_engine_create(&options, run->source, run->stores, run->lane_count, &run->clock,
                                  &run->engine, err);
    if (status == SM_OK && run->stopping)
        sm_engine_stop(run->engine);
    return status;
}

static void leave(struct sm__run *run)
{
    sm_engine_destroy(run->engine);
    if (run->source != NULL)
        run->source->ops->close(run->source);
    run->engine = NULL;
    run->source = NULL;
}

/* Our static name was given to another member. Mostly that was ourselves: after a broker was away
 * the library joins anew, and what it had asked as the member before is then refused, by an error
 * that it takes for its end. So we join once more; who is sent away again soon has a double. */
static enum sm_status join_anew(struct sm__run *run, struct sm_err *err)
{
    int64_t now = sm_clock_monotonic(&run->clock);
    const struct sm_err cause = *err;

    if (run->fenced_us != 0 && now - run->fenced_us < REJOIN_US)
        return sm_err_set(err, SM_FATAL, SM_FROM_KAFKA,
                          "%s; hint: another process runs with the same --instance-id", cause.text);
    run->fenced_us = now;
    sm_log(SM_LOG_WARN, "run", NULL, "joins the group anew: %s", cause.text);
    leave(run);
    return join(run, err);
}

static enum sm_status open_ports(struct sm__run *run, struct sm_err *err)
{
    size_t lane_count = (size_t)sm_options_number(run->options, SM_OPTION_WRITERS);
    enum sm_status status = SM_OK;

    if (has_relay(run))
        status = sm__run_relay_start(run->wire, &run->relay, err);
    if (status == SM_OK && run->options->values[SM_OPTION_HTTP].text != NULL)
        status = sm__run_http_start(run->wire, run->options, &run->http, err);
    if (is_relay_only(run))
        return status;
    while (status == SM_OK && run->lane_count < lane_count) {
        status = sm__wire_store(run->wire, &run->stores[run->lane_count], err);
        run->lane_count += status == SM_OK;
    }
    if (status == SM_OK)
        status = sm__wire_schemas(run->wire, &run->schemas, err);
    return status == SM_OK ? join(run, err) : status;
}

static void close_all(struct sm__run *run)
{
    leave(run);
    sm__run_http_end(run->http);
    sm__run_relay_end(run->relay);
    if (run->schemas != NULL)
        run->schemas->ops->close(run->schemas);
    for (size_t i = 0; i < run->lane_count; i++)
        run->stores[i]->ops->close(run->stores[i]);
    sm_command_encoder_destroy(run->command_encoder);
    sm_templates_destroy(run->templates);
    sm__wire_close(run->wire);
}

static enum sm_status wait_for_work(struct sm__run *run, struct sm_err *err)
{
    struct pollfd fds[FDS_MAX];
    size_t count = 0;
    int64_t wake_us, left_us;

    sm_engine_wait(run->engine, fds, FDS_MAX - 1, &count, &wake_us);
    /* Once it was heard the signal's descriptor stays readable, and would only make this spin. */
    if (!run->stopping)
        fds[count++] = (struct pollfd){.fd = sm__signals_fd(), .events = POLLIN};
    left_us = wake_us - sm_clock_monotonic(&run->clock);
    if (left_us <= 0)
        return SM_OK;
    if (left_us > sm__watchdog_wait_max_us())
        left_us = sm__watchdog_wait_max_us();
    if (poll(fds, count, (int)((left_us + 999) / 1000)) < 0 && errno != EINTR)
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "cannot wait for work: %s", strerror(errno));
    return SM_OK;
}

static void heed_signal(struct sm__run *run)
{
    if (run->stopping || sm__signals_caught() == 0)
        return;
    sm_log(SM_LOG_INFO, "run", NULL, "signal %d: stopping, a second one ends at once",
           sm__signals_caught());
    sm_engine_stop(run->engine);
    run->stopping = true;
}

/* Of the commands that were decided on the way, all leave before it ends. */
static void settle_commands(struct sm__run *run, const struct sm_engine_view *view)
{
    if (run->relay != NULL && view->commands != 0 && sm__signals_caught() == 0)
        sm__run_relay_settle(run->relay);
}

static enum sm_status work(struct sm__run *run, struct sm_err *err)
{
    struct sm__run_progress progress = {.told_us = sm_clock_monotonic(&run->clock)};
    enum sm_status status;

    if (!sm__watchdog_start(sm_options_number(run->options, SM_OPTION_WATCHDOG)))
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "cannot catch SIGALRM: %s", strerror(errno));
    do {
        heed_signal(run);
        sm__watchdog_pet(sm_clock_monotonic(&run->clock));
        status = sm_engine_step(run->engine, err);
        sm__run_tell(run, &progress, false);
        sm__run_keep_heads(run, false);
        if (status == SM_AGAIN) {
            status = wait_for_work(run, err);
        } else if (status == SM_FENCED) {
            status = join_anew(run, err);
            progress.view = (struct sm_engine_view){0}; /* the new engine counts from 0 */
        }
    } while (status == SM_OK);
    sm__watchdog_stop();
    sm__run_tell(run, &progress, true);
    sm__run_keep_heads(run, true);
    if (status == SM_STOP)
        settle_commands(run, &progress.view);
    return status;
}

/* Until a signal comes, or nothing is left to publish. */
static enum sm_status relay_only(struct sm__run *run, struct sm_err *err)
{
    bool until_idle = sm_options_flag(run->options, SM_OPTION_UNTIL_IDLE);

    if (until_idle)
        sm__run_relay_settle(run->relay);
    while (!until_idle && sm__signals_caught() == 0 &&
           sm__run_relay_failure(run->relay) == NULL) {
        struct pollfd signals = {.fd = sm__signals_fd(), .events = POLLIN};

        (void)poll(&signals, 1, LOOK_MS);
    }
    if (sm__run_relay_failure(run->relay) == NULL)
        return SM_STOP;
    return sm_err_set(err, SM_FATAL, SM_FROM_DOMAIN, "the relay has stopped: %s",
                      sm__run_relay_failure(run->relay));
}

static enum sm_status run_all(struct sm__run *run, struct sm_err *err)
{
    enum sm_status status;


    sm__wire_log_start(run->wire);
    status = prepare_patiently(run, err);
    if (status == SM_OK)
        status = open_ports(run, err);
    if (status == SM_OK)
        status = is_relay_only(run) ? relay_only(run, err) : work(run, err);
    return status;
}

int sm_command_run(const struct sm_options *options)
{
    struct sm__run run = {.options = options, .clock = sm__clock()};
    struct sm_err err = {.text = ""};
    enum sm_status status;

    if (is_relay_only(&run) && !has_relay(&run)) {
        (void)sm_err_set(&err, SM_FATAL, SM_FROM_DOMAIN,
                         "--only relay and --without relay leave nothing to do");
        return sm__wire_refused(&err);
    }
    if (sm__wire_open(options, &run.wire, &err) != SM_OK)
        return sm__wire_refused(&err);
    if (sm__templates_open(options, &run.templates, &err) != SM_OK) {
        sm__wire_close(run.wire);
        return sm__wire_refused(&err);
    }
    if (sm__signals_catch())
        status = run_all(&run, &err);
    else
        status =
            sm_err_set(&err, SM_FATAL, SM_FROM_OS, "cannot catch signals: %s", strerror(errno));
    close_all(&run);
    if (status == SM_STOP) {
        sm_log(SM_LOG_INFO, "run", NULL,
               sm__signals_caught() != 0 ? "stopped" : "idle, all is committed");
        return SM_EXIT_OK;
    }
    sm_log(SM_LOG_ERROR, "run", NULL, "%s", err.text);
    return SM_EXIT_FAILED;
}
