/* Turns admitted work into the unit that the store commits, and takes in that it was committed. */
#include <stdlib.h>

#include "base/hash.h"
#include "engine/anchor.h"
#include "engine/work.h"

/* ---- log rows and dead letters, by partition, then offset ---- */

static void add_append(struct sm_append *append, const struct sm__item *item, uint32_t partition)
{
    *append = (struct sm_append){ .event = item->entry->event,
                                  .partition_index = partition,
                                  .version = item->version,
                                  .offset = item->entry->offset,
                                  .created_at = item->created_at,
                                  .previous = item->previous };
}

static void add_dead_letter(struct sm_dead_letter *letter, const struct sm__item *item,
                            uint32_t partition)
{
    const struct sm_record *record = &item->entry->record;

    *letter = (struct sm_dead_letter){ .partition_index = partition,
                                       .offset = item->entry->offset,
                                       .timestamp_us = record->timestamp_us,
                                       .key = record->key,
                                       .value = record->value,
                                       .headers = record->headers,
                                       .header_count = record->header_count,
                                       .rejection = item->rejection,
                                       .event = item->entry->event,
                                       .known = item->entry->known };
}

/* Appends `offset` to the last range if it touches it. */
static void add_range(struct sm_range *ranges, size_t *count, int64_t first, int64_t next)
{
    if (*count != 0 && ranges[*count - 1].next == first)
        ranges[*count - 1].next = next;
    else
        ranges[(*count)++] = (struct sm_range){ first, next };
}

/* The lists of a unit while it is filled; const in the unit itself. */
struct lists {
    struct sm_unit_partition *partitions;
    struct sm_append *appends;
    struct sm_dead_letter *dead_letters;
    struct sm_range *ranges; /* of duplicates and gaps, all partitions' */
    size_t range_count;
};

static void count_item(struct sm_unit *unit, struct lists *lists, struct sm_ledger_row *row,
                       const struct sm__item *item)
{
    uint32_t partition = (uint32_t)unit->partition_count;

    row->consumed++;
    switch (item->verdict) {
    case SM_VERDICT_FACT:
        row->appended++;
        add_append(&lists->appends[unit->append_count++], item, partition);
        break;
    case SM_VERDICT_DUPLICATE:
        row->duplicated++;
        break;
    case SM_VERDICT_REJECTED:
        row->rejected++;
        add_dead_letter(&lists->dead_letters[unit->dead_letter_count++], item, partition);
        break;
    }
}

static void make_anchor(const struct sm__entry *entry, struct sm_anchor *out)
{
    out->offset = entry->offset;
    sm_anchor_digest(&entry->record, &out->digest);
}

/* Walks one partition's items: counts, gaps, the last record. Duplicates and gaps are kept as
 * ranges: two lists, filled one after the other. */
static void fill_row(struct sm_unit *unit, struct lists *lists, struct sm_unit_partition *part,
                     const struct sm__item *items, size_t count)
{
    struct sm_ledger_row *row = &part->row;
    struct sm_range *gaps = &lists->ranges[lists->range_count];
    struct sm_range *duplicates;
    const struct sm__item *last = NULL;
    int64_t expected = row->first_offset;

    for (size_t i = 0; i < count; i++) {
        const struct sm__entry *entry = items[i].entry;
        bool is_record = entry->kind == SM__ENTRY_RECORD;

        if (entry->kind == SM__ENTRY_LOST)
            row->lost = (struct sm_range){ expected, entry->offset };
        else if (entry->offset > expected)
            add_range(gaps, &row->gap_count, expected, entry->offset);
        expected = entry->offset + (is_record ? 1 : 0);
        if (is_record) {
            count_item(unit, lists, row, &items[i]);
            last = &items[i];
        }
    }
    row->next_offset = expected;
    row->gaps = gaps;
    row->duplicates = duplicates = gaps + row->gap_count;
    for (size_t i = 0; i < count; i++) {
        if (items[i].entry->kind == SM__ENTRY_RECORD &&
            items[i].verdict == SM_VERDICT_DUPLICATE)
            add_range(duplicates, &row->duplicate_count, items[i].entry->offset,
                      items[i].entry->offset + 1);
    }
    lists->range_count += row->gap_count + row->duplicate_count;
    part->anchor.offset = -1;
    if (last != NULL)
        make_anchor(last->entry, &part->anchor);
}

