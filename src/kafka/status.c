/* librdkafka's error codes as decisions: the one place where they are judged. */
#include "kafka/kafka_priv.h"

struct judgement {
    rd_kafka_resp_err_t code;
    enum sm_status status;
};

/* Everything that passes by itself (a broker away, an election, a time-out) is SM_RETRY and need
 * not stand here; some do, so that the table's reader finds them and the test pins them. */
static const struct judgement judgements[] = {
    { RD_KAFKA_RESP_ERR_NO_ERROR, SM_OK },

    { RD_KAFKA_RESP_ERR__QUEUE_FULL, SM_AGAIN },

    { RD_KAFKA_RESP_ERR__TRANSPORT, SM_RETRY },
    { RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, SM_RETRY },
    { RD_KAFKA_RESP_ERR__RESOLVE, SM_RETRY },
    { RD_KAFKA_RESP_ERR__TIMED_OUT, SM_RETRY },
    { RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, SM_RETRY },
    { RD_KAFKA_RESP_ERR__PURGE_QUEUE, SM_RETRY },
    { RD_KAFKA_RESP_ERR__PURGE_INFLIGHT, SM_RETRY },
    /* A topic may be on its way to this broker's metadata, or be made by an operator. */
    { RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, SM_RETRY },
    { RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, SM_RETRY },
    { RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, SM_RETRY },
    { RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, SM_RETRY },
    { RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, SM_RETRY },
    { RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, SM_RETRY },
    { RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS, SM_RETRY },

    { RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, SM_REJECT },
    { RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE, SM_REJECT },
    { RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE, SM_REJECT },
    { RD_KAFKA_RESP_ERR_INVALID_MSG, SM_REJECT },
    { RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP, SM_REJECT },
    { RD_KAFKA_RESP_ERR_INVALID_RECORD, SM_REJECT },
    { RD_KAFKA_RESP_ERR__BAD_MSG, SM_REJECT },
    { RD_KAFKA_RESP_ERR__BAD_COMPRESSION, SM_REJECT },

    { RD_KAFKA_RESP_ERR__FENCED, SM_FENCED },
    { RD_KAFKA_RESP_ERR_PRODUCER_FENCED, SM_FENCED },
    { RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, SM_FENCED },
    { RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, SM_FENCED },
    { RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, SM_FENCED },
    { RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID, SM_FENCED },

    { RD_KAFKA_RESP_ERR__FATAL, SM_FATAL },
    { RD_KAFKA_RESP_ERR__INVALID_ARG, SM_FATAL },
    { RD_KAFKA_RESP_ERR__AUTHENTICATION, SM_FATAL },
    { RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE, SM_FATAL },
    { RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED, SM_FATAL },
    { RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, SM_FATAL },
    { RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM, SM_FATAL },
    { RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, SM_FATAL },
    { RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, SM_FATAL },
    { RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, SM_FATAL },
    { RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, SM_FATAL },
    { RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION, SM_FATAL },
    { RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, SM_FATAL },
    { RD_KAFKA_RESP_ERR_INVALID_PARTITIONS, SM_FATAL },
    { RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR, SM_FATAL },
    { RD_KAFKA_RESP_ERR_INVALID_CONFIG, SM_FATAL },
    { RD_KAFKA_RESP_ERR_INVALID_REQUEST, SM_FATAL },
    { RD_KAFKA_RESP_ERR_POLICY_VIOLATION, SM_FATAL },
    { RD_KAFKA_RESP_ERR_SECURITY_DISABLED, SM_FATAL },
    { RD_KAFKA_RESP_ERR_INVALID_GROUP_ID, SM_FATAL },
    { RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT, SM_FATAL },
    { RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL, SM_FATAL },
    { RD_KAFKA_RESP_ERR_GROUP_MAX_SIZE_REACHED, SM_FATAL },
};

enum sm_status sm__kafka_status_from_error(rd_kafka_resp_err_t code)
{
    for (size_t i = 0; i < SM_ARRAY_COUNT(judgements); i++) {
        if (judgements[i].code == code)
            return judgements[i].status;
    }
    return SM_RETRY;
}

enum sm_status sm__kafka_err_set(struct sm_err *err, rd_kafka_resp_err_t code, const char *format,
                                 ...)
{
    enum sm_status status = sm__kafka_status_from_error(code);
    char context[SM_ERR_TEXT_SIZE];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(context, sizeof(context), format, arguments);
    va_end(arguments);
    (void)sm_err_set(err, status, SM_FROM_KAFKA, "%s: %s", context, rd_kafka_err2str(code));
    if (err != NULL)
        err->native = (int)code;
    return status;
}
