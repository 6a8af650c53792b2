/* The status as data, and its two faces: a table and JSON. */
#include <inttypes.h>

#include "cli/age.h"
#include "cli/status.h"
#include "cli/text_table.h"

void sm__status_deinit(struct sm__status *status)
{
    free(status->partitions);
    memset(status, 0, sizeof(*status));
}

static struct sm__status_partition *add(struct sm__status *status)
{
    if (status->count == status->capacity) {
        size_t capacity = status->capacity == 0 ? 16 : 2 * status->capacity;
        void *grown = realloc(status->partitions, capacity * sizeof(*status->partitions));

        if (grown == NULL)
            return NULL;
        status->partitions = grown;
        status->capacity = capacity;
    }
    return &status->partitions[status->count++];
}

struct sm__status_partition *sm__status_partition(struct sm__status *status, struct sm_slice topic,
                                                  int32_t partition)
{
    const int64_t unknown = SM_REPORT_UNKNOWN;
    struct sm__status_partition *found;

    for (size_t i = 0; i < status->count; i++) {
        found = &status->partitions[i];
        if (found->partition == partition && sm_slice_equal(sm_slice_of(found->topic), topic))
            return found;
    }
    found = add(status);
    if (found == NULL)
        return NULL;
    *found = (struct sm__status_partition){
        .partition = partition,
        .next_offset = unknown,
        .low = unknown,
        .high = unknown,
        .lag = unknown,
        .consumed = unknown,
        .appended = unknown,
        .logged = unknown,
        .duplicated = unknown,
        .parked = unknown,
        .rejected = unknown,
        .lost = unknown,
        .resolved = unknown,
        .waiting = unknown,
    };
    (void)snprintf(found->topic, sizeof(found->topic), "%.*s", (int)topic.size,
                   (const char *)topic.data);
    return found;
}

static int by_name(const void *left, const void *right)
{
    const struct sm__status_partition *a = left, *b = right;
    int order = strcmp(a->topic, b->topic);

    return order != 0 ? order : (a->partition > b->partition) - (a->partition < b->partition);
}

/* PostgreSQL answered and has no row: nothing was consumed, and that is known. */
static void set_unseen(struct sm__status_partition *partition)
{
    partition->consumed = partition->appended = partition->logged = partition->duplicated = 0;
    partition->parked = partition->rejected = partition->lost = 0;
    partition->resolved = partition->waiting = 0;
}

static int64_t lag_of(const struct sm__status_partition *partition, bool database_answered)
{
    int64_t from = partition->seen ? partition->next_offset : partition->low;

    /* A position behind the broker's end is of a topic that was made anew: how far behind we are
     * cannot be said. */
    if (!database_answered || partition->high == SM_REPORT_UNKNOWN || from == SM_REPORT_UNKNOWN ||
        from > partition->high)
        return SM_REPORT_UNKNOWN;
    return partition->high - from;
}

void sm__status_finish(struct sm__status *status)
{
    bool answered = status->database_error[0] == '\0';

    if (status->count > 0)
        qsort(status->partitions, status->count, sizeof(*status->partitions), by_name);
    for (size_t i = 0; i < status->count; i++) {
        struct sm__status_partition *partition = &status->partitions[i];

        if (answered && !partition->seen)
            set_unseen(partition);
        partition->lag = lag_of(partition, answered);
    }
}

/* ---- columns: one list for both faces, so that they cannot differ ---- */

struct column {
    const char *name;    /* in JSON */
    const char *heading; /* in the table */
    size_t offset;       /* of the int64_t in the partition */
    bool summed;         /* has a total */
};
#define COLUMN(member, heading, summed)                                                            \
    {                                                                                              \
#member, heading, offsetof(struct sm__status_partition, member), summed                    \
    }
static const struct column columns[] = {
    COLUMN(low, "begins", false),       COLUMN(next_offset, "position", false),
    COLUMN(high, "ends", false),        COLUMN(lag, "lag", true),
    COLUMN(consumed, "consumed", true), COLUMN(appended, "appended", true),
    COLUMN(logged, "logged", true),     COLUMN(duplicated, "duplicate", true),
    COLUMN(parked, "parked", true),     COLUMN(resolved, "resolved", true),
    COLUMN(waiting, "waiting", true),   COLUMN(rejected, "rejected", true),
    COLUMN(lost, "lost", true),
};

static int64_t value_of(const struct sm__status_partition *partition, const struct column *column)
{
    int64_t value;

    memcpy(&value, (const char *)partition + column->offset, sizeof(value));
    return value;
}

