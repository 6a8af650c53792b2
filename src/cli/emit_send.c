/* One event on its way: sent, waited for, acknowledged. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <sys/random.h>

#include "base/clock.h"
#include "cli/emit_priv.h"
#include "cli/registration.h"

#define WAIT_MS             100 /* bounds how late a change is seen that no descriptor tells of */
#define TROUBLE_INTERVAL_US 5000000
#define RANDOM_SIZE         10 /* bytes of an id that are random */

static void acknowledged(void *context, const struct sm_acknowledgement *answer)
{
    struct sm__emit *emit = context;
    struct sm__sent *sent = &emit->window[answer->token % SM__EMIT_WINDOW];
    char id[SM_UUID_TEXT_SIZE + 1];

    sent->waiting = false;
    if (answer->status != SM_OK) {
        sm__emit_tell_failed(emit, sent, answer->text);
        return;
    }
    emit->acknowledged[sent->topic]++;
    if (!sm_options_flag(emit->options, SM_OPTION_VERBOSE))
        return;
    sm_uuid_format(&sent->id, id);
    (void)printf("%s\t%" PRId32 "\t%" PRId64 "\t%s\n", sm__wire_topic(emit->wire, sent->topic),
                 answer->partition, answer->offset, id);
}

static void tell_trouble(struct sm__emit *emit)
{
    const char *trouble = emit->publisher->ops->trouble(emit->publisher);
    unsigned suppressed;

    if (trouble[0] == '\0' || !sm_log_limit_pass(&emit->trouble_limit, sm_monotonic_us(),
                                                 TROUBLE_INTERVAL_US, &suppressed))
        return;
    sm__progress_wipe(&emit->progress);
    sm_log(SM_LOG_WARN, "emit", NULL, "waiting for Kafka: %s", trouble);
}

enum sm_status sm__emit_take_answers(struct sm__emit *emit, int input_fd, bool *input_ready,
                                     struct sm_err *err)
{
    const struct sm_publisher_sink sink = {emit, acknowledged};
    struct pollfd fds[2] = {
        {.fd = input_fd, .events = POLLIN},
        {.fd = emit->publisher->ops->wait_fd(emit->publisher), .events = POLLIN}};

    /* Whoever reads our lines through a pipe sees them before we wait. */
    if (sm_options_flag(emit->options, SM_OPTION_VERBOSE))
        (void)fflush(stdout);
    if (poll(fds, 2, WAIT_MS) < 0 && errno != EINTR)
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "cannot wait for Kafka: %s", strerror(errno));
    if (input_ready != NULL)
        *input_ready = (fds[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0;
    tell_trouble(emit);
    sm__emit_tell_progress(emit);
    return emit->publisher->ops->poll(emit->publisher, &sink, err);
}

static enum sm_status make_id(int64_t now_us, struct sm_uuid *out, struct sm_err *err)
{
    uint8_t random[RANDOM_SIZE];

    /* So few bytes come whole once the kernel's generator is seeded; before, the call waits. */
    if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "the kernel gives no random bytes: %s",
                          strerror(errno));
    *out = sm_uuid_v7((uint64_t)(now_us / 1000), random);
    return SM_OK;
}

/* Once per topic: a missing one would else be told only when the first event is given up. */
static enum sm_status need_topic(struct sm__emit *emit, enum sm_topic topic, struct sm_err *err)
{
    struct sm__topic_view view;
    enum sm_status status;

    if (emit->topic_there[topic])
        return SM_OK;
    status = sm__wire_need_topic(emit->wire, topic, sm_options_ms(emit->options, SM_OPTION_TIMEOUT),
                                 &view, err);
    if (status == SM_OK && emit->registry != NULL)
        status = sm__registration_need(emit->registry, emit->wire, topic, &emit->schema_ids[topic],
                                       err);
    emit->topic_there[topic] = status == SM_OK;
    return status;
}

static enum sm_status publish(struct sm__emit *emit, const struct sm__emit_event *event,
                              struct sm_err *err)
{
    struct sm__sent *sent = &emit->window[emit->sent % SM__EMIT_WINDOW];
    const struct sm_publication publication = {
        .topic = event->topic,
        .partition = SM_PARTITION_BY_KEY,
        .timestamp_us = SM_TIME_NONE,
        .key = sm_slice_of(event->key),
        .value = event->value,
        .token = emit->sent,
    };
    enum sm_status status = SM_OK;

    while (status == SM_OK && sent->waiting)
        status = sm__emit_take_answers(emit, -1, NULL, err);
    if (status != SM_OK)
        return status;
    while ((status = emit->publisher->ops->publish(emit->publisher, &publication, err)) ==
           SM_AGAIN) {
        if ((status = sm__emit_take_answers(emit, -1, NULL, err)) != SM_OK)
            return status;
    }
    *sent = (struct sm__sent){event->id, emit->lines.number, event->topic, status == SM_OK};
    emit->sent += status == SM_OK;
    if (status != SM_REJECT)
        return status;
    sm__emit_tell_failed(emit, sent, err->text);
    return SM_OK;
}

/* In the format that is asked for. */
static enum sm_status send_event(struct sm__emit *emit, struct sm__emit_event *event,
                                 struct sm_err *err)
{
    enum sm_frame_kind kind =
        emit->format == SM_FORMAT_AVRO ? SM_FRAME_CONFLUENT : SM_FRAME_SINGLE_OBJECT;
    struct sm_rejection rejection;
    enum sm_status status = need_topic(emit, event->topic, err);

    if (status != SM_OK)
        return status;
    if (emit->format == SM_FORMAT_JSON ||
        sm__emit_line_encode(&emit->line, kind, emit->schema_ids[event->topic], event,
                             &rejection) == SM_OK)
        return publish(emit, event, err);
    sm__emit_tell_refused(emit, &rejection);
    return SM_OK;
}

static void print_event(struct sm__emit *emit, const struct sm__emit_event *event)
{
    emit->sent++;
    (void)printf("%s\t%s\t%.*s\n", sm__wire_topic(emit->wire, event->topic), event->key,
                 (int)event->value.size, (const char *)event->value.data);
}

static bool is_blank(struct sm_slice text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (memchr(" \t\r", text.data[i], 3) == NULL)
            return false;
    }
    return true;
}

enum sm_status sm__emit_line_send(struct sm__emit *emit, struct sm_slice text, struct sm_err *err)
{
    struct sm__emit_defaults defaults = {.time_us = sm_wall_us(),
                                         .source = sm_options_text(emit->options, SM_OPTION_SOURCE),
                                         .actor = sm_options_text(emit->options, SM_OPTION_ACTOR)};
    struct sm__emit_event event;
    struct sm_rejection rejection;
    enum sm_status status;

    if (is_blank(text))
        return SM_OK;
    status = make_id(defaults.time_us, &defaults.id, err);
    if (status != SM_OK)
        return status;
    if (sm__emit_line_prepare(&emit->line, text, &defaults, &event, &rejection) != SM_OK) {
        sm__emit_tell_refused(emit, &rejection);
        return SM_OK;
    }
    if (emit->publisher != NULL)
        return send_event(emit, &event, err);
    print_event(emit, &event);
    return SM_OK;
}
