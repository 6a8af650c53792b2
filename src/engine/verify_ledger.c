/* The second half: the ledger. Every offset of every partition is accounted for exactly once, every
 * count is recounted from the rows it counts, and every digest is computed again along the chain.
 *
 *   ledger row  [first ........................ next)      next row begins where this one ends
 *   covered by   event, event, gap.., dead letter, duplicates..., lost...      once each */
#include "engine/verify_priv.h"

#include <stdio.h>
#include <stdlib.h>

enum { TABLE = SM__VERIFY_LEDGER, COVER_MAX = 1 << 22 };

struct ledger_walk {
    struct sm__verify *verify;
    struct sm__cursor ledger, events, dead_letters, parked, positions;
    struct sm_range *cover; /* of the row at hand, owned */
    size_t cover_count, cover_capacity;
    struct sm_log_position at; /* the row at hand; offset unused */
    int64_t next_offset; /* where the row must begin */
    struct sm_digest chain; /* digest of the row before */
    struct sm_position_row sums; /* totals of the partition so far */
    char label[96];
};

static int compare_places(const struct sm_log_position *a, const struct sm_log_position *b)
{
    if (a->topic_id != b->topic_id)
        return a->topic_id < b->topic_id ? -1 : 1;
    if (a->partition != b->partition)
        return a->partition < b->partition ? -1 : 1;
    return (a->ledger_seq > b->ledger_seq) - (a->ledger_seq < b->ledger_seq);
}

static bool cover(struct ledger_walk *walk, int64_t first, int64_t next)
{
    if (walk->cover_count == walk->cover_capacity) {
        size_t capacity = walk->cover_capacity != 0 ? walk->cover_capacity * 2 : 1024;
        struct sm_range *grown;

        if (capacity > COVER_MAX)
            return false;
        grown = realloc(walk->cover, capacity * sizeof(*grown));
        if (grown == NULL)
            return false;
        walk->cover = grown;
        walk->cover_capacity = capacity;
    }
    walk->cover[walk->cover_count++] = (struct sm_range){ first, next };
    return true;
}

static void label_place(const struct sm_log_position *at, char *out, size_t size)
{
    snprintf(out, size, "topic %d partition %d ledger row %lld", (int)at->topic_id,
             (int)at->partition, (long long)at->ledger_seq);
}

/* ---- rows that belong to no ledger row ---- */

static enum sm_status skip_events(struct ledger_walk *walk, const struct sm_log_position *until,
                                  struct sm_err *err)
{
    enum sm_status status = SM_OK;

    while (status == SM_OK && walk->events.row != NULL &&
           (until == NULL || compare_places(&walk->events.row->event.position, until) < 0)) {
        char label[96];

        label_place(&walk->events.row->event.position, label, sizeof(label));
        sm__verify_differ(walk->verify, TABLE, SM_DIFFERENCE_LEDGER, label, "events",
                          "a ledger row for the event", "none");
        status = sm__cursor_next(walk->verify, &walk->events, err);
    }
    return status;
}

static enum sm_status skip_dead_letters(struct ledger_walk *walk,
                                        const struct sm_log_position *until, struct sm_err *err)
{
    enum sm_status status = SM_OK;

    while (status == SM_OK && walk->dead_letters.row != NULL &&
           (until == NULL ||
            compare_places(&walk->dead_letters.row->dead_letter.position, until) < 0)) {
        char label[96];

        label_place(&walk->dead_letters.row->dead_letter.position, label, sizeof(label));
        sm__verify_differ(walk->verify, TABLE, SM_DIFFERENCE_LEDGER, label, "dead_letters",
                          "a ledger row for the dead letter", "none");
        status = sm__cursor_next(walk->verify, &walk->dead_letters, err);
    }
    return status;
}

static enum sm_status skip_parked(struct ledger_walk *walk, const struct sm_log_position *until,
                                  struct sm_err *err)
{
    enum sm_status status = SM_OK;

    while (status == SM_OK && walk->parked.row != NULL &&
           (until == NULL || compare_places(&walk->parked.row->parked.position, until) < 0)) {
        char label[96];

        label_place(&walk->parked.row->parked.position, label, sizeof(label));
        sm__verify_differ(walk->verify, TABLE, SM_DIFFERENCE_LEDGER, label, "parked_events",
                          "a ledger row for the parked event", "none");
        status = sm__cursor_next(walk->verify, &walk->parked, err);
    }
    return status;
}

/* ---- one ledger row ---- */

static enum sm_status out_of_memory(const struct ledger_walk *walk, struct sm_err *err)
{
    return sm_err_set(err, SM_FATAL, SM_FROM_OS, "%s: no memory for what it covers, over %d ranges",
                      walk->label, COVER_MAX);
}

