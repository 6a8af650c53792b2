/* Configurations: ours first, then what the operator passes through, as far as exactly once and
 * the order of records survive it. */
#include <strings.h>

#include "base/slice.h"
#include "kafka/kafka_priv.h"

/* The first version whose consumer and admin calls are known to work with brokers 3.x and 4.x. */
#define VERSION_MIN 0x02000200

#define VALUE_SIZE_MAX 128 /* bytes of a value that an error text repeats */

struct rule {
    const char *name;
    const char *alias; /* another name of the same property, or NULL */
    const char *allowed; /* the only value that is taken, which is ours; NULL: none is */
    const char *reason;
};

/* Every row names what would break. Considered: to let everything pass and warn; chosen: to refuse,
 * because what these break is found only by `verify`, much later. Repair: remove the row. All rows
 * bind every kind of handle, as one list of properties is meant to serve all commands. */
static const struct rule rules[] = {
    { "bootstrap.servers", "metadata.broker.list", NULL,
      "the brokers have an option of their own" },
    { "group.id", NULL, NULL, "the group has an option of its own" },
    { "group.instance.id", NULL, NULL, "static membership has an option of its own" },
    { "enable.auto.commit", "auto.commit.enable", "false",
      "the group would be told of records that PostgreSQL does not have yet" },
    { "enable.auto.offset.store", NULL, "false",
      "the group would be told of records that PostgreSQL does not have yet" },
    { "auto.offset.reset", NULL, "error",
      "records that the broker no longer has would be skipped in silence" },
    { "isolation.level", NULL, "read_committed",
      "records of transactions that were aborted would be taken for facts" },
    { "enable.partition.eof", NULL, "true",
      "positions after trailing control records could not be known" },
    { "group.protocol", NULL, "classic",
      "partitions would be taken and given one by one, which this program does not do" },
    { "allow.auto.create.topics", NULL, "false",
      "missing topics would be made with the broker's retention, which loses history" },
    { "topic.blacklist", NULL, NULL, "it would hide topics" },
    { "enable.idempotence", NULL, "true",
      "records could be repeated or change their order when they are sent again" },
    { "acks", "request.required.acks", "all", "records that were acknowledged could be lost" },
    { "partitioner", NULL, "murmur2_random",
      "events of one client would go to another partition than those of other producers" },
    { "delivery.report.only.error", NULL, "false", "records would not be acknowledged" },
    { "transactional.id", NULL, NULL, "transactions are not the operator's to set up" },
    { "enabled_events", NULL, NULL, "it would keep answers of the library from this program" },
    { "log.queue", NULL, "true", "lines of the library's own threads would mix with ours" },
};

const char *sm_kafka_library_version(void)
{
    return rd_kafka_version_str();
}

/* Error texts reach logs: what opens doors must not. */
static bool is_secret(const char *name)
{
    return strstr(name, "password") != NULL || strstr(name, "secret") != NULL ||
           strstr(name, ".pem") != NULL || strstr(name, "sasl.oauthbearer.config") != NULL ||
           strstr(name, "sasl.jaas") != NULL;
}

static const char *printable(const struct sm_kafka_property *property)
{
    if (is_secret(property->name))
        return "(hidden)";
    return strlen(property->value) <= VALUE_SIZE_MAX ? property->value : "(long)";
}

static enum sm_status refuse(const struct sm_kafka_property *property, const char *reason,
                             struct sm_err *err)
{
    return sm_err_set(err, SM_FATAL, SM_FROM_KAFKA, "the Kafka property %s=%s is refused: %s",
                      property->name, printable(property), reason);
}

/* librdkafka reads a list of strategies, in any case of letters, with spaces. */
static enum sm_status judge_strategy(const struct sm_kafka_property *property, struct sm_err *err)
{
    if (strcmp(property->name, "partition.assignment.strategy") != 0 ||
        strcasestr(property->value, "cooperative") == NULL)
        return SM_OK;
    if (rd_kafka_version() < 0x020a0000)
        return refuse(property, "librdkafka before 2.10.0 skips records in silence with it", err);
    return refuse(property,
                  "this program gives up all partitions at a rebalance; "
                  "hint: use range or roundrobin",
                  err);
}

