/* The laws, named. What the memory database sees by itself stands in memory_audit.c, what became of
 * each record in oracle.c; here is the rest. */
#include "sim/sim_priv.h"

#include <inttypes.h>
#include <stdarg.h>

#include "engine/verify.h"
#include "sim/oracle.h"

bool sim_law_fail(struct sim_world *world, const char *law, const char *format, ...)
{
    va_list args;

    if (world->result->law != NULL)
        return false; /* the first one is the cause */
    world->result->law = law;
    va_start(args, format);
    vsnprintf(world->result->text, sizeof(world->result->text), format, args);
    va_end(args);
    sim_say(world, "BROKEN %s: %s", law, world->result->text);
    return false;
}

static const char *topic_word(enum sm_topic topic)
{
    return topic == SM_TOPIC_CONFIG ? "config" : "processing";
}

void sim_law_positions(struct sim_world *world, const struct sim_process *process)
{
    struct sm_partition_view view;

    for (size_t i = 0; sm_engine_observe_partition(process->engine, i, &view); i++) {
        int64_t mark = memory_db_mark(&world->db, view.id);

        if (view.offset_durable > view.offset_applied || view.offset_applied > view.offset_read)
            sim_law_fail(world, "positions",
                         "process %zu, %s[%d]: durable %" PRId64 ", applied %" PRId64
                         ", read %" PRId64,
                         process->index, topic_word(view.id.topic), (int)view.id.partition,
                         view.offset_durable, view.offset_applied, view.offset_read);
        if (view.offset_durable > mark)
            sim_law_fail(world, "durable",
                         "process %zu, %s[%d]: calls %" PRId64 " durable, the database never had "
                         "more than %" PRId64,
                         process->index, topic_word(view.id.topic), (int)view.id.partition,
                         view.offset_durable, mark);
    }
}

void sim_law_group_commit(void *context, struct sm_partition_id id, int64_t offset)
{
    struct sim_world *world = context;
    int64_t mark = memory_db_mark(&world->db, id);

    if (offset > mark)
        sim_law_fail(world, "group commit",
                     "%s[%d]: the group is told %" PRId64 ", the database never had more than "
                     "%" PRId64,
                     topic_word(id.topic), (int)id.partition, offset, mark);
}

/* Where retention overtook the consumer, and it was not allowed to go on, it must have stopped. */
static bool is_stopped_rightly(const struct sim_world *world,
                               const struct memory_partition *partition,
                               const struct memory_position *position)
{
    return !world->plan->engine.reset_recreated && position->stopped_reason.data != NULL &&
           partition->low > position->next_offset;
}

static bool is_done(struct sim_world *world, struct sm_partition_id id, bool group_too)
{
    const struct memory_partition *partition = memory_broker_partition(&world->broker, id);
    const struct memory_position *position = memory_rows_position(&world->db.rows, id);

    if (position == NULL)
        return false;
    if (is_stopped_rightly(world, partition, position))
        return true;
    return position->next_offset == (int64_t)partition->count &&
           (!group_too || partition->count == 0 || partition->committed == position->next_offset);
}

static bool all_done(struct sim_world *world, bool group_too)
{
    for (int topic = 0; topic < SM_TOPIC_COUNT; topic++) {
        for (int32_t i = 0; i < world->broker.topics[topic].partition_count; i++) {
            if (!is_done(world, (struct sm_partition_id){(enum sm_topic)topic, i}, group_too))
                return false;
        }
    }
    return true;
}

void sim_law_not_live(struct sim_world *world)
{
    for (int topic = 0; topic < SM_TOPIC_COUNT; topic++) {
        for (int32_t i = 0; i < world->broker.topics[topic].partition_count; i++) {
            struct sm_partition_id id = {(enum sm_topic)topic, i};
            const struct memory_partition *partition = memory_broker_partition(&world->broker, id);
            const struct memory_position *position = memory_rows_position(&world->db.rows, id);

            if (!is_done(world, id, true))
                sim_law_fail(world, "liveness",
                             "%s[%d] of %zu records is at %" PRId64 ", the group at %" PRId64
                             ", after many steps without faults",
                             topic_word(id.topic), (int)i, partition->count,
                             position == NULL ? -1 : position->next_offset, partition->committed);
        }
    }
    sim_law_fail(world, "liveness", "%zu queues are due after many steps without faults",
                 world->db.rows.due_count);
}

bool sim_law_is_consumed(struct sim_world *world)
{
    return world->sent == world->history.count && all_done(world, false);
}

static bool is_stopped(const struct sim_world *world, struct sm_partition_id id)
{
    const struct memory_position *position = memory_rows_position(&world->db.rows, id);

    return position != NULL && position->stopped_reason.data != NULL;
}

/* Somebody who can go on has still to look at a queue of the waiting room, or to do what an
 * operator asks for, or will be asked. */
static bool is_due(const struct sim_world *world)
{
    for (size_t i = 0; i < world->db.rows.request_count; i++) {
        const struct memory_request *request = &world->db.rows.requests[i];

        if (request->outcome == MEMORY_REQUEST_OPEN && !is_stopped(world, request->partition))
            return true;
    }
    if (world->operator_left > 0)
        return true;
    for (size_t i = 0; i < world->db.rows.due_count; i++) {
        if (!is_stopped(world, world->db.rows.due[i].due.partition))
            return true;
    }
    return false;
}

