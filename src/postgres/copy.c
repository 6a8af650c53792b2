/* The log rows of a large unit, or its log lines, or both: COPY in binary, with COMMIT behind it in
 * the same message, so that the end of the rows and the end of the transaction are one round trip.
 *
 *   Query "COPY …; COMMIT" ──► CopyIn ──► rows … end ──► "COPY n", "COMMIT", ready
 *         "COPY …; COPY …; COMMIT"        rows … end ──► "COPY n", CopyIn ──► rows … end ──► …
 *
 * Rows are encoded a chunk at a time and only when the kernel has taken the chunk before, so a unit
 * of any size costs one chunk of memory here and one in libpq. */
#include "base/fault.h"
#include "postgres/sqlstate.h"
#include "postgres/store_priv.h"
#include "postgres/unit_rows.h"
#include "postgres/unit_waiting.h"

/* Bytes from which a chunk is handed over: large enough that a call of the kernel does not show. */
#define CHUNK_BYTES (64 * 1024)
/* Chunks in one step, so that the engine's other lanes get their turn. */
#define CHUNKS_PER_STEP 8

/* The one at hand is that of log rows, or of lines. */
static void begin_rows(struct sm__copy *copy, bool lines)
{
    static const char header[] =
        "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0"; /* signature, flags, extension */

    copy->lines = lines;
    copy->next = 0;
    copy->ended = false;
    copy->chunk.size = 0;
    sm__out_bytes(&copy->chunk, header, sizeof(header)); /* its terminator is the last zero of 19 */
}

bool sm__copy_begin(struct sm__copy *copy, struct sm__session *session, const struct sm_unit *unit)
{
    bool events = sm__unit_copies_events(unit), lines = sm__unit_copies_lines(unit);

    copy->unit = unit;
    copy->chunk.failed = false;
    copy->started = copy->committed = false;
    copy->status = SM_OK;
    begin_rows(copy, !events);
    session->events = POLLIN | POLLOUT;
    return PQsendQuery(session->conn, sm__query_text(events && lines ? "unit_copy_both"
                                                     : events        ? "unit_copy"
                                                                     : "unit_copy_lines")) == 1;
}

static size_t row_count(const struct sm__copy *copy)
{
    return copy->lines ? copy->unit->log_line_count : copy->unit->append_count;
}

/* Are there no more rows to come behind those of the one at hand? */
static bool is_last(const struct sm__copy *copy)
{
    return copy->lines || !sm__unit_copies_lines(copy->unit);
}

static void encode_row(struct sm__copy *copy)
{
    const struct sm_unit *unit = copy->unit;

    sm__out_i16(&copy->chunk, copy->lines ? SM__LINE_FIELDS : SM__EVENT_FIELDS);
    if (copy->lines)
        sm__line_fields(&copy->chunk, unit, &unit->log_lines[copy->next++]);
    else
        sm__event_fields(&copy->chunk, unit, &unit->appends[copy->next++]);
}

static void encode_chunk(struct sm__copy *copy)
{
    while (copy->next < row_count(copy) && copy->chunk.size < CHUNK_BYTES)
        encode_row(copy);
    if (copy->next == row_count(copy))
        sm__out_i16(&copy->chunk, -1); /* the end of the rows */
}

/* False when the connection broke or memory ran out. */
static bool send_rows(struct sm__copy *copy, struct sm__session *session)
{
    for (int i = 0; i < CHUNKS_PER_STEP && !copy->ended; i++) {
        int left = PQflush(session->conn);

        session->events = POLLIN | POLLOUT;
        if (left != 0)
            return left > 0;
        encode_chunk(copy);
        if (copy->chunk.failed || PQputCopyData(session->conn, (const char *)copy->chunk.data,
                                                (int)copy->chunk.size) != 1)
            return false;
        copy->chunk.size = 0;
        copy->ended = copy->next == row_count(copy);
        if (copy->ended && is_last(copy) && sm_fault_hit("after_append")) {
            (void)PQflush(session->conn); /* the rows are on their way, their end is not */
            sm_fault_die();
        }
        if (copy->ended && PQputCopyEnd(session->conn, NULL) != 1)
            return false;
    }
    return true;
}

static void take_result(struct sm__copy *copy, const struct sm__session *session, PGresult *result)
{
    ExecStatusType kind = PQresultStatus(result);

    if (kind == PGRES_COPY_IN) {
        if (copy->started)
            begin_rows(copy, true);
        copy->started = true;
    } else if (kind == PGRES_COMMAND_OK)
        /* COMMIT of a failed transaction says ROLLBACK and is no error. */
        copy->committed = strcmp(PQcmdStatus(result), "COMMIT") == 0;
    else if (copy->status == SM_OK)
        copy->status = sm__err_of_result(result, session->proven, &copy->err);
}

/* SM_AGAIN: more will come; SM_OK: all has come; SM_RETRY: the connection broke. */
static enum sm_status take_results(struct sm__copy *copy, struct sm__session *session)
{
    if (PQconsumeInput(session->conn) != 1)
        return SM_RETRY;
    while (!PQisBusy(session->conn)) {
        PGresult *result = PQgetResult(session->conn);

        if (result == NULL)
            return SM_OK;
        take_result(copy, session, result);
        PQclear(result);
        if (copy->started && !copy->ended)
            return SM_AGAIN; /* it would say COPY_IN for ever */
    }
    return SM_AGAIN;
}

static enum sm_status lost(struct sm__copy *copy, struct sm__session *session, struct sm_err *err)
{
    enum sm_status status;

    if (copy->chunk.failed) {
        sm__session_close(session);
        return sm_err_set(err, SM_RETRY, SM_FROM_OS, "out of memory for rows of the log");
    }
    status = sm__session_lost(session, err);
    if (copy->committed) /* it was told before the connection broke */
        return SM_OK;
    if (copy->status == SM_OK)
        return status;
    if (err != NULL)
        *err = copy->err;
    return copy->status;
}

enum sm_status sm__copy_step(struct sm__copy *copy, struct sm__session *session, struct sm_err *err)
{
    enum sm_status status;

    if (copy->started && !copy->ended) {
        if (!send_rows(copy, session))
            return lost(copy, session, err);
        if (!copy->ended)
            /* An error of a row is told after the last one; here only its bytes are taken in, so
             * that the server never waits for us to read. */
            return PQconsumeInput(session->conn) == 1 ? SM_AGAIN : lost(copy, session, err);
    }
    if (PQflush(session->conn) == 0) {
        session->events = POLLIN;
        if (copy->ended && is_last(copy))
            sm_fault_point("commit_sent");
    }
    status = take_results(copy, session);
    if (status == SM_RETRY || (status == SM_OK && PQstatus(session->conn) != CONNECTION_OK))
        return lost(copy, session, err);
    if (status == SM_AGAIN) {
        if (copy->started && !copy->ended)
            session->events = POLLIN | POLLOUT;
        return SM_AGAIN;
    }
    if (copy->status != SM_OK && err != NULL)
        *err = copy->err;
    if (copy->status == SM_OK && !copy->committed)
        return sm_err_set(err, SM_RETRY, SM_FROM_POSTGRES,
                          "PostgreSQL rolled a unit back at COMMIT without saying why");
    return copy->status;
}
