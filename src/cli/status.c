/* `status`: asks PostgreSQL for positions and counts, Kafka for ends, and prints what came back. */
#include "cli/command.h"
#include "cli/output.h"
#include "cli/positions.h"
#include "cli/status.h"
#include "cli/wire.h"
#include "kafka/reader.h"
#include "postgres/parked_inspect.h"
#include "postgres/schema.h"

#define OUTPUT_SIZE_MAX (64u << 20)

static void copy_text(char *out, size_t size, struct sm_slice text)
{
    (void)snprintf(out, size, "%.*s", (int)text.size, (const char *)text.data);
}

static enum sm_status take_position(void *context, const struct sm_position_row *row,
                                    struct sm_err *err)
{
    struct sm__status_partition *to = sm__status_partition(context, row->topic, row->partition);

    if (to == NULL)
        return sm__out_of_memory(err);
    to->seen = true;
    to->next_offset = row->next_offset;
    to->consumed = row->consumed;
    to->appended = row->appended;
    to->logged = row->logged;
    to->duplicated = row->duplicated;
    to->parked = row->parked;
    to->rejected = row->rejected;
    to->resolved = row->resolved;
    to->waiting = 0; /* what waits is asked for apart */
    to->lost = row->lost;
    copy_text(to->owner, sizeof(to->owner), row->owner);
    copy_text(to->stopped, sizeof(to->stopped), row->stopped_reason);
    copy_text(to->waits, sizeof(to->waits), row->waits_reason);
    if (row->waits_since != SM_TIME_NONE)
        sm_timestamp_format(row->waits_since, to->waits_since);
    return SM_OK;
}

struct waiting_room {
    struct sm__status *status;
    bool failed; /* memory ran out */
};

static void take_waiting(void *context, const struct sm_parked_waiting *waiting)
{
    struct waiting_room *room = context;
    struct sm__status_partition *partition =
        sm__status_partition(room->status, waiting->topic, waiting->partition);
    enum sm_wait_for what;

    room->failed = room->failed || partition == NULL;
    if (partition != NULL)
        partition->waiting =
            waiting->count + (partition->waiting == SM_REPORT_UNKNOWN ? 0 : partition->waiting);
    if (sm_wait_find(waiting->waits_for, &what)) {
        struct sm__status_waiting *sum = &room->status->waiting[what];

        sum->count += waiting->count;
        if (waiting->oldest_age_us > sum->oldest_us)
            sum->oldest_us = waiting->oldest_age_us;
    }
}

static enum sm_status read_waiting(struct sm__status *status, struct sm__wire *wire,
                                   struct sm_err *err)
{
    struct waiting_room room = {.status = status};
    const struct sm_parked_waiting_sink sink = {&room, take_waiting};
    enum sm_status result = sm__wire_parked_waiting(wire, &sink, err);

    return result == SM_OK && room.failed ? sm__out_of_memory(err) : result;
}

static enum sm_status ask_database(struct sm__status *status, struct sm__wire *wire,
                                   struct sm_err *err)
{
    struct sm_postgres_schema schema;
    struct sm_log *log;
    enum sm_status result = sm__wire_schema(wire, &schema, err);

    if (result != SM_OK)
        return result;
    status->schema_version = schema.version;
    (void)snprintf(status->server_version, sizeof(status->server_version), "%s",
                   schema.server_version);
    if (schema.version == 0) /* no schema yet: nothing was consumed */
        return SM_OK;
    result = sm__wire_log(wire, &log, err);
    if (result != SM_OK)
        return result;
    result = sm__positions_read(log, take_position, status, err);
    log->ops->close(log);
    if (result == SM_OK)
        result = read_waiting(status, wire, err);
    return result == SM_OK ? sm__wire_outbox_view(wire, &status->outbox, err) : result;
}