bool sim_law_is_caught_up(struct sim_world *world)
{
    return world->sent == world->history.count && all_done(world, true) && !is_due(world);
}

static void count_stops(struct sim_world *world)
{
    for (size_t i = 0; i < world->db.rows.position_count; i++)
        world->result->counts.stops += world->db.rows.positions[i].stopped_reason.data != NULL;
}

/* ---- at the end ---- */

static void report_difference(void *context, const struct sm_difference *difference)
{
    sim_law_fail(context, "verify", "%s, %s, %s: expected %s, found %s", difference->table,
                 difference->row, difference->column, difference->expected, difference->found);
}

/* In one range, and in as many as can be: what it says does not depend on them. */
static void check_verify(struct sim_world *world)
{
    static const uint64_t ranges[2] = {UINT64_MAX, 1};
    struct sm_verify_result results[2] = {0};

    for (size_t i = 0; i < SM_ARRAY_COUNT(ranges); i++) {
        struct sm_verify_sink sink = {
            .context = world, .range_events = ranges[i], .difference = report_difference};
        struct sm_log *log = memory_log_open(&world->db);
        struct sm_err err = {0};

        if (sm_verify(log, &sink, &results[i], &err) != SM_OK)
            sim_law_fail(world, "verify", "could not tell: %s", err.text);
        log->ops->close(log);
    }
    for (size_t i = 0; i < SM_VERIFY_TABLES; i++) {
        const struct sm_table_result *one = &results[0].tables[i], *many = &results[1].tables[i];

        if (one->rows != many->rows || one->differences != many->differences ||
            !sm_digest_equal(&one->expected, &many->expected) ||
            !sm_digest_equal(&one->found, &many->found))
            sim_law_fail(world, "verify", "%s: ranges of clients say something else", one->table);
    }
    if (!sm_digest_equal(&results[0].content, &results[1].content))
        sim_law_fail(world, "verify", "ranges of clients have another content");
}

static void check_oracle(struct sim_world *world)
{
    struct sim_oracle_report report;
    struct sim_oracle_input input = {.history = &world->history,
                                     .broker = &world->broker,
                                     .rows = &world->db.rows,
                                     .time_ahead_max_us = world->plan->shape.time_ahead_max_us,
                                     .verbose = world->plan->verbose};
    struct sim_counts *counts = &world->result->counts;

    memcpy(input.feature_known, world->feature_known, sizeof(input.feature_known));
    if (!sim_oracle_check(&input, &report))
        sim_law_fail(world, report.law, "%s", report.text);
    counts->facts = report.facts;
    counts->lines = report.lines;
    for (int type = 0; type < SIM_TYPE_COUNT; type++)
        counts->types[type] = report.types[type];
    counts->duplicates = report.duplicates;
    counts->rejected = report.rejected;
    counts->lost = report.lost;
    counts->parked = report.parked;
    for (size_t i = 0; i < world->db.rows.log_line_count; i++)
        counts->lines_removed += world->db.rows.log_lines[i].removed;
    counts->retried = report.retried;
    counts->refused_again = report.refused_again;
    counts->expired = report.expired;
    counts->died = report.died;
    counts->too_late = report.too_late;
    counts->released = report.released;
    counts->waiting = report.waiting;
}

static void add_place(uint64_t *digest, uint64_t factor, const struct sm_log_position *position)
{
    digest[1] += factor * (uint64_t)(position->offset + 1) *
                 (uint64_t)(1000 * position->topic_id + position->partition);
}

/* A digest that does not depend on how the ledger cut the partitions into batches. */
static void take_digest(struct sim_world *world)
{
    const struct memory_rows *rows = &world->db.rows;
    uint64_t *digest = world->result->digest;
    struct sm_digest out;

    for (size_t i = 0; i < rows->event_count; i++) {
        const struct sm_event_row *row = &rows->events[i].row;
        struct sm_sha256 hash;

        sm_sha256_init(&hash);
        sm_sha256_add(&hash, row->event.content_hash.bytes, SM_DIGEST_SIZE);
        sm_sha256_add_i64(&hash, row->version);
        sm_sha256_add_i64(&hash, row->created_at);
        sm_sha256_add_i64(&hash, row->position.offset);
        sm_sha256_add_slice(&hash, row->previous);
        sm_sha256_end(&hash, &out);
        for (size_t word = 0; word < 4; word++) {
            uint64_t part;

            memcpy(&part, out.bytes + word * sizeof(part), sizeof(part));
            digest[word] += part; /* a sum: the order of rows does not matter */
        }
    }
    for (size_t i = 0; i < rows->log_line_count; i++)
        add_place(digest, 3, &rows->log_lines[i].position);
    for (size_t i = 0; i < rows->parked_count; i++) {
        if (rows->parked[i].row.state == SM_PARKED_WAITING)
            add_place(digest, 2, &rows->parked[i].row.position);
    }
    for (size_t i = 0; i < rows->dead_letter_count; i++) {
        const struct memory_dead_letter *letter = &rows->dead_letters[i];

        digest[0] +=
            (uint64_t)(letter->code + 1) * (uint64_t)(letter->row.position.offset + 1) *
            (uint64_t)(letter->row.position.topic_id + 10 * letter->row.position.partition);
    }
}

void sim_law_end(struct sim_world *world)
{
    if (!memory_db_audit(&world->db))
        sim_law_fail(world, world->db.law, "%s", world->db.failure);
    check_oracle(world);
    check_verify(world);
    take_digest(world);
    count_stops(world);
}