static enum sm_status take_events(struct ledger_walk *walk, struct sm_sha256 *hash, int64_t *count,
                                  struct sm_err *err)
{
    enum sm_status status = skip_events(walk, &walk->at, err);

    for (*count = 0; status == SM_OK && walk->events.row != NULL; (*count)++) {
        const struct sm_event_row *row = &walk->events.row->event;

        if (compare_places(&row->position, &walk->at) != 0)
            break;
        sm_digest_add_event(hash, &row->event, row->version, row->created_at, row->recorded_at,
                            row->cause, &row->position);
        if (!cover(walk, row->position.offset, row->position.offset + 1))
            return out_of_memory(walk, err);
        status = sm__cursor_next(walk->verify, &walk->events, err);
    }
    return status;
}

/* The hash stands for the value, which may be erased; where it is there, it must be what was
 * hashed. */
static void check_value(struct ledger_walk *walk, struct sm_slice value, bool erased,
                        const struct sm_digest *found)
{
    struct sm_digest digest;

    if (erased)
        return;
    sm_value_hash(value, &digest);
    sm__verify_digest(walk->verify, TABLE, walk->label, "value_hash", &digest, found);
}

static enum sm_status take_parked(struct ledger_walk *walk, struct sm_sha256 *hash, int64_t *count,
                                  struct sm_err *err)
{
    enum sm_status status = skip_parked(walk, &walk->at, err);

    for (*count = 0; status == SM_OK && walk->parked.row != NULL; (*count)++) {
        const struct sm_parked_row *row = &walk->parked.row->parked;

        if (compare_places(&row->position, &walk->at) != 0)
            break;
        check_value(walk, row->value, row->erased, &row->value_hash);
        sm_digest_add_parked(hash, row->position.offset, row->wait, row->key, &row->value_hash);
        if (!cover(walk, row->position.offset, row->position.offset + 1))
            return out_of_memory(walk, err);
        status = sm__cursor_next(walk->verify, &walk->parked, err);
    }
    return status;
}

static enum sm_status take_dead_letters(struct ledger_walk *walk, struct sm_sha256 *hash,
                                        int64_t *count, struct sm_err *err)
{
    enum sm_status status = skip_dead_letters(walk, &walk->at, err);

    for (*count = 0; status == SM_OK && walk->dead_letters.row != NULL; (*count)++) {
        const struct sm_dead_letter_row *row = &walk->dead_letters.row->dead_letter;

        if (compare_places(&row->position, &walk->at) != 0)
            break;
        check_value(walk, row->value, row->erased, &row->value_hash);
        sm_digest_add_dead_letter(hash, row->position.offset, row->code, row->key,
                                  &row->value_hash);
        if (!cover(walk, row->position.offset, row->position.offset + 1))
            return out_of_memory(walk, err);
        status = sm__cursor_next(walk->verify, &walk->dead_letters, err);
    }
    return status;
}

static int compare_ranges(const void *a, const void *b)
{
    const struct sm_range *x = a, *y = b;

    return (x->first > y->first) - (x->first < y->first);
}

/* Every offset of [first, next) once, and no other. Offsets of log lines are not kept as such,
 * since
 * retention removes the lines: where a row has logged some, what nothing else covers is theirs. */
static void check_cover(struct ledger_walk *walk, const struct sm_ledger_row *row)
{
    int64_t expected = row->first_offset, uncovered = 0;

    if (walk->cover_count != 0) /* else there may be no list at all */
        qsort(walk->cover, walk->cover_count, sizeof(*walk->cover), compare_ranges);
    for (size_t i = 0; i < walk->cover_count; i++) {
        if (row->logged == 0 || walk->cover[i].first < expected)
            sm__verify_number(walk->verify, TABLE, walk->label, "offset accounted for", expected,
                              walk->cover[i].first);
        uncovered += walk->cover[i].first - expected;
        expected = walk->cover[i].next;
    }
    if (row->logged == 0)
        sm__verify_number(walk->verify, TABLE, walk->label, "next_offset", expected,
                          row->next_offset);
    else
        sm__verify_number(walk->verify, TABLE, walk->label, "logged",
                          uncovered + row->next_offset - expected, row->logged);
}

static bool cover_ranges(struct ledger_walk *walk, const struct sm_range *ranges, size_t count,
                         int64_t *offsets)
{
    *offsets = 0;
    for (size_t i = 0; i < count; i++) {
        *offsets += ranges[i].next - ranges[i].first;
        if (!cover(walk, ranges[i].first, ranges[i].next))
            return false;
    }
    return true;
}

