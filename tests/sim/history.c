/* Draws what producers send: which types, of whom, when, where, how often, and what is wrong. */
#include "sim/history.h"

#include "base/err.h"
#include "base/timestamp.h"

enum { SECOND_US = 1000000, KEYS_MAX = 8 };

/* What the drawing keeps in mind, so that histories are plausible: rough, never exact. */
struct draft {
    struct sim_history *history;
    struct sim_random random;
    bool registered[SIM_CLIENTS_MAX], confirmed[SIM_CLIENTS_MAX];
    int versions[SIM_CLIENTS_MAX + 1][SM_KIND_COUNT][KEYS_MAX];
    int ids; /* event ids used so far */
};

const struct sim_defect_info *sim_defect_info(enum sim_defect defect)
{
    static const struct sim_defect_info defects[] = {
#define DEFECT_ROW(name, its_code, its_type, its_field, its_json)                                  \
    {(its_code), (its_type), (its_field), (its_json)},
        SIM_DEFECT_LIST(DEFECT_ROW)
#undef DEFECT_ROW
    };

    return &defects[defect];
}

static bool chance(struct draft *draft, unsigned permille)
{
    return sim_random_chance(&draft->random, permille);
}

/* ---- one content ---- */

struct weight {
    int type, weight;
};

static int weighted(struct draft *draft, const struct weight *weights, size_t count)
{
    uint64_t sum = 0, drawn;
    size_t i = 0;

    for (size_t w = 0; w < count; w++)
        sum += (uint64_t)weights[w].weight;
    drawn = sim_random_below(&draft->random, sum);
    while (drawn >= (uint64_t)weights[i].weight)
        drawn -= (uint64_t)weights[i++].weight;
    return weights[i].type;
}

static int draw_churn(struct draft *draft)
{
    static const struct weight weights[] = {{SIM_REGISTERED, 2},     {SIM_UPDATED, 8},
                                            {SIM_STATUS_CHANGED, 6}, {SIM_TENANT_MODE_CHANGED, 3},
                                            {SIM_CONFIRMED, 8},      {SIM_REVOKED, 2},
                                            {SIM_ERASED, 2}};
    static const struct weight steady[] = {
        {SIM_REGISTERED, 2}, {SIM_UPDATED, 8}, {SIM_CONFIRMED, 8}};

    return draft->history->shape.steady ? weighted(draft, steady, SM_ARRAY_COUNT(steady))
                                        : weighted(draft, weights, SM_ARRAY_COUNT(weights));
}

static int draw_processing(struct draft *draft)
{
    static const struct weight weights[] = {{SIM_BATCH_STARTED, 5},   {SIM_BATCH_COMPLETED, 4},
                                            {SIM_BATCH_FAILED, 2},    {SIM_RUN_STARTED, 3},
                                            {SIM_RUN_COMPLETED, 2},   {SIM_RUN_FAILED, 1},
                                            {SIM_FEATURE_CREATED, 4}, {SIM_LOGGED, 4}};

    return weighted(draft, weights, SM_ARRAY_COUNT(weights));
}

static int draw_config(struct draft *draft)
{
    static const struct weight others[] = {{SIM_BOM_CHANGED, 3},
                                           {SIM_BOM_DEACTIVATED, 1},
                                           {SIM_SCHEDULE_CHANGED, 3},
                                           {SIM_SCHEDULE_DEACTIVATED, 1}};
    static const struct weight globals[] = {
        {SIM_DEFAULTS_CHANGED, 2}, {SIM_DATA_DEFINED, 3}, {SIM_FEATURE_DEFINED, 4}};
    const struct sim_shape *shape = &draft->history->shape;

    if (chance(draft, shape->global_permille))
        return weighted(draft, globals, SM_ARRAY_COUNT(globals));
    if (chance(draft, shape->others_permille))
        return weighted(draft, others, SM_ARRAY_COUNT(others));
    return chance(draft, 200) ? SIM_FEATURE_DEACTIVATED : SIM_FEATURE_CHANGED;
}

