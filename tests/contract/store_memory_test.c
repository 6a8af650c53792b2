/* The memory store keeps the same promises as PostgreSQL: the store suite on it. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "contract/store_suite.h"
#include "sim/memory_relay.h"
#include "sim/memory_store.h"

struct memory_rig {
    struct sim_clock clock;
    struct memory_db db;
    struct memory_topic topic; /* nothing goes wrong on it */
    bool refusing;
    bool made;
};

static bool refuses(void *context, const struct sm_event *event)
{
    const struct memory_rig *rig = context;

    return rig->refusing && sm_slice_equal(event->source, SM_SLICE(REFUSED_SOURCE));
}

static void reset(void *context)
{
    static const struct sm_slice feature_types[] = {
        {(const uint8_t *)"ema", 3},     {(const uint8_t *)"ma", 2},
        {(const uint8_t *)"std", 3},     {(const uint8_t *)"lags", 4},
        {(const uint8_t *)"promo", 5},   {(const uint8_t *)"seasonality", 11},
        {(const uint8_t *)"weather", 7},
    };
    struct memory_rig *rig = context;
    const struct memory_db_options options = {.latency_min_us = 100,
                                              .latency_max_us = 1000,
                                              .lock_timeout_us = 1000000,
                                              .idle_timeout_us = 10000000,
                                              .refuses = refuses,
                                              .refuses_context = rig,
                                              .feature_types = feature_types,
                                              .feature_type_count = SM_ARRAY_COUNT(feature_types)};

    if (rig->made)
        memory_db_deinit(&rig->db);
    rig->made = true;
    rig->refusing = false;
    memory_db_init(&rig->db, &options, &rig->clock, 1);
}

static struct sm_store *open_store(void *context, const char *owner)
{
    (void)owner;
    return memory_store_open(&((struct memory_rig *)context)->db);
}

static struct sm_outbox *open_outbox(void *context, const char *owner)
{
    struct memory_rig *rig = context;

    return memory_outbox_open(&rig->db, &rig->topic, owner);
}

static struct sm_log *open_log(void *context)
{
    return memory_log_open(&((struct memory_rig *)context)->db);
}

static void wait_for(void *context, struct sm_store *store)
{
    struct memory_rig *rig = context;
    struct pollfd unused;
    int64_t wake_us = 0;

    store->ops->wait(store, &unused, &wake_us);
    if (wake_us > rig->clock.now_us)
        rig->clock.now_us = wake_us;
}

static void refuse(void *context)
{
    ((struct memory_rig *)context)->refusing = true;
}

static void cut(void *context)
{
    struct memory_rig *rig = context;

    memory_db_set_away(&rig->db, true);
    memory_db_set_away(&rig->db, false);
}

int main(void)
{
    struct memory_rig memory = {.clock = {.now_us = 1000000, .wall_offset_us = 1767225600000000}};
    const struct store_rig rig = {&memory,  reset,    open_store, open_outbox,
                                  open_log, wait_for, refuse,     cut};
    int failed = store_suite_run(&rig);

    memory_db_deinit(&memory.db);
    return failed;
}
