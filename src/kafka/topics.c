/* Topics as they are, and new ones. */
#include "kafka/kafka_priv.h"
#include "kafka/topics.h"

/* Between two looks whether the broker knows a topic that was just made; Kafka needs some 20 ms. */
#define LOOK_AGAIN_NS 10000000
#define ASK_FIRST_MS  500

struct sm_kafka_topics {
    struct sm__kafka_talk talk;
    rd_kafka_t *handle;
    rd_kafka_queue_t *queue; /* answers */
};

bool sm_kafka_topic_loses_history(const struct sm_kafka_topic *topic)
{
    return topic->compacts ||
           (topic->deletes && (topic->retention_ms >= 0 || topic->retention_bytes >= 0));
}

static void note_error(rd_kafka_t *handle, int code, const char *reason, void *opaque)
{
    (void)handle;
    sm__kafka_talk_trouble(opaque, code, reason);
}

enum sm_status sm_kafka_topics_open(const struct sm_kafka_client *client,
                                    struct sm_kafka_topics **out, struct sm_err *err)
{
    const struct sm__kafka_setting settings[] = { { "allow.auto.create.topics", "false" } };
    struct sm_kafka_topics *topics = calloc(1, sizeof(*topics));
    rd_kafka_conf_t *conf;

    if (topics == NULL)
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "no memory for a Kafka client");
    conf = sm__kafka_conf_new(client, settings, SM_ARRAY_COUNT(settings), err);
    if (conf != NULL) {
        rd_kafka_conf_set_error_cb(conf, note_error);
        topics->handle = sm__kafka_handle_new(RD_KAFKA_CONSUMER, conf, true, &topics->talk, err);
    }
    if (topics->handle == NULL) {
        free(topics);
        return SM_FATAL;
    }
    topics->queue = rd_kafka_queue_new(topics->handle);
    *out = topics;
    return SM_OK;
}

void sm_kafka_topics_close(struct sm_kafka_topics *topics)
{
    if (topics == NULL)
        return;
    rd_kafka_queue_destroy(topics->queue);
    rd_kafka_destroy(topics->handle);
    free(topics);
}

/* Puts the broker's own sentence, or why it cannot be reached, where there is one. */
static enum sm_status failed(struct sm_kafka_topics *topics, rd_kafka_resp_err_t code,
                             const char *detail, const char *doing, const char *name,
                             struct sm_err *err)
{
    enum sm_status status = sm__kafka_status_from_error(code);

    (void)rd_kafka_poll(topics->handle, 0);
    if (status == SM_RETRY && topics->talk.refusal != SM__KAFKA_NOT_REFUSED)
        return sm__kafka_refused(&topics->talk, err);
    if (status == SM_RETRY && topics->talk.trouble[0] != '\0')
        detail = topics->talk.trouble;
    else if (detail == NULL)
        detail = "";
    return sm_err_set(err, status == SM_FATAL ? SM_FATAL : SM_RETRY, SM_FROM_KAFKA,
                      "cannot %s the topic %s: %s%s%s", doing, name, rd_kafka_err2str(code),
                      detail[0] != '\0' ? ": " : "", detail);
}

/* ---- describe ---- */

static void read_partitions(const rd_kafka_metadata_topic_t *from, struct sm_kafka_topic *out)
{
    out->partitions = from->partition_cnt;
    for (int i = 0; i < from->partition_cnt; i++) {
        int replicas = from->partitions[i].replica_cnt;

        if (i == 0 || replicas < out->replication)
            out->replication = replicas;
    }
}

/* What refuses us says so soon, and only between two questions can we hear it. */
static rd_kafka_resp_err_t ask(struct sm_kafka_topics *topics, rd_kafka_topic_t *topic,
                               int timeout_ms, const struct rd_kafka_metadata **out)
{
    rd_kafka_resp_err_t code;

    for (int ms = ASK_FIRST_MS;; ms *= 2) {
        int now_ms = ms < timeout_ms ? ms : timeout_ms;

        code = rd_kafka_metadata(topics->handle, 0, topic, out, now_ms);
        timeout_ms -= now_ms;
        (void)rd_kafka_poll(topics->handle, 0);
        if (sm__kafka_status_from_error(code) != SM_RETRY || timeout_ms <= 0 ||
            topics->talk.refusal != SM__KAFKA_NOT_REFUSED)
            return code;
    }
}

