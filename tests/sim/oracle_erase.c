/* Erasure: what of a client's personal data is kept by rows that are there already. */
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "sim/oracle_priv.h"

static bool *flags(size_t count)
{
    bool *list = calloc(count + 1, sizeof(*list));

    SM_ASSERT(list != NULL);
    return list;
}

void oracle_erase_begin(struct oracle *oracle)
{
    const struct memory_rows *rows = oracle->input->rows;

    oracle->letters_walked = flags(rows->dead_letter_count);
    oracle->letters_erased = flags(rows->dead_letter_count);
    oracle->parked_erased = flags(rows->parked_count);
    oracle->lines_erased = flags(rows->log_line_count);
}

void oracle_erase_end(struct oracle *oracle)
{
    free(oracle->kept);
    free(oracle->letters_walked);
    free(oracle->letters_erased);
    free(oracle->parked_erased);
    free(oracle->lines_erased);
    free(oracle->lines);
}

void oracle_mark_text(int event_id, char *out, size_t size)
{
    struct sm_uuid id = sim_event_uuid(event_id);
    char text[SM_UUID_TEXT_SIZE + 1];

    sm_uuid_format(&id, text);
    snprintf(out, size, "erased:%s", text);
}

void oracle_erase_keep(struct oracle *oracle, const struct memory_event *event,
                       const struct sim_content *content, const char *previous, const char *where)
{
    struct oracle_kept *kept;

    oracle->kept =
        sim_grow(oracle->kept, oracle->kept_count, &oracle->kept_capacity, sizeof(*oracle->kept));
    kept = &oracle->kept[oracle->kept_count++];
    kept->event = event;
    kept->client = content->client;
    snprintf(kept->where, sizeof(kept->where), "%s", where);
    oracle_data_text(content, kept->data, sizeof(kept->data));
    snprintf(kept->previous, sizeof(kept->previous), "%s", previous);
}

/* No text of the pools for contacts has an escape in it. */
static void mark_member(char *json, const char *begins, const char *mark)
{
    char *from = strstr(json, begins), *to;
    char rest[ORACLE_TEXT];

    if (from == NULL)
        return;
    from += strlen(begins);
    if (*from != '"' || strncmp(from, "\"erased:", 8) == 0)
        return;
    to = strchr(from + 1, '"');
    snprintf(rest, sizeof(rest), "%s", to);
    snprintf(from + 1, (size_t)(json + ORACLE_TEXT - from - 1), "%s%s", mark, rest);
}

static void mark_contacts(char *json, const char *mark)
{
    mark_member(json, "\"contact_email\": ", mark);
    mark_member(json, "\"contact_phone\": ", mark);
}

/* Whose the record is, by its subject or else by its key. */
static int owner(const struct sim_record *record)
{
    if (record->defect == SIM_NIL_SUBJECT)
        return SIM_NIL_CLIENT;
    return record->defect == SIM_OWN_SUBJECT ? 0 : record->content.client;
}

static const struct sim_record *record_at(const struct oracle *oracle,
                                          const struct sm_log_position *position)
{
    struct sm_partition_id id = {(enum sm_topic)(position->topic_id - 1), position->partition};
    const struct memory_partition *partition = memory_broker_partition(oracle->input->broker, id);

    return &oracle->input->history->records[partition->messages[position->offset].tag];
}

void oracle_erase(struct oracle *oracle, const struct sim_content *content)
{
    const struct memory_rows *rows = oracle->input->rows;
    char mark[64];

    oracle_mark_text(content->id, mark, sizeof(mark));
    for (size_t i = 0; i < oracle->kept_count; i++) {
        if (oracle->kept[i].client != content->client)
            continue;
        mark_contacts(oracle->kept[i].data, mark);
        mark_contacts(oracle->kept[i].previous, mark);
    }
    for (size_t i = 0; i < rows->dead_letter_count; i++) {
        if (oracle->letters_walked[i] &&
            owner(record_at(oracle, &rows->dead_letters[i].row.position)) == content->client)
            oracle->letters_erased[i] = true;
    }
    for (size_t i = 0; i < oracle->waiting_count; i++) {
        const struct oracle_waiting *waiting = &oracle->waiting[i];

        if (!waiting->waits && waiting->record->content.client == content->client)
            oracle->parked_erased[waiting->parked - rows->parked] = true;
    }
    for (size_t i = 0; i < oracle->line_count; i++) {
        if (record_at(oracle, &oracle->lines[i]->position)->content.client == content->client)
            oracle->lines_erased[oracle->lines[i] - rows->log_lines] = true;
    }
}

static bool check_event(struct oracle *oracle, const struct oracle_kept *kept)
{
    const struct sm_event_row *row = &kept->event->row;

    if (!oracle_same_text(row->event.data, kept->data))
        return oracle_fail(oracle, "log", "%s: data %.*s, must be %s", kept->where,
                           (int)row->event.data.size, (const char *)row->event.data.data,
                           kept->data);
    return oracle_same_text(row->previous, kept->previous[0] == '\0' ? NULL : kept->previous) ||
           oracle_fail(oracle, "log", "%s: previous %.*s, must be %s", kept->where,
                       (int)row->previous.size, (const char *)row->previous.data, kept->previous);
}

bool oracle_check_erased(struct oracle *oracle)
{
    const struct memory_rows *rows = oracle->input->rows;
    bool right = true;

    for (size_t i = 0; i < oracle->kept_count; i++) {
        if (!check_event(oracle, &oracle->kept[i]))
            return false;
    }
    for (size_t i = 0; i < rows->dead_letter_count; i++)
        right &= rows->dead_letters[i].row.erased == oracle->letters_erased[i];
    for (size_t i = 0; i < rows->parked_count; i++)
        right &= rows->parked[i].row.erased == oracle->parked_erased[i];
    for (size_t i = 0; i < rows->log_line_count; i++)
        right &= rows->log_lines[i].removed || rows->log_lines[i].erased == oracle->lines_erased[i];
    return right || oracle_fail(oracle, "erased",
                                "a dead letter, parked event or log line holds what "
                                "must be erased, or does not what must stay");
}
