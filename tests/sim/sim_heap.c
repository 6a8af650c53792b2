/* A growing bump allocator and growing arrays. */
#include "sim/sim_heap.h"

#include "base/err.h"

enum { CHUNK_SIZE = 65536, ALIGNMENT = 16 };

struct sim_chunk {
    struct sim_chunk *next;
    size_t used, size; /* bytes behind this header */
    _Alignas(ALIGNMENT) uint8_t data[];
};

void *sim_heap_alloc(struct sim_heap *heap, size_t size)
{
    struct sim_chunk *chunk = heap->chunks;
    size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    void *result;

    if (chunk == NULL || chunk->size - chunk->used < rounded) {
        size_t data_size = rounded > CHUNK_SIZE ? rounded : CHUNK_SIZE;

        chunk = malloc(sizeof(*chunk) + data_size);
        SM_ASSERT(chunk != NULL);
        *chunk = (struct sim_chunk){.next = heap->chunks, .size = data_size};
        heap->chunks = chunk;
    }
    result = chunk->data + chunk->used;
    chunk->used += rounded;
    return memset(result, 0, rounded);
}

void *sim_heap_copy(struct sim_heap *heap, const void *from, size_t size)
{
    void *to = sim_heap_alloc(heap, size);

    return size == 0 ? to : memcpy(to, from, size);
}

struct sm_slice sim_heap_keep(struct sim_heap *heap, struct sm_slice from)
{
    if (from.data == NULL)
        return SM_SLICE_NONE;
    return (struct sm_slice){sim_heap_copy(heap, from.data, from.size), from.size};
}

void sim_heap_free(struct sim_heap *heap)
{
    while (heap->chunks != NULL) {
        struct sim_chunk *chunk = heap->chunks;

        heap->chunks = chunk->next;
        free(chunk);
    }
}

void *sim_grow(void *array, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return array;
    *capacity = *capacity == 0 ? 16 : *capacity * 2;
    array = realloc(array, *capacity * size);
    SM_ASSERT(array != NULL);
    return array;
}
