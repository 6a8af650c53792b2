/* The command topic: fence, publish by transactions, and what can be asked of its partitions. */
#include "kafka/command_topic.h"

#include "base/fault.h"
#include "kafka/command_priv.h"

#define TIMEOUT_MS 30000 /* of a call, if the options do not say */

/* Broker's side: what is open longer than this is aborted, and its publisher fenced. Longer than
 * any call of ours waits. */
#define TRANSACTION_FACTOR 2

static struct sm__commands *self(struct sm_command_topic *port)
{
    return (struct sm__commands *)port;
}

/* Flags before codes: a code tells a time-out from a broken handle, but not whether this one is
 * lost. What made a handle break is what counts; a handle that broke for a reason that may pass is
 * SM_RETRY, since the caller opens a new one. */
static enum sm_status judge(struct sm__commands *commands, rd_kafka_resp_err_t code,
                            const char *what, struct sm_err *err)
{
    char text[SM_ERR_TEXT_SIZE], reason[SM_ERR_TEXT_SIZE / 2];
    rd_kafka_resp_err_t fatal =
        rd_kafka_fatal_error(commands->producer, reason, sizeof(reason));
    enum sm_status status =
        sm__kafka_status_from_error(fatal != RD_KAFKA_RESP_ERR_NO_ERROR ? fatal : code);

    if (status == SM_RETRY && commands->talk.refusal != SM__KAFKA_NOT_REFUSED)
        return sm__kafka_refused(&commands->talk, err);
    sm__kafka_fatal_text(commands->producer, code, text, sizeof(text));
    /* No room and no error: neither is an answer to a caller that waits. */
    if (status == SM_AGAIN || status == SM_OK)
        status = SM_RETRY;
    return sm_err_set(err, status, SM_FROM_KAFKA, "cannot %s %s: %s%s%s", what, commands->name,
                      text, commands->talk.trouble[0] != '\0' ? ": " : "",
                      commands->talk.trouble);
}

/* Adopts the error, which may be NULL. */
static enum sm_status judge_error(struct sm__commands *commands, rd_kafka_error_t *error,
                                  const char *what, struct sm_err *err)
{
    rd_kafka_resp_err_t code = rd_kafka_error_code(error); /* of NULL: no error */

    if (error == NULL)
        return SM_OK;
    rd_kafka_error_destroy(error);
    return judge(commands, code, what, err);
}

static enum sm_status fence(struct sm_command_topic *port, struct sm_err *err)
{
    struct sm__commands *commands = self(port);

    return judge_error(commands,
                       rd_kafka_init_transactions(commands->producer, commands->timeout_ms),
                       "begin to publish to", err);
}

/* ---- publishing ---- */

#define FAILED (-1) /* offset of a place: no record is there, and its partition is the code why */

/* Runs inside publish, which has every record answered before it returns. */
static void on_report(rd_kafka_t *handle, const rd_kafka_message_t *message, void *opaque)
{
    struct sm_command_place *place = message->_private;
    bool failed = message->err != RD_KAFKA_RESP_ERR_NO_ERROR;

    (void)handle;
    (void)opaque;
    place->partition = failed ? (int32_t)message->err : message->partition;
    place->offset = failed ? FAILED : message->offset;
}

static void on_error(rd_kafka_t *handle, int code, const char *reason, void *opaque)
{
    (void)handle;
    sm__kafka_talk_trouble(opaque, (rd_kafka_resp_err_t)code, reason);
}

/* SM_OK: all records were answered well. A record that is too large fails by its answer. */
static enum sm_status flush(struct sm__commands *commands, const struct sm_command_place *places,
                            size_t count, struct sm_err *err)
{
    rd_kafka_resp_err_t code = rd_kafka_flush(commands->producer, commands->timeout_ms);

    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return judge(commands, code, "publish to", err);
    for (size_t i = 0; i < count; i++) {
        if (places[i].offset == FAILED)
            return judge(commands, (rd_kafka_resp_err_t)places[i].partition, "publish to", err);
    }
    return SM_OK;
}

/* Answers must not come any more when the caller's places are gone. What is purged is answered at
 * once, by the library itself. */
