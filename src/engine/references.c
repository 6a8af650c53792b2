/* What a lane knows of references, by open addressing; nothing is ever taken out alone. */
#include "engine/references.h"

#include <stdlib.h>

#include "base/hash.h"

bool sm__references_init(struct sm__references *references)
{
    references->count = 0;
    references->slots = calloc(SM__REFERENCE_SLOTS, sizeof(*references->slots));
    return references->slots != NULL && sm_arena_init(&references->arena, SM__REFERENCE_SIZE);
}

void sm__references_deinit(struct sm__references *references)
{
    free(references->slots);
    sm_arena_deinit(&references->arena);
}

void sm__references_clear(struct sm__references *references)
{
    sm_arena_reset(&references->arena);
    memset(references->slots, 0, SM__REFERENCE_SLOTS * sizeof(*references->slots));
    references->count = 0;
}

/* The reference's slot, or the free one where it belongs. */
static struct sm__known_reference *slot_of(const struct sm__references *references,
                                           const struct sm_reference *reference)
{
    uint64_t probe =
        sm_hash(reference->code.data, reference->code.size, (uint64_t)reference->kind);

    for (;; probe++) {
        struct sm__known_reference *slot = &references->slots[probe % SM__REFERENCE_SLOTS];

        if (slot->reference.code.data == NULL ||
            (slot->reference.kind == reference->kind &&
             sm_slice_equal(slot->reference.code, reference->code)))
            return slot;
    }
}

bool sm__references_get(const struct sm__references *references,
                        const struct sm_reference *reference, struct sm_reference_state *out)
{
    const struct sm__known_reference *slot = slot_of(references, reference);

    if (slot->reference.code.data == NULL)
        return false;
    *out = slot->state;
    return true;
}

void sm__references_put(struct sm__references *references, const struct sm_reference *reference,
                        const struct sm_reference_state *state)
{
    struct sm__known_reference known = { *reference, *state };
    struct sm__known_reference *slot;

    if (references->count >= SM__REFERENCE_SLOTS / 2)
        sm__references_clear(references);
    slot = slot_of(references, reference);
    if (!sm_arena_copy(&references->arena, reference->code, &known.reference.code) ||
        !sm_arena_copy(&references->arena, state->config_rules, &known.state.config_rules)) {
        sm__references_clear(references); /* asked again when it is needed again */
        return;
    }
    references->count += slot->reference.code.data == NULL;
    *slot = known;
}
