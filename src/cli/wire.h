#ifndef SM_CLI_WIRE_H
#define SM_CLI_WIRE_H
/* From options to opened ports. The wire*.c files are the only ones that know both Kafka and
 * PostgreSQL; the commands see ports, plain data and this header. */
#include "cli/options.h"
#include "ports/command_topic.h"
#include "ports/log.h"
#include "ports/outbox.h"
#include "ports/publisher.h"
#include "ports/schemas.h"
#include "ports/source.h"
#include "ports/store.h"

struct sm__wire;
/* `options` must outlive it. Waits for nothing. SM_OK; SM_FATAL when a Kafka property or what is
 * said of the registry is refused, or memory cannot be had: nothing was begun, and sm__wire_refused
 * ends the command. */
SM_MUST_CHECK enum sm_status sm__wire_open(const struct sm_options *options, struct sm__wire **out,
                                           struct sm_err *err);
void sm__wire_close(struct sm__wire *wire);
int sm__wire_refused(const struct sm_err *err);

/* The name of this instance: who has a partition. Valid as long as the wire. */
const char *sm__wire_instance(const struct sm__wire *wire);

/* Logs where `run` connects to, without passwords. */
void sm__wire_log_start(const struct sm__wire *wire);

/* ---- Kafka; what is opened the caller closes ---- */

/* The topic of commands, beside those that are consumed, for what names, describes and makes. */
#define SM__WIRE_COMMANDS ((enum sm_topic)SM_TOPIC_COUNT)
#define SM__WIRE_TOPICS   (SM_TOPIC_COUNT + 1)
/* The topic's name on the broker; valid as long as the wire. */
const char *sm__wire_topic(const struct sm__wire *wire, enum sm_topic topic);

struct sm__topic_view {
    bool exists;
    int32_t partitions;
    int32_t replication;
    int64_t retention_ms; /* how old records get; below 0: the broker never deletes them */
    char history_lost[SM_ERR_TEXT_SIZE]; /* a sentence when the topic's settings delete records that
                                            may not have been read; "" when they do not */
};
/* SM_OK, also when the topic does not exist; SM_RETRY: no answer; SM_FATAL: not permitted. */
SM_MUST_CHECK enum sm_status sm__wire_describe_topic(struct sm__wire *wire, enum sm_topic topic,
                                                     int timeout_ms, struct sm__topic_view *out,
                                                     struct sm_err *err);
/* The same; a missing topic is SM_FATAL, and err says how to create it. */
SM_MUST_CHECK enum sm_status sm__wire_need_topic(struct sm__wire *wire, enum sm_topic topic,
                                                 int timeout_ms, struct sm__topic_view *out,
                                                 struct sm_err *err);
/* Makes the topic as the options say. *created is false if it was there; it is not changed then. */
SM_MUST_CHECK enum sm_status sm__wire_create_topic(struct sm__wire *wire, enum sm_topic topic,
                                                   bool *created, struct sm_err *err);
SM_MUST_CHECK enum sm_status sm__wire_source(struct sm__wire *wire, struct sm_source **out,
                                             struct sm_err *err);
/* A publisher whose topics are indexed by enum sm_topic. */
SM_MUST_CHECK enum sm_status sm__wire_publisher(struct sm__wire *wire, struct sm_publisher **out,
                                                struct sm_err *err);
/* The relay's side of the command topic. `wire` is the wire. */
SM_MUST_CHECK enum sm_status sm__wire_command_topic(void *wire, struct sm_command_topic **out,
                                                    struct sm_err *err);
struct sm_kafka_reader; /* kafka/reader.h */
/* Waits for one answer for so long; 0: as --timeout says. */
SM_MUST_CHECK enum sm_status sm__wire_reader(struct sm__wire *wire, bool uncommitted,
                                             int timeout_ms, struct sm_kafka_reader **out,
                                             struct sm_err *err);

/* ---- PostgreSQL; what is opened the caller closes ---- */

struct sm_postgres_client; /* postgres/client.h */
/* Where the database is, for calls that open a connection of their own; valid as long as the wire.
 */
const struct sm_postgres_client *sm__wire_database(const struct sm__wire *wire);
struct sm_migration_report; /* postgres/migrate.h */
SM_MUST_CHECK enum sm_status sm__wire_migrate(struct sm__wire *wire,
                                              struct sm_migration_report *out, struct sm_err *err);
struct sm_postgres_schema; /* postgres/schema.h */
SM_MUST_CHECK enum sm_status sm__wire_schema(struct sm__wire *wire, struct sm_postgres_schema *out,
                                             struct sm_err *err);
SM_MUST_CHECK enum sm_status sm__wire_log(struct sm__wire *wire, struct sm_log **out,
                                          struct sm_err *err);
/* Where a rebuild keeps what it finds. */
struct sm_repair; /* ports/repair.h */
SM_MUST_CHECK enum sm_status sm__wire_repair(struct sm__wire *wire, struct sm_repair **out,
                                             struct sm_err *err);
struct sm_postgres_check_sink; /* postgres/checks.h */
SM_MUST_CHECK enum sm_status sm__wire_checks(struct sm__wire *wire,
                                             const struct sm_postgres_check_sink *sink,
                                             struct sm_err *err);
struct sm_parked_filter; /* postgres/parked_inspect.h, as the next ones */
struct sm_parked_sink;
struct sm_parked_waiting_sink;
SM_MUST_CHECK enum sm_status sm__wire_parked_list(struct sm__wire *wire,
                                                  const struct sm_parked_filter *filter,
                                                  const struct sm_parked_sink *sink,
                                                  struct sm_err *err);
SM_MUST_CHECK enum sm_status sm__wire_parked_show(struct sm__wire *wire, int64_t id,
                                                  const struct sm_parked_sink *sink,
                                                  struct sm_err *err);
SM_MUST_CHECK enum sm_status sm__wire_parked_waiting(struct sm__wire *wire,
                                                     const struct sm_parked_waiting_sink *sink,
                                                     struct sm_err *err);
SM_MUST_CHECK enum sm_status sm__wire_store(struct sm__wire *wire, struct sm_store **out,
                                            struct sm_err *err);

/* The relay's side of the database. */
SM_MUST_CHECK enum sm_status sm__wire_outbox(struct sm__wire *wire, struct sm_outbox **out,
                                             struct sm_err *err);
struct sm_postgres_outbox_view; /* postgres/outbox_view.h */
SM_MUST_CHECK enum sm_status sm__wire_outbox_view(struct sm__wire *wire,
                                                  struct sm_postgres_outbox_view *out,
                                                  struct sm_err *err);

/* ---- the schema registry ---- */

/* Its schemas, kept in the database as well. *out is NULL when no registry is set. */
SM_MUST_CHECK enum sm_status sm__wire_schemas(struct sm__wire *wire, struct sm_schemas **out,
                                              struct sm_err *err);
struct sm_registry_subjects; /* registry/subjects.h */
/* Its subjects. *out is NULL when no registry is set. */
SM_MUST_CHECK enum sm_status sm__wire_subjects(const struct sm__wire *wire,
                                               struct sm_registry_subjects **out,
                                               struct sm_err *err);
#endif
