/* What librdkafka's callbacks say, written down for the next dispatch. Nothing is decided here, and
 * nothing of librdkafka is called but questions: an assignment is changed only when the engine has
 * answered. */
#include <stddef.h>

#include "kafka/source_priv.h"

/* The handle's opaque is the talk, for the log callback that all handles share. */
static struct sm__source *source_of(void *opaque)
{
    return (struct sm__source *)((char *)opaque - offsetof(struct sm__source, talk));
}

bool sm__source_topic(const struct sm__source *source, const char *name, enum sm_topic *out)
{
    for (int topic = 0; topic < SM_TOPIC_COUNT; topic++) {
        if (strcmp(source->topics[topic], name) == 0) {
            *out = (enum sm_topic)topic;
            return true;
        }
    }
    return false;
}

static void fail(struct sm__source *source, const char *text)
{
    if (source->inbox.failed)
        return; /* the first reason is the cause of the others */
    source->inbox.failed = true;
    (void)snprintf(source->inbox.failed_text, sizeof(source->inbox.failed_text), "%s", text);
}

static void fail_handle(struct sm__source *source, rd_kafka_resp_err_t code)
{
    char text[SM_ERR_TEXT_SIZE];

    sm__kafka_fatal_text(source->handle, code, text, sizeof(text));
    source->inbox.fenced = rd_kafka_fatal_error(source->handle, NULL, 0) ==
                           RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID;
    fail(source, text);
}

void sm__inbox_rebalance(rd_kafka_t *handle, rd_kafka_resp_err_t code,
                         rd_kafka_topic_partition_list_t *partitions, void *opaque)
{
    struct sm__source *source = source_of(opaque);
    struct sm__inbox *inbox = &source->inbox;

    if (source->closing) {
        (void)rd_kafka_assign(handle, NULL);
        return;
    }
    inbox->partition_count = 0;
    for (int i = 0; i < partitions->cnt; i++) {
        struct sm_partition_id id = { SM_TOPIC_CONFIG, partitions->elems[i].partition };

        if (!sm__source_topic(source, partitions->elems[i].topic, &id.topic))
            continue; /* the subscription names no other topics */
        if (inbox->partition_count == SM_PARTITIONS_MAX) {
            fail(source, "the group gave us more partitions than a process can hold; "
                         "hint: start more instances");
            return;
        }
        inbox->partitions[inbox->partition_count++] = id;
    }
    inbox->rebalance = code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS ? SM__ASSIGN : SM__REVOKE;
    /* Must be asked before the next assign, which resets it. */
    inbox->lost = inbox->rebalance == SM__REVOKE && rd_kafka_assignment_lost(handle) != 0;
}

static bool means_gone(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
           code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC || code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
}

static void note_gone(struct sm__source *source, enum sm_topic topic, const char *text)
{
    source->inbox.gone[topic] = true;
    (void)snprintf(source->inbox.gone_text[topic], sizeof(source->inbox.gone_text[topic]), "%s",
                   text);
}

/* The error callback names a topic only in its sentence, which begins "topic [partition]: ". */
static void find_gone(struct sm__source *source, const char *reason)
{
    for (int topic = 0; topic < SM_TOPIC_COUNT; topic++) {
        size_t size = strlen(source->topics[topic]);

        if (strncmp(reason, source->topics[topic], size) == 0 &&
            strncmp(reason + size, " [", 2) == 0)
            note_gone(source, (enum sm_topic)topic, reason);
    }
}

void sm__inbox_error(rd_kafka_t *handle, int code, const char *reason, void *opaque)
{
    struct sm__source *source = source_of(opaque);

    (void)handle;
    if (code == RD_KAFKA_RESP_ERR__FATAL) {
        fail_handle(source, code);
    } else if (means_gone(code)) {
        find_gone(source, reason);
    } else {
        sm__kafka_talk_trouble(&source->talk, code, reason);
        if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
            source->inbox.away = true;
    }
}

void sm__inbox_message(struct sm__source *source, const rd_kafka_message_t *message)
{
    const char *text = rd_kafka_message_errstr(message);
    enum sm_status status = sm__kafka_status_from_error(message->err);
    enum sm_topic topic;

    if (message->err == RD_KAFKA_RESP_ERR__FATAL)
        fail_handle(source, message->err);
    else if (means_gone(message->err) && message->rkt != NULL &&
             sm__source_topic(source, rd_kafka_topic_name(message->rkt), &topic))
        note_gone(source, topic, text);
    /* After a damaged batch (_BAD_MSG and the like, SM_REJECT) the library goes on behind it. That
     * would be a skip, so this handle ends there; a new one reads the batch again. What is left,
     * the library repeats by itself. */
    else if (status == SM_FATAL || status == SM_REJECT)
        fail(source, text);
}