static void add_sums(struct ledger_walk *walk, const struct sm_ledger_row *row)
{
    struct sm_position_row *sums = &walk->sums;

    sums->consumed += row->consumed;
    sums->resolved += row->resolved;
    sums->appended += row->appended;
    sums->logged += row->logged;
    sums->duplicated += row->duplicated;
    sums->parked += row->parked;
    sums->rejected += row->rejected;
    sums->lost += row->lost.next - row->lost.first;
}

struct counts {
    int64_t appended, rejected, parked, duplicated;
};

static void check_row(struct ledger_walk *walk, const struct sm_ledger_row *row,
                      const struct counts *counts)
{
    struct sm__verify *verify = walk->verify;
    bool live = row->cause == SM_CAUSE_LIVE;

    sm__verify_number(verify, TABLE, walk->label, "first_offset", walk->next_offset,
                      row->first_offset);
    sm__verify_number(verify, TABLE, walk->label, "appended", counts->appended, row->appended);
    sm__verify_number(verify, TABLE, walk->label, "rejected", counts->rejected, row->rejected);
    sm__verify_number(verify, TABLE, walk->label, "parked", counts->parked, row->parked);
    if (live)
        sm__verify_number(verify, TABLE, walk->label, "duplicated", counts->duplicated,
                          row->duplicated);
    sm__verify_number(verify, TABLE, walk->label, live ? "consumed" : "resolved",
                      counts->appended + row->logged + row->duplicated + counts->parked +
                          counts->rejected,
                      live ? row->consumed : row->resolved);
    if (live)
        check_cover(walk, row);
    else
        sm__verify_number(verify, TABLE, walk->label, "next_offset", row->first_offset,
                          row->next_offset);
}

static void add_ledger_digests(struct ledger_walk *walk, const struct sm_digest *expected,
                               const struct sm_digest *found)
{
    sm_sha256_add(&walk->verify->expected[TABLE], expected->bytes, SM_DIGEST_SIZE);
    sm_sha256_add(&walk->verify->found[TABLE], found->bytes, SM_DIGEST_SIZE);
}

static enum sm_status verify_row(struct ledger_walk *walk, struct sm_err *err)
{
    const struct sm_ledger_record *record = &walk->ledger.row->ledger;
    const struct sm_ledger_row *row = &record->row;
    struct counts counts = { 0 };
    int64_t gaps = 0;
    struct sm_sha256 hash;
    struct sm_digest digest;
    enum sm_status status;

    sm__verify_number(walk->verify, TABLE, walk->label, "seq", walk->sums.seq + 1, row->seq);
    walk->sums.seq = walk->at.ledger_seq = row->seq;
    label_place(&walk->at, walk->label, sizeof(walk->label));
    walk->cover_count = 0;
    sm_digest_begin_ledger(&hash, &walk->chain, row);
    status = take_events(walk, &hash, &counts.appended, err);
    if (status == SM_OK)
        status = take_dead_letters(walk, &hash, &counts.rejected, err);
    if (status == SM_OK)
        status = take_parked(walk, &hash, &counts.parked, err);
    if (status != SM_OK)
        return status;
    if (!cover_ranges(walk, row->duplicates, row->duplicate_count, &counts.duplicated) ||
        !cover_ranges(walk, row->gaps, row->gap_count, &gaps) ||
        (row->lost.first != row->lost.next && !cover(walk, row->lost.first, row->lost.next)))
        return out_of_memory(walk, err);
    check_row(walk, row, &counts);
    sm_sha256_end(&hash, &digest);
    sm__verify_digest(walk->verify, TABLE, walk->label, "digest", &digest, &record->digest);
    if (walk->verify->sink->ledger != NULL)
        walk->verify->sink->ledger(walk->verify->sink->context, &walk->at, &record->digest);
    add_ledger_digests(walk, &digest, &record->digest);
    add_sums(walk, row);
    walk->next_offset = row->next_offset;
    walk->chain = record->digest; /* go on from what is there: one fault is reported once */
    walk->verify->result->tables[TABLE].rows++;
    return sm__cursor_next(walk->verify, &walk->ledger, err);
}

/* ---- one partition ---- */

