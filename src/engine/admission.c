/* Admits a unit's items in order: working state in, verdicts and new working state out. */
#include "engine/work.h"

#include "domain/data.h"

/* Back to committed state: a pass may be repeated when ids had to be looked up first. */
static void set_back(struct sm__work *work)
{
    for (size_t i = 0; i < work->client_count; i++) {
        struct sm__work_client *client = &work->clients[i];

        if (client->own != NULL)
            client->own->now = client->own->base;
        client->has_dead_letters = client->base_dead_letters;
        client->waits = false;
        client->gated = SM__NO_INDEX;
        client->dirty = false;
    }
    for (size_t i = 0; i < work->stream_count; i++) {
        struct sm__work_stream *stream = &work->streams[i];

        stream->now = stream->base;
        stream->waits = false;
        stream->dirty = false;
        if (stream->row != NULL)
            stream->row->now = stream->row->base;
    }
    for (size_t i = 0; i < work->reference_count; i++)
        work->references[i].now = work->references[i].base;
    for (size_t i = 0; i < work->organization_count; i++) {
        work->organizations[i].owned = work->organizations[i].base_owned;
        work->organizations[i].owner = work->organizations[i].base_owner;
    }
}

/* The log comes before dead letters: what is in it with other content is a conflict, however often
 * it is sent. The unit's own earlier items count as what they became. */
static struct sm_seen seen_before(const struct sm__work *work, const struct sm__item *item)
{
    const struct sm_digest *own = &item->entry->event->content_hash;
    struct sm_seen seen = item->seen; /* SM_SEEN_NOWHERE unless it was looked up */

    for (uint32_t i = item->same_id; i != SM__NO_INDEX; i = work->items[i].same_id) {
        const struct sm__item *other = &work->items[i];
        const struct sm_digest *hash = &other->entry->event->content_hash;

        if (other->verdict == SM_VERDICT_FACT)
            return (struct sm_seen){ SM_SEEN_IN_LOG, *hash };
        if (other->verdict == SM_VERDICT_PARKED && seen.where != SM_SEEN_IN_LOG)
            seen = (struct sm_seen){ SM_SEEN_PARKED, *hash };
        if (other->verdict == SM_VERDICT_REJECTED && sm_digest_equal(hash, own) &&
            seen.where != SM_SEEN_IN_LOG && seen.where != SM_SEEN_PARKED)
            seen = (struct sm_seen){ SM_SEEN_IN_DEAD_LETTERS, *hash };
    }
    return seen;
}

static bool organization_taken(const struct sm__work *work, const struct sm__item *item)
{
    const struct sm__work_organization *organization;

    if (item->organization == SM__NO_INDEX)
        return false;
    organization = &work->organizations[item->organization];
    return organization->owned &&
           !sm_uuid_equal(&organization->owner, &work->clients[item->client].id);
}

static void move_organization(struct sm__work *work, const struct sm__item *item)
{
    struct sm__work_organization *organization;
    const struct sm__work_client *client = &work->clients[item->client];

    if (item->organization == SM__NO_INDEX)
        return;
    organization = &work->organizations[item->organization];
    if (sm_client_keeps_organization(&client->own->now)) {
        organization->owned = true;
        organization->owner = client->id;
    } else if (organization->owned && sm_uuid_equal(&organization->owner, &client->id)) {
        organization->owned = false;
    }
}

/* The organization of a client that this very unit registers, when it may lose it later in it. */
static void name_late_organization(struct sm__work *work, struct sm__item *item)
{
    const struct sm_client *client;

    if (item->organization != SM__NO_INDEX ||
        !sm__work_moves_organization(item->entry->event->type))
        return;
    client = &work->clients[item->client].own->now;
    if (client->exists)
        item->organization = sm__work_organization_find(work, client->organization_id);
}

/* The stream as the unit's items so far have made it; client and row only where it has them, since
 * they are wide. */
static void stream_now(const struct sm__work *work, const struct sm__item *item,
                       struct sm_stream *out)
{
    const struct sm__work_stream *stream;

