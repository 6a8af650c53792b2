/* Turns admitted work into the unit that the store commits, and takes in that it was committed.
 * What belongs to one partition is in unit_partition.c, the waiting room in unit_waiting.c. */
#include <stdlib.h>

#include "base/hash.h"
#include "engine/unit.h"

/* ---- heads and clients ---- */

static int compare_heads(const void *a, const void *b)
{
    const struct sm_head_change *x = a, *y = b;
    int order = sm_uuid_compare(&x->name.client_id, &y->name.client_id);

    if (order != 0)
        return order;
    if (x->name.kind != y->name.kind)
        return x->name.kind < y->name.kind ? -1 : 1;
    return sm_slice_compare(x->name.key, y->name.key);
}

static bool add_heads(struct sm__lane *lane)
{
    const struct sm__work *work = lane->work;
    struct sm_unit *unit = &lane->unit;
    struct sm_head_change *heads =
        sm_arena_zalloc(&lane->unit_arena, work->stream_count, sizeof(*heads));

    if (heads == NULL)
        return false;
    for (size_t i = 0; i < work->stream_count; i++) {
        const struct sm__work_stream *stream = &work->streams[i];

        if (stream->dirty)
            heads[unit->head_count++] = (struct sm_head_change){ .name = stream->name,
                                                                 .expected_version =
                                                                     stream->base.version,
                                                                 .head = stream->now };
    }
    /* One order for all writers: two units never wait for each other's rows in a circle. */
    qsort(heads, unit->head_count, sizeof(*heads), compare_heads);
    unit->heads = heads;
    return true;
}

static size_t count_rejected(const struct sm__work *work)
{
    size_t count = 0;

    for (size_t i = 0; i < work->item_count; i++)
        count += work->items[i].verdict == SM_VERDICT_REJECTED;
    return count;
}

/* A rejection may rest on a head that the unit does not change ("expected version 3"); where
 * another writer has changed it meanwhile the record must be judged again. */
static bool add_checks(struct sm__lane *lane)
{
    const struct sm__work *work = lane->work;
    struct sm_unit *unit = &lane->unit;
    size_t rejected = count_rejected(work); /* a retry that is rejected again is no new dead
                                               letter */
    struct sm_head_wanted *checks =
        sm_arena_zalloc(&lane->unit_arena, rejected, sizeof(*checks));

    if (checks == NULL)
        return false;
    for (size_t i = 0; i < work->item_count; i++) {
        const struct sm__item *item = &work->items[i];
        const struct sm__work_stream *stream;

        if (item->stream == SM__NO_INDEX || item->verdict != SM_VERDICT_REJECTED)
            continue;
        stream = &work->streams[item->stream];
        if (!stream->dirty)
            checks[unit->check_count++] = (struct sm_head_wanted){ stream->name, stream->base };
    }
    unit->checks = checks;
    return true;
}

/* By table, then in the order of heads: one order for all writers. */
static int compare_rows(const void *a, const void *b)
{
    const struct sm_row_change *x = a, *y = b;
    int order;

    if (x->name.kind != y->name.kind)
        return x->name.kind < y->name.kind ? -1 : 1;
    order = sm_uuid_compare(&x->name.client_id, &y->name.client_id);
    return order != 0 ? order : sm_slice_compare(x->name.key, y->name.key);
}

static bool add_rows(struct sm__lane *lane)
{
    const struct sm__work *work = lane->work;
    struct sm_unit *unit = &lane->unit;
    struct sm_row_change *rows;

    for (size_t i = 0; i < work->stream_count; i++)
        unit->row_count += work->streams[i].dirty && work->streams[i].row != NULL;
    rows = sm_arena_zalloc(&lane->unit_arena, unit->row_count, sizeof(*rows));
    if (rows == NULL)
        return false;
    unit->row_count = 0;
    for (size_t i = 0; i < work->stream_count; i++) {
        const struct sm__work_stream *stream = &work->streams[i];

        if (stream->dirty && stream->row != NULL)
            rows[unit->row_count++] =
                (struct sm_row_change){ stream->name, &stream->row->now };
    }
    qsort(rows, unit->row_count, sizeof(*rows), compare_rows);
    unit->rows = rows;
    return true;
}

/* Those that give an organization id up come first, so that another may take it in this unit. */
static int client_rank(const struct sm__work_client *client)
{
    if (!client->own->base.exists)
        return 2;
    return client->own->now.status == SM_CLIENT_STATUS_ARCHIVED ? 0 : 1;
}

