/* The command topic in memory keeps the same promises as Kafka. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "contract/command_topic_suite.h"
#include "sim/memory_relay.h"

static void reset(void *context)
{
    memory_topic_deinit(context);
}

static struct sm_command_topic *open_topic(void *context)
{
    return memory_topic_open(context);
}

static void intrude(void *context, int32_t partition, const struct sm_command_row *row)
{
    memory_topic_intrude(context, partition, row);
}

int main(void)
{
    struct memory_topic topic = {.away = false};
    const struct command_topic_rig rig = {&topic, reset, open_topic, intrude};
    int failed = command_topic_suite_run(&rig);

    memory_topic_deinit(&topic);
    return failed;
}