    out->head = SM_HEAD_EMPTY;
    out->client.exists = false;
    out->row.exists = false;
    if (item->stream == SM__NO_INDEX)
        return;
    stream = &work->streams[item->stream];
    out->head = stream->now;
    if (stream->name.kind == SM_KIND_CLIENT)
        out->client = work->clients[item->client].own->now;
    if (stream->row != NULL)
        out->row = stream->row->now;
}

enum sm_cause sm__work_cause(const struct sm__lane *lane)
{
    return lane->at == &lane->released ? lane->release.queues[0].cause : SM_CAUSE_LIVE;
}

/* False when the unit's arena is too small for a rejection. */
static bool keep_verdict(struct sm__lane *lane, struct sm__item *item,
                         const struct sm_verdict *verdict)
{
    struct sm_rejection *rejection;

    item->verdict = verdict->kind;
    item->wait = verdict->wait;
    if (item->entry->refused && verdict->kind == item->entry->refused_as) {
        item->verdict = SM_VERDICT_REJECTED;
        item->rejection = &lane->refusal;
    } else if (verdict->kind == SM_VERDICT_REJECTED) {
        rejection = sm_arena_alloc(&lane->unit_arena, sizeof(*rejection));
        if (rejection == NULL)
            return false;
        *rejection = verdict->rejection;
        item->rejection = rejection;
    }
    return true;
}

static bool judge(struct sm__lane *lane, struct sm__item *item)
{
    struct sm__work *work = lane->work;
    struct sm_stream state;
    struct sm_verdict verdict;
    struct sm_admission admission = {
        .options = &lane->engine->options.admission,
        .record_time_us = item->entry->record.timestamp_us,
        .cause = sm__work_cause(lane),
        .seen = seen_before(work, item),
        .stream = &state,
        .client = sm__work_brief(&work->clients[item->client]),
        .arena = &lane->unit_arena,
    };

    stream_now(work, item, &state);
    name_late_organization(work, item);
    admission.organization_taken = organization_taken(work, item);
    for (size_t i = 0; i < SM_REFERENCES_MAX && item->references[i] != SM__NO_INDEX; i++)
        admission.references[i] = work->references[item->references[i]].now;
    sm__queue_ask(lane, item, &admission);
    sm_admit(&admission, item->entry->event, &verdict);
    item->judged_by_log =
        admission.seen.where == SM_SEEN_IN_LOG || admission.seen.where == SM_SEEN_PARKED;
    return keep_verdict(lane, item, &verdict);
}

/* A definition that is in the unit itself: what comes behind it in the unit may rest on it. */
static void define(struct sm__work *work, const struct sm__item *item)
{
    struct sm_reference reference;
    const struct sm__work_stream *stream = &work->streams[item->stream];

    if (!sm_event_type_defines(item->entry->event->type, &reference.kind))
        return;
    reference.code = stream->name.key;
    for (size_t i = 0; i < work->reference_count; i++) {
        struct sm__work_reference *other = &work->references[i];
        const struct sm_value *rules = &stream->row->now.columns[SM_REFERENCE_CONFIG_RULES];

        if (other->reference.kind == reference.kind &&
            sm_slice_equal(other->reference.code, reference.code))
            other->now = (struct sm_reference_state){
                true, rules->type == SM_VALUE_JSON ? rules->text : SM_SLICE_NONE
            };
    }
}

/* What the event has published; its bytes are made when the whole unit is settled. */
static bool note_command(struct sm__lane *lane, struct sm__item *item,
                         const struct sm_client *after)
{
    const struct sm_client *before = &lane->work->clients[item->client].own->now;
    struct sm_tenant_command command;

    if (!sm_command_of(&before->tenant, after, item->entry->event, item->created_at, &command))
        return true;
    item->command = sm_arena_alloc(&lane->unit_arena, sizeof(*item->command));
    if (item->command == NULL)
        return false;
    *item->command = command;
    return true;
}