/* Where no topic is known yet it is that of the first record that is consumed. */
static void fill_proven(struct sm_unit_partition *part, const struct sm__partition *partition,
                        const struct sm__item *items, size_t count)
{
    part->proven = partition->proven;
    for (size_t i = 0; i < count && part->proven.offset < 0; i++) {
        if (items[i].entry->kind == SM__ENTRY_RECORD)
            make_anchor(items[i].entry, &part->proven);
    }
}

static void chain_row(const struct sm_unit *unit, struct sm_unit_partition *part,
                      const struct sm__partition *partition, size_t append_from,
                      size_t dead_letter_from)
{
    struct sm_log_position position = { part->row.topic_id, part->row.partition, 0, part->row.seq };
    struct sm_sha256 hash;

    sm_digest_begin_ledger(&hash, &partition->chain, &part->row);
    for (size_t i = append_from; i < unit->append_count; i++) {
        const struct sm_append *append = &unit->appends[i];

        position.offset = append->offset;
        sm_digest_add_event(&hash, append->event, append->version, append->created_at,
                            part->row.recorded_at, part->row.cause, &position);
    }
    for (size_t i = dead_letter_from; i < unit->dead_letter_count; i++) {
        const struct sm_dead_letter *letter = &unit->dead_letters[i];

        sm_digest_add_dead_letter(&hash, letter->offset,
                                  sm_slice_of(sm_rejection_code_name(letter->rejection->code)),
                                  letter->key, letter->value);
    }
    sm_sha256_end(&hash, &part->digest);
}

static void add_partition(struct sm__lane *lane, struct lists *lists, const struct sm__item *items,
                          size_t count, int64_t now_us)
{
    struct sm_unit *unit = &lane->unit;
    struct sm__partition *partition = &lane->engine->partitions[items[0].entry->partition];
    struct sm_unit_partition *part = &lists->partitions[unit->partition_count];
    size_t append_from = unit->append_count, dead_letter_from = unit->dead_letter_count;

    *part = (struct sm_unit_partition){
        .id = partition->id,
        .epoch = partition->epoch,
        .row = { .topic_id = partition->topic_id,
                 .partition = partition->id.partition,
                 .seq = partition->seq + 1,
                 .cause = SM_CAUSE_LIVE,
                 .first_offset = partition->offset_durable,
                 /* The wall clock may be set back; the ledger's time is not. */
                 .recorded_at = now_us > partition->recorded_at ? now_us : partition->recorded_at },
    };
    fill_row(unit, lists, part, items, count);
    fill_proven(part, partition, items, count);
    chain_row(unit, part, partition, append_from, dead_letter_from);
    partition->offset_applied = part->row.next_offset;
    unit->partition_count++;
}

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

/* A rejection may rest on a head that the unit does not change ("expected version 3"); where
 * another
 * writer has changed it meanwhile the record must be judged again. */
static bool add_checks(struct sm__lane *lane)
{
    const struct sm__work *work = lane->work;
    struct sm_unit *unit = &lane->unit;
    struct sm_head_wanted *checks =
        sm_arena_zalloc(&lane->unit_arena, unit->dead_letter_count, sizeof(*checks));

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

/* Those that give an organization id up come first, so that another may take it in this unit. */
static int client_rank(const struct sm__work_client *client)
{
    if (!client->base.exists)
        return 2;
    return client->now.status == SM_CLIENT_STATUS_ARCHIVED ? 0 : 1;
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
                    (struct sm_client_change){ &client->now, !client->base.exists };
        }
    }
    unit->clients = changes;
    return true;
}

/* Exclusive is what others' admission depends on: the gate and its like, and dead letters that an
 * event sent again would be a duplicate of. Everything else looked at its client, and shares. An
 * organization id has a bucket too, which whoever gains, loses or asks for it takes: its unique
 * index does not see a client that gains and loses it within one unit. */
