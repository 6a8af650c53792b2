/* What a unit must load before it can be admitted, and taking in what was loaded. */
#include "engine/work.h"

/* ---- what must be loaded ---- */

static bool want_heads(struct sm__work *work, struct sm_load *load, struct sm_arena *arena)
{
    for (size_t i = 0; i < work->stream_count; i++)
        load->head_count += !work->streams[i].known &&
                            work->streams[i].name.kind != SM_KIND_CLIENT;
    load->heads = sm_arena_zalloc(arena, load->head_count, sizeof(*load->heads));
    if (load->heads == NULL)
        return false;
    load->head_count = 0;
    for (size_t i = 0; i < work->stream_count; i++) {
        const struct sm__work_stream *stream = &work->streams[i];

        if (!stream->known && stream->name.kind != SM_KIND_CLIENT)
            load->heads[load->head_count++].name = stream->name;
    }
    return true;
}

static bool is_wanted_of(const struct sm__work_stream *stream, enum sm_table table)
{
    enum sm_table own;

    return !stream->known && stream->row != NULL && sm_kind_table(stream->name.kind, &own) &&
           own == table;
}

/* Table by table: the store asks for those that stand together by one statement. */
static bool want_rows(struct sm__work *work, struct sm_load *load, struct sm_arena *arena)
{
    for (size_t i = 0; i < work->stream_count; i++)
        load->row_count += !work->streams[i].known && work->streams[i].row != NULL;
    load->rows = sm_arena_zalloc(arena, load->row_count, sizeof(*load->rows));
    if (load->rows == NULL)
        return false;
    load->row_count = 0;
    for (int table = 0; table < SM_TABLE_COUNT; table++) {
        for (size_t i = 0; i < work->stream_count; i++) {
            struct sm__work_stream *stream = &work->streams[i];

            if (!is_wanted_of(stream, (enum sm_table)table))
                continue;
            stream->row->wanted = load->row_count;
            load->rows[load->row_count++].name = stream->name;
        }
    }
    return true;
}

static bool want_references(struct sm__work *work, struct sm_load *load, struct sm_arena *arena)
{
    for (size_t i = 0; i < work->reference_count; i++)
        load->reference_count += !work->references[i].known;
    load->references = sm_arena_zalloc(arena, load->reference_count, sizeof(*load->references));
    if (load->references == NULL)
        return false;
    load->reference_count = 0;
    for (size_t i = 0; i < work->reference_count; i++) {
        if (!work->references[i].known)
            load->references[load->reference_count++].reference = work->references[i].reference;
    }
    return true;
}

static bool want_clients(struct sm__work *work, struct sm_load *load, struct sm_arena *arena)
{
    for (size_t i = 0; i < work->client_count; i++) {
        const struct sm__work_client *client = &work->clients[i];

        load->client_count += !client->known && client->own != NULL;
        load->brief_count += !client->known && client->own == NULL;
    }
    load->clients = sm_arena_zalloc(arena, load->client_count, sizeof(*load->clients));
    load->briefs = sm_arena_zalloc(arena, load->brief_count, sizeof(*load->briefs));
    if (load->clients == NULL || load->briefs == NULL)
        return false;
    load->client_count = load->brief_count = 0;
    for (size_t i = 0; i < work->client_count; i++) {
        const struct sm__work_client *client = &work->clients[i];

        if (!client->known && client->own != NULL)
            load->clients[load->client_count++].id = client->id;
        else if (!client->known)
            load->briefs[load->brief_count++].id = client->id;
    }
    return true;
}

bool sm__work_moves_organization(enum sm_event_type type)
{
    return type == SM_EVENT_CLIENT_STATUS_CHANGED || type == SM_EVENT_TENANT_COMMAND_APPLIED;
}

/* Such an event asks for the organization id that the client has, once that is known. */
static void name_organizations(struct sm__work *work)
{
    for (size_t i = 0; i < work->item_count; i++) {
        struct sm__item *item = &work->items[i];
        const struct sm__work_client *client;

        if (item->client == SM__NO_INDEX || item->organization != SM__NO_INDEX ||
            !sm__work_moves_organization(item->entry->event->type))
            continue;
        client = &work->clients[item->client];
        if (client->known && client->own->base.exists)
            item->organization =
                sm__work_organization_find(work, client->own->base.organization_id);
    }
}

