#ifndef SM_PORTS_STORE_H
#define SM_PORTS_STORE_H
/* Where everything is kept: one session with the database, used by one writer (lane).
 *
 * A store runs one call at a time, asynchronously: `begin` starts it, `step` moves it on without
 * blocking and says SM_AGAIN until it is done. It connects and reconnects by itself at the next
 * call; it never repeats a call or a statement on its own: retrying whole units is the engine's.
 *
 * Exactly once rests on COMMIT's order, in one transaction:
 *   1. positions: UPDATE … WHERE next_offset = expected AND epoch = mine   (else SM_FENCED)
 *   2. buckets: locks shared / exclusive, generations compared             (else SM_CONFLICT)
 *   3. log rows, heads (each names the version it expects), clients, rows, dead letters, log
 *      lines, parked events and their changes, commands, what is due, ledger rows
 *   4. bump the generations of the exclusive buckets; COMMIT
 *
 * Not thread-safe. Second implementation: tests/sim/memory_store; both pass tests/contract. */
#include <poll.h>

#include "ports/load.h"
#include "ports/unit.h"

/* ---- TAKE_OVER: become the owner of partitions ------------------------------------------------
 * */

enum sm_takeover_mode {
    SM_TAKEOVER_CLAIM, /* on assignment: whoever owned it, epoch + 1, owner = me */
    SM_TAKEOVER_RESUME, /* after a lost connection: only if the epoch is still `epoch`; epoch + 1 */
    SM_TAKEOVER_CREATE /* seen for the first time: insert with next_offset = `low`; what lies below
                          is ledger row 1 (lost). If a row exists by now: like CLAIM. */
};
enum sm_takeover_outcome {
    SM_TAKEOVER_TAKEN,
    SM_TAKEOVER_UNSEEN, /* no row: ask the source for the low watermark, then CREATE */
    SM_TAKEOVER_FENCED /* RESUME: somebody else has taken it meanwhile */
};
struct sm_takeover {
    struct sm_partition_id id; /* in */
    enum sm_takeover_mode mode; /* in */
    int64_t low; /* in, of CREATE: the broker's first offset */
    int64_t epoch; /* in, of RESUME: ours; out: the new one */
    enum sm_takeover_outcome outcome; /* out, and all that follows */
    int16_t topic_id;
    int64_t next_offset;
    int64_t seq; /* of the last ledger row; 0 if none */
    struct sm_digest chain; /* digest of that row; zeros if none */
    int64_t recorded_at; /* of that row; SM_TIME_NONE if none */
    struct sm_anchor anchor;
    int claims; /* how often it was claimed at this very position and not left in order, this time
                   included */
    int trials; /* how often it was claimed after a trial of the record at next_offset, this time
                   included; 0: it was not tried */
    bool unowned; /* of FENCED: nobody else has taken it; its epoch alone was raised, as a rebuild
                     does to have every writer begin anew */
    struct sm_anchor proven; /* an earlier one, up to which all is known to be of one topic */
};

/* ---- STOP: a partition does not go on ----------------------------------------------------------
 * Recorded for status and dashboard; the next take-over clears it, and the engine judges anew. */

enum sm_stop_kind {
    SM_STOP_FOR_GOOD, /* until an operator does something */
    SM_STOP_WAITS, /* for something outside; it goes on by itself */
    SM_STOP_OVER, /* it waits no more */
    SM_STOP_LEFT /* given up in order: the claim that it was taken with was nobody's death, and is
                    not counted any more */
};
struct sm_stop {
    struct sm_partition_id id;
    int64_t epoch;
    enum sm_stop_kind kind;
    char reason[SM_ERR_TEXT_SIZE]; /* printable sentence; of OVER and LEFT not looked at */
};

/* ---- TRIM: the lines of processing_logs that are older than they are kept ----------------------
 * */

struct sm_trim {
    int64_t before_us; /* in: lines with an earlier timestamp go */
    size_t count_max; /* in: so that no transaction is long */
    size_t removed; /* out: count_max: there may be more */
};

/* ---- TRIAL: this record will be tried alone ----------------------------------------------------
 * Durable before the record is looked at, so that the next take-over knows what killed us. */

struct sm_trial {
    struct sm_partition_id id;
    int64_t epoch;
    int64_t offset;
};

enum sm_store_call_kind {
    SM_STORE_TAKE_OVER,
    SM_STORE_LOAD,
    SM_STORE_COMMIT,
    SM_STORE_STOP,
    SM_STORE_WATCH,
    SM_STORE_WAITING,
    SM_STORE_TRIM,
    SM_STORE_TRIAL
};
/* Everything it points to must stay unchanged until step says it is done. */
struct sm_store_call {
    enum sm_store_call_kind kind;
    union {
        struct {
            struct sm_takeover *list;
            size_t count;
        } take_over;
        struct sm_load *load;
        const struct sm_unit *unit;
        const struct sm_stop *stop;
        struct sm_watch *watch;
        struct sm_waiting *waiting;
        struct sm_trim *trim;
        const struct sm_trial *trial;
    };
};

enum sm_conflict {
    SM_CONFLICT_UNKNOWN, /* any of the below */
    SM_CONFLICT_GENERATION, /* another generation of a bucket: clients of it changed */
    SM_CONFLICT_VERSION, /* a head is not at the expected version */
    SM_CONFLICT_UNIQUE /* an event id, an organization id or a command is there already */
};

struct sm_store;
struct sm_store_ops {
    /* Starts a call; none may be under way. Does not block and cannot fail: step tells. */
    void (*begin)(struct sm_store *store, const struct sm_store_call *call);
    /* Moves the call on.
     * SM_AGAIN     not done; wait as `wait` says.
     * SM_OK        done. TAKE_OVER, LOAD, WATCH, WAITING: the out fields are filled. COMMIT: it
     * is durable.
     * SM_RETRY     the environment failed (connection, disk, deadlock, time-out). Of COMMIT it may
     *              or may not have taken effect: the engine takes over again with RESUME, which
     *              waits for the old session, and decides from next_offset.
     * SM_FENCED    COMMIT, TRIAL, STOP: a position or epoch is not the expected one; nothing was
     * written.
     * SM_CONFLICT  COMMIT: an event id is in the log or waits, a head is not at the expected
     *              version, an organization id is taken, a parked event does not wait any more, a
     *              command's id or sequence is in the outbox, or a generation differs; nothing was
     *              written: drop what was cached of the unit's clients, LOAD with `seen`, admit
     *              again.
     *              err->native is the enum sm_conflict, so that less may be dropped.
     * SM_REJECT    COMMIT: PostgreSQL refuses a row (class 22, 23514, 54xxx); nothing was written:
     *              bisect. err->text is PostgreSQL's sentence.
     * SM_LIMIT     LOAD, WAITING: the arena is too small.
     * SM_FATAL     cannot ever work (no such database, no permission, schema too new). */
    enum sm_status (*step)(struct sm_store *store, struct sm_err *err);
    /* What to wait for while a call is under way; `fd` -1: nothing, call step again at *wake_us
     * (monotonic). */
    void (*wait)(struct sm_store *store, struct pollfd *out, int64_t *wake_us);
    /* Throws away a call under way and the session with it; the next begin connects anew. */
    void (*abandon)(struct sm_store *store);
    void (*close)(struct sm_store *store);
};
struct sm_store {
    const struct sm_store_ops *ops;
};
#endif
