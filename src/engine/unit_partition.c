/* One partition's part of a unit: its ledger row, and what the row counts. */
#include "engine/anchor.h"
#include "engine/unit.h"

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
    sm_value_hash(record->value, &letter->value_hash);
}

/* Appends `offset` to the last range if it touches it. */
static void add_range(struct sm_range *ranges, size_t *count, int64_t first, int64_t next)
{
    if (*count != 0 && ranges[*count - 1].next == first)
        ranges[*count - 1].next = next;
    else
        ranges[(*count)++] = (struct sm_range){ first, next };
}

static void count_item(struct sm_unit *unit, struct sm__unit_lists *lists,
                       struct sm_ledger_row *row, const struct sm__item *item)
{
    uint32_t partition = (uint32_t)unit->partition_count;

    switch (item->verdict) {
    case SM_VERDICT_FACT:
        if (item->stream == SM__NO_INDEX) {
            row->logged++;
            lists->log_lines[unit->log_line_count++] = (struct sm_log_line){
                item->entry->event, partition, item->entry->offset
            };
            break;
        }
        row->appended++;
        add_append(&lists->appends[unit->append_count++], item, partition);
        break;
    case SM_VERDICT_DUPLICATE:
        row->duplicated++;
        break;
    case SM_VERDICT_PARKED:
        row->parked++;
        sm__unit_add_parked(&lists->parked[unit->parked_count++], item, partition);
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
static void fill_row(struct sm_unit *unit, struct sm__unit_lists *lists,
                     struct sm_unit_partition *part, const struct sm__item *items, size_t count)
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
            row->consumed++;
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
static void fill_proven(struct sm_unit_partition *part, const struct sm__item *items, size_t count)
{
    for (size_t i = 0; i < count && part->proven.offset < 0; i++) {
        if (items[i].entry->kind == SM__ENTRY_RECORD)
            make_anchor(items[i].entry, &part->proven);
    }
}

/* How much of the unit's lists was there before a partition's own part. */
struct before {
    size_t appends;
    size_t dead_letters;
    size_t parked;
};

static struct before before_now(const struct sm_unit *unit)
{
    return (struct before){ unit->append_count, unit->dead_letter_count, unit->parked_count };
}

static void chain_row(const struct sm_unit *unit, struct sm_unit_partition *part,
                      const struct sm__partition *partition, struct before before)
{
    struct sm_log_position position = { part->row.topic_id, part->row.partition, 0, part->row.seq };
    struct sm_sha256 hash;

    sm_digest_begin_ledger(&hash, &partition->chain, &part->row);
    for (size_t i = before.appends; i < unit->append_count; i++) {
        const struct sm_append *append = &unit->appends[i];

        position.offset = append->offset;
        sm_digest_add_event(&hash, append->event, append->version, append->created_at,
                            part->row.recorded_at, part->row.cause, &position);
    }
    for (size_t i = before.dead_letters; i < unit->dead_letter_count; i++) {
        const struct sm_dead_letter *letter = &unit->dead_letters[i];

        sm_digest_add_dead_letter(&hash, letter->offset,
                                  sm_slice_of(sm_rejection_code_name(letter->rejection->code)),
                                  letter->key, &letter->value_hash);
    }
    for (size_t i = before.parked; i < unit->parked_count; i++) {
        const struct sm_parked *parked = &unit->parked[i];

        sm_digest_add_parked(&hash, parked->offset, sm_slice_of(sm_wait_name(parked->wait.what)),
                             parked->key, &parked->value_hash);
    }
    sm_sha256_end(&hash, &part->digest);
}

static struct sm_unit_partition *begin_partition(struct sm__lane *lane,
                                                 struct sm__unit_lists *lists,
                                                 const struct sm__partition *partition,
                                                 enum sm_cause cause)
{
    struct sm_unit_partition *part = &lists->partitions[lane->unit.partition_count];
    int64_t now_us = sm_clock_wall(lane->engine->clock);

    *part = (struct sm_unit_partition){
        .id = partition->id,
        .epoch = partition->epoch,
        .row = { .topic_id = partition->topic_id,
                 .partition = partition->id.partition,
                 .seq = partition->seq + 1,
                 .cause = cause,
                 .first_offset = partition->offset_durable,
                 .next_offset = partition->offset_durable,
                 /* The wall clock may be set back; the ledger's time is not. */
                 .recorded_at = now_us > partition->recorded_at ? now_us : partition->recorded_at },
        .anchor = { .offset = -1 },
        .proven = partition->proven,
    };
    return part;
}

void sm__unit_add_partition(struct sm__lane *lane, struct sm__unit_lists *lists,
                            const struct sm__item *items, size_t count)
{
    struct sm_unit *unit = &lane->unit;
    struct sm__partition *partition = &lane->engine->partitions[items[0].entry->partition];
    struct sm_unit_partition *part = begin_partition(lane, lists, partition, SM_CAUSE_LIVE);
    struct before before = before_now(unit);

    fill_row(unit, lists, part, items, count);
    fill_proven(part, items, count);
    chain_row(unit, part, partition, before);
    partition->offset_applied = part->row.next_offset;
    unit->partition_count++;
}

/* What waits goes on waiting, and a dead letter that is rejected again stays one. */
static bool stays(const struct sm__item *item)
{
    return item->entry->ticket->parked_id != 0 ? item->verdict == SM_VERDICT_PARKED
                                               : item->verdict == SM_VERDICT_REJECTED;
}

void sm__unit_add_release(struct sm__lane *lane, struct sm__unit_lists *lists)
{
    struct sm_unit *unit = &lane->unit;
    const struct sm__partition *partition =
        sm__partition_find(lane->engine, lane->release.queues[0].partition);
    struct sm_unit_partition *part = begin_partition(lane, lists, partition, sm__work_cause(lane));
    struct before before = before_now(unit);

    for (size_t i = 0; i < lane->work->item_count; i++) {
        const struct sm__item *item = &lane->work->items[i];

        sm__unit_add_change(unit, lists, item);
        sm__unit_add_outcome(unit, lists, item);
        if (stays(item))
            continue;
        part->row.resolved++;
        count_item(unit, lists, &part->row, item);
    }
    chain_row(unit, part, partition, before);
    unit->partition_count++;
}
