/* Records that kill: of a partition that was claimed again and again at one position as many
 * records as can have been at work are tried one by one, alone in the whole process. So a killer
 * costs a bounded number of deaths, wherever in its batch it lies.
 *
 *   NONE ─► WANTED ─► MARKED ─► TAKEN ─► NONE           a death between MARKED and NONE is counted
 *     record comes   all lanes   mark is    committed   by the next take-over: after so many the
 *                    are empty   durable                record is a dead letter, unread
 *                       MARKED ─► UNWANTED ─► NONE      where new fetch positions put a record of
 *                                                       another partition first: the mark is undone
 *
 * Alone, because whoever dies with several records at work cannot tell which it was. A clean end
 * takes its claim back (SM_STOP_LEFT). What a power cut adds to the counts, or a clean end that had
 * no time for it, costs one record's speed, never a record. */
#include "engine/engine_priv.h"

#define CLAIMS_MAX 3 /* at one position; the next one finds the partition tried record by record */

void sm__trial_judge(const struct sm_engine *engine, struct sm__partition *partition,
                     const struct sm_takeover *taken)
{
    bool suspect = taken->claims > CLAIMS_MAX || taken->trials != 0;

    partition->trial = SM__TRIAL_NONE;
    /* One batch on its way to the store, and one being filled: the process dies of none beyond. */
    partition->alone = suspect ? 2 * engine->options.batch_records_max : 0;
    partition->killer_trials = taken->trials >= engine->options.trials_max ? taken->trials : 0;
    if (suspect)
        sm_log(SM_LOG_WARN, "engine", NULL,
               "partition %d of the %s topic was taken over %d times at offset %lld: its records "
               "are tried one by one, up to %zu of them%s",
               (int)partition->id.partition,
               partition->id.topic == SM_TOPIC_CONFIG ? "config" : "processing", taken->claims,
               (long long)taken->next_offset, partition->alone,
               partition->killer_trials != 0
                   ? ", and the first, of which the program died, becomes "
                     "a dead letter"
                   : "");
}

static struct sm__partition *on_trial(struct sm_engine *engine)
{
    struct sm__partition *partition;

    if (engine->trial == 0)
        return NULL;
    partition = engine->trial <= engine->partition_count ? &engine->partitions[engine->trial - 1]
                                                         : NULL;
    if (partition != NULL && partition->trial != SM__TRIAL_NONE &&
        partition->phase == SM_PARTITION_RUNNING)
        return partition;
    engine->trial = 0; /* it was taken away, or has to be taken over anew */
    return NULL;
}

bool sm__trial_holds_back(struct sm_engine *engine)
{
    const struct sm__partition *partition = on_trial(engine);

    return partition != NULL && partition->trial != SM__TRIAL_MARKED;
}

bool sm__trial_admits(struct sm_engine *engine, struct sm__partition *partition,
                      const struct sm_record *record)
{
    struct sm__partition *other = on_trial(engine);

    if (other == NULL && partition->alone == 0)
        return true;
    if (other != NULL && other != partition) {
        if (other->trial == SM__TRIAL_MARKED)
            other->trial = SM__TRIAL_UNWANTED;
        return false;
    }
    if (partition->killer_trials != 0)
        return true; /* nobody will look at it */
    if (partition->trial == SM__TRIAL_MARKED && partition->trial_offset == record->offset) {
        partition->trial = SM__TRIAL_TAKEN;
        return true;
    }
    /* Where the one that was marked does not come any more (retention took it), this is next. */
    if (partition->trial == SM__TRIAL_NONE || partition->trial == SM__TRIAL_MARKED) {
        partition->trial = SM__TRIAL_WANTED;
        partition->trial_offset = record->offset;
        engine->trial = (size_t)(partition - engine->partitions) + 1;
    }
    return false;
}

static bool lanes_are_empty(const struct sm_engine *engine)
{
    for (size_t i = 0; i < engine->lane_count; i++) {
        const struct sm__lane *lane = &engine->lanes[i];

        if (lane->phase != SM__LANE_IDLE || lane->release.active ||
            lane->live.from < lane->live.buffer->count ||
            lane->buffers[lane->filling].count != 0)
            return false;
    }
    return true;
}

bool sm__trial_begin(struct sm__lane *lane)
{
    struct sm_engine *engine = lane->engine;
    const struct sm__partition *partition = on_trial(engine);

    if (partition == NULL || partition->lane != lane->index || !lanes_are_empty(engine) ||
        (partition->trial != SM__TRIAL_WANTED && partition->trial != SM__TRIAL_UNWANTED))
        return false;
    lane->trial = (struct sm_trial){ partition->id, partition->epoch,
                                     partition->trial == SM__TRIAL_WANTED ? partition->trial_offset
                                                                          : -1 };
    lane->call = (struct sm_store_call){ .kind = SM_STORE_TRIAL, .trial = &lane->trial };
    sm__lane_begin_call(lane, SM__LANE_MARKING);
    return true;
}

void sm__trial_marked(struct sm__lane *lane)
{
    struct sm__partition *partition = on_trial(lane->engine);

    if (partition == NULL || partition->lane != lane->index)
        return;
    if (partition->trial == SM__TRIAL_WANTED && partition->trial_offset == lane->trial.offset) {
        partition->trial = SM__TRIAL_MARKED;
    } else if (partition->trial == SM__TRIAL_UNWANTED && lane->trial.offset < 0) {
        partition->trial = SM__TRIAL_NONE;
        lane->engine->trial = 0;
    }
}

void sm__trial_committed(struct sm_engine *engine, struct sm__partition *partition)
{
    if (partition->trial == SM__TRIAL_TAKEN &&
        partition->offset_durable > partition->trial_offset) {
        partition->trial = SM__TRIAL_NONE;
        engine->trial = 0;
        partition->alone--;
    }
    if (partition->killer_trials != 0)
        partition->alone = 0; /* it was found */
    partition->killer_trials = 0;
}
