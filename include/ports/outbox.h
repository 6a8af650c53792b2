#ifndef SM_PORTS_OUTBOX_H
#define SM_PORTS_OUTBOX_H
/* The relay's side of the database: who publishes, what is to be published, and what is known to be
 * on the command topic. One session, not shared with any lane.
 *
 *   outbox:    published ──────────────────┐ pending (in order of id)
 *   topic:     … known ….│ cursor ─────────┘─► settled, then the next ones are sent
 *
 * Blocking, each call up to the client's time; not thread-safe, but used on the relay's own thread.
 * A call that fails with SM_RETRY ends the session: the next call opens a new one, which holds no
 * lease and knows nothing of the topic, so the relay begins anew (engine/relay.h).
 * Second implementation: tests/sim/memory_relay; both pass tests/contract. */
#include "base/arena.h"
#include "base/err.h"
#include "ports/unit.h"

/* ---- LEASE: one relay at a time ---- */

struct sm_lease {
    int64_t epoch; /* in: ours, 0: none yet; out: ours, or of whoever has it */
    int64_t duration_us; /* in: how long it is ours unless it is taken again */
    int64_t wait_us; /* out, of SM_AGAIN: how long it still is another's */
    bool scanned; /* out, of SM_OK: some relay has called `scanned` since this database is what it
                     is: it was neither restored nor started anew in the meantime */
};

/* ---- SETTLE: what is on the topic ---- */

/* A command as it stands on the topic, whether we have just put it there or found it. */
struct sm_command_place {
    struct sm_command_row row; /* event_id and partition_index do not count */
    int32_t partition; /* of the command topic */
    int64_t offset;
};
/* A partition of the command topic: everything below next_offset is known after the call. */
struct sm_relay_cursor {
    int32_t partition;
    int64_t expected; /* the cursor as it is; -1: there is none yet */
    int64_t next_offset;
};
struct sm_settlement {
    int64_t epoch; /* in */
    const struct sm_relay_cursor *cursors; /* in */
    size_t cursor_count;
    const struct sm_command_place *places; /* in: below their partition's next_offset */
    size_t place_count;
    int64_t marked; /* out: pending rows that are on the topic now */
    int64_t added; /* out: commands without a row, which have one now */
    int64_t differing; /* out: rows of ours whose bytes gave way to the topic's */
    int64_t repeated; /* out: the same command with the same bytes stands at a second place */
};

/* ---- PENDING: what is to be published ---- */

struct sm_pending {
    size_t count_max; /* in */
    size_t bytes_max; /* in: of values and headers; at least one command is given */
    struct sm_arena *arena; /* in */
    const struct sm_command_row *commands; /* out: in order; of one client without a gap */
    size_t count; /* out */
};

struct sm_outbox;
struct sm_outbox_ops {
    /* Takes the lease, or keeps it. SM_OK; SM_AGAIN: it is another's, see wait_us; SM_FENCED: it
     * was ours and another has taken it: publish nothing more; SM_RETRY; SM_FATAL. */
    enum sm_status (*lease)(struct sm_outbox *outbox, struct sm_lease *lease, struct sm_err *err);
    /* All that stands on the topic, and that no publisher but the lease's owner can add to, was
     * settled: from now on units may carry commands (ports/unit.h). SM_OK; SM_FENCED; SM_RETRY;
     * SM_FATAL. */
    enum sm_status (*scanned)(struct sm_outbox *outbox, int64_t epoch, struct sm_err *err);
    /* Gives it back, if it still is ours, so that the next one need not wait; with a reason (a
     * printable sentence, for status) when the relay cannot go on without an operator, or NULL. */
    enum sm_status (*release)(struct sm_outbox *outbox, int64_t epoch, const char *reason,
                              struct sm_err *err);
    /* The partition's cursor; -1: none. SM_OK; SM_RETRY; SM_FATAL. */
    enum sm_status (*cursor)(struct sm_outbox *outbox, int32_t partition, int64_t *next_offset,
                             struct sm_err *err);
    /* All in one transaction. SM_OK; SM_FENCED: the epoch is another one, or a cursor is not as
     * expected; SM_RETRY: it may or may not have taken effect; SM_FATAL: two bodies stand under one
     * id on the topic, or two commands of a client under one sequence: nothing was written, and
     * the relay must stop. */
    enum sm_status (*settle)(struct sm_outbox *outbox, struct sm_settlement *settlement,
                             struct sm_err *err);
    /* SM_OK; SM_LIMIT: the arena is too small for one; SM_RETRY; SM_FATAL. */
    enum sm_status (*pending)(struct sm_outbox *outbox, struct sm_pending *pending,
                              struct sm_err *err);
    /* Waits until somebody may have committed commands, or until the time is over: a hint, which
     * may come without cause and may stay away. SM_OK; SM_RETRY. */
    enum sm_status (*wait)(struct sm_outbox *outbox, int64_t timeout_us, struct sm_err *err);
    void (*close)(struct sm_outbox *outbox);
};
struct sm_outbox {
    const struct sm_outbox_ops *ops;
};
#endif
