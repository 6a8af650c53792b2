#ifndef SM_POSTGRES_STORE_PRIV_H
#define SM_POSTGRES_STORE_PRIV_H
/* The store: one session, one call at a time, moved on by phases.
 *
 *   CONNECT ──► EXCHANGE ──► (COMMIT of a large unit) COPY ──► done
 *                  │  ▲                                │
 *   TAKE_OVER hits │  └── terminate, then try again    │ an error inside BEGIN
 *   a lock ────────┘                                   └──► ROLLBACK ──► done, with that error */
#include "postgres/session.h"

/* From so many log rows, or lines, on COPY is cheaper, although it takes two more round trips
 * (measured by tests/contract/store_bench on one machine; a network would raise it); from so many
 * bytes on it is the way that needs no more memory than a chunk. */
#define SM__COPY_ROWS_MIN 128
#define SM__COPY_BYTES_MIN (256 * 1024)

/* How often a take-over meets a lock, and terminates who holds it, before the engine decides. */
#define SM__TAKE_OVER_TRIES 3

enum sm__store_phase {
    SM__STORE_IDLE,
    SM__STORE_CONNECT,
    SM__STORE_EXCHANGE,
    SM__STORE_COPY,
    SM__STORE_ROLLBACK
};

/* COPY of the log rows of one unit, of its log lines, or of both one after the other, with COMMIT
 * behind it. */
struct sm__copy {
    const struct sm_unit *unit;
    bool lines; /* the one at hand is that of log lines */
    struct sm__out chunk; /* rows on their way to libpq; its memory is kept between units */
    size_t next; /* the next row to encode */
    bool started; /* PostgreSQL is ready for rows */
    bool ended; /* all rows of the one at hand are sent; of the last one COMMIT is, too */
    bool committed; /* PostgreSQL has said COMMIT */
    enum sm_status status; /* SM_OK, or the first failure */
    struct sm_err err;
};

struct sm__store {
    struct sm_store port; /* first: the port is the store */
    struct sm__session session;
    struct sm_store_call call; /* as begin gave it */
    enum sm__store_phase phase;
    struct sm__exchange exchange;
    struct sm__copy copy;
    int tries; /* of TAKE_OVER */
    bool terminating; /* the exchange under way is take_over_terminate */
    int64_t recorded_at; /* of ledger rows that a take-over makes */
    uint64_t units; /* begun in this session */
    enum sm_status failure; /* what is reported when ROLLBACK is done */
    struct sm_err failure_err;
};

/* The statements of each call; the context is the store. */
extern const struct sm__script sm__take_over_script;
extern const struct sm__script sm__terminate_script;
extern const struct sm__script sm__load_script;
extern const struct sm__script sm__unit_script;
extern const struct sm__script sm__stop_script;
extern const struct sm__script sm__watch_script;
extern const struct sm__script sm__waiting_script;
extern const struct sm__script sm__trim_script;
extern const struct sm__script sm__trial_script;

/* What a call's answer is before the database has said anything. */
void sm__take_over_prepare(struct sm__store *store);
void sm__load_prepare(struct sm__store *store);

/* Has the unit so many log rows, or lines, that they go by COPY? Then its exchange ends inside an
 * open transaction. */
bool sm__unit_copies_events(const struct sm_unit *unit);
bool sm__unit_copies_lines(const struct sm_unit *unit);
static inline bool sm__unit_is_large(const struct sm_unit *unit)
{
    return sm__unit_copies_events(unit) || sm__unit_copies_lines(unit);
}

/* COPY, after the exchange. step: SM_AGAIN; SM_OK: committed; else the failure. */
bool sm__copy_begin(struct sm__copy *copy, struct sm__session *session, const struct sm_unit *unit);
enum sm_status sm__copy_step(struct sm__copy *copy, struct sm__session *session,
                             struct sm_err *err);
#endif
