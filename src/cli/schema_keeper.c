/* The keeper of schemas: a question goes past it only once in the life of a database. */
#include "cli/schema_keeper.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "postgres/schema_cache.h"

/* Keeping holds up the loop that calls us, once a schema. */
#define KEEP_TIMEOUT_MS 2000

struct kept {
    uint32_t id;
    struct sm_slice text; /* owned */
    bool asked; /* the answer is owed */
};

struct keeper {
    struct sm_schemas port; /* first: the port is the object */
    struct sm_schemas *registry; /* owned */
    struct sm_postgres_client database;
    char *name; /* owned */
    struct kept *list; /* owned; SM_SCHEMA_CACHE_COUNT_MAX places */
    size_t count;
    bool owes; /* some answer is owed */
    const struct sm_schemas_sink *sink; /* during step */
};

static struct kept *find(struct keeper *keeper, uint32_t id)
{
    for (size_t i = 0; i < keeper->count; i++) {
        if (keeper->list[i].id == id)
            return &keeper->list[i];
    }
    return NULL;
}

/* What does not fit is asked for at the registry, as if it had not been kept. */
static void add(void *context, uint32_t id, struct sm_slice text)
{
    struct keeper *keeper = context;
    uint8_t *copy;

    if (keeper->count == SM_SCHEMA_CACHE_COUNT_MAX || find(keeper, id) != NULL)
        return;
    copy = malloc(text.size + 1);
    if (copy == NULL)
        return;
    memcpy(copy, text.data, text.size);
    keeper->list[keeper->count++] = (struct kept){.id = id, .text = {copy, text.size}};
}

static enum sm_status ask(struct sm_schemas *port, uint32_t id)
{
    struct keeper *keeper = (struct keeper *)port;
    struct kept *kept = find(keeper, id);

    if (kept == NULL)
        return keeper->registry->ops->ask(keeper->registry, id);
    kept->asked = true;
    keeper->owes = true;
    return SM_OK;
}

static void keep(struct keeper *keeper, uint32_t id, struct sm_slice text)
{
    struct sm_err err = {.text = ""};

    add(keeper, id, text);
    if (sm_postgres_schema_cache_keep(&keeper->database, keeper->name, id, text, &err) != SM_OK)
        sm_log(SM_LOG_WARN, "registry", NULL,
               "schema %" PRIu32 " is used, but could not be kept for when the registry is away: "
               "%s",
               id, err.text);
}

static void take_answer(void *context, const struct sm_schemas_answer *answer)
{
    struct keeper *keeper = context;

    if (answer->outcome == SM_SCHEMAS_FOUND)
        keep(keeper, answer->id, answer->text);
    keeper->sink->answered(keeper->sink->context, answer);
}

static void pay(struct keeper *keeper, const struct sm_schemas_sink *sink)
{
    keeper->owes = false;
    for (size_t i = 0; i < keeper->count; i++) {
        struct kept *kept = &keeper->list[i];
        struct sm_schemas_answer answer = {kept->id, SM_SCHEMAS_FOUND, kept->text, NULL};

        if (!kept->asked)
            continue;
        kept->asked = false;
        sink->answered(sink->context, &answer);
    }
}

static void step(struct sm_schemas *port, const struct sm_schemas_sink *sink)
{
    struct keeper *keeper = (struct keeper *)port;
    const struct sm_schemas_sink ours = {keeper, take_answer};

    if (keeper->owes)
        pay(keeper, sink);
    keeper->sink = sink;
    keeper->registry->ops->step(keeper->registry, &ours);
    keeper->sink = NULL;
}

static size_t wait(struct sm_schemas *port, struct pollfd *fds, int64_t *wake_us)
{
    struct keeper *keeper = (struct keeper *)port;
    size_t count = keeper->registry->ops->wait(keeper->registry, fds, wake_us);

    if (keeper->owes)
        *wake_us = 0; /* at once */
    return count;
}

static void close_keeper(struct sm_schemas *port)
{
    struct keeper *keeper = (struct keeper *)port;

    keeper->registry->ops->close(keeper->registry);
    for (size_t i = 0; i < keeper->count; i++)
        free((void *)(uintptr_t)keeper->list[i].text.data);
    free(keeper->list);
    free(keeper->name);
    free(keeper);
}

static const struct sm_schemas_ops ops = {ask, step, wait, close_keeper};

static void load(struct keeper *keeper)
{
    const struct sm_schema_cache_sink sink = {keeper, add};
    struct sm_err err = {.text = ""};

    if (sm_postgres_schema_cache_load(&keeper->database, keeper->name, &sink, &err) != SM_OK)
        sm_log(SM_LOG_WARN, "registry", NULL,
               "what is kept of its schemas cannot be read; they are asked for anew: %s", err.text);
}

enum sm_status sm__schema_keeper_open(struct sm_schemas *registry,
                                      const struct sm_postgres_client *database, const char *name,
                                      struct sm_schemas **out, struct sm_err *err)
{
    struct keeper *keeper = calloc(1, sizeof(*keeper));

    if (keeper != NULL) {
        *keeper = (struct keeper){.port = {&ops},
                                  .registry = registry,
                                  .database = *database,
                                  .name = strdup(name),
                                  .list = calloc(SM_SCHEMA_CACHE_COUNT_MAX, sizeof(struct kept))};
        if (keeper->name != NULL && keeper->list != NULL) {
            load(keeper);
            keeper->database.connect_timeout_ms = KEEP_TIMEOUT_MS;
            keeper->database.call_timeout_ms = KEEP_TIMEOUT_MS;
            *out = &keeper->port;
            return SM_OK;
        }
        close_keeper(&keeper->port);
    } else {
        registry->ops->close(registry);
    }
    return sm_err_set(err, SM_FATAL, SM_FROM_OS, "no memory for the registry's schemas");
}
