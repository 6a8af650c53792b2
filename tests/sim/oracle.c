/* Walks the ledger in the order of commits, says what every record must have become, compares. */
#include "sim/oracle_priv.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/err.h"
#include "sim/pool.h"

enum { TEXT_SIZE = 2048 };

/* What the database has for one offset. */
struct found {
    const struct memory_event *event;
    const struct memory_dead_letter *letter;
    const struct memory_parked *parked;
    bool duplicate, gap, lost;
};

bool oracle_fail(struct oracle *oracle, const char *law, const char *format, ...)
{
    va_list args;

    oracle->report->law = law;
    va_start(args, format);
    vsnprintf(oracle->report->text, sizeof(oracle->report->text), format, args);
    va_end(args);
    return false;
}

bool oracle_same_text(struct sm_slice slice, const char *text)
{
    return sm_slice_equal(slice, sm_slice_of(text));
}

bool oracle_same_number(struct sm_slice slice, enum sim_pool pool, int number)
{
    return oracle_same_text(slice, number == 0 ? NULL : sim_pool_text(pool, number)->text);
}

/* ---- one record ---- */

/* Compared by the names of the enumerators, which are constants of the contract, not code. */
static bool same_type(enum sm_event_type type, int expected)
{
    static const enum sm_event_type types[SIM_TYPE_COUNT] = {
        [SIM_REGISTERED] = SM_EVENT_CLIENT_REGISTERED,
        [SIM_UPDATED] = SM_EVENT_CLIENT_UPDATED,
        [SIM_STATUS_CHANGED] = SM_EVENT_CLIENT_STATUS_CHANGED,
        [SIM_TENANT_MODE_CHANGED] = SM_EVENT_CLIENT_TENANT_MODE_CHANGED,
        [SIM_CONFIRMED] = SM_EVENT_CLIENT_CONFIG_CONFIRMED,
        [SIM_REVOKED] = SM_EVENT_CLIENT_CONFIG_REVOKED,
        [SIM_FEATURE_CHANGED] = SM_EVENT_FEATURE_CONFIG_CHANGED,
        [SIM_FEATURE_DEACTIVATED] = SM_EVENT_FEATURE_CONFIG_DEACTIVATED,
    };

    return type == types[expected];
}

static bool same_key(struct sm_slice key, const struct sim_content *content)
{
    return oracle_same_text(
        key, content->feature == 0 ? "" : sim_pool_text(SIM_POOL_FEATURE, content->feature)->text);
}

static const char *compare_attributes(const struct sm_event *event,
                                      const struct sim_content *content)
{
    struct sm_uuid id = sim_event_uuid(content->id), client = sim_client_uuid(content->client);

    if (!sm_uuid_equal(&event->id, &id) || !sm_uuid_equal(&event->client_id, &client))
        return "id or client";
    if (!same_type(event->type, content->type) || !same_key(event->key, content))
        return "type or key";
    if (event->time_us != content->time_us)
        return "time";
    if (event->expected_version != content->expected_version)
        return "expected version";
    if (!oracle_same_number(event->source, SIM_POOL_SOURCE, content->source) ||
        !oracle_same_number(event->actor, SIM_POOL_ACTOR, content->actor) ||
        !oracle_same_number(event->correlation_id, SIM_POOL_CORRELATION, content->correlation) ||
        !oracle_same_number(event->causation_id, SIM_POOL_CORRELATION, content->causation))
        return "source, actor, correlation or causation";
    return NULL;
}

static bool check_fact(struct oracle *oracle, const struct sim_record *record,
                       const struct oracle_verdict *verdict, const struct memory_event *found,
                       const char *where)
{
    const struct sm_event_row *row = &found->row;
    char data[TEXT_SIZE];
    const char *differs = compare_attributes(&row->event, &record->content);

    if (differs != NULL)
        return oracle_fail(oracle, "log",
                           "%s: the event in the log has another %s than the one sent", where,
                           differs);
    if (row->version != verdict->version)
        return oracle_fail(oracle, "log", "%s: version %d, must be %d", where, row->version,
                    verdict->version);
    if (row->created_at != verdict->created_at)
        return oracle_fail(oracle, "log", "%s: created_at %" PRId64 ", must be %" PRId64, where,
                    row->created_at, verdict->created_at);
    oracle_data_text(&record->content, data, sizeof(data));
    if (!oracle_same_text(row->event.data, data))
        return oracle_fail(oracle, "log", "%s: data %.*s, must be %s", where,
                           (int)row->event.data.size,
                    (const char *)row->event.data.data, data);
    if (!oracle_same_text(row->previous, verdict->previous[0] == '\0' ? NULL : verdict->previous))
        return oracle_fail(oracle, "log", "%s: previous %.*s, must be %s", where,
                           (int)row->previous.size,
                    (const char *)row->previous.data, verdict->previous);
    return true;
}

