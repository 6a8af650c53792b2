#ifndef SM_CONTRACT_KAFKA_RIG_H
#define SM_CONTRACT_KAFKA_RIG_H
/* A private Kafka for a test program, and what tests do to it behind the adapter's back, by
 * librdkafka itself. */
#include <librdkafka/rdkafka.h>

#include "contract/source_suite.h"
#include "kafka/source.h"

struct kafka_rig {
    struct source_rig rig; /* its context is this kafka_rig */
    char folder[128]; /* of scripts/stack */
    bool ours; /* the folder is removed at the end */
    char brokers[64];
    rd_kafka_t *plain; /* a producer */
    rd_kafka_t *transactional; /* made when first needed */
    unsigned resets;
    char topics[SM_TOPIC_COUNT][64];
    char group[64];
    const char *instance_id; /* for the next join */
    int session_timeout_ms;
    const struct sm_kafka_property *properties;
    size_t property_count;
};

/* Starts a broker of its own in a new folder (or uses the stack in the folder that the environment
 * variable SECRETMAGIC_TEST_STACK names) and fills the rig. Ends the program if it cannot. */
void kafka_rig_open(struct kafka_rig *rig);
void kafka_rig_close(struct kafka_rig *rig);
/* "up", "down", "kill" of the broker. */
void kafka_rig_stack(struct kafka_rig *rig, const char *command);

void kafka_rig_create_topic(struct kafka_rig *rig, const char *name, int32_t partitions,
                            const char *setting, const char *value);
void kafka_rig_delete_topic(struct kafka_rig *rig, const char *name);
/* Opens a transaction, produces `count` records into it, and leaves it open until it is ended. */
void kafka_rig_begin(struct kafka_rig *rig, struct sm_partition_id id, size_t count);
void kafka_rig_end(struct kafka_rig *rig, bool commit);
size_t resident_kib(void);
int64_t monotonic_us(void);
int64_t process_cpu_us(void);
#endif
