#ifndef TESTS_COMMAND_SCENE_H
#define TESTS_COMMAND_SCENE_H
/* A command, and settings as they are by default. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/templates.h"

static struct sm_arena arena;

static inline int open_arena(void **state)
{
    (void)state;
    return sm_arena_init(&arena, SM_TEMPLATES_ARENA_SIZE) ? 0 : -1;
}

static inline int close_arena(void **state)
{
    (void)state;
    sm_arena_deinit(&arena);
    return 0;
}

static inline struct sm_template_settings settings_of_old(void)
{
    return (struct sm_template_settings){ .columns = SM_SLICE("name VARCHAR(255), payload JSON"),
                                          .tables_database = SM_SLICE("features_common"),
                                          .shared_database = SM_SLICE("features_shared"),
                                          .replication = 3,
                                          .buckets = 4,
                                          .chunks = 2,
                                          .data_quota = SM_SLICE("100GB"),
                                          .replica_quota = 20000,
                                          .cpu_weight = 4,
                                          .memory_limit = SM_SLICE("20%"),
                                          .concurrency_limit = 16,
                                          .storage_volume = SM_SLICE(""),
                                          .archive_path = SM_SLICE("s3://archive") };
}

static inline struct sm_tenant_command command_of(enum sm_tenant_saga saga,
                                                  enum sm_tenant_step step,
                                                  enum sm_tenant_mode from,
                                                  enum sm_tenant_mode to)
{
    return (struct sm_tenant_command){ .id = { { 0xAB, 1 } },
                                .client_id = { { 2 } },
                                .organization_id = SM_SLICE("2"),
                                .event_id = { { 3 } },
                                .time_us = 1700000000123456,
                                .saga = saga,
                                .saga_id = { { 0xCD, 4 } },
                                .step = step,
                                .attempt = 1,
                                .mode = to,
                                .from_mode = from,
                                .storage = SM_STORAGE_OPEN,
                                .irreversible = sm_tenant_step_destroys(step),
                                .sequence = 7 };
}
#endif