static bool check_rejection(struct oracle *oracle, const struct oracle_verdict *verdict,
                            const struct memory_dead_letter *letter,
                            const struct memory_message *message, const char *where)
{
    if (!oracle_same_text(letter->row.code, verdict->code))
        return oracle_fail(oracle, "dead letters", "%s: rejected with %.*s, must be %s", where,
                    (int)letter->row.code.size, (const char *)letter->row.code.data, verdict->code);
    if (!sm_slice_equal(letter->row.key, message->key) ||
        !sm_slice_equal(letter->row.value, message->value) ||
        letter->header_count != message->header_count ||
        letter->timestamp_us != message->timestamp_us)
        return oracle_fail(oracle, "dead letters",
                           "%s: the dead letter does not hold the record's bytes",
                    where);
    if (letter->known.content != verdict->understood)
        return oracle_fail(oracle, "dead letters", "%s: %s understood as a whole", where,
                    letter->known.content ? "must not count as" : "must count as");
    return true;
}

static const char *outcome_word(const struct found *found)
{
    if (found->event != NULL)
        return "a fact";
    if (found->letter != NULL)
        return "rejected";
    if (found->parked != NULL)
        return "parked";
    return found->duplicate ? "a duplicate" : "a gap";
}

static void trace(const struct oracle *oracle, const struct sim_record *record,
                  const struct found *found, const struct oracle_verdict *verdict,
                  const char *where)
{
    static const char *const words[] = {"fact", "duplicate", "rejected", "parked for"};
    const struct sim_content *content = &record->content;
    struct sm_slice code = found->letter != NULL ? found->letter->row.code : SM_SLICE("");

    if (!oracle->input->verbose)
        return;
    printf("%-16s client %d id %d %s", where, content->client, content->id,
           sim_pool_text(SIM_POOL_TYPE, content->type)->text);
    if (content->feature != 0)
        printf("/%s", sim_pool_text(SIM_POOL_FEATURE, content->feature)->text);
    if (content->organization != 0)
        printf(" org %d", content->organization);
    if (content->status != 0)
        printf(" %s", sim_pool_text(SIM_POOL_STATUS, content->status)->text);
    if (content->expected_version >= 0)
        printf(" expects %d", content->expected_version);
    printf(": is %s %.*s; must be %s %s", outcome_word(found), (int)code.size,
           (const char *)code.data, words[verdict->outcome],
           verdict->code != NULL ? verdict->code : "");
    if (verdict->outcome == ORACLE_FACT)
        printf("version %d", verdict->version);
    putchar('\n');
}

static bool check_parked(struct oracle *oracle, const struct sim_record *record,
                         const struct oracle_verdict *verdict, const struct memory_parked *parked,
                         const struct memory_message *message, const char *where)
{
    struct oracle_waiting *waiting;

    if (!oracle_same_text(parked->row.wait, verdict->code))
        return oracle_fail(oracle, "waiting room", "%s: parked for %.*s, must be for %s", where,
                           (int)parked->row.wait.size, (const char *)parked->row.wait.data,
                           verdict->code);
    if (!sm_slice_equal(parked->row.key, message->key) ||
        !sm_slice_equal(parked->row.value, message->value) ||
        parked->header_count != message->header_count ||
        parked->timestamp_us != message->timestamp_us)
        return oracle_fail(oracle, "waiting room",
                           "%s: the parked event does not hold the record's bytes", where);
    oracle->waiting = sim_grow(oracle->waiting, oracle->waiting_count, &oracle->waiting_capacity,
                               sizeof(*oracle->waiting));
    waiting = &oracle->waiting[oracle->waiting_count++];
    *waiting = (struct oracle_waiting){record, parked, true};
    oracle->report->parked++;
    return oracle->waiting_count < 2 || waiting[-1].parked->id < parked->id ||
           oracle_fail(oracle, "waiting room", "%s: its number is not above those before", where);
}

