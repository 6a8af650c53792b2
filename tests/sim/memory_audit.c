/* Laws that the memory database can see by itself: of a unit as it comes, and of all rows at the
 * end. The oracle (oracle.h) tells whether the rows are the right ones. */
#include "sim/memory_priv.h"

#include <inttypes.h>

/* ---- one unit ---- */

static int64_t range_offsets(const struct sm_range *ranges, size_t count)
{
    int64_t offsets = 0;

    for (size_t i = 0; i < count; i++)
        offsets += ranges[i].next - ranges[i].first;
    return offsets;
}

static bool ranges_are_sorted(const struct sm_range *ranges, size_t count, int64_t first,
                              int64_t next)
{
    int64_t from = first;

    for (size_t i = 0; i < count; i++) {
        if (ranges[i].first < from || ranges[i].next <= ranges[i].first || ranges[i].next > next)
            return false;
        from = ranges[i].next + 1; /* ranges that touch would be one */
    }
    return true;
}

/* The two equations of every ledger row. */
static bool audit_row(struct memory_db *db, const struct sm_ledger_row *row)
{
    int64_t gaps = range_offsets(row->gaps, row->gap_count);
    int64_t lost = row->lost.next - row->lost.first;
    int64_t outcomes =
        (int64_t)row->appended + row->logged + row->duplicated + row->parked + row->rejected;

    if (row->next_offset - row->first_offset != row->consumed + gaps + lost)
        return memory_db_fail(db, "conservation",
                              "topic %d partition %d row %" PRId64 ": offsets %" PRId64
                              " to %" PRId64 ", but consumed %d + gaps %" PRId64 " + lost %" PRId64,
                              row->topic_id, row->partition, row->seq, row->first_offset,
                              row->next_offset, row->consumed, gaps, lost);
    if (row->consumed + row->resolved != outcomes ||
        (row->cause == SM_CAUSE_LIVE
             ? row->resolved != 0 ||
                   row->duplicated != range_offsets(row->duplicates, row->duplicate_count)
             : row->consumed != 0 || row->duplicate_count != 0))
        return memory_db_fail(
            db, "conservation",
            "topic %d partition %d row %" PRId64 ": consumed %d, outcomes %" PRId64
            ", duplicates %d in ranges of %" PRId64,
            row->topic_id, row->partition, row->seq, row->consumed, outcomes, row->duplicated,
            range_offsets(row->duplicates, row->duplicate_count));
    if (!ranges_are_sorted(row->gaps, row->gap_count, row->first_offset, row->next_offset) ||
        !ranges_are_sorted(row->duplicates, row->duplicate_count, row->first_offset,
                           row->next_offset))
        return memory_db_fail(db, "conservation",
                              "topic %d partition %d row %" PRId64 ": ranges out of order",
                              row->topic_id, row->partition, row->seq);
    return true;
}

static bool audit_counts(struct memory_db *db, const struct sm_unit *unit, uint32_t index)
{
    const struct sm_ledger_row *row = &unit->partitions[index].row;
    int32_t appended = 0, rejected = 0, parked = 0, logged = 0, resolved = 0;

    for (size_t i = 0; i < unit->append_count; i++)
        appended += unit->appends[i].partition_index == index;
    for (size_t i = 0; i < unit->dead_letter_count; i++)
        rejected += unit->dead_letters[i].partition_index == index;
    for (size_t i = 0; i < unit->parked_count; i++)
        parked += unit->parked[i].partition_index == index;
    for (size_t i = 0; i < unit->log_line_count; i++)
        logged += unit->log_lines[i].partition_index == index;
    for (size_t i = 0; i < unit->parked_change_count; i++)
        resolved += unit->parked_changes[i].partition_index == index &&
                    unit->parked_changes[i].state != SM_PARKED_WAITING;
    for (size_t i = 0; i < unit->outcome_count; i++)
        resolved += unit->outcomes[i].partition_index == index &&
                    unit->outcomes[i].dead_letter_id != 0 &&
                    unit->outcomes[i].verdict != SM_VERDICT_REJECTED;
    if (appended != row->appended || rejected != row->rejected || parked != row->parked ||
        logged != row->logged || resolved != row->resolved)
        return memory_db_fail(db, "conservation",
                              "topic %d partition %d row %" PRId64
                              ": %d events of %d, %d dead letters of %d, %d parked of %d, %d lines "
                              "of %d, %d resolved of %d",
                              row->topic_id, row->partition, row->seq, appended, row->appended,
                              rejected, row->rejected, parked, row->parked, logged, row->logged,
                              resolved, row->resolved);
    return true;
}

