/* Draws what producers send. */
#include "sim/history.h"

#include "base/err.h"
#include "base/timestamp.h"
#include "sim/pool.h"

enum { SECOND_US = 1000000, CLIENTS_MAX = 64, FEATURES_MAX = 8 };

/* What the drawing keeps in mind, so that histories are plausible: rough, never exact. */
struct draft {
    struct sim_history *history;
    struct sim_random random;
    bool registered[CLIENTS_MAX];
    int versions[CLIENTS_MAX][FEATURES_MAX]; /* of feature streams; [0] is the client's own */
    int ids;                                 /* event ids used so far */
};

const char *sim_defect_code(enum sim_defect defect)
{
    static const char *const codes[] = {
#define SIM_DEFECT_CODE(name, code) code,
        SIM_DEFECT_LIST(SIM_DEFECT_CODE)
#undef SIM_DEFECT_CODE
    };

    return codes[defect];
}

static int pick(struct draft *draft, enum sim_pool pool)
{
    return 1 + (int)sim_random_below(&draft->random, (uint64_t)sim_pool_count(pool));
}

static int maybe(struct draft *draft, enum sim_pool pool, unsigned permille)
{
    return sim_random_chance(&draft->random, permille) ? pick(draft, pool) : 0;
}

/* ---- one content ---- */

static int draw_type(struct draft *draft, int client)
{
    static const int weights[SIM_TYPE_COUNT] = {
        [SIM_REGISTERED] = 2,          [SIM_UPDATED] = 8,   [SIM_STATUS_CHANGED] = 6,
        [SIM_TENANT_MODE_CHANGED] = 4, [SIM_CONFIRMED] = 6, [SIM_REVOKED] = 2,
    };
    uint64_t drawn;

    if (!draft->registered[client] && !sim_random_chance(&draft->random, 100))
        return SIM_REGISTERED;
    if (!sim_random_chance(&draft->random, draft->history->shape.churn_permille))
        return sim_random_chance(&draft->random, 200) ? SIM_FEATURE_DEACTIVATED
                                                      : SIM_FEATURE_CHANGED;
    drawn = sim_random_below(&draft->random, 2 + 8 + 6 + 4 + 6 + 2);
    for (int type = 0;; type++) {
        if (drawn < (uint64_t)weights[type])
            return type;
        drawn -= (uint64_t)weights[type];
    }
}

static void draw_registered(struct draft *draft, struct sim_content *content)
{
    content->name = pick(draft, SIM_POOL_NAME);
    content->organization =
        1 + (int)sim_random_below(&draft->random, (uint64_t)draft->history->shape.organizations);
    content->tenant_mode = maybe(draft, SIM_POOL_TENANT_MODE, 500);
    content->features = maybe(draft, SIM_POOL_FEATURES, 500);
    content->email = maybe(draft, SIM_POOL_EMAIL, 500);
    content->phone = maybe(draft, SIM_POOL_PHONE, 500);
    content->status = sim_random_chance(&draft->random, 200)
                          ? 1 + (int)sim_random_below(&draft->random, SIM_STATUS_SUSPENDED)
                          : 0;
    draft->registered[content->client] = true;
}

static void draw_updated(struct draft *draft, struct sim_content *content)
{
    content->name = maybe(draft, SIM_POOL_NAME, 400);
    content->features = maybe(draft, SIM_POOL_FEATURES, 300);
    content->email = maybe(draft, SIM_POOL_EMAIL, 300);
    content->phone = pick(draft, SIM_POOL_PHONE); /* never nothing at all */
    if (content->email == 0 && sim_random_chance(&draft->random, 200))
        content->email = SIM_NULL;
    if (sim_random_chance(&draft->random, 200))
        content->phone = SIM_NULL;
}

/* Unknown types are rare, but the hot ones come again and again. */
static int draw_feature(struct draft *draft)
{
    if (sim_random_chance(&draft->random, 30))
        return SIM_FEATURE_UNKNOWN;
    return 1 + (int)sim_random_below(&draft->random, SIM_FEATURE_UNKNOWN - 1);
}

