/* The store's calls, moved through their phases; what each call says to PostgreSQL is elsewhere. */
#include "postgres/store.h"

#include <stdlib.h>

#include "base/fault.h"
#include "postgres/store_priv.h"

static struct sm__store *self(struct sm_store *port)
{
    return (struct sm__store *)port;
}

static const struct sm__script *const scripts[] = {
    [SM_STORE_TAKE_OVER] = &sm__take_over_script,
    [SM_STORE_LOAD] = &sm__load_script,
    [SM_STORE_COMMIT] = &sm__unit_script,
    [SM_STORE_STOP] = &sm__stop_script,
    [SM_STORE_WATCH] = &sm__watch_script,
    [SM_STORE_WAITING] = &sm__waiting_script,
    [SM_STORE_TRIM] = &sm__trim_script,
    [SM_STORE_TRIAL] = &sm__trial_script,
};

static void begin(struct sm_store *port, const struct sm_store_call *call)
{
    struct sm__store *store = self(port);

    SM_ASSERT(store->phase == SM__STORE_IDLE);
    store->call = *call;
    store->phase = SM__STORE_CONNECT;
    store->tries = 0;
    store->terminating = false;
}

static void start_exchange(struct sm__store *store, const struct sm__script *script)
{
    sm__exchange_begin(&store->exchange, &store->session, script, store);
    store->phase = SM__STORE_EXCHANGE;
}

static void start_call(struct sm__store *store)
{
    const struct sm_postgres_client *client = &store->session.options.client;

    store->session.deadline_us = sm_monotonic_us() + (int64_t)client->call_timeout_ms * 1000;
    if (store->call.kind == SM_STORE_TAKE_OVER)
        sm__take_over_prepare(store);
    else if (store->call.kind == SM_STORE_LOAD)
        sm__load_prepare(store);
    else if (store->call.kind == SM_STORE_COMMIT) {
        store->units++;
        sm_fault_point("before_cas");
    }
    start_exchange(store, scripts[store->call.kind]);
}

/* Only a unit of work can be refused, clash or be fenced; only a position can be fenced besides. */
static enum sm_status status_of_call(enum sm_store_call_kind kind, enum sm_status status)
{
    bool of_unit = status == SM_REJECT || status == SM_CONFLICT;

    return of_unit && kind != SM_STORE_COMMIT ? SM_RETRY : status;
}

static enum sm_status finish(struct sm__store *store, enum sm_status status, struct sm_err *err)
{
    store->phase = SM__STORE_IDLE;
    status = status_of_call(store->call.kind, status);
    if (status != SM_OK && err != NULL)
        err->status = status;
    return status;
}

/* An error inside an explicit BEGIN has undone everything and released all locks, but the session
 * needs a ROLLBACK before it can do anything else. */
static enum sm_status fail(struct sm__store *store, enum sm_status status, struct sm_err *err)
{
    struct sm__session *session = &store->session;

    if (session->conn == NULL || PQtransactionStatus(session->conn) == PQTRANS_IDLE)
        return finish(store, status, err);
    store->failure = status;
    if (err != NULL)
        store->failure_err = *err;
    if (PQsendQuery(session->conn, "ROLLBACK") != 1) {
        sm__session_close(session);
        return finish(store, status, err);
    }
    session->events = POLLIN | POLLOUT;
    store->phase = SM__STORE_ROLLBACK;
    return SM_OK;
}

static enum sm_status after_exchange(struct sm__store *store, struct sm_err *err)
{
    if (store->terminating) {
        store->terminating = false;
        start_exchange(store, &sm__take_over_script);
        return SM_OK;
    }
    if (store->call.kind != SM_STORE_COMMIT || !sm__unit_is_large(store->call.unit))
        return finish(store, SM_OK, err);
    store->phase = SM__STORE_COPY;
    if (!sm__copy_begin(&store->copy, &store->session, store->call.unit))
        return finish(store, sm__session_lost(&store->session, err), err);
    return SM_OK;
}

static enum sm_status step_exchange(struct sm__store *store, struct sm_err *err)
{
    struct sm_err failure = { 0 };
    enum sm_status status = sm__exchange_step(&store->exchange, &store->session, &failure);

    if (status == SM_AGAIN) {
        if (store->exchange.script == &sm__unit_script && store->exchange.all_sent &&
            store->exchange.unflushed == 0 && !sm__unit_is_large(store->call.unit))
            sm_fault_point("commit_sent");
        return SM_AGAIN;
    }
    if (status == SM_OK)
        return after_exchange(store, err);
    /* The previous owner holds the row: it may be frozen inside its transaction. */
    if (store->call.kind == SM_STORE_TAKE_OVER && strcmp(failure.sqlstate, "55P03") == 0 &&
        !store->terminating && store->session.conn != NULL &&
        ++store->tries < SM__TAKE_OVER_TRIES) {
        store->terminating = true;
        start_exchange(store, &sm__terminate_script);
        return SM_OK;
    }
    if (err != NULL)
        *err = failure;
    return fail(store, status, err);
}

