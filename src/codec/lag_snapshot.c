/* Lag as JSON. */
#include "codec/lag_snapshot.h"

#include "codec/report.h"
#include "domain/lag_words.h"

_Static_assert(SM_LAG_UNKNOWN == SM_REPORT_UNKNOWN, "unknown must be null in JSON");

static void report_time(struct sm_report *report, const char *name, int64_t time_us)
{
    sm_report_number(report, name, time_us == SM_LAG_UNKNOWN ? time_us : time_us / 1000);
}

/* A time that may have no end has a word beside the number, which is null then. */
static void report_bounded(struct sm_report *report, const char *name, const char *name_ms,
                           int64_t time_us, const char *endless)
{
    if (time_us == SM_LAG_UNKNOWN)
        sm_report_text(report, name, "unknown");
    else
        sm_report_text(report, name, time_us == INT64_MAX ? endless : "known");
    report_time(report, name_ms, time_us == INT64_MAX ? SM_LAG_UNKNOWN : time_us);
}

static int64_t per_minute(int64_t in_1000_seconds)
{
    return in_1000_seconds == SM_LAG_UNKNOWN ? in_1000_seconds : in_1000_seconds * 60 / 1000;
}

static void report_rates(struct sm_report *report, const struct sm_lag_rate rates[SM_LAG_WINDOWS])
{
    sm_report_array(report, "rates");
    for (int i = 0; i < SM_LAG_WINDOWS; i++) {
        sm_report_open_row(report, "rates");
        report_time(report, "over_ms", rates[i].span_us);
        sm_report_number(report, "in_per_minute", per_minute(rates[i].in));
        sm_report_number(report, "out_per_minute", per_minute(rates[i].out));
        sm_report_close(report);
    }
}

static void report_state(struct sm_report *report, const struct sm_lag_report *lag)
{
    sm_report_text(report, "state", sm_lag_state_name(lag->state));
    sm_report_text(report, "words", sm_lag_state_words(lag->state));
    sm_report_text(report, "waits_for",
                   lag->waits_for == SM_LAG_WAIT_NONE ? NULL : sm_lag_wait_name(lag->waits_for));
    report_time(report, "for_ms", lag->for_us);
    sm_report_flag(report, "for_at_least", lag->since_start);
    sm_report_text(report, "next_step", sm_lag_next_step(lag->state, lag->waits_for));
}

static void report_evidence(struct sm_report *report, const struct sm_lag_report *lag)
{
    const struct sm_lag_facts *facts = &lag->facts;

    sm_report_open(report, "evidence");
    sm_report_text(report, "judged", sm_lag_state_name(lag->pending));
    sm_report_flag(report, "kafka_answered", facts->broker_answered);
    sm_report_flag(report, "database_answered", facts->database_answered);
    sm_report_flag(report, "stopped", facts->stopped);
    report_time(report, "behind_for_ms", facts->behind_for_us);
    report_time(report, "unmoved_ms", facts->unmoved_us);
    report_time(report, "quiet_ms", facts->quiet_us);
    report_time(report, "ahead_ms", facts->ahead_us);
    sm_report_number(report, "held_back", facts->held_back);
    report_time(report, "held_back_ms", facts->held_back_us);
    report_time(report, "span_ms", facts->span_us);
    sm_report_number(report, "moved", facts->moved);
    sm_report_number(report, "growth", facts->growth);
    sm_report_flag(report, "clock_jumped", lag->clock_jumped);
    sm_report_close(report);
}

static void report_partition(struct sm_report *report, const struct sm_lag_partition *partition)
{
    const struct sm_lag_report *lag = &partition->report;

    sm_report_open_row(report, "partitions");
    sm_report_text(report, "topic", partition->topic);
    sm_report_number(report, "partition", partition->partition);
    report_state(report, lag);
    sm_report_text(report, "reason", partition->reason[0] != '\0' ? partition->reason : NULL);
    sm_report_text(report, "cause", sm_lag_cause_name(lag->cause));
    sm_report_text(report, "owner", partition->owner[0] != '\0' ? partition->owner : NULL);
    sm_report_number(report, "low", lag->facts.low);
    sm_report_number(report, "position", lag->facts.position);
    sm_report_number(report, "end", lag->facts.end);
    sm_report_number(report, "records", lag->facts.records);
    report_time(report, "behind_ms", lag->facts.behind_us);
    report_bounded(report, "eta", "eta_ms", lag->eta_us, "never");
    report_bounded(report, "retention", "retention_margin_ms", lag->margin_us, "unlimited");
    sm_report_number(report, "retention_margin_records", lag->margin_records);
    sm_report_number(report, "lost", lag->lost);
    report_rates(report, lag->rates);
    report_evidence(report, lag);
    sm_report_close(report);
}

