/* Queues of the waiting room: what waits before an item, in the store and in its own unit.
 *
 * The store is asked only about clients of which anything waits; that flag is guarded by the
 * client's generation, which every parking raises. */
#include "engine/work.h"

/* ---- in the store ---- */

static bool wants_queue(const struct sm__work *work, const struct sm__item *item)
{
    const struct sm__work_client *client;

    if (item->client == SM__NO_INDEX || item->queue_known ||
        !sm_event_type_queues(item->entry->event->type))
        return false;
    client = &work->clients[item->client];
    return item->entry->ticket != NULL || (client->known && client->base_waiting);
}

/* Of a queue that is released, the unit has all events from its first one on, and judges them in
 * their order. Requests come one by one, whatever their queues. */
static int64_t unit_from(const struct sm__lane *lane)
{
    if (sm__work_cause(lane) != SM_CAUSE_RELEASED)
        return 0;
    return lane->work->items[0].entry->ticket->parked_id;
}

/* What comes from the topic, or was a dead letter, comes to the end. */
static int64_t before(const struct sm__entry *entry)
{
    bool waits = entry->ticket != NULL && entry->ticket->parked_id != 0;

    return waits ? entry->ticket->parked_id : INT64_MAX;
}

bool sm__queue_want(struct sm__lane *lane, struct sm_load *load)
{
    struct sm__work *work = lane->work;

    for (size_t i = 0; i < work->item_count; i++)
        load->queue_count += wants_queue(work, &work->items[i]);
    load->queues = sm_arena_zalloc(load->arena, load->queue_count, sizeof(*load->queues));
    work->queue_items =
        sm_arena_zalloc(load->arena, load->queue_count, sizeof(*work->queue_items));
    if (load->queues == NULL || work->queue_items == NULL)
        return false;
    load->queue_count = 0;
    for (size_t i = 0; i < work->item_count; i++) {
        const struct sm__entry *entry = work->items[i].entry;

        if (!wants_queue(work, &work->items[i]))
            continue;
        work->queue_items[load->queue_count] = (uint32_t)i;
        load->queues[load->queue_count++] = (struct sm_queue_wanted){
            .name = work->streams[work->items[i].stream].name,
            .partition = lane->engine->partitions[entry->partition].id,
            .gated = sm_event_type_is_gated(entry->event->type),
            .before = before(entry),
            .unit_from = unit_from(lane)
        };
    }
    return true;
}

void sm__queue_take(struct sm__lane *lane, const struct sm_load *load)
{
    for (size_t i = 0; i < load->queue_count; i++) {
        struct sm__item *item = &lane->work->items[lane->work->queue_items[i]];

        item->stream_waits = load->queues[i].stream_waits;
        item->gated_waits = load->queues[i].gated_waits;
        item->queue_known = true;
    }
}

/* ---- in the unit ---- */

static bool gated_before(const struct sm__work *work, const struct sm__item *item)
{
    uint32_t index = work->clients[item->client].gated;

    while (index != SM__NO_INDEX &&
           work->items[index].entry->partition != item->entry->partition)
        index = work->items[index].gated_before;
    return index != SM__NO_INDEX;
}

void sm__queue_ask(const struct sm__lane *lane, const struct sm__item *item,
                   struct sm_admission *admission)
{
    const struct sm__work *work = lane->work;

    if (item->stream == SM__NO_INDEX)
        return; /* log lines never wait */
    admission->stream_waits = item->stream_waits || work->streams[item->stream].waits;
    admission->gated_waits = item->gated_waits ||
                             (sm_event_type_is_gated(item->entry->event->type) &&
                              gated_before(work, item));
}

void sm__queue_park(struct sm__work *work, uint32_t index)
{
    struct sm__item *item = &work->items[index];
    struct sm__work_client *client = &work->clients[item->client];

    client->waits = true;
    if (item->wait.what == SM_WAIT_COMMAND)
        return; /* nothing waits behind it */
    work->streams[item->stream].waits = true;
    /* One of each partition is enough to know. */
    if (!sm_event_type_is_gated(item->entry->event->type) || gated_before(work, item))
        return;
    item->gated_before = client->gated;
    client->gated = index;
}
