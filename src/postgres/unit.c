/* COMMIT: the statements of one unit of work (sql/queries/unit*.sql).
 *
 * Positions come first: whoever has lost a partition stops there, before it can block anybody.
 * A small unit is one pipeline without BEGIN, which PostgreSQL runs as one transaction that ends
 * with the pipeline, and nearly all of it is one statement. A large one begins explicitly; its log
 * rows or log lines, and COMMIT, follow by COPY. */
#include "base/fault.h"
#include "postgres/store_priv.h"
#include "postgres/table_rows.h"
#include "postgres/unit_rows.h"
#include "postgres/unit_waiting.h"

static const enum sm__statement stages[] = {
    SM__SQL_DISCARD_PLANS,
    SM__SQL_BEGIN,
    SM__SQL_UNIT,
    SM__SQL_UNIT_HEADS_CHECK,
    SM__SQL_UNIT_HEADS_UPDATE,
    SM__SQL_UNIT_HEADS_INSERT,
    SM__SQL_UNIT_CLIENTS,
    SM__SQL_UNIT_TENANTS,
    SM__SQL_UNIT_ROWS,
    SM__SQL_UNIT_DEAD_LETTER,
    SM__SQL_UNIT_LOG_LINES,
    SM__SQL_UNIT_COMMANDS,
    SM__SQL_UNIT_PARKED,
    SM__SQL_UNIT_PARKED_CHANGES,
    SM__SQL_UNIT_OUTCOMES,
    SM__SQL_UNIT_DONE, /* before what is opened: that may be the same queue */
    SM__SQL_UNIT_OPEN_CLIENTS,
    SM__SQL_UNIT_OPEN_REFERENCES,
    SM__SQL_UNIT_ERASE, /* after all that it has to find */
};

bool sm__unit_copies_events(const struct sm_unit *unit)
{
    size_t bytes = 0;

    if (unit->append_count >= SM__COPY_ROWS_MIN)
        return true;
    for (size_t i = 0; i < unit->append_count; i++)
        bytes += unit->appends[i].event->data.size + unit->appends[i].previous.size;
    return bytes >= SM__COPY_BYTES_MIN;
}

bool sm__unit_copies_lines(const struct sm_unit *unit)
{
    size_t bytes = 0;

    if (unit->log_line_count >= SM__COPY_ROWS_MIN)
        return true;
    for (size_t i = 0; i < unit->log_line_count; i++)
        bytes += unit->log_lines[i].event->data.size;
    return bytes >= SM__COPY_BYTES_MIN;
}

static const struct sm_unit *unit_of(const void *context)
{
    return ((const struct sm__store *)context)->call.unit;
}

static size_t rows_of_list(const struct sm_unit *unit, enum sm__statement stage)
{
    const struct {
        enum sm__statement stage;
        size_t rows;
    } lists[] = {
        { SM__SQL_UNIT_CLIENTS, unit->client_count },
        { SM__SQL_UNIT_TENANTS, unit->client_count },
        { SM__SQL_UNIT_ROWS, unit->row_count },
        { SM__SQL_UNIT_DEAD_LETTER, unit->dead_letter_count },
        { SM__SQL_UNIT_LOG_LINES, sm__unit_copies_lines(unit) ? 0 : unit->log_line_count },
        { SM__SQL_UNIT_COMMANDS, unit->command_count },
        { SM__SQL_UNIT_PARKED, unit->parked_count },
        { SM__SQL_UNIT_PARKED_CHANGES, unit->parked_change_count },
        { SM__SQL_UNIT_OUTCOMES, unit->outcome_count },
        { SM__SQL_UNIT_DONE, unit->done_count },
        { SM__SQL_UNIT_OPEN_CLIENTS, unit->opened_client_count },
        { SM__SQL_UNIT_OPEN_REFERENCES, unit->opened_reference_count },
        { SM__SQL_UNIT_ERASE, unit->erasure != NULL ? 1 : 0 },
    };

    for (size_t i = 0; i < SM_ARRAY_COUNT(lists); i++) {
        if (lists[i].stage == stage)
            return lists[i].rows;
    }
    return 0;
}

/* How many rows a stage has that are shared out over statements; a stage without rows of its own
 * counts as one. */
static size_t rows_of(const struct sm__store *store, enum sm__statement stage)
{
    const struct sm_unit *unit = store->call.unit;

    if (stage == SM__SQL_DISCARD_PLANS)
        return (store->units & (store->units - 1)) == 0 ? 1 : 0; /* a power of two */
    if (stage == SM__SQL_BEGIN)
        return sm__unit_is_large(unit) ? 1 : 0;
    if (stage == SM__SQL_UNIT_HEADS_CHECK)
        return unit->check_count;
    if (stage == SM__SQL_UNIT_HEADS_UPDATE || stage == SM__SQL_UNIT_HEADS_INSERT)
        return sm__unit_copies_events(unit) ? unit->head_count : 0;
    return stage == SM__SQL_UNIT ? 1 : rows_of_list(unit, stage);
}

