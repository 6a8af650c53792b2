/* In which order the records of several partitions are sent: between partitions there is none. */
#include "sim/sim_priv.h"

static bool same_partition(const struct sim_record *a, const struct sim_record *b)
{
    return a->id.topic == b->id.topic && a->id.partition == b->id.partition;
}

static void move_to(struct sim_record *records, size_t from, size_t to)
{
    struct sim_record moved = records[from];

    memmove(&records[to + 1], &records[to], (from - to) * sizeof(*records));
    records[to] = moved;
}

static void mix_any(struct sim_history *history, struct sim_random *random)
{
    struct sim_record *records = history->records;

    for (size_t i = 0; i < history->count; i++) {
        size_t drawn = i + sim_random_below(random, history->count - i), first = i;

        while (!same_partition(&records[first], &records[drawn]))
            first++;
        move_to(records, first, i);
    }
}

static void mix_topic_first(struct sim_history *history, enum sm_topic topic)
{
    size_t to = 0;

    for (size_t i = 0; i < history->count; i++) {
        if (history->records[i].id.topic == topic)
            move_to(history->records, i, to++);
    }
}

void sim_mix_records(struct sim_history *history, enum sim_mix mix, uint64_t seed)
{
    struct sim_random random;

    sim_random_init(&random, seed, 'm');
    switch (mix) {
    case SIM_MIX_PROCESSING_FIRST:
        mix_topic_first(history, SM_TOPIC_PROCESSING);
        return;
    case SIM_MIX_CONFIG_FIRST:
        mix_topic_first(history, SM_TOPIC_CONFIG);
        return;
    case SIM_MIX_ANY:
        mix_any(history, &random);
        return;
    case SIM_MIX_AS_DRAWN:
    case SIM_MIX_COUNT:
        return;
    }
}