/* A sum of what happens to be known would lie: it is null, and how many are not known is told. */
static void report_group(struct sm_report *report, const struct sm_lag_snapshot *snapshot)
{
    const struct sm_lag_group *group = &snapshot->group;
    const struct sm_lag_partition *worst =
        group->partitions != 0 ? &snapshot->partitions[group->worst] : NULL;
    const struct sm_lag_report nothing = { .state = SM_LAG_STATE_UNKNOWN };

    sm_report_open(report, "group");
    report_state(report, worst != NULL ? &group->worst_report : &nothing);
    sm_report_text(report, "cause", sm_lag_cause_name(sm_lag_group_cause(group)));
    sm_report_text(report, "worst_topic", worst != NULL ? worst->topic : NULL);
    sm_report_number(report, "worst_partition",
                     worst != NULL ? worst->partition : SM_REPORT_UNKNOWN);
    sm_report_number(report, "partitions", (int64_t)group->partitions);
    sm_report_number(report, "records",
                     worst == NULL || group->records_unknown != 0 ? SM_REPORT_UNKNOWN
                                                                  : group->records);
    sm_report_number(report, "records_unknown", (int64_t)group->records_unknown);
    report_time(report, "behind_ms",
                worst == NULL || group->behind_unknown != 0 ? SM_LAG_UNKNOWN : group->behind_us);
    sm_report_number(report, "behind_unknown", (int64_t)group->behind_unknown);
    report_bounded(report, "eta", "eta_ms", worst != NULL ? group->eta_us : SM_LAG_UNKNOWN,
                   "never");
    if (worst != NULL)
        report_rates(report, group->rates);
    else
        sm_report_array(report, "rates");
    sm_report_open(report, "states");
    for (unsigned i = 0; i < SM_LAG_STATE_COUNT; i++)
        sm_report_number(report, sm_lag_state_name((enum sm_lag_state)i),
                         (int64_t)group->states[i]);
    sm_report_close(report);
    sm_report_close(report);
}

static void report_room(struct sm_report *report, const char *name, const struct sm_lag_room *room)
{
    sm_report_open(report, name);
    sm_report_number(report, "count", room->count);
    report_time(report, "oldest_ms", room->oldest_us == -1 ? SM_LAG_UNKNOWN : room->oldest_us);
    sm_report_close(report);
}

static void report_error(struct sm_report *report, const char *name, const char *error)
{
    sm_report_open(report, name);
    sm_report_text(report, "error", error[0] != '\0' ? error : NULL);
    sm_report_close(report);
}

static void report_partitions(struct sm_report *report, const struct sm_lag_snapshot *snapshot)
{
    sm_report_array(report, "partitions");
    for (size_t i = 0; i < snapshot->count; i++)
        report_partition(report, &snapshot->partitions[i]);
}

static void report_whole(struct sm_report *report, const struct sm_lag_snapshot *snapshot)
{
    report_time(report, "at_ms", snapshot->wall_us);
    report_time(report, "looked_ms", snapshot->looked_us);
    report_error(report, "database", snapshot->database_error);
    report_error(report, "kafka", snapshot->kafka_error);
    report_group(report, snapshot);
}

static void report_rooms(struct sm_report *report, const struct sm_lag_snapshot *snapshot)
{
    report_room(report, "parked", &snapshot->parked);
    report_room(report, "dead_letters", &snapshot->dead_letters);
}

bool sm_lag_snapshot_append_json(const struct sm_lag_snapshot *snapshot, struct sm_buf *out)
{
    struct sm_report *report = sm_report_create();
    bool printed;

    report_whole(report, snapshot);
    report_partitions(report, snapshot);
    report_rooms(report, snapshot);
    printed = sm_report_print(report, out);
    sm_report_destroy(report);
    return printed;
}

bool sm_lag_snapshot_append_status(const struct sm_lag_snapshot *snapshot,
                                   const struct sm_lag_more *more, struct sm_buf *out)
{
    struct sm_report *report = sm_report_create();
    bool printed;

    report_whole(report, snapshot);
    report_rooms(report, snapshot);
    sm_report_text(report, "version", more->version);
    sm_report_text(report, "instance", more->instance);
    sm_report_text(report, "sentence", more->sentence);
    sm_report_json(report, "board", more->board);
    printed = sm_report_print_line(report, out);
    sm_report_destroy(report);
    return printed;
}

bool sm_lag_snapshot_append_partitions(const struct sm_lag_snapshot *snapshot, struct sm_buf *out)
{
    struct sm_report *report = sm_report_create();
    bool printed;

    report_time(report, "at_ms", snapshot->wall_us);
    report_partitions(report, snapshot);
    printed = sm_report_print_line(report, out);
    sm_report_destroy(report);
    return printed;
}
