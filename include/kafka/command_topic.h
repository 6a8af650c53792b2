#ifndef SM_KAFKA_COMMAND_TOPIC_H
#define SM_KAFKA_COMMAND_TOPIC_H
/* The command topic on librdkafka's transactional producer: acks=all, Java's partitioner.
 *
 * What this adapter adds to ports/command_topic.h: nothing is ever aborted by it. A transaction
 * that did not end well is left to the next fence, since aborting one whose records have not been
 * answered yet breaks the handle in librdkafka 2.0.2. */
#include "kafka/client.h"
#include "ports/command_topic.h"

struct sm_kafka_command_options {
    struct sm_kafka_client client; /* must outlive the object */
    const char *topic; /* name on the broker; must outlive the object */
    const char *transactional_id; /* the same of all relays of one database */
    int timeout_ms; /* of each call; 0: 30 seconds */
};

/* Does not wait for a broker. SM_OK and a topic that the caller closes; SM_FATAL when a property is
 * refused or memory cannot be had. */
SM_MUST_CHECK enum sm_status
sm_kafka_command_topic_open(const struct sm_kafka_command_options *options,
                            struct sm_command_topic **out, struct sm_err *err);
#endif
