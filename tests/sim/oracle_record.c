/* One record: what the database keeps of it against what it must have become. */
#include "sim/oracle_priv.h"

#include <inttypes.h>
#include <stdio.h>

bool oracle_same_text(struct sm_slice slice, const char *text)
{
    return sm_slice_equal(slice, sm_slice_of(text));
}

bool oracle_same_number(struct sm_slice slice, enum sim_pool pool, int number)
{
    return oracle_same_text(slice, number == 0 ? NULL : sim_pool_text(pool, number)->text);
}

static bool same_key(struct sm_slice key, const struct sim_content *content)
{
    int field = (int)sim_type_info(content->type)->key;

    return field == SIM_F_NONE
               ? oracle_same_text(key, "")
               : oracle_same_number(key, sim_field_info(field)->pool, content->field[field]);
}

static const char *compare_attributes(const struct sm_event *event,
                                      const struct sim_content *content)
{
    struct sm_uuid id = sim_event_uuid(content->id), client = sim_client_uuid(content->client);

    if (!sm_uuid_equal(&event->id, &id) || !sm_uuid_equal(&event->client_id, &client))
        return "id or client";
    /* Compared by the names of the enumerators, which are constants of the contract, not code. */
    if (event->type != sim_type_info(content->type)->type || !same_key(event->key, content))
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

static bool check_event(struct oracle *oracle, const struct oracle_case *at,
                        const struct sm_event *event)
{
    char data[ORACLE_TEXT];
    const char *differs = compare_attributes(event, &at->record->content);

    if (differs != NULL)
        return oracle_fail(oracle, "log", "%s: what is kept has another %s than what was sent",
                           at->where, differs);
    if (sim_type_info(at->record->content.type)->kind == SM_KIND_CLIENT)
        return true; /* its data may be erased, so it is looked at in the end */
    oracle_data_text(&at->record->content, data, sizeof(data));
    return oracle_same_text(event->data, data) ||
           oracle_fail(oracle, "log", "%s: data %.*s, must be %s", at->where, (int)event->data.size,
                       (const char *)event->data.data, data);
}

static bool check_fact(struct oracle *oracle, const struct oracle_case *at,
                       const struct oracle_verdict *verdict)
{
    const struct sm_event_row *row = &at->found.event->row;

    if (row->version != verdict->version)
        return oracle_fail(oracle, "log", "%s: version %d, must be %d", at->where, row->version,
                           verdict->version);
    if (row->created_at != verdict->created_at)
        return oracle_fail(oracle, "log", "%s: created_at %" PRId64 ", must be %" PRId64, at->where,
                           row->created_at, verdict->created_at);
    if (sim_type_info(at->record->content.type)->kind == SM_KIND_CLIENT)
        oracle_erase_keep(oracle, at->found.event, &at->record->content, verdict->previous,
                          at->where);
    else if (!oracle_same_text(row->previous,
                               verdict->previous[0] == '\0' ? NULL : verdict->previous))
        return oracle_fail(oracle, "log", "%s: previous %.*s, must be %s", at->where,
                           (int)row->previous.size, (const char *)row->previous.data,
                           verdict->previous);
    if (row->cause != at->cause)
        return oracle_fail(oracle, "log", "%s: another cause than its ledger row's", at->where);
    return check_event(oracle, at, &row->event);
}

static struct sm_slice found_code(const struct oracle_found *found)
{
    if (found->again != NULL)
        return found->again->code;
    return found->letter != NULL ? found->letter->row.code : SM_SLICE("");
}

static bool check_rejection(struct oracle *oracle, const struct oracle_case *at,
                            const struct oracle_verdict *verdict)
{
    const struct memory_dead_letter *letter = at->found.letter;
    struct sm_slice code = found_code(&at->found);

    if (!oracle_same_text(code, verdict->code))
        return oracle_fail(
            oracle, strcmp(verdict->code, "STATE_NEWER") == 0 ? "state newer" : "dead letters",
            "%s: rejected with %.*s, must be %s", at->where, (int)code.size,
            (const char *)code.data, verdict->code);
    if (letter == NULL)
        return true; /* it was one before */
    oracle->letters_walked[letter - oracle->input->rows->dead_letters] = true;
    if (letter->row.erased)
        return letter->row.value.data == NULL && letter->header_count == 0;
    if (!sm_slice_equal(letter->row.key, at->message->key) ||
        !sm_slice_equal(letter->row.value, at->message->value) ||
        letter->header_count != at->message->header_count ||
        letter->timestamp_us != at->message->timestamp_us)
        return oracle_fail(oracle, "dead letters",
                           "%s: the dead letter does not hold the record's bytes", at->where);
    return letter->known.content == verdict->understood ||
           oracle_fail(oracle, "dead letters", "%s: %s understood as a whole", at->where,
                       letter->known.content ? "must not count as" : "must count as");
}

static bool check_parked(struct oracle *oracle, const struct oracle_case *at,
                         const struct oracle_verdict *verdict)
{
    const struct memory_parked *parked = at->found.parked;
    struct oracle_waiting *waiting;

    if (!oracle_same_text(parked->row.wait, verdict->code))
        return oracle_fail(oracle, "waiting room", "%s: parked for %.*s, must be for %s", at->where,
                           (int)parked->row.wait.size, (const char *)parked->row.wait.data,
                           verdict->code);
    if (parked->row.erased ? parked->row.value.data != NULL || parked->header_count != 0
                           : !sm_slice_equal(parked->row.value, at->message->value) ||
                                 parked->header_count != at->message->header_count)
        return oracle_fail(oracle, "waiting room",
                           "%s: the parked event does not hold the record's bytes", at->where);
    if (!sm_slice_equal(parked->row.key, at->message->key) ||
        parked->timestamp_us != at->message->timestamp_us)
        return oracle_fail(oracle, "waiting room",
                           "%s: the parked event does not hold the record's bytes", at->where);
    oracle->waiting = sim_grow(oracle->waiting, oracle->waiting_count, &oracle->waiting_capacity,
                               sizeof(*oracle->waiting));
    waiting = &oracle->waiting[oracle->waiting_count++];
    *waiting = (struct oracle_waiting){at->record, parked, true};
    oracle->report->parked++;
    return oracle->waiting_count < 2 || waiting[-1].parked->id < parked->id ||
           oracle_fail(oracle, "waiting room", "%s: its number is not above those before",
                       at->where);
}

static const char *outcome_word(const struct oracle_found *found)
{
    if (found->event != NULL)
        return "a fact";
    if (found->line != NULL)
        return "a log line";
    if (found->letter != NULL || found->again != NULL)
        return "rejected";
    if (found->parked != NULL)
        return "parked";
    return found->duplicate ? "a duplicate" : "a gap";
}

static const char *const verdict_words[] = {"a fact", "a log line", "a duplicate", "rejected",
                                            "parked"};

static void trace(const struct oracle *oracle, const struct oracle_case *at,
                  const struct oracle_verdict *verdict)
{
    const struct sim_content *content = &at->record->content;
    struct sm_slice code = found_code(&at->found);
    char data[ORACLE_TEXT];

    if (!oracle->input->verbose)
        return;
    oracle_data_text(content, data, sizeof(data));
    printf("%-16s client %d id %d %s %s", at->where, content->client, content->id,
           sim_type_info(content->type)->name, data);
    if (content->expected_version >= 0)
        printf(" expects %d", content->expected_version);
    printf(": is %s %.*s; must be %s %s", outcome_word(&at->found), (int)code.size,
           (const char *)code.data, verdict_words[verdict->outcome],
           verdict->code != NULL ? verdict->code : "");
    if (verdict->outcome == ORACLE_FACT)
        printf("version %d", verdict->version);
    putchar('\n');
}

/* Some mistakes have a law of their own. */
static const char *broken_law(const struct oracle_case *at, const struct oracle_verdict *verdict)
{
    if (at->found.gap)
        return "accounted";
    if (verdict->code != NULL && strcmp(verdict->code, "STATE_NEWER") == 0)
        return "state newer";
    if (verdict->outcome != ORACLE_PARKED || at->found.event == NULL)
        return "verdicts";
    if (strcmp(verdict->code, "gate") == 0)
        return "gate";
    return strcmp(verdict->code, "queue") == 0 ? "release order" : "verdicts";
}

static bool check_kept(struct oracle *oracle, const struct oracle_case *at,
                       const struct oracle_verdict *verdict)
{
    switch (verdict->outcome) {
    case ORACLE_FACT:
        oracle->report->facts++;
        oracle->report->types[at->record->content.type]++;
        if (!check_fact(oracle, at, verdict))
            return false;
        if (at->record->content.type == SIM_ERASED)
            oracle_erase(oracle, &at->record->content);
        return true;
    case ORACLE_LINE:
        oracle->report->lines++;
        oracle->report->types[at->record->content.type]++;
        oracle->lines = sim_grow(oracle->lines, oracle->line_count, &oracle->line_capacity,
                                 sizeof(*oracle->lines));
        oracle->lines[oracle->line_count++] = at->found.line;
        return check_event(oracle, at, at->found.line->event);
    case ORACLE_REJECTED:
        oracle->report->rejected += at->found.letter != NULL;
        return check_rejection(oracle, at, verdict);
    case ORACLE_DUPLICATE:
        oracle->report->duplicates++;
        return true;
    case ORACLE_PARKED:
        return check_parked(oracle, at, verdict);
    }
    return false;
}

/* Retention has removed the line that had this id, at some time: whether what came later under it
 * was a line, a duplicate or a conflict depends on when. */
static bool is_forgotten(const struct oracle *oracle, const struct sim_content *content)
{
    const struct memory_rows *rows = oracle->input->rows;
    struct sm_uuid id = sim_event_uuid(content->id), client = sim_client_uuid(content->client);

    for (size_t i = 0; content->type == SIM_LOGGED && i < rows->log_line_count; i++) {
        const struct memory_log_line *line = &rows->log_lines[i];

        if (line->removed && sm_uuid_equal(&line->event_id, &id) &&
            sm_uuid_equal(&line->client_id, &client))
            return true;
    }
    return false;
}

static void follow(const struct oracle_case *at, struct oracle_verdict *verdict)
{
    if (strcmp(verdict->code == NULL ? "" : verdict->code, "TIME_AHEAD") == 0)
        return;
    if (at->found.line != NULL) {
        verdict->outcome = ORACLE_LINE;
    } else if (at->found.duplicate) {
        verdict->outcome = ORACLE_DUPLICATE;
    } else {
        verdict->outcome = ORACLE_REJECTED;
        verdict->code = "EVENT_ID_CONFLICT";
        verdict->understood = true;
    }
}

bool oracle_check_record(struct oracle *oracle, const struct oracle_case *at)
{
    const struct sim_content *content = &at->record->content;
    struct sm_slice code = found_code(&at->found);
    struct oracle_verdict verdict;

    oracle_decide(oracle, at->record, at->self, at->cause, &verdict);
    if (at->record->defect == SIM_SOUND && is_forgotten(oracle, content))
        follow(at, &verdict);
    trace(oracle, at, &verdict);
    if (strcmp(outcome_word(&at->found), verdict_words[verdict.outcome]) != 0)
        return oracle_fail(oracle, broken_law(at, &verdict),
                           "%s (client %d, id %d, %s): is %s%s%.*s, must be %s %s", at->where,
                           content->client, content->id, sim_type_info(content->type)->name,
                           outcome_word(&at->found), code.size != 0 ? " " : "", (int)code.size,
                           (const char *)code.data, verdict_words[verdict.outcome],
                           verdict.code != NULL ? verdict.code : "");
    return check_kept(oracle, at, &verdict);
}