static uint64_t organization_bit(const struct sm__work *work, const struct sm__item *item)
{
    const struct sm_slice *id;

    if (item->organization == SM__NO_INDEX)
        return 0;
    id = &work->organizations[item->organization].id;
    return UINT64_C(1) << sm_hash(id->data, id->size, 0) % SM_BUCKETS;
}

static void add_buckets(struct sm__lane *lane)
{
    const struct sm__work *work = lane->work;
    struct sm_unit *unit = &lane->unit;

    for (size_t i = 0; i < work->item_count; i++) {
        const struct sm__item *item = &work->items[i];
        uint64_t bits;

        if (item->client == SM__NO_INDEX)
            continue;
        bits = UINT64_C(1) << sm_bucket_of(&work->clients[item->client].id) |
               organization_bit(work, item);
        unit->buckets_shared |= bits;
        if ((item->verdict == SM_VERDICT_FACT &&
             sm_event_touches_gate(item->entry->event->type)) ||
            item->verdict == SM_VERDICT_REJECTED)
            unit->buckets_exclusive |= bits;
    }
    unit->buckets_shared &= ~unit->buckets_exclusive;
    unit->generations = lane->cache.generations;
}

/* ---- the whole ---- */

static bool allocate(struct sm__lane *lane, struct lists *lists)
{
    struct sm_arena *arena = &lane->unit_arena;
    size_t items = lane->work->item_count, partitions = lane->engine->partition_count;

    *lists = (struct lists){
        .partitions = sm_arena_zalloc(arena, items < partitions ? items : partitions,
                                      sizeof(*lists->partitions)),
        .appends = sm_arena_zalloc(arena, items, sizeof(*lists->appends)),
        .dead_letters = sm_arena_zalloc(arena, items, sizeof(*lists->dead_letters)),
        /* Each item is at most one duplicate, behind at most one gap. */
        .ranges = sm_arena_zalloc(arena, items * 2, sizeof(*lists->ranges)),
    };
    return lists->partitions != NULL && lists->appends != NULL && lists->dead_letters != NULL &&
           lists->ranges != NULL;
}

enum sm_status sm__unit_build(struct sm__lane *lane)
{
    const struct sm__work *work = lane->work;
    int64_t now_us = sm_clock_wall(lane->engine->clock);
    struct lists lists;

    lane->unit = (struct sm_unit){ 0 };
    if (!allocate(lane, &lists))
        return SM_LIMIT;
    lane->unit.partitions = lists.partitions;
    lane->unit.appends = lists.appends;
    lane->unit.dead_letters = lists.dead_letters;
    for (size_t from = 0, to; from < work->item_count; from = to) {
        for (to = from + 1; to < work->item_count; to++) {
            if (work->items[to].entry->partition != work->items[from].entry->partition)
                break;
        }
        add_partition(lane, &lists, &work->items[from], to - from, now_us);
    }
    add_buckets(lane);
    return add_heads(lane) && add_checks(lane) && add_clients(lane) ? SM_OK : SM_LIMIT;
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
        if (partition->proven.offset < 0) /* else a proof may have got further meanwhile */
            partition->proven = part->proven;
        engine->totals.consumed += (uint64_t)part->row.consumed;
        engine->totals.appended += (uint64_t)part->row.appended;
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
        struct sm__brief brief = { .exists = client->now.exists,
                                   .config_confirmed = client->now.config_confirmed,
                                   .has_dead_letters = client->has_dead_letters,
                                   .status = client->now.status,
                                   .tenant_mode = client->now.tenant_mode };

        sm__cache_client_put(cache, &client->id, &brief);
    }
    for (size_t i = 0; i < work->stream_count; i++) {
        const struct sm__work_stream *stream = &work->streams[i];

        if (stream->name.kind != SM_KIND_CLIENT)
            sm__cache_head_put(cache, stream->hash, &stream->name.client_id, stream->name.kind,
                               stream->name.key, &stream->now);
    }
}

void sm__unit_committed(struct sm__lane *lane)
{
    advance_partitions(lane);
    remember(lane);
    lane->engine->totals.units++;
}
