/* The relay's session with a memory database. */
#include "sim/memory_relay.h"

#include <stdlib.h>

#include "sim/memory_priv.h"

struct outbox {
    struct sm_outbox port; /* first: the port is the object */
    struct memory_db *db;
    struct memory_topic *topic;
    uint64_t session; /* topic->sessions as of its beginning */
    char owner[32];
};

static struct outbox *self(struct sm_outbox *port)
{
    return (struct outbox *)port;
}

/* SM_OK, with *after: the answer will be lost; or SM_RETRY. */
static enum sm_status enter(struct outbox *outbox, const char *call, bool *after,
                            struct sm_err *err)
{
    struct memory_topic *topic = outbox->topic;
    enum memory_relay_fault fault =
        topic->meanwhile != NULL ? topic->meanwhile(topic->context, call) : MEMORY_RELAY_SOUND;

    bool ended = outbox->session != topic->sessions;

    outbox->session = topic->sessions;
    *after = fault == MEMORY_RELAY_AFTER;
    if (ended || outbox->db->away || (fault != MEMORY_RELAY_SOUND && !*after))
        return sm_err_set(err, SM_RETRY, SM_FROM_POSTGRES, "the connection was lost");
    return SM_OK;
}

static enum sm_status leave(bool after, struct sm_err *err)
{
    return after ? sm_err_set(err, SM_RETRY, SM_FROM_POSTGRES, "the connection was lost") : SM_OK;
}

/* ---- the lease ---- */

static enum sm_status lease(struct sm_outbox *port, struct sm_lease *wanted, struct sm_err *err)
{
    struct outbox *outbox = self(port);
    struct memory_lease *row = &outbox->db->rows.lease;
    int64_t now = outbox->db->clock->now_us;
    bool after;

    if (enter(outbox, "lease", &after, err) != SM_OK)
        return SM_RETRY;
    if (wanted->epoch > 0 && wanted->epoch != row->epoch)
        return sm_err_set(err, SM_FENCED, SM_FROM_POSTGRES, "another relay has taken over");
    if (wanted->epoch == 0 && row->expires_us > now && strcmp(row->owner, outbox->owner) != 0) {
        wanted->wait_us = row->expires_us - now;
        return SM_AGAIN;
    }
    if (wanted->epoch == 0)
        row->epoch++;
    row->expires_us = now + wanted->duration_us;
    (void)snprintf(row->owner, sizeof(row->owner), "%s", outbox->owner);
    wanted->epoch = row->epoch;
    wanted->scanned = row->scanned_in == outbox->db->incarnation;
    return leave(after, err);
}

static enum sm_status scanned(struct sm_outbox *port, int64_t epoch, struct sm_err *err)
{
    struct outbox *outbox = self(port);
    struct memory_lease *row = &outbox->db->rows.lease;
    bool after;

    if (enter(outbox, "scanned", &after, err) != SM_OK)
        return SM_RETRY;
    if (epoch != row->epoch)
        return sm_err_set(err, SM_FENCED, SM_FROM_POSTGRES, "another relay has taken over");
    row->scanned_in = outbox->db->incarnation;
    return leave(after, err);
}

static enum sm_status release(struct sm_outbox *port, int64_t epoch, const char *reason,
                              struct sm_err *err)
{
    struct outbox *outbox = self(port);
    bool after;

    (void)reason;
    if (enter(outbox, "release", &after, err) != SM_OK)
        return SM_RETRY;
    if (outbox->db->rows.lease.epoch == epoch)
        outbox->db->rows.lease.expires_us = 0;
    return leave(after, err);
}

/* ---- what is known of the topic ---- */

static enum sm_status cursor(struct sm_outbox *port, int32_t partition, int64_t *next_offset,
                             struct sm_err *err)
{
    struct outbox *outbox = self(port);
    bool after;

    if (enter(outbox, "cursor", &after, err) != SM_OK)
        return SM_RETRY;
    SM_ASSERT(partition < MEMORY_CURSORS);
    *next_offset = outbox->db->rows.cursors[partition] - 1;
    return leave(after, err);
}

static struct memory_command *add_found(struct memory_db *db, const struct sm_command_row *from)
{
    struct memory_command *command = memory_rows_add_command(&db->rows);
    struct sm_unit unit = {.commands = from, .command_count = 1};

    memory__commands_keep(db, &unit);
    command->row = unit.commands[0];
    command->found = true;
    return command;
}

