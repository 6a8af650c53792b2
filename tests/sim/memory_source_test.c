/* The memory source keeps the same promises as the Kafka source: the contract suite on it. */
#include "base/err.h"
#include "contract/source_suite.h"
#include "sim/memory_source.h"

enum { STEP_US = 1000 };

struct memory_rig {
    struct sim_clock clock;
    struct memory_broker broker;
    bool made;
};

static void reset(void *context, int32_t partitions)
{
    static const struct memory_broker_options options = {.session_timeout_us = 1000000,
                                                         .chunk_max = 100};
    struct memory_rig *rig = context;

    if (rig->made)
        memory_broker_deinit(&rig->broker);
    rig->made = true;
    memory_broker_init(&rig->broker, &options, &rig->clock, 1);
    for (int topic = 0; topic < SM_TOPIC_COUNT; topic++)
        memory_broker_make_topic(&rig->broker, (enum sm_topic)topic, partitions);
}

static struct sm_source *join(void *context)
{
    return memory_source_open(&((struct memory_rig *)context)->broker);
}

static void produce(void *context, struct sm_partition_id id, const struct sm_record *records,
                    size_t count)
{
    struct memory_rig *rig = context;

    for (size_t i = 0; i < count; i++) {
        struct memory_message message = {.timestamp_us = records[i].timestamp_us,
                                         .key = records[i].key,
                                         .value = records[i].value,
                                         .headers = records[i].headers,
                                         .header_count = records[i].header_count};

        if (message.timestamp_us == SM_TIME_NONE)
            message.timestamp_us = rig->clock.now_us;
        memory_broker_append(&rig->broker, id, &message);
    }
}

static void produce_aborted(void *context, struct sm_partition_id id, size_t count)
{
    struct memory_message message = {.control = true};

    for (size_t i = 0; i <= count; i++)
        memory_broker_append(&((struct memory_rig *)context)->broker, id, &message);
}

static void truncate_before(void *context, struct sm_partition_id id, int64_t before)
{
    memory_broker_truncate(&((struct memory_rig *)context)->broker, id, before);
}

static void wait_a_moment(void *context, struct sm_source *source)
{
    (void)source;
    ((struct memory_rig *)context)->clock.now_us += STEP_US;
}

int main(void)
{
    struct memory_rig memory = {.clock = {.now_us = STEP_US}};
    struct source_rig rig = {.context = &memory,
                             .reset = reset,
                             .join = join,
                             .produce = produce,
                             .produce_aborted = produce_aborted,
                             .truncate = truncate_before,
                             .wait = wait_a_moment,
                             .rounds_max = 5000,
                             .rounds_quiet = 20};
    int failed = source_suite_run(&rig);

    if (memory.made)
        memory_broker_deinit(&memory.broker);
    return failed;
}
