/* What admission has to look at, read from the memory database at one moment. */
#include "sim/memory_priv.h"

static struct sm_head head_of(const struct memory_db *db, const struct sm_stream_name *name)
{
    const struct memory_head *head = memory_rows_head(&db->rows, name);

    return head != NULL ? head->head : SM_HEAD_EMPTY;
}

/* Text comes out in the caller's arena, as it would from a connection. */
static bool copy_client(struct sm_arena *arena, const struct sm_client *from, struct sm_client *to)
{
    *to = *from;
    return sm_arena_copy(arena, from->config_confirmed_by, &to->config_confirmed_by) &&
           sm_arena_copy(arena, from->name, &to->name) &&
           sm_arena_copy(arena, from->organization_id, &to->organization_id) &&
           sm_arena_copy(arena, from->features_enabled, &to->features_enabled) &&
           sm_arena_copy(arena, from->contact_email, &to->contact_email) &&
           sm_arena_copy(arena, from->contact_phone, &to->contact_phone);
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

static bool load_client(const struct memory_db *db, struct sm_arena *arena,
                        struct sm_client_wanted *wanted)
{
    const struct sm_client *client = memory_rows_client(&db->rows, &wanted->id);
    struct sm_stream_name own = {wanted->id, SM_KIND_CLIENT, SM_SLICE("")};

    wanted->client = (struct sm_client){.id = wanted->id};
    wanted->head = head_of(db, &own);
    wanted->has_dead_letters = has_dead_letters(db, &wanted->id);
    return client == NULL || copy_client(arena, client, &wanted->client);
}

/* The log comes first; a dead letter counts only with the same content. */
static void load_seen(const struct memory_db *db, struct sm_seen_wanted *wanted)
{
    const struct memory_event *event =
        memory_rows_event(&db->rows, &wanted->client_id, &wanted->event_id);

    wanted->seen = (struct sm_seen){.where = SM_SEEN_NOWHERE};
    if (event != NULL) {
        wanted->seen = (struct sm_seen){SM_SEEN_IN_LOG, event->row.event.content_hash};
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

static bool load_feature_types(const struct memory_db *db, struct sm_load *load)
{
    size_t count = db->options.feature_type_count;
    struct sm_slice *codes = sm_arena_zalloc(load->arena, count, sizeof(*codes));

    for (size_t i = 0; codes != NULL && i < count; i++) {
        if (!sm_arena_copy(load->arena, db->options.feature_types[i], &codes[i]))
            return false;
    }
    load->feature_types = codes;
    load->feature_type_count = count;
    return codes != NULL;
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
    bool fits = load_feature_types(db, load);

    for (size_t i = 0; i < load->head_count; i++)
        load->heads[i].head = head_of(db, &load->heads[i].name);
    for (size_t i = 0; fits && i < load->client_count; i++)
        fits = load_client(db, load->arena, &load->clients[i]);
    for (size_t i = 0; i < load->organization_count; i++)
        load_organization(db, &load->organizations[i]);
    for (size_t i = 0; i < load->seen_count; i++)
        load_seen(db, &load->seen[i]);
    memcpy(load->generations, db->rows.generations, sizeof(load->generations));
    if (!fits)
        return sm_err_set(err, SM_LIMIT, SM_FROM_POSTGRES,
                          "the answer does not fit into the arena");
    return SM_OK;
}
