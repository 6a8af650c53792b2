/* One unit of work: checked as PostgreSQL would check it, then written whole. */
#include "domain/data.h"
#include "sim/memory_priv.h"

static enum sm_status conflict(struct sm_err *err, enum sm_conflict kind, const char *what)
{
    sm_err_set(err, SM_CONFLICT, SM_FROM_POSTGRES, "%s", what);
    err->native = (int)kind;
    return SM_CONFLICT;
}

/* ---- checks ---- */

enum sm_status memory__check_positions(struct memory_db *db, const struct sm_unit *unit,
                                       struct sm_err *err)
{
    for (size_t i = 0; i < unit->partition_count; i++) {
        const struct sm_unit_partition *wanted = &unit->partitions[i];
        const struct memory_position *position = memory_rows_position(&db->rows, wanted->id);

        if (position == NULL || position->next_offset != wanted->row.first_offset ||
            position->epoch != wanted->epoch)
            return sm_err_set(err, SM_FENCED, SM_FROM_POSTGRES,
                              "topic %d partition %d has moved or has another owner",
                              (int)wanted->id.topic, (int)wanted->id.partition);
    }
    return SM_OK;
}

enum sm_status memory__check_generations(struct memory_db *db, const struct sm_unit *unit,
                                         struct sm_err *err)
{
    uint64_t buckets = unit->buckets_shared | unit->buckets_exclusive;

    for (unsigned i = 0; i < SM_BUCKETS; i++) {
        if ((buckets >> i & 1) != 0 && unit->generations[i] != db->rows.generations[i])
            return conflict(err, SM_CONFLICT_GENERATION, "a bucket has another generation");
    }
    return SM_OK;
}

/* Row by row, as COPY would find it. */
static enum sm_status check_append(const struct memory_db *db, const struct sm_unit *unit,
                                   size_t at, struct sm_err *err)
{
    const struct sm_event *event = unit->appends[at].event;

    if (db->options.refuses != NULL && db->options.refuses(db->options.refuses_context, event))
        return sm_err_set(err, SM_REJECT, SM_FROM_POSTGRES,
                          "new row violates check constraint of the test");
    if (memory_rows_event(&db->rows, &event->client_id, &event->id) != NULL)
        return conflict(err, SM_CONFLICT_UNIQUE, "the event id is in the log");
    for (size_t i = 0; i < at; i++) {
        const struct sm_event *other = unit->appends[i].event;

        if (sm_uuid_equal(&other->id, &event->id) &&
            sm_uuid_equal(&other->client_id, &event->client_id))
            return conflict(err, SM_CONFLICT_UNIQUE, "the event id is in the unit twice");
    }
    return SM_OK;
}

static enum sm_status check_heads(const struct memory_db *db, const struct sm_unit *unit,
                                  struct sm_err *err)
{
    for (size_t i = 0; i < unit->head_count; i++) {
        const struct memory_head *head = memory_rows_head(&db->rows, &unit->heads[i].name);
        int32_t version = head != NULL ? head->head.version : 0;

        if (version != unit->heads[i].expected_version)
            return conflict(err, SM_CONFLICT_VERSION, "a head is at another version");
    }
    for (size_t i = 0; i < unit->check_count; i++) {
        const struct memory_head *head = memory_rows_head(&db->rows, &unit->checks[i].name);

        if ((head != NULL ? head->head.version : 0) != unit->checks[i].head.version)
            return conflict(err, SM_CONFLICT_VERSION, "a head that was looked at has changed");
    }
    return SM_OK;
}

/* In order, against a copy of the rows: an id given up earlier in the unit is free. */
static enum sm_status check_clients(const struct memory_db *db, const struct sm_unit *unit,
                                    struct sm_err *err)
{
    struct memory_rows after = {0};
    enum sm_status status = SM_OK;

