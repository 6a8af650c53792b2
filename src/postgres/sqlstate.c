/* SQLSTATE to status, and PostgreSQL's texts to ours. */
#include "postgres/sqlstate.h"

#include <ctype.h>

struct rule {
    const char
        *prefix; /* of the SQLSTATE; the longest that matches counts, so long ones come first */
    enum sm_status status;
    enum sm_conflict conflict;
    bool passes; /* after the store has worked before: SM_RETRY instead */
};

/* What is not here is SM_RETRY: a record is never skipped for a reason that nobody thought of. */
static const struct rule rules[] = {
    {"SM001", SM_FENCED, 0, false},
    {"SM002", SM_CONFLICT, SM_CONFLICT_VERSION, false},
    {"SM003", SM_CONFLICT, SM_CONFLICT_GENERATION, false},
    {"P0001", SM_REJECT, 0, false}, /* RAISE in a trigger of an operator's */
    {"57P03", SM_RETRY, 0, false},  /* starting up, shutting down, recovering */
    {"08", SM_RETRY, 0, false},     /* connection */
    {"22", SM_REJECT, 0, false},    /* a value that a column cannot hold */
    {"23", SM_REJECT, 0, false},    /* a constraint; unique ones are judged by name */
    {"25", SM_RETRY, 0, false},     /* read-only server, session ended for idling */
    {"28", SM_FATAL, 0, true},      /* login refused */
    {"3D", SM_FATAL, 0, true},      /* no such database */
    {"3F", SM_FATAL, 0, true},      /* no such schema */
    {"40", SM_RETRY, 0, false},     /* deadlock, serialization */
    {"42", SM_FATAL, 0, true},      /* no such table, no permission */
    {"53", SM_RETRY, 0, false},     /* disk full, out of memory, too many connections */
    {"54", SM_REJECT, 0, false},    /* a limit of PostgreSQL's */
    {"55", SM_RETRY, 0, false},     /* lock not available */
    {"57", SM_RETRY, 0, false},     /* shutdown, crash, cancel */
    {"58", SM_RETRY, 0, false},     /* input and output */
};

/* Unique constraints of ours, by the beginning of their names (a distributed table's shards add to
 * them), and what a violation means. */
static const struct rule uniques[] = {
    {"events_once", SM_CONFLICT, SM_CONFLICT_UNIQUE, false},
    {"events_history", SM_CONFLICT, SM_CONFLICT_VERSION, false},
    {"heads_pkey", SM_CONFLICT, SM_CONFLICT_VERSION, false},
    {"clients_organization", SM_CONFLICT, SM_CONFLICT_UNIQUE, false},
    {"clients_pkey", SM_CONFLICT, SM_CONFLICT_UNIQUE, false},
    /* The position was right and yet this row of the books exists: they contradict each other. */
    {"ingest_ledger_pkey", SM_FATAL, 0, false},
    {"dead_letters_position", SM_FATAL, 0, false},
    {"", SM_REJECT, 0, false}, /* an operator's own */
};

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

    if (strcmp(sqlstate, "23505") == 0)
        rule = find_rule(uniques, SM_ARRAY_COUNT(uniques), constraint != NULL ? constraint : "");
    else
        rule = find_rule(rules, SM_ARRAY_COUNT(rules), sqlstate);
    if (rule == NULL || (rule->passes && proven))
        return (struct sm__judgement){SM_RETRY, SM_CONFLICT_UNKNOWN};
    return (struct sm__judgement){rule->status, rule->conflict};
}

static const char *text_or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static void set_state(struct sm_err *err, const char *sqlstate,
                      const struct sm__judgement *judgement)
{
    if (err == NULL)
        return;
    err->native = judgement->status == SM_CONFLICT ? (int)judgement->conflict : 0;
    (void)snprintf(err->sqlstate, sizeof(err->sqlstate), "%s", sqlstate);
}

enum sm_status sm__err_of_result(const PGresult *result, bool proven, struct sm_err *err)
{
    const char *sqlstate = text_or_empty(PQresultErrorField(result, PG_DIAG_SQLSTATE));
    const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = text_or_empty(PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL));
    const char *hint = text_or_empty(PQresultErrorField(result, PG_DIAG_MESSAGE_HINT));
    struct sm__judgement judgement =
        sm__judge(sqlstate, PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME), proven);

    (void)sm_err_set(err, judgement.status, SM_FROM_POSTGRES, "PostgreSQL: %s%s%s%s%s",
                     primary != NULL ? primary : text_or_empty(PQresultErrorMessage(result)),
                     *detail != '\0' ? ": " : "", detail, *hint != '\0' ? "; hint: " : "", hint);
    set_state(err, sqlstate, &judgement);
    return judgement.status;
}

/* Verbose messages read "FATAL:  28P01: password authentication failed for user …", the severity in
 * the server's language. Returns where ": " and five letters or digits and ": " begin, or NULL. */
static const char *find_state(const char *text)
{
    for (const char *at = strchr(text, ':'); at != NULL; at = strchr(at + 1, ':')) {
        const char *state = at + 1;
        size_t length = 0;

        while (*state == ' ')
            state++;
        while (length < 5 &&
               (isupper((unsigned char)state[length]) || isdigit((unsigned char)state[length])))
            length++;
        if (length == 5 && state[5] == ':')
            return state;
    }
    return NULL;
}

static const char *connection_hint(const char *sqlstate)
{
    if (strncmp(sqlstate, "3D", 2) == 0)
        return "; hint: create the database, or correct --database";
    if (strncmp(sqlstate, "28", 2) == 0)
        return "; hint: correct the user or the password in --database";
    return "";
}

enum sm_status sm__err_of_connection(const PGconn *conn, bool proven, struct sm_err *err)
{
    const char *text = text_or_empty(PQerrorMessage(conn));
    const char *found = find_state(text);
    char sqlstate[6] = "08006";
    struct sm__judgement judgement;
    size_t length;

    if (found != NULL) {
        memcpy(sqlstate, found, 5);
        text = found + 5 + strspn(found + 5, ": ");
    }
    while (isspace((unsigned char)*text))
        text++;
    length = strcspn(text, "\n"); /* what follows is the place in PostgreSQL's source */
    judgement = sm__judge(sqlstate, NULL, proven);
    (void)sm_err_set(err, judgement.status, SM_FROM_POSTGRES, "PostgreSQL: %.*s%s",
                     (int)(length < 400 ? length : 400),
                     length != 0 ? text : "the connection was lost",
                     judgement.status == SM_FATAL ? connection_hint(sqlstate) : "");
    set_state(err, sqlstate, &judgement);
    return judgement.status;
}
