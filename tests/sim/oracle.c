/* Walks the ledger in the order of commits, says what every record must have become, compares. */
#include "sim/oracle_priv.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/err.h"

bool oracle_fail(struct oracle *oracle, const char *law, const char *format, ...)
{
    va_list args;

    oracle->report->law = law;
    va_start(args, format);
    vsnprintf(oracle->report->text, sizeof(oracle->report->text), format, args);
    va_end(args);
    return false;
}

/* ---- one ledger row ---- */

static bool in_ranges(const struct sm_range *ranges, size_t count, int64_t offset)
{
    for (size_t i = 0; i < count; i++) {
        if (offset >= ranges[i].first && offset < ranges[i].next)
            return true;
    }
    return false;
}

static bool is_at(const struct sm_log_position *position, const struct sm_ledger_row *row,
                  int64_t offset)
{
    return position->offset == offset && position->partition == row->partition &&
           position->topic_id == row->topic_id && position->ledger_seq == row->seq;
}

static int find_rows(const struct memory_rows *rows, const struct sm_ledger_row *row,
                     int64_t offset, struct oracle_found *found)
{
    int count = 0;

    for (size_t i = 0; i < rows->event_count; i++) {
        if (is_at(&rows->events[i].row.position, row, offset)) {
            found->event = &rows->events[i];
            count++;
        }
    }
    for (size_t i = 0; i < rows->log_line_count; i++) {
        if (is_at(&rows->log_lines[i].position, row, offset)) {
            found->line = &rows->log_lines[i];
            count++;
        }
    }
    for (size_t i = 0; i < rows->dead_letter_count; i++) {
        if (is_at(&rows->dead_letters[i].row.position, row, offset)) {
            found->letter = &rows->dead_letters[i];
            count++;
        }
    }
    for (size_t i = 0; i < rows->parked_count; i++) {
        if (is_at(&rows->parked[i].row.position, row, offset)) {
            found->parked = &rows->parked[i];
            count++;
        }
    }
    return count;
}

static int find(const struct oracle *oracle, const struct sm_ledger_row *row, int64_t offset,
                struct oracle_found *found)
{
    int count;

    *found = (struct oracle_found){0};
    count = find_rows(oracle->input->rows, row, offset, found);
    found->duplicate = in_ranges(row->duplicates, row->duplicate_count, offset);
    found->gap = in_ranges(row->gaps, row->gap_count, offset);
    found->lost = offset >= row->lost.first && offset < row->lost.next;
    return count + found->duplicate + found->gap + found->lost;
}

static bool check_offset(struct oracle *oracle, const struct sm_ledger_row *row, int64_t offset)
{
    struct sm_partition_id id = {(enum sm_topic)(row->topic_id - 1), row->partition};
    const struct memory_partition *partition = memory_broker_partition(oracle->input->broker, id);
    struct oracle_case at = {.self = oracle->waiting_count, .cause = SM_CAUSE_LIVE};
    int times = find(oracle, row, offset, &at.found);

    snprintf(at.where, sizeof(at.where), "%s[%d]@%" PRId64,
             id.topic == SM_TOPIC_CONFIG ? "config" : "processing", (int)id.partition, offset);
    if (times != 1)
        return oracle_fail(oracle, "accounted", "%s: accounted for %d times", at.where, times);
    if (offset >= (int64_t)partition->count)
        return oracle_fail(oracle, "accounted", "%s: there is no such offset", at.where);
    if (at.found.lost) {
        oracle->report->lost++;
        return offset < partition->low ||
               oracle_fail(oracle, "accounted", "%s: called lost, but the topic has it", at.where);
    }
    at.message = &partition->messages[offset];
    at.record = &oracle->input->history->records[at.message->tag];
    if (at.message->control)
        return at.found.gap ||
               oracle_fail(oracle, "accounted", "%s: a control record that is no gap", at.where);
    return oracle_check_record(oracle, &at);
}

/* ---- what is released ---- */

static const struct memory_message *message_of(const struct oracle *oracle,
                                               const struct memory_parked *parked)
{
    return &memory_broker_partition(oracle->input->broker, parked->partition)
                ->messages[parked->row.position.offset];
}

/* What one ledger row resolved, in the order of parking: each must have been admitted by the state
 * that the ones before it have left. */
static bool check_released(struct oracle *oracle, const struct sm_ledger_row *row)
{
    for (size_t i = 0; i < oracle->waiting_count; i++) {
        struct oracle_waiting *waiting = &oracle->waiting[i];
        const struct memory_parked *parked = waiting->parked;
        struct oracle_case at = {.record = waiting->record, .self = i, .cause = row->cause};

        if (!waiting->waits || parked->resolved_seq != row->seq ||
            parked->row.position.partition != row->partition ||
            parked->row.position.topic_id != row->topic_id)
            continue;
        snprintf(at.where, sizeof(at.where), "parked %" PRId64, parked->id);
        at.message = message_of(oracle, parked);
        (void)find(oracle, row, parked->row.position.offset, &at.found);
        at.found.duplicate = parked->row.state == SM_PARKED_DUPLICATE;
        waiting->waits = false; /* it is no longer before the others, nor seen by itself */
        if (!oracle_check_record(oracle, &at))
            return false;
        oracle->report->released++;
    }
    return true;
}