/* SM_OK and `exists`; the topic's own error is judged by `code`. */
static enum sm_status look_up(struct sm_kafka_topics *topics, const char *name, int timeout_ms,
                              struct sm_kafka_topic *out, struct sm_err *err)
{
    rd_kafka_topic_t *topic = rd_kafka_topic_new(topics->handle, name, NULL);
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_resp_err_t code;

    if (topic == NULL)
        return failed(topics, RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, NULL, "look up", name, err);
    code = ask(topics, topic, timeout_ms, &metadata);
    rd_kafka_topic_destroy(topic);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        SM_ASSERT(metadata->topic_cnt == 1);
        code = metadata->topics[0].err;
        out->exists = code == RD_KAFKA_RESP_ERR_NO_ERROR && metadata->topics[0].partition_cnt > 0;
        read_partitions(&metadata->topics[0], out);
        rd_kafka_metadata_destroy(metadata);
    }
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
        code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC)
        return SM_OK;
    return failed(topics, code, NULL, "look up", name, err);
}

static void read_setting(const rd_kafka_ConfigEntry_t *entry, struct sm_kafka_topic *out)
{
    const char *name = rd_kafka_ConfigEntry_name(entry);
    const char *value = rd_kafka_ConfigEntry_value(entry);

    if (value == NULL)
        return;
    if (strcmp(name, "retention.ms") == 0)
        out->retention_ms = strtoll(value, NULL, 10);
    else if (strcmp(name, "retention.bytes") == 0)
        out->retention_bytes = strtoll(value, NULL, 10);
    else if (strcmp(name, "cleanup.policy") == 0) {
        out->deletes = strstr(value, "delete") != NULL;
        out->compacts = strstr(value, "compact") != NULL;
    }
}

static enum sm_status read_settings(struct sm_kafka_topics *topics, const char *name,
                                    rd_kafka_event_t *event, struct sm_kafka_topic *out,
                                    struct sm_err *err)
{
    const rd_kafka_DescribeConfigs_result_t *result = rd_kafka_event_DescribeConfigs_result(event);
    const rd_kafka_ConfigEntry_t **entries;
    const rd_kafka_ConfigResource_t **resources;
    rd_kafka_resp_err_t code = rd_kafka_event_error(event);
    size_t count = 0;

    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return failed(topics, code, rd_kafka_event_error_string(event), "read the settings of",
                      name, err);
    resources = rd_kafka_DescribeConfigs_result_resources(result, &count);
    SM_ASSERT(count == 1);
    code = rd_kafka_ConfigResource_error(resources[0]);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return failed(topics, code, rd_kafka_ConfigResource_error_string(resources[0]),
                      "read the settings of", name, err);
    entries = rd_kafka_ConfigResource_configs(resources[0], &count);
    for (size_t i = 0; i < count; i++)
        read_setting(entries[i], out);
    return SM_OK;
}

/* Options that hold for any request; the caller destroys them. */
static rd_kafka_AdminOptions_t *make_options(struct sm_kafka_topics *topics,
                                             rd_kafka_admin_op_t operation, int timeout_ms)
{
    rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(topics->handle, operation);
    char reason[64];

    (void)rd_kafka_AdminOptions_set_request_timeout(options, timeout_ms, reason, sizeof(reason));
    return options;
}

static enum sm_status describe_settings(struct sm_kafka_topics *topics, const char *name,
                                        int timeout_ms, struct sm_kafka_topic *out,
                                        struct sm_err *err)
{
    rd_kafka_AdminOptions_t *options =
        make_options(topics, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, timeout_ms);
    rd_kafka_ConfigResource_t *resource =
        rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name);
    rd_kafka_event_t *event;
    enum sm_status status;

    rd_kafka_DescribeConfigs(topics->handle, &resource, 1, options, topics->queue);
    event = rd_kafka_queue_poll(topics->queue, -1); /* the request's own time-out ends it */
    status = read_settings(topics, name, event, out, err);
    rd_kafka_event_destroy(event);
    rd_kafka_ConfigResource_destroy(resource);
    rd_kafka_AdminOptions_destroy(options);
    return status;
}

enum sm_status sm_kafka_topics_describe(struct sm_kafka_topics *topics, const char *name,
                                        int timeout_ms, struct sm_kafka_topic *out,
                                        struct sm_err *err)
{
    enum sm_status status;

