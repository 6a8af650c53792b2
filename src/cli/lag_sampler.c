/* Samples of lag, from PostgreSQL and Kafka. */
#include "base/clock.h"
#include "cli/lag_sampler.h"
#include "cli/output.h"
#include "kafka/reader.h"
#include "postgres/lag.h"

#define TOPICS_EVERY_US INT64_C(30000000) /* partitions are added to a topic once in a while */
#define FIRSTS_US INT64_C(2000000) /* for reading first records in one look; the others next time */

struct partition {
    struct sm_lag_tracker tracker;
    struct sm_lag_sample sample;
    struct sm_lag_partition view;
    int64_t first, first_us; /* the first record at or after `first_from`, as it was read */
    int64_t first_from;      /* UNKNOWN: none was read */
};
struct sm__lag_sampler {
    struct sm__wire *wire;
    int timeout_ms;
    struct sm_postgres_lag *database;
    struct sm_kafka_reader *all;       /* tells the true end */
    struct sm_kafka_reader *committed; /* tells the stable end, and reads */
    struct partition *partitions;      /* owned; by topic, then partition */
    size_t count, turn;                /* whose first record is read first in the next look */
    struct sm_lag_partition *views;    /* owned; as many */
    int64_t topics_us;                 /* when topics were asked for; UNKNOWN: never */
    int64_t retention_us[SM_TOPIC_COUNT];
    struct sm_postgres_lag_rooms rooms;
    struct sm_err database_error, kafka_error; /* "": it answered */
    int64_t started_us, last_us;
    bool out_of_memory;
};

enum sm_status sm__lag_sampler_open(struct sm__wire *wire, int timeout_ms,
                                    struct sm__lag_sampler **out, struct sm_err *err)
{
    struct sm__lag_sampler *sampler = calloc(1, sizeof(*sampler));
    enum sm_status status;

    if (sampler == NULL)
        return sm__out_of_memory(err);
    sampler->wire = wire;
    sampler->timeout_ms = timeout_ms;
    sampler->topics_us = SM_LAG_UNKNOWN;
    sampler->started_us = sm_monotonic_us();
    sampler->database = sm_postgres_lag_create(sm__wire_database(wire));
    status = sampler->database != NULL ? SM_OK : sm__out_of_memory(err);
    if (status == SM_OK)
        status = sm__wire_reader(wire, true, timeout_ms, &sampler->all, err);
    if (status == SM_OK)
        status = sm__wire_reader(wire, false, timeout_ms, &sampler->committed, err);
    if (status == SM_OK)
        *out = sampler;
    else
        sm__lag_sampler_close(sampler);
    return status;
}

void sm__lag_sampler_close(struct sm__lag_sampler *sampler)
{
    if (sampler == NULL)
        return;
    sm_postgres_lag_destroy(sampler->database);
    sm_kafka_reader_close(sampler->all);
    sm_kafka_reader_close(sampler->committed);
    free(sampler->partitions);
    free(sampler->views);
    free(sampler);
}

/* ---- the partitions ---- */

/* Where a partition is, or belongs. */
static size_t place_of(const struct sm__lag_sampler *sampler, struct sm_slice topic, int32_t number,
                       bool *found)
{
    size_t low = 0, high = sampler->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct sm_lag_partition *view = &sampler->partitions[middle].view;
        int order = sm_slice_compare(sm_slice_of(view->topic), topic);

        if (order < 0 || (order == 0 && view->partition < number))
            low = middle + 1;
        else
            high = middle;
    }
    *found = low < sampler->count && sampler->partitions[low].view.partition == number &&
             sm_slice_equal(sm_slice_of(sampler->partitions[low].view.topic), topic);
    return low;
}

static void begin_sample(struct partition *partition)
{
    partition->sample = (struct sm_lag_sample){
        .low = SM_LAG_UNKNOWN,
        .high = SM_LAG_UNKNOWN,
        .stable = SM_LAG_UNKNOWN,
        .first = SM_LAG_UNKNOWN,
        .first_wall_us = SM_LAG_UNKNOWN,
        .retention_us = SM_LAG_UNKNOWN,
        .position = SM_LAG_UNKNOWN,
        .advanced_wall_us = SM_LAG_UNKNOWN,
        .taken_wall_us = SM_LAG_UNKNOWN,
        .owner = SM_LAG_OWNER_UNKNOWN,
    };
    partition->view.reason[0] = '\0';
}

