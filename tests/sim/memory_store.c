/* The client's side of the memory database: starts calls, sends what follows, reads answers. */
#include "sim/memory_store.h"

#include "sim/memory_priv.h"

enum { LOCK_NAP_US = 5000 };

struct memory_store {
    struct sm_store port; /* first: the port is the store */
    struct memory_db *db;
    struct memory_session *session; /* NULL: not connected */
    uint64_t number;
    bool calling;       /* a call is under way */
    bool refused;       /* the call under way found no server, or a connection that is gone */
    int64_t refused_us; /* when that is known */
};

static struct memory_store *self(struct sm_store *store)
{
    return (struct memory_store *)store;
}

static void hang_up(struct memory_store *store)
{
    if (store->session != NULL)
        memory__session_leave(store->db, store->session);
    store->session = NULL;
}

/* A connection that broke while nobody looked is noticed with the next call, and never replaced
 * without a word: whoever had it must learn that the database may be another one by now. */
static bool connected(struct memory_store *store)
{
    bool broken = store->session != NULL && store->session->broken;

    if (store->db->away || broken) {
        hang_up(store);
        return false;
    }
    if (store->session == NULL)
        store->session = memory__session_open(store->db, store->number);
    return true;
}

static void begin(struct sm_store *port, const struct sm_store_call *call)
{
    struct memory_store *store = self(port);

    SM_ASSERT(!store->calling);
    memory_db_advance(store->db);
    store->calling = true;
    store->refused = !connected(store);
    if (store->refused)
        store->refused_us = store->db->clock->now_us + memory__latency(store->db);
    else
        memory__session_begin(store->db, store->session, call);
}

static enum sm_status finish(struct memory_store *store, struct sm_err *err)
{
    struct memory_session *session = store->session;
    enum sm_status status = session->status;

    if (status != SM_OK && err != NULL)
        *err = session->err;
    store->calling = false;
    session->phase = MEMORY_IDLE;
    session->call = NULL;
    if (session->broken)
        hang_up(store);
    return status;
}

static enum sm_status step(struct sm_store *port, struct sm_err *err)
{
    struct memory_store *store = self(port);
    struct memory_db *db = store->db;

    SM_ASSERT(store->calling);
    memory_db_advance(db);
    if (store->refused) {
        if (db->clock->now_us < store->refused_us)
            return SM_AGAIN;
        store->calling = false;
        return sm_err_set(err, SM_RETRY, SM_FROM_POSTGRES, "cannot connect to the memory database");
    }
    if (store->session->phase == MEMORY_GRANTED && db->clock->now_us >= store->session->ready_us) {
        memory__session_send(db, store->session);
        if (store->session->fault == MEMORY_FAULT_LOST_DURING) {
            hang_up(store); /* the server goes on without us */
            store->calling = false;
            return sm_err_set(err, SM_RETRY, SM_FROM_POSTGRES,
                              "the connection broke while COMMIT was under way");
        }
        memory_db_advance(db);
    }
    if (store->session->phase != MEMORY_ANSWERED || db->clock->now_us < store->session->ready_us)
        return SM_AGAIN;
    return finish(store, err);
}

static void wait(struct sm_store *port, struct pollfd *out, int64_t *wake_us)
{
    struct memory_store *store = self(port);
    const struct memory_session *session = store->session;

    *out = (struct pollfd){.fd = -1};
    if (store->refused)
        *wake_us = store->refused_us;
    else if (session->phase == MEMORY_GRANTED || session->phase == MEMORY_ANSWERED)
        *wake_us = session->ready_us;
    else if (session->due_us != INT64_MAX)
        *wake_us = session->due_us;
    else
        *wake_us = store->db->clock->now_us + LOCK_NAP_US;
}

static void abandon(struct sm_store *port)
{
    struct memory_store *store = self(port);

    memory_db_advance(store->db);
    store->calling = false;
    store->refused = false;
    hang_up(store);
}

static void close_store(struct sm_store *port)
{
    abandon(port);
    free(port);
}

enum memory_phase memory_store_commit_phase(const struct sm_store *port)
{
    const struct memory_store *store = (const struct memory_store *)port;
    const struct memory_session *session = store->session;

    if (!store->calling || session == NULL || session->call == NULL ||
        session->call->kind != SM_STORE_COMMIT)
        return MEMORY_IDLE;
    return session->phase;
}

bool memory_store_has_answer(const struct sm_store *port)
{
    const struct memory_store *store = (const struct memory_store *)port;

    return store->calling && store->session != NULL && store->session->phase == MEMORY_ANSWERED;
}

struct sm_store *memory_store_open(struct memory_db *db)
{
    static const struct sm_store_ops ops = {begin, step, wait, abandon, close_store};
    struct memory_store *store = calloc(1, sizeof(*store));

    SM_ASSERT(store != NULL);
    store->port.ops = &ops;
    store->db = db;
    store->number = ++db->store_numbers;
    return &store->port;
}
