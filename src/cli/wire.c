/* What both halves of the wire need: names, clients, and what is told at the start. */
#include <unistd.h>

#include "base/log.h"
#include "cli/command.h"
#include "cli/mask.h"
#include "cli/wire_priv.h"

#define MASKED_SIZE_MAX 1024

static bool split_property(struct sm__wire *wire, size_t index)
{
    char *text = strdup(wire->options->properties[index]);
    char *equals;

    wire->property_texts[index] = text;
    if (text == NULL)
        return false;
    equals = strchr(text, '=');
    *equals = '\0';
    wire->properties[index] = (struct sm_kafka_property){text, equals + 1};
    return true;
}

static void name_topics(struct sm__wire *wire)
{
    static const char *const suffixes[SM__WIRE_TOPICS] = {
        [SM_TOPIC_CONFIG] = "config.events",
        [SM_TOPIC_PROCESSING] = "processing.events",
        [SM__WIRE_COMMANDS] = "tenant.commands"};

    for (size_t i = 0; i < SM__WIRE_TOPICS; i++)
        (void)snprintf(wire->topics[i], SM__TOPIC_NAME_SIZE, "%s%s",
                       sm_options_text(wire->options, SM_OPTION_TOPIC_PREFIX), suffixes[i]);
    if (wire->options->command == SM_COMMAND_RUN)
        (void)snprintf(wire->relay, sizeof(wire->relay), "%s.relay",
                       sm_options_text(wire->options, SM_OPTION_GROUP));
}

/* "host/pid", or the static member's name, which outlives a restart. */
static void name_owner(struct sm__wire *wire)
{
    const char *instance = sm_options_text(wire->options, SM_OPTION_INSTANCE_ID);
    char host[64] = "unknown-host";

    (void)gethostname(host, sizeof(host) - 1);
    if (instance != NULL)
        (void)snprintf(wire->owner, SM__OWNER_SIZE, "%.127s", instance);
    else
        (void)snprintf(wire->owner, SM__OWNER_SIZE, "%s/%ld", host, (long)getpid());
    (void)snprintf(wire->application, SM__OWNER_SIZE, "secretmagic %s",
                   sm_command_name(wire->options->command));
}

/* The other commands hold no locks that anybody waits for, and verify may be busy with Kafka while
 * its snapshot is open. */
#define PATIENT_IDLE_MS 3600000

static int idle_timeout_ms(const struct sm_options *options)
{
    int session_ms = sm_options_ms(options, SM_OPTION_SESSION_TIMEOUT);

    if (options->command != SM_COMMAND_RUN)
        return PATIENT_IDLE_MS;
    /* Below the session timeout, so that a process that is frozen inside a transaction has lost its
     * locks by the time its successor is given the partition. */
    return session_ms / 2 < SM_POSTGRES_IDLE_MS ? session_ms / 2 : SM_POSTGRES_IDLE_MS;
}

enum sm_status sm__wire_open(const struct sm_options *options, struct sm__wire **out,
                             struct sm_err *err)
{
    struct sm__wire *wire = calloc(1, sizeof(*wire));

    if (wire == NULL)
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "out of memory while starting");
    wire->options = options;
    name_topics(wire);
    name_owner(wire);
    for (size_t i = 0; i < options->property_count; i++) {
        if (!split_property(wire, i)) {
            sm__wire_close(wire);
            return sm_err_set(err, SM_FATAL, SM_FROM_OS, "out of memory while starting");
        }
    }
    wire->kafka = (struct sm_kafka_client){sm_options_text(options, SM_OPTION_BROKERS),
                                           wire->properties, options->property_count};
    wire->postgres = (struct sm_postgres_client){
        .conninfo = sm_options_text(options, SM_OPTION_DATABASE),
        .application_name = wire->application,
        /* `run` waits patiently; the other commands wait as long as they are told. */
        .connect_timeout_ms =
            options->command == SM_COMMAND_RUN ? 0 : sm_options_ms(options, SM_OPTION_TIMEOUT),
        .idle_timeout_ms = idle_timeout_ms(options),
    };
    /* Makes a handle and with it judges the properties, before anything else is begun. */
    if (sm__wire_check_registry(wire, err) != SM_OK || sm__wire_open_admin(wire, err) != SM_OK) {
        sm__wire_close(wire);
        return SM_FATAL;
    }
    *out = wire;
    return SM_OK;
}

int sm__wire_refused(const struct sm_err *err)
{
    (void)fprintf(stderr, "secretmagic: %s\n", err->text);
    return SM_EXIT_USAGE;
}

void sm__wire_close(struct sm__wire *wire)
{
    if (wire == NULL)
        return;
    sm_kafka_topics_close(wire->admin);
    for (size_t i = 0; i < SM_PROPERTIES_MAX; i++)
        free(wire->property_texts[i]);
    free(wire);
}

const char *sm__wire_topic(const struct sm__wire *wire, enum sm_topic topic)
{
    return wire->topics[topic];
}

void sm__wire_log_start(const struct sm__wire *wire)
{
    struct sm_buf database;

    sm_buf_init(&database, MASKED_SIZE_MAX);
    sm__mask_append(&database, wire->postgres.conninfo);
    sm_log(SM_LOG_INFO, "run", NULL,
           "secretmagic %s: brokers %s, database \"%s\", group %s, topics %s and %s", SM_VERSION,
           wire->kafka.brokers, database.data != NULL ? database.data : "",
           sm_options_text(wire->options, SM_OPTION_GROUP), wire->topics[SM_TOPIC_CONFIG],
           wire->topics[SM_TOPIC_PROCESSING]);
    sm_buf_deinit(&database);
}

const char *sm__wire_instance(const struct sm__wire *wire)
{
    return wire->owner;
}
