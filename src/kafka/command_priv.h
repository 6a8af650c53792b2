#ifndef SM_KAFKA_COMMAND_PRIV_H
#define SM_KAFKA_COMMAND_PRIV_H
/* What the files of the command topic share. */
#include "kafka/kafka_priv.h"
#include "kafka/reader.h"
#include "ports/command_topic.h"

struct sm__commands {
    struct sm_command_topic port; /* first: the port is the object */
    struct sm__kafka_talk talk;
    const char *name; /* of the topic */
    int timeout_ms;
    rd_kafka_t *producer;
    rd_kafka_topic_t *topic;
    struct sm_kafka_client client; /* its texts are the caller's */
    /* From a scan to the next publication, since a reader asks the broker on and on; else NULL. */
    struct sm_kafka_reader *ends; /* sees the true ends */
    struct sm_kafka_reader *reader; /* sees what is committed */
};

/* command_record.c: a command as a record, and back */
/* Queues it; the answer fills `place`, which must live until then. NO_ERROR, or why not. */
rd_kafka_resp_err_t sm__commands_produce(struct sm__commands *commands,
                                         const struct sm_command_row *row,
                                         struct sm_command_place *place);
/* False: it is no command of ours. Borrows from the record. */
bool sm__command_read(const struct sm_record *record, struct sm_command_place *out);

/* command_scan.c */
void sm__commands_close_readers(struct sm__commands *commands);
enum sm_status sm__commands_scan(struct sm_command_topic *port, struct sm_command_scan *scan,
                                 const struct sm_command_sink *sink, struct sm_err *err);
#endif