/* Heads are one list for two statements: a stretch of it may have nothing for one of them. */
static bool is_empty(const struct sm_unit *unit, const struct sm__item *item)
{
    bool updates = item->what == SM__SQL_UNIT_HEADS_UPDATE;
    bool inserts = item->what == SM__SQL_UNIT_HEADS_INSERT;

    return (updates || inserts) && sm__unit_count_heads(unit, item, inserts) == 0;
}

/* Rows of one table: they stand together, and each table has a statement of its own. */
static void choose_table(const struct sm_unit *unit, struct sm__item *item)
{
    enum sm_table table = SM_TABLE_BATCHES;
    enum sm_kind kind = unit->rows[item->first].name.kind;
    bool found = sm_kind_table(kind, &table);
    size_t count = 1;

    SM_ASSERT(found);
    while (count < item->count && unit->rows[item->first + count].name.kind == kind)
        count++;
    item->what += (int)table;
    item->count = count;
}

static bool unit_next(void *context, struct sm__cursor *cursor, struct sm__item *item)
{
    while ((size_t)cursor->stage < SM_ARRAY_COUNT(stages)) {
        enum sm__statement stage = stages[cursor->stage];
        size_t rows = rows_of(context, stage);
        /* A record that is kept may hold a megabyte. */
        size_t most = stage == SM__SQL_UNIT_DEAD_LETTER ? 1 : SM__ROWS_MAX;

        if (cursor->at >= rows) {
            *cursor = (struct sm__cursor){ cursor->stage + 1, 0 };
            continue;
        }
        *item = (struct sm__item){ .what = (int)stage,
                                   .first = cursor->at,
                                   .count = rows - cursor->at < most ? rows - cursor->at : most };
        if (stage == SM__SQL_UNIT_ROWS)
            choose_table(unit_of(context), item);
        else if (stage == SM__SQL_UNIT_PARKED)
            item->count = sm__unit_parked_together(unit_of(context), item->first, item->count);
        else if (stage == SM__SQL_UNIT_COMMANDS)
            item->count = sm__unit_commands_together(unit_of(context), item->first, item->count);
        cursor->at += item->count;
        if (!is_empty(unit_of(context), item))
            return true;
    }
    return false;
}

static void put_rows(const struct sm_unit *unit, const struct sm__item *item,
                     struct sm__params *params)
{
    sm__put_rows(&unit->rows[item->first], item->count,
                 (enum sm_table)(item->what - (int)SM__SQL_UNIT_ROWS), params);
}

/* Log lines, commands, and what concerns the waiting room. */
static void put_other(const struct sm_unit *unit, const struct sm__item *item,
                      struct sm__session *session)
{
    struct sm__params *params = &session->params;

    if (item->what == SM__SQL_UNIT_LOG_LINES)
        sm__unit_put_log_lines(unit, item, params);
    else if (item->what == SM__SQL_UNIT_COMMANDS)
        sm__unit_put_commands(unit, item, session);
    else if (item->what == SM__SQL_UNIT_PARKED)
        sm__unit_put_parked(unit, item, session);
    else if (item->what == SM__SQL_UNIT_PARKED_CHANGES)
        sm__unit_put_changes(unit, item, session);
    else if (item->what == SM__SQL_UNIT_OUTCOMES)
        sm__unit_put_outcomes(unit, item, params);
    else if (item->what == SM__SQL_UNIT_DONE)
        sm__unit_put_done(unit, item, session);
    else if (item->what == SM__SQL_UNIT_OPEN_CLIENTS)
        sm__unit_put_opened_clients(unit, item, params);
    else if (item->what == SM__SQL_UNIT_OPEN_REFERENCES)
        sm__unit_put_opened_references(unit, item, session);
    else if (item->what == SM__SQL_UNIT_ERASE)
        sm__unit_put_erasure(unit, params);
}

static bool unit_send(void *context, struct sm__session *session, const struct sm__item *item)
{
    const struct sm_unit *unit = unit_of(context);
    enum sm__statement statement = (enum sm__statement)item->what;
    bool large = sm__unit_is_large(unit);

    if (statement == SM__SQL_UNIT)
        sm__unit_put(unit, !sm__unit_copies_events(unit), session);
    else if (statement == SM__SQL_UNIT_HEADS_CHECK)
        sm__unit_put_checks(unit, item, session);
    else if (statement == SM__SQL_UNIT_HEADS_UPDATE || statement == SM__SQL_UNIT_HEADS_INSERT)
        sm__unit_put_heads(unit, item, statement == SM__SQL_UNIT_HEADS_INSERT, session);
    else if (statement == SM__SQL_UNIT_CLIENTS)
        sm__unit_put_clients(unit, item, &session->params);
    else if (statement == SM__SQL_UNIT_TENANTS)
        sm__unit_put_tenants(unit, item, &session->params);
    else if (statement == SM__SQL_UNIT_DEAD_LETTER)
        sm__unit_put_dead_letter(unit, &unit->dead_letters[item->first], &session->params);
    else if (item->what >= (int)SM__SQL_UNIT_ROWS &&
             item->what < (int)SM__SQL_UNIT_ROWS + (int)SM_TABLE_COUNT)
        put_rows(unit, item, &session->params);
    else
        put_other(unit, item, session);
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
