/* What admission has to look at, read from the memory database at one moment. */
#include "sim/memory_priv.h"

static struct sm_head head_of(const struct memory_db *db, const struct sm_stream_name *name)
{
    const struct memory_head *head = memory_rows_head(&db->rows, name);

    return head != NULL ? head->head : SM_HEAD_EMPTY;
}

static bool has_dead_letters(const struct memory_db *db, const struct sm_uuid *client_id)
{
    for (size_t i = 0; i < db->rows.dead_letter_count; i++) {
        const struct memory_dead_letter *letter = &db->rows.dead_letters[i];

        if (letter->known.id && letter->known.client_id &&
            sm_uuid_equal(&letter->client_id, client_id))
            return true;
    }
    return false;
}

static bool has_waiting(const struct memory_db *db, const struct sm_uuid *client_id)
{
    for (size_t i = 0; i < db->rows.parked_count; i++) {
        if (db->rows.parked[i].row.state == SM_PARKED_WAITING &&
            sm_uuid_equal(&db->rows.parked[i].name.client_id, client_id))
            return true;
    }
    return false;
}

static bool load_client(const struct memory_db *db, struct sm_arena *arena,
                        struct sm_client_wanted *wanted)
{
    const struct sm_client *client = memory_rows_client(&db->rows, &wanted->id);
    struct sm_stream_name own = {wanted->id, SM_KIND_CLIENT, SM_SLICE("")};

    wanted->client = (struct sm_client){.id = wanted->id};
    wanted->head = head_of(db, &own);
    wanted->has_dead_letters = has_dead_letters(db, &wanted->id);
    wanted->has_waiting = has_waiting(db, &wanted->id);
    if (client == NULL)
        return true;
    wanted->client = *client; /* its text in the caller's arena, as it would from a connection */
    return sm_client_keep(&wanted->client, arena);
}

static void load_brief(const struct memory_db *db, struct sm_brief_wanted *wanted)
{
    const struct sm_client *client = memory_rows_client(&db->rows, &wanted->id);

    wanted->client =
        client == NULL ? (struct sm_client_brief){.exists = false} : sm_client_brief(client);
    wanted->has_dead_letters = has_dead_letters(db, &wanted->id);
    wanted->has_waiting = has_waiting(db, &wanted->id);
}

/* The log comes first; a dead letter counts only with the same content. */
static void load_seen(const struct memory_db *db, struct sm_seen_wanted *wanted)
{
    const struct memory_event *event =
        memory_rows_event(&db->rows, &wanted->client_id, &wanted->event_id);

    const struct memory_log_line *line =
        memory_rows_log_line(&db->rows, &wanted->client_id, &wanted->event_id);
    const struct memory_parked *parked =
        memory_rows_waiting(&db->rows, &wanted->client_id, &wanted->event_id, wanted->parked_id);

    wanted->seen = (struct sm_seen){.where = SM_SEEN_NOWHERE};
    if (event != NULL) {
        wanted->seen = (struct sm_seen){SM_SEEN_IN_LOG, event->row.event.content_hash};
        return;
    }
    if (line != NULL) {
        wanted->seen = (struct sm_seen){SM_SEEN_IN_LOG, line->content_hash};
        return;
    }
    if (parked != NULL) {
        wanted->seen = (struct sm_seen){SM_SEEN_PARKED, parked->content_hash};
        return;
    }
    for (size_t i = 0; i < db->rows.dead_letter_count; i++) {
        const struct memory_dead_letter *letter = &db->rows.dead_letters[i];
        bool same_event = letter->known.content &&
                          sm_uuid_equal(&letter->event_id, &wanted->event_id) &&
                          sm_uuid_equal(&letter->client_id, &wanted->client_id);

        if (!same_event)
            continue;
        wanted->seen = (struct sm_seen){SM_SEEN_IN_DEAD_LETTERS, letter->content_hash};
        if (sm_digest_equal(&letter->content_hash, &wanted->content_hash))
            return;
    }
}

static bool copy_row(struct sm_arena *arena, const struct sm_row *from, struct sm_row *to)
{
    *to = *from;
    return sm_row_keep(to, arena);
}

static bool load_row(const struct memory_db *db, struct sm_arena *arena,
                     struct sm_row_wanted *wanted)
{
    const struct memory_row *row = memory_rows_table_row(&db->rows, &wanted->name);

    wanted->row.exists = false;
    return row == NULL || copy_row(arena, &row->row, &wanted->row);
}

