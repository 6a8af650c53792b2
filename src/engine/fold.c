/* The log's own projection of one stream after the other. */
#include "engine/fold.h"

#include <stdio.h>

#include "domain/data.h"
#include "domain/erasure.h"
#include "domain/project.h"

enum { STATE_SIZE = 4 << 20 }; /* bytes: one client's row and one event's values, see limits.h */

int sm__stream_compare(const struct sm_stream_name *a, const struct sm_stream_name *b)
{
    int order = sm_uuid_compare(&a->client_id, &b->client_id);

    if (order != 0)
        return order;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return sm_slice_compare(a->key, b->key);
}

void sm__stream_label(const struct sm_stream_name *name, char *out, size_t size)
{
    char id[SM_UUID_TEXT_SIZE + 1];

    sm_uuid_format(&name->client_id, id);
    (void)snprintf(out, size, "client %s %s%s%.*s", id, sm_kind_name(name->kind),
                   name->key.size != 0 ? "/" : "", (int)name->key.size,
                   name->key.size != 0 ? (const char *)name->key.data : "");
}

struct sm_stream_name sm__stream_of(const struct sm_event_row *row)
{
    return (struct sm_stream_name){ row->event.client_id, sm_event_type_kind(row->event.type),
                                    row->event.key };
}

enum sm_status sm__fold_init(struct sm__fold *fold, struct sm_err *err)
{
    *fold = (struct sm__fold){ .current = 0 };
    if (sm_arena_init(&fold->states[0], STATE_SIZE) && sm_arena_init(&fold->states[1], STATE_SIZE))
        return SM_OK;
    return sm_err_set(err, SM_FATAL, SM_FROM_OS, "no memory for two states of %d bytes",
                      STATE_SIZE);
}

void sm__fold_deinit(struct sm__fold *fold)
{
    sm_arena_deinit(&fold->states[0]);
    sm_arena_deinit(&fold->states[1]);
}

enum sm_status sm__fold_begin(struct sm__fold *fold, const struct sm_stream_name *name,
                              struct sm_err *err)
{
    if (name->key.size > sizeof(fold->key))
        return sm_err_set(err, SM_FATAL, SM_FROM_DOMAIN, "a stream's key has %zu bytes",
                          name->key.size);
    fold->name = *name;
    if (name->key.size != 0)
        memcpy(fold->key, name->key.data, name->key.size);
    fold->name.key.data = fold->key;
    fold->stream = (struct sm_stream){ .head = SM_HEAD_EMPTY, .client = { .id = name->client_id } };
    sm__stream_label(&fold->name, fold->label, sizeof(fold->label));
    return SM_OK;
}

static enum sm_status outgrown(const struct sm__fold *fold, const char *what, struct sm_err *err)
{
    return sm_err_set(err, SM_FATAL, SM_FROM_DOMAIN, "%s: %s over %d bytes", fold->label, what,
                      STATE_SIZE);
}

enum sm_status sm__fold_event(struct sm__fold *fold, const struct sm_event_row *row,
                              sm__fold_hook *hook, void *context, struct sm_err *err)
{
    struct sm_arena *arena = &fold->states[1 - fold->current];
    struct sm__fold_event at = { .row = row, .event = row->event };

    sm_arena_reset(arena);
    at.readable = sm_event_replay_data(&at.event, row->event.data, arena);
    at.erased = at.readable && sm_event_is_erased(&at.event);
    if (at.readable && sm_slice_equal(at.event.key, row->event.key) &&
        !sm_previous_values(&fold->stream, &at.event, arena, &at.previous))
        return outgrown(fold, "old values need", err);
    hook(context, fold, &at);
    sm_project(&fold->stream, &at.event, row->created_at);
    if (!sm_client_keep(&fold->stream.client, arena) || !sm_row_keep(&fold->stream.row, arena))
        return outgrown(fold, "its row needs", err);
    fold->current = 1 - fold->current;
    return SM_OK;
}