/* Partitions that nobody has consumed from yet have no row in PostgreSQL. */
static enum sm_status add_partitions(struct sm__status *status, struct sm__wire *wire,
                                     int timeout_ms, struct sm_err *err)
{
    for (unsigned topic = 0; topic < SM_TOPIC_COUNT; topic++) {
        struct sm_slice name = sm_slice_of(sm__wire_topic(wire, (enum sm_topic)topic));
        struct sm__topic_view view;
        enum sm_status result =
            sm__wire_describe_topic(wire, (enum sm_topic)topic, timeout_ms, &view, err);

        if (result != SM_OK)
            return result;
        if (!view.exists)
            return sm_err_set(err, SM_FATAL, SM_FROM_KAFKA,
                              "there is no topic %s; hint: secretmagic migrate --topics creates it",
                              (const char *)name.data);
        for (int32_t i = 0; i < view.partitions; i++) {
            if (sm__status_partition(status, name, i) == NULL)
                return sm__out_of_memory(err);
        }
    }
    return SM_OK;
}

static enum sm_status ask_ends(struct sm__status *status, struct sm__wire *wire, struct sm_err *err)
{
    struct sm_kafka_reader *reader;
    enum sm_status result = sm__wire_reader(wire, true, 0, &reader, err);

    if (result != SM_OK)
        return result;
    for (size_t i = 0; result == SM_OK && i < status->count; i++) {
        struct sm__status_partition *partition = &status->partitions[i];
        int64_t low, high;

        result = sm_kafka_reader_watermarks(reader, partition->topic, partition->partition, &low,
                                            &high, err);
        if (result == SM_OK) {
            partition->low = low;
            partition->high = high;
        }
    }
    sm_kafka_reader_close(reader);
    return result;
}

static enum sm_status ask_kafka(struct sm__status *status, struct sm__wire *wire, int timeout_ms,
                                struct sm_err *err)
{
    enum sm_status result = add_partitions(status, wire, timeout_ms, err);

    return result == SM_OK ? ask_ends(status, wire, err) : result;
}

int sm__status_gather(struct sm__status *status, struct sm__wire *wire, int timeout_ms)
{
    struct sm_err err = {.text = ""};
    int code = SM_EXIT_OK;

    status->schema_version = SM_REPORT_UNKNOWN;
    status->schema_wanted = sm_postgres_schema_wanted();
    if (ask_database(status, wire, &err) != SM_OK) {
        memcpy(status->database_error, err.text, sizeof(err.text));
        code = SM_EXIT_FAILED;
    }
    if (ask_kafka(status, wire, timeout_ms, &err) != SM_OK) {
        memcpy(status->kafka_error, err.text, sizeof(err.text));
        code = SM_EXIT_FAILED;
    }
    sm__status_finish(status);
    return code;
}

static int print(const struct sm__status *status, bool json)
{
    struct sm_buf out;
    bool appended;

    sm_buf_init(&out, OUTPUT_SIZE_MAX);
    appended = json ? sm__status_append_json(status, &out) : sm__status_append_text(status, &out);
    if (appended)
        (void)fputs(out.data, stdout);
    else
        (void)fprintf(stderr, "secretmagic: out of memory\n");
    sm_buf_deinit(&out);
    return appended ? SM_EXIT_OK : SM_EXIT_FAILED;
}

static void tell_error(const char *text)
{
    if (text[0] != '\0')
        (void)fprintf(stderr, "secretmagic: %s\n", text);
}

int sm_command_status(const struct sm_options *options)
{
    struct sm__status status = {0};
    struct sm_err err = {.text = ""};
    struct sm__wire *wire;
    int code, printed;

    if (sm__wire_open(options, &wire, &err) != SM_OK)
        return sm__wire_refused(&err);
    code = sm__status_gather(&status, wire, sm_options_ms(options, SM_OPTION_TIMEOUT));
    printed = print(&status, sm_options_flag(options, SM_OPTION_JSON));
    sm__wire_close(wire);
    (void)fflush(stdout);
    tell_error(status.database_error);
    tell_error(status.kafka_error);
    sm__status_deinit(&status);
    return code != SM_EXIT_OK ? code : printed;
}
