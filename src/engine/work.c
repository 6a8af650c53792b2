/* Gathers a unit: which entries, of which clients and streams, and what must be loaded first. */
#include "engine/work.h"

#include "base/hash.h"
#include "domain/command.h"
#include "domain/data.h"

/* ---- tables ---- */

static bool table_init(struct sm__table *table, struct sm_arena *arena, size_t count)
{
    size_t slots = 16;

    while (slots < count * 2)
        slots *= 2;
    table->mask = slots - 1;
    table->slots = sm_arena_alloc(arena, slots * sizeof(*table->slots));
    if (table->slots != NULL)
        memset(table->slots, 0xff, slots * sizeof(*table->slots)); /* all SM__NO_INDEX */
    return table->slots != NULL;
}

static uint32_t *table_next(const struct sm__table *table, uint64_t *probe)
{
    return &table->slots[(*probe)++ & table->mask];
}

uint32_t sm__work_client_find(struct sm__work *work, const struct sm_uuid *id)
{
    uint64_t probe = sm_hash(id->bytes, sizeof(id->bytes), 1);

    for (;;) {
        uint32_t *slot = table_next(&work->client_table, &probe);

        if (*slot == SM__NO_INDEX) {
            *slot = (uint32_t)work->client_count;
            work->clients[work->client_count++] = (struct sm__work_client){
                .id = *id,
                .bucket = sm_bucket_of(id),
                .stream = SM__NO_INDEX,
                .gated = SM__NO_INDEX
            };
            return *slot;
        }
        if (sm_uuid_equal(&work->clients[*slot].id, id))
            return *slot;
    }
}

static uint32_t find_stream(struct sm__work *work, const struct sm_event *event, uint32_t client)
{
    enum sm_kind kind = sm_event_type_kind(event->type);
    uint64_t hash = sm__stream_hash(&event->client_id, kind, event->key);
    uint64_t probe = hash;

    for (;;) {
        uint32_t *slot = table_next(&work->stream_table, &probe);
        struct sm__work_stream *stream;

        if (*slot == SM__NO_INDEX) {
            *slot = (uint32_t)work->stream_count;
            work->streams[work->stream_count++] = (struct sm__work_stream){
                .name = { event->client_id, kind, event->key }, .hash = hash, .client = client
            };
            return *slot;
        }
        stream = &work->streams[*slot];
        if (stream->hash == hash && stream->name.kind == kind && stream->client == client &&
            sm_slice_equal(stream->name.key, event->key))
            return *slot;
    }
}

uint32_t sm__work_organization_find(struct sm__work *work, struct sm_slice id)
{
    uint64_t probe = sm_hash(id.data, id.size, 0);

    for (;;) {
        uint32_t *slot = table_next(&work->organization_table, &probe);

        if (*slot == SM__NO_INDEX) {
            *slot = (uint32_t)work->organization_count;
            work->organizations[work->organization_count++] =
                (struct sm__work_organization){ .id = id };
            return *slot;
        }
        if (sm_slice_equal(work->organizations[*slot].id, id))
            return *slot;
    }
}

uint32_t sm__work_reference_find(struct sm__work *work, const struct sm_reference *reference)
{
    uint64_t probe =
        sm_hash(reference->code.data, reference->code.size, (uint64_t)reference->kind);

    for (;;) {
        uint32_t *slot = table_next(&work->reference_table, &probe);
        const struct sm_reference *other;

        if (*slot == SM__NO_INDEX) {
            *slot = (uint32_t)work->reference_count;
            work->references[work->reference_count++] =
                (struct sm__work_reference){ .reference = *reference };
            return *slot;
        }
        other = &work->references[*slot].reference;
        if (other->kind == reference->kind && sm_slice_equal(other->code, reference->code))
            return *slot;
    }
}

/* Chains the item to the one before with the same client and event id. */
static void link_same_id(struct sm__work *work, uint32_t index)
{
    struct sm__item *item = &work->items[index];
    const struct sm_uuid *id = &item->entry->event->id;
    uint64_t probe = sm_hash(id->bytes, sizeof(id->bytes), item->client);

    item->same_id = SM__NO_INDEX;
    for (;;) {
        uint32_t *slot = table_next(&work->id_table, &probe);

        if (*slot != SM__NO_INDEX) {
            const struct sm__item *other = &work->items[*slot];

            if (other->client != item->client || !sm_uuid_equal(&other->entry->event->id, id))
                continue;
            item->same_id = *slot;
        }
        *slot = index;
        return;
    }
}

