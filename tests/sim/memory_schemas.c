#include "sim/memory_schemas.h"

#define PAUSE_FIRST_US 100000
#define PAUSE_MAX_US   10000000

struct memory_question {
    uint32_t id;
    bool flying;
    int64_t at_us; /* when its answer comes; or when to ask (again) */
    int64_t pause_us;
};
struct memory_schemas {
    struct sm_schemas port;
    struct memory_registry *registry;
    struct memory_question questions[SM_SCHEMAS_ASKED_MAX]; /* in the order they were asked */
    size_t count;
    size_t flying;
};

/* ---- the registry ---- */

void memory_registry_init(struct memory_registry *registry, const struct sim_clock *clock,
                          int64_t latency_us)
{
    *registry = (struct memory_registry){ .clock = clock, .latency_us = latency_us };
}

uint32_t memory_registry_put(struct memory_registry *registry, const char *text,
                             const char *refusal)
{
    SM_ASSERT(registry->count < MEMORY_SCHEMAS_MAX);
    registry->schemas[registry->count++] =
        (struct memory_schema){ .text = text, .refusal = refusal };
    return (uint32_t)registry->count;
}

struct memory_schema *memory_registry_find(struct memory_registry *registry, uint32_t id)
{
    return id > 0 && id <= registry->count ? &registry->schemas[id - 1] : NULL;
}

/* ---- the port ---- */

static enum sm_status ask(struct sm_schemas *port, uint32_t id)
{
    struct memory_schemas *schemas = (struct memory_schemas *)port;

    for (size_t i = 0; i < schemas->count; i++) {
        if (schemas->questions[i].id == id)
            return SM_OK;
    }
    if (schemas->count == SM_SCHEMAS_ASKED_MAX)
        return SM_AGAIN;
    schemas->questions[schemas->count++] = (struct memory_question){
        .id = id, .at_us = schemas->registry->clock->now_us, .pause_us = PAUSE_FIRST_US
    };
    return SM_OK;
}

static void judge(struct memory_registry *registry, struct sm_schemas_answer *answer,
                  struct sm_err *err)
{
    const struct memory_schema *schema = memory_registry_find(registry, answer->id);

    if (registry->away || (schema != NULL && schema->away)) {
        answer->outcome = SM_SCHEMAS_AWAY;
        (void)sm_err_set(err, SM_RETRY, SM_FROM_REGISTRY, "schema %u: the registry is away",
                         answer->id);
    } else if (schema == NULL || schema->text == NULL) {
        answer->outcome = SM_SCHEMAS_UNKNOWN;
        (void)sm_err_set(err, SM_REJECT, SM_FROM_REGISTRY, "schema %u %s", answer->id,
                         schema != NULL ? schema->refusal : "is not in the registry");
    } else {
        answer->outcome = SM_SCHEMAS_FOUND;
        answer->text = sm_slice_of(schema->text);
    }
    answer->err = answer->outcome == SM_SCHEMAS_FOUND ? NULL : err;
}

static void remove_question(struct memory_schemas *schemas, size_t at)
{
    schemas->count--;
    memmove(&schemas->questions[at], &schemas->questions[at + 1],
            (schemas->count - at) * sizeof(schemas->questions[0]));
}

/* True when the question at `at` has left the table. */
static bool land(struct memory_schemas *schemas, size_t at, const struct sm_schemas_sink *sink)
{
    struct memory_question *question = &schemas->questions[at];
    struct sm_schemas_answer answer = { .id = question->id };
    struct sm_err err = { .status = SM_OK };
    bool ended;

    judge(schemas->registry, &answer, &err);
    schemas->flying--;
    question->flying = false;
    question->at_us = schemas->registry->clock->now_us + question->pause_us;
    question->pause_us =
        question->pause_us * 2 < PAUSE_MAX_US ? question->pause_us * 2 : PAUSE_MAX_US;
    ended = answer.outcome != SM_SCHEMAS_AWAY;
    if (ended)
        remove_question(schemas, at);
    sink->answered(sink->context, &answer);
    return ended;
}

static void launch(struct memory_schemas *schemas, struct memory_question *question)
{
    struct memory_schema *schema = memory_registry_find(schemas->registry, question->id);

    question->flying = true;
    question->at_us = schemas->registry->clock->now_us + schemas->registry->latency_us;
    schemas->flying++;
    if (schema != NULL)
        schema->requests++;
}

static void step(struct sm_schemas *port, const struct sm_schemas_sink *sink)
{
    struct memory_schemas *schemas = (struct memory_schemas *)port;
    int64_t now_us = schemas->registry->clock->now_us;

    for (size_t i = 0; i < schemas->count;) {
        struct memory_question *question = &schemas->questions[i];

        if (!question->flying || question->at_us > now_us || !land(schemas, i, sink))
            i++;
    }
    for (size_t i = 0; i < schemas->count && schemas->flying < SM_SCHEMAS_FLYING_MAX; i++) {
        if (!schemas->questions[i].flying && schemas->questions[i].at_us <= now_us)
            launch(schemas, &schemas->questions[i]);
    }
}

static size_t wait_for(struct sm_schemas *port, struct pollfd *fds, int64_t *wake_us)
{
    struct memory_schemas *schemas = (struct memory_schemas *)port;

    (void)fds;
    *wake_us = INT64_MAX;
    for (size_t i = 0; i < schemas->count; i++) {
        const struct memory_question *question = &schemas->questions[i];

        if ((question->flying || schemas->flying < SM_SCHEMAS_FLYING_MAX) &&
            question->at_us < *wake_us)
            *wake_us = question->at_us;
    }
    return 0;
}

static void close_schemas(struct sm_schemas *port)
{
    free(port);
}

struct sm_schemas *memory_schemas_open(struct memory_registry *registry)
{
    static const struct sm_schemas_ops ops = {
        .ask = ask,
        .step = step,
        .wait = wait_for,
        .close = close_schemas,
    };
    struct memory_schemas *schemas = calloc(1, sizeof(*schemas));

    SM_ASSERT(schemas != NULL);
    schemas->port.ops = &ops;
    schemas->registry = registry;
    return &schemas->port;
}