static struct partition *insert(struct sm__lag_sampler *sampler, size_t at, struct sm_slice topic,
                                int32_t number)
{
    size_t count = sampler->count + 1;
    struct partition *partitions =
        realloc(sampler->partitions, count * sizeof(*sampler->partitions));
    struct sm_lag_partition *views = realloc(sampler->views, count * sizeof(*sampler->views));
    struct partition *added;

    if (partitions != NULL)
        sampler->partitions = partitions;
    if (views != NULL)
        sampler->views = views;
    sampler->out_of_memory = partitions == NULL || views == NULL;
    if (sampler->out_of_memory)
        return NULL;
    added = &partitions[at];
    memmove(added + 1, added, (sampler->count - at) * sizeof(*added));
    *added = (struct partition){.view = {.partition = number}, .first_from = SM_LAG_UNKNOWN};
    (void)snprintf(added->view.topic, sizeof(added->view.topic), "%.*s", (int)topic.size,
                   (const char *)topic.data);
    begin_sample(added);
    sampler->count = count;
    return added;
}

/* NULL when memory cannot be had, which is sticky. The pointer is good until the next call. */
static struct partition *partition_of(struct sm__lag_sampler *sampler, struct sm_slice topic,
                                      int32_t number)
{
    bool found;
    size_t at = place_of(sampler, topic, number, &found);

    if (sampler->out_of_memory)
        return NULL;
    return found ? &sampler->partitions[at] : insert(sampler, at, topic, number);
}

/* ---- PostgreSQL ---- */

static int64_t or_unknown(int64_t time_us)
{
    return time_us == SM_TIME_NONE ? SM_LAG_UNKNOWN : time_us;
}

static enum sm_lag_owner owner_of(enum sm_postgres_owned owned)
{
    switch (owned) {
    case SM_OWNED:
        return SM_LAG_OWNER_LIVES;
    case SM_OWNED_NOT:
        return SM_LAG_OWNER_NONE;
    case SM_OWNED_UNKNOWN:
        break;
    }
    return SM_LAG_OWNER_UNKNOWN;
}

/* Topics of other prefixes are another program's. */
static bool is_ours(const struct sm__lag_sampler *sampler, struct sm_slice topic)
{
    for (unsigned i = 0; i < SM_TOPIC_COUNT; i++) {
        if (sm_slice_equal(sm_slice_of(sm__wire_topic(sampler->wire, (enum sm_topic)i)), topic))
            return true;
    }
    return false;
}

static void take_row(void *context, const struct sm_postgres_lag_row *row)
{
    struct sm__lag_sampler *sampler = context;
    struct partition *partition;
    struct sm_slice reason = row->stopped.data != NULL ? row->stopped : row->waits;

    if (!is_ours(sampler, row->topic))
        return;
    partition = partition_of(sampler, row->topic, row->partition);
    if (partition == NULL)
        return;
    partition->sample.position = row->next_offset;
    partition->sample.advanced_wall_us = or_unknown(row->recorded_at_us);
    partition->sample.taken_wall_us = or_unknown(row->taken_at_us);
    partition->sample.lost = row->lost;
    partition->sample.owner = owner_of(row->owned);
    partition->sample.stopped = row->stopped.data != NULL;
    if (row->waits.data != NULL)
        partition->sample.waits_for = SM_LAG_WAIT_REGISTRY;
    (void)snprintf(partition->view.owner, sizeof(partition->view.owner), "%.*s",
                   (int)row->owner.size, (const char *)row->owner.data);
    (void)snprintf(partition->view.reason, sizeof(partition->view.reason), "%.*s",
                   (int)reason.size, reason.data != NULL ? (const char *)reason.data : "");
}

static enum sm_status ask_database(struct sm__lag_sampler *sampler, struct sm_err *err)
{
    const struct sm_postgres_lag_sink sink = {sampler, take_row};

    return sm_postgres_lag_ask(sampler->database, &sink, &sampler->rooms, err);
}

static bool database_answered(const struct sm__lag_sampler *sampler)
{
    return sampler->database_error.text[0] == '\0';
}

/* ---- Kafka ---- */

