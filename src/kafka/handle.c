/* What every librdkafka handle of ours has: its creation, its log, its wake-up descriptor. */
#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "kafka/kafka_priv.h"

#define LOG_INTERVAL_US 10000000 /* between two warnings that come from the library */
#define SYSLOG_WARNING  4

/* Runs inside our poll, as log.queue is set. The library's warnings repeat with every attempt to
 * connect, and what matters of them reaches the engine as an event, so they are held back. */
static void write_log(const rd_kafka_t *handle, int level, const char *facility, const char *text)
{
    struct sm__kafka_talk *talk = rd_kafka_opaque(handle);
    char fields[128];
    unsigned suppressed = 0;
    /* "Not meant for this kind of handle": one list of properties serves all kinds. */
    bool warns = level <= SYSLOG_WARNING && strcmp(facility, "CONFWARN") != 0;

    if (warns && !sm_log_limit_pass(&talk->log_limit, sm_monotonic_us(), LOG_INTERVAL_US,
                                    &suppressed))
        return;
    (void)snprintf(fields, sizeof(fields), "handle=%s facility=%s suppressed=%u",
                   rd_kafka_name(handle), facility, suppressed);
    sm_log(warns ? SM_LOG_WARN : SM_LOG_DEBUG, "librdkafka", fields, "%s", text);
}

/* "log.queue" keeps the library's threads from calling write_log themselves. */
static bool set_up_log(rd_kafka_conf_t *conf, bool polled)
{
    char reason[64];

    rd_kafka_conf_set_log_cb(conf, polled ? write_log : NULL);
    return !polled ||
           rd_kafka_conf_set(conf, "log.queue", "true", reason, sizeof(reason)) == RD_KAFKA_CONF_OK;
}

rd_kafka_t *sm__kafka_handle_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, bool polled,
                                 struct sm__kafka_talk *talk, struct sm_err *err)
{
    char reason[SM_ERR_TEXT_SIZE / 2] = "its log cannot be queued";
    rd_kafka_t *handle = NULL;

    rd_kafka_conf_set_opaque(conf, talk);
    if (set_up_log(conf, polled))
        handle = rd_kafka_new(type, conf, reason, sizeof(reason));
    if (handle == NULL) {
        rd_kafka_conf_destroy(conf); /* rd_kafka_new adopts it only when it succeeds */
        (void)sm_err_set(err, SM_FATAL, SM_FROM_KAFKA, "librdkafka refuses its configuration: %s",
                         reason);
        return NULL;
    }
    if (polled)
        (void)rd_kafka_set_log_queue(handle, NULL); /* NULL: the main queue */
    return handle;
}

void sm__kafka_wake_share(rd_kafka_queue_t *queue, int wake_fd)
{
    static const uint64_t one = 1;

    rd_kafka_queue_io_event_enable(queue, wake_fd, &one, sizeof(one));
}

int sm__kafka_wake_open(rd_kafka_queue_t *queue)
{
    int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

    if (fd >= 0)
        sm__kafka_wake_share(queue, fd);
    return fd;
}

void sm__kafka_wake_set(int wake_fd)
{
    uint64_t one = 1;

    /* Fails only when the counter is full, and then the descriptor is readable anyway. */
    if (write(wake_fd, &one, sizeof(one)) < 0)
        SM_ASSERT(errno == EAGAIN);
}

void sm__kafka_wake_drain(int wake_fd)
{
    uint64_t count;

    if (read(wake_fd, &count, sizeof(count)) < 0)
        SM_ASSERT(errno == EAGAIN);
}

void sm__kafka_talk_trouble(struct sm__kafka_talk *talk, rd_kafka_resp_err_t code,
                            const char *reason)
{
    /* "1/1 brokers are down" says less than the reason that came before it. */
    if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN && talk->trouble[0] != '\0')
        return;
    (void)snprintf(talk->trouble, sizeof(talk->trouble), "%s", reason);
    talk->refusal = sm__kafka_refusal(code, reason);
}

void sm__kafka_fatal_text(rd_kafka_t *handle, rd_kafka_resp_err_t code, char *out, size_t size)
{
    char reason[SM_ERR_TEXT_SIZE / 2];
    rd_kafka_resp_err_t fatal = rd_kafka_fatal_error(handle, reason, sizeof(reason));

    if (fatal != RD_KAFKA_RESP_ERR_NO_ERROR)
        (void)snprintf(out, size, "%s (%s)", reason, rd_kafka_err2str(fatal));
    else
        (void)snprintf(out, size, "%s", rd_kafka_err2str(code));
}