/* What the schema itself puts into the tables of references. */
static bool is_seeded(const struct memory_db *db, const struct sm_reference *reference)
{
    static const char *const data_types[] = {"features", "bom", "timeseries", "aggregations"};

    for (size_t i = 0;
         reference->kind == SM_REFERENCE_FEATURE_TYPE && i < db->options.feature_type_count; i++) {
        if (sm_slice_equal(db->options.feature_types[i], reference->code))
            return true;
    }
    for (size_t i = 0; reference->kind == SM_REFERENCE_DATA_TYPE && i < SM_ARRAY_COUNT(data_types);
         i++) {
        if (sm_slice_equal(sm_slice_of(data_types[i]), reference->code))
            return true;
    }
    /* Of time zones the memory database knows all but those of another planet. */
    return reference->kind == SM_REFERENCE_TIME_ZONE &&
           (reference->code.size < 5 || memcmp(reference->code.data, "Mars/", 5) != 0);
}

static bool load_reference(const struct memory_db *db, struct sm_arena *arena,
                           struct sm_reference_wanted *wanted)
{
    const struct sm_stream_name name = {.kind = wanted->reference.kind == SM_REFERENCE_FEATURE_TYPE
                                                    ? SM_KIND_FEATURE_TYPE
                                                    : SM_KIND_DATA_TYPE,
                                        .key = wanted->reference.code};
    const struct memory_row *row = wanted->reference.kind == SM_REFERENCE_TIME_ZONE
                                       ? NULL
                                       : memory_rows_table_row(&db->rows, &name);

    wanted->state =
        (struct sm_reference_state){.known = row != NULL || is_seeded(db, &wanted->reference)};
    return row == NULL || row->row.columns[SM_REFERENCE_CONFIG_RULES].type != SM_VALUE_JSON ||
           sm_arena_copy(arena, row->row.columns[SM_REFERENCE_CONFIG_RULES].text,
                         &wanted->state.config_rules);
}

static void load_queue(const struct memory_db *db, struct sm_queue_wanted *wanted)
{
    wanted->stream_waits = wanted->gated_waits = false;
    for (size_t i = 0; i < db->rows.parked_count; i++) {
        const struct memory_parked *parked = &db->rows.parked[i];
        bool same_queue;

        if (parked->row.state != SM_PARKED_WAITING || parked->id >= wanted->before ||
            !sm_uuid_equal(&parked->name.client_id, &wanted->name.client_id))
            continue;
        same_queue = parked->partition.topic == wanted->partition.topic &&
                     parked->partition.partition == wanted->partition.partition;
        if (same_queue && wanted->unit_from > 0 && parked->id >= wanted->unit_from)
            continue;
        if (parked->name.kind == wanted->name.kind &&
            sm_slice_equal(parked->name.key, wanted->name.key))
            wanted->stream_waits = true;
        if (wanted->gated && parked->gated && same_queue)
            wanted->gated_waits = true;
    }
}

static void load_organization(const struct memory_db *db, struct sm_organization_wanted *wanted)
{
    const struct sm_client *owner = memory_rows_owner(&db->rows, wanted->organization_id);

    wanted->owned = owner != NULL;
    if (owner != NULL)
        wanted->owner = owner->id;
}

enum sm_status memory__load(struct memory_db *db, struct sm_load *load, struct sm_err *err)
{
    bool fits = true;

    for (size_t i = 0; i < load->head_count; i++)
        load->heads[i].head = head_of(db, &load->heads[i].name);
    for (size_t i = 0; fits && i < load->client_count; i++)
        fits = load_client(db, load->arena, &load->clients[i]);
    for (size_t i = 0; i < load->brief_count; i++)
        load_brief(db, &load->briefs[i]);
    for (size_t i = 0; i < load->organization_count; i++)
        load_organization(db, &load->organizations[i]);
    for (size_t i = 0; i < load->seen_count; i++)
        load_seen(db, &load->seen[i]);
    for (size_t i = 0; fits && i < load->row_count; i++)
        fits = load_row(db, load->arena, &load->rows[i]);
    for (size_t i = 0; fits && i < load->reference_count; i++)
        fits = load_reference(db, load->arena, &load->references[i]);
    for (size_t i = 0; i < load->queue_count; i++)
        load_queue(db, &load->queues[i]);
    for (size_t i = 0; fits && i < load->outbox_count; i++)
        fits = memory__load_outbox(db, load->arena, &load->outboxes[i]);
    memcpy(load->generations, db->rows.generations, sizeof(load->generations));
    if (!fits)
        return sm_err_set(err, SM_LIMIT, SM_FROM_POSTGRES,
                          "the answer does not fit into the arena");
    return SM_OK;
}
