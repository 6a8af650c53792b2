/* The relay's steps. */
#include "engine/relay.h"

#include <stdlib.h>

#include "base/fault.h"
#include "base/limits.h"
#include "base/log.h"

#define COUNT_MAX  256
#define BYTES_MAX  ((size_t)4 << 20)
#define LEASE_US   10000000
#define IDLE_US    200000
#define BACKOFF_US 500000 /* after a failure that may pass */

enum state { RESTING, BEGINNING, READY, STOPPED };

struct sm_relay {
    struct sm_relay_options options;
    struct sm_command_topic *topic; /* NULL: not open */
    enum state state;
    int64_t epoch; /* of the lease; 0: it is not ours */
    int64_t renew_us; /* monotonic: when the lease is to be taken again */
    struct sm_relay_cursor *cursors; /* owned: by partition, as the database has them */
    int32_t partition_count;
    struct sm_command_place *places; /* owned: count_max of them */
    size_t place_count;
    struct sm_arena arena; /* bytes of what is at hand */
    bool elsewhere; /* another one has the lease */
    bool idle;
    bool used; /* the topic, since it was opened: it is kept open then */
    struct sm_err stopped; /* why */
};

static int64_t now_us(const struct sm_relay *relay)
{
    return sm_clock_monotonic(&relay->options.clock);
}

/* ---- life cycle ---- */

static void apply_defaults(struct sm_relay_options *options)
{
    if (options->count_max == 0)
        options->count_max = COUNT_MAX;
    if (options->bytes_max == 0)
        options->bytes_max = BYTES_MAX;
    if (options->lease_us == 0)
        options->lease_us = LEASE_US;
    if (options->idle_us == 0)
        options->idle_us = IDLE_US;
}

static void free_all(struct sm_relay *relay)
{
    relay->options.outbox->ops->close(relay->options.outbox);
    sm_arena_deinit(&relay->arena);
    free(relay->cursors);
    free(relay->places);
    free(relay);
}

enum sm_status sm_relay_create(const struct sm_relay_options *options, struct sm_relay **out,
                               struct sm_err *err)
{
    struct sm_relay *relay = calloc(1, sizeof(*relay));
    bool made = relay != NULL;

    if (made) {
        relay->options = *options;
        apply_defaults(&relay->options);
        relay->places = calloc(relay->options.count_max, sizeof(*relay->places));
        /* Twice what is asked for, since the first command is given however large it is; and the
         * rows' own memory. */
        made = relay->places != NULL &&
               sm_arena_init(&relay->arena,
                             2 * relay->options.bytes_max + 4 * (size_t)SM_VALUE_SIZE_MAX);
    }
    if (made) {
        *out = relay;
        return SM_OK;
    }
    if (relay != NULL)
        free_all(relay);
    else
        options->outbox->ops->close(options->outbox);
    return sm_err_set(err, SM_FATAL, SM_FROM_OS, "no memory for the relay");
}

static void close_topic(struct sm_relay *relay)
{
    if (relay->topic != NULL)
        relay->topic->ops->close(relay->topic);
    relay->topic = NULL;
}

void sm_relay_destroy(struct sm_relay *relay)
{
    struct sm_err ignored = { 0 };

    if (relay == NULL)
        return;
    close_topic(relay);
    if (relay->epoch > 0)
        (void)relay->options.outbox->ops->release(relay->options.outbox, relay->epoch, NULL,
                                                  &ignored);
    free_all(relay);
}

/* ---- what goes wrong ---- */

/* Everything is begun anew. A lease that may still be ours is kept for the next try, by name. */
static enum sm_status rest(struct sm_relay *relay, int64_t pause_us, int64_t *wake_us)
{
    close_topic(relay);
    relay->state = RESTING;
    relay->epoch = 0;
    *wake_us = now_us(relay) + pause_us;
    return SM_AGAIN;
}

static enum sm_status stop(struct sm_relay *relay, struct sm_err *err)
{
    struct sm_err ignored = { 0 };

