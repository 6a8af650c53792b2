/* Partitions seen from outside any group, by librdkafka's simple consumer: it needs no group id,
 * and so no permission on a group. */
#include "domain/digest.h"
#include "kafka/kafka_priv.h"
#include "kafka/reader.h"

/* A range that begins so few offsets further on is reached by reading on: a new start costs a
 * request and some 10 ms, which are many records. */
#define READ_ON_MAX 10000

struct sm_kafka_reader {
    struct sm__kafka_talk talk;
    rd_kafka_t *handle;
    int timeout_ms;
    bool uncommitted;
    rd_kafka_topic_t *topic; /* what is being fetched; NULL: nothing */
    char *topic_name;        /* owned */
    int32_t partition;
    int64_t position; /* next offset that the fetch will give */
    struct sm__leftovers leftovers;
};

static void note_error(rd_kafka_t *handle, int code, const char *reason, void *opaque)
{
    (void)handle;
    sm__kafka_talk_trouble(opaque, code, reason);
}

static rd_kafka_t *open_handle(struct sm_kafka_reader *reader, const struct sm_kafka_client *client,
                               struct sm_err *err)
{
    char socket_timeout[16];
    const struct sm__kafka_setting settings[] = {
        {"isolation.level", reader->uncommitted ? "read_uncommitted" : "read_committed"},
        {"allow.auto.create.topics", "false"},
        {"enable.partition.eof", "true"},
        {"auto.offset.reset", "error"},
        {"check.crcs", "true"},
        {"fetch.wait.max.ms", "10"}, /* the end of a partition is told by an empty fetch */
        /* Little at a time: it reads beside the main work, whose memory is bounded. */
        {"max.partition.fetch.bytes", "524288"},
        {"queued.max.messages.kbytes", "1024"},
        {"topic.metadata.refresh.interval.ms", "10"},
        /* Before 2.3.0 only this ends the wait for an answer to ListOffsets. */
        {"socket.timeout.ms", socket_timeout},
    };
    rd_kafka_conf_t *conf;

    (void)snprintf(socket_timeout, sizeof(socket_timeout), "%d",
                   reader->timeout_ms < 1000 ? 1000 : reader->timeout_ms);
    conf = sm__kafka_conf_new(client, settings, SM_ARRAY_COUNT(settings), err);
    if (conf == NULL)
        return NULL;
    rd_kafka_conf_set_error_cb(conf, note_error);
    return sm__kafka_handle_new(RD_KAFKA_CONSUMER, conf, true, &reader->talk, err);
}

enum sm_status sm_kafka_reader_open(const struct sm_kafka_client *client, bool uncommitted,
                                    int timeout_ms, struct sm_kafka_reader **out,
                                    struct sm_err *err)
{
    struct sm_kafka_reader *reader = calloc(1, sizeof(*reader));

    if (reader == NULL)
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "no memory for a Kafka client");
    reader->timeout_ms = timeout_ms;
    reader->uncommitted = uncommitted;
    reader->handle = open_handle(reader, client, err);
    if (reader->handle == NULL) {
        free(reader);
        return SM_FATAL;
    }
    *out = reader;
    return SM_OK;
}

static void stop_fetching(struct sm_kafka_reader *reader)
{
    if (reader->topic == NULL)
        return;
    sm__leftovers_add(&reader->leftovers, reader->handle, rd_kafka_topic_name(reader->topic),
                      reader->partition);
    (void)rd_kafka_consume_stop(reader->topic, reader->partition);
    sm__leftovers_drain(&reader->leftovers);
    rd_kafka_topic_destroy(reader->topic);
    free(reader->topic_name);
    reader->topic = NULL;
    reader->topic_name = NULL;
}

static void close_all(void *argument)
{
    struct sm_kafka_reader *reader = argument;

    stop_fetching(reader);
    sm__leftovers_close(&reader->leftovers);
    rd_kafka_destroy(reader->handle);
    free(reader);
}