    *out = (struct sm_kafka_topic){ .retention_ms = SM_RETENTION_UNLIMITED,
                                    .retention_bytes = SM_RETENTION_UNLIMITED };
    status = look_up(topics, name, timeout_ms, out, err);
    if (status == SM_OK && out->exists)
        status = describe_settings(topics, name, timeout_ms, out, err);
    return status;
}

/* ---- create ---- */

static enum sm_status read_created(struct sm_kafka_topics *topics, const char *name,
                                   rd_kafka_event_t *event, bool *created, struct sm_err *err)
{
    const rd_kafka_topic_result_t **results;
    rd_kafka_resp_err_t code = rd_kafka_event_error(event);
    const char *detail = rd_kafka_event_error_string(event);

    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        size_t count = 0;

        results =
            rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
        SM_ASSERT(count == 1);
        code = rd_kafka_topic_result_error(results[0]);
        detail = rd_kafka_topic_result_error_string(results[0]);
    }
    *created = code == RD_KAFKA_RESP_ERR_NO_ERROR;
    if (*created || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
        return SM_OK;
    return failed(topics, code, detail, "create", name, err);
}

static enum sm_status request_topic(struct sm_kafka_topics *topics, rd_kafka_NewTopic_t *topic,
                                    const char *name, int timeout_ms, bool *created,
                                    struct sm_err *err)
{
    rd_kafka_AdminOptions_t *options =
        make_options(topics, RD_KAFKA_ADMIN_OP_CREATETOPICS, timeout_ms);
    char reason[64];
    rd_kafka_event_t *event;
    enum sm_status status;

    (void)rd_kafka_AdminOptions_set_operation_timeout(options, timeout_ms, reason, sizeof(reason));
    rd_kafka_CreateTopics(topics->handle, &topic, 1, options, topics->queue);
    event = rd_kafka_queue_poll(topics->queue, -1); /* the request's own time-out ends it */
    status = read_created(topics, name, event, created, err);
    rd_kafka_event_destroy(event);
    rd_kafka_AdminOptions_destroy(options);
    return status;
}

/* The controller has made it, and brokers learn of it a little later. */
static enum sm_status await_topic(struct sm_kafka_topics *topics, const char *name, int timeout_ms,
                                  struct sm_err *err)
{
    const struct timespec pause = { 0, LOOK_AGAIN_NS };
    int64_t deadline_us = sm_monotonic_us() + (int64_t)timeout_ms * 1000;
    struct sm_kafka_topic topic = { 0 };
    enum sm_status status = look_up(topics, name, timeout_ms, &topic, err);

    while (status == SM_OK && !topic.exists) {
        if (sm_monotonic_us() > deadline_us)
            return sm_err_set(err, SM_RETRY, SM_FROM_KAFKA,
                              "the topic %s was made, but the broker does not know it yet", name);
        (void)nanosleep(&pause, NULL);
        status = look_up(topics, name, timeout_ms, &topic, err);
    }
    return status;
}

enum sm_status sm_kafka_topics_create(struct sm_kafka_topics *topics,
                                      const struct sm_kafka_topic_plan *plan, int timeout_ms,
                                      bool *created, struct sm_err *err)
{
    char reason[256];
    rd_kafka_NewTopic_t *topic;
    struct sm_kafka_topic found = { 0 };
    /* A broker that cannot be reached, or refuses us, is told best by a question. */
    enum sm_status status = look_up(topics, plan->name, timeout_ms, &found, err);

    *created = false;
    if (status != SM_OK || found.exists)
        return status;
    topic = rd_kafka_NewTopic_new(plan->name, plan->partitions, plan->replication, reason,
                                  sizeof(reason));
    if (topic == NULL)
        return sm_err_set(err, SM_FATAL, SM_FROM_KAFKA, "cannot create the topic %s: %s",
                          plan->name, reason);
    (void)rd_kafka_NewTopic_set_config(topic, "cleanup.policy", "delete");
    (void)rd_kafka_NewTopic_set_config(topic, "retention.ms", "-1");
    (void)rd_kafka_NewTopic_set_config(topic, "retention.bytes", "-1");
    status = request_topic(topics, topic, plan->name, timeout_ms, created, err);
    rd_kafka_NewTopic_destroy(topic);
    if (status == SM_OK)
        status = await_topic(topics, plan->name, timeout_ms, err);
    return status;
}
