/* The memory registry keeps the same promises as the real one: the contract suite on it. */
#include "contract/schemas_suite.h"
#include "sim/memory_schemas.h"

enum { LATENCY_US = 1000, MOMENT_US = 20000 };

struct memory_rig {
    struct sim_clock clock;
    struct memory_registry registry;
    char texts[MEMORY_SCHEMAS_MAX][256];
};

static struct sm_schemas *open_memory(void *context)
{
    return memory_schemas_open(&((struct memory_rig *)context)->registry);
}

static uint32_t put(void *context, const char *text)
{
    struct memory_rig *rig = context;
    char *copy = rig->texts[rig->registry.count];

    (void)snprintf(copy, sizeof(rig->texts[0]), "%s", text);
    return memory_registry_put(&rig->registry, copy, NULL);
}

static uint32_t put_other(void *context)
{
    return memory_registry_put(&((struct memory_rig *)context)->registry, NULL,
                               "is no Avro schema");
}

static uint32_t put_referring(void *context)
{
    return memory_registry_put(&((struct memory_rig *)context)->registry, NULL,
                               "refers to other schemas");
}

static void set_away(void *context, uint32_t id, bool away)
{
    memory_registry_find(&((struct memory_rig *)context)->registry, id)->away = away;
}

static size_t requests(void *context, uint32_t id)
{
    return memory_registry_find(&((struct memory_rig *)context)->registry, id)->requests;
}

static void wait_a_moment(void *context, struct sm_schemas *schemas)
{
    struct memory_rig *rig = context;
    struct pollfd fds[SM_SCHEMAS_FDS_MAX];
    int64_t wake_us;

    (void)schemas->ops->wait(schemas, fds, &wake_us);
    if (wake_us > rig->clock.now_us + MOMENT_US)
        wake_us = rig->clock.now_us + MOMENT_US;
    if (wake_us > rig->clock.now_us)
        rig->clock.now_us = wake_us;
}

static int64_t now_us(void *context)
{
    return ((struct memory_rig *)context)->clock.now_us;
}

int main(void)
{
    static struct memory_rig memory = { .clock = { .now_us = 1 } };
    const struct schemas_rig rig = { .context = &memory,
                                     .open = open_memory,
                                     .put = put,
                                     .put_other = put_other,
                                     .put_referring = put_referring,
                                     .unknown_id = 100000,
                                     .set_away = set_away,
                                     .requests = requests,
                                     .wait = wait_a_moment,
                                     .now_us = now_us };

    memory_registry_init(&memory.registry, &memory.clock, LATENCY_US);
    return schemas_suite_run("schemas in memory", &rig);
}