    if (unit->client_count == 0)
        return SM_OK;
    for (size_t i = 0; i < db->rows.client_count; i++)
        *memory_rows_add_client(&after) = db->rows.clients[i];
    for (size_t i = 0; status == SM_OK && i < unit->client_count; i++) {
        const struct sm_client *client = unit->clients[i].client;
        struct sm_client *row = memory_rows_client(&after, &client->id);
        const struct sm_client *owner = client->status == SM_CLIENT_STATUS_ARCHIVED
                                            ? NULL
                                            : memory_rows_owner(&after, client->organization_id);

        if (unit->clients[i].insert != (row == NULL))
            status = conflict(err, SM_CONFLICT_UNIQUE, "the client is there already, or is not");
        else if (owner != NULL && !sm_uuid_equal(&owner->id, &client->id))
            status = conflict(err, SM_CONFLICT_UNIQUE, "the organization id has another owner");
        else
            *(row != NULL ? row : memory_rows_add_client(&after)) = *client;
    }
    memory_rows_free(&after);
    return status;
}

static enum sm_status check_waiting(const struct memory_db *db, const struct sm_unit *unit,
                                    struct sm_err *err)
{
    enum sm_conflict kind;
    const char *what = "";

    for (size_t i = 0; i < unit->log_line_count; i++) {
        const struct sm_event *event = unit->log_lines[i].event;

        if (db->options.refuses != NULL && db->options.refuses(db->options.refuses_context, event))
            return sm_err_set(err, SM_REJECT, SM_FROM_POSTGRES, "new line violates a constraint");
        if (memory_rows_log_line(&db->rows, &event->client_id, &event->id) != NULL)
            return conflict(err, SM_CONFLICT_UNIQUE, "the line is there already");
        for (size_t j = 0; j < i; j++) {
            const struct sm_event *other = unit->log_lines[j].event;

            if (sm_uuid_equal(&other->id, &event->id) &&
                sm_uuid_equal(&other->client_id, &event->client_id))
                return conflict(err, SM_CONFLICT_UNIQUE, "the line is in the unit twice");
        }
    }
    if (!memory__commands_allowed(db, unit))
        return sm_err_set(err, SM_RETRY, SM_FROM_POSTGRES, "the command topic was not read yet");
    if (!memory__commands_check(db, unit, &what))
        return conflict(err, SM_CONFLICT_UNIQUE, what);
    return memory__waiting_check(db, unit, &kind, &what) ? SM_OK : conflict(err, kind, what);
}

static enum sm_status check_unit(const struct memory_db *db, const struct sm_unit *unit,
                                 struct sm_err *err)
{
    enum sm_status status = check_waiting(db, unit, err);

    for (size_t i = 0; status == SM_OK && i < unit->append_count; i++)
        status = check_append(db, unit, i, err);
    if (status == SM_OK)
        status = check_heads(db, unit, err);
    return status == SM_OK ? check_clients(db, unit, err) : status;
}

/* ---- writes ---- */

static struct sm_log_position place(const struct sm_unit *unit, uint32_t partition_index,
                                    int64_t offset)
{
    const struct sm_ledger_row *row = &unit->partitions[partition_index].row;

    return (struct sm_log_position){row->topic_id, row->partition, offset, row->seq};
}

static void write_event(struct memory_db *db, const struct sm_unit *unit,
                        const struct sm_append *append)
{
    struct memory_event *event = memory_rows_add_event(&db->rows);
    const struct sm_ledger_row *row = &unit->partitions[append->partition_index].row;

    event->commit = db->commits;
    event->row = (struct sm_event_row){
        .event = *append->event,
        .version = append->version,
        .created_at = append->created_at,
        .recorded_at = row->recorded_at,
        .cause = row->cause,
        .position = place(unit, append->partition_index, append->offset),
        .previous = append->previous,
    };
}

static void write_dead_letter(struct memory_db *db, const struct sm_unit *unit,
                              const struct sm_dead_letter *from)
{
    struct memory_dead_letter *letter = memory_rows_add_dead_letter(&db->rows);

    letter->row = (struct sm_dead_letter_row){
        .position = place(unit, from->partition_index, from->offset),
        .code = sm_slice_of(sm_rejection_code_name(from->rejection->code)),
        .key = from->key,
        .value = from->value,
        .value_hash = from->value_hash,
    };
    letter->code = from->rejection->code;
    letter->headers = from->headers;
    letter->header_count = from->header_count;
    letter->timestamp_us = from->timestamp_us;
    if (from->event == NULL)
        return;
    letter->known = from->known;
    letter->event_id = from->event->id;
    letter->client_id = from->event->client_id;
    letter->content_hash = from->event->content_hash;
}

