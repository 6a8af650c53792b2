/* `lag`: how far behind every partition is. */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/lag.h"
#include "cli/lag_sampler.h"
#include "cli/output.h"
#include "cli/signals.h"

#define OUTPUT_SIZE_MAX (64u << 20)
#define AGAIN_MS        500  /* between two looks while something is behind */
#define WATCH_MS        1000 /* between two looks of --watch */
#define CLEAR_SCREEN    "\033[H\033[2J"

/* Waits; true if a signal came. */
static bool pause_for(int timeout_ms)
{
    struct pollfd signals = {.fd = sm__signals_fd(), .events = POLLIN};

    return poll(&signals, 1, timeout_ms) != 0 && sm__signals_caught() != 0;
}

/* What is behind has a direction and a pace, which one look does not show. */
static bool is_told(const struct sm_lag_snapshot *snapshot)
{
    const struct sm_lag_group *group = &snapshot->group;

    for (size_t i = 0; i < snapshot->count; i++) {
        const struct sm_lag_facts *facts = &snapshot->partitions[i].report.facts;

        if (facts->records > 0 && snapshot->partitions[i].report.state != SM_LAG_CURRENT)
            return false;
    }
    return group->partitions != 0 || snapshot->kafka_error[0] != '\0';
}

static enum sm_status look(struct sm__lag_sampler *sampler, int64_t window_us,
                           struct sm_lag_snapshot *snapshot, struct sm_err *err)
{
    int64_t end_us = sm_monotonic_us() + window_us;
    enum sm_status status;

    do {
        status = sm__lag_sampler_look(sampler, err);
        if (status != SM_OK)
            return status;
        sm__lag_sampler_view(sampler, snapshot);
    } while (!is_told(snapshot) && sm_monotonic_us() < end_us && !pause_for(AGAIN_MS));
    return SM_OK;
}

static bool append_check(const struct sm_lag_snapshot *snapshot, int code, struct sm_buf *out)
{
    static const char *const words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};

    sm_buf_printf(out, "LAG %s - ", words[code]);
    sm__lag_append_sentence(snapshot, out);
    sm_buf_append_text(out, "\n");
    return !sm_buf_failed(out);
}

static int check(const struct sm_lag_snapshot *snapshot, const struct sm_options *options)
{
    const struct sm__lag_bounds bounds = {
        .behind_us = sm_options_number(options, SM_OPTION_MAX_SECONDS) * 1000000,
        .records = options->values[SM_OPTION_MAX_RECORDS].text != NULL
                       ? sm_options_number(options, SM_OPTION_MAX_RECORDS)
                       : SM_LAG_UNKNOWN};

    return sm__lag_check(snapshot, &bounds);
}

/* Prints the snapshot. Returns the exit code. */
static int print(const struct sm_lag_snapshot *snapshot, const struct sm_options *options)
{
    bool is_check = sm_options_flag(options, SM_OPTION_CHECK), appended;
    bool is_json = sm_options_flag(options, SM_OPTION_JSON);
    int code = is_check ? check(snapshot, options) : SM_EXIT_OK;
    struct sm_buf out;

    sm_buf_init(&out, OUTPUT_SIZE_MAX);
    if (!is_json && sm_options_flag(options, SM_OPTION_WATCH) && isatty(STDOUT_FILENO))
        sm_buf_append_text(&out, CLEAR_SCREEN);
    if (is_json)
        appended = sm_lag_snapshot_append_json(snapshot, &out);
    else
        appended = is_check ? append_check(snapshot, code, &out)
                            : sm__lag_append_text(snapshot, &out);
    if (appended)
        (void)fputs(out.data, stdout);
    else
        (void)fprintf(stderr, "secretmagic: out of memory\n");
    sm_buf_deinit(&out);
    (void)fflush(stdout);
    return appended ? code : SM_EXIT_FAILED;
}

static void tell_errors(const struct sm_lag_snapshot *snapshot)
{
    const char *const texts[] = {snapshot->database_error, snapshot->kafka_error};

    for (size_t i = 0; i < SM_ARRAY_COUNT(texts); i++) {
        if (texts[i][0] != '\0')
            (void)fprintf(stderr, "secretmagic: %s\n", texts[i]);
    }
}

static bool all_answered(const struct sm_lag_snapshot *snapshot)
{
    return snapshot->database_error[0] == '\0' && snapshot->kafka_error[0] == '\0';
}

static enum sm_status tell(struct sm__lag_sampler *sampler, const struct sm_options *options,
                           int *code, struct sm_err *err)
{
    bool watches = sm_options_flag(options, SM_OPTION_WATCH);
    int64_t window_us = watches ? 0 : sm_options_number(options, SM_OPTION_WINDOW);
    struct sm_lag_snapshot snapshot;
    enum sm_status status;

    do {
        status = look(sampler, window_us, &snapshot, err);
        if (status != SM_OK)
            return status;
        *code = print(&snapshot, options);
        tell_errors(&snapshot);
    } while (watches && !pause_for(WATCH_MS));
    if (!watches && !sm_options_flag(options, SM_OPTION_CHECK) && !all_answered(&snapshot))
        *code = SM_EXIT_FAILED;
    return SM_OK;
}

int sm_command_lag(const struct sm_options *options)
{
    struct sm__lag_sampler *sampler = NULL;
    struct sm_err err = {.text = ""};
    struct sm__wire *wire;
    enum sm_status status = SM_OK;
    int code = SM_EXIT_FAILED;

    if (sm__wire_open(options, &wire, &err) != SM_OK)
        return sm__wire_refused(&err);
    if (!sm__signals_catch())
        status =
            sm_err_set(&err, SM_FATAL, SM_FROM_OS, "cannot catch signals: %s", strerror(errno));
    if (status == SM_OK)
        status = sm__lag_sampler_open(wire, sm_options_ms(options, SM_OPTION_TIMEOUT), &sampler,
                                      &err);
    if (status == SM_OK)
        status = tell(sampler, options, &code, &err);
    sm__lag_sampler_close(sampler);
    sm__wire_close(wire);
    if (status == SM_OK)
        return code;
    (void)fprintf(stderr, "secretmagic: %s\n", err.text);
    return SM_EXIT_FAILED;
}