bool memory__audit_unit(struct memory_db *db, const struct memory_session *session)
{
    const struct sm_unit *unit = session->unit;

    for (uint32_t i = 0; i < unit->partition_count; i++) {
        const struct sm_unit_partition *part = &unit->partitions[i];
        const struct memory_position *position = memory_rows_position(&db->rows, part->id);

        if (position != NULL && position->owner != session->store)
            return memory_db_fail(db, "one owner",
                                  "topic %d partition %d row %" PRId64
                                  ": written by another store than the one that took it over last",
                                  part->row.topic_id, part->row.partition, part->row.seq);
        if (position == NULL || part->row.seq != position->seq + 1 ||
            part->row.first_offset != position->next_offset ||
            part->row.recorded_at < position->recorded_at)
            return memory_db_fail(db, "chain",
                                  "topic %d partition %d row %" PRId64 " from offset %" PRId64
                                  " does not follow the row before",
                                  part->row.topic_id, part->row.partition, part->row.seq,
                                  part->row.first_offset);
        if (!audit_row(db, &part->row) || !audit_counts(db, unit, i))
            return false;
    }
    return true;
}

/* ---- the ledger, from the rows that are there ---- */

static bool is_in(const struct sm_log_position *position, const struct sm_ledger_row *row)
{
    return position->topic_id == row->topic_id && position->partition == row->partition &&
           position->ledger_seq == row->seq;
}

/* Rows of one ledger row are stored in the order of offsets. */
static void digest_again(const struct memory_db *db, const struct sm_digest *previous,
                         const struct sm_ledger_row *row, struct sm_digest *out)
{
    struct sm_sha256 hash;

    sm_digest_begin_ledger(&hash, previous, row);
    for (size_t i = 0; i < db->rows.event_count; i++) {
        const struct sm_event_row *event = &db->rows.events[i].row;

        if (is_in(&event->position, row))
            sm_digest_add_event(&hash, &event->event, event->version, event->created_at,
                                event->recorded_at, event->cause, &event->position);
    }
    for (size_t i = 0; i < db->rows.dead_letter_count; i++) {
        const struct sm_dead_letter_row *letter = &db->rows.dead_letters[i].row;

        if (is_in(&letter->position, row))
            sm_digest_add_dead_letter(&hash, letter->position.offset, letter->code, letter->key,
                                      &letter->value_hash);
    }
    for (size_t i = 0; i < db->rows.parked_count; i++) {
        const struct sm_parked_row *parked = &db->rows.parked[i].row;

        if (is_in(&parked->position, row))
            sm_digest_add_parked(&hash, parked->position.offset, parked->wait, parked->key,
                                 &parked->value_hash);
    }
    sm_sha256_end(&hash, out);
}

static bool audit_partition(struct memory_db *db, const struct memory_position *position)
{
    struct sm_digest chain = {{0}}, digest;
    int64_t seq = 0, next_offset = 0;

    for (size_t i = 0; i < db->rows.ledger_count; i++) {
        const struct sm_ledger_record *record = &db->rows.ledger[i].record;
        const struct sm_ledger_row *row = &record->row;

        if (row->topic_id != position->topic_id || row->partition != position->id.partition)
            continue;
        if (row->seq != seq + 1 || row->first_offset != next_offset)
            return memory_db_fail(db, "chain",
                                  "topic %d partition %d: row %" PRId64 " begins at %" PRId64
                                  ", the row before was %" PRId64 " and ended at %" PRId64,
                                  row->topic_id, row->partition, row->seq, row->first_offset, seq,
                                  next_offset);
        digest_again(db, &chain, row, &digest);
        if (!sm_digest_equal(&digest, &record->digest))
            return memory_db_fail(db, "digest",
                                  "topic %d partition %d: row %" PRId64
                                  " has another digest than its rows give",
                                  row->topic_id, row->partition, row->seq);
        seq = row->seq;
        next_offset = row->next_offset;
        chain = record->digest;
    }
    if (position->seq != seq || position->next_offset != next_offset ||
        !sm_digest_equal(&position->chain, &chain))
        return memory_db_fail(db, "chain",
                              "topic %d partition %d: the position is %" PRId64
                              " after row %" PRId64 ", the ledger ends at %" PRId64
                              " with row %" PRId64,
                              position->topic_id, position->id.partition, position->next_offset,
                              position->seq, next_offset, seq);
    return true;
}