static bool want_organizations(struct sm__work *work, struct sm_load *load, struct sm_arena *arena)
{
    for (size_t i = 0; i < work->organization_count; i++)
        load->organization_count += !work->organizations[i].known;
    load->organizations =
        sm_arena_zalloc(arena, load->organization_count, sizeof(*load->organizations));
    if (load->organizations == NULL)
        return false;
    load->organization_count = 0;
    for (size_t i = 0; i < work->organization_count; i++) {
        if (!work->organizations[i].known)
            load->organizations[load->organization_count++].organization_id =
                work->organizations[i].id;
    }
    return true;
}

static bool wants_seen(const struct sm__lane *lane, const struct sm__item *item)
{
    const struct sm__work_client *client;

    if (item->client == SM__NO_INDEX || item->seen_known)
        return false;
    client = &lane->work->clients[item->client];
    return lane->careful || item->seen_wanted ||
           (client->known && (client->base_dead_letters || client->base_waiting));
}

static int64_t parked_id(const struct sm__entry *entry)
{
    return entry->ticket == NULL ? 0 : entry->ticket->parked_id;
}

static bool want_seen(struct sm__lane *lane, struct sm_load *load, struct sm_arena *arena)
{
    struct sm__work *work = lane->work;

    for (size_t i = 0; i < work->item_count; i++)
        load->seen_count += wants_seen(lane, &work->items[i]);
    load->seen = sm_arena_zalloc(arena, load->seen_count, sizeof(*load->seen));
    if (load->seen == NULL)
        return false;
    load->seen_count = 0;
    for (size_t i = 0; i < work->item_count; i++) {
        const struct sm_event *event = work->items[i].entry->event;

        if (wants_seen(lane, &work->items[i]))
            load->seen[load->seen_count++] =
                (struct sm_seen_wanted){ .client_id = event->client_id,
                                         .event_id = event->id,
                                         .content_hash = event->content_hash,
                                         .parked_id = parked_id(work->items[i].entry) };
    }
    return true;
}

enum sm_status sm__work_want(struct sm__lane *lane, bool *wanted)
{
    struct sm_arena *arena = &lane->unit_arena;
    struct sm_load *load = &lane->load;

    *load = (struct sm_load){ .arena = arena };
    name_organizations(lane->work);
    if (!want_heads(lane->work, load, arena) || !want_rows(lane->work, load, arena) ||
        !want_clients(lane->work, load, arena) || !want_organizations(lane->work, load, arena) ||
        !want_references(lane->work, load, arena) || !want_seen(lane, load, arena) ||
        !sm__queue_want(lane, load) || !sm__commands_want(lane, load))
        return SM_LIMIT;
    *wanted = load->head_count + load->client_count + load->brief_count +
                      load->organization_count + load->reference_count + load->seen_count +
                      load->queue_count + load->outbox_count !=
                  0 ||
              !lane->cache.generations_known || lane->load_due;
    return SM_OK;
}

/* ---- what was loaded ---- */

/* A bucket whose generation is another one than the cache was read under: all that was taken from
 * the cache of its clients is outdated, and must be loaded as well. */
static void compare_generations(struct sm__lane *lane)
{
    struct sm__cache *cache = &lane->cache;
    struct sm__work *work = lane->work;
    bool changed[SM_BUCKETS], any = false;

    for (size_t i = 0; i < SM_BUCKETS; i++) {
        changed[i] =
            !cache->generations_known || cache->generations[i] != lane->load.generations[i];
        if (changed[i])
            cache->stamps[i]++;
        any |= changed[i];
        cache->generations[i] = lane->load.generations[i];
    }
    cache->generations_known = true;
    for (size_t i = 0; i < work->client_count; i++) {
        struct sm__work_client *client = &work->clients[i];

        if (client->known && changed[client->bucket])
            client->known = false;
        if (client->own != NULL && changed[client->bucket])
            client->own->outbox_known = false;
    }
    /* An organization changes hands only with a client's generation, but another client's. */
    for (size_t i = 0; any && i < work->item_count; i++) {
        struct sm__item *item = &work->items[i];

        /* A dead letter of the same id may be new, or something may wait now. */
        if (item->client != SM__NO_INDEX && changed[work->clients[item->client].bucket])
            item->seen_known = item->queue_known = item->stream_waits = item->gated_waits = false;
    }
    if (changed[sm_bucket_of(&SM_UUID_NIL)])
        sm__references_clear(&lane->references);
    for (size_t i = 0; changed[sm_bucket_of(&SM_UUID_NIL)] && i < work->reference_count; i++)
        work->references[i].known = false;
    for (size_t i = 0; any && i < work->organization_count; i++)
        work->organizations[i].known = false;
}

