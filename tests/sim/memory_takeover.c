/* Taking partitions over in the memory database: one statement, so all of it at one moment. */
#include "sim/memory_priv.h"

static int16_t topic_id_of(enum sm_topic topic)
{
    return (int16_t)(topic + 1);
}

/* What retention took before the partition was ever seen is the first row of its ledger. */
static void add_lost_row(struct memory_db *db, struct memory_position *position, int64_t low)
{
    struct memory_ledger_row *ledger = memory_rows_add_ledger(&db->rows);
    struct sm_ledger_row *row = &ledger->record.row;
    struct sm_sha256 hash;

    *row = (struct sm_ledger_row){.topic_id = position->topic_id,
                                  .partition = position->id.partition,
                                  .seq = 1,
                                  .cause = SM_CAUSE_LIVE,
                                  .next_offset = low,
                                  .recorded_at = db->clock->now_us + db->clock->wall_offset_us,
                                  .lost = {0, low}};
    sm_digest_begin_ledger(&hash, &position->chain, row);
    sm_sha256_end(&hash, &ledger->record.digest);
    ledger->commit = ++db->commits;
    position->seq = 1;
    position->chain = ledger->record.digest;
    position->recorded_at = row->recorded_at;
    position->totals.lost = low;
}

static struct memory_position *create(struct memory_db *db, const struct sm_takeover *wanted)
{
    struct memory_position *position = memory_rows_add_position(&db->rows);

    position->id = wanted->id;
    position->topic_id = topic_id_of(wanted->id.topic);
    position->next_offset = wanted->low;
    position->recorded_at = SM_TIME_NONE;
    position->anchor.offset = -1;
    position->claimed_offset = position->trial_offset = -1;
    position->proven.offset = -1;
    if (wanted->low > 0)
        add_lost_row(db, position, wanted->low);
    memory__raise_mark(db, wanted->id, wanted->low);
    return position;
}

static void take(struct memory_db *db, const struct memory_session *session,
                 struct sm_takeover *wanted)
{
    struct memory_position *position = memory_rows_position(&db->rows, wanted->id);

    if (position == NULL && wanted->mode == SM_TAKEOVER_CREATE)
        position = create(db, wanted);
    if (position == NULL) {
        wanted->outcome = SM_TAKEOVER_UNSEEN;
        return;
    }
    if (wanted->mode == SM_TAKEOVER_RESUME && position->epoch != wanted->epoch) {
        wanted->outcome = SM_TAKEOVER_FENCED;
        wanted->unowned = position->owner == session->store;
        return;
    }
    position->epoch++;
    position->owner = session->store;
    position->stopped_reason = SM_SLICE_NONE;
    position->waits_reason = SM_SLICE_NONE;
    wanted->outcome = SM_TAKEOVER_TAKEN;
    wanted->epoch = position->epoch;
    wanted->topic_id = position->topic_id;
    wanted->next_offset = position->next_offset;
    wanted->seq = position->seq;
    wanted->chain = position->chain;
    wanted->recorded_at = position->recorded_at;
    wanted->anchor = position->anchor;
    if (wanted->mode != SM_TAKEOVER_RESUME) {
        position->claims =
            position->claimed_offset == position->next_offset ? position->claims + 1 : 1;
        position->claimed_offset = position->next_offset;
        position->trials =
            position->trial_offset == position->next_offset ? position->trials + 1 : 0;
    }
    wanted->claims = position->claims;
    wanted->trials = position->trials;
    wanted->proven = position->proven;
}

void memory__take_over(struct memory_db *db, struct memory_session *session)
{
    for (size_t i = 0; i < session->call->take_over.count; i++)
        take(db, session, &session->call->take_over.list[i]);
}
