/* `import`: the rows of an earlier installation, sent as events as `emit` sends them. */
#include "postgres/import.h"

#include <inttypes.h>
#include <time.h>

#include "cli/command.h"
#include "cli/emit_priv.h"
#include "cli/output.h"
#include "cli/status.h"

enum { POLL_MS = 500 };

struct import {
    struct sm__emit emit;
    struct sm_postgres_client client; /* of the old database */
    struct sm_import *rows;
    uint64_t archived; /* clients to be archived when the rest is consumed */
};

static void begin_table(void *context, const char *name, bool exists)
{
    struct import *import = context;

    import->emit.input = name;
    import->emit.lines.number = 0;
    if (!exists)
        (void)fprintf(stderr, "secretmagic: %s: there is no such table\n", name);
}

static enum sm_status take_event(void *context, struct sm_slice event, struct sm_err *err)
{
    struct import *import = context;

    import->emit.lines.number++;
    import->emit.lines.bytes += event.size;
    sm__emit_tell_progress(&import->emit);
    return sm__emit_line_send(&import->emit, event, err);
}

static void skip_table(void *context, const char *name, bool exists)
{
    (void)context;
    (void)name;
    (void)exists;
}

static enum sm_status count_event(void *context, struct sm_slice event, struct sm_err *err)
{
    struct import *import = context;

    (void)event;
    (void)err;
    import->archived++;
    return SM_OK;
}

static enum sm_status send_part(struct import *import, enum sm_import_part part, struct sm_err *err)
{
    const struct sm_import_sink sink = { import, begin_table, take_event };
    enum sm_status status = sm_postgres_import_read(import->rows, part, &sink, err);

    return status == SM_OK ? sm__emit_finish(&import->emit, err) : status;
}

/* Records of our topics, up to the ends in `ends`, that the database has not got yet. */
static int64_t count_missing(const struct sm__status *ends, struct sm__status *now)
{
    int64_t missing = 0;

    for (size_t i = 0; i < ends->count; i++) {
        const struct sm__status_partition *end = &ends->partitions[i];
        const struct sm__status_partition *at =
            sm__status_partition(now, sm_slice_of(end->topic), end->partition);
        int64_t from = at != NULL && at->seen ? at->next_offset : end->low;

        missing += end->high > from ? end->high - from : 0;
    }
    return missing;
}

static enum sm_status gather(struct sm__status *out, struct sm__emit *emit, struct sm_err *err)
{
    const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };

    (void)nanosleep(&pause, NULL);
    *out = (struct sm__status){ 0 };
    if (sm__status_gather(out, emit->wire, sm_options_ms(emit->options, SM_OPTION_TIMEOUT)) ==
        SM_EXIT_OK)
        return SM_OK;
    return sm_err_set(err, SM_RETRY, SM_FROM_NONE, "%s",
                      out->database_error[0] != '\0' ? out->database_error : out->kafka_error);
}

/* Two topics have no order between them: a client must not be archived before its batches, which
 * come by the other topic, are there. */
static enum sm_status await_consumed(struct import *import, struct sm_err *err)
{
    struct sm__status ends, now;
    int64_t missing = 1;
    bool told = false;
    enum sm_status status = gather(&ends, &import->emit, err);

    while (status == SM_OK && missing > 0) {
        char text[96];

        status = gather(&now, &import->emit, err);
        missing = status == SM_OK ? count_missing(&ends, &now) : 0;
        sm__status_deinit(&now);
        (void)snprintf(text, sizeof(text), "waiting until run has consumed %" PRId64 " records",
                       missing);
        sm__progress_show(&import->emit.progress, 0, text);
        if (missing > 0 && !told)
            sm_log(SM_LOG_INFO, "import", NULL, "%s; clients that are archived come after that",
                   text);
        told = true;
    }
    sm__status_deinit(&ends);
    return status;
}

static enum sm_status send_all(struct import *import, struct sm_err *err)
{
    const struct sm_import_sink counting = { import, skip_table, count_event };
    enum sm_status status = send_part(import, SM_IMPORT_ALL_BUT_ARCHIVED, err);

    if (status == SM_OK)
        status = sm_postgres_import_read(import->rows, SM_IMPORT_ARCHIVED, &counting, err);
    if (status == SM_OK && import->archived > 0 && import->emit.publisher != NULL)
        status = await_consumed(import, err);
    return status == SM_OK && import->archived > 0 ? send_part(import, SM_IMPORT_ARCHIVED, err)
                                                   : status;
}

static enum sm_status open_all(struct import *import, struct sm_err *err)
{
    const struct sm_options *options = import->emit.options;
    const struct sm_import_options from = {
        .client = &import->client,
        .schema = sm_options_text(options, SM_OPTION_SCHEMA),
        .timezone = sm_options_text(options, SM_OPTION_TIMEZONE),
    };
    enum sm_status status;

    import->client = *sm__wire_database(import->emit.wire);
    import->client.conninfo = sm_options_text(options, SM_OPTION_FROM);
    if (import->client.conninfo == NULL)
        return sm_err_set(err, SM_STOP, SM_FROM_NONE,
                          "import needs --from, the connection string of the database to import");
    status = sm_postgres_import_open(&from, &import->rows, err);
    return status == SM_OK ? sm__emit_open(&import->emit, err) : status;
}

int sm_command_import(const struct sm_options *options)
{
    struct import import = {
        .emit = { .options = options, .input = "import", .format = SM_FORMAT_JSON }
    };
    struct sm_err err = { .text = "" };
    enum sm_status status;
    int code;

    if (sm__wire_open(options, &import.emit.wire, &err) != SM_OK)
        return sm__wire_refused(&err);
    sm__progress_init(&import.emit.progress, 0);
    status = open_all(&import, &err);
    if (status == SM_OK) {
        status = send_all(&import, &err);
        sm__emit_tell_summary(&import.emit);
    }
    sm__progress_wipe(&import.emit.progress);
    code = sm__emit_exit_code(&import.emit, status, &err);
    sm_postgres_import_close(import.rows);
    sm__emit_close(&import.emit);
    return code;
}