    close_topic(relay);
    relay->state = STOPPED;
    err->status = SM_FATAL;
    relay->stopped = *err;
    if (relay->epoch > 0)
        (void)relay->options.outbox->ops->release(relay->options.outbox, relay->epoch,
                                                  relay->stopped.text, &ignored);
    relay->epoch = 0;
    return SM_FATAL;
}

/* A record that the broker will never take would be met again and again, in its tenant's order:
 * that needs an operator, as a contradiction on the topic does. */
static enum sm_status fail(struct sm_relay *relay, enum sm_status status, int64_t *wake_us,
                           struct sm_err *err)
{
    if (status == SM_RETRY || status == SM_FENCED || status == SM_AGAIN)
        return rest(relay, BACKOFF_US, wake_us);
    return stop(relay, err);
}

/* ---- getting ready ---- */

static enum sm_status take_lease(struct sm_relay *relay, int64_t *wait_us, struct sm_err *err)
{
    struct sm_outbox *outbox = relay->options.outbox;
    struct sm_lease lease = { .epoch = relay->epoch, .duration_us = relay->options.lease_us };
    int64_t asked_us = now_us(relay);
    enum sm_status status = outbox->ops->lease(outbox, &lease, err);

    *wait_us = lease.wait_us;
    if (status != SM_OK)
        return status;
    relay->epoch = lease.epoch;
    relay->renew_us = asked_us + relay->options.lease_us / 3;
    if (relay->state == RESTING)
        relay->state = lease.scanned ? READY : BEGINNING;
    return SM_OK;
}

/* Enters what is at hand, with these cursors; they are the database's from then on. */
static enum sm_status settle(struct sm_relay *relay, const struct sm_relay_cursor *cursors,
                             size_t cursor_count, struct sm_settlement *out, struct sm_err *err)
{
    struct sm_outbox *outbox = relay->options.outbox;
    enum sm_status status;

    *out = (struct sm_settlement){ .epoch = relay->epoch,
                                   .cursors = cursors,
                                   .cursor_count = cursor_count,
                                   .places = relay->places,
                                   .place_count = relay->place_count };
    status = outbox->ops->settle(outbox, out, err);
    if (status != SM_OK)
        return status;
    for (size_t i = 0; i < cursor_count; i++)
        relay->cursors[cursors[i].partition].expected = cursors[i].next_offset;
    relay->place_count = 0;
    sm_arena_reset(&relay->arena);
    return SM_OK;
}

static void tell_found(const struct sm_settlement *settlement)
{
    if (settlement->differing > 0)
        sm_log(SM_LOG_WARN, "relay", NULL,
               "%lld commands stand on the topic with other contents than were decided here: those "
               "on the topic count (outbox.differs)",
               (long long)settlement->differing);
    if (settlement->repeated > 0)
        sm_log(SM_LOG_ERROR, "relay", NULL,
               "%lld commands stand on the topic twice, with the same contents: somebody else "
               "writes there",
               (long long)settlement->repeated);
}

static enum sm_status settle_found(struct sm_relay *relay, int32_t partition, int64_t next_offset,
                                   struct sm_err *err)
{
    const struct sm_relay_cursor cursor = { partition, relay->cursors[partition].expected,
                                            next_offset };
    struct sm_settlement settlement;
    enum sm_status status;

    if (relay->place_count == 0 && cursor.expected == next_offset)
        return SM_OK;
    status = settle(relay, &cursor, 1, &settlement, err);
    if (status == SM_OK)
        tell_found(&settlement);
    return status;
}

static bool keep_headers(struct sm_arena *arena, struct sm_command_row *row)
{
    struct sm_header *list = sm_arena_zalloc(arena, row->header_count, sizeof(*list));

    if (list == NULL)
        return false;
    for (size_t i = 0; i < row->header_count; i++) {
        if (!sm_arena_copy(arena, row->headers[i].name, &list[i].name) ||
            !sm_arena_copy(arena, row->headers[i].value, &list[i].value))
            return false;
    }
    row->headers = list;
    return true;
}

