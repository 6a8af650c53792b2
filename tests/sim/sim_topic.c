/* A topic that is not the one any more that the positions in the database are about, or that is not
 * there for a while. Whatever lies in another topic under our name must not be taken for ours: the
 * partition stops, at the latest when it is proven the next time, and whoever takes it over again
 * finds the same. */
#include "sim/sim_priv.h"

enum {
    MS = 1000,
    STEPS_MAX = 20000,
    STEPS_STAYS = 50, /* what is stopped is watched for so long */
    SLACK_US = 1000 * MS /* processes start, the group settles, answers take their time */
};

/* What was known of a partition before. */
struct before {
    bool anchored; /* a record of it was consumed, by which the topic can be told */
    bool stopped;
    int64_t next_offset, consumed, epoch;
};

/* One run of this: the world, what was, and what is allowed of it. */
struct play {
    struct sim_world *world;
    struct before before[MEMORY_PARTITIONS_MAX];
    int32_t partitions;
};

static struct sm_partition_id config_id(int32_t partition)
{
    return (struct sm_partition_id){ SM_TOPIC_CONFIG, partition };
}

static const struct memory_position *position_of(const struct play *play, int32_t partition)
{
    return memory_rows_position(&play->world->db.rows, config_id(partition));
}

static void begin(struct play *play, struct sim_world *world)
{
    *play = (struct play){ .world = world, .partitions = world->plan->shape.config_partitions };
    for (int32_t i = 0; i < play->partitions; i++) {
        const struct memory_position *position = position_of(play, i);

        play->before[i] =
            (struct before){ position->anchor.offset >= 0, position->stopped_reason.data != NULL,
                             position->next_offset, position->totals.consumed, position->epoch };
    }
}

static void append_others(struct play *play, int32_t partition, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        memory_broker_append(&play->world->broker, config_id(partition),
                             &(struct memory_message){ .timestamp_us = 1000 + i,
                                                       .key = SM_SLICE("k"),
                                                       .value = SM_SLICE("another topic") });
}

/* ---- time ---- */

typedef bool (*condition)(const struct play *play);

static bool all_stopped(const struct play *play)
{
    for (int32_t i = 0; i < play->partitions; i++) {
        if (play->before[i].anchored && position_of(play, i)->stopped_reason.data == NULL)
            return false;
    }
    return true;
}

static bool never(const struct play *play)
{
    (void)play;
    return false;
}

/* Moves time on until it is so, at most to `until_us`. */
static bool run_until(struct play *play, condition is_so, int64_t until_us)
{
    struct sim_world *world = play->world;

    for (int steps = 0; world->result->law == NULL && !is_so(play); steps++) {
        if (world->clock.now_us > until_us || steps == STEPS_MAX)
            return false;
        sim_world_step(world);
    }
    return true;
}

static void restart_all(struct play *play)
{
    for (size_t i = 0; i < play->world->plan->process_count; i++)
        sim_process_crash(play->world, &play->world->processes[i]);
}

/* ---- laws ---- */

static void check_stop(struct play *play, int64_t until_us)
{
    struct sim_world *world = play->world;

    if (!run_until(play, all_stopped, until_us))
        sim_law_fail(world, "recreated", "a partition of another topic goes on");
    for (int steps = 0; world->result->law == NULL && steps < STEPS_STAYS; steps++)
        sim_world_step(world);
    /* And it stays so: a rebalance has them judged anew, with the same result. */
    if (!run_until(play, all_stopped, world->clock.now_us + SLACK_US))
        sim_law_fail(world, "recreated", "a partition of another topic goes on again");
    restart_all(play);
    for (int32_t i = 0; i < play->partitions; i++) /* as the next take-over does */
        memory_rows_position(&world->db.rows, config_id(i))->stopped_reason = SM_SLICE_NONE;
    if (!run_until(play, all_stopped, world->clock.now_us + 2 * SLACK_US))
        sim_law_fail(world, "recreated", "a restart takes another topic for ours");
}

static void check_untouched(struct play *play)
{
    for (int32_t i = 0; i < play->partitions; i++) {
        const struct memory_position *position = position_of(play, i);
        const struct before *before = &play->before[i];

        if (before->anchored &&
            (position->next_offset != before->next_offset ||
             position->totals.consumed != before->consumed))
            sim_law_fail(play->world, "recreated",
                         "config[%d]: records of another topic were taken for ours", (int)i);
    }
}

/* ---- what happens ---- */

/* The library sees that the topic vanished, or we are away meanwhile: nothing of it is taken. */
static void be_told(struct play *play)
{
    struct sim_world *world = play->world;
    bool restart = sim_random_chance(&world->random, 500);

    memory_broker_make_topic(&world->broker, SM_TOPIC_CONFIG, play->partitions);
    for (int32_t i = 0; i < play->partitions; i++)
        append_others(play, i,
                      sim_random_between(&world->random, 0, (int64_t)world->history.count));
    if (restart)
        restart_all(play);
    for (size_t i = 0; !restart && i < world->plan->process_count; i++) {
        if (world->processes[i].source != NULL)
            memory_source_topic_gone(world->processes[i].source, SM_TOPIC_CONFIG);
    }
    if (!run_until(play, all_stopped, INT64_MAX))
        sim_law_fail(world, "recreated", "a partition of another topic goes on");
    check_untouched(play);
    check_stop(play, INT64_MAX);
}

