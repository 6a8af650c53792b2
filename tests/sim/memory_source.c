/* One member's handle: turns what the broker has into records and events. */
#include "sim/memory_source.h"

enum { STALE_MAX = 64 };

/* A record to be looked at again. */
struct memory_look {
    struct sm_partition_id id;
    int64_t offset;
    uint64_t ticket;
    int64_t ready_us; /* not answered before */
};

struct memory_source {
    struct sm_source port; /* first: the port is the source */
    struct memory_broker *broker;
    struct memory_member *member; /* owned */
    struct memory_fetch fetches[MEMORY_ASSIGNED_MAX];
    size_t fetch_count;
    struct memory_fetch stale[STALE_MAX]; /* of assignments that have ended */
    size_t stale_count;
    struct memory_look looks[MEMORY_ASSIGNED_MAX]; /* one a partition at the most */
    size_t look_count;
    size_t held; /* fetch whose record was refused; SIZE_MAX: none */
    bool paused;
    bool told_away;
    unsigned gone; /* bit per topic that vanished, to be told */
    unsigned gone_told; /* bit per topic that is missing, of which this assignment was told */
};

static struct memory_source *self(struct sm_source *source)
{
    return (struct memory_source *)source;
}

static int64_t latency(struct memory_broker *broker)
{
    return sim_random_between(&broker->random, broker->options.latency_min_us,
                              broker->options.latency_max_us);
}

/* ---- events ---- */

static void tell(const struct sm_source_sink *sink, struct sm_source_event event)
{
    event.text = event.text != NULL ? event.text : "";
    sink->event(sink->context, &event);
}

static void tell_broker(struct memory_source *source, const struct sm_source_sink *sink)
{
    if (source->told_away == source->broker->away)
        return;
    source->told_away = source->broker->away;
    tell(sink,
         (struct sm_source_event){.kind = source->told_away ? SM_SOURCE_AWAY : SM_SOURCE_BACK});
}

static bool is_missing(const struct memory_source *source, struct sm_partition_id id)
{
    return source->broker->topics[id.topic].missing;
}

/* Once an assignment, as the Kafka source does. */
static void find_missing(struct memory_source *source)
{
    for (size_t i = 0; i < source->fetch_count; i++) {
        struct sm_partition_id id = source->fetches[i].id;

        if (!is_missing(source, id) || (source->gone_told >> id.topic & 1) != 0)
            continue;
        source->gone |= 1U << id.topic;
        source->gone_told |= 1U << id.topic;
    }
}

static void tell_gone(struct memory_source *source, const struct sm_source_sink *sink)
{
    find_missing(source);
    for (unsigned topic = 0; topic < SM_TOPIC_COUNT; topic++) {
        struct sm_partition_id all = {(enum sm_topic)topic, -1};

        if ((source->gone >> topic & 1) != 0)
            tell(sink, (struct sm_source_event){.kind = SM_SOURCE_TOPIC_GONE,
                                                .partitions = &all,
                                                .count = 1,
                                                .text = "unknown topic"});
    }
    source->gone = 0;
}

static void tell_revoked(struct memory_source *source, const struct sm_source_sink *sink, bool lost)
{
    struct memory_member *member = source->member;

    member->told_revoked = true;
    tell(sink, (struct sm_source_event){.kind = SM_SOURCE_REVOKED,
                                        .partitions = member->assigned,
                                        .count = member->assigned_count,
                                        .lost = lost});
}

static void tell_membership(struct memory_source *source, const struct sm_source_sink *sink)
{
    struct memory_member *member = source->member;

    if (member->told_revoked)
        return; /* waits for release */
    switch (member->state) {
    case MEMORY_MEMBER_REVOKING:
        tell_revoked(source, sink, false);
        return;
    case MEMORY_MEMBER_KICKED:
        if (member->zombie_polls != 0)
            member->zombie_polls--;
        else if (member->told_assigned)
            tell_revoked(source, sink, true);
        else
            memory_group_released(source->broker, member); /* nothing to give up: joins again */
        return;
    case MEMORY_MEMBER_STABLE:
        if (member->told_assigned)
            return;
        member->told_assigned = true;
        tell(sink, (struct sm_source_event){.kind = SM_SOURCE_ASSIGNED,
                                            .partitions = member->assigned,
                                            .count = member->assigned_count});
        return;
    case MEMORY_MEMBER_JOINED:
        return;
    }
}

