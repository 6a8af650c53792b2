/* `migrate`: the database's schema, and with --topics the topics. */
#include "cli/command.h"
#include "cli/wire.h"

static void tell_migration(void *context, int version, const char *name)
{
    (void)context;
    (void)printf("schema: applied %03d %s\n", version, name);
}

static enum sm_status migrate_schema(struct sm__wire *wire, struct sm_err *err)
{
    const struct sm__migrate_sink sink = { .applied = tell_migration };
    int applied = 0;
    enum sm_status status = sm__wire_migrate(wire, &sink, &applied, err);

    if (status == SM_OK && applied == 0)
        (void)printf("schema: nothing to do, it is at version %d\n", sm__wire_schema_wanted());
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
                 created ? "created" : "was there already", (int)view.partitions, (int)view.replication);
    if (view.history_lost[0] != '\0')
        (void)fprintf(stderr, "secretmagic: warning: %s\n", view.history_lost);
    return SM_OK;
}

int sm_command_migrate(const struct sm_options *options)
{
    int timeout_ms = sm_options_ms(options, SM_OPTION_TIMEOUT);
    struct sm_err err = { .text = "" };
    struct sm__wire *wire = NULL;
    enum sm_status status = sm__wire_open(options, &wire, &err);

    if (status == SM_OK)
        status = migrate_schema(wire, &err);
    for (unsigned i = 0; status == SM_OK && sm_options_flag(options, SM_OPTION_TOPICS) && i < SM_TOPIC_COUNT; i++)
        status = migrate_topic(wire, (enum sm_topic)i, timeout_ms, &err);
    sm__wire_close(wire);
    if (status == SM_OK)
        return SM_EXIT_OK;
    (void)fprintf(stderr, "secretmagic: %s\n", err.text);
    return SM_EXIT_FAILED;
}