/* Unknown as soon as one of them is: a sum of what happens to be known would lie. */
static int64_t total_of(const struct sm__status *status, const struct column *column)
{
    int64_t total = status->database_error[0] != '\0' ? SM_REPORT_UNKNOWN : 0;

    for (size_t i = 0; i < status->count && total != SM_REPORT_UNKNOWN; i++) {
        int64_t value = value_of(&status->partitions[i], column);

        total = value == SM_REPORT_UNKNOWN ? value : total + value;
    }
    return total;
}

static void add_total(struct sm__text_table *table, const struct sm__status *status)
{
    sm__table_text(table, "total");
    sm__table_text(table, "");
    for (size_t i = 0; i < SM_ARRAY_COUNT(columns); i++) {
        if (columns[i].summed)
            sm__table_number(table, total_of(status, &columns[i]));
        else
            sm__table_text(table, "");
    }
}

static bool append_table(const struct sm__status *status, struct sm_buf *out)
{
    struct sm__text_table table;
    bool appended;

    sm__table_init(&table, SM_ARRAY_COUNT(columns) + 2);
    sm__table_heading(&table, "topic", false);
    sm__table_heading(&table, "partition", true);
    for (size_t i = 0; i < SM_ARRAY_COUNT(columns); i++)
        sm__table_heading(&table, columns[i].heading, true);
    for (size_t p = 0; p < status->count; p++) {
        sm__table_text(&table, status->partitions[p].topic);
        sm__table_number(&table, status->partitions[p].partition);
        for (size_t i = 0; i < SM_ARRAY_COUNT(columns); i++) {
            if (columns[i].offset == offsetof(struct sm__status_partition, next_offset) &&
                status->database_error[0] == '\0' && !status->partitions[p].seen)
                sm__table_heading(&table, "none yet", true);
            else
                sm__table_number(&table, value_of(&status->partitions[p], &columns[i]));
        }
    }
    add_total(&table, status);
    appended = sm__table_append(&table, out);
    sm__table_deinit(&table);
    return appended;
}

static void append_versions(const struct sm__status *status, struct sm_buf *out)
{
    sm_buf_printf(out, "secretmagic %s, PostgreSQL %s, schema ", SM_VERSION,
                  status->server_version[0] != '\0' ? status->server_version : "unknown");
    if (status->schema_version == SM_REPORT_UNKNOWN)
        sm_buf_append_text(out, "unknown");
    else
        sm_buf_printf(out, "%lld", (long long)status->schema_version);
    sm_buf_printf(out, " of %lld\n\n", (long long)status->schema_wanted);
}

static void append_waiting(const struct sm__status *status, struct sm_buf *out)
{
    char age[SM__AGE_SIZE];

    for (unsigned i = 0; i < SM_WAIT_COUNT; i++) {
        const struct sm__status_waiting *waiting = &status->waiting[i];

        if (waiting->count == 0)
            continue;
        sm__age_format(waiting->oldest_us, age);
        sm_buf_printf(out, "\nwaiting: %" PRId64 " for %s, the oldest since %s\n", waiting->count,
                      sm_wait_words((enum sm_wait_for)i), age);
    }
}

static bool knows_outbox(const struct sm__status *status)
{
    return status->database_error[0] == '\0' && status->schema_version > 0;
}

static void append_outbox(const struct sm__status *status, struct sm_buf *out)
{
    const struct sm_postgres_outbox_view *outbox = &status->outbox;
    char age[SM__AGE_SIZE], at[SM_TIMESTAMP_TEXT_SIZE + 1];

    if (!knows_outbox(status))
        return;
    sm_buf_printf(out, "\ncommands: %" PRId64 " pending", outbox->pending);
    if (outbox->pending > 0) {
        sm__age_format(outbox->oldest_age_us, age);
        sm_buf_printf(out, ", the oldest since %s", age);
    }
    sm_buf_printf(out, ", %" PRId64 " published", outbox->published);
    if (outbox->published_at != SM_TIME_NONE) {
        sm_timestamp_format(outbox->published_at, at);
        sm_buf_printf(out, ", last at %s", at);
    }
    if (outbox->stopped[0] != '\0')
        sm_buf_printf(out, "; the relay has stopped: %s", outbox->stopped);
    else if (outbox->owner[0] != '\0')
        sm_buf_printf(out, ", by %s", outbox->owner);
    else
        sm_buf_append_text(out, "; no relay runs");
    if (!outbox->scanned)
        sm_buf_append_text(out, "; none is decided before a relay has read the topic");
    sm_buf_append_text(out, "\n");
}

