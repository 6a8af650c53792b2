/* The waiting room's part of a unit: who begins to wait, who ceases to, and what becomes due. */
#include <stdlib.h>

#include "engine/unit.h"

/* Lists only as long as they will be: what waits or is logged is rare, and its entries are wide. */
bool sm__unit_waiting_allocate(struct sm__lane *lane, struct sm__unit_lists *lists)
{
    const struct sm__work *work = lane->work;
    size_t parked = 0, lines = 0;

    for (size_t i = 0; i < work->item_count; i++) {
        const struct sm__item *item = &work->items[i];

        parked += item->verdict == SM_VERDICT_PARKED;
        lines += item->verdict == SM_VERDICT_FACT && item->stream == SM__NO_INDEX;
    }
    lists->log_lines = sm_arena_zalloc(&lane->unit_arena, lines, sizeof(*lists->log_lines));
    lists->parked = sm_arena_zalloc(&lane->unit_arena, parked, sizeof(*lists->parked));
    lists->changes = sm_arena_zalloc(&lane->unit_arena,
                                     lane->at == &lane->released ? work->item_count : 0,
                                     sizeof(*lists->changes));
    lists->outcomes = sm_arena_zalloc(&lane->unit_arena,
                                      lane->at == &lane->released ? work->item_count : 0,
                                      sizeof(*lists->outcomes));
    return lists->log_lines != NULL && lists->parked != NULL && lists->changes != NULL &&
           lists->outcomes != NULL;
}

void sm__unit_add_parked(struct sm_parked *parked, const struct sm__item *item, uint32_t partition)
{
    const struct sm_record *record = &item->entry->record;

    *parked = (struct sm_parked){ .partition_index = partition,
                                  .offset = item->entry->offset,
                                  .timestamp_us = record->timestamp_us,
                                  .key = record->key,
                                  .value = record->value,
                                  .headers = record->headers,
                                  .header_count = record->header_count,
                                  .event = item->entry->event,
                                  .wait = item->wait };
    sm_value_hash(record->value, &parked->value_hash);
}

static bool same_wait(const struct sm_wait *a, const struct sm_wait *b)
{
    return a->what == b->what && sm_slice_equal(a->code, b->code);
}

void sm__unit_add_change(struct sm_unit *unit, struct sm__unit_lists *lists,
                         const struct sm__item *item)
{
    struct sm_parked_change *change = &lists->changes[unit->parked_change_count];
    const struct sm__ticket *ticket = item->entry->ticket;

    if (ticket->parked_id == 0)
        return;
    *change = (struct sm_parked_change){ .parked_id = ticket->parked_id,
                                         .partition_index = (uint32_t)unit->partition_count };
    switch (item->verdict) {
    case SM_VERDICT_FACT:
        change->state = SM_PARKED_RELEASED;
        break;
    case SM_VERDICT_DUPLICATE:
        change->state = SM_PARKED_DUPLICATE;
        break;
    case SM_VERDICT_REJECTED:
        change->state = item->rejection->code == SM_CODE_PARKED_EXPIRED ? SM_PARKED_EXPIRED
                                                                        : SM_PARKED_REJECTED;
        break;
    case SM_VERDICT_PARKED:
        if (same_wait(&item->wait, &ticket->waited))
            return;
        change->state = SM_PARKED_WAITING;
        change->wait = item->wait;
        break;
    }
    unit->parked_change_count++;
}

void sm__unit_add_outcome(struct sm_unit *unit, struct sm__unit_lists *lists,
                          const struct sm__item *item)
{
    const struct sm__ticket *ticket = item->entry->ticket;

    if (ticket->request_id == 0)
        return;
    lists->outcomes[unit->outcome_count++] = (struct sm_request_outcome){
        .request_id = ticket->request_id,
        .dead_letter_id = ticket->dead_letter_id,
        .partition_index = (uint32_t)unit->partition_count,
        .verdict = item->verdict,
        .rejection = item->verdict == SM_VERDICT_REJECTED ? item->rejection : NULL
    };
}

/* ---- openings ---- */

static int compare_ids(const void *a, const void *b)
{
    return sm_uuid_compare(a, b);
}

/* Only clients of which something waits, which their generation makes sure of: so a million
 * registrations that nobody waited for open nothing. */
static size_t opened_clients(const struct sm__lane *lane, struct sm_uuid *out)
{
    const struct sm__work *work = lane->work;
    size_t count = 0, kept = 0;

    for (size_t i = 0; i < work->item_count; i++) {
        const struct sm__item *item = &work->items[i];
        const struct sm__ticket *ticket = item->entry->ticket;
        const struct sm__work_client *client;

        /* What ceases to wait lets others of its queues go, on other partitions too. */
        if (ticket != NULL && ticket->parked_id != 0 && item->verdict != SM_VERDICT_PARKED)
            out[count++] = ticket->client_id;
        if (item->client == SM__NO_INDEX || item->verdict != SM_VERDICT_FACT)
            continue;
        client = &work->clients[item->client];
        if ((client->base_waiting || client->waits) &&
            sm_event_type_opens_client(item->entry->event->type))
            out[count++] = client->id;
    }
    qsort(out, count, sizeof(*out), compare_ids);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || !sm_uuid_equal(&out[kept - 1], &out[i]))
            out[kept++] = out[i];
    }
    return kept;
}

static size_t opened_references(const struct sm__work *work, struct sm_reference *out)
{
    size_t count = 0;

    for (size_t i = 0; i < work->item_count; i++) {
        const struct sm__item *item = &work->items[i];

        if (item->client == SM__NO_INDEX || item->verdict != SM_VERDICT_FACT ||
            !sm_event_type_defines(item->entry->event->type, &out[count].kind))
            continue;
        out[count++].code = item->entry->event->key;
    }
    return count;
}

bool sm__unit_add_openings(struct sm__lane *lane)
{
    size_t items = lane->work->item_count * 2 + 1;
    struct sm_arena *arena = &lane->unit_arena;
    struct sm_uuid *clients = sm_arena_zalloc(arena, items, sizeof(*clients));
    struct sm_reference *references = sm_arena_zalloc(arena, items, sizeof(*references));

    if (clients == NULL || references == NULL)
        return false;
    lane->unit.opened_clients = clients;
    lane->unit.opened_client_count = opened_clients(lane, clients);
    lane->unit.opened_references = references;
    lane->unit.opened_reference_count = opened_references(lane->work, references);
    if (sm__work_cause(lane) == SM_CAUSE_RELEASED && sm__release_is_last(lane)) {
        lane->unit.done = lane->release.queues;
        lane->unit.done_count = lane->release.queue_count;
    }
    return true;
}
