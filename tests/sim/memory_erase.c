/* Erasure: what rows of before hold of a client's personal data is replaced. */
#include "domain/erasure.h"
#include "sim/memory_priv.h"

/* The end of the JSON string that begins at `at`, its quotes included. */
static size_t string_end(struct sm_slice text, size_t at)
{
    for (at++; text.data[at] != '"'; at++)
        at += text.data[at] == '\\';
    return at + 1;
}

static size_t find(struct sm_slice text, const char *what)
{
    size_t size = strlen(what), at = 0;

    while (at + size <= text.size && memcmp(text.data + at, what, size) != 0)
        at++;
    return at + size <= text.size ? at + size : text.size;
}

/* Where the member holds text that is no mark yet. */
static void mark_member(struct memory_db *db, struct sm_slice *json, const char *begins,
                        const char *mark)
{
    size_t from = json->data == NULL ? 0 : find(*json, begins), to;
    char text[4096];

    if (json->data == NULL || from >= json->size || json->data[from] != '"')
        return;
    to = string_end(*json, from);
    if (sm_text_is_erasure_mark((struct sm_slice){json->data + from + 1, to - from - 2}))
        return;
    snprintf(text, sizeof(text), "%.*s\"%s\"%.*s", (int)from, (const char *)json->data, mark,
             (int)(json->size - to), (const char *)json->data + to);
    *json = sim_heap_keep(&db->heap, sm_slice_of(text));
}

static void erase_events(struct memory_db *db, const struct sm_uuid *client_id, const char *mark)
{
    for (size_t i = 0; i < db->rows.event_count; i++) {
        struct sm_event_row *row = &db->rows.events[i].row;

        if (sm_event_type_kind(row->event.type) != SM_KIND_CLIENT ||
            !sm_uuid_equal(&row->event.client_id, client_id))
            continue;
        mark_member(db, &row->event.data, "\"contact_email\": ", mark);
        mark_member(db, &row->event.data, "\"contact_phone\": ", mark);
        mark_member(db, &row->previous, "\"contact_email\": ", mark);
        mark_member(db, &row->previous, "\"contact_phone\": ", mark);
    }
}

/* Of a dead letter that was not understood the key tells whose it is. */
static bool is_letter_of(const struct memory_dead_letter *letter, const struct sm_uuid *client_id)
{
    char text[SM_UUID_TEXT_SIZE + 1];

    if (letter->known.client_id)
        return sm_uuid_equal(&letter->client_id, client_id);
    sm_uuid_format(client_id, text);
    return sm_slice_equal(letter->row.key, sm_slice_of(text));
}

static void erase_letters(struct memory_db *db, const struct sm_uuid *client_id)
{
    for (size_t i = 0; i < db->rows.dead_letter_count; i++) {
        struct memory_dead_letter *letter = &db->rows.dead_letters[i];

        if (letter->row.erased || !is_letter_of(letter, client_id))
            continue;
        letter->row.erased = true;
        letter->row.value = SM_SLICE_NONE;
        letter->header_count = 0;
    }
}

static void erase_parked(struct memory_db *db, const struct sm_uuid *client_id)
{
    for (size_t i = 0; i < db->rows.parked_count; i++) {
        struct memory_parked *parked = &db->rows.parked[i];

        if (parked->row.state == SM_PARKED_WAITING || parked->row.erased ||
            !sm_uuid_equal(&parked->name.client_id, client_id))
            continue;
        parked->row.erased = true;
        parked->row.value = SM_SLICE_NONE;
        parked->header_count = 0;
    }
}

void memory__erase(struct memory_db *db, const struct sm_event *erasure)
{
    char mark[SM_ERASED_MARK_SIZE + 1];

    sm_erasure_mark(&erasure->id, mark);
    erase_events(db, &erasure->client_id, mark);
    erase_letters(db, &erasure->client_id);
    erase_parked(db, &erasure->client_id);
    for (size_t i = 0; i < db->rows.log_line_count; i++) {
        struct memory_log_line *line = &db->rows.log_lines[i];

        line->erased |= !line->removed && sm_uuid_equal(&line->client_id, &erasure->client_id);
    }
}