/* PostgreSQL takes it all back when one row fails, so everything is looked at first. */
static enum sm_status check_places(const struct memory_db *db,
                                   const struct sm_settlement *settlement, struct sm_err *err)
{
    for (size_t i = 0; i < settlement->place_count; i++) {
        const struct sm_command_place *place = &settlement->places[i];
        const struct memory_command *row =
            memory_rows_command(&db->rows, &place->row.client_id, &place->row.command_id);

        for (size_t j = 0; j < db->rows.command_count && row == NULL; j++) {
            const struct sm_command_row *other = &db->rows.commands[j].row;

            if (sm_uuid_equal(&other->client_id, &place->row.client_id) &&
                other->sequence == place->row.sequence)
                return sm_err_set(err, SM_FATAL, SM_FROM_POSTGRES, "a sequence is there twice");
        }
        for (size_t j = 0; j < i; j++) {
            const struct sm_command_row *other = &settlement->places[j].row;

            if (sm_uuid_equal(&other->client_id, &place->row.client_id) &&
                sm_uuid_equal(&other->command_id, &place->row.command_id) &&
                !sm_digest_equal(&other->digest, &place->row.digest))
                return sm_err_set(err, SM_FATAL, SM_FROM_POSTGRES, "two contents of a command");
        }
        if (row != NULL && row->published && !sm_digest_equal(&row->row.digest, &place->row.digest))
            return sm_err_set(err, SM_FATAL, SM_FROM_POSTGRES, "two contents of a command");
    }
    return SM_OK;
}

static void settle_place(struct memory_db *db, const struct sm_command_place *place,
                         struct sm_settlement *settlement)
{
    struct memory_command *row =
        memory_rows_command(&db->rows, &place->row.client_id, &place->row.command_id);

    if (row != NULL && row->published) {
        settlement->repeated += row->partition != place->partition || row->offset != place->offset;
        return;
    }
    if (row == NULL) {
        row = add_found(db, &place->row);
        settlement->added++;
    } else if (sm_digest_equal(&row->row.digest, &place->row.digest)) {
        settlement->marked++;
    } else {
        row->row.value = sim_heap_keep(&db->heap, place->row.value);
        row->row.digest = place->row.digest;
        row->differs = true;
        settlement->differing++;
    }
    row->published = true;
    row->partition = place->partition;
    row->offset = place->offset;
}

static enum sm_status settle(struct sm_outbox *port, struct sm_settlement *settlement,
                             struct sm_err *err)
{
    struct outbox *outbox = self(port);
    struct memory_rows *rows = &outbox->db->rows;
    enum sm_status status;
    bool after;

    if (enter(outbox, "settle", &after, err) != SM_OK)
        return SM_RETRY;
    if (settlement->epoch != rows->lease.epoch)
        return sm_err_set(err, SM_FENCED, SM_FROM_POSTGRES, "another relay has taken over");
    for (size_t i = 0; i < settlement->cursor_count; i++) {
        if (rows->cursors[settlement->cursors[i].partition] - 1 != settlement->cursors[i].expected)
            return sm_err_set(err, SM_FENCED, SM_FROM_POSTGRES, "a cursor has moved");
    }
    status = check_places(outbox->db, settlement, err);
    if (status != SM_OK)
        return status;
    for (size_t i = 0; i < settlement->cursor_count; i++)
        rows->cursors[settlement->cursors[i].partition] = settlement->cursors[i].next_offset + 1;
    settlement->marked = settlement->added = settlement->differing = settlement->repeated = 0;
    for (size_t i = 0; i < settlement->place_count; i++)
        settle_place(outbox->db, &settlement->places[i], settlement);
    return leave(after, err);
}

/* ---- what is to be published ---- */

static enum sm_status pending(struct sm_outbox *port, struct sm_pending *out, struct sm_err *err)
{
    struct outbox *outbox = self(port);
    const struct memory_rows *rows = &outbox->db->rows;
    struct sm_command_row *list;
    size_t bytes = 0;
    bool after;

    if (enter(outbox, "pending", &after, err) != SM_OK)
        return SM_RETRY;
    list = sm_arena_zalloc(out->arena, out->count_max, sizeof(*list));
    if (list == NULL)
        return sm_err_set(err, SM_LIMIT, SM_FROM_POSTGRES, "the arena is too small");
    out->commands = list;
    out->count = 0;
    for (size_t i = 0; i < rows->command_count && out->count < out->count_max; i++) {
        if (rows->commands[i].published)
            continue;
        if (out->count > 0 && bytes >= out->bytes_max)
            break;
        bytes += rows->commands[i].row.value.size;
        list[out->count] = rows->commands[i].row;
        if (!sm_arena_copy(out->arena, rows->commands[i].row.value, &list[out->count].value))
            break;
        out->count++;
    }
    return leave(after, err);
}

static enum sm_status wait_for(struct sm_outbox *port, int64_t timeout_us, struct sm_err *err)
{
    struct outbox *outbox = self(port);
    bool after;

    if (enter(outbox, "wait", &after, err) != SM_OK)
        return SM_RETRY;
    outbox->db->clock->now_us += timeout_us;
    return leave(after, err);
}

static void close_outbox(struct sm_outbox *port)
{
    free(self(port));
}

struct sm_outbox *memory_outbox_open(struct memory_db *db, struct memory_topic *topic,
                                     const char *owner)
{
    static const struct sm_outbox_ops ops = {lease,  scanned, release,  cursor,
                                             settle, pending, wait_for, close_outbox};
    struct outbox *outbox = calloc(1, sizeof(*outbox));

    SM_ASSERT(outbox != NULL);
    outbox->port.ops = &ops;
    outbox->db = db;
    outbox->topic = topic;
    outbox->session = topic->sessions;
    (void)snprintf(outbox->owner, sizeof(outbox->owner), "%s", owner);
    return &outbox->port;
}
