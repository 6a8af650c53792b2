/* Sends and receives a pipeline side by side. */
#include "postgres/exchange.h"

#include "postgres/session.h"
#include "postgres/sqlstate.h"

/* libpq flushes by itself from this size on when it is asked to send; a flush after every small
 * statement would cost a packet each. */
#define FLUSH_BYTES (64 * 1024)

void sm__exchange_begin(struct sm__exchange *exchange, struct sm__session *session,
                        const struct sm__script *script, void *context)
{
    *exchange = (struct sm__exchange){ .script = script, .context = context, .status = SM_OK };
    SM_ASSERT(PQenterPipelineMode(session->conn) == 1); /* refused only while something runs */
    session->events = POLLIN;
}

/* The first failure is the cause, what follows it are consequences. */
static void keep_failure(struct sm__exchange *exchange, enum sm_status status,
                         const struct sm_err *err)
{
    if (exchange->status != SM_OK)
        return;
    exchange->status = status;
    exchange->err = *err;
}

static enum sm_status lost(struct sm__exchange *exchange, struct sm__session *session,
                           struct sm_err *err)
{
    struct sm_err broken = { 0 };

    /* An error that came before the connection broke has rolled back: that is known for certain. */
    keep_failure(exchange, sm__session_lost(session, &broken), &broken);
    if (err != NULL)
        *err = exchange->err;
    return exchange->status;
}

/* True when everything is with the kernel; sets what to wait for. */
static bool flush(struct sm__session *session, bool *broken)
{
    int result = PQflush(session->conn);

    *broken = result < 0;
    session->events = result == 1 ? POLLIN | POLLOUT : POLLIN;
    return result == 0;
}

/* False when the connection broke. */
static bool send_some(struct sm__exchange *exchange, struct sm__session *session)
{
    bool broken = false;
    struct sm__item item;

    if (exchange->unflushed >= FLUSH_BYTES || exchange->all_sent) {
        if (!flush(session, &broken))
            return !broken;
        exchange->unflushed = 0;
    }
    while (!exchange->all_sent) {
        if (exchange->script->next(exchange->context, &exchange->sent, &item)) {
            sm__params_reset(&session->params);
            if (!exchange->script->send(exchange->context, session, &item))
                return false;
            exchange->unflushed += session->params.out.size;
        } else if (PQpipelineSync(session->conn) != 1) {
            return false;
        } else {
            exchange->all_sent = true;
        }
        if (exchange->unflushed < FLUSH_BYTES && !exchange->all_sent)
            continue;
        if (!flush(session, &broken))
            return !broken;
        exchange->unflushed = 0;
    }
    return true;
}

static void take_result(struct sm__exchange *exchange, struct sm__session *session,
                        PGresult *result)
{
    ExecStatusType kind = PQresultStatus(result);
    struct sm__item item;
    bool of_item;
    struct sm_err err = { 0 };
    enum sm_status status = SM_OK;

    if (kind == PGRES_PIPELINE_SYNC) {
        exchange->all_taken = true;
        return;
    }
    of_item = exchange->script->next(exchange->context, &exchange->taken, &item);
    if (kind == PGRES_TUPLES_OK || kind == PGRES_COMMAND_OK) {
        if (exchange->script->take != NULL && of_item && exchange->status == SM_OK)
            status = exchange->script->take(exchange->context, &item, result, &err);
    } else if (kind != PGRES_PIPELINE_ABORTED) {
        status = sm__err_of_result(result, session->proven, &err);
        if (exchange->script->judge != NULL)
            status = err.status = exchange->script->judge(of_item ? &item : NULL, status);
    }
    if (status != SM_OK)
        keep_failure(exchange, status, &err);
}

/* False when the connection broke. */
static bool take_some(struct sm__exchange *exchange, struct sm__session *session)
{
    bool ended = false;

    if (PQconsumeInput(session->conn) != 1)
        return false;
    while (!exchange->all_taken && !PQisBusy(session->conn)) {
        PGresult *result = PQgetResult(session->conn);

        if (result == NULL) { /* ends one statement's results; twice: nothing more has arrived */
            if (ended)
                break;
            ended = true;
            continue;
        }
        ended = false;
        take_result(exchange, session, result);
        PQclear(result);
    }
    return PQstatus(session->conn) == CONNECTION_OK;
}

enum sm_status sm__exchange_step(struct sm__exchange *exchange, struct sm__session *session,
                                 struct sm_err *err)
{
    bool alive = send_some(exchange, session);

    /* Also when sending failed: the reason may be among what the server said last. */
    alive = take_some(exchange, session) && alive;
    if (!alive && !exchange->all_taken)
        return lost(exchange, session, err);
    if (!exchange->all_taken)
        return SM_AGAIN;
    if (PQexitPipelineMode(session->conn) != 1)
        return lost(exchange, session, err);
    if (exchange->status != SM_OK && err != NULL)
        *err = exchange->err;
    return exchange->status;
}
