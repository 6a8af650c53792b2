/* What the program does about librdkafka's errors. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/slice.h"
#include "kafka/kafka_priv.h"

struct expected {
    rd_kafka_resp_err_t code;
    enum sm_status status;
};

/* Written from what each error means for exactly once, not copied from the table. */
static const struct expected expected[] = {
    { RD_KAFKA_RESP_ERR_NO_ERROR, SM_OK },
    { RD_KAFKA_RESP_ERR__QUEUE_FULL, SM_AGAIN },
    /* Passes by itself. */
    { RD_KAFKA_RESP_ERR__TRANSPORT, SM_RETRY },
    { RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, SM_RETRY },
    { RD_KAFKA_RESP_ERR__RESOLVE, SM_RETRY },
    { RD_KAFKA_RESP_ERR__TIMED_OUT, SM_RETRY },
    { RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, SM_RETRY },
    { RD_KAFKA_RESP_ERR__WAIT_COORD, SM_RETRY },
    { RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, SM_RETRY },
    { RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, SM_RETRY },
    { RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, SM_RETRY },
    { RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION, SM_RETRY },
    { RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, SM_RETRY },
    { RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, SM_RETRY },
    { RD_KAFKA_RESP_ERR_NOT_COORDINATOR, SM_RETRY },
    { RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, SM_RETRY },
    { RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS, SM_RETRY },
    { RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR, SM_RETRY },
    { RD_KAFKA_RESP_ERR_THROTTLING_QUOTA_EXCEEDED, SM_RETRY },
    { RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, SM_RETRY },
    { RD_KAFKA_RESP_ERR_UNKNOWN, SM_RETRY },
    /* The record, and no other. */
    { RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, SM_REJECT },
    { RD_KAFKA_RESP_ERR_INVALID_RECORD, SM_REJECT },
    { RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP, SM_REJECT },
    { RD_KAFKA_RESP_ERR__BAD_MSG, SM_REJECT },
    { RD_KAFKA_RESP_ERR__BAD_COMPRESSION, SM_REJECT },
    /* Another one has taken over. */
    { RD_KAFKA_RESP_ERR__FENCED, SM_FENCED },
    { RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, SM_FENCED },
    { RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, SM_FENCED },
    { RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, SM_FENCED },
    /* Somebody must change something. */
    { RD_KAFKA_RESP_ERR__FATAL, SM_FATAL },
    { RD_KAFKA_RESP_ERR__AUTHENTICATION, SM_FATAL },
    { RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, SM_FATAL },
    { RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, SM_FATAL },
    { RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, SM_FATAL },
    { RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, SM_FATAL },
    { RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT, SM_FATAL },
    { RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL, SM_FATAL },
    { RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR, SM_FATAL },
    { RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, SM_FATAL },
    { RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION, SM_FATAL },
};

static void errors_are_judged_as_they_should(void **state)
{
    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(expected); i++) {
        enum sm_status status = sm__kafka_status_from_error(expected[i].code);

        if (status != expected[i].status)
            fail_msg("%s is %s instead of %s", rd_kafka_err2name(expected[i].code),
                     sm_status_name(status), sm_status_name(expected[i].status));
    }
}

/* Whatever librdkafka may bring later: it is waited for, never skipped. */
static void what_is_not_known_is_waited_for(void **state)
{
    (void)state;
    assert_int_equal(sm__kafka_status_from_error((rd_kafka_resp_err_t)12345), SM_RETRY);
    assert_int_equal(sm__kafka_status_from_error((rd_kafka_resp_err_t)-9999), SM_RETRY);
}

static void an_error_says_what_could_not_be_done(void **state)
{
    struct sm_err err = { 0 };

    (void)state;
    assert_int_equal(
        sm__kafka_err_set(&err, RD_KAFKA_RESP_ERR__TIMED_OUT, "cannot ask for %s", "x"), SM_RETRY);
    assert_int_equal(err.status, SM_RETRY);
    assert_int_equal(err.origin, SM_FROM_KAFKA);
    assert_int_equal(err.native, RD_KAFKA_RESP_ERR__TIMED_OUT);
    assert_string_equal(err.text, "cannot ask for x: Local: Timed out");
}

