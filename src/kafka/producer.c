/* The publisher port: librdkafka's idempotent producer, acknowledgements read as events. */
#include <unistd.h>

#include "kafka/kafka_priv.h"
#include "kafka/producer.h"

#define PENDING_MAX      100000 /* records, if the options do not say */
#define PENDING_KIB_MAX  32768 /* kibibytes of them */
#define CLOSE_TIMEOUT_MS 1000 /* for requests that are on their way when we stop caring */

struct producer {
    struct sm_publisher port; /* first: the port is the object */
    struct sm__kafka_talk talk;
    rd_kafka_t *handle;
    rd_kafka_queue_t *queue; /* acknowledgements, errors, log lines */
    int wake_fd;
    rd_kafka_topic_t **topics; /* owned, one per name */
    size_t topic_count;
    size_t pending;
    bool failed; /* fatal_text says why */
    char fatal_text[SM_ERR_TEXT_SIZE];
};

_Static_assert(sizeof(void *) >= sizeof(uint64_t), "a token travels as librdkafka's pointer");

static enum sm_status refuse(struct producer *producer, rd_kafka_resp_err_t code,
                             const struct sm_publication *publication, struct sm_err *err)
{
    char text[SM_ERR_TEXT_SIZE];
    enum sm_status status = sm__kafka_status_from_error(code);

    if (status == SM_AGAIN)
        return SM_AGAIN;
    sm__kafka_fatal_text(producer->handle, code, text, sizeof(text));
    /* Not queued for a reason that may pass (a partition not known yet) is no room, for now. */
    if (status == SM_RETRY)
        status = SM_AGAIN;
    return sm_err_set(err, status, SM_FROM_KAFKA, "cannot publish to %s: %s",
                      rd_kafka_topic_name(producer->topics[publication->topic]), text);
}

/* NULL for a record without headers. */
static rd_kafka_headers_t *make_headers(const struct sm_publication *publication)
{
    rd_kafka_headers_t *headers = NULL;

    if (publication->header_count > 0)
        headers = rd_kafka_headers_new(publication->header_count);
    for (size_t i = 0; i < publication->header_count; i++) {
        const struct sm_header *header = &publication->headers[i];

        (void)rd_kafka_header_add(headers, (const char *)header->name.data,
                                  (ssize_t)header->name.size, header->value.data,
                                  (ssize_t)header->value.size);
    }
    return headers;
}

/* librdkafka copies it, as told to, and does not write there. */
static void *writable(struct sm_slice slice)
{
    return (void *)(uintptr_t)slice.data;
}

/* The array call, since the macros of the other need an extension of gcc. */
static rd_kafka_resp_err_t produce(struct producer *producer,
                                   const struct sm_publication *publication,
                                   rd_kafka_headers_t *headers)
{
    int64_t timestamp_us = publication->timestamp_us;
    rd_kafka_vu_t fields[] = {
        { .vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = producer->topics[publication->topic] },
        { .vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = publication->partition },
        { .vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY },
        { .vtype = RD_KAFKA_VTYPE_KEY,
          .u.mem = { writable(publication->key), publication->key.size } },
        { .vtype = RD_KAFKA_VTYPE_VALUE,
          .u.mem = { writable(publication->value), publication->value.size } },
        { .vtype = RD_KAFKA_VTYPE_TIMESTAMP,
          .u.i64 = timestamp_us == SM_TIME_NONE ? 0 : timestamp_us / 1000 }, /* 0: now */
        { .vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = (void *)(uintptr_t)publication->token },
        { .vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers },
    };
    size_t count = SM_ARRAY_COUNT(fields) - (headers == NULL);
    rd_kafka_error_t *error = rd_kafka_produceva(producer->handle, fields, count);
    rd_kafka_resp_err_t code = rd_kafka_error_code(error); /* of NULL: no error */

    if (error != NULL)
        rd_kafka_error_destroy(error);
    return code;
}