static bool add_clients(struct sm__lane *lane)
{
    const struct sm__work *work = lane->work;
    struct sm_unit *unit = &lane->unit;
    struct sm_client_change *changes =
        sm_arena_zalloc(&lane->unit_arena, work->client_count, sizeof(*changes));

    if (changes == NULL)
        return false;
    for (int rank = 0; rank <= 2; rank++) {
        for (size_t i = 0; i < work->client_count; i++) {
            const struct sm__work_client *client = &work->clients[i];

            if (client->dirty && client_rank(client) == rank)
                changes[unit->client_count++] =
                    (struct sm_client_change){ &client->own->now, !client->own->base.exists };
        }
    }
    unit->clients = changes;
    return true;
}

/* An organization id has a bucket too, which whoever gains, loses or asks for it takes: its unique
 * index does not see a client that gains and loses it within one unit. */
static uint64_t organization_bit(const struct sm__work *work, const struct sm__item *item)
{
    if (item->organization == SM__NO_INDEX)
        return 0;
    return UINT64_C(1) << sm_bucket_of_organization(work->organizations[item->organization].id);
}

/* Exclusive is what others' admission depends on: the gate and its like, that something waits, and
 * dead letters that an event sent again would be a duplicate of. Everything else looked at its
 * client, and shares. */
static bool is_exclusive(const struct sm__item *item)
{
    if (item->entry->ticket != NULL)
        return true; /* it ceases to wait, or to be a dead letter */
    switch (item->verdict) {
    case SM_VERDICT_FACT:
        return sm_event_touches_gate(item->entry->event->type);
    case SM_VERDICT_PARKED:
    case SM_VERDICT_REJECTED:
        return true;
    case SM_VERDICT_DUPLICATE:
        break;
    }
    return false;
}

static void add_buckets(struct sm__lane *lane)
{
    const struct sm__work *work = lane->work;
    struct sm_unit *unit = &lane->unit;

    for (size_t i = 0; i < work->item_count; i++) {
        const struct sm__item *item = &work->items[i];
        const struct sm__ticket *ticket = item->entry->ticket;
        uint64_t bits;

        /* It ceases to wait, whether or not it can be decoded today. */
        if (ticket != NULL && ticket->parked_id != 0)
            unit->buckets_exclusive |= UINT64_C(1) << sm_bucket_of(&ticket->client_id);
        if (item->client == SM__NO_INDEX)
            continue;
        bits = UINT64_C(1) << work->clients[item->client].bucket | organization_bit(work, item);
        unit->buckets_shared |= bits;
        if (is_exclusive(item))
            unit->buckets_exclusive |= bits;
        /* What is defined was looked at: definitions raise the nil UUID's generation. */
        if (item->references[0] != SM__NO_INDEX)
            unit->buckets_shared |= UINT64_C(1) << sm_bucket_of(&SM_UUID_NIL);
    }
    unit->buckets_shared &= ~unit->buckets_exclusive;
    unit->generations = lane->cache.generations;
}

/* ---- the whole ---- */

static bool allocate(struct sm__lane *lane, struct sm__unit_lists *lists)
{
    struct sm_arena *arena = &lane->unit_arena;
    size_t items = lane->work->item_count + 1, partitions = lane->engine->partition_count;

    *lists = (struct sm__unit_lists){
        .partitions = sm_arena_zalloc(arena, items < partitions ? items : partitions,
                                      sizeof(*lists->partitions)),
        .appends = sm_arena_zalloc(arena, items, sizeof(*lists->appends)),
        .dead_letters = sm_arena_zalloc(arena, items, sizeof(*lists->dead_letters)),
        /* Each item is at most one duplicate, behind at most one gap. */
        .ranges = sm_arena_zalloc(arena, items * 2, sizeof(*lists->ranges)),
    };
    return lists->partitions != NULL && lists->appends != NULL && lists->dead_letters != NULL &&
           lists->ranges != NULL && sm__unit_waiting_allocate(lane, lists);
}

/* It is alone in its unit, see work.c. */
static void add_erasure(struct sm__lane *lane)
{
    const struct sm__work *work = lane->work;

    if (work->item_count == 1 && work->items[0].client != SM__NO_INDEX &&
        work->items[0].verdict == SM_VERDICT_FACT &&
        work->items[0].entry->event->type == SM_EVENT_CLIENT_ERASED)
        lane->unit.erasure = work->items[0].entry->event;
}

