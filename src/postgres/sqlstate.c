/* PostgreSQL's texts to ours. */
#include "postgres/sqlstate.h"

#include <ctype.h>

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

/* Five capitals or digits and a colon; a digit among them, as in all SQLSTATEs and no severity
 * ("FATAL:"). */
static bool is_state(const char *text)
{
    bool has_digit = false;

    for (int i = 0; i < 5; i++) {
        if (!isupper((unsigned char)text[i]) && !isdigit((unsigned char)text[i]))
            return false;
        has_digit = has_digit || isdigit((unsigned char)text[i]);
    }
    return has_digit && text[5] == ':';
}

/* Verbose messages read "FATAL:  28P01: password authentication failed for user …", the severity in
 * the server's language. Returns where the SQLSTATE begins, or NULL. */
static const char *find_state(const char *text)
{
    for (const char *at = strchr(text, ':'); at != NULL; at = strchr(at + 1, ':')) {
        const char *state = at + 1 + strspn(at + 1, " ");

        if (is_state(state))
            return state;
    }
    return NULL;
}

/* libpq's and OpenSSL's own words for what waiting does not mend; they come without a SQLSTATE. A
 * server that dies in a handshake is told in others, and a host's name has no blanks. */
static bool is_refusal(const char *text)
{
    static const char *const words[] = {
        "certificate verify failed", "certificate file \"",         "does not match host name",
        "alert unknown ca",          "alert bad certificate",       "alert certificate ",
        "private key",               "server does not support SSL", "no password supplied"
    };

    for (size_t i = 0; i < SM_ARRAY_COUNT(words); i++) {
        if (strstr(text, words[i]) != NULL)
            return true;
    }
    return false;
}

#define REFUSED "28000" /* as PostgreSQL calls it when it is the one that refuses */

static const char *connection_hint(const char *sqlstate, bool by_us)
{
    if (by_us)
        return "; hint: correct sslmode, sslrootcert, host or password in --database";
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
    bool by_us = found == NULL && is_refusal(text);
    char sqlstate[6];
    struct sm__judgement judgement;
    size_t length;

    (void)snprintf(sqlstate, sizeof(sqlstate), "%.5s",
                   found != NULL ? found : (by_us ? REFUSED : "08006"));
    if (found != NULL)
        text = found + 5 + strspn(found + 5, ": ");
    while (isspace((unsigned char)*text))
        text++;
    length = strcspn(text, "\n"); /* what follows is the place in PostgreSQL's source */
    judgement = sm__judge(sqlstate, NULL, proven);
    (void)sm_err_set(err, judgement.status, SM_FROM_POSTGRES, "PostgreSQL: %.*s%s",
                     (int)(length < 400 ? length : 400),
                     length != 0 ? text : "the connection was lost",
                     judgement.status == SM_FATAL ? connection_hint(sqlstate, by_us) : "");
    set_state(err, sqlstate, &judgement);
    return judgement.status;
}
