/* Metrics as text. The families are tables; none has tenants or clients as labels. */
#include <inttypes.h>

#include "domain/lag_words.h"
#include "http/http_priv.h"

#define PREFIX "secretmagic_"

enum kind {
    COUNT,
    TIME, /* microseconds, told in seconds */
    RATE  /* in 1,000 seconds, told in one */
};
struct family {
    const char *name; /* without the prefix; ends with the unit, if it has one */
    const char *unit; /* as OpenMetrics wants it told; NULL: none */
    const char *help;
    enum kind kind;
};

struct writer {
    struct sm_buf *out;
    bool open; /* OpenMetrics */
};

/* ---- the format ---- */

static void begin(const struct writer *writer, const struct family *family)
{
    sm_buf_printf(writer->out, "# HELP " PREFIX "%s %s\n# TYPE " PREFIX "%s gauge\n", family->name,
                  family->help, family->name);
    if (writer->open && family->unit != NULL)
        sm_buf_printf(writer->out, "# UNIT " PREFIX "%s %s\n", family->name, family->unit);
}

static void append_value(struct sm_buf *out, enum kind kind, int64_t value)
{
    const char *sign = value < 0 ? "-" : "";
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    if (kind == COUNT)
        sm_buf_printf(out, " %" PRId64 "\n", value);
    else if (value == INT64_MAX) /* never, or without limit */
        sm_buf_append_text(out, " +Inf\n");
    else if (kind == TIME)
        sm_buf_printf(out, " %s%" PRIu64 ".%06" PRIu64 "\n", sign, size / 1000000, size % 1000000);
    else
        sm_buf_printf(out, " %s%" PRIu64 ".%03" PRIu64 "\n", sign, size / 1000, size % 1000);
}

static void append_escaped(struct sm_buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\n')
            sm_buf_append_text(out, "\\n");
        else if (*text == '"' || *text == '\\')
            sm_buf_printf(out, "\\%c", *text);
        else
            sm_buf_append_byte(out, (uint8_t)*text);
    }
}

/* Leaves the braces open, for more labels. */
static void begin_sample(const struct writer *writer, const char *name,
                         const struct sm_lag_partition *partition)
{
    sm_buf_printf(writer->out, PREFIX "%s{topic=\"", name);
    append_escaped(writer->out, partition->topic);
    sm_buf_printf(writer->out, "\",partition=\"%d\"", (int)partition->partition);
}

/* ---- of each partition ---- */

static int64_t records(const struct sm_lag_report *report)
{
    return report->facts.records;
}

static int64_t behind(const struct sm_lag_report *report)
{
    return report->facts.behind_us;
}

static int64_t position(const struct sm_lag_report *report)
{
    return report->facts.position;
}

static int64_t end(const struct sm_lag_report *report)
{
    return report->facts.end;
}

static int64_t low(const struct sm_lag_report *report)
{
    return report->facts.low;
}

static int64_t unmoved(const struct sm_lag_report *report)
{
    return report->facts.unmoved_us;
}

static int64_t in_state(const struct sm_lag_report *report)
{
    return report->for_us;
}

static int64_t rate_in(const struct sm_lag_report *report)
{
    return report->rates[1].in;
}

static int64_t rate_out(const struct sm_lag_report *report)
{
    return report->rates[1].out;
}

static int64_t eta(const struct sm_lag_report *report)
{
    return report->eta_us;
}

static int64_t margin(const struct sm_lag_report *report)
{
    return report->margin_us;
}

static int64_t lost(const struct sm_lag_report *report)
{
    return report->lost;
}

static const struct {
    struct family family;
    int64_t (*value)(const struct sm_lag_report *report);
} partition_families[] = {
    {{"partition_behind_seconds", "seconds",
      "Age of the first record that is not processed; 0: there is none.", TIME}, behind},
    {{"partition_behind_records", "records", "Records that are not processed.", COUNT}, records},
    {{"partition_position_offset", NULL, "Offset that is processed next.", COUNT}, position},
    {{"partition_end_offset", NULL, "Offset after the last stable record.", COUNT}, end},
    {{"partition_low_offset", NULL, "First offset that Kafka still has.", COUNT}, low},
    {{"partition_unmoved_seconds", "seconds", "Time since the position moved.", TIME}, unmoved},
    {{"partition_in_state_seconds", "seconds", "Time in the present state.", TIME}, in_state},
    {{"partition_in_per_second", NULL, "Records that came, over the last minute.", RATE}, rate_in},
    {{"partition_out_per_second", NULL, "Records that were processed, over the last minute.", RATE},
     rate_out},
    {{"partition_eta_seconds", "seconds",
      "Time until nothing is behind; +Inf: never at this rate.", TIME}, eta},
    {{"partition_retention_margin_seconds", "seconds",
      "Time until Kafka deletes what is not processed; +Inf: it deletes nothing.", TIME}, margin},
    {{"partition_lost_records", "records", "Records that Kafka deleted before they were read.",
      COUNT}, lost},
};

