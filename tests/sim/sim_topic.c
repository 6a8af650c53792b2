/* A topic that is deleted and made anew under its name: whatever lies there now is not what the
 * positions in the database are about, so nothing of it may be taken, and the partition stops. */
#include "sim/sim_priv.h"

enum { STEPS_MAX = 5000 };

/* What was known of a partition before. */
struct before {
    bool anchored; /* a record of it was consumed, by which the topic can be told */
    int64_t next_offset;
    int64_t seq;
};

static struct sm_partition_id config_id(int32_t partition)
{
    return (struct sm_partition_id){SM_TOPIC_CONFIG, partition};
}

static void refill(struct sim_world *world)
{
    int32_t partitions = world->plan->shape.config_partitions;

    memory_broker_make_topic(&world->broker, SM_TOPIC_CONFIG, partitions);
    for (int32_t i = 0; i < partitions; i++) {
        int64_t count = sim_random_between(&world->random, 0, (int64_t)world->history.count);

        for (int64_t message = 0; message < count; message++)
            memory_broker_append(&world->broker, config_id(i),
                                 &(struct memory_message){.timestamp_us = 1000 + message,
                                                          .key = SM_SLICE("k"),
                                                          .value = SM_SLICE("another topic")});
    }
}

static bool all_stopped(const struct sim_world *world, const struct before *before)
{
    for (int32_t i = 0; i < world->plan->shape.config_partitions; i++) {
        const struct memory_position *position =
            memory_rows_position(&world->db.rows, config_id(i));

        if (before[i].anchored && position->stopped_reason.data == NULL)
            return false;
    }
    return true;
}

static void check_untouched(struct sim_world *world, const struct before *before)
{
    for (int32_t i = 0; i < world->plan->shape.config_partitions; i++) {
        const struct memory_position *position =
            memory_rows_position(&world->db.rows, config_id(i));

        if (before[i].anchored &&
            (position->next_offset != before[i].next_offset || position->seq != before[i].seq))
            sim_law_fail(world, "recreated",
                         "config[%d]: records of another topic were taken for ours", (int)i);
    }
}

void sim_topic_recreate(struct sim_world *world)
{
    struct before before[MEMORY_PARTITIONS_MAX] = {{false, 0, 0}};
    bool restart = sim_random_chance(&world->random, 500);

    for (int32_t i = 0; i < world->plan->shape.config_partitions; i++) {
        const struct memory_position *position =
            memory_rows_position(&world->db.rows, config_id(i));

        before[i] =
            (struct before){position->anchor.offset >= 0, position->next_offset, position->seq};
    }
    sim_say(world, "the config topic is made anew");
    refill(world);
    for (size_t i = 0; i < world->plan->process_count; i++) {
        struct sim_process *process = &world->processes[i];

        /* A process that runs is told; one that was away finds out by itself. */
        if (restart)
            sim_process_crash(world, process);
        else if (process->source != NULL)
            memory_source_topic_gone(process->source, SM_TOPIC_CONFIG);
    }
    for (int steps = 0; world->result->law == NULL && !all_stopped(world, before); steps++) {
        if (steps == STEPS_MAX)
            sim_law_fail(world, "recreated", "a partition of another topic was not stopped");
        sim_world_step(world);
    }
    for (int steps = 0; world->result->law == NULL && steps < 50; steps++)
        sim_world_step(world); /* and it stays so */
    check_untouched(world, before);
    world->result->counts.recreated++;
}
