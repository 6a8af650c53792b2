#ifndef SM_ENGINE_REFERENCES_H
#define SM_ENGINE_REFERENCES_H
/* What a lane knows of feature types, data types and time zones: the states that were loaded.
 *
 * Guarded by the generation of the nil UUID's bucket, which every definition raises: whoever finds
 * it changed forgets all. A table of fixed size; when it is full, it starts anew. */
#include "base/arena.h"
#include "domain/reference.h"

#define SM__REFERENCE_SIZE 65536 /* bytes of codes and rules that a lane keeps */
#define SM__REFERENCE_SLOTS 1024

struct sm__references {
    struct sm_arena arena;
    struct sm__known_reference {
        struct sm_reference reference;
        struct sm_reference_state state;
    } *slots; /* owned; a free one has an absent code */
    size_t count;
};

bool sm__references_init(struct sm__references *references);
void sm__references_deinit(struct sm__references *references);
void sm__references_clear(struct sm__references *references);
bool sm__references_get(const struct sm__references *references,
                        const struct sm_reference *reference, struct sm_reference_state *out);
void sm__references_put(struct sm__references *references, const struct sm_reference *reference,
                        const struct sm_reference_state *state);
#endif
