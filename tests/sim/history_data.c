/* Draws the data of one event, by its type. */
#include "sim/history.h"

struct drawing {
    const struct sim_shape *shape;
    struct sim_random *random;
    int *field; /* of the content */
    int client;
};

static int any(const struct drawing *drawing, int field)
{
    int count = sim_pool_count(sim_field_info(field)->pool);

    return 1 + (int)sim_random_below(drawing->random, (uint64_t)count);
}

static void pick(const struct drawing *drawing, int field)
{
    drawing->field[field] = any(drawing, field);
}

static void maybe(const struct drawing *drawing, int field, unsigned permille)
{
    if (sim_random_chance(drawing->random, permille))
        pick(drawing, field);
}

static void set(const struct drawing *drawing, int field, int number)
{
    drawing->field[field] = number;
}

/* ---- clients ---- */

static void draw_registered(const struct drawing *drawing)
{
    /* Mostly one of its own: else most clients would never be registered. */
    int organization = sim_random_chance(drawing->random, 800)
                           ? drawing->client
                           : (int)sim_random_below(drawing->random, 10);

    pick(drawing, SIM_F_NAME);
    set(drawing, SIM_F_ORGANIZATION, 1 + organization % drawing->shape->organizations);
    maybe(drawing, SIM_F_TENANT_MODE, 500);
    maybe(drawing, SIM_F_FEATURES, 500);
    maybe(drawing, SIM_F_EMAIL, 500);
    maybe(drawing, SIM_F_PHONE, 500);
    if (sim_random_chance(drawing->random, 100))
        set(drawing, SIM_F_STATUS,
            1 + (int)sim_random_below(drawing->random, SIM_STATUS_SUSPENDED));
}

static void draw_updated(const struct drawing *drawing)
{
    maybe(drawing, SIM_F_NAME, 400);
    maybe(drawing, SIM_F_FEATURES, 300);
    maybe(drawing, SIM_F_EMAIL, 300);
    pick(drawing, SIM_F_PHONE); /* never nothing at all */
    if (drawing->field[SIM_F_EMAIL] == 0 && sim_random_chance(drawing->random, 200))
        set(drawing, SIM_F_EMAIL, SIM_NULL);
    if (sim_random_chance(drawing->random, 200))
        set(drawing, SIM_F_PHONE, SIM_NULL);
}

static void draw_status(const struct drawing *drawing)
{
    uint64_t drawn = sim_random_below(drawing->random, 100);

    set(drawing, SIM_F_STATUS,
        drawn < 50 ? SIM_STATUS_ACTIVE : (drawn < 75 ? SIM_STATUS_SUSPENDED : SIM_STATUS_ARCHIVED));
    maybe(drawing, SIM_F_REASON, 300);
}

/* ---- configurations ---- */

static int draw_code(const struct drawing *drawing, int field, int unknown)
{
    bool strange = sim_random_chance(drawing->random, drawing->shape->undefined_permille);
    int count = sim_pool_count(sim_field_info(field)->pool);

    return strange
               ? unknown + (int)sim_random_below(drawing->random, (uint64_t)(count - unknown + 1))
               : 1 + (int)sim_random_below(drawing->random, (uint64_t)(unknown - 1));
}

static void draw_feature_type(const struct drawing *drawing)
{
    set(drawing, SIM_F_FEATURE, draw_code(drawing, SIM_F_FEATURE, SIM_FEATURE_UNKNOWN));
}

static void draw_data_type(const struct drawing *drawing)
{
    set(drawing, SIM_F_DATA_TYPE, draw_code(drawing, SIM_F_DATA_TYPE, SIM_DATA_TYPE_UNKNOWN));
}

static void draw_schedule(const struct drawing *drawing)
{
    pick(drawing, SIM_F_SCHEDULE);
    if (drawing->field[SIM_F_SCHEDULE] == SIM_SCHEDULE_INTERVAL)
        pick(drawing, SIM_F_INTERVAL);
    else
        pick(drawing, SIM_F_TIME_OF_DAY);
    if (drawing->field[SIM_F_SCHEDULE] == SIM_SCHEDULE_WEEKLY)
        pick(drawing, SIM_F_DAYS);
    maybe(drawing, SIM_F_ZONE, 400);
}

/* Mostly those that others wait for. */
static void draw_definition(const struct drawing *drawing, int field, int unknown)
{
    pick(drawing, field);
    if (drawing->shape->steady || sim_random_chance(drawing->random, 700))
        set(drawing, field,
            unknown + (int)sim_random_below(
                          drawing->random,
                          (uint64_t)(sim_pool_count(sim_field_info(field)->pool) - unknown + 1)));
    pick(drawing, SIM_F_DESCRIPTION);
    if (field == SIM_F_FEATURE_CODE && !drawing->shape->steady)
        maybe(drawing, SIM_F_RULES, 500);
}

/* ---- processing ---- */

/* Few, so that what is started is ended. */
static void draw_batch_id(const struct drawing *drawing)
{
    set(drawing, SIM_F_BATCH, 1);
    maybe(drawing, SIM_F_BATCH, 400);
}