void sm_kafka_reader_close(struct sm_kafka_reader *reader)
{
    if (reader != NULL)
        (void)sm__kafka_close_within(close_all, reader, "reader", SM__KAFKA_CLOSE_MS);
}

static enum sm_status failed(struct sm_kafka_reader *reader, rd_kafka_resp_err_t code,
                             const char *doing, const char *topic, int32_t partition,
                             struct sm_err *err)
{
    enum sm_status status = sm__kafka_status_from_error(code);
    const char *trouble;

    (void)rd_kafka_poll(reader->handle, 0);
    if (status == SM_RETRY && reader->talk.refusal != SM__KAFKA_NOT_REFUSED)
        return sm__kafka_refused(&reader->talk, err);
    trouble = status == SM_RETRY ? reader->talk.trouble : "";
    return sm_err_set(err, status == SM_FATAL ? SM_FATAL : SM_RETRY, SM_FROM_KAFKA,
                      "cannot %s %s[%d]: %s%s%s", doing, topic, (int)partition,
                      rd_kafka_err2str(code), trouble[0] != '\0' ? ": " : "", trouble);
}

enum sm_status sm_kafka_reader_watermarks(struct sm_kafka_reader *reader, const char *topic,
                                          int32_t partition, int64_t *low, int64_t *high,
                                          struct sm_err *err)
{
    rd_kafka_resp_err_t code = rd_kafka_query_watermark_offsets(reader->handle, topic, partition,
                                                                low, high, reader->timeout_ms);

    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
        return SM_OK;
    return failed(reader, code, "ask for the ends of", topic, partition, err);
}

/* ---- ranges ---- */

static bool reads_on(const struct sm_kafka_reader *reader, const char *topic, int32_t partition,
                     int64_t first)
{
    return reader->topic != NULL && strcmp(reader->topic_name, topic) == 0 &&
           reader->partition == partition && first >= reader->position &&
           first - reader->position <= READ_ON_MAX;
}

static enum sm_status start_fetching(struct sm_kafka_reader *reader, const char *topic,
                                     int32_t partition, int64_t first, struct sm_err *err)
{
    if (reads_on(reader, topic, partition, first))
        return SM_OK;
    stop_fetching(reader);
    reader->topic_name = strdup(topic);
    reader->topic = rd_kafka_topic_new(reader->handle, topic, NULL);
    if (reader->topic == NULL || reader->topic_name == NULL)
        return sm_err_set(err, SM_FATAL, SM_FROM_KAFKA,
                          "cannot read %s: no memory, or no topic's name", topic);
    reader->partition = partition;
    reader->position = first;
    if (rd_kafka_consume_start(reader->topic, partition, first) == 0)
        return SM_OK;
    return failed(reader, rd_kafka_last_error(), "read", topic, partition, err);
}

static enum sm_status missing(const struct sm_kafka_reader *reader, int64_t offset,
                              struct sm_err *err)
{
    return sm_err_set(err, SM_REJECT, SM_FROM_KAFKA, "%s[%d] does not have offset %lld",
                      reader->topic_name, (int)reader->partition, (long long)offset);
}

/* The end of the partition, past control records. For a read_committed reader it is also where an
 * open transaction begins, whose outcome is waited for. */
static enum sm_status take_end(struct sm_kafka_reader *reader, int64_t offset, int64_t next,
                               struct sm_err *err)
{
    if (offset > reader->position)
        reader->position = offset;
    return reader->uncommitted && offset < next ? missing(reader, offset, err) : SM_OK;
}

/* Records with more headers than the program takes have none, but still their number. */
static enum sm_status visit(const rd_kafka_message_t *message,
                            const struct sm_kafka_visitor *visitor, struct sm_err *err)
{
    struct sm_record record = sm__kafka_record(message, SM_TOPIC_COUNT);
    struct sm_header headers[SM_HEADERS_MAX];
    rd_kafka_headers_t *from = NULL;

    if (rd_kafka_message_headers(message, &from) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        record.header_count = rd_kafka_header_cnt(from);
        if (record.header_count <= SM_HEADERS_MAX) {
            sm__kafka_headers(from, headers, record.header_count);
            record.headers = headers;
        }
    }
    return visitor->record(visitor->context, &record, err);
}