static void give_up(struct sm__commands *commands)
{
    (void)rd_kafka_purge(commands->producer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    (void)rd_kafka_flush(commands->producer, commands->timeout_ms);
}

/* A commit that is not answered in time goes on when it is called again. */
static enum sm_status commit(struct sm__commands *commands, struct sm_err *err)
{
    int64_t deadline_us = sm_monotonic_us() + (int64_t)commands->timeout_ms * 1000;
    rd_kafka_error_t *error;

    for (;;) {
        error = rd_kafka_commit_transaction(commands->producer, commands->timeout_ms);
        if (error == NULL || !rd_kafka_error_is_retriable(error) ||
            sm_monotonic_us() >= deadline_us)
            return judge_error(commands, error, "commit commands to", err);
        rd_kafka_error_destroy(error);
    }
}

static enum sm_status send_all(struct sm__commands *commands, const struct sm_command_row *rows,
                               size_t count, struct sm_command_place *places, struct sm_err *err)
{
    for (size_t i = 0; i < count; i++) {
        rd_kafka_resp_err_t code;

        places[i] = (struct sm_command_place){ .row = rows[i], .offset = FAILED };
        places[i].row.value = SM_SLICE_NONE; /* as its row has it */
        code = sm__commands_produce(commands, &rows[i], &places[i]);
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
            return judge(commands, code, "publish to", err);
        (void)rd_kafka_poll(commands->producer, 0);
    }
    return flush(commands, places, count, err);
}

static enum sm_status publish(struct sm_command_topic *port, const struct sm_command_row *rows,
                              size_t count, struct sm_command_place *places, struct sm_err *err)
{
    struct sm__commands *commands = self(port);
    enum sm_status status;

    commands->talk.trouble[0] = '\0';
    sm__commands_close_readers(commands);
    status = judge_error(commands, rd_kafka_begin_transaction(commands->producer),
                         "begin a transaction for", err);
    if (status != SM_OK)
        return status;
    sm_fault_point("relay_begun");
    status = send_all(commands, rows, count, places, err);
    if (status != SM_OK) {
        give_up(commands);
        return status;
    }
    sm_fault_point("relay_sent");
    status = commit(commands, err);
    sm_fault_point("relay_committed");
    return status;
}

/* ---- life cycle ---- */

static enum sm_status count_partitions(struct sm_command_topic *port, int32_t *count,
                                       struct sm_err *err)
{
    struct sm__commands *commands = self(port);
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_resp_err_t code = rd_kafka_metadata(commands->producer, 0, commands->topic, &metadata,
                                                 commands->timeout_ms);

    if (code == RD_KAFKA_RESP_ERR_NO_ERROR && metadata->topic_cnt == 1) {
        code = metadata->topics[0].err;
        *count = metadata->topics[0].partition_cnt;
    } else if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        code = RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
    }
    if (metadata != NULL)
        rd_kafka_metadata_destroy(metadata);
    return code == RD_KAFKA_RESP_ERR_NO_ERROR
               ? SM_OK
               : judge(commands, code, "ask for the partitions of", err);
}

static void close_all(void *argument)
{
    struct sm__commands *commands = argument;

    sm__commands_close_readers(commands);
    if (commands->topic != NULL)
        rd_kafka_topic_destroy(commands->topic);
    if (commands->producer != NULL)
        rd_kafka_destroy(commands->producer);
    free(commands);
}

static void close_commands(struct sm_command_topic *port)
{
    (void)sm__kafka_close_within(close_all, self(port), "command topic", SM__KAFKA_CLOSE_MS);
}

static rd_kafka_conf_t *make_conf(const struct sm_kafka_command_options *options, int timeout_ms,
                                  struct sm_err *err)
{
    char timeout[16], transaction_timeout[16];
    const struct sm__kafka_setting settings[] = {
        { "transactional.id", options->transactional_id },
        { "enable.idempotence", "true" },
        { "acks", "all" },
        { "partitioner", "murmur2_random" },
        { "linger.ms", "0" }, /* a transaction is flushed as a whole */
        { "message.timeout.ms", timeout },
        { "transaction.timeout.ms", transaction_timeout },
    };
    rd_kafka_conf_t *conf;

    (void)snprintf(timeout, sizeof(timeout), "%d", timeout_ms);
    (void)snprintf(transaction_timeout, sizeof(transaction_timeout), "%d",
                   timeout_ms * TRANSACTION_FACTOR);
    conf = sm__kafka_conf_new(&options->client, settings, SM_ARRAY_COUNT(settings), err);
    if (conf != NULL) {
        rd_kafka_conf_set_dr_msg_cb(conf, on_report);
        rd_kafka_conf_set_error_cb(conf, on_error);
    }
    return conf;
}

/* The topic's handle is made now: the first record to a topic that the library does not know yet
 * waits up to a second for a timer of its. */
static enum sm_status start(struct sm__commands *commands,
                            const struct sm_kafka_command_options *options, struct sm_err *err)
{
    rd_kafka_conf_t *conf = make_conf(options, commands->timeout_ms, err);

    if (conf == NULL)
        return SM_FATAL;
    commands->producer =
        sm__kafka_handle_new(RD_KAFKA_PRODUCER, conf, true, &commands->talk, err);
    if (commands->producer == NULL)
        return SM_FATAL;
    commands->topic = rd_kafka_topic_new(commands->producer, commands->name, NULL);
    if (commands->topic == NULL)
        return sm_err_set(err, SM_FATAL, SM_FROM_KAFKA, "'%s' cannot be a topic: %s",
                          commands->name, rd_kafka_err2str(rd_kafka_last_error()));
    return SM_OK;
}

enum sm_status sm_kafka_command_topic_open(const struct sm_kafka_command_options *options,
                                           struct sm_command_topic **out, struct sm_err *err)
{
    static const struct sm_command_topic_ops ops = { fence, count_partitions, sm__commands_scan,
                                                     publish, close_commands };
    struct sm__commands *commands = calloc(1, sizeof(*commands));
    enum sm_status status;

    if (commands == NULL)
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "no memory for the command topic");
    commands->port.ops = &ops;
    commands->name = options->topic;
    commands->client = options->client;
    commands->timeout_ms = options->timeout_ms > 0 ? options->timeout_ms : TIMEOUT_MS;
    status = start(commands, options, err);
    if (status != SM_OK) {
        close_all(commands);
        return status;
    }
    *out = &commands->port;
    return SM_OK;
}
