/* Connections that are refused for a reason that waiting does not mend. */
#include "kafka/kafka_priv.h"

/* The first version whose SCRAM brokers from 3.8.1 and 3.9 on understand (its pull request 4895):
 * until then it repeated its own nonce, which they no longer accept. */
#define VERSION_OF_SCRAM 0x020601ff

#define REASON_MAX 240 /* bytes of librdkafka's sentence, so that the hint fits */

/* OpenSSL's words in librdkafka's sentence; a broker's name, which is in it too, has no blanks. */
static bool is_about_certificate(const char *reason)
{
    static const char *const words[] = { "certificate verify failed", "alert unknown ca",
                                         "alert bad certificate",     "alert certificate ",
                                         "wrong version number",      "alert protocol version" };

    for (size_t i = 0; i < SM_ARRAY_COUNT(words); i++) {
        if (strstr(reason, words[i]) != NULL)
            return true;
    }
    return false;
}

enum sm__kafka_refusal sm__kafka_refusal(rd_kafka_resp_err_t code, const char *reason)
{
    switch ((int)code) {
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM:
        return SM__KAFKA_CREDENTIALS_REFUSED;
    case RD_KAFKA_RESP_ERR__SSL:
        return is_about_certificate(reason) ? SM__KAFKA_CERTIFICATE_REFUSED : SM__KAFKA_NOT_REFUSED;
    default:
        return SM__KAFKA_NOT_REFUSED;
    }
}

enum sm_status sm__kafka_refused(const struct sm__kafka_talk *talk, struct sm_err *err)
{
    if (talk->refusal == SM__KAFKA_CERTIFICATE_REFUSED)
        return sm_err_set(err, SM_FATAL, SM_FROM_KAFKA,
                          "no TLS connection with Kafka: %.*s; hint: ssl.ca.location must name the "
                          "authority that signed the broker's certificate, and the certificate "
                          "must name the host that --brokers names",
                          REASON_MAX, talk->trouble);
    if (strstr(talk->trouble, "SCRAM") != NULL && rd_kafka_version() < VERSION_OF_SCRAM)
        return sm_err_set(err, SM_FATAL, SM_FROM_KAFKA,
                          "Kafka refuses our credentials: %.*s; hint: correct sasl.username and "
                          "sasl.password; and brokers from 3.8.1 on refuse SCRAM of librdkafka %s "
                          "in any case: use 2.6.1 or newer, or sasl.mechanism=PLAIN over TLS",
                          REASON_MAX, talk->trouble, rd_kafka_version_str());
    return sm_err_set(err, SM_FATAL, SM_FROM_KAFKA,
                      "Kafka refuses our credentials: %.*s; hint: correct sasl.mechanism, "
                      "sasl.username and sasl.password",
                      REASON_MAX, talk->trouble);
}