/* ---- streams ---- */

static bool is_of(const struct sm_event *event, const struct sm_stream_name *name)
{
    return sm_uuid_equal(&event->client_id, &name->client_id) &&
           sm_event_type_kind(event->type) == name->kind && sm_slice_equal(event->key, name->key);
}

static bool audit_stream(struct memory_db *db, const struct memory_head *head)
{
    int64_t last_at = SM_TIME_NONE;
    int32_t version = 0;
    int active = 0;

    for (size_t i = 0; i < db->rows.event_count; i++) {
        const struct sm_event_row *row = &db->rows.events[i].row;

        if (!is_of(&row->event, &head->name))
            continue;
        if (row->version != version + 1)
            return memory_db_fail(db, "versions", "version %d of a stream follows version %d",
                                  row->version, version);
        if (row->created_at <= last_at)
            return memory_db_fail(db, "created_at increases",
                                  "version %d is of %" PRId64 ", the one before of %" PRId64,
                                  row->version, row->created_at, last_at);
        active += row->created_at == head->head.active_at;
        version = row->version;
        last_at = row->created_at;
    }
    if (head->head.version != version || head->head.last_at != last_at)
        return memory_db_fail(db, "versions", "a head says version %d, the log has %d",
                              head->head.version, version);
    if (active != (head->head.active_at != SM_TIME_NONE))
        return memory_db_fail(db, "one active version", "a stream has %d active versions", active);
    return true;
}

/* Parked = waiting + resolved, and rejected = open + retried: each that is resolved is by a row of
 * its partition, and as many as it says. */
static bool audit_parked(struct memory_db *db, const struct sm_ledger_row *row)
{
    int32_t parked = 0, resolved = 0;

    for (size_t i = 0; i < db->rows.parked_count; i++) {
        const struct memory_parked *event = &db->rows.parked[i];

        parked += is_in(&event->row.position, row);
        resolved += event->row.position.topic_id == row->topic_id &&
                    event->row.position.partition == row->partition &&
                    event->resolved_seq == row->seq;
    }
    for (size_t i = 0; i < db->rows.dead_letter_count; i++) {
        const struct memory_dead_letter *letter = &db->rows.dead_letters[i];

        resolved += letter->row.position.topic_id == row->topic_id &&
                    letter->row.position.partition == row->partition &&
                    letter->retried_seq == row->seq;
    }
    if (parked != row->parked || resolved != row->resolved)
        return memory_db_fail(db, "waiting room",
                              "topic %d partition %d row %" PRId64
                              ": parked %d of %d, resolved %d of %d",
                              row->topic_id, row->partition, row->seq, parked, row->parked,
                              resolved, row->resolved);
    return true;
}

bool memory_db_audit(struct memory_db *db)
{
    for (size_t i = 0; db->law == NULL && i < db->rows.ledger_count; i++)
        audit_parked(db, &db->rows.ledger[i].record.row);
    for (size_t i = 0; db->law == NULL && i < db->rows.position_count; i++)
        audit_partition(db, &db->rows.positions[i]);
    for (size_t i = 0; db->law == NULL && i < db->rows.head_count; i++)
        audit_stream(db, &db->rows.heads[i]);
    for (size_t i = 0; db->law == NULL && i < db->rows.event_count; i++) {
        const struct sm_event *event = &db->rows.events[i].row.event;
        struct sm_stream_name name = {event->client_id, sm_event_type_kind(event->type),
                                      event->key};

        if (memory_rows_head(&db->rows, &name) == NULL)
            memory_db_fail(db, "versions", "an event has no head");
    }
    return db->law == NULL && memory__audit_commands(db);
}
