/* Lag as text. */
#include <inttypes.h>

#include "cli/age.h"
#include "cli/lag.h"
#include "cli/text_table.h"
#include "domain/lag_words.h"

#define TENTHS_BELOW_US INT64_C(10000000)

/* "0.4s" where tenths count, else as other ages; "unknown". */
static void format_age(int64_t age_us, char out[SM__AGE_SIZE])
{
    if (age_us == SM_LAG_UNKNOWN)
        (void)snprintf(out, SM__AGE_SIZE, "unknown");
    else if (age_us > 0 && age_us < TENTHS_BELOW_US)
        (void)snprintf(out, SM__AGE_SIZE, "%d.%ds", (int)(age_us / 1000000),
                       (int)(age_us / 100000 % 10));
    else
        sm__age_format(age_us, out);
}

static void format_eta(int64_t eta_us, char out[SM__AGE_SIZE])
{
    if (eta_us == SM_LAG_NEVER)
        (void)snprintf(out, SM__AGE_SIZE, "never");
    else
        format_age(eta_us, out);
}

static int64_t per_minute(int64_t in_1000_seconds)
{
    return in_1000_seconds == SM_LAG_UNKNOWN ? in_1000_seconds : in_1000_seconds * 60 / 1000;
}

static void append_state(const struct sm_lag_report *report, struct sm_buf *out)
{
    sm_buf_append_text(out, sm_lag_state_name(report->state));
    if (report->waits_for != SM_LAG_WAIT_NONE)
        sm_buf_printf(out, " (%s)", sm_lag_wait_name(report->waits_for));
}

/* ---- the sentence ---- */

static void append_backlog(const struct sm_lag_group *group, struct sm_buf *out)
{
    char age[SM__AGE_SIZE];

    format_age(group->behind_us, age);
    if (group->behind_unknown == group->partitions)
        sm_buf_append_text(out, "how far behind is unknown");
    else
        sm_buf_printf(out, "%s%s behind", group->behind_unknown != 0 ? "at least " : "", age);
    if (group->records_unknown == group->partitions)
        return;
    sm_buf_printf(out, ", %s%" PRId64 " records", group->records_unknown != 0 ? "at least " : "",
                  group->records);
}

static void append_pace(const struct sm_lag_group *group, struct sm_buf *out)
{
    int64_t out_rate = per_minute(group->rates[1].out);
    char left[SM__AGE_SIZE];

    if (out_rate != SM_LAG_UNKNOWN)
        sm_buf_printf(out, ", %" PRId64 " a minute", out_rate);
    if (group->records == 0 || group->records_unknown != 0 || group->eta_us == 0)
        return;
    format_eta(group->eta_us, left);
    if (group->eta_us == SM_LAG_NEVER)
        sm_buf_append_text(out, ", not caught up at this rate");
    else if (group->eta_us != SM_LAG_UNKNOWN)
        sm_buf_printf(out, ", caught up in %s", left);
}

void sm__lag_append_sentence(const struct sm_lag_snapshot *snapshot, struct sm_buf *out)
{
    const struct sm_lag_group *group = &snapshot->group;
    const struct sm_lag_report *worst = &group->worst_report;
    enum sm_lag_cause cause = sm_lag_group_cause(group);
    char age[SM__AGE_SIZE];

    if (group->partitions == 0) {
        sm_buf_printf(out, "unknown: no partition could be seen");
        return;
    }
    append_state(worst, out);
    if (worst->state > SM_LAG_CURRENT) {
        format_age(worst->for_us, age);
        sm_buf_printf(out, " for %s%s: %s[%d]", worst->since_start ? "at least " : "", age,
                      snapshot->partitions[group->worst].topic,
                      (int)snapshot->partitions[group->worst].partition);
        if (group->states[worst->state] > 1)
            sm_buf_printf(out, " and %zu more", group->states[worst->state] - 1);
        sm_buf_printf(out, ", %s; ", sm_lag_state_words(worst->state));
    } else {
        sm_buf_append_text(out, ": ");
    }
    append_backlog(group, out);
    append_pace(group, out);
    if (cause > SM_LAG_CAUSE_UNKNOWN)
        sm_buf_printf(out, "; %s", sm_lag_cause_words(cause));
}

