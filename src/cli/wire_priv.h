#ifndef SM_CLI_WIRE_PRIV_H
#define SM_CLI_WIRE_PRIV_H
/* What the two halves of the wire share. */
#include "cli/wire.h"
#include "kafka/reader.h"
#include "kafka/topics.h"
#include "postgres/client.h"

#define SM__TOPIC_NAME_SIZE 256
#define SM__OWNER_SIZE      128

struct sm__wire {
    const struct sm_options *options;
    char topics[SM__WIRE_TOPICS][SM__TOPIC_NAME_SIZE];
    char relay[SM__TOPIC_NAME_SIZE];         /* transactional id: one relay of a group at a time */
    char owner[SM__OWNER_SIZE];              /* of this instance: who has a partition */
    char application[SM__OWNER_SIZE];        /* as pg_stat_activity shows it */
    char *property_texts[SM_PROPERTIES_MAX]; /* owned: "name\0value" */
    struct sm_kafka_property properties[SM_PROPERTIES_MAX]; /* point into the texts */
    struct sm_kafka_client kafka;
    struct sm_postgres_client postgres;
    struct sm_kafka_topics *admin;
};

enum sm_status sm__wire_open_admin(struct sm__wire *wire, struct sm_err *err);
/* Judges what the options say of the registry, if they name one. */
enum sm_status sm__wire_check_registry(const struct sm__wire *wire, struct sm_err *err);
#endif