static bool check_record(struct oracle *oracle, const struct memory_message *message,
                         size_t self, const struct found *found, const char *where)
{
    static const char *const words[] = {"a fact", "a duplicate", "rejected", "parked"};
    const struct sim_record *record = &oracle->input->history->records[message->tag];
    struct oracle_verdict verdict;
    const char *word = outcome_word(found);

    oracle_decide(oracle, record, self, &verdict);
    trace(oracle, record, found, &verdict, where);
    if (strcmp(word, words[verdict.outcome]) != 0)
        return oracle_fail(oracle, found->gap ? "accounted" : "verdicts",
                    "%s (client %d, id %d, type %d): is %s%s%.*s, must be %s %s", where,
                    record->content.client, record->content.id, record->content.type, word,
                    found->letter != NULL ? " " : "",
                    found->letter != NULL ? (int)found->letter->row.code.size : 0,
                    found->letter != NULL ? (const char *)found->letter->row.code.data : "",
                    words[verdict.outcome], verdict.code != NULL ? verdict.code : "");
    switch (verdict.outcome) {
    case ORACLE_FACT:
        oracle->report->facts++;
        return check_fact(oracle, record, &verdict, found->event, where);
    case ORACLE_REJECTED:
        oracle->report->rejected++;
        return check_rejection(oracle, &verdict, found->letter, message, where);
    case ORACLE_DUPLICATE:
        oracle->report->duplicates++;
        return true;
    case ORACLE_PARKED:
        return check_parked(oracle, record, &verdict, found->parked, message, where);
    }
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

static int find(const struct oracle *oracle, const struct sm_ledger_row *row, int64_t offset,
                struct found *found)
{
    const struct memory_rows *rows = oracle->input->rows;
    int count = 0;

    *found = (struct found){0};
    for (size_t i = 0; i < rows->event_count; i++) {
        if (is_at(&rows->events[i].row.position, row, offset)) {
            found->event = &rows->events[i];
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
    found->duplicate = in_ranges(row->duplicates, row->duplicate_count, offset);
    found->gap = in_ranges(row->gaps, row->gap_count, offset);
    found->lost = offset >= row->lost.first && offset < row->lost.next;
    return count + found->duplicate + found->gap + found->lost;
}

static bool check_offset(struct oracle *oracle, const struct sm_ledger_row *row, int64_t offset)
{
    struct sm_partition_id id = {(enum sm_topic)(row->topic_id - 1), row->partition};
    const struct memory_partition *partition = memory_broker_partition(oracle->input->broker, id);
    const struct memory_message *message;
    struct found found;
    char where[64];
    int times = find(oracle, row, offset, &found);

    snprintf(where, sizeof(where), "%s[%d]@%" PRId64,
             id.topic == SM_TOPIC_CONFIG ? "config" : "processing", (int)id.partition, offset);
    if (times != 1)
        return oracle_fail(oracle, "accounted", "%s: accounted for %d times", where, times);
    if (offset >= (int64_t)partition->count)
        return oracle_fail(oracle, "accounted", "%s: there is no such offset", where);
    if (found.lost) {
        oracle->report->lost++;
        return offset < partition->low ||
               oracle_fail(oracle, "accounted", "%s: called lost, but the topic has it", where);
    }
    message = &partition->messages[offset];
    if (message->control)
        return found.gap ||
               oracle_fail(oracle, "accounted", "%s: a control record that is %s", where,
                                 outcome_word(&found));
    return check_record(oracle, message, oracle->waiting_count, &found, where);
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
        struct found found;
        char where[64];

        if (!waiting->waits || parked->resolved_seq != row->seq ||
            parked->row.position.partition != row->partition ||
            parked->row.position.topic_id != row->topic_id)
            continue;
        snprintf(where, sizeof(where), "parked %" PRId64 ", client %d", parked->id,
                 waiting->record->content.client);
        (void)find(oracle, row, parked->row.position.offset, &found);
        found.duplicate = parked->row.state == SM_PARKED_DUPLICATE;
        waiting->waits = false; /* it is no longer before the others, nor seen by itself */
        if (!check_record(oracle, message_of(oracle, parked), i, &found, where))
            return false;
        oracle->report->released++;
    }
    return true;
}

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

/* Nobody is left behind: at the end each has something to wait for. */
static bool check_waiting(struct oracle *oracle)
{
    for (size_t i = 0; i < oracle->waiting_count; i++) {
        struct oracle_verdict verdict;

        if (!oracle->waiting[i].waits)
            continue;
        oracle->report->waiting++;
        oracle_decide(oracle, oracle->waiting[i].record, i, &verdict);
        if (verdict.outcome != ORACLE_PARKED && !is_stopped(oracle, &oracle->waiting[i]))
            return oracle_fail(oracle, "nobody is left behind",
                               "parked %" PRId64 " of client %d waits, but could go",
                               oracle->waiting[i].parked->id,
                               oracle->waiting[i].record->content.client);
        if (oracle->waiting[i].parked->row.state != SM_PARKED_WAITING)
            return oracle_fail(oracle, "waiting room",
                               "parked %" PRId64 " is resolved by no row of the ledger",
                               oracle->waiting[i].parked->id);
    }
    return true;
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
        if (row->cause != SM_CAUSE_LIVE && !check_released(oracle, row))
            return false;
    }
    if (rows->event_count != oracle->report->facts ||
        rows->dead_letter_count != oracle->report->rejected)
        return oracle_fail(oracle, "accounted",
                    "%zu events and %zu dead letters, the ledger tells of %" PRIu64 " and %" PRIu64,
                    rows->event_count, rows->dead_letter_count, oracle->report->facts,
                    oracle->report->rejected);
    return true;
}

bool sim_oracle_check(const struct sim_oracle_input *input, struct sim_oracle_report *report)
{
    struct oracle *oracle = calloc(1, sizeof(*oracle));
    bool right;

    SM_ASSERT(oracle != NULL);
    *report = (struct sim_oracle_report){0};
    oracle->input = input;
    oracle->report = report;
    for (int i = 0; i < ORACLE_CLIENTS; i++) {
        oracle->clients[i].stream.active_at = ORACLE_NEVER;
        for (int feature = 0; feature < ORACLE_FEATURES; feature++)
            oracle->clients[i].feature_streams[feature].active_at = ORACLE_NEVER;
    }
    right = check_ledger(oracle) && oracle_check_tables(oracle) && check_waiting(oracle);
    free(oracle->seen);
    free(oracle->waiting);
    free(oracle);
    return right;
}
