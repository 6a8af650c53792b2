/* `migrate`: the database's schema, and with --topics the topics. */
#include "cli/command.h"
#include "cli/wire.h"
#include "postgres/migrate.h"

static enum sm_status migrate_schema(struct sm__wire *wire, struct sm_err *err)
{
    struct sm_migration_report report = {0};
    enum sm_status status = sm__wire_migrate(wire, &report, err);

    for (size_t i = 0; i < report.applied_count; i++)
        (void)printf("schema: applied %s\n", report.applied[i]);
    if (status == SM_OK && report.applied_count == 0)
        (void)printf("schema: nothing to do, it is at version %d\n", report.version);
    return status;
}

static enum sm_status migrate_topic(struct sm__wire *wire, enum sm_topic topic, int timeout_ms,
                                    struct sm_err *err)
{
    struct sm__topic_view view;
    bool created = false;
    enum sm_status status = sm__wire_create_topic(wire, topic, &created, err);

    if (status == SM_OK)
        status = sm__wire_describe_topic(wire, topic, timeout_ms, &view, err);
    if (status != SM_OK)
        return status;
    (void)printf("topic %s: %s, %d partitions, replication %d\n", sm__wire_topic(wire, topic),
                 created ? "created" : "was there already", (int)view.partitions,
                 (int)view.replication);
    if (view.history_lost[0] != '\0')
        (void)fprintf(stderr, "secretmagic: warning: %s\n", view.history_lost);
    return SM_OK;
}

int sm_command_migrate(const struct sm_options *options)
{
    int timeout_ms = sm_options_ms(options, SM_OPTION_TIMEOUT);
    struct sm_err err = {.text = ""};
    struct sm__wire *wire = NULL;
    enum sm_status status;

    if (sm__wire_open(options, &wire, &err) != SM_OK)
        return sm__wire_refused(&err);
    status = migrate_schema(wire, &err);
    for (unsigned i = 0;
         status == SM_OK && sm_options_flag(options, SM_OPTION_TOPICS) && i < SM__WIRE_TOPICS; i++)
        status = migrate_topic(wire, (enum sm_topic)i, timeout_ms, &err);
    sm__wire_close(wire);
    if (status == SM_OK)
        return SM_EXIT_OK;
    (void)fprintf(stderr, "secretmagic: %s\n", err.text);
    return SM_EXIT_FAILED;
}
