#ifndef MEMORY_SCHEMAS_H
#define MEMORY_SCHEMAS_H
/* ports/schemas.h on a registry in memory, in virtual time. */
#include "ports/schemas.h"
#include "sim/sim_clock.h"

#define MEMORY_SCHEMAS_MAX 1024 /* schemas in a registry */

struct memory_registry {
    const struct sim_clock *clock;
    int64_t latency_us; /* of an answer */
    bool away; /* every question fails */
    struct memory_schema {
        const char *text; /* borrowed; NULL: cannot be read, `refusal` says why */
        const char *refusal;
        bool away; /* questions for it fail */
        size_t requests;
    } schemas[MEMORY_SCHEMAS_MAX]; /* by id - 1 */
    size_t count;
};

void memory_registry_init(struct memory_registry *registry, const struct sim_clock *clock,
                          int64_t latency_us);
/* Returns the new id. `text` must live as long as the registry; NULL: none that can be read. */
uint32_t memory_registry_put(struct memory_registry *registry, const char *text,
                             const char *refusal);
/* NULL: there is none with this id. */
struct memory_schema *memory_registry_find(struct memory_registry *registry, uint32_t id);

/* The registry must outlive it. */
struct sm_schemas *memory_schemas_open(struct memory_registry *registry);
#endif