static bool names(const struct rule *rule, const char *name)
{
    return strcmp(rule->name, name) == 0 || (rule->alias != NULL && strcmp(rule->alias, name) == 0);
}

/* librdkafka knows several spellings of one value; those of the values that rules allow. */
static bool same_value(const char *allowed, const char *value)
{
    if (strcasecmp(allowed, value) == 0)
        return true;
    if (strcmp(allowed, "true") == 0)
        return strcasecmp(value, "t") == 0 || strcmp(value, "1") == 0;
    if (strcmp(allowed, "false") == 0)
        return strcasecmp(value, "f") == 0 || strcmp(value, "0") == 0;
    return strcmp(allowed, "all") == 0 && strcmp(value, "-1") == 0;
}

/* SM_OK: pass it on. SM_AGAIN: it says what holds already. Not passed on then, since a handle may
 * need another value, as the one that reads high watermarks does. SM_FATAL: refused. */
static enum sm_status judge(const struct sm_kafka_property *property, struct sm_err *err)
{
    for (size_t i = 0; i < SM_ARRAY_COUNT(rules); i++) {
        const struct rule *rule = &rules[i];

        if (!names(rule, property->name))
            continue;
        if (rule->allowed == NULL || !same_value(rule->allowed, property->value))
            return refuse(property, rule->reason, err);
        return SM_AGAIN;
    }
    return judge_strategy(property, err);
}

static enum sm_status set(rd_kafka_conf_t *conf, const struct sm_kafka_property *property,
                          struct sm_err *err)
{
    char reason[256];

    if (rd_kafka_conf_set(conf, property->name, property->value, reason, sizeof(reason)) ==
        RD_KAFKA_CONF_OK)
        return SM_OK;
    /* librdkafka's sentence repeats the value. */
    return refuse(property, is_secret(property->name) ? "librdkafka does not take it" : reason,
                  err);
}

static enum sm_status set_all(rd_kafka_conf_t *conf, const struct sm__kafka_setting *settings,
                              size_t count, struct sm_err *err)
{
    enum sm_status status = SM_OK;

    for (size_t i = 0; status == SM_OK && i < count; i++) {
        struct sm_kafka_property property = { settings[i].name, settings[i].value };

        if (property.value != NULL) /* an option that was not given */
            status = set(conf, &property, err);
    }
    return status;
}

static enum sm_status set_properties(rd_kafka_conf_t *conf, const struct sm_kafka_client *client,
                                     struct sm_err *err)
{
    enum sm_status status = SM_OK;

    for (size_t i = 0; status == SM_OK && i < client->property_count; i++) {
        status = judge(&client->properties[i], err);
        if (status == SM_OK)
            status = set(conf, &client->properties[i], err);
        else if (status == SM_AGAIN)
            status = SM_OK;
    }
    return status;
}

rd_kafka_conf_t *sm__kafka_conf_new(const struct sm_kafka_client *client,
                                    const struct sm__kafka_setting *settings, size_t setting_count,
                                    struct sm_err *err)
{
    const struct sm__kafka_setting common[] = {
        { "bootstrap.servers", client->brokers },
        { "client.id", "secretmagic" },
        { "socket.nagle.disable", "true" },
        /* By default a broker that was away is tried again after up to 10 s. */
        { "reconnect.backoff.ms", "50" },
        { "reconnect.backoff.max.ms", "500" },
    };
    rd_kafka_conf_t *conf = rd_kafka_conf_new();

    if (rd_kafka_version() < VERSION_MIN) {
        (void)sm_err_set(err, SM_FATAL, SM_FROM_KAFKA,
                         "librdkafka %s is too old; hint: 2.0.2 or newer is needed",
                         rd_kafka_version_str());
        rd_kafka_conf_destroy(conf);
        return NULL;
    }
    if (set_all(conf, common, SM_ARRAY_COUNT(common), err) == SM_OK &&
        set_all(conf, settings, setting_count, err) == SM_OK &&
        set_properties(conf, client, err) == SM_OK)
        return conf;
    rd_kafka_conf_destroy(conf);
    return NULL;
}
