/* A lane's buffer: records copied out of the source and decoded, in order of arrival. */
#include <stdlib.h>

#include "base/fault.h"
#include "engine/buffer.h"

bool sm__buffer_init(struct sm__buffer *buffer, size_t records_max, size_t bytes)
{
    *buffer = (struct sm__buffer){ .capacity = records_max + SM__MARKS_MAX };
    buffer->entries = calloc(buffer->capacity, sizeof(*buffer->entries));
    return buffer->entries != NULL && sm_arena_init(&buffer->arena, bytes);
}

void sm__buffer_deinit(struct sm__buffer *buffer)
{
    free(buffer->entries);
    sm_arena_deinit(&buffer->arena);
    *buffer = (struct sm__buffer){ 0 };
}

void sm__buffer_reset(struct sm__buffer *buffer)
{
    buffer->count = 0;
    buffer->refused = false;
    sm_arena_reset(&buffer->arena);
}

static bool copy_headers(struct sm_arena *arena, const struct sm_record *from, struct sm_record *to)
{
    struct sm_header *headers;

    if (from->header_count == 0)
        return true;
    headers = sm_arena_zalloc(arena, from->header_count, sizeof(*headers));
    if (headers == NULL)
        return false;
    for (size_t i = 0; i < from->header_count; i++) {
        if (!sm_arena_copy(arena, from->headers[i].name, &headers[i].name) ||
            !sm_arena_copy(arena, from->headers[i].value, &headers[i].value))
            return false;
    }
    to->headers = headers;
    return true;
}

static bool copy_record(struct sm_arena *arena, const struct sm_record *from, struct sm_record *to)
{
    *to = *from;
    return sm_arena_copy(arena, from->key, &to->key) &&
           sm_arena_copy(arena, from->value, &to->value) && copy_headers(arena, from, to);
}

/* Decodes entry->record. False: the arena is too small. */
static bool decode(struct sm_arena *arena, struct sm_decoder *decoder, struct sm__entry *entry)
{
    struct sm_rejection rejection = { .code = SM_CODE_NONE };
    struct sm_event *event = sm_arena_alloc(arena, sizeof(*event));
    enum sm_status status;

    if (event == NULL)
        return false;
    sm_fault_record(entry->record.value);
    status = sm_decode(decoder, &entry->record, arena, event, &entry->known, &rejection);
    if (status == SM_LIMIT)
        return false;
    entry->event = event;
    entry->rejection = NULL;
    if (status == SM_OK)
        return true;
    entry->rejection = sm_arena_alloc(arena, sizeof(rejection));
    if (entry->rejection == NULL)
        return false;
    *entry->rejection = rejection;
    return true;
}

bool sm__buffer_add(struct sm__buffer *buffer, const struct sm_record *record, uint32_t partition,
                    uint32_t tenure, struct sm_decoder *decoder)
{
    size_t mark = sm_arena_mark(&buffer->arena);
    struct sm__entry *entry = &buffer->entries[buffer->count];

    if (buffer->count + SM__MARKS_MAX >= buffer->capacity)
        return false;
    *entry = (struct sm__entry){ .kind = SM__ENTRY_RECORD,
                                 .partition = partition,
                                 .tenure = tenure,
                                 .offset = record->offset };
    if (!copy_record(&buffer->arena, record, &entry->record) ||
        !decode(&buffer->arena, decoder, entry)) {
        sm_arena_rewind(&buffer->arena, mark);
        buffer->refused = true;
        return false;
    }
    buffer->count++;
    return true;
}

static bool copy_ticket(struct sm_arena *arena, const struct sm__ticket *from,
                        const struct sm__ticket **to)
{
    struct sm__ticket *ticket = sm_arena_alloc(arena, sizeof(*ticket));

    if (ticket == NULL)
        return false;
    *ticket = *from;
    *to = ticket;
    return sm_arena_copy(arena, from->waited.code, &ticket->waited.code);
}

bool sm__buffer_add_ticket(struct sm__buffer *buffer, const struct sm_record *record,
                           uint32_t partition, uint32_t tenure, const struct sm__ticket *ticket,
                           struct sm_decoder *decoder)
{
    size_t mark = sm_arena_mark(&buffer->arena);

    if (!sm__buffer_add(buffer, record, partition, tenure, decoder))
        return false;
    if (copy_ticket(&buffer->arena, ticket, &buffer->entries[buffer->count - 1].ticket))
        return true;
    buffer->count--;
    buffer->refused = true;
    sm_arena_rewind(&buffer->arena, mark);
    return false;
}

bool sm__buffer_add_killer(struct sm__buffer *buffer, const struct sm_record *record,
                           uint32_t partition, uint32_t tenure, int times)
{
    struct sm__entry *entry = &buffer->entries[buffer->count];

    if (buffer->count + SM__MARKS_MAX >= buffer->capacity)
        return false;
    *entry = (struct sm__entry){ .kind = SM__ENTRY_RECORD,
                                 .partition = partition,
                                 .tenure = tenure,
                                 .offset = record->offset,
                                 .rejection = sm_arena_zalloc(&buffer->arena, 1,
                                                              sizeof(*entry->rejection)) };
    if (entry->rejection == NULL || !copy_record(&buffer->arena, record, &entry->record)) {
        buffer->refused = true;
        return false;
    }
    sm_reject(entry->rejection, SM_CODE_PROCESS_DIED, "", SM_SLICE_NONE,
              "the program died %d times while it tried this record alone; hint: keep its bytes, "
              "retry it with a version that is mended",
              times);
    buffer->count++;
    return true;
}

bool sm__buffer_mark(struct sm__buffer *buffer, enum sm__entry_kind kind, uint32_t partition,
                     uint32_t tenure, int64_t offset)
{
    if (buffer->count == buffer->capacity)
        return false;
    buffer->entries[buffer->count++] = (struct sm__entry){
        .kind = kind, .partition = partition, .tenure = tenure, .offset = offset
    };
    return true;
}
