/* Proof that what is fetched is of the topic that we know.
 *
 * A topic that is deleted, made anew and grown past our position between two looks of the client
 * library is fetched on from the old offset, and nothing tells. So while a partition is consumed, a
 * record that we know well is read again, by another way, about once a second:
 *
 *      proven            candidate        offset_read
 *        │ ◄─ read again    │ durable          │ fetched       time: question after all of these
 *   ─────┴──────────────────┴──────────────────┘               were fetched
 *
 * If the record at `proven` is still the one it was, the topic is still the one it was, and so it
 * was all the time before: everything fetched before the question is of it, and the candidate takes
 * the place of `proven`. If not, the partition stops, with at most what was fetched since the last
 * proof. `proven` is kept with the position: whoever takes the partition over begins by looking at
 * it, so that neither a crash nor a restart covers the traces.
 *
 * Considered: to prove before each commit, which would read every batch twice, and let each event
 * wait for it; topic ids, which librdkafka tells from 2.3 on only; repair: those, when it is ours.
 * Law: recreated (tests/sim). */
#include <inttypes.h>

#include "engine/anchor.h"
#include "engine/engine_priv.h"

enum {
    PATIENCE = 10, /* intervals without an answer, after which the question is put again */
    WARN_INTERVAL_US = 60000000
};

static bool is_wanted(const struct sm__partition *partition)
{
    return partition->phase == SM_PARTITION_RUNNING && !partition->fetch_due &&
           partition->anchor_pending == SM__ANCHOR_NONE && partition->proven.offset >= 0 &&
           (partition->offset_read > partition->proof.read ||
            partition->anchor.offset > partition->proven.offset);
}

static int64_t next_us(const struct sm_engine *engine, const struct sm__partition *partition)
{
    const struct sm__proof *proof = &partition->proof;

    if (proof->ticket != 0)
        return proof->asked_us + PATIENCE * engine->options.proof_interval_us;
    return proof->due_us;
}

int64_t sm__proof_wake(const struct sm_engine *engine, const struct sm__partition *partition)
{
    return is_wanted(partition) ? next_us(engine, partition) : INT64_MAX;
}

static void warn_unanswered(struct sm_engine *engine, const struct sm__partition *partition,
                            int64_t now)
{
    unsigned suppressed = 0;

    if (sm_log_limit_pass(&engine->proof_limit, now, WARN_INTERVAL_US, &suppressed))
        sm_log(SM_LOG_WARN, "engine", NULL,
               "partition %d of the %s topic: the record at offset %" PRId64 " could not be read "
               "again to see that the topic is still the same; asked again (%u more like this)",
               (int)partition->id.partition, sm__topic_word(partition->id.topic),
               partition->proven.offset, suppressed);
}

static void ask(struct sm_engine *engine, struct sm__partition *partition, int64_t now)
{
    struct sm__proof *proof = &partition->proof;

    if (proof->ticket != 0)
        warn_unanswered(engine, partition, now);
    proof->ticket = ++engine->proof_tickets;
    proof->asked_us = now;
    proof->asked_read = partition->offset_read;
    proof->candidate = partition->anchor;
    proof->due_us = now + engine->options.proof_interval_us;
    engine->source->ops->look(engine->source, partition->id, partition->proven.offset,
                              proof->ticket);
}

void sm__proof_ask(struct sm_engine *engine)
{
    int64_t now = sm_clock_monotonic(engine->clock);

    for (size_t i = 0; i < engine->partition_count; i++) {
        struct sm__partition *partition = &engine->partitions[i];

        if (sm__proof_wake(engine, partition) <= now)
            ask(engine, partition, now);
    }
}

static void accept(struct sm__partition *partition)
{
    partition->proven = partition->proof.candidate;
    partition->proof.read = partition->proof.asked_read;
}

static void judge_record(struct sm_engine *engine, struct sm__partition *partition,
                         const struct sm_record *record)
{
    int64_t offset = partition->proven.offset;
    struct sm_digest digest;

    if (record == NULL || record->offset != offset) {
        sm__position_missing_record(engine, partition, offset,
                                    record != NULL ? record->offset : -1);
        return;
    }
    sm_anchor_digest(record, &digest);
    if (sm_digest_equal(&digest, &partition->proven.digest))
        accept(partition);
    else
        sm__position_wrong_record(engine, partition, offset);
}

/* Retention may have taken the record. Then it is a proof that it is gone, since a topic made anew
 * begins at 0 and has grown past it. (One of which retention took as much in one interval is not
 * told from ours.) Seldom, so that the watermarks may be waited for. */
static void judge_outside(struct sm_engine *engine, struct sm__partition *partition)
{
    struct sm_err err = { 0 };
    int64_t low = 0, high = 0;

    if (sm__position_watermarks(engine, partition->id, &low, &high, &err) != SM_OK)
        return; /* asked again */
    if (high <= partition->proven.offset) {
        sm__position_ends_early(engine, partition, high);
    } else if (low > partition->proven.offset) {
        sm_log(SM_LOG_INFO, "engine", NULL,
               "partition %d of the %s topic: retention took the record at offset %" PRId64
               ", by which the topic was known; now it is known by a later one",
               (int)partition->id.partition, sm__topic_word(partition->id.topic),
               partition->proven.offset);
        accept(partition);
    }
}

void sm__proof_answer(struct sm_engine *engine, struct sm__partition *partition,
                      const struct sm_source_event *event)
{
    if (partition->proof.ticket == 0 || partition->proof.ticket != event->generation)
        return; /* of a question from before a take-over, or that was put again */
    partition->proof.ticket = 0;
    if (event->kind == SM_SOURCE_LOOKED)
        judge_record(engine, partition, event->record);
    else
        judge_outside(engine, partition);
}