static int draw_type(struct draft *draft, int client)
{
    const struct sim_shape *shape = &draft->history->shape;

    if (!draft->registered[client] && chance(draft, shape->eager_permille))
        return SIM_REGISTERED;
    if (draft->registered[client] && !draft->confirmed[client] && chance(draft, 300))
        return SIM_CONFIRMED;
    if (chance(draft, shape->churn_permille))
        return draw_churn(draft);
    if (chance(draft, shape->processing_permille))
        return draw_processing(draft);
    return draw_config(draft);
}

static int64_t draw_time(struct draft *draft, int64_t timestamp_us)
{
    const struct sim_shape *shape = &draft->history->shape;

    if (chance(draft, shape->ahead_permille))
        return timestamp_us + shape->time_ahead_max_us +
               sim_random_between(&draft->random, 1, 100 * (int64_t)SECOND_US);
    if (chance(draft, shape->late_permille))
        return timestamp_us - sim_random_between(&draft->random, 0, 3600 * (int64_t)SECOND_US);
    /* Whole seconds, so that equal times are common. */
    return timestamp_us / SECOND_US * SECOND_US;
}

/* The version that the producer saw last, or one that is wrong. */
static void draw_expected(struct draft *draft, struct sim_content *content)
{
    const struct sim_type_info *info = sim_type_info(content->type);
    int key = info->key == SIM_F_NONE ? 0 : content->field[info->key];
    int *version = &draft->versions[content->client][info->kind][key];

    content->expected_version = -1;
    if (chance(draft, draft->history->shape.expected_permille)) {
        content->expected_version =
            *version + (int)sim_random_between(&draft->random, -1, 1) * (int)chance(draft, 300);
        if (content->expected_version < 0)
            content->expected_version = 0;
    }
    (*version)++;
}

static void become(struct draft *draft, struct sim_content *content, int type)
{
    const struct sim_type_info *info = sim_type_info(type);

    content->type = type;
    if (info->global || (type == SIM_LOGGED && chance(draft, 200)))
        content->client = SIM_NIL_CLIENT;
    memset(content->field, 0, sizeof(content->field));
    sim_history_draw_data(&draft->history->shape, &draft->random, content);
}

static void draw_content(struct draft *draft, struct sim_record *record)
{
    const struct sim_shape *shape = &draft->history->shape;
    struct sim_content *content = &record->content;
    uint64_t clients = (uint64_t)shape->clients;
    int type;

    /* Half of all events are of the first two clients: the hot ones. */
    content->client =
        (int)sim_random_below(&draft->random, chance(draft, 500) && clients > 2 ? 2 : clients);
    content->id = draft->ids++;
    type = draw_type(draft, content->client);
    draft->registered[content->client] |= type == SIM_REGISTERED;
    draft->confirmed[content->client] |= type == SIM_CONFIRMED;
    become(draft, content, type);
    content->time_us = draw_time(draft, record->timestamp_us);
    content->source = chance(draft, shape->poison_permille)
                          ? SIM_SOURCE_POISON
                          : 1 + (int)sim_random_below(&draft->random, SIM_SOURCE_POISON - 1);
    content->actor = chance(draft, 600) ? 1 + (int)sim_random_below(&draft->random, 2) : 0;
    content->correlation = chance(draft, 100) ? 1 + (int)sim_random_below(&draft->random, 2) : 0;
    content->causation = chance(draft, 100) ? 1 + (int)sim_random_below(&draft->random, 2) : 0;
    draw_expected(draft, content);
}

/* ---- one record ---- */

/* Some defects only fit some types; those are made to be of that type. The content itself stays
 * sound: it may be sent again without the defect. */