static void draw_data(struct draft *draft, struct sim_content *content)
{
    switch ((enum sim_type)content->type) {
    case SIM_REGISTERED:
        draw_registered(draft, content);
        return;
    case SIM_UPDATED:
        draw_updated(draft, content);
        return;
    case SIM_STATUS_CHANGED:
        content->status = pick(draft, SIM_POOL_STATUS);
        content->reason = maybe(draft, SIM_POOL_REASON, 300);
        return;
    case SIM_TENANT_MODE_CHANGED:
        content->tenant_mode = pick(draft, SIM_POOL_TENANT_MODE);
        return;
    case SIM_CONFIRMED:
        content->tenant_mode = maybe(draft, SIM_POOL_TENANT_MODE, 400);
        return;
    case SIM_REVOKED:
        content->reason = maybe(draft, SIM_POOL_REASON, 300);
        return;
    case SIM_FEATURE_CHANGED:
        content->feature = draw_feature(draft);
        content->config = pick(draft, SIM_POOL_CONFIG);
        return;
    case SIM_FEATURE_DEACTIVATED:
        content->feature = draw_feature(draft);
        content->reason = maybe(draft, SIM_POOL_REASON, 300);
        return;
    case SIM_TYPE_COUNT:
        return;
    }
}

/* What is sent with its default counts as not sent: the content is the same. */
static void leave_out_defaults(struct sim_content *content)
{
    if (content->type != SIM_REGISTERED)
        return;
    if (content->tenant_mode == SIM_TENANT_PREFIXED)
        content->tenant_mode = 0;
    if (content->features == SIM_FEATURES_NONE)
        content->features = 0;
    if (content->status == SIM_STATUS_ACTIVE)
        content->status = 0;
}

static int64_t draw_time(struct draft *draft, int64_t timestamp_us)
{
    const struct sim_shape *shape = &draft->history->shape;

    if (sim_random_chance(&draft->random, shape->ahead_permille))
        return timestamp_us + shape->time_ahead_max_us +
               sim_random_between(&draft->random, 1, 100 * (int64_t)SECOND_US);
    if (sim_random_chance(&draft->random, shape->late_permille))
        return timestamp_us - sim_random_between(&draft->random, 0, 3600 * (int64_t)SECOND_US);
    /* Whole seconds, so that equal times are common. */
    return timestamp_us / SECOND_US * SECOND_US;
}

/* The version that the producer saw last, or one that is wrong. */
static void draw_expected(struct draft *draft, struct sim_content *content)
{
    int *version = &draft->versions[content->client][content->feature];

    content->expected_version = -1;
    if (sim_random_chance(&draft->random, draft->history->shape.expected_permille)) {
        content->expected_version = *version + (int)sim_random_between(&draft->random, -1, 1) *
                                                   (int)sim_random_chance(&draft->random, 300);
        if (content->expected_version < 0)
            content->expected_version = 0;
    }
    (*version)++;
}

static void draw_content(struct draft *draft, struct sim_record *record)
{
    const struct sim_shape *shape = &draft->history->shape;
    struct sim_content *content = &record->content;
    uint64_t clients = (uint64_t)shape->clients;

    /* Half of all events are of the first two clients: the hot ones. */
    content->client = (int)sim_random_below(
        &draft->random, sim_random_chance(&draft->random, 500) && clients > 2 ? 2 : clients);
    content->id = draft->ids++;
    content->type = draw_type(draft, content->client);
    draw_data(draft, content);
    leave_out_defaults(content);
    content->time_us = draw_time(draft, record->timestamp_us);
    content->source = sim_random_chance(&draft->random, shape->poison_permille)
                          ? SIM_SOURCE_POISON
                          : 1 + (int)sim_random_below(&draft->random, SIM_SOURCE_POISON - 1);
    content->actor = maybe(draft, SIM_POOL_ACTOR, 600);
    content->correlation = maybe(draft, SIM_POOL_CORRELATION, 100);
    content->causation = maybe(draft, SIM_POOL_CORRELATION, 100);
    draw_expected(draft, content);
}

/* ---- one record ---- */

static void change_type(struct draft *draft, struct sim_content *content, enum sim_type type)
{
    content->type = (int)type;
    content->name = content->organization = content->tenant_mode = content->features = 0;
    content->email = content->phone = content->status = content->reason = 0;
    content->feature = content->config = 0;
    draw_data(draft, content);
    leave_out_defaults(content);
}

/* Some defects only fit some types; those are made to be of that type. The content itself stays
 * sound: it may be sent again without the defect. */