static enum sm_status ask_topic(struct sm__lag_sampler *sampler, enum sm_topic topic,
                                struct sm_err *err)
{
    struct sm_slice name = sm_slice_of(sm__wire_topic(sampler->wire, topic));
    struct sm__topic_view view;
    enum sm_status status =
        sm__wire_need_topic(sampler->wire, topic, sampler->timeout_ms, &view, err);

    if (status != SM_OK)
        return status;
    sampler->retention_us[topic] =
        view.retention_ms < 0 || view.retention_ms > INT64_MAX / 1000 ? SM_LAG_UNLIMITED
                                                                      : view.retention_ms * 1000;
    for (int32_t i = 0; i < view.partitions; i++) {
        if (partition_of(sampler, name, i) == NULL)
            return sm__out_of_memory(err);
    }
    return SM_OK;
}

static enum sm_status ask_topics(struct sm__lag_sampler *sampler, struct sm_err *err)
{
    int64_t now_us = sm_monotonic_us();
    enum sm_status status = SM_OK;

    if (sampler->topics_us != SM_LAG_UNKNOWN && now_us - sampler->topics_us < TOPICS_EVERY_US)
        return SM_OK;
    for (unsigned i = 0; status == SM_OK && i < SM_TOPIC_COUNT; i++)
        status = ask_topic(sampler, (enum sm_topic)i, err);
    if (status == SM_OK)
        sampler->topics_us = now_us;
    return status;
}

static int64_t retention_of(const struct sm__lag_sampler *sampler, const char *topic)
{
    for (unsigned i = 0; i < SM_TOPIC_COUNT; i++) {
        if (strcmp(sm__wire_topic(sampler->wire, (enum sm_topic)i), topic) == 0)
            return sampler->retention_us[i];
    }
    return SM_LAG_UNKNOWN;
}

/* The stable end first: it is then at or before the true one. */
static enum sm_status ask_ends(struct sm__lag_sampler *sampler, struct partition *partition,
                               struct sm_err *err)
{
    const struct sm_lag_partition *view = &partition->view;
    struct sm_lag_sample *sample = &partition->sample;
    enum sm_status status =
        sm_kafka_reader_watermarks(sampler->committed, view->topic, view->partition, &sample->low,
                                   &sample->stable, err);

    if (status == SM_OK)
        status = sm_kafka_reader_watermarks(sampler->all, view->topic, view->partition,
                                            &sample->low, &sample->high, err);
    sample->broker_answered = status == SM_OK;
    sample->retention_us = retention_of(sampler, view->topic);
    return status;
}

/* ---- first records ---- */

static int64_t begins_at(const struct sm_lag_sample *sample)
{
    if (sample->position == SM_LAG_UNKNOWN || sample->position < sample->low)
        return sample->low;
    return sample->position;
}

/* What was read is still the first record while the position has not passed it, if the topic has
 * not been made anew meanwhile, by which the position's own state is known to be another. */
static bool is_kept(const struct partition *partition, int64_t from)
{
    return partition->first_from != SM_LAG_UNKNOWN && partition->first_from <= from &&
           from <= partition->first && partition->first < partition->sample.stable;
}

static void use_kept(struct partition *partition)
{
    partition->sample.first = partition->first;
    partition->sample.first_wall_us = partition->first_us;
}

static enum sm_status read_first(struct sm__lag_sampler *sampler, struct partition *partition,
                                 int64_t from, struct sm_err *err)
{
    struct sm_kafka_range_view found;
    enum sm_status status = sm_kafka_reader_first(
        sampler->committed, partition->view.topic, partition->view.partition, from,
        partition->sample.stable, &found, err);

    if (status == SM_REJECT) /* retention was quicker: the next look sees where it begins now */
        return SM_OK;
    if (status != SM_OK)
        return status;
    if (found.records == 0) {
        partition->sample.first = SM_LAG_NONE;
        return SM_OK;
    }
    partition->first_from = from;
    partition->first = found.first;
    partition->first_us = found.first_us < 0 ? SM_LAG_UNKNOWN : found.first_us;
    use_kept(partition);
    return SM_OK;
}

/* In turns, and for a limited time: what is not read now has no age now. */
static enum sm_status read_firsts(struct sm__lag_sampler *sampler, struct sm_err *err)
{
    int64_t deadline_us = sm_monotonic_us() + FIRSTS_US;
    enum sm_status status = SM_OK;