/* ---- which entries ---- */

enum { COMMANDS_MAX = 256 }; /* of a unit */

/* An erasure is a unit of its own: what it erases has to be there already. */
static bool is_erasure(const struct sm__entry *entry)
{
    return entry->kind == SM__ENTRY_RECORD && entry->rejection == NULL &&
           entry->event->type == SM_EVENT_CLIENT_ERASED;
}

static bool may_command(const struct sm__entry *entry)
{
    return entry->kind == SM__ENTRY_RECORD && entry->rejection == NULL &&
           sm_command_may_follow(entry->event->type);
}

/* Ends the unit after a LOST mark (a ledger row tells of one loss), around an erasure, at the
 * lane's span, and where more commands might follow than memory is meant for: a command has a
 * kilobyte or two of statements, a record may have a tenth of that. */
static void choose_range(struct sm__lane *lane)
{
    struct sm__feed *at = lane->at;
    size_t taken = 0, commanding = 0;

    for (at->to = at->from; at->to < at->buffer->count; at->to++) {
        const struct sm__entry *entry = &at->buffer->entries[at->to];

        if (taken == at->span)
            return;
        if (!sm__entry_is_valid(lane->engine, entry))
            continue;
        if ((taken != 0 && is_erasure(entry)) ||
            (may_command(entry) && commanding++ == COMMANDS_MAX))
            return;
        taken++;
        if (entry->kind == SM__ENTRY_LOST || is_erasure(entry)) {
            at->to++;
            return;
        }
    }
}

/* A counting sort: by partition (their table is in the order units want), arrival within each. */
static bool sort_items(struct sm__lane *lane, struct sm__work *work)
{
    const struct sm_engine *engine = lane->engine;
    const struct sm__feed *at = lane->at;
    uint32_t *next = sm_arena_zalloc(&lane->unit_arena, engine->partition_count + 1, sizeof(*next));

    if (next == NULL)
        return false;
    for (size_t i = at->from; i < at->to; i++) {
        if (sm__entry_is_valid(engine, &at->buffer->entries[i]))
            next[at->buffer->entries[i].partition + 1]++;
    }
    for (size_t i = 0; i < engine->partition_count; i++)
        next[i + 1] += next[i];
    work->item_count = next[engine->partition_count];
    work->items = sm_arena_zalloc(&lane->unit_arena, work->item_count + 1, sizeof(*work->items));
    if (work->items == NULL)
        return false;
    for (size_t i = at->from; i < at->to; i++) {
        struct sm__entry *entry = &at->buffer->entries[i];

        if (sm__entry_is_valid(engine, entry))
            work->items[next[entry->partition]++].entry = entry;
    }
    return true;
}

bool sm__kind_is_cached(enum sm_kind kind)
{
    enum sm_table table;

    return kind != SM_KIND_CLIENT && !sm_kind_table(kind, &table);
}

static void name_references(struct sm__work *work, struct sm__item *item)
{
    struct sm_reference references[SM_REFERENCES_MAX];
    size_t count = sm_event_references(item->entry->event, references);

    for (size_t i = 0; i < count; i++)
        item->references[i] = sm__work_reference_find(work, &references[i]);
}

static void name_item(struct sm__work *work, uint32_t index)
{
    struct sm__item *item = &work->items[index];
    const struct sm_event *event = item->entry->event;

    item->client = item->stream = item->organization = item->same_id = SM__NO_INDEX;
    for (size_t i = 0; i < SM_REFERENCES_MAX; i++)
        item->references[i] = SM__NO_INDEX;
    if (item->entry->kind != SM__ENTRY_RECORD || item->entry->rejection != NULL)
        return;
    item->client = sm__work_client_find(work, &event->client_id);
    name_references(work, item);
    if (sm_event_type_kind(event->type) != SM_KIND_LOG)
        item->stream = find_stream(work, event, item->client);
    if (sm_event_type_kind(event->type) == SM_KIND_CLIENT)
        work->clients[item->client].stream = item->stream;
    if (event->type == SM_EVENT_CLIENT_REGISTERED)
        item->organization =
            sm__work_organization_find(work, event->values[SM_REGISTERED_ORGANIZATION_ID].text);
    link_same_id(work, index);
}