/* ---- the table ---- */

static void add_age(struct sm__text_table *table, int64_t age_us)
{
    char text[SM__AGE_SIZE];

    format_eta(age_us, text);
    sm__table_heading(table, text, true);
}

static void add_state(struct sm__text_table *table, const struct sm_lag_report *report)
{
    char text[SM__TABLE_CELL_SIZE];
    bool waits = report->waits_for != SM_LAG_WAIT_NONE;

    (void)snprintf(text, sizeof(text), "%s%s%s%s", sm_lag_state_name(report->state),
                   waits ? " (" : "", waits ? sm_lag_wait_name(report->waits_for) : "",
                   waits ? ")" : "");
    sm__table_text(table, text);
}

static void add_row(struct sm__text_table *table, const struct sm_lag_partition *partition)
{
    const struct sm_lag_report *report = &partition->report;

    sm__table_text(table, partition->topic);
    sm__table_number(table, partition->partition);
    add_state(table, report);
    add_age(table, report->for_us);
    add_age(table, report->facts.behind_us);
    sm__table_number(table, report->facts.records);
    sm__table_number(table, per_minute(report->rates[1].in));
    sm__table_number(table, per_minute(report->rates[1].out));
    add_age(table, report->eta_us);
    sm__table_number(table, report->facts.position);
    sm__table_number(table, report->facts.end);
    sm__table_number(table, report->lost);
    sm__table_text(table, partition->owner);
}

static bool append_table(const struct sm_lag_snapshot *snapshot, struct sm_buf *out)
{
    static const struct {
        const char *text;
        bool right;
    } headings[] = {{"topic", false},  {"partition", true}, {"state", false},   {"for", true},
                    {"behind", true},  {"records", true},   {"in/min", true},   {"out/min", true},
                    {"left", true},    {"position", true},  {"ends", true},     {"lost", true},
                    {"owner", false}};
    struct sm__text_table table;
    bool appended;

    sm__table_init(&table, SM_ARRAY_COUNT(headings));
    for (size_t i = 0; i < SM_ARRAY_COUNT(headings); i++)
        sm__table_heading(&table, headings[i].text, headings[i].right);
    for (size_t i = 0; i < snapshot->count; i++)
        add_row(&table, &snapshot->partitions[i]);
    appended = sm__table_append(&table, out);
    sm__table_deinit(&table);
    return appended;
}

/* ---- what else there is to say ---- */

static void append_room(const struct sm_lag_room *room, const char *what, struct sm_buf *out)
{
    char age[SM__AGE_SIZE];

    if (room->count == 0)
        return;
    format_age(room->oldest_us == -1 ? SM_LAG_UNKNOWN : room->oldest_us, age);
    if (room->count == SM_LAG_UNKNOWN)
        sm_buf_printf(out, "\n%s: unknown\n", what);
    else
        sm_buf_printf(out, "\n%s: %" PRId64 ", the oldest since %s\n", what, room->count, age);
}

static void append_reasons(const struct sm_lag_snapshot *snapshot, struct sm_buf *out)
{
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct sm_lag_partition *partition = &snapshot->partitions[i];

        if (partition->reason[0] != '\0')
            sm_buf_printf(out, "\n%s[%d]: %s\n", partition->topic, (int)partition->partition,
                          partition->reason);
    }
}

bool sm__lag_append_text(const struct sm_lag_snapshot *snapshot, struct sm_buf *out)
{
    const struct sm_lag_report *worst = &snapshot->group.worst_report;

    sm__lag_append_sentence(snapshot, out);
    sm_buf_append_text(out, "\n");
    if (snapshot->count != 0) {
        if (worst->state > SM_LAG_CURRENT)
            sm_buf_printf(out, "next: %s\n", sm_lag_next_step(worst->state, worst->waits_for));
        sm_buf_append_text(out, "\n");
        if (!append_table(snapshot, out))
            return false;
    }
    append_reasons(snapshot, out);
    append_room(&snapshot->parked, "parked", out);
    append_room(&snapshot->dead_letters, "dead letters", out);
    return !sm_buf_failed(out);
}
