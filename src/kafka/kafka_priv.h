#ifndef SM_KAFKA_KAFKA_PRIV_H
#define SM_KAFKA_KAFKA_PRIV_H
/* What the files of this layer share: librdkafka's codes as statuses, and configured handles. */
#include <librdkafka/rdkafka.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/log.h"
#include "domain/record.h"
#include "kafka/client.h"

/* What librdkafka's code means for the caller. A code that is not in the table is SM_RETRY: what
 * we do not know we wait for, and never skip. */
enum sm_status sm__kafka_status_from_error(rd_kafka_resp_err_t code);

/* Fills `err` with the status of `code` and "what: librdkafka's sentence". */
enum sm_status sm__kafka_err_set(struct sm_err *err, rd_kafka_resp_err_t code, const char *format,
                                 ...) SM_PRINTF(3, 4);

struct sm__kafka_setting {
    const char *name;
    const char *value;
};

/* A configuration with what all handles share, then `settings` (a NULL value: not set), then the
 * operator's properties. NULL and SM_FATAL in err when one is refused. */
rd_kafka_conf_t *sm__kafka_conf_new(const struct sm_kafka_client *client,
                                    const struct sm__kafka_setting *settings, size_t setting_count,
                                    struct sm_err *err);

/* Refusals of a connection, as far as somebody has to change something. */
enum sm__kafka_refusal {
    SM__KAFKA_NOT_REFUSED,
    SM__KAFKA_CREDENTIALS_REFUSED,
    SM__KAFKA_CERTIFICATE_REFUSED /* by either side, or the other side speaks no TLS */
};
/* What an error of a handle means, by its code and librdkafka's sentence: the code alone does not
 * tell a wrong certificate from a broker that was killed in a handshake. */
enum sm__kafka_refusal sm__kafka_refusal(rd_kafka_resp_err_t code, const char *reason);

/* What a handle says besides its answers. The handle's opaque points to one; all of it is touched
 * only inside calls that poll the handle. */
struct sm__kafka_talk {
    struct sm_log_limit log_limit;
    char trouble[SM_ERR_TEXT_SIZE]; /* why brokers cannot be reached; "": nothing known */
    enum sm__kafka_refusal refusal; /* what the trouble is, if waiting does not mend it */
};

/* Adopts `conf`, on failure too. `polled`: the caller serves the handle's main queue, and with it
 * the library's log lines; else there are none. NULL and SM_FATAL in err when it is refused. */
rd_kafka_t *sm__kafka_handle_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, bool polled,
                                 struct sm__kafka_talk *talk, struct sm_err *err);
/* Says in `err` what is refused, with a hint; SM_FATAL. */
enum sm_status sm__kafka_refused(const struct sm__kafka_talk *talk, struct sm_err *err);
/* For error callbacks: keeps the sentence that says most. */
void sm__kafka_talk_trouble(struct sm__kafka_talk *talk, rd_kafka_resp_err_t code,
                            const char *reason);
/* "sentence (librdkafka's reason)" of the handle's fatal error, or of `code` if there is none. */
void sm__kafka_fatal_text(rd_kafka_t *handle, rd_kafka_resp_err_t code, char *out, size_t size);

/* record.c: the message as a record without its headers and generation; valid as long as it. */
struct sm_record sm__kafka_record(const rd_kafka_message_t *message, enum sm_topic topic);
/* Its headers, `count` of them (rd_kafka_header_cnt). */
void sm__kafka_headers(const rd_kafka_headers_t *from, struct sm_header *headers, size_t count);

/* A descriptor that `queue` makes readable when something arrives in it while it is empty; -1 when
 * none can be had. */
int sm__kafka_wake_open(rd_kafka_queue_t *queue);
void sm__kafka_wake_share(rd_kafka_queue_t *queue, int wake_fd); /* another queue, the same one */
void sm__kafka_wake_set(int wake_fd); /* makes it readable ourselves */
void sm__kafka_wake_drain(int wake_fd);

#define SM__KAFKA_CLOSE_MS 5000 /* how long closing a handle may hold the program up */

/* Runs close(argument) on a thread of its own and waits for its end, at most `timeout_ms`. `close`
 * adopts all that belongs to what it closes. False: it did not come to its end, which was logged
 * ("the `what`"); it may still be running, and the caller must not touch any of it. */
bool sm__kafka_close_within(void (*close)(void *argument), void *argument, const char *what,
                            int timeout_ms);

/* leftovers.c: queues of partitions that stopped, the newest in place of the oldest. Zeroes: none.
 * There is room for more than one stop of all partitions that a process can hold. */
#define SM__LEFTOVERS_MAX (2 * SM_PARTITIONS_MAX)
struct sm__leftovers {
    rd_kafka_queue_t *queues[SM__LEFTOVERS_MAX]; /* owned; NULL: none */
    size_t added; /* ever */
};
/* Before the partition stops. */
void sm__leftovers_add(struct sm__leftovers *leftovers, rd_kafka_t *handle, const char *topic,
                       int32_t partition);
/* Nothing may be fetching on the handle. */
void sm__leftovers_drain(struct sm__leftovers *leftovers);
void sm__leftovers_close(struct sm__leftovers *leftovers);

#endif