static bool keep(struct sm_relay *relay, const struct sm_command_place *from)
{
    struct sm_command_place *place = &relay->places[relay->place_count];
    struct sm_command_row *row = &place->row;

    *place = *from;
    return sm_arena_copy(&relay->arena, row->organization_id, &row->organization_id) &&
           sm_arena_copy(&relay->arena, row->value, &row->value) &&
           keep_headers(&relay->arena, row);
}

static enum sm_status found(void *context, const struct sm_command_place *place,
                            struct sm_err *err)
{
    struct sm_relay *relay = context;
    bool full = relay->place_count == relay->options.count_max ||
                relay->arena.used > relay->options.bytes_max;
    enum sm_status status = SM_OK;

    if (full)
        status = settle_found(relay, place->partition,
                              relay->places[relay->place_count - 1].offset + 1, err);
    if (status != SM_OK)
        return status;
    if (!keep(relay, place))
        return sm_err_set(err, SM_FATAL, SM_FROM_DOMAIN,
                          "the command at [%d] offset %lld is too large to be read back",
                          (int)place->partition, (long long)place->offset);
    relay->place_count++;
    return SM_OK;
}

static void foreign(void *context, int32_t partition, int64_t offset)
{
    (void)context;
    sm_log(SM_LOG_WARN, "relay", NULL,
           "the record at partition %d offset %lld of the command topic is no command of ours",
           (int)partition, (long long)offset);
}

static enum sm_status scan_partition(struct sm_relay *relay, int32_t partition, struct sm_err *err)
{
    const struct sm_command_sink sink = { relay, found, foreign };
    struct sm_outbox *outbox = relay->options.outbox;
    struct sm_relay_cursor *cursor = &relay->cursors[partition];
    struct sm_command_scan scan = { .partition = partition };
    enum sm_status status;

    cursor->partition = partition;
    relay->place_count = 0;
    sm_arena_reset(&relay->arena);
    status = outbox->ops->cursor(outbox, partition, &cursor->expected, err);
    scan.from = cursor->expected;
    if (status == SM_OK)
        status = relay->topic->ops->scan(relay->topic, &scan, &sink, err);
    return status == SM_OK ? settle_found(relay, partition, scan.next_offset, err) : status;
}

static enum sm_status open_and_fence(struct sm_relay *relay, struct sm_err *err)
{
    enum sm_status status =
        relay->options.open_topic(relay->options.context, &relay->topic, err);
    struct sm_relay_cursor *cursors;
    int32_t count = 0;

    if (status == SM_OK)
        status = relay->topic->ops->fence(relay->topic, err);
    if (status == SM_OK)
        status = relay->topic->ops->partitions(relay->topic, &count, err);
    if (status != SM_OK)
        return status;
    cursors = realloc(relay->cursors, (size_t)count * sizeof(*cursors));
    if (cursors == NULL)
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "no memory for %d partitions", (int)count);
    relay->cursors = cursors;
    relay->partition_count = count;
    return SM_OK;
}

static enum sm_status get_ready(struct sm_relay *relay, struct sm_err *err)
{
    struct sm_outbox *outbox = relay->options.outbox;
    enum sm_status status = open_and_fence(relay, err);

    for (int32_t i = 0; status == SM_OK && i < relay->partition_count; i++)
        status = scan_partition(relay, i, err);
    if (status == SM_OK)
        status = outbox->ops->scanned(outbox, relay->epoch, err);
    if (status != SM_OK)
        return status;
    relay->state = READY;
    relay->used = false;
    return SM_OK;
}

/* ---- publishing ---- */