static enum sm_status publish(struct sm_publisher *port, const struct sm_publication *publication,
                              struct sm_err *err)
{
    struct producer *producer = (struct producer *)port;
    rd_kafka_headers_t *headers;
    rd_kafka_resp_err_t code;

    SM_ASSERT(publication->topic < producer->topic_count);
    headers = make_headers(publication);
    code = produce(producer, publication, headers);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        producer->pending++;
        return SM_OK;
    }
    if (headers != NULL)
        rd_kafka_headers_destroy(headers); /* the library adopts them only when it succeeds */
    return refuse(producer, code, publication, err);
}

static void acknowledge(struct producer *producer, const struct sm_publisher_sink *sink,
                        const rd_kafka_message_t *message)
{
    struct sm_acknowledgement acknowledgement = {
        .token = (uint64_t)(uintptr_t)message->_private,
        .status = sm__kafka_status_from_error(message->err),
        .partition = message->partition,
        .offset = message->offset,
    };
    char text[SM_ERR_TEXT_SIZE] = "";

    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
        producer->talk.trouble[0] = '\0';
    else
        sm__kafka_fatal_text(producer->handle, message->err, text, sizeof(text));
    /* An answer is never "again": the library took the record, and it came back. */
    if (acknowledgement.status == SM_AGAIN)
        acknowledgement.status = SM_RETRY;
    acknowledgement.text = text;
    producer->pending--;
    sink->acknowledged(sink->context, &acknowledgement);
}

static void read_event(struct producer *producer, const struct sm_publisher_sink *sink,
                       rd_kafka_event_t *event)
{
    const rd_kafka_message_t *message;

    if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_DR) {
        while ((message = rd_kafka_event_message_next(event)) != NULL)
            acknowledge(producer, sink, message);
    } else if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR) {
        rd_kafka_resp_err_t code = rd_kafka_event_error(event);

        if (code != RD_KAFKA_RESP_ERR__FATAL) {
            sm__kafka_talk_trouble(&producer->talk, code, rd_kafka_event_error_string(event));
            return;
        }
        producer->failed = true;
        sm__kafka_fatal_text(producer->handle, code, producer->fatal_text,
                             sizeof(producer->fatal_text));
    }
}

static enum sm_status poll_events(struct sm_publisher *port, const struct sm_publisher_sink *sink,
                                  struct sm_err *err)
{
    struct producer *producer = (struct producer *)port;
    rd_kafka_event_t *event;

    sm__kafka_wake_drain(producer->wake_fd);
    while ((event = rd_kafka_queue_poll(producer->queue, 0)) != NULL) {
        read_event(producer, sink, event);
        rd_kafka_event_destroy(event);
    }
    if (producer->failed)
        return sm_err_set(err, SM_FATAL, SM_FROM_KAFKA, "the producer can publish nothing more: %s",
                          producer->fatal_text);
    return SM_OK;
}

static size_t pending(const struct sm_publisher *port)
{
    return ((const struct producer *)port)->pending;
}

static const char *trouble(const struct sm_publisher *port)
{
    return ((const struct producer *)port)->talk.trouble;
}

static int wait_fd(struct sm_publisher *port)
{
    return ((struct producer *)port)->wake_fd;
}

