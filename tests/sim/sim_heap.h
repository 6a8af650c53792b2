#ifndef SIM_HEAP_H
#define SIM_HEAP_H
/* Memory of the simulated world: what is kept stays where it is until the world ends, so that a
 * copy of a table is a copy of its rows and nothing else. Running out of memory ends it all. */
#include "base/slice.h"

struct sim_chunk;
struct sim_heap {
    struct sim_chunk *chunks; /* owned; the newest first */
};

void *sim_heap_alloc(struct sim_heap *heap, size_t size); /* zeroed, aligned for any type */
struct sm_slice sim_heap_keep(struct sim_heap *heap,
                              struct sm_slice from); /* absent stays absent */
void *sim_heap_copy(struct sim_heap *heap, const void *from, size_t size);
void sim_heap_free(struct sim_heap *heap);

/* Room for one more element behind `count` in an array that realloc owns. */
void *sim_grow(void *array, size_t count, size_t *capacity, size_t size);
#endif