/* It has grown past our positions before anybody looks, and goes on growing. Some of it is taken
 * for ours then, but for one interval at the most, and for none if the process dies. */
static void be_deceived(struct play *play)
{
    struct sim_world *world = play->world;
    int64_t interval_us = world->plan->engine.proof_interval_us;
    int64_t since_us = world->clock.now_us;
    bool trouble = sim_random_chance(&world->random, 500);

    memory_broker_make_topic(&world->broker, SM_TOPIC_CONFIG, play->partitions);
    for (int32_t i = 0; i < play->partitions; i++)
        append_others(play, i,
                      play->before[i].next_offset + sim_random_between(&world->random, 1, 20));
    if (trouble) {
        world->db.options = world->plan->db;
        world->broker.options = world->plan->broker;
    }
    (void)run_until(play, never, since_us + sim_random_between(&world->random, 0, interval_us));
    for (int32_t i = 0; i < play->partitions; i++)
        append_others(play, i, sim_random_between(&world->random, 1, 20));
    if (trouble) {
        restart_all(play);
        (void)run_until(play, never, world->clock.now_us + interval_us);
        sim_fault_end(world);
    }
    check_stop(play, world->clock.now_us + 2 * interval_us + SLACK_US);
}

/* In a crash of the broker the topic loses its end, and is filled up again before we come back. */
static void be_cut(struct play *play)
{
    struct sim_world *world = play->world;

    restart_all(play);
    for (int32_t i = 0; i < play->partitions; i++) {
        struct memory_partition *partition = memory_broker_partition(&world->broker, config_id(i));
        int64_t last = position_of(play, i)->anchor.offset;

        if (last < partition->low)
            play->before[i].anchored = false; /* there is nothing to tell it by */
        if (!play->before[i].anchored)
            continue;
        partition->count = (size_t)sim_random_between(&world->random, partition->low, last);
        append_others(play, i,
                      last + 1 - (int64_t)partition->count +
                          sim_random_between(&world->random, 0, 20));
    }
    check_stop(play, INT64_MAX);
}

static bool all_consumed(const struct play *play)
{
    for (int32_t i = 0; i < play->partitions; i++) {
        const struct memory_partition *partition =
            memory_broker_partition(&play->world->broker, config_id(i));

        if (!play->before[i].stopped &&
            (position_of(play, i)->next_offset != (int64_t)partition->count ||
             position_of(play, i)->stopped_reason.data != NULL))
            return false;
    }
    return true;
}

/* The topic is not there for a while. Claiming its partitions again and again is of no use then,
 * and each claim is written down; but when it comes back, they must be claimed. */
static void be_alone(struct play *play)
{
    struct sim_world *world = play->world;
    int64_t while_us = sim_random_between(&world->random, 1000, 3000) * MS;
    int64_t claims_max = 20 + 2 * while_us / world->plan->engine.retry_max_us;

    world->broker.topics[SM_TOPIC_CONFIG].missing = true;
    (void)run_until(play, never, world->clock.now_us + while_us);
    world->broker.topics[SM_TOPIC_CONFIG].missing = false;
    for (int32_t i = 0; i < play->partitions; i++) {
        if (position_of(play, i)->epoch - play->before[i].epoch > claims_max)
            sim_law_fail(world, "absent",
                         "config[%d] was claimed %lld times in %lld ms without a topic", (int)i,
                         (long long)(position_of(play, i)->epoch - play->before[i].epoch),
                         (long long)(while_us / MS));
        append_others(play, i, 1);
    }
    if (!run_until(play, all_consumed, world->clock.now_us + 2 * SLACK_US))
        sim_law_fail(world, "absent", "the topic is back, and its partitions do not go on");
}

void sim_topic_play(struct sim_world *world)
{
    static void (*const plays[])(struct play * play) = {
        [SIM_TOPIC_TOLD] = be_told,
        [SIM_TOPIC_QUICK] = be_deceived,
        [SIM_TOPIC_CUT] = be_cut,
        [SIM_TOPIC_ABSENT] = be_alone,
    };
    struct play play;

    sim_say(world, "the config topic: %s", sim_topic_word(world->plan->topic));
    begin(&play, world);
    plays[world->plan->topic](&play);
    world->result->counts.topics[world->plan->topic]++;
}

const char *sim_topic_word(enum sim_topic topic)
{
    static const char *const words[] = {
#define SIM_TOPIC_WORD(name, word) word,
        SIM_TOPIC_LIST(SIM_TOPIC_WORD)
#undef SIM_TOPIC_WORD
    };

    return words[topic];
}