/* ---- records ---- */

static bool is_out_of_range(const struct memory_source *source, const struct memory_fetch *fetch)
{
    const struct memory_partition *partition = memory_broker_partition(source->broker, fetch->id);

    return fetch->position < partition->low || fetch->position > (int64_t)partition->count;
}

static void skip_control(struct memory_source *source, struct memory_fetch *fetch)
{
    const struct memory_partition *partition = memory_broker_partition(source->broker, fetch->id);

    while (fetch->position >= partition->low && fetch->position < (int64_t)partition->count &&
           partition->messages[fetch->position].control)
        fetch->position++;
}

static bool has_record(struct memory_source *source, struct memory_fetch *fetch)
{
    const struct memory_partition *partition = memory_broker_partition(source->broker, fetch->id);

    if (fetch->out_of_range || fetch->ready_us > source->broker->clock->now_us ||
        is_missing(source, fetch->id) || is_out_of_range(source, fetch))
        return false;
    skip_control(source, fetch);
    return fetch->position < (int64_t)partition->count;
}

static struct sm_record record_at(struct memory_source *source, struct sm_partition_id id,
                                  int64_t offset, uint64_t generation)
{
    const struct memory_message *message =
        &memory_broker_partition(source->broker, id)->messages[offset];

    return (struct sm_record){.topic = id.topic,
                              .partition = id.partition,
                              .offset = offset,
                              .generation = generation,
                              .timestamp_us = message->timestamp_us,
                              .key = message->key,
                              .value = message->value,
                              .headers = message->headers,
                              .header_count = message->header_count};
}

static bool deliver(struct memory_source *source, const struct sm_source_sink *sink,
                    struct memory_fetch *fetch)
{
    struct sm_record record = record_at(source, fetch->id, fetch->position, fetch->generation);

    if (!sink->record(sink->context, &record))
        return false;
    fetch->position++;
    return true;
}

/* A run of records of one partition. False: the sink has no room. */
static bool deliver_run(struct memory_source *source, const struct sm_source_sink *sink,
                        size_t index, size_t *room)
{
    struct memory_broker *broker = source->broker;
    struct memory_fetch *fetch = &source->fetches[index];
    size_t run = 1 + sim_random_below(&broker->random, broker->options.chunk_max);

    source->held = SIZE_MAX;
    for (; run != 0 && *room != 0 && has_record(source, fetch); run--) {
        if (!deliver(source, sink, fetch)) {
            source->held = index;
            return false;
        }
        (*room)--;
    }
    fetch->ready_us = broker->clock->now_us + latency(broker);
    return true;
}

/* Noise: what the ended assignments had in their queues. */
static void deliver_stale(struct memory_source *source, const struct sm_source_sink *sink,
                          size_t *room)
{
    for (size_t i = 0; i < source->stale_count && *room != 0; i++) {
        struct memory_fetch *fetch = &source->stale[i];

        if (fetch->stale_left == 0 || !sim_random_chance(&source->broker->random, 500) ||
            !has_record(source, fetch))
            continue;
        fetch->stale_left--;
        if (!deliver(source, sink, fetch))
            return;
        (*room)--;
    }
}

static void deliver_records(struct memory_source *source, const struct sm_source_sink *sink,
                            size_t room)
{
    size_t start = sim_random_below(&source->broker->random, source->fetch_count);
    bool more = true;

    deliver_stale(source, sink, &room);
    if (source->held != SIZE_MAX && !deliver_run(source, sink, source->held, &room))
        return;
    while (more && room != 0) {
        more = false;
        for (size_t i = 0; i < source->fetch_count && room != 0; i++) {
            size_t index = (start + i) % source->fetch_count;

            if (!has_record(source, &source->fetches[index]))
                continue;
            if (!deliver_run(source, sink, index, &room))
                return;
            more = true;
        }
    }
}

static void tell_position(struct memory_source *source, const struct sm_source_sink *sink,
                          struct memory_fetch *fetch)
{
    const struct memory_partition *partition = memory_broker_partition(source->broker, fetch->id);
    struct sm_source_event event = {
        .partitions = &fetch->id, .count = 1, .generation = fetch->generation};

