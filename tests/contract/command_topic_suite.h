#ifndef SM_CONTRACT_COMMAND_TOPIC_SUITE_H
#define SM_CONTRACT_COMMAND_TOPIC_SUITE_H
/* What every command topic must do, whatever is behind it: one suite for Kafka and for the one in
 * memory. */
#include "ports/command_topic.h"

struct command_topic_rig {
    void *context;
    /* An empty topic with three partitions. */
    void (*reset)(void *context);
    /* A new handle with the same transactional id; the test closes it. */
    struct sm_command_topic *(*open)(void *context);
    /* A stranger's record, committed: a command as it is given, or (NULL) none at all. */
    void (*intrude)(void *context, int32_t partition, const struct sm_command_row *row);
};
/* Runs all of them as one cmocka group; returns the number that failed. */
int command_topic_suite_run(const struct command_topic_rig *rig);
#endif
