#ifndef SM_BASE_ARENA_H
#define SM_BASE_ARENA_H
/* A bump allocator of fixed capacity: everything that lives as long as one batch.
 *
 * Allocated once at start; overflow returns NULL (the caller answers SM_LIMIT) and never grows.
 * Nothing is freed singly: sm_arena_reset forgets all, sm_arena_rewind forgets all since a mark.
 * Not thread-safe. */
#include "base/slice.h"

struct sm_arena {
    uint8_t *base; /* owned */
    size_t capacity; /* bytes */
    size_t used; /* bytes handed out, <= capacity */
    size_t high_water; /* the most that was ever used; bytes */
};

/* Returns false when the memory cannot be had. The pages are touched only as they are used. */
bool sm_arena_init(struct sm_arena *arena, size_t capacity);
void sm_arena_deinit(struct sm_arena *arena);

/* Aligned for any type, not zeroed. NULL when it does not fit: nothing changed then. */
void *sm_arena_alloc(struct sm_arena *arena, size_t size);
/* `count` zeroed elements; NULL on overflow of the arena or of the product. */
void *sm_arena_zalloc(struct sm_arena *arena, size_t count, size_t size);
/* A copy of `from` in the arena. An absent slice stays absent. False when it does not fit. */
bool sm_arena_copy(struct sm_arena *arena, struct sm_slice from, struct sm_slice *to);

static inline size_t sm_arena_mark(const struct sm_arena *arena)
{
    return arena->used;
}
void sm_arena_rewind(struct sm_arena *arena, size_t mark);
void sm_arena_reset(struct sm_arena *arena);
static inline size_t sm_arena_free_size(const struct sm_arena *arena)
{
    return arena->capacity - arena->used;
}
#endif