    for (size_t i = 0; status == SM_OK && i < sampler->count; i++) {
        struct partition *partition =
            &sampler->partitions[(sampler->turn + i) % sampler->count];
        const struct sm_lag_sample *sample = &partition->sample;
        int64_t from = begins_at(sample);

        if (!sample->broker_answered || from >= sample->stable)
            continue;
        if (is_kept(partition, from))
            use_kept(partition);
        else if (sm_monotonic_us() < deadline_us)
            status = read_first(sampler, partition, from, err);
        if (sm_monotonic_us() < deadline_us)
            continue;
        sampler->turn = (sampler->turn + i + 1) % sampler->count;
        deadline_us = INT64_MIN; /* the others keep what they have */
    }
    return status;
}

static enum sm_status ask_kafka(struct sm__lag_sampler *sampler, struct sm_err *err)
{
    enum sm_status status = ask_topics(sampler, err);

    for (size_t i = 0; status == SM_OK && i < sampler->count; i++)
        status = ask_ends(sampler, &sampler->partitions[i], err);
    return status == SM_OK && database_answered(sampler) ? read_firsts(sampler, err) : status;
}

/* ---- looks ---- */

/* PostgreSQL answered and has no row: nobody has consumed from it, hence nobody has it. */
static void finish_sample(const struct sm__lag_sampler *sampler, struct partition *partition,
                          int64_t at_us, int64_t wall_us)
{
    struct sm_lag_sample *sample = &partition->sample;

    sample->at_us = at_us;
    sample->wall_us = wall_us;
    sample->database_answered = database_answered(sampler);
    if (sample->database_answered && sample->position == SM_LAG_UNKNOWN)
        sample->owner = SM_LAG_OWNER_NONE;
    sm_lag_observe(&partition->tracker, &sm_lag_limits_default, sample);
}

enum sm_status sm__lag_sampler_look(struct sm__lag_sampler *sampler, struct sm_err *err)
{
    int64_t at_us, wall_us;

    for (size_t i = 0; i < sampler->count; i++)
        begin_sample(&sampler->partitions[i]);
    /* Who does not answer leaves a sentence, and everything of theirs unknown. */
    if (ask_database(sampler, &sampler->database_error) == SM_OK)
        sampler->database_error.text[0] = '\0';
    if (ask_kafka(sampler, &sampler->kafka_error) == SM_OK)
        sampler->kafka_error.text[0] = '\0';
    if (sampler->out_of_memory)
        return sm__out_of_memory(err);
    at_us = sm_monotonic_us();
    wall_us = sm_wall_us();
    for (size_t i = 0; i < sampler->count; i++)
        finish_sample(sampler, &sampler->partitions[i], at_us, wall_us);
    sampler->last_us = at_us;
    return SM_OK;
}

static void copy_rooms(const struct sm__lag_sampler *sampler, struct sm_lag_snapshot *out)
{
    const struct sm_postgres_lag_rooms *rooms = &sampler->rooms;

    out->parked = out->dead_letters = (struct sm_lag_room){SM_LAG_UNKNOWN, -1};
    if (!database_answered(sampler))
        return;
    out->parked = (struct sm_lag_room){rooms->parked, rooms->parked_age_us};
    out->dead_letters = (struct sm_lag_room){rooms->dead_letters, rooms->dead_letters_age_us};
}

void sm__lag_sampler_view(struct sm__lag_sampler *sampler, struct sm_lag_snapshot *out)
{
    int64_t at_us = sm_monotonic_us(), wall_us = sm_wall_us();

    *out = (struct sm_lag_snapshot){.wall_us = wall_us,
                                    .looked_us = sampler->last_us - sampler->started_us,
                                    .partitions = sampler->views,
                                    .count = sampler->count};
    for (size_t i = 0; i < sampler->count; i++) {
        sampler->views[i] = sampler->partitions[i].view;
        sm_lag_report(&sampler->partitions[i].tracker, &sm_lag_limits_default, at_us, wall_us,
                      &sampler->views[i].report);
        sm_lag_group_add(&out->group, &sampler->views[i].report);
    }
    copy_rooms(sampler, out);
    memcpy(out->database_error, sampler->database_error.text, SM_ERR_TEXT_SIZE);
    memcpy(out->kafka_error, sampler->kafka_error.text, SM_ERR_TEXT_SIZE);
}

struct sm_postgres_lag *sm__lag_sampler_database(const struct sm__lag_sampler *sampler)
{
    return sampler->database;
}
