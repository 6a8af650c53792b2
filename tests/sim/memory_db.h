#ifndef MEMORY_DB_H
#define MEMORY_DB_H
/* A database in memory that several stores (lanes, processes) share, on virtual time.
 *
 * It stands for PostgreSQL behind ports/store.h, so it keeps what the engine relies on there and
 * nothing more: rows, transactions with real waiting for position rows and buckets, compare and
 * set, unique ids, sessions that end or are left behind with a COMMIT under way. The server moves
 * on by itself as time passes; a client only starts calls, sends what follows, reads answers.
 *
 *   REQUESTED ─► LOCKING ─► GRANTED ─► SENT ─► ANSWERED        a commit
 *       │           └── waits for rows and buckets of others
 *       └─► ANSWERED                                           all other calls
 *   client gone in SENT: takes effect all the same; gone before: rolled back some time later
 *
 * A law that the database itself can see broken (a ledger row that does not add up) is remembered
 * in `failure`; the simulator stops at it. */
#include "sim/memory_rows.h"
#include "sim/sim_clock.h"
#include "sim/sim_heap.h"
#include "sim/sim_random.h"

#define MEMORY_PARTITIONS_MAX 64

/* What may go wrong with one call. */
enum memory_fault {
    MEMORY_FAULT_NONE,
    MEMORY_FAULT_TRANSIENT,   /* deadlock, disk full: no effect, the session lives on */
    MEMORY_FAULT_LOST_BEFORE, /* the connection breaks, nothing took effect */
    MEMORY_FAULT_LOST_AFTER,  /* it takes effect, then the connection breaks before the answer */
    MEMORY_FAULT_LOST_DURING  /* COMMIT is sent, then it breaks; the effect comes later or not */
};

struct memory_db_options {
    int64_t latency_min_us, latency_max_us; /* one way; 0 and 0: every call is done at once */
    int64_t lock_timeout_us;     /* a take-over waits so long, then ends the sessions in its way */
    int64_t idle_timeout_us;     /* a transaction whose client sends nothing is ended */
    unsigned transient_permille; /* of calls */
    unsigned lost_permille;      /* of calls */
    /* True if the database refuses the row (SM_REJECT); NULL: never. */
    bool (*refuses)(void *context, const struct sm_event *event);
    void *refuses_context;
    const struct sm_slice *feature_types; /* codes that are defined; must outlive the database */
    size_t feature_type_count;
};

enum memory_phase {
    MEMORY_IDLE,
    MEMORY_REQUESTED,
    MEMORY_LOCKING,
    MEMORY_GRANTED,
    MEMORY_SENT,
    MEMORY_ANSWERED,
    MEMORY_DOOMED /* the client is gone; rolled back at due_us */
};

/* A call that takes longer than others at one stage, so that everybody else comes before it. */
struct memory_hold {
    uint64_t call; /* number of the call, from 1; 0: none */
    enum memory_phase phase;
    int64_t us;
};
#define MEMORY_HOLDS 2

struct memory_session {
    struct memory_session *next;
    uint64_t number;
    uint64_t call_number; /* of the call under way */
    uint64_t store; /* number of the store it belongs to */
    enum memory_phase phase;
    enum memory_fault fault;          /* of the call under way */
    const struct sm_store_call *call; /* the client's; NULL once it is gone */
    struct sm_unit *unit;             /* of SENT: the server's own copy, in the heap */
    int64_t due_us;   /* when the server moves it on; INT64_MAX: when locks are given back */
    int64_t ready_us; /* GRANTED, ANSWERED: when the client hears of it */
    int64_t locking_since_us;
    struct sm_partition_id held[MEMORY_PARTITIONS_MAX]; /* position rows locked */
    size_t held_count;
    uint64_t shared, exclusive; /* buckets locked */
    bool broken;                /* ended by the server; the client has not noticed */
    bool orphaned;              /* the client is gone */
    enum sm_status status;      /* the answer */
    struct sm_err err;
};

struct memory_mark { /* the furthest that a partition ever was durable, whatever was restored */
    struct sm_partition_id id;
    int64_t offset;
};

struct memory_db {
    struct memory_db_options options;
    struct sim_clock *clock;
    struct sim_random random;
    struct sim_heap heap;
    struct memory_rows rows;
    struct memory_session *sessions; /* owned, by number */
    struct memory_mark marks[MEMORY_PARTITIONS_MAX];
    size_t mark_count;
    uint64_t store_numbers, session_numbers;
    uint64_t commits;   /* never set back: the order of all history */
    uint64_t calls;     /* begun since the start */
    uint64_t fail_call; /* this call (from 1) gets fail_fault; 0: none */
    enum memory_fault fail_fault;
    struct memory_hold holds[MEMORY_HOLDS];
    bool away;       /* the server is down */
    uint64_t incarnation; /* from 1; raised by every restore */
    const char *law; /* NULL, or the law that was seen broken */
    char failure[512];
};

void memory_db_init(struct memory_db *db, const struct memory_db_options *options,
                    struct sim_clock *clock, uint64_t seed);
void memory_db_deinit(struct memory_db *db); /* all stores must be closed */

/* Lets the server do all that is due by now. */
void memory_db_advance(struct memory_db *db);
/* When it has something to do; INT64_MAX: nothing by itself. */
int64_t memory_db_next_us(const struct memory_db *db);

/* What an operator asks for: a dead letter tried again (RETRIED or FORCED); a waiting event that
 * shall wait no longer. False: there is no such one, or it is asked for already. */
bool memory_db_retry(struct memory_db *db, int64_t dead_letter_id, enum sm_cause cause);
bool memory_db_expire(struct memory_db *db, int64_t parked_id);

/* Down: sessions end; a COMMIT under way takes effect or not. Up: calls work again. */
void memory_db_set_away(struct memory_db *db, bool away);
/* Puts an older copy of the tables in place, as pg_dump and psql would; all sessions end. */
void memory_db_restore(struct memory_db *db, const struct memory_rows *backup);

/* The furthest the partition ever was durable; 0 if never seen. */
int64_t memory_db_mark(const struct memory_db *db, struct sm_partition_id id);

/* Laws that need no oracle, over all rows: ledger chained, counted and digested again, versions
 * without gaps, one active version at the most. False: see `law` and `failure`. */
bool memory_db_audit(struct memory_db *db);
/* As a relay says it that has read the command topic: units may carry commands from now on, until
 * the database is restored. For worlds without a relay (relay_sim.c has some). */
void memory_db_scanned(struct memory_db *db);
/* Remembers the first law that is broken. Returns false always. */
bool memory_db_fail(struct memory_db *db, const char *law, const char *format, ...) SM_PRINTF(3, 4);
#endif
