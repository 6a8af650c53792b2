/* Commands that a unit's events cause: their place in the order of their client, and their final
 * bytes. */
#include <stdlib.h>

#include "engine/unit.h"

/* One command's value; a broker takes no larger record by default. */
#define VALUE_SIZE_MAX SM_VALUE_SIZE_MAX

/* ---- what has to be known before: each client's highest sequence, and what was found ---- */

static bool any_own(const struct sm__work *work)
{
    for (size_t i = 0; i < work->client_count; i++) {
        if (work->clients[i].own != NULL)
            return true;
    }
    return false;
}

static bool wants_outbox(const struct sm__work_client *client)
{
    return client->own != NULL && client->own->outbox_wanted && !client->own->outbox_known;
}

bool sm__commands_want(struct sm__lane *lane, struct sm_load *load)
{
    struct sm__work *work = lane->work;

    if (!any_own(work))
        return true;
    for (size_t i = 0; i < work->item_count; i++) {
        if (work->items[i].client != SM__NO_INDEX &&
            sm_command_may_follow(work->items[i].entry->event->type))
            work->clients[work->items[i].client].own->outbox_wanted = true;
    }
    for (size_t i = 0; i < work->client_count; i++)
        load->outbox_count += wants_outbox(&work->clients[i]);
    load->outboxes = sm_arena_zalloc(load->arena, load->outbox_count, sizeof(*load->outboxes));
    if (load->outboxes == NULL)
        return false;
    load->outbox_count = 0;
    for (size_t i = 0; i < work->client_count; i++) {
        if (wants_outbox(&work->clients[i]))
            load->outboxes[load->outbox_count++].client_id = work->clients[i].id;
    }
    return true;
}

void sm__commands_take(struct sm__lane *lane, const struct sm_load *load)
{
    for (size_t i = 0; i < load->outbox_count; i++) {
        const struct sm_outbox_wanted *wanted = &load->outboxes[i];
        struct sm__work *work = lane->work;
        struct sm__work_own *own =
            work->clients[sm__work_client_find(work, &wanted->client_id)].own;

        own->outbox = *wanted;
        own->outbox_known = true;
    }
}

/* ---- bytes ---- */

/* What is on the topic already keeps its number, and others go on above the highest one. */
static int64_t number(struct sm__work_own *own, const struct sm_uuid *command_id)
{
    for (size_t i = 0; i < own->outbox.found_count; i++) {
        if (sm_uuid_equal(&own->outbox.found[i].command_id, command_id))
            return own->outbox.found[i].sequence;
    }
    return ++own->sequence;
}

static bool encode(struct sm__lane *lane, struct sm_tenant_command *command, struct sm_slice *out)
{
    const struct sm_engine_options *options = &lane->engine->options;
    struct sm_arena *arena = &lane->unit_arena;
    size_t mark = sm_arena_mark(arena);
    struct sm_buf value;
    bool done;

    sm_buf_init(&value, VALUE_SIZE_MAX);
    done = sm_templates_render(options->templates, command, arena) &&
           sm_command_encode(options->command_encoder, command, arena, &value) == SM_OK;
    /* The statements have gone into the value: only that has to stay. */
    sm_arena_rewind(arena, mark);
    command->statements = NULL;
    command->statement_count = 0;
    command->minimum_version = SM_SLICE_NONE;
    done = done && sm_arena_copy(arena, sm_buf_view(&value), out);
    sm_buf_deinit(&value);
    return done;
}

static uint32_t partition_of(const struct sm__lane *lane, const struct sm__item *item)
{
    const struct sm_partition_id *id = &lane->engine->partitions[item->entry->partition].id;
    uint32_t index = 0;

    while (lane->unit.partitions[index].id.topic != id->topic ||
           lane->unit.partitions[index].id.partition != id->partition)
        index++;
    return index;
}

static bool add(struct sm__lane *lane, const struct sm__item *item, struct sm_command_row *out)
{
    struct sm_tenant_command *command = item->command;
    struct sm_header *header = sm_arena_alloc(&lane->unit_arena, sizeof(*header));

    if (header == NULL)
        return false;
    *header = (struct sm_header){
        SM_SLICE("content-type"),
        sm_slice_of(sm_command_content_type(
            sm_command_encoder_format(lane->engine->options.command_encoder))),
    };
    command->sequence = number(lane->work->clients[item->client].own, &command->id);
    *out = (struct sm_command_row){ .client_id = command->client_id,
                                    .command_id = command->id,
                                    .sequence = command->sequence,
                                    .organization_id = command->organization_id,
                                    .headers = header,
                                    .header_count = 1,
                                    .event_id = command->event_id,
                                    .partition_index = partition_of(lane, item) };
    if (!encode(lane, command, &out->value))
        return false;
    sm_value_hash(out->value, &out->digest);
    return true;
}

static int compare(const void *a, const void *b)
{
    const struct sm_command_row *x = a, *y = b;
    int order = sm_uuid_compare(&x->client_id, &y->client_id);

    return order != 0 ? order : (x->sequence > y->sequence) - (x->sequence < y->sequence);
}

bool sm__unit_add_commands(struct sm__lane *lane)
{
    const struct sm__work *work = lane->work;
    struct sm_unit *unit = &lane->unit;
    struct sm_command_row *commands;
    size_t count = 0;

    for (size_t i = 0; i < work->item_count; i++) {
        struct sm__work_own *own;

        if (work->items[i].command == NULL)
            continue;
        own = work->clients[work->items[i].client].own;
        SM_ASSERT(own->outbox_known);
        own->sequence = own->outbox.sequence_last;
        count++;
    }
    if (count == 0)
        return true;
    commands = sm_arena_zalloc(&lane->unit_arena, count, sizeof(*commands));
    for (size_t i = 0; i < work->item_count && commands != NULL; i++) {
        if (work->items[i].command != NULL &&
            !add(lane, &work->items[i], &commands[unit->command_count++]))
            return false;
    }
    if (commands != NULL)
        qsort(commands, count, sizeof(*commands), compare);
    unit->commands = commands;
    return commands != NULL;
}
