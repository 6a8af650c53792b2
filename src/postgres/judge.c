/* SQLSTATE to status: a table. */
#include "postgres/judge.h"

struct rule {
    const char
        *prefix; /* of the SQLSTATE; the longest that matches counts, so long ones come first */
    enum sm_status status;
    enum sm_conflict conflict;
    bool passes; /* after the store has worked before: SM_RETRY instead */
};

/* What is not here is SM_RETRY: a record is never skipped for a reason that nobody thought of. */
static const struct rule rules[] = {
    { "SM001", SM_FENCED, 0, false },
    { "SM002", SM_CONFLICT, SM_CONFLICT_VERSION, false },
    { "SM003", SM_CONFLICT, SM_CONFLICT_GENERATION, false },
    { "SM004", SM_CONFLICT, SM_CONFLICT_UNIQUE, false },
    { "SM005", SM_FATAL, 0, false }, /* the command topic contradicts itself */
    { "SM006", SM_RETRY, 0, false }, /* the command topic was not read yet */
    { "P0001", SM_REJECT, 0, false }, /* RAISE in a trigger of an operator's */
    { "57P03", SM_RETRY, 0, false }, /* starting up, shutting down, recovering */
    { "08", SM_RETRY, 0, false }, /* connection */
    { "22", SM_REJECT, 0, false }, /* a value that a column cannot hold */
    { "23", SM_REJECT, 0, false }, /* a constraint; unique ones are judged by name */
    { "25", SM_RETRY, 0, false }, /* read-only server, session ended for idling */
    { "28", SM_FATAL, 0, true }, /* login refused */
    { "3D", SM_FATAL, 0, true }, /* no such database */
    { "3F", SM_FATAL, 0, true }, /* no such schema */
    { "40", SM_RETRY, 0, false }, /* deadlock, serialization */
    { "42", SM_FATAL, 0, true }, /* no such table, no permission */
    { "53", SM_RETRY, 0, false }, /* disk full, out of memory, too many connections */
    { "54", SM_REJECT, 0, false }, /* a limit of PostgreSQL's */
    { "55", SM_RETRY, 0, false }, /* lock not available */
    { "57", SM_RETRY, 0, false }, /* shutdown, crash, cancel */
    { "58", SM_RETRY, 0, false }, /* input and output */
};

/* Unique constraints of ours, by the beginning of their names (a distributed table's shards add to
 * them), and what a violation means. */
static const struct rule uniques[] = {
    { "events_once", SM_CONFLICT, SM_CONFLICT_UNIQUE, false },
    { "events_history", SM_CONFLICT, SM_CONFLICT_VERSION, false },
    { "heads_pkey", SM_CONFLICT, SM_CONFLICT_VERSION, false },
    { "clients_organization", SM_CONFLICT, SM_CONFLICT_UNIQUE, false },
    { "processing_logs_once", SM_CONFLICT, SM_CONFLICT_UNIQUE, false },
    { "parked_events_once", SM_CONFLICT, SM_CONFLICT_UNIQUE, false },
    { "outbox_", SM_CONFLICT, SM_CONFLICT_UNIQUE, false },
    { "clients_pkey", SM_CONFLICT, SM_CONFLICT_UNIQUE, false },
    /* The position was right and yet the books have such a row, or do not add up: they contradict
     * each other or us. */
    { "ingest_ledger_", SM_FATAL, 0, false },
    { "dead_letters_position", SM_FATAL, 0, false },
    { "parked_events_position", SM_FATAL, 0, false },
    { "", SM_REJECT, 0, false }, /* an operator's own */
};

/* The books are no record, so no constraint of theirs is about one. */
static bool is_of_books(const char *constraint)
{
    return strncmp(constraint, "ingest_ledger_", strlen("ingest_ledger_")) == 0;
}

static const struct rule *find_rule(const struct rule *list, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++) {
        if (strncmp(text, list[i].prefix, strlen(list[i].prefix)) == 0)
            return &list[i];
    }
    return NULL;
}

struct sm__judgement sm__judge(const char *sqlstate, const char *constraint, bool proven)
{
    const struct rule *rule;

    if (strcmp(sqlstate, "23505") == 0 || (constraint != NULL && is_of_books(constraint)))
        rule = find_rule(uniques, SM_ARRAY_COUNT(uniques), constraint != NULL ? constraint : "");
    else
        rule = find_rule(rules, SM_ARRAY_COUNT(rules), sqlstate);
    if (rule == NULL || (rule->passes && proven))
        return (struct sm__judgement){ SM_RETRY, SM_CONFLICT_UNKNOWN };
    return (struct sm__judgement){ rule->status, rule->conflict };
}