static void write_head(struct memory_db *db, const struct sm_head_change *change)
{
    struct memory_head *head = memory_rows_head(&db->rows, &change->name);

    if (head == NULL) {
        head = memory_rows_add_head(&db->rows);
        head->name = change->name;
    }
    head->head = change->head;
}

static void write_client(struct memory_db *db, const struct sm_client *client)
{
    struct sm_client *row = memory_rows_client(&db->rows, &client->id);

    *(row != NULL ? row : memory_rows_add_client(&db->rows)) = *client;
}

static void write_table_row(struct memory_db *db, const struct sm_row_change *change)
{
    struct memory_row *row = memory_rows_table_row(&db->rows, &change->name);

    if (row == NULL) {
        row = memory_rows_add_table_row(&db->rows);
        row->name = change->name;
    }
    row->row = *change->row;
}

static void write_log_line(struct memory_db *db, const struct sm_unit *unit,
                           const struct sm_log_line *from)
{
    struct memory_log_line *line = memory_rows_add_log_line(&db->rows);

    line->event_id = from->event->id;
    line->client_id = from->event->client_id;
    line->content_hash = from->event->content_hash;
    line->position = place(unit, from->partition_index, from->offset);
    line->time_us = from->event->values[SM_LINE_TIMESTAMP].type == SM_VALUE_TIME
                        ? from->event->values[SM_LINE_TIMESTAMP].integer
                        : from->event->time_us;
    line->commit = db->commits;
    line->event = from->event;
}

static void write_partition(struct memory_db *db, const struct sm_unit_partition *part)
{
    struct memory_position *position = memory_rows_position(&db->rows, part->id);
    struct memory_ledger_row *ledger = memory_rows_add_ledger(&db->rows);
    const struct sm_ledger_row *row = &part->row;
    struct sm_position_row *totals = &position->totals;

    ledger->record = (struct sm_ledger_record){part->row, part->digest};
    ledger->commit = db->commits;
    position->next_offset = row->next_offset;
    position->seq = row->seq;
    position->chain = part->digest;
    position->recorded_at = row->recorded_at;
    if (part->anchor.offset >= 0)
        position->anchor = part->anchor;
    if (part->proven.offset >= 0)
        position->proven = part->proven;
    totals->consumed += row->consumed;
    totals->resolved += row->resolved;
    totals->appended += row->appended;
    totals->logged += row->logged;
    totals->duplicated += row->duplicated;
    totals->parked += row->parked;
    totals->rejected += row->rejected;
    totals->lost += row->lost.next - row->lost.first;
    memory__raise_mark(db, part->id, row->next_offset);
}

enum sm_status memory__commit(struct memory_db *db, struct memory_session *session)
{
    const struct sm_unit *unit = session->unit;
    enum sm_status status = check_unit(db, unit, &session->err);

    if (status != SM_OK)
        return status;
    memory__audit_unit(db,
                       session); /* what is broken is remembered; PostgreSQL would write it too */
    db->commits++;
    for (size_t i = 0; i < unit->append_count; i++)
        write_event(db, unit, &unit->appends[i]);
    for (size_t i = 0; i < unit->head_count; i++)
        write_head(db, &unit->heads[i]);
    for (size_t i = 0; i < unit->client_count; i++)
        write_client(db, unit->clients[i].client);
    for (size_t i = 0; i < unit->dead_letter_count; i++)
        write_dead_letter(db, unit, &unit->dead_letters[i]);
    for (size_t i = 0; i < unit->row_count; i++)
        write_table_row(db, &unit->rows[i]);
    for (size_t i = 0; i < unit->log_line_count; i++)
        write_log_line(db, unit, &unit->log_lines[i]);
    memory__commands_write(db, unit);
    memory__waiting_write(db, unit);
    if (unit->erasure != NULL)
        memory__erase(db, unit->erasure);
    for (size_t i = 0; i < unit->partition_count; i++)
        write_partition(db, &unit->partitions[i]);
    for (unsigned i = 0; i < SM_BUCKETS; i++)
        db->rows.generations[i] += unit->buckets_exclusive >> i & 1;
    return SM_OK;
}
