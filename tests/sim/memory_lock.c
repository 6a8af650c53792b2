/* Row and bucket locks of the memory database: all that a transaction asks for, or none of it, so
 * that nobody waits while holding what another one of the same kind wants. */
#include "sim/memory_priv.h"

static bool holds(const struct memory_session *session, struct sm_partition_id id)
{
    for (size_t i = 0; i < session->held_count; i++) {
        if (session->held[i].topic == id.topic && session->held[i].partition == id.partition)
            return true;
    }
    return false;
}

static bool holds_any(const struct memory_session *session, const struct sm_partition_id *ids,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (holds(session, ids[i]))
            return true;
    }
    return false;
}

bool memory__lock_positions(struct memory_db *db, struct memory_session *session,
                            const struct sm_partition_id *ids, size_t count)
{
    for (const struct memory_session *other = db->sessions; other != NULL; other = other->next) {
        if (other != session && holds_any(other, ids, count))
            return false;
    }
    SM_ASSERT(count <= MEMORY_PARTITIONS_MAX);
    memcpy(session->held, ids, count * sizeof(*ids));
    session->held_count = count;
    return true;
}

bool memory__lock_buckets(struct memory_db *db, struct memory_session *session, uint64_t shared,
                          uint64_t exclusive)
{
    for (const struct memory_session *other = db->sessions; other != NULL; other = other->next) {
        if (other != session &&
            ((other->exclusive & (shared | exclusive)) != 0 || (other->shared & exclusive) != 0))
            return false;
    }
    session->shared = shared;
    session->exclusive = exclusive;
    return true;
}

void memory__unlock(struct memory_db *db, struct memory_session *session)
{
    bool held = session->held_count != 0 || (session->shared | session->exclusive) != 0;

    session->held_count = 0;
    session->shared = session->exclusive = 0;
    for (struct memory_session *other = db->sessions; held && other != NULL; other = other->next) {
        if (other->phase == MEMORY_LOCKING)
            other->due_us = db->clock->now_us;
    }
}

void memory__terminate_holders(struct memory_db *db, const struct memory_session *waiter,
                               const struct sm_partition_id *ids, size_t count)
{
    for (struct memory_session *other = db->sessions; other != NULL; other = other->next) {
        if (other == waiter || !holds_any(other, ids, count) || other->phase == MEMORY_SENT)
            continue;
        if (other->orphaned)
            other->due_us = db->clock->now_us;
        memory__session_break(db, other);
    }
}