    if (fetch->out_of_range || fetch->ready_us > source->broker->clock->now_us ||
        is_missing(source, fetch->id))
        return;
    if (is_out_of_range(source, fetch)) {
        fetch->out_of_range = true;
        event.kind = SM_SOURCE_OUT_OF_RANGE;
        event.offset = fetch->position;
        tell(sink, event);
        return;
    }
    skip_control(source, fetch);
    if (fetch->position != (int64_t)partition->count || fetch->end_told == fetch->position)
        return;
    fetch->end_told = fetch->position;
    event.kind = SM_SOURCE_END;
    event.offset = fetch->position;
    tell(sink, event);
}

/* ---- looking at records again ---- */

/* What lies there now, and not when it was asked. */
static void answer_look(struct memory_source *source, const struct sm_source_sink *sink,
                        const struct memory_look *look)
{
    const struct memory_partition *partition = memory_broker_partition(source->broker, look->id);
    int64_t offset = look->offset, end = (int64_t)partition->count;
    struct sm_source_event event = {.kind = SM_SOURCE_LOOKED,
                                    .partitions = &look->id,
                                    .count = 1,
                                    .offset = look->offset,
                                    .generation = look->ticket};
    struct sm_record record;

    if (offset < partition->low || offset >= end)
        event.kind = SM_SOURCE_LOOKED_OUTSIDE;
    while (event.kind == SM_SOURCE_LOOKED && offset < end && partition->messages[offset].control)
        offset++;
    if (event.kind == SM_SOURCE_LOOKED && offset < end) {
        record = record_at(source, look->id, offset, look->ticket);
        record.header_count = 0;
        event.record = &record;
    }
    tell(sink, event);
}

static void answer_looks(struct memory_source *source, const struct sm_source_sink *sink)
{
    struct memory_broker *broker = source->broker;

    for (size_t i = source->look_count; i > 0; i--) {
        struct memory_look look = source->looks[i - 1];

        if (look.ready_us > broker->clock->now_us)
            continue;
        source->looks[i - 1] = source->looks[--source->look_count];
        if (!is_missing(source, look.id) &&
            !sim_random_chance(&broker->random, broker->options.refuse_permille))
            answer_look(source, sink, &look);
    }
}

static void look_at(struct sm_source *port, struct sm_partition_id id, int64_t offset,
                    uint64_t ticket)
{
    struct memory_source *source = self(port);
    size_t i = 0;

    while (i < source->look_count && (source->looks[i].id.topic != id.topic ||
                                      source->looks[i].id.partition != id.partition))
        i++;
    SM_ASSERT(i < MEMORY_ASSIGNED_MAX);
    source->looks[i] = (struct memory_look){
        id, offset, ticket, source->broker->clock->now_us + latency(source->broker)};
    if (i == source->look_count)
        source->look_count++;
}

/* ---- the port ---- */

static enum sm_status poll_source(struct sm_source *port, const struct sm_source_sink *sink,
                                  size_t records_max, struct sm_err *err)
{
    struct memory_source *source = self(port);

    (void)err;
    memory_broker_advance(source->broker);
    tell_broker(source, sink);
    if (source->broker->away)
        return SM_OK;
    tell_gone(source, sink);
    tell_membership(source, sink);
    answer_looks(source, sink);
    if (source->paused)
        return SM_OK;
    if (records_max != 0 && source->fetch_count + source->stale_count != 0)
        deliver_records(source, sink, records_max);
    for (size_t i = 0; i < source->fetch_count; i++)
        tell_position(source, sink, &source->fetches[i]);
    return SM_OK;
}

/* What is in the queue when an assignment ends may come later, under its old generation. */
static void keep_stale(struct memory_source *source)
{
    unsigned max = source->broker->options.stale_max;

    source->stale_count = 0;
    for (size_t i = 0; max != 0 && i < source->fetch_count && source->stale_count < STALE_MAX;
         i++) {
        struct memory_fetch *stale = &source->stale[source->stale_count++];

        *stale = source->fetches[i];
        stale->stale_left = (unsigned)sim_random_below(&source->broker->random, max + 1);
    }
}

static enum sm_status assign(struct sm_source *port, const struct sm_fetch_from *list, size_t count,
                             uint64_t generation, struct sm_err *err)
{
    struct memory_source *source = self(port);

    (void)err;
    SM_ASSERT(count <= MEMORY_ASSIGNED_MAX);
    keep_stale(source);
    for (size_t i = 0; i < count; i++)
        source->fetches[i] = (struct memory_fetch){
            .id = list[i].id,
            .position = list[i].offset,
            .ready_us = source->broker->clock->now_us + latency(source->broker),
            .end_told = -1,
            .generation = generation,
        };
    source->fetch_count = count;
    source->gone_told = 0;
    source->held = SIZE_MAX;
    return SM_OK;
}