static void append_partitions(const struct writer *writer, const struct sm_lag_snapshot *lag)
{
    for (size_t i = 0; i < SM_ARRAY_COUNT(partition_families); i++) {
        const struct family *family = &partition_families[i].family;

        begin(writer, family);
        for (size_t j = 0; j < lag->count; j++) {
            int64_t value = partition_families[i].value(&lag->partitions[j].report);

            if (value == SM_LAG_UNKNOWN)
                continue;
            begin_sample(writer, family->name, &lag->partitions[j]);
            sm_buf_append_text(writer->out, "}");
            append_value(writer->out, family->kind, value);
        }
    }
}

static void append_states(const struct writer *writer, const struct sm_lag_snapshot *lag)
{
    static const struct family family = {"partition_state", NULL,
                                         "1 for the state that a partition is in.", COUNT};

    begin(writer, &family);
    for (size_t i = 0; i < lag->count; i++) {
        for (unsigned state = 0; state < SM_LAG_STATE_COUNT; state++) {
            begin_sample(writer, family.name, &lag->partitions[i]);
            sm_buf_printf(writer->out, ",state=\"%s\"}",
                          sm_lag_state_name((enum sm_lag_state)state));
            append_value(writer->out, COUNT, lag->partitions[i].report.state == state);
        }
    }
}

/* ---- of the whole ---- */

static int64_t looked_at(const struct sm_http_view *view)
{
    return view->lag->wall_us;
}

static int64_t database_at(const struct sm_http_view *view)
{
    return view->database_wall_us;
}

static int64_t kafka_at(const struct sm_http_view *view)
{
    return view->kafka_wall_us;
}

static int64_t parked(const struct sm_http_view *view)
{
    return view->lag->parked.count;
}

static int64_t dead_letters(const struct sm_http_view *view)
{
    return view->lag->dead_letters.count;
}

static int64_t oldest(const struct sm_lag_room *room)
{
    return room->oldest_us == -1 ? SM_LAG_UNKNOWN : room->oldest_us;
}

static int64_t oldest_parked(const struct sm_http_view *view)
{
    return oldest(&view->lag->parked);
}

static int64_t oldest_dead_letter(const struct sm_http_view *view)
{
    return oldest(&view->lag->dead_letters);
}

static const struct {
    struct family family;
    int64_t (*value)(const struct sm_http_view *view);
} whole_families[] = {
    {{"look_timestamp_seconds", "seconds", "When these numbers were made.", TIME}, looked_at},
    {{"postgres_answered_timestamp_seconds", "seconds", "When PostgreSQL answered last.", TIME},
     database_at},
    {{"kafka_answered_timestamp_seconds", "seconds", "When Kafka answered last.", TIME}, kafka_at},
    {{"parked_events", "events", "Events that wait for something that is not there yet.", COUNT},
     parked},
    {{"parked_oldest_seconds", "seconds", "Age of the oldest of them.", TIME}, oldest_parked},
    {{"dead_letters", NULL, "Open dead letters.", COUNT}, dead_letters},
    {{"dead_letters_oldest_seconds", "seconds", "Age of the oldest of them.", TIME},
     oldest_dead_letter},
};

static void append_whole(const struct writer *writer, const struct sm_http_view *view)
{
    for (size_t i = 0; i < SM_ARRAY_COUNT(whole_families); i++) {
        const struct family *family = &whole_families[i].family;
        int64_t value = whole_families[i].value(view);

        begin(writer, family);
        if (value == SM_LAG_UNKNOWN)
            continue;
        sm_buf_printf(writer->out, PREFIX "%s", family->name);
        append_value(writer->out, family->kind, value);
    }
}

/* Of this one the two formats have different types. */
static void append_build(const struct writer *writer, const char *version)
{
    sm_buf_printf(writer->out,
                  "# HELP " PREFIX "build%s The program's version.\n"
                  "# TYPE " PREFIX "build%s %s\n" PREFIX "build_info{version=\"",
                  writer->open ? "" : "_info", writer->open ? "" : "_info",
                  writer->open ? "info" : "gauge");
    append_escaped(writer->out, version);
    sm_buf_append_text(writer->out, "\"} 1\n");
}

void sm__http_append_metrics(const struct sm_http_view *view, bool open, struct sm_buf *out)
{
    const struct writer writer = {out, open};

    append_build(&writer, view->version);
    append_whole(&writer, view);
    append_partitions(&writer, view->lag);
    append_states(&writer, view->lag);
    if (open)
        sm_buf_append_text(out, "# EOF\n");
}