static enum sm_status step_copy(struct sm__store *store, struct sm_err *err)
{
    enum sm_status status = sm__copy_step(&store->copy, &store->session, err);

    if (status == SM_AGAIN)
        return SM_AGAIN;
    return status == SM_OK ? finish(store, SM_OK, err) : fail(store, status, err);
}

static enum sm_status step_rollback(struct sm__store *store, struct sm_err *err)
{
    struct sm__session *session = &store->session;
    bool alive = PQflush(session->conn) >= 0 && PQconsumeInput(session->conn) == 1;

    session->events = POLLIN;
    while (alive && !PQisBusy(session->conn)) {
        PGresult *result = PQgetResult(session->conn);

        if (result == NULL)
            break;
        PQclear(result);
    }
    if (alive && PQisBusy(session->conn))
        return SM_AGAIN;
    if (!alive || PQtransactionStatus(session->conn) != PQTRANS_IDLE)
        sm__session_close(session);
    if (err != NULL)
        *err = store->failure_err;
    return finish(store, store->failure, err);
}

static enum sm_status step_phase(struct sm__store *store, struct sm_err *err)
{
    enum sm_status status;

    switch (store->phase) {
    case SM__STORE_CONNECT:
        status = sm__session_connect(&store->session, err);
        if (status == SM_OK)
            start_call(store);
        else
            store->units = 0; /* a new session makes new plans */
        return status == SM_OK || status == SM_AGAIN ? status : finish(store, status, err);
    case SM__STORE_EXCHANGE:
        return step_exchange(store, err);
    case SM__STORE_COPY:
        return step_copy(store, err);
    case SM__STORE_ROLLBACK:
        return step_rollback(store, err);
    case SM__STORE_IDLE:
        break;
    }
    SM_ASSERT(false && "step without a call");
    return SM_FATAL;
}

static enum sm_status step(struct sm_store *port, struct sm_err *err)
{
    struct sm__store *store = self(port);
    enum sm_status status = SM_OK;

    SM_ASSERT(store->phase != SM__STORE_IDLE);
    while (status == SM_OK && store->phase != SM__STORE_IDLE)
        status = step_phase(store, err);
    if (status == SM_AGAIN && store->phase != SM__STORE_CONNECT &&
        sm_monotonic_us() >= store->session.deadline_us) {
        sm__session_close(&store->session);
        status = finish(store,
                        sm_err_set(err, SM_RETRY, SM_FROM_POSTGRES,
                                   "PostgreSQL did not finish a call within %d ms",
                                   store->session.options.client.call_timeout_ms),
                        err);
    }
    return status;
}

static void wait_for(struct sm_store *port, struct pollfd *out, int64_t *wake_us)
{
    struct sm__store *store = self(port);
    PGconn *conn = store->session.conn;

    *out = (struct pollfd){ .fd = conn != NULL ? PQsocket(conn) : -1,
                            .events = store->session.events };
    /* Before the first step there is nothing to wait for. */
    *wake_us = conn != NULL && store->phase != SM__STORE_IDLE ? store->session.deadline_us
                                                              : sm_monotonic_us();
    if (store->phase == SM__STORE_CONNECT && store->session.phase == SM__SESSION_READY)
        *wake_us = sm_monotonic_us();
}

static void abandon(struct sm_store *port)
{
    struct sm__store *store = self(port);

    sm__session_close(&store->session);
    store->phase = SM__STORE_IDLE;
}

static void close_store(struct sm_store *port)
{
    struct sm__store *store = self(port);

    sm__session_deinit(&store->session);
    sm__out_deinit(&store->copy.chunk);
    free(store);
}

enum sm_status sm_postgres_store_open(const struct sm_postgres_store_options *options,
                                      struct sm_store **out, struct sm_err *err)
{
    static const struct sm_store_ops ops = { begin, step, wait_for, abandon, close_store };
    struct sm__store *store = calloc(1, sizeof(*store));
    enum sm_status status;

    if (store == NULL)
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "out of memory for a store");
    store->port.ops = &ops;
    status = sm__session_init(&store->session, options, err);
    if (status != SM_OK) {
        free(store);
        return status;
    }
    *out = &store->port;
    return SM_OK;
}