static void add_partitions(struct sm__lane *lane, struct sm__unit_lists *lists)
{
    const struct sm__work *work = lane->work;

    if (lane->at == &lane->released) {
        sm__unit_add_release(lane, lists);
        return;
    }
    for (size_t from = 0, to; from < work->item_count; from = to) {
        for (to = from + 1; to < work->item_count; to++) {
            if (work->items[to].entry->partition != work->items[from].entry->partition)
                break;
        }
        sm__unit_add_partition(lane, lists, &work->items[from], to - from);
    }
}

enum sm_status sm__unit_build(struct sm__lane *lane)
{
    struct sm__unit_lists lists;

    lane->unit = (struct sm_unit){ 0 };
    if (!allocate(lane, &lists))
        return SM_LIMIT;
    lane->unit.partitions = lists.partitions;
    lane->unit.appends = lists.appends;
    lane->unit.dead_letters = lists.dead_letters;
    lane->unit.log_lines = lists.log_lines;
    lane->unit.parked = lists.parked;
    lane->unit.parked_changes = lists.changes;
    lane->unit.outcomes = lists.outcomes;
    add_partitions(lane, &lists);
    add_erasure(lane);
    add_buckets(lane);
    return sm__unit_add_commands(lane) && add_heads(lane) && add_checks(lane) &&
                   add_clients(lane) && add_rows(lane) && sm__unit_add_openings(lane)
               ? SM_OK
               : SM_LIMIT;
}

/* ---- after the commit ---- */

static void advance_partitions(struct sm__lane *lane)
{
    struct sm_engine *engine = lane->engine;

    for (size_t i = 0; i < lane->unit.partition_count; i++) {
        const struct sm_unit_partition *part = &lane->unit.partitions[i];
        struct sm__partition *partition = sm__partition_find(engine, part->id);

        SM_ASSERT(partition != NULL);
        partition->offset_durable = part->row.next_offset;
        partition->seq = part->row.seq;
        partition->chain = part->digest;
        partition->recorded_at = part->row.recorded_at;
        if (part->anchor.offset >= 0)
            partition->anchor = part->anchor;
        if (part->row.next_offset > part->row.first_offset)
            sm__trial_committed(engine, partition);
        if (partition->proven.offset < 0) /* else a proof may have got further meanwhile */
            partition->proven = part->proven;
        engine->totals.commands += i == 0 ? lane->unit.command_count : 0;
        engine->totals.consumed += (uint64_t)part->row.consumed;
        engine->totals.resolved += (uint64_t)part->row.resolved;
        engine->totals.appended += (uint64_t)part->row.appended;
        engine->totals.logged += (uint64_t)part->row.logged;
        engine->totals.parked += (uint64_t)part->row.parked;
        engine->totals.duplicated += (uint64_t)part->row.duplicated;
        engine->totals.rejected += (uint64_t)part->row.rejected;
    }
}

static void remember(struct sm__lane *lane)
{
    struct sm__cache *cache = &lane->cache;
    const struct sm__work *work = lane->work;

    for (size_t i = 0; i < SM_BUCKETS; i++)
        cache->generations[i] += lane->unit.buckets_exclusive >> i & 1; /* as the store did */
    for (size_t i = 0; i < work->client_count; i++) {
        const struct sm__work_client *client = &work->clients[i];
        struct sm__brief brief = { .client = sm__work_brief(client),
                                   .has_dead_letters = client->has_dead_letters,
                                   .has_waiting = client->base_waiting || client->waits };

        sm__cache_client_put(cache, &client->id, &brief);
    }
    for (size_t i = 0; i < work->stream_count; i++) {
        const struct sm__work_stream *stream = &work->streams[i];

        if (sm__kind_is_cached(stream->name.kind))
            sm__cache_head_put(cache, stream->hash, &stream->name.client_id, stream->name.kind,
                               stream->name.key, &stream->now);
    }
    if (lane->unit.opened_reference_count != 0)
        sm__references_clear(&lane->references);
    /* Perhaps nothing of them waits any more: that is asked anew. */
    for (size_t i = 0; lane->at == &lane->released && i < work->client_count; i++)
        sm__cache_client_drop(cache, &work->clients[i].id);
}

void sm__unit_committed(struct sm__lane *lane)
{
    advance_partitions(lane);
    remember(lane);
    if (lane->unit.opened_client_count + lane->unit.opened_reference_count != 0) {
        for (size_t i = 0; i < lane->engine->lane_count; i++)
            lane->engine->lanes[i].due_maybe = true;
    }
    lane->engine->totals.units++;
}