static void fit_defect(struct draft *draft, struct sim_record *record)
{
    struct sim_content *content = &record->content;

    if (record->defect >= SIM_NO_NAME && record->defect <= SIM_BAD_TENANT_MODE) {
        change_type(draft, content, SIM_REGISTERED);
    } else if (record->defect == SIM_NOTHING_UPDATED) {
        change_type(draft, content, SIM_UPDATED);
    } else if (record->defect == SIM_BAD_ALPHA) {
        change_type(draft, content, SIM_FEATURE_CHANGED);
        content->feature = SIM_FEATURE_EMA;
    } else if (record->defect == SIM_WRONG_TOPIC) {
        record->id.topic = SM_TOPIC_PROCESSING;
    }
}

static int32_t home_partition(const struct sim_shape *shape, enum sm_topic topic, int client)
{
    int32_t count =
        topic == SM_TOPIC_CONFIG ? shape->config_partitions : shape->processing_partitions;

    return client % count;
}

static void draw_defect(struct draft *draft, struct sim_record *record)
{
    const struct sim_shape *shape = &draft->history->shape;

    if (!sim_random_chance(&draft->random, shape->defect_permille))
        return;
    record->defect = (enum sim_defect)(1 + sim_random_below(&draft->random, SIM_DEFECT_COUNT - 1));
    if (record->defect == SIM_WRONG_TOPIC && shape->processing_partitions == 0)
        record->defect = SIM_GARBAGE;
    fit_defect(draft, record);
}

/* An earlier record's content, as it was or changed under the same id. */
static bool draw_again(struct draft *draft, struct sim_record *record)
{
    const struct sim_shape *shape = &draft->history->shape;
    const struct sim_history *history = draft->history;
    bool conflict = sim_random_chance(&draft->random, shape->conflict_permille);
    const struct sim_record *from;

    if (!conflict && !sim_random_chance(&draft->random, shape->resend_permille))
        return false;
    /* Mostly of late, so that both fall into one batch or into neighbouring ones. */
    from =
        &history->records[history->count - 1 -
                          sim_random_below(&draft->random, sim_random_chance(&draft->random, 700) &&
                                                                   history->count > 8
                                                               ? 8
                                                               : history->count)];
    if (from->control)
        return false;
    record->content = from->content;
    record->defect = from->defect != SIM_SOUND && sim_random_chance(&draft->random, 500)
                         ? SIM_SOUND /* sent again in order */
                         : from->defect;
    if (conflict && record->defect == SIM_SOUND) {
        record->content.correlation = 1 + (from->content.correlation + 1) % 2;
        if (sim_random_chance(&draft->random, 300))
            record->content.expected_version = -1;
    }
    if (record->defect == SIM_WRONG_TOPIC)
        record->id.topic = SM_TOPIC_PROCESSING;
    return true;
}

static void draw_record(struct draft *draft)
{
    struct sim_history *history = draft->history;
    const struct sim_shape *shape = &history->shape;
    struct sim_record record;
    int32_t partitions;

    memset(&record, 0, sizeof(record)); /* padding too: contents are compared as bytes */
    record.timestamp_us = shape->start_us + (int64_t)history->count * SECOND_US;
    record.control = sim_random_chance(&draft->random, shape->control_permille);
    if (history->count == 0 || !draw_again(draft, &record)) {
        draw_content(draft, &record);
        draw_defect(draft, &record);
    }
    if (record.control && shape->processing_partitions != 0 &&
        sim_random_chance(&draft->random, 300))
        record.id.topic = SM_TOPIC_PROCESSING;
    partitions = record.id.topic == SM_TOPIC_CONFIG ? shape->config_partitions
                                                    : shape->processing_partitions;
    record.id.partition = home_partition(shape, record.id.topic, record.content.client);
    if (sim_random_chance(&draft->random, shape->misplaced_permille))
        record.id.partition = (int32_t)sim_random_below(&draft->random, (uint64_t)partitions);
    history->records =
        sim_grow(history->records, history->count, &history->capacity, sizeof(*history->records));
    memcpy(&history->records[history->count++], &record, sizeof(record));
}

void sim_history_draw(struct sim_history *history, const struct sim_shape *shape, uint64_t seed)
{
    struct draft draft = {.history = history};

    SM_ASSERT(shape->clients <= CLIENTS_MAX);
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