static bool apply_fact(struct sm__lane *lane, struct sm__item *item)
{
    struct sm__work *work = lane->work;
    const struct sm_event *event = item->entry->event;
    struct sm__work_stream *stream;
    struct sm_stream state;

    if (item->stream == SM__NO_INDEX)
        return true; /* a log line is no state */
    stream = &work->streams[item->stream];
    item->created_at = sm_created_at(&stream->now, event->time_us);
    stream->dirty = true;
    if (sm__kind_is_cached(stream->name.kind)) {
        sm_project_head(&stream->now, event->type, item->created_at);
        item->version = stream->now.version;
        return true;
    }
    stream_now(work, item, &state);
    if (!sm_previous_values(&state, event, &lane->unit_arena, &item->previous))
        return false;
    sm_project(&state, event, item->created_at);
    if (stream->name.kind == SM_KIND_CLIENT && !note_command(lane, item, &state.client))
        return false;
    stream->now = state.head;
    item->version = state.head.version;
    if (stream->row != NULL) {
        stream->row->now = state.row;
        define(work, item);
    } else {
        work->clients[item->client].own->now = state.client;
        work->clients[item->client].dirty = true;
        move_organization(work, item);
    }
    return true;
}

/* Optimism: an id that is not known to have been seen is taken as new, and the log's unique index
 * tells if it was not. A rejection never reaches that index, and neither does what waits; so before
 * a record is parked, rejected for what looks like a broken rule, or taken for a repeated dead
 * letter, its id is looked up. What goes on waiting has been. */
static bool needs_lookup(const struct sm__item *item)
{
    if (item->verdict == SM_VERDICT_PARKED && item->entry->ticket != NULL &&
        item->entry->ticket->parked_id != 0)
        return false;
    return item->verdict != SM_VERDICT_FACT && !item->judged_by_log && !item->seen_known;
}

static enum sm_status admit_item(struct sm__lane *lane, uint32_t index, bool *settled)
{
    struct sm__item *item = &lane->work->items[index];

    item->verdict = SM_VERDICT_REJECTED;
    item->command = NULL;
    if (item->entry->kind != SM__ENTRY_RECORD)
        return SM_OK;
    if (item->entry->rejection != NULL) {
        item->rejection = item->entry->rejection;
    } else {
        if (!judge(lane, item))
            return SM_LIMIT;
        if (needs_lookup(item)) {
            item->seen_wanted = true;
            *settled = false;
        }
    }
    if (item->verdict == SM_VERDICT_FACT && !apply_fact(lane, item))
        return SM_LIMIT;
    if (item->verdict == SM_VERDICT_PARKED)
        sm__queue_park(lane->work, index);
    if (item->verdict == SM_VERDICT_REJECTED && item->client != SM__NO_INDEX)
        lane->work->clients[item->client].has_dead_letters = true;
    return SM_OK;
}

enum sm_status sm__work_admit(struct sm__lane *lane, bool *settled)
{
    struct sm__work *work = lane->work;
    size_t mark = sm_arena_mark(&lane->unit_arena);

    *settled = true;
    set_back(work);
    for (size_t i = 0; i < work->item_count; i++) {
        enum sm_status status = admit_item(lane, (uint32_t)i, settled);

        if (status != SM_OK)
            return status;
    }
    if (!*settled)
        sm_arena_rewind(&lane->unit_arena, mark); /* old values of a pass that is repeated */
    return SM_OK;
}

void sm__work_forget(struct sm__lane *lane)
{
    struct sm__work *work = lane->work;

    for (size_t i = 0; i < work->client_count; i++)
        sm__cache_client_drop(&lane->cache, &work->clients[i].id);
    for (size_t i = 0; i < work->stream_count; i++) {
        const struct sm__work_stream *stream = &work->streams[i];

        sm__cache_head_drop(&lane->cache, stream->hash, &stream->name.client_id, stream->name.kind,
                            stream->name.key);
    }
}

void sm__work_refuse(struct sm__lane *lane, const char *text)
{
    SM_ASSERT(lane->work->item_count == 1);
    sm_reject(&lane->refusal, SM_CODE_STORE_REFUSED, "", SM_SLICE_NONE, "%s", text);
    lane->work->items[0].entry->refused = true;
    lane->work->items[0].entry->refused_as = lane->work->items[0].verdict;
}