static void close_producer(struct sm_publisher *port)
{
    struct producer *producer = (struct producer *)port;

    if (producer->handle != NULL) {
        /* What waits is given up, and what is on its way may still be answered. */
        (void)rd_kafka_purge(producer->handle, RD_KAFKA_PURGE_F_QUEUE);
        (void)rd_kafka_flush(producer->handle, CLOSE_TIMEOUT_MS);
        (void)rd_kafka_purge(producer->handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    }
    for (size_t i = 0; i < producer->topic_count; i++) {
        if (producer->topics[i] != NULL)
            rd_kafka_topic_destroy(producer->topics[i]);
    }
    if (producer->queue != NULL)
        rd_kafka_queue_destroy(producer->queue);
    if (producer->handle != NULL)
        rd_kafka_destroy(producer->handle);
    if (producer->wake_fd >= 0)
        (void)close(producer->wake_fd);
    free(producer->topics);
    free(producer);
}

static const struct sm_publisher_ops ops = {
    .publish = publish,
    .poll = poll_events,
    .pending = pending,
    .trouble = trouble,
    .wait_fd = wait_fd,
    .close = close_producer,
};

struct texts {
    char linger[16];
    char messages[24];
    char kib[16];
    char timeout[16];
};

static rd_kafka_conf_t *make_conf(const struct sm_kafka_producer_options *options,
                                  struct sm_err *err)
{
    struct texts texts;
    const struct sm__kafka_setting settings[] = {
        { "enable.idempotence", "true" },
        { "acks", "all" },
        { "partitioner", "murmur2_random" },
        { "linger.ms", texts.linger },
        { "queue.buffering.max.messages", texts.messages },
        { "queue.buffering.max.kbytes", texts.kib },
        { "message.timeout.ms", options->timeout_ms > 0 ? texts.timeout : NULL },
    };
    rd_kafka_conf_t *conf;

    (void)snprintf(texts.linger, sizeof(texts.linger), "%d", options->linger_ms);
    (void)snprintf(texts.messages, sizeof(texts.messages), "%zu",
                   options->pending_max > 0 ? options->pending_max : (size_t)PENDING_MAX);
    (void)snprintf(texts.kib, sizeof(texts.kib), "%d", PENDING_KIB_MAX);
    (void)snprintf(texts.timeout, sizeof(texts.timeout), "%d", options->timeout_ms);
    conf = sm__kafka_conf_new(&options->client, settings, SM_ARRAY_COUNT(settings), err);
    if (conf != NULL)
        rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR);
    return conf;
}

/* Topic handles are made now: the first record to a topic that the library does not know yet waits
 * up to a second for a timer of its. */
static enum sm_status open_topics(struct producer *producer,
                                  const struct sm_kafka_producer_options *options,
                                  struct sm_err *err)
{
    for (size_t i = 0; i < options->topic_count; i++) {
        producer->topics[i] = rd_kafka_topic_new(producer->handle, options->topics[i], NULL);
        if (producer->topics[i] == NULL)
            return sm_err_set(err, SM_FATAL, SM_FROM_KAFKA, "'%s' cannot be a topic: %s",
                              options->topics[i], rd_kafka_err2str(rd_kafka_last_error()));
    }
    return SM_OK;
}

static enum sm_status start(struct producer *producer,
                            const struct sm_kafka_producer_options *options, struct sm_err *err)
{
    rd_kafka_conf_t *conf = make_conf(options, err);

    if (conf == NULL)
        return SM_FATAL;
    producer->handle = sm__kafka_handle_new(RD_KAFKA_PRODUCER, conf, true, &producer->talk, err);
    if (producer->handle == NULL)
        return SM_FATAL;
    producer->queue = rd_kafka_queue_get_main(producer->handle);
    producer->wake_fd = sm__kafka_wake_open(producer->queue);
    if (producer->wake_fd < 0)
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "cannot make a descriptor to wait on");
    return open_topics(producer, options, err);
}

enum sm_status sm_kafka_producer_open(const struct sm_kafka_producer_options *options,
                                      struct sm_publisher **out, struct sm_err *err)
{
    struct producer *producer = calloc(1, sizeof(*producer));
    enum sm_status status = SM_FATAL;

    if (producer != NULL)
        producer->topics = calloc(options->topic_count, sizeof(rd_kafka_topic_t *));
    if (producer == NULL || producer->topics == NULL) {
        free(producer);
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "no memory for a Kafka producer");
    }
    producer->port.ops = &ops;
    producer->wake_fd = -1;
    producer->topic_count = options->topic_count;
    status = start(producer, options, err);
    if (status != SM_OK) {
        close_producer(&producer->port);
        return status;
    }
    *out = &producer->port;
    return SM_OK;
}
