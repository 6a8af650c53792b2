/* COMMIT: the statements of one unit of work (sql/queries/unit*.sql).
 *
 * Positions come first: whoever has lost a partition stops there, before it can block anybody.
 * A small unit is one pipeline without BEGIN, which PostgreSQL runs as one transaction that ends
 * with the pipeline, and nearly all of it is one statement. A large one begins explicitly; its log
 * rows and COMMIT follow by COPY. */
#include "base/fault.h"
#include "postgres/store_priv.h"
#include "postgres/unit_rows.h"

static const enum sm__statement stages[] = {
    SM__SQL_DISCARD_PLANS,
    SM__SQL_BEGIN,
    SM__SQL_UNIT,
    SM__SQL_UNIT_HEADS_CHECK,
    SM__SQL_UNIT_HEADS_UPDATE,
    SM__SQL_UNIT_HEADS_INSERT,
    SM__SQL_UNIT_CLIENTS,
    SM__SQL_UNIT_DEAD_LETTER,
};

bool sm__unit_is_large(const struct sm_unit *unit)
{
    size_t bytes = 0;

    if (unit->append_count >= SM__COPY_ROWS_MIN)
        return true;
    for (size_t i = 0; i < unit->append_count; i++)
        bytes += unit->appends[i].event->data.size + unit->appends[i].previous.size;
    return bytes >= SM__COPY_BYTES_MIN;
}

static const struct sm_unit *unit_of(const void *context)
{
    return ((const struct sm__store *)context)->call.unit;
}

/* How many rows a stage has that are shared out over statements; a stage without rows of its own
 * counts as one. */
static size_t rows_of(const struct sm__store *store, enum sm__statement stage)
{
    const struct sm_unit *unit = store->call.unit;
    bool large = sm__unit_is_large(unit);

    if (stage == SM__SQL_DISCARD_PLANS)
        return (store->units & (store->units - 1)) == 0 ? 1 : 0; /* a power of two */
    if (stage == SM__SQL_BEGIN)
        return large ? 1 : 0;
    if (stage == SM__SQL_UNIT_HEADS_CHECK)
        return unit->check_count;
    if (stage == SM__SQL_UNIT_HEADS_UPDATE || stage == SM__SQL_UNIT_HEADS_INSERT)
        return large ? unit->head_count : 0;
    if (stage == SM__SQL_UNIT_CLIENTS)
        return unit->client_count;
    return stage == SM__SQL_UNIT_DEAD_LETTER ? unit->dead_letter_count : 1;
}

/* Heads are one list for two statements: a stretch of it may have nothing for one of them. */
static bool is_empty(const struct sm_unit *unit, const struct sm__item *item)
{
    bool updates = item->what == SM__SQL_UNIT_HEADS_UPDATE;
    bool inserts = item->what == SM__SQL_UNIT_HEADS_INSERT;

    return (updates || inserts) && sm__unit_count_heads(unit, item, inserts) == 0;
}

static bool unit_next(void *context, struct sm__cursor *cursor, struct sm__item *item)
{
    while ((size_t)cursor->stage < SM_ARRAY_COUNT(stages)) {
        enum sm__statement stage = stages[cursor->stage];
        size_t rows = rows_of(context, stage);
        /* A dead letter may hold a megabyte. */
        size_t most = stage == SM__SQL_UNIT_DEAD_LETTER ? 1 : SM__ROWS_MAX;

        if (cursor->at >= rows) {
            *cursor = (struct sm__cursor){ cursor->stage + 1, 0 };
            continue;
        }
        *item = (struct sm__item){ .what = (int)stage,
                                   .first = cursor->at,
                                   .count = rows - cursor->at < most ? rows - cursor->at : most };
        cursor->at += item->count;
        if (!is_empty(unit_of(context), item))
            return true;
    }
    return false;
}

static bool unit_send(void *context, struct sm__session *session, const struct sm__item *item)
{
    const struct sm_unit *unit = unit_of(context);
    enum sm__statement statement = (enum sm__statement)item->what;
    bool large = sm__unit_is_large(unit);

    if (statement == SM__SQL_UNIT)
        sm__unit_put(unit, !large, session);
    else if (statement == SM__SQL_UNIT_HEADS_CHECK)
        sm__unit_put_checks(unit, item, session);
    else if (statement == SM__SQL_UNIT_HEADS_UPDATE || statement == SM__SQL_UNIT_HEADS_INSERT)
        sm__unit_put_heads(unit, item, statement == SM__SQL_UNIT_HEADS_INSERT, session);
    else if (statement == SM__SQL_UNIT_CLIENTS)
        sm__unit_put_clients(unit, item, &session->params);
    else if (statement == SM__SQL_UNIT_DEAD_LETTER)
        sm__unit_put_dead_letter(unit, &unit->dead_letters[item->first], &session->params);
    if (!sm__session_send(session, statement))
        return false;
    if (statement == SM__SQL_UNIT && !large && sm_fault_hit("after_append")) {
        (void)PQflush(session->conn); /* the rows are on their way, the end of the unit is not */
        sm_fault_die();
    }
    return true;
}

/* COMMIT of a large unit has not been sent yet, so the number of rows can be judged here; within a
 * small unit's one transaction secretmagic_commit_unit does it. */
static enum sm_status unit_take(void *context, const struct sm__item *item, PGresult *result,
                                struct sm_err *err)
{
    size_t wanted, updated;

    if (item->what != SM__SQL_UNIT_HEADS_UPDATE)
        return SM_OK;
    wanted = sm__unit_count_heads(unit_of(context), item, false);
    updated = (size_t)strtoull(PQcmdTuples(result), NULL, 10);
    if (updated == wanted)
        return SM_OK;
    (void)sm_err_set(err, SM_CONFLICT, SM_FROM_POSTGRES,
                     "%zu of %zu heads are at another version than expected", wanted - updated,
                     wanted);
    err->native = SM_CONFLICT_VERSION;
    return SM_CONFLICT;
}

/* A dead letter that is refused fails the unit: nothing is skipped. */
static enum sm_status unit_judge(const struct sm__item *item, enum sm_status status)
{
    bool of_dead_letter = item != NULL && item->what == SM__SQL_UNIT_DEAD_LETTER;

    return status == SM_REJECT && of_dead_letter ? SM_RETRY : status;
}

const struct sm__script sm__unit_script = { unit_next, unit_send, unit_take, unit_judge };
