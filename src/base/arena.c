/* The arena: one anonymous mapping, so that pages that were never touched cost no memory. */
#include <stdalign.h>
#include <sys/mman.h>

#include "base/arena.h"
#include "base/err.h"

/* Under AddressSanitizer what was not handed out, or was taken back by a rewind, is poisoned: a use
 * after the reset of an arena is found like a use after free. */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define SM_ARENA_POISONS 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(SM_ARENA_POISONS)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(start, size)   ((void)(start), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(start, size) ((void)(start), (void)(size))
#endif

static const size_t alignment = alignof(max_align_t);

bool sm_arena_init(struct sm_arena *arena, size_t capacity)
{
    void *base = mmap(NULL, capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (base == MAP_FAILED)
        return false;
    *arena = (struct sm_arena){ .base = base, .capacity = capacity };
    ASAN_POISON_MEMORY_REGION(base, capacity);
    return true;
}

void sm_arena_deinit(struct sm_arena *arena)
{
    if (arena->base != NULL) {
        /* The addresses may be mapped again by somebody else. */
        ASAN_UNPOISON_MEMORY_REGION(arena->base, arena->capacity);
        (void)munmap(arena->base, arena->capacity);
    }
    *arena = (struct sm_arena){ .base = NULL };
}

void *sm_arena_alloc(struct sm_arena *arena, size_t size)
{
    size_t start = (arena->used + alignment - 1) & ~(alignment - 1);
    void *memory;

    /* `used` may lie less than the alignment below the capacity. */
    if (start > arena->capacity || size > arena->capacity - start)
        return NULL;
    memory = arena->base + start;
    arena->used = start + size;
    if (arena->used > arena->high_water)
        arena->high_water = arena->used;
    ASAN_UNPOISON_MEMORY_REGION(memory, size);
    return memory;
}

void *sm_arena_zalloc(struct sm_arena *arena, size_t count, size_t size)
{
    size_t total;
    void *memory;

    if (__builtin_mul_overflow(count, size, &total))
        return NULL;
    memory = sm_arena_alloc(arena, total);
    if (memory != NULL)
        memset(memory, 0, total);
    return memory;
}

bool sm_arena_copy(struct sm_arena *arena, struct sm_slice from, struct sm_slice *to)
{
    uint8_t *memory;

    if (from.data == NULL) {
        *to = SM_SLICE_NONE;
        return true;
    }
    memory = sm_arena_alloc(arena, from.size);
    if (memory == NULL)
        return false;
    if (from.size != 0)
        memcpy(memory, from.data, from.size);
    *to = (struct sm_slice){ memory, from.size };
    return true;
}

void sm_arena_rewind(struct sm_arena *arena, size_t mark)
{
    SM_ASSERT(mark <= arena->used);
    ASAN_POISON_MEMORY_REGION(arena->base + mark, arena->used - mark);
    arena->used = mark;
}

void sm_arena_reset(struct sm_arena *arena)
{
    sm_arena_rewind(arena, 0);
}
