#ifndef SM_KAFKA_TOPICS_H
#define SM_KAFKA_TOPICS_H
/* Looking at topics and making missing ones: for `migrate --topics` and the check when `run`
 * starts. Blocking, each call up to its time-out. Not thread-safe. */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "kafka/client.h"

#define SM_RETENTION_UNLIMITED (-1)

struct sm_kafka_topic {
    bool exists; /* if not, the rest means nothing */
    int32_t partitions;
    int32_t replication; /* the smallest number of replicas of any partition */
    int64_t retention_ms; /* SM_RETENTION_UNLIMITED, or how old records get */
    int64_t retention_bytes; /* SM_RETENTION_UNLIMITED, or the size of a partition */
    bool deletes; /* cleanup.policy contains delete: the two limits above are in force */
    bool compacts; /* cleanup.policy contains compact: older records of a key vanish */
};
/* True when the broker removes records that were not necessarily read: history would be lost. */
bool sm_kafka_topic_loses_history(const struct sm_kafka_topic *topic);

struct sm_kafka_topic_plan {
    const char *name;
    int32_t partitions; /* 1 or more */
    int32_t replication; /* 1 or more; -1: the broker's default */
};

struct sm_kafka_topics;
/* Does not wait for a broker. SM_OK; SM_FATAL when a property is refused. */
SM_MUST_CHECK enum sm_status sm_kafka_topics_open(const struct sm_kafka_client *client,
                                                  struct sm_kafka_topics **out, struct sm_err *err);
void sm_kafka_topics_close(struct sm_kafka_topics *topics);

/* SM_OK and *out (exists = false if there is no such topic); SM_RETRY: no answer in time;
 * SM_FATAL: not permitted, a name that no topic can have, or a connection refused for a reason that
 * waiting does not mend (certificate, credentials), which is told before the time is over. */
SM_MUST_CHECK enum sm_status sm_kafka_topics_describe(struct sm_kafka_topics *topics,
                                                      const char *name, int timeout_ms,
                                                      struct sm_kafka_topic *out,
                                                      struct sm_err *err);
/* Makes the topic with unlimited retention, and waits until the broker knows it. *created is false
 * if it was there already; it is not changed then. SM_OK; SM_RETRY; SM_FATAL: as above, or a plan
 * that the broker refuses (err says why). */
SM_MUST_CHECK enum sm_status sm_kafka_topics_create(struct sm_kafka_topics *topics,
                                                    const struct sm_kafka_topic_plan *plan,
                                                    int timeout_ms, bool *created,
                                                    struct sm_err *err);
#endif