/* ---- what operators ask for ---- */

static bool check_expired(struct oracle *oracle, const struct memory_request *request,
                          struct oracle_case *at)
{
    for (size_t i = 0; i < oracle->waiting_count; i++) {
        struct oracle_waiting *waiting = &oracle->waiting[i];

        if (waiting->parked->id != request->parked_id)
            continue;
        if (!waiting->waits || waiting->parked->row.state != SM_PARKED_EXPIRED)
            return oracle_fail(oracle, "waiting room", "%s: did not wait, or did not expire",
                               at->where);
        waiting->waits = false;
        at->self = i;
        at->record = waiting->record;
        at->message = message_of(oracle, waiting->parked);
        oracle->report->expired++;
        return oracle_check_record(oracle, at);
    }
    return oracle_fail(oracle, "waiting room", "%s: nothing of this number waits", at->where);
}

static bool check_retried(struct oracle *oracle, const struct memory_request *request,
                          struct oracle_case *at)
{
    const struct memory_dead_letter *letter =
        &oracle->input->rows->dead_letters[request->dead_letter_id - 1];
    const struct memory_partition *partition =
        memory_broker_partition(oracle->input->broker, request->partition);

    /* Of one that was erased meanwhile there is nothing left to try. */
    if (oracle->letters_erased[request->dead_letter_id - 1])
        return (request->verdict == SM_VERDICT_REJECTED &&
                oracle_same_text(request->code, "VALUE_MISSING")) ||
               oracle_fail(oracle, "erased",
                           "%s: a dead letter that was erased is tried again: verdict %d, %.*s",
                           at->where, (int)request->verdict, (int)request->code.size,
                           (const char *)request->code.data);
    at->message = &partition->messages[letter->row.position.offset];
    at->record = &oracle->input->history->records[at->message->tag];
    at->found.duplicate = request->verdict == SM_VERDICT_DUPLICATE;
    if (request->verdict == SM_VERDICT_REJECTED)
        at->found.again = request;
    if (request->verdict == SM_VERDICT_REJECTED)
        oracle->report->refused_again++;
    else
        oracle->report->retried++;
    return oracle_check_record(oracle, at);
}

/* In the order in which they were made. */
static bool check_requests(struct oracle *oracle, const struct sm_ledger_row *row)
{
    const struct memory_rows *rows = oracle->input->rows;

    for (size_t i = 0; i < rows->request_count; i++) {
        const struct memory_request *request = &rows->requests[i];
        struct oracle_case at = {.self = oracle->waiting_count, .cause = row->cause};
        int64_t offset;

        if (request->outcome != MEMORY_REQUEST_DONE || request->seq != row->seq ||
            (int)request->partition.topic + 1 != row->topic_id ||
            request->partition.partition != row->partition)
            continue;
        snprintf(at.where, sizeof(at.where), "request %" PRId64, request->id);
        offset = request->parked_id != 0
                     ? rows->parked[request->parked_id - 1].row.position.offset
                     : rows->dead_letters[request->dead_letter_id - 1].row.position.offset;
        (void)find(oracle, row, offset, &at.found);
        if (!(request->parked_id != 0 ? check_expired(oracle, request, &at)
                                      : check_retried(oracle, request, &at)))
            return false;
    }
    return true;
}

/* ---- at the end ---- */

/* A partition that waits for an operator releases nothing either. */
static bool is_stopped(const struct oracle *oracle, const struct oracle_waiting *waiting)
{
    const struct memory_rows *rows = oracle->input->rows;

    for (size_t i = 0; i < rows->position_count; i++) {
        const struct memory_position *position = &rows->positions[i];

        if (position->id.topic == waiting->parked->partition.topic &&
            position->id.partition == waiting->parked->partition.partition)
            return position->stopped_reason.data != NULL;
    }
    return false;
}

/* Whoever waits for what an opening names must say so, or the opening does not find it. */
static bool check_wait(struct oracle *oracle, const struct memory_parked *parked,
                       const struct oracle_verdict *verdict)
{
    static const char *const words[] = {
        [SM_WAIT_CLIENT] = "client",
        [SM_WAIT_GATE] = "gate",
        [SM_WAIT_FEATURE_TYPE] = "feature_type",
        [SM_WAIT_DATA_TYPE] = "data_type",
        [SM_WAIT_QUEUE] = "queue",
    };
    bool named = strcmp(verdict->code, "gate") != 0 && strcmp(verdict->code, "queue") != 0;

    if (!named)
        return true;
    return (strcmp(words[parked->wait.what], verdict->code) == 0 &&
            oracle_same_text(parked->wait.code, verdict->what[0] == '\0' ? NULL : verdict->what)) ||
           oracle_fail(oracle, "waiting room", "parked %" PRId64 " says %s, but waits for %s %s",
                       parked->id, words[parked->wait.what], verdict->code, verdict->what);
}