static void fit_defect(struct draft *draft, struct sim_record *record)
{
    const struct sim_defect_info *defect = sim_defect_info(record->defect);
    struct sim_content *content = &record->content;

    if (defect->type == SIM_ANY)
        return;
    if (content->client == SIM_NIL_CLIENT)
        content->client = 0;
    become(draft, content, defect->type);
    if (record->defect == SIM_BAD_ALPHA)
        content->field[SIM_F_FEATURE] = SIM_FEATURE_EMA;
    if (record->defect >= SIM_NO_INTERVAL && record->defect <= SIM_HOUR_24) {
        /* Which fields are out of place depends on the kind. */
        bool weekly = record->defect >= SIM_DAY_EIGHT;

        content->field[SIM_F_SCHEDULE] = weekly ? SIM_SCHEDULE_WEEKLY : SIM_SCHEDULE_INTERVAL;
        content->field[SIM_F_INTERVAL] = !weekly;
        content->field[SIM_F_TIME_OF_DAY] = content->field[SIM_F_DAYS] = weekly;
    }
}

static void draw_defect(struct draft *draft, struct sim_record *record)
{
    if (!chance(draft, draft->history->shape.defect_permille))
        return;
    record->defect = (enum sim_defect)(1 + sim_random_below(&draft->random, SIM_DEFECT_COUNT - 1));
    fit_defect(draft, record);
}

/* An earlier record's content, as it was or changed under the same id. */
static bool draw_again(struct draft *draft, struct sim_record *record)
{
    const struct sim_shape *shape = &draft->history->shape;
    const struct sim_history *history = draft->history;
    bool conflict = chance(draft, shape->conflict_permille);
    const struct sim_record *from;
    size_t back;

    if (!conflict && !chance(draft, shape->resend_permille))
        return false;
    /* Mostly of late, so that both fall into one batch or into neighbouring ones. */
    back = sim_random_below(&draft->random,
                            chance(draft, 700) && history->count > 8 ? 8 : history->count);
    from = &history->records[history->count - 1 - back];
    if (from->control)
        return false;
    record->content = from->content;
    record->defect = from->defect != SIM_SOUND && chance(draft, 500) ? SIM_SOUND /* in order now */
                                                                     : from->defect;
    if (conflict && record->defect == SIM_SOUND) {
        record->content.correlation = 1 + (from->content.correlation + 1) % 2;
        if (chance(draft, 300))
            record->content.expected_version = -1;
    }
    return true;
}

static void place(struct draft *draft, struct sim_record *record)
{
    const struct sim_shape *shape = &draft->history->shape;
    int32_t partitions;

    record->id.topic = sim_type_info(record->content.type)->topic;
    if (record->defect == SIM_WRONG_TOPIC || (record->control && chance(draft, 300)))
        record->id.topic = (enum sm_topic)(1 - record->id.topic);
    partitions = record->id.topic == SM_TOPIC_CONFIG ? shape->config_partitions
                                                     : shape->processing_partitions;
    record->id.partition = record->content.client % partitions;
    /* As by a producer with another partitioner. */
    if (chance(draft, shape->misplaced_permille))
        record->id.partition = (int32_t)sim_random_below(&draft->random, (uint64_t)partitions);
}

static void draw_record(struct draft *draft)
{
    struct sim_history *history = draft->history;
    const struct sim_shape *shape = &history->shape;
    struct sim_record record;

    memset(&record, 0, sizeof(record));
    record.timestamp_us = shape->start_us + (int64_t)history->count * SECOND_US;
    record.control = chance(draft, shape->control_permille);
    if (history->count == 0 || !draw_again(draft, &record)) {
        draw_content(draft, &record);
        draw_defect(draft, &record);
    }
    place(draft, &record);
    history->records =
        sim_grow(history->records, history->count, &history->capacity, sizeof(*history->records));
    memcpy(&history->records[history->count++], &record, sizeof(record));
}

void sim_history_draw(struct sim_history *history, const struct sim_shape *shape, uint64_t seed)
{
    struct draft draft = {.history = history};

    SM_ASSERT(shape->clients <= SIM_CLIENTS_MAX);
    *history = (struct sim_history){.shape = *shape};
    sim_random_init(&draft.random, seed, 'h');
    for (int i = 0; i < shape->records; i++)
        draw_record(&draft);
}

void sim_history_free(struct sim_history *history)
{
    free(history->records);
    *history = (struct sim_history){0};
}
