/* The step: from librdkafka's queue to the sink, as far as the sink has room. */
#include "kafka/source_priv.h"

/* One poll's work. */
struct pass {
    struct sm__source *source;
    const struct sm_source_sink *sink;
    size_t room; /* records that the engine still wants */
    bool wants; /* it wanted some when it called */
    bool refused; /* the sink had none */
    bool looked; /* we looked ahead for events once; once is enough */
};

/* False: no room, it stays where it is. */
static bool offer_first(struct pass *pass)
{
    struct sm__source *source = pass->source;
    rd_kafka_message_t *message = source->hold.messages[source->hold.first];

    if (pass->room == 0)
        return false;
    if (!sm__source_offer(source, pass->sink, message)) {
        pass->refused = true;
        pass->room = 0;
        return false;
    }
    pass->room--;
    SM_ASSERT(sm__hold_count(&source->hold) > 0); /* the sink's record call must not call us */
    rd_kafka_message_destroy(sm__hold_take(&source->hold));
    return true;
}

/* Hands over what is held, in order. */
static void hand_over(struct pass *pass)
{
    struct sm__source *source = pass->source;
    struct sm__hold *hold = &source->hold;

    while (sm__hold_count(hold) > 0) {
        if (hold->messages[hold->first]->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            /* Out of the hold first: the sink may assign anew, which clears it. */
            rd_kafka_message_t *message = sm__hold_take(hold);

            sm__source_error(source, pass->sink, message);
            rd_kafka_message_destroy(message);
        } else if (!source->live) {
            rd_kafka_message_destroy(sm__hold_take(hold));
        } else if (!offer_first(pass)) {
            return;
        }
    }
}

/* No room, and too much is held to look further. If that lasts, fetching stops: the library then
 * throws away what its queue holds, and what remains in it are events. */
static size_t look_blocked(struct sm__source *source)
{
    int64_t now_us = sm_monotonic_us();

    if (source->blocked_since_us == 0)
        source->blocked_since_us = now_us;
    if (now_us - source->blocked_since_us < SM__BLOCKED_US_MAX)
        return 0;
    sm__source_suspend(source, true);
    /* Records may not come now; one place would do for an error at a time. */
    return sm__hold_space(&source->hold) < SM__LOOK_RECORDS_MAX ? sm__hold_space(&source->hold)
                                                                : SM__LOOK_RECORDS_MAX;
}

/* How many messages to take from the library now. */
static size_t wanted(struct pass *pass)
{
    struct sm__source *source = pass->source;
    size_t space = sm__hold_space(&source->hold);

    if (pass->room > 0) {
        sm__source_suspend(source, false);
        source->blocked_since_us = 0;
        return pass->room < space ? pass->room : space;
    }
    if (pass->looked)
        return 0;
    pass->looked = true;
    /* The last places are kept for the errors that come while fetching is suspended. */
    if (space < 2 * SM__LOOK_RECORDS_MAX || source->hold.bytes > SM__LOOK_BYTES_MAX)
        return look_blocked(source);
    return SM__LOOK_RECORDS_MAX;
}

static void work(struct pass *pass)
{
    struct sm__source *source = pass->source;
    bool more = true;

    sm__source_news(source, pass->sink);
    sm__looks_serve(source, pass->sink);
    hand_over(pass);
    while (more && !source->failed_told) {
        size_t want = wanted(pass);

        if (want == 0)
            break;
        more = sm__hold_fill(&source->hold, source->queue, want);
        /* News first: a rebalance ends the assignment that the records just filled in are of. */
        sm__source_news(source, pass->sink);
        hand_over(pass);
        sm__source_news(source, pass->sink); /* what the records' errors brought */
    }
    /* More is there, and only records_max stopped us. The library will not say so, as it speaks
     * only when its queue was empty. */
    if ((more || sm__hold_count(&source->hold) > 0) && pass->wants && !pass->refused)
        sm__kafka_wake_set(source->wake_fd);
}

enum sm_status sm__source_poll(struct sm_source *port, const struct sm_source_sink *sink,
                               size_t records_max, struct sm_err *err)
{
    struct sm__source *source = (struct sm__source *)port;
    struct pass pass = { .source = source, .sink = sink, .room = source->paused ? 0 : records_max };
    pass.wants = pass.room > 0;
    /* Before the queue is read: what comes after wakes us again. */
    sm__kafka_wake_drain(source->wake_fd);
    if (!source->failed_told)
        work(&pass);
    if (source->failed_told)
        return sm_err_set(err, source->inbox.fenced ? SM_FENCED : SM_FATAL, SM_FROM_KAFKA, "%s",
                          source->inbox.failed_text);
    return SM_OK;
}

void sm__source_pause(struct sm_source *port, bool paused)
{
    struct sm__source *source = (struct sm__source *)port;

    /* Only delivery stops. The library's own pause throws away what was fetched, so it is left to
     * the case that lasts. */
    if (source->paused && !paused)
        sm__kafka_wake_set(source->wake_fd);
    source->paused = paused;
}