/* Nobody is left behind: at the end each has something to wait for. */
static bool check_waiting(struct oracle *oracle)
{
    for (size_t i = 0; i < oracle->waiting_count; i++) {
        const struct oracle_waiting *waiting = &oracle->waiting[i];
        struct oracle_verdict verdict;

        if (!waiting->waits)
            continue;
        oracle->report->waiting++;
        if (waiting->parked->row.state != SM_PARKED_WAITING)
            return oracle_fail(oracle, "waiting room",
                               "parked %" PRId64 " is resolved by no row of the ledger",
                               waiting->parked->id);
        if (is_stopped(oracle, waiting))
            continue;
        oracle_decide(oracle, waiting->record, i, SM_CAUSE_RELEASED, &verdict);
        if (verdict.outcome != ORACLE_PARKED)
            return oracle_fail(oracle, "nobody is left behind",
                               "parked %" PRId64 " of client %d waits, but could go",
                               waiting->parked->id, waiting->record->content.client);
        if (!check_wait(oracle, waiting->parked, &verdict))
            return false;
    }
    return true;
}

static bool check_counts(struct oracle *oracle)
{
    const struct memory_rows *rows = oracle->input->rows;
    const struct sim_oracle_report *report = oracle->report;

    return (rows->event_count == report->facts && rows->log_line_count == report->lines &&
            rows->dead_letter_count == report->rejected && rows->parked_count == report->parked) ||
           oracle_fail(oracle, "accounted",
                       "%zu events, %zu lines, %zu dead letters, %zu parked; the ledger tells of "
                       "%" PRIu64 ", %" PRIu64 ", %" PRIu64 ", %" PRIu64,
                       rows->event_count, rows->log_line_count, rows->dead_letter_count,
                       rows->parked_count, report->facts, report->lines, report->rejected,
                       report->parked);
}

static bool check_ledger(struct oracle *oracle)
{
    const struct memory_rows *rows = oracle->input->rows;
    uint64_t commit = 0;

    for (size_t i = 0; i < rows->ledger_count; i++) {
        const struct sm_ledger_row *row = &rows->ledger[i].record.row;

        SM_ASSERT(rows->ledger[i].commit >= commit);
        commit = rows->ledger[i].commit;
        if (oracle->input->verbose)
            printf("commit %" PRIu64 ", ledger row %" PRId64 "\n", commit, row->seq);
        for (int64_t offset = row->first_offset; offset < row->next_offset; offset++) {
            if (!check_offset(oracle, row, offset))
                return false;
        }
        if (row->cause == SM_CAUSE_RELEASED && !check_released(oracle, row))
            return false;
        if (row->cause != SM_CAUSE_LIVE && row->cause != SM_CAUSE_RELEASED &&
            !check_requests(oracle, row))
            return false;
    }
    for (size_t i = 0; i < rows->request_count; i++) {
        oracle->report->died += rows->requests[i].outcome == MEMORY_REQUEST_DIED;
        oracle->report->too_late += rows->requests[i].outcome == MEMORY_REQUEST_TOO_LATE;
    }
    return check_counts(oracle);
}

static void begin(struct oracle *oracle)
{
    for (int client = 0; client < ORACLE_CLIENTS; client++) {
        for (int kind = 0; kind < SM_KIND_COUNT; kind++) {
            for (int key = 0; key < ORACLE_KEYS; key++)
                oracle->streams[client][kind][key].active_at = ORACLE_NEVER;
        }
    }
    memcpy(oracle->feature_known, oracle->input->feature_known, sizeof(oracle->feature_known));
    for (int i = 1; i < SIM_DATA_TYPE_UNKNOWN; i++)
        oracle->data_known[i] = true;
}

bool sim_oracle_check(const struct sim_oracle_input *input, struct sim_oracle_report *report)
{
    struct oracle *oracle = calloc(1, sizeof(*oracle));
    bool right;

    SM_ASSERT(oracle != NULL);
    *report = (struct sim_oracle_report){0};
    oracle->input = input;
    oracle->report = report;
    begin(oracle);
    oracle_erase_begin(oracle);
    right = check_ledger(oracle) && oracle_check_erased(oracle) && oracle_check_tables(oracle) &&
            check_waiting(oracle);
    oracle_erase_end(oracle);
    free(oracle->seen);
    free(oracle->waiting);
    free(oracle);
    return right;
}