static void take_clients(struct sm__work *work, const struct sm_load *load)
{
    for (size_t i = 0; i < load->client_count; i++) {
        const struct sm_client_wanted *wanted = &load->clients[i];
        struct sm__work_client *client = &work->clients[sm__work_client_find(work, &wanted->id)];

        client->own->base = wanted->client;
        client->own->base.id = wanted->id;
        client->base_dead_letters = wanted->has_dead_letters;
        client->base_waiting = wanted->has_waiting;
        client->known = true;
        work->streams[client->stream].base = wanted->head;
        work->streams[client->stream].known = true;
    }
    for (size_t i = 0; i < load->brief_count; i++) {
        const struct sm_brief_wanted *wanted = &load->briefs[i];
        struct sm__work_client *client = &work->clients[sm__work_client_find(work, &wanted->id)];

        client->base = wanted->client;
        client->base_dead_letters = wanted->has_dead_letters;
        client->base_waiting = wanted->has_waiting;
        client->known = true;
    }
}

static void take_heads(struct sm__work *work, const struct sm_load *load)
{
    size_t taken = 0;

    /* In the order in which they were wanted: the streams without a known head. */
    for (size_t i = 0; i < work->stream_count && taken < load->head_count; i++) {
        struct sm__work_stream *stream = &work->streams[i];

        if (stream->known || stream->name.kind == SM_KIND_CLIENT)
            continue;
        stream->base = load->heads[taken++].head;
        stream->known = true;
        if (stream->row != NULL)
            stream->row->base = load->rows[stream->row->wanted].row;
    }
}

static void take_references(struct sm__lane *lane, const struct sm_load *load)
{
    for (size_t i = 0; i < load->reference_count; i++) {
        const struct sm_reference_wanted *wanted = &load->references[i];
        struct sm__work_reference *reference =
            &lane->work->references[sm__work_reference_find(lane->work, &wanted->reference)];

        reference->base = wanted->state;
        reference->known = true;
        sm__references_put(&lane->references, &wanted->reference, &wanted->state);
    }
}

static void take_organizations(struct sm__work *work, const struct sm_load *load)
{
    for (size_t i = 0; i < load->organization_count; i++) {
        const struct sm_organization_wanted *wanted = &load->organizations[i];
        struct sm__work_organization *organization =
            &work->organizations[sm__work_organization_find(work, wanted->organization_id)];

        organization->base_owned = wanted->owned;
        organization->base_owner = wanted->owner;
        organization->known = true;
    }
}

static void take_seen(struct sm__lane *lane, const struct sm_load *load)
{
    size_t taken = 0;

    for (size_t i = 0; i < lane->work->item_count && taken < load->seen_count; i++) {
        struct sm__item *item = &lane->work->items[i];

        if (item->client == SM__NO_INDEX || item->seen_known ||
            !sm_uuid_equal(&item->entry->event->id, &load->seen[taken].event_id) ||
            !sm_uuid_equal(&item->entry->event->client_id, &load->seen[taken].client_id) ||
            !sm_digest_equal(&item->entry->event->content_hash, &load->seen[taken].content_hash))
            continue;
        item->seen = load->seen[taken++].seen;
        item->seen_known = true;
    }
}

void sm__work_loaded(struct sm__lane *lane)
{
    lane->load_due = false;
    compare_generations(lane);
    take_heads(lane->work, &lane->load);
    take_clients(lane->work, &lane->load);
    take_organizations(lane->work, &lane->load);
    take_references(lane, &lane->load);
    take_seen(lane, &lane->load);
    sm__queue_take(lane, &lane->load);
    sm__commands_take(lane, &lane->load);
}