static void draw_batch_end(const struct drawing *drawing)
{
    uint64_t half = (uint64_t)sim_pool_count(SIM_POOL_COUNT) / 2;
    int processed = (int)sim_random_below(drawing->random, half);
    int failed =
        (int)sim_random_below(drawing->random, half) * (int)sim_random_chance(drawing->random, 400);

    draw_batch_id(drawing);
    set(drawing, SIM_F_PROCESSED, processed + 1);
    set(drawing, SIM_F_FAILED, failed + 1);
    set(drawing, SIM_F_TOTAL, processed + failed + 1);
}

static void draw_batch_failed(const struct drawing *drawing)
{
    draw_batch_id(drawing);
    pick(drawing, SIM_F_ERROR);
    maybe(drawing, SIM_F_PROCESSED, 400);
    maybe(drawing, SIM_F_FAILED, 400);
}

static void draw_feature(const struct drawing *drawing)
{
    pick(drawing, SIM_F_TITLE);
    draw_feature_type(drawing);
    draw_data_type(drawing);
    maybe(drawing, SIM_F_NAN, 500);
    maybe(drawing, SIM_F_DESCRIPTION, 500);
    maybe(drawing, SIM_F_BATCH, 500);
}

static void draw_line(const struct drawing *drawing)
{
    maybe(drawing, SIM_F_TIMESTAMP, 400);
    pick(drawing, SIM_F_LEVEL);
    pick(drawing, SIM_F_MESSAGE);
    maybe(drawing, SIM_F_ERROR, 300);
    maybe(drawing, SIM_F_CONTEXT, 500);
}

static void draw_processing(const struct drawing *drawing, int type)
{
    switch (type) {
    case SIM_BATCH_STARTED:
        draw_batch_id(drawing);
        draw_data_type(drawing);
        maybe(drawing, SIM_F_EXPECTED, 500);
        return;
    case SIM_BATCH_COMPLETED:
        draw_batch_end(drawing);
        return;
    case SIM_BATCH_FAILED:
        draw_batch_failed(drawing);
        return;
    case SIM_RUN_COMPLETED:
        pick(drawing, SIM_F_PROCESSED);
        return;
    case SIM_RUN_FAILED:
        pick(drawing, SIM_F_ERROR);
        maybe(drawing, SIM_F_PROCESSED, 400);
        return;
    case SIM_FEATURE_CREATED:
        draw_feature(drawing);
        return;
    case SIM_LOGGED:
        draw_line(drawing);
        return;
    default: /* bom_explosion.started has no data */
        return;
    }
}

static void draw_config(const struct drawing *drawing, int type)
{
    switch (type) {
    case SIM_FEATURE_CHANGED:
        draw_feature_type(drawing);
        pick(drawing, SIM_F_CONFIG);
        return;
    case SIM_FEATURE_DEACTIVATED:
        draw_feature_type(drawing);
        maybe(drawing, SIM_F_REASON, 300);
        return;
    case SIM_BOM_CHANGED:
        maybe(drawing, SIM_F_MAX_LEVELS, 600);
        maybe(drawing, SIM_F_INCLUDE, 500);
        maybe(drawing, SIM_F_CYCLES, 500);
        return;
    case SIM_SCHEDULE_CHANGED:
    case SIM_DEFAULTS_CHANGED:
        draw_schedule(drawing);
        return;
    case SIM_DATA_DEFINED:
        draw_definition(drawing, SIM_F_DATA_CODE, SIM_DATA_TYPE_UNKNOWN);
        return;
    case SIM_FEATURE_DEFINED:
        draw_definition(drawing, SIM_F_FEATURE_CODE, SIM_FEATURE_UNKNOWN);
        return;
    default: /* BOM and schedule deactivated */
        maybe(drawing, SIM_F_REASON, 300);
        return;
    }
}

void sim_history_draw_data(const struct sim_shape *shape, struct sim_random *random,
                           struct sim_content *content)
{
    const struct drawing drawing = {shape, random, content->field, content->client};

    switch (content->type) {
    case SIM_REGISTERED:
        draw_registered(&drawing);
        break;
    case SIM_UPDATED:
        draw_updated(&drawing);
        break;
    case SIM_STATUS_CHANGED:
        draw_status(&drawing);
        break;
    case SIM_TENANT_MODE_CHANGED:
        pick(&drawing, SIM_F_TENANT_MODE);
        break;
    case SIM_CONFIRMED:
        maybe(&drawing, SIM_F_TENANT_MODE, 150);
        break;
    case SIM_REVOKED:
    case SIM_ERASED:
        maybe(&drawing, SIM_F_REASON, 300);
        break;
    default:
        if (sim_type_info(content->type)->topic == SM_TOPIC_PROCESSING)
            draw_processing(&drawing, content->type);
        else
            draw_config(&drawing, content->type);
    }
    /* What is sent with its default counts as not sent: the content is the same. */
    for (int field = 1; field < SIM_FIELD_COUNT; field++) {
        if (content->field[field] != 0 &&
            content->field[field] == sim_field_default(content->type, field))
            content->field[field] = 0;
    }
}