static void release(struct sm_source *port)
{
    struct memory_source *source = self(port);

    keep_stale(source);
    source->fetch_count = 0;
    source->look_count = 0;
    source->held = SIZE_MAX;
    memory_group_released(source->broker, source->member);
}

static void pause_source(struct sm_source *port, bool paused)
{
    self(port)->paused = paused;
}

static void commit(struct sm_source *port, const struct sm_fetch_from *list, size_t count)
{
    struct memory_broker *broker = self(port)->broker;

    for (size_t i = 0; i < count; i++) {
        memory_broker_partition(broker, list[i].id)->committed = list[i].offset;
        if (broker->committed != NULL)
            broker->committed(broker->committed_context, list[i].id, list[i].offset);
    }
}

static enum sm_status watermarks(struct sm_source *port, struct sm_partition_id id, int timeout_ms,
                                 int64_t *low, int64_t *high, struct sm_err *err)
{
    struct memory_broker *broker = self(port)->broker;
    const struct memory_partition *partition;

    if (broker->away || is_missing(self(port), id) ||
        sim_random_chance(&broker->random, broker->options.refuse_permille))
        return sm_err_set(err, SM_RETRY, SM_FROM_KAFKA, "no answer within %d ms", timeout_ms);
    partition = memory_broker_partition(broker, id);
    *low = partition->low;
    *high = (int64_t)partition->count;
    return SM_OK;
}

static int wait_fd(struct sm_source *port)
{
    (void)port;
    return -1;
}

static void close_source(struct sm_source *port)
{
    struct memory_source *source = self(port);

    memory_group_leave(source->broker, source->member);
    free(source->member);
    free(source);
}

void memory_source_die(struct sm_source *port)
{
    struct memory_source *source = self(port);

    memory_group_die(source->member);
    free(source);
}

void memory_source_set_silent(struct sm_source *port, bool silent)
{
    self(port)->member->silent = silent;
}

void memory_source_topic_gone(struct sm_source *port, enum sm_topic topic)
{
    self(port)->gone |= 1U << topic;
}

static int64_t fetch_next_us(const struct memory_source *source, const struct memory_fetch *fetch)
{
    const struct memory_partition *partition = memory_broker_partition(source->broker, fetch->id);

    if (fetch->out_of_range || is_missing(source, fetch->id) ||
        (fetch->position == (int64_t)partition->count && fetch->end_told == fetch->position))
        return INT64_MAX;
    return fetch->ready_us;
}

int64_t memory_source_next_us(const struct sm_source *port)
{
    const struct memory_source *source = (const struct memory_source *)port;
    const struct memory_member *member = source->member;
    int64_t next_us = INT64_MAX;

    if (source->told_away != source->broker->away || source->gone != 0 ||
        (!member->told_revoked &&
         (member->state == MEMORY_MEMBER_REVOKING || member->state == MEMORY_MEMBER_KICKED ||
          (member->state == MEMORY_MEMBER_STABLE && !member->told_assigned))))
        return source->broker->clock->now_us;
    for (size_t i = 0; !source->paused && !source->broker->away && i < source->fetch_count; i++) {
        int64_t at_us = fetch_next_us(source, &source->fetches[i]);

        if (at_us < next_us)
            next_us = at_us;
    }
    for (size_t i = 0; !source->broker->away && i < source->look_count; i++) {
        if (source->looks[i].ready_us < next_us)
            next_us = source->looks[i].ready_us;
    }
    return next_us;
}

struct sm_source *memory_source_open(struct memory_broker *broker)
{
    static const struct sm_source_ops ops = {poll_source, assign,     release, pause_source, commit,
                                             look_at,     watermarks, wait_fd, close_source};
    struct memory_source *source = calloc(1, sizeof(*source));

    SM_ASSERT(source != NULL);
    source->port.ops = &ops;
    source->broker = broker;
    source->held = SIZE_MAX;
    source->member = calloc(1, sizeof(*source->member));
    SM_ASSERT(source->member != NULL);
    memory_group_join(broker, source->member);
    return &source->port;
}