bool sm__status_append_text(const struct sm__status *status, struct sm_buf *out)
{
    append_versions(status, out);
    if (!append_table(status, out))
        return false;
    append_waiting(status, out);
    append_outbox(status, out);
    for (size_t i = 0; i < status->count; i++) {
        const struct sm__status_partition *partition = &status->partitions[i];

        if (partition->stopped[0] != '\0')
            sm_buf_printf(out, "\nstopped: %s[%d]: %s\n", partition->topic,
                          (int)partition->partition, partition->stopped);
        if (partition->waits[0] != '\0')
            sm_buf_printf(out, "\nwaits since %s: %s[%d]: %s\n", partition->waits_since,
                          partition->topic, (int)partition->partition, partition->waits);
    }
    return !sm_buf_failed(out);
}

/* ---- JSON ---- */

static const char *or_null(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

static void report_partition(struct sm_report *report, const struct sm__status_partition *partition)
{
    sm_report_open_row(report, "partitions");
    sm_report_text(report, "topic", partition->topic);
    sm_report_number(report, "partition", partition->partition);
    for (size_t i = 0; i < SM_ARRAY_COUNT(columns); i++)
        sm_report_number(report, columns[i].name, value_of(partition, &columns[i]));
    sm_report_text(report, "owner", or_null(partition->owner));
    sm_report_text(report, "stopped", or_null(partition->stopped));
    sm_report_text(report, "waits", or_null(partition->waits));
    sm_report_text(report, "waits_since", or_null(partition->waits_since));
    sm_report_close(report);
}

static void report_heads(struct sm_report *report, const struct sm__status *status)
{
    sm_report_text(report, "version", SM_VERSION);
    sm_report_open(report, "database");
    sm_report_text(report, "error", or_null(status->database_error));
    sm_report_text(report, "server_version", or_null(status->server_version));
    sm_report_number(report, "schema", status->schema_version);
    sm_report_number(report, "schema_wanted", status->schema_wanted);
    sm_report_close(report);
    sm_report_open(report, "kafka");
    sm_report_text(report, "error", or_null(status->kafka_error));
    sm_report_close(report);
}

/* Empty when nothing waits; null when that is not known. */
static void report_waiting(struct sm_report *report, const struct sm__status *status)
{
    if (status->database_error[0] != '\0') {
        sm_report_text(report, "waiting", NULL);
        return;
    }
    sm_report_array(report, "waiting");
    for (unsigned i = 0; i < SM_WAIT_COUNT; i++) {
        const struct sm__status_waiting *waiting = &status->waiting[i];

        if (waiting->count == 0)
            continue;
        sm_report_open_row(report, "waiting");
        sm_report_text(report, "waits_for", sm_wait_name((enum sm_wait_for)i));
        sm_report_text(report, "words", sm_wait_words((enum sm_wait_for)i));
        sm_report_number(report, "count", waiting->count);
        sm_report_number(report, "oldest_seconds", waiting->oldest_us / 1000000);
        sm_report_close(report);
    }
}

static void report_outbox(struct sm_report *report, const struct sm__status *status)
{
    const struct sm_postgres_outbox_view *outbox = &status->outbox;
    char at[SM_TIMESTAMP_TEXT_SIZE + 1] = "";

    if (!knows_outbox(status)) {
        sm_report_text(report, "commands", NULL);
        return;
    }
    if (outbox->published_at != SM_TIME_NONE)
        sm_timestamp_format(outbox->published_at, at);
    sm_report_open(report, "commands");
    sm_report_number(report, "pending", outbox->pending);
    sm_report_number(report, "oldest_seconds", outbox->oldest_age_us / 1000000);
    sm_report_number(report, "published", outbox->published);
    sm_report_text(report, "published_at", or_null(at));
    sm_report_text(report, "relay", or_null(outbox->owner));
    sm_report_text(report, "stopped", or_null(outbox->stopped));
    sm_report_flag(report, "topic_known", outbox->scanned);
    sm_report_close(report);
}

bool sm__status_append_json(const struct sm__status *status, struct sm_buf *out)
{
    struct sm_report *report = sm_report_create();
    bool printed;

    report_heads(report, status);
    sm_report_array(report, "partitions");
    for (size_t i = 0; i < status->count; i++)
        report_partition(report, &status->partitions[i]);
    report_waiting(report, status);
    report_outbox(report, status);
    sm_report_open(report, "total");
    for (size_t i = 0; i < SM_ARRAY_COUNT(columns); i++) {
        if (columns[i].summed)
            sm_report_number(report, columns[i].name, total_of(status, &columns[i]));
    }
    sm_report_close(report);
    printed = sm_report_print(report, out);
    sm_report_destroy(report);
    return printed;
}