/* Where each partition is known to be when what was published is entered. */
static size_t cursors_after(const struct sm_relay *relay, struct sm_relay_cursor *out)
{
    size_t count = 0;

    for (int32_t partition = 0; partition < relay->partition_count; partition++) {
        struct sm_relay_cursor cursor = relay->cursors[partition];

        cursor.next_offset = cursor.expected;
        for (size_t i = 0; i < relay->place_count; i++) {
            if (relay->places[i].partition == partition &&
                relay->places[i].offset >= cursor.next_offset)
                cursor.next_offset = relay->places[i].offset + 1;
        }
        if (cursor.next_offset != cursor.expected)
            out[count++] = cursor;
    }
    return count;
}

static enum sm_status settle_published(struct sm_relay *relay, struct sm_err *err)
{
    struct sm_relay_cursor *cursors =
        sm_arena_zalloc(&relay->arena, (size_t)relay->partition_count, sizeof(*cursors));
    struct sm_settlement settlement;

    if (cursors == NULL)
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "no memory for cursors");
    for (size_t i = 0; i < relay->place_count; i++) {
        if (relay->places[i].partition >= relay->partition_count)
            return sm_err_set(err, SM_RETRY, SM_FROM_KAFKA,
                              "the command topic has more partitions than before");
    }
    return settle(relay, cursors, cursors_after(relay, cursors), &settlement, err);
}

/* Whoever never has anything to publish keeps no connections to the broker for it. */
static enum sm_status await(struct sm_relay *relay, struct sm_err *err)
{
    struct sm_outbox *outbox = relay->options.outbox;

    if (!relay->used)
        close_topic(relay);
    return outbox->ops->wait(outbox, relay->options.idle_us, err);
}

static enum sm_status publish(struct sm_relay *relay, struct sm_err *err)
{
    struct sm_outbox *outbox = relay->options.outbox;
    struct sm_pending pending = { .count_max = relay->options.count_max,
                                  .bytes_max = relay->options.bytes_max,
                                  .arena = &relay->arena };
    enum sm_status status;

    sm_arena_reset(&relay->arena);
    status = outbox->ops->pending(outbox, &pending, err);
    relay->idle = status == SM_OK && pending.count == 0;
    if (status != SM_OK)
        return status;
    if (relay->idle)
        return await(relay, err);
    if (relay->topic == NULL) {
        relay->state = BEGINNING;
        return SM_OK;
    }
    relay->used = true;
    status = relay->topic->ops->publish(relay->topic, pending.commands, pending.count,
                                        relay->places, err);
    if (status != SM_OK)
        return status;
    relay->place_count = pending.count;
    status = settle_published(relay, err);
    sm_fault_point("relay_marked");
    return status;
}

/* ---- steps ---- */

static enum sm_status step_ready(struct sm_relay *relay, struct sm_err *err)
{
    int64_t unused;
    enum sm_status status = SM_OK;

    if (now_us(relay) >= relay->renew_us)
        status = take_lease(relay, &unused, err);
    return status == SM_OK ? publish(relay, err) : status;
}

enum sm_status sm_relay_step(struct sm_relay *relay, int64_t *wake_us, struct sm_err *err)
{
    enum sm_status status = SM_OK;
    int64_t wait_us = 0;

    *wake_us = now_us(relay);
    switch (relay->state) {
    case RESTING:
        status = take_lease(relay, &wait_us, err);
        relay->elsewhere = status == SM_AGAIN;
        if (status == SM_AGAIN)
            return rest(relay, wait_us < BACKOFF_US ? wait_us : BACKOFF_US, wake_us);
        break;
    case BEGINNING:
        status = get_ready(relay, err);
        break;
    case READY:
        status = step_ready(relay, err);
        break;
    case STOPPED:
        *err = relay->stopped;
        return SM_FATAL;
    }
    return status == SM_OK ? SM_OK : fail(relay, status, wake_us, err);
}

bool sm_relay_is_idle(const struct sm_relay *relay)
{
    return relay->state == READY && relay->idle;
}

bool sm_relay_is_elsewhere(const struct sm_relay *relay)
{
    return relay->elsewhere;
}