static enum sm_status take(struct sm_kafka_reader *reader, const rd_kafka_message_t *message,
                           const struct sm_range *wanted, const struct sm_kafka_visitor *visitor,
                           struct sm_err *err)
{
    switch ((int)message->err) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
        reader->position = message->offset + 1;
        if (message->offset < wanted->first || message->offset >= wanted->next)
            return SM_OK;
        return visit(message, visitor, err);
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
        return take_end(reader, message->offset, wanted->next, err);
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
        return missing(reader, reader->position, err);
    default:
        return failed(reader, message->err, "read", reader->topic_name, reader->partition, err);
    }
}

static enum sm_status read_range(struct sm_kafka_reader *reader, const struct sm_range *wanted,
                                 const struct sm_kafka_visitor *visitor, struct sm_err *err)
{
    int64_t deadline_us = 0, position = -1;
    enum sm_status status = SM_OK;

    while (status == SM_OK && reader->position < wanted->next) {
        int64_t left_us;
        rd_kafka_message_t *message;

        if (reader->position != position) /* a long range takes its time, as long as it goes on */
            deadline_us = sm_monotonic_us() + (int64_t)reader->timeout_ms * 1000;
        position = reader->position;
        left_us = deadline_us - sm_monotonic_us();
        if (left_us <= 0)
            return failed(reader, RD_KAFKA_RESP_ERR__TIMED_OUT, "read", reader->topic_name,
                          reader->partition, err);
        message = rd_kafka_consume(reader->topic, reader->partition, (int)(left_us / 1000) + 1);
        if (message == NULL)
            continue;
        status = take(reader, message, wanted, visitor, err);
        rd_kafka_message_destroy(message);
    }
    return status;
}

enum sm_status sm_kafka_reader_walk(struct sm_kafka_reader *reader, const char *topic,
                                    int32_t partition, int64_t first, int64_t next,
                                    const struct sm_kafka_visitor *visitor, struct sm_err *err)
{
    const struct sm_range wanted = {first, next};
    enum sm_status status = start_fetching(reader, topic, partition, first, err);

    if (status == SM_OK)
        status = read_range(reader, &wanted, visitor, err);
    if (status != SM_OK)
        stop_fetching(reader); /* where it stands is not known well enough to read on */
    return status;
}

static enum sm_status count_record(void *context, const struct sm_record *record,
                                   struct sm_err *err)
{
    struct sm_kafka_range_view *out = context;

    (void)err;
    if (out->records++ == 0) {
        out->first = record->offset;
        out->first_us = record->timestamp_us;
    }
    return SM_OK;
}

enum sm_status sm_kafka_reader_count(struct sm_kafka_reader *reader, const char *topic,
                                     int32_t partition, int64_t first, int64_t next,
                                     struct sm_kafka_range_view *out, struct sm_err *err)
{
    const struct sm_kafka_visitor visitor = {out, count_record};

    *out = (struct sm_kafka_range_view){0, -1, SM_TIME_NONE};
    return sm_kafka_reader_walk(reader, topic, partition, first, next, &visitor, err);
}

static enum sm_status take_first(void *context, const struct sm_record *record, struct sm_err *err)
{
    enum sm_status status = count_record(context, record, err);

    return status == SM_OK ? SM_STOP : status;
}

enum sm_status sm_kafka_reader_first(struct sm_kafka_reader *reader, const char *topic,
                                     int32_t partition, int64_t first, int64_t next,
                                     struct sm_kafka_range_view *out, struct sm_err *err)
{
    const struct sm_kafka_visitor visitor = {out, take_first};
    enum sm_status status;

    *out = (struct sm_kafka_range_view){0, -1, SM_TIME_NONE};
    status = sm_kafka_reader_walk(reader, topic, partition, first, next, &visitor, err);
    stop_fetching(reader); /* what comes after it need not be fetched */
    return status == SM_STOP ? SM_OK : status;
}