/* The sentences are librdkafka's with OpenSSL 3, as brokers brought them about. */
static void a_refusal_is_told_from_a_broker_that_is_away(void **state)
{
    static const struct {
        rd_kafka_resp_err_t code;
        const char *reason;
        enum sm__kafka_refusal refusal;
    } told[] = {
        { RD_KAFKA_RESP_ERR__AUTHENTICATION,
          "SASL authentication error: Authentication failed during authentication due to invalid "
          "credentials with SASL mechanism SCRAM-SHA-512",
          SM__KAFKA_CREDENTIALS_REFUSED },
        { RD_KAFKA_RESP_ERR__SSL,
          "SSL handshake failed: error:0A000086:SSL routines::certificate verify failed: broker "
          "certificate could not be verified",
          SM__KAFKA_CERTIFICATE_REFUSED },
        { RD_KAFKA_RESP_ERR__SSL,
          "SSL handshake failed: error:0A00010B:SSL routines::wrong version number",
          SM__KAFKA_CERTIFICATE_REFUSED },
        { RD_KAFKA_RESP_ERR__SSL,
          "SSL handshake failed: error:0A000126:SSL routines::unexpected eof while reading",
          SM__KAFKA_NOT_REFUSED },
        { RD_KAFKA_RESP_ERR__SSL, "ssl://certificate:9093/1: SSL handshake failed: Disconnected",
          SM__KAFKA_NOT_REFUSED },
        { RD_KAFKA_RESP_ERR__SSL,
          "SSL handshake failed: error:0A00045C:SSL routines::tlsv13 alert certificate required",
          SM__KAFKA_CERTIFICATE_REFUSED },
        { RD_KAFKA_RESP_ERR__TRANSPORT, "Connect to ipv4#127.0.0.1:9092 failed: Connection refused",
          SM__KAFKA_NOT_REFUSED },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(told); i++)
        assert_int_equal(sm__kafka_refusal(told[i].code, told[i].reason), told[i].refusal);
}

static void a_refusal_says_what_to_correct(void **state)
{
    struct sm__kafka_talk talk = { .trouble = "" };
    struct sm_err err = { 0 };

    (void)state;
    sm__kafka_talk_trouble(&talk, RD_KAFKA_RESP_ERR__AUTHENTICATION, "SASL error: PLAIN: no");
    assert_int_equal(sm__kafka_refused(&talk, &err), SM_FATAL);
    assert_non_null(strstr(err.text, "SASL error: PLAIN: no"));
    assert_non_null(strstr(err.text, "; hint: correct sasl.mechanism"));
    sm__kafka_talk_trouble(&talk, RD_KAFKA_RESP_ERR__SSL, "certificate verify failed");
    assert_int_equal(sm__kafka_refused(&talk, &err), SM_FATAL);
    assert_non_null(strstr(err.text, "; hint: ssl.ca.location"));
    /* The sentence about all brokers neither hides it nor lifts it. */
    sm__kafka_talk_trouble(&talk, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, "1/1 brokers are down");
    assert_int_equal(talk.refusal, SM__KAFKA_CERTIFICATE_REFUSED);
    sm__kafka_talk_trouble(&talk, RD_KAFKA_RESP_ERR__TRANSPORT, "Connection refused");
    assert_int_equal(talk.refusal, SM__KAFKA_NOT_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_are_judged_as_they_should),
        cmocka_unit_test(what_is_not_known_is_waited_for),
        cmocka_unit_test(a_refusal_is_told_from_a_broker_that_is_away),
        cmocka_unit_test(a_refusal_says_what_to_correct),
        cmocka_unit_test(an_error_says_what_could_not_be_done),
    };

    return cmocka_run_group_tests_name("kafka status", tests, NULL, NULL);
}