struct sm_client_brief sm__work_brief(const struct sm__work_client *client)
{
    return client->own == NULL ? client->base : sm_client_brief(&client->own->now);
}

/* What the cache knows need not be loaded. Events of a client's own stream need all of its row,
 * which is never cached: they are rare, and rows are wide. */
static void ask_cache(struct sm__lane *lane, struct sm__work *work)
{
    struct sm__cache *cache = &lane->cache;

    for (size_t i = 0; i < work->client_count; i++) {
        struct sm__work_client *client = &work->clients[i];
        struct sm__brief brief;

        if (client->own != NULL || !cache->generations_known ||
            !sm__cache_client_get(cache, &client->id, &brief))
            continue;
        client->base = brief.client;
        client->base_dead_letters = brief.has_dead_letters;
        client->base_waiting = brief.has_waiting;
        client->known = true;
    }
    for (size_t i = 0; i < work->stream_count; i++) {
        struct sm__work_stream *stream = &work->streams[i];

        if (!sm__kind_is_cached(stream->name.kind))
            continue; /* comes with its row, of the same snapshot */
        stream->known = sm__cache_head_get(cache, stream->hash, &stream->name.client_id,
                                           stream->name.kind, stream->name.key, &stream->base);
    }
    for (size_t i = 0; cache->generations_known && i < work->reference_count; i++) {
        struct sm__work_reference *reference = &work->references[i];

        reference->known =
            sm__references_get(&lane->references, &reference->reference, &reference->base);
    }
}

/* Rows only where a stream has one: they are wide. */
static bool add_rows(struct sm__work *work, struct sm_arena *arena)
{
    enum sm_table table;

    for (size_t i = 0; i < work->client_count; i++) {
        struct sm__work_client *client = &work->clients[i];

        if (client->stream == SM__NO_INDEX)
            continue;
        client->own = sm_arena_zalloc(arena, 1, sizeof(*client->own));
        if (client->own == NULL)
            return false;
    }
    for (size_t i = 0; i < work->stream_count; i++) {
        struct sm__work_stream *stream = &work->streams[i];

        if (!sm_kind_table(stream->name.kind, &table))
            continue;
        stream->row = sm_arena_zalloc(arena, 1, sizeof(*stream->row));
        if (stream->row == NULL)
            return false;
    }
    return true;
}

enum sm_status sm__work_begin(struct sm__lane *lane)
{
    struct sm_arena *arena = &lane->unit_arena;
    struct sm__work *work;
    size_t count;

    sm_arena_reset(arena);
    choose_range(lane);
    work = lane->work = sm_arena_zalloc(arena, 1, sizeof(*work));
    if (work == NULL || !sort_items(lane, work))
        return SM_LIMIT;
    count = work->item_count + 1; /* a queue that is empty by now makes a unit without items */
    work->clients = sm_arena_alloc(arena, count * sizeof(*work->clients));
    work->streams = sm_arena_alloc(arena, count * sizeof(*work->streams));
    /* A registration's, and the one a client has when its status changes. */
    work->organizations = sm_arena_alloc(arena, count * sizeof(*work->organizations));
    work->references =
        sm_arena_alloc(arena, count * SM_REFERENCES_MAX * sizeof(*work->references));
    if (work->references == NULL || work->clients == NULL || work->streams == NULL ||
        work->organizations == NULL || !table_init(&work->client_table, arena, count) ||
        !table_init(&work->stream_table, arena, count) ||
        !table_init(&work->organization_table, arena, count) ||
        !table_init(&work->reference_table, arena, count * SM_REFERENCES_MAX) ||
        !table_init(&work->id_table, arena, count))
        return SM_LIMIT;
    for (size_t i = 0; i < work->item_count; i++)
        name_item(work, (uint32_t)i);
    if (!add_rows(work, arena))
        return SM_LIMIT;
    ask_cache(lane, work);
    return SM_OK;
}