static void check_totals(struct ledger_walk *walk, const struct sm_position_row *position)
{
    struct sm__verify *verify = walk->verify;
    const struct sm_position_row *sums = &walk->sums;
    const struct {
        const char *column;
        int64_t expected, found;
    } numbers[] = {
        { "consumer_offsets.next_offset", walk->next_offset, position->next_offset },
        { "consumer_offsets.ledger_seq", sums->seq, position->seq },
        { "consumer_offsets.consumed", sums->consumed, position->consumed },
        { "consumer_offsets.resolved", sums->resolved, position->resolved },
        { "consumer_offsets.appended", sums->appended, position->appended },
        { "consumer_offsets.logged", sums->logged, position->logged },
        { "consumer_offsets.duplicated", sums->duplicated, position->duplicated },
        { "consumer_offsets.parked", sums->parked, position->parked },
        { "consumer_offsets.rejected", sums->rejected, position->rejected },
        { "consumer_offsets.lost", sums->lost, position->lost },
    };

    for (size_t i = 0; i < SM_ARRAY_COUNT(numbers); i++)
        sm__verify_number(verify, TABLE, walk->label, numbers[i].column, numbers[i].expected,
                          numbers[i].found);
    sm__verify_digest(verify, TABLE, walk->label, "consumer_offsets.chain", &walk->chain,
                      &position->chain);
}

static bool same_partition(const struct sm__cursor *ledger, const struct sm_log_position *at)
{
    return ledger->row != NULL && ledger->row->ledger.row.topic_id == at->topic_id &&
           ledger->row->ledger.row.partition == at->partition;
}

static enum sm_status verify_partition(struct ledger_walk *walk, struct sm_err *err)
{
    struct sm_position_row position = walk->positions.row->position;
    enum sm_status status = SM_OK;

    walk->at = (struct sm_log_position){ position.topic_id, position.partition, 0, 0 };
    walk->next_offset = 0; /* a partition's first row begins at 0: what was not there is lost */
    memset(&walk->chain, 0, sizeof(walk->chain));
    walk->sums = (struct sm_position_row){ 0 };
    label_place(&walk->at, walk->label, sizeof(walk->label));
    while (status == SM_OK && same_partition(&walk->ledger, &walk->at))
        status = verify_row(walk, err);
    if (status == SM_OK)
        check_totals(walk, &position);
    return status == SM_OK ? sm__cursor_next(walk->verify, &walk->positions, err) : status;
}

/* Ledger rows of a partition that has no position. */
static enum sm_status skip_ledger(struct ledger_walk *walk, const struct sm_position_row *until,
                                  struct sm_err *err)
{
    enum sm_status status = SM_OK;

    while (status == SM_OK && walk->ledger.row != NULL) {
        const struct sm_ledger_row *row = &walk->ledger.row->ledger.row;
        struct sm_log_position at = { row->topic_id, row->partition, 0, row->seq };
        char label[96];

        if (until != NULL &&
            (row->topic_id > until->topic_id ||
             (row->topic_id == until->topic_id && row->partition >= until->partition)))
            break;
        label_place(&at, label, sizeof(label));
        sm__verify_differ(walk->verify, TABLE, SM_DIFFERENCE_LEDGER, label, "consumer_offsets",
                          "a position of the partition", "none");
        status = sm__cursor_next(walk->verify, &walk->ledger, err);
    }
    return status;
}

static enum sm_status walk_all(struct ledger_walk *walk, struct sm_err *err)
{
    enum sm_status status = SM_OK;

    while (status == SM_OK && walk->positions.row != NULL) {
        status = skip_ledger(walk, &walk->positions.row->position, err);
        if (status == SM_OK)
            status = verify_partition(walk, err);
    }
    if (status == SM_OK)
        status = skip_ledger(walk, NULL, err);
    if (status == SM_OK)
        status = skip_events(walk, NULL, err);
    if (status == SM_OK)
        status = skip_dead_letters(walk, NULL, err);
    if (status == SM_OK)
        status = skip_parked(walk, NULL, err);
    return status;
}

enum sm_status sm__verify_ledger(struct sm__verify *verify, struct sm_err *err)
{
    struct ledger_walk walk = { .verify = verify };
    enum sm_status status = sm__cursor_open(verify, SM_SCAN_LEDGER, &walk.ledger, err);

    if (status == SM_OK)
        status = sm__cursor_open(verify, SM_SCAN_EVENTS_BY_OFFSET, &walk.events, err);
    if (status == SM_OK)
        status = sm__cursor_open(verify, SM_SCAN_DEAD_LETTERS, &walk.dead_letters, err);
    if (status == SM_OK)
        status = sm__cursor_open(verify, SM_SCAN_PARKED, &walk.parked, err);
    if (status == SM_OK)
        status = sm__cursor_open(verify, SM_SCAN_POSITIONS, &walk.positions, err);
    if (status == SM_OK)
        status = walk_all(&walk, err);
    sm__cursor_close(verify, &walk.ledger);
    sm__cursor_close(verify, &walk.events);
    sm__cursor_close(verify, &walk.dead_letters);
    sm__cursor_close(verify, &walk.parked);
    sm__cursor_close(verify, &walk.positions);
    free(walk.cover);
    return status;
}
