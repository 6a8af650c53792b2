/* Connecting and setting up, without ever waiting. */
#include "postgres/session.h"

#include <stdlib.h>

#include "postgres/get.h"
#include "postgres/sqlstate.h"

/* ---- life cycle ---- */

static void default_ms(int *value, int fallback)
{
    if (*value <= 0)
        *value = fallback;
}

static bool check_conninfo(const char *conninfo, struct sm_err *err)
{
    char *text = NULL;
    PQconninfoOption *parsed = PQconninfoParse(conninfo, &text);
    bool good = parsed != NULL;

    if (!good) /* the text names the keyword and never the password */
        (void)sm_err_set(err, SM_FATAL, SM_FROM_POSTGRES,
                         "the connection string for PostgreSQL cannot be understood: %.*s",
                         (int)strcspn(text != NULL ? text : "out of memory", "\n"),
                         text != NULL ? text : "out of memory");
    PQconninfoFree(parsed);
    PQfreemem(text);
    return good;
}

/* Copies the texts into one block and lets the options point into it. */
static bool own_texts(struct sm__session *session)
{
    struct sm_postgres_store_options *options = &session->options;
    const char **texts[] = { &options->client.conninfo, &options->client.application_name,
                             &options->owner, &options->topics[SM_TOPIC_CONFIG],
                             &options->topics[SM_TOPIC_PROCESSING] };
    size_t total = 0;
    char *at;

    for (size_t i = 0; i < SM_ARRAY_COUNT(texts); i++)
        total += strlen(*texts[i]) + 1;
    at = session->texts = malloc(total);
    if (at == NULL)
        return false;
    for (size_t i = 0; i < SM_ARRAY_COUNT(texts); i++) {
        size_t size = strlen(*texts[i]) + 1;

        memcpy(at, *texts[i], size);
        *texts[i] = at;
        at += size;
    }
    return true;
}

enum sm_status sm__session_init(struct sm__session *session,
                                const struct sm_postgres_store_options *options, struct sm_err *err)
{
    struct sm_postgres_client *client = &session->options.client;

    if (!check_conninfo(options->client.conninfo, err))
        return SM_FATAL;
    *session = (struct sm__session){ .options = *options };
    default_ms(&client->connect_timeout_ms, SM_POSTGRES_CONNECT_MS);
    default_ms(&client->call_timeout_ms, SM_POSTGRES_CALL_MS);
    default_ms(&client->lock_timeout_ms, SM_POSTGRES_LOCK_MS);
    default_ms(&client->idle_timeout_ms, SM_POSTGRES_IDLE_MS);
    default_ms(&client->take_over_lock_timeout_ms, SM_POSTGRES_TAKE_OVER_LOCK_MS);
    if (!own_texts(session))
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "out of memory for a PostgreSQL session");
    return SM_OK;
}

void sm__session_deinit(struct sm__session *session)
{
    sm__session_close(session);
    sm__params_deinit(&session->params);
    free(session->texts);
    *session = (struct sm__session){ 0 };
}

void sm__session_close(struct sm__session *session)
{
    PQfinish(session->conn); /* nonblocking: says good-bye if there is room, and leaves */
    session->conn = NULL;
    session->phase = SM__SESSION_CLOSED;
}

enum sm_status sm__session_lost(struct sm__session *session, struct sm_err *err)
{
    enum sm_status status;

    if (session->params.out.failed) /* what looks like libpq's refusal was ours */
        status = sm_err_set(err, SM_RETRY, SM_FROM_OS, "out of memory for a statement");
    else
        status = sm__err_of_connection(session->conn, session->proven, err);
    sm__session_close(session);
    /* A session that broke is never a verdict on what was being written. */
    if (status != SM_FATAL && err != NULL)
        err->status = SM_RETRY;
    return status == SM_FATAL ? SM_FATAL : SM_RETRY;
}

bool sm__session_send(struct sm__session *session, enum sm__statement statement)
{
    struct sm__params *params = &session->params;

    return sm__params_end(params) &&
           PQsendQueryPrepared(session->conn, sm__statement_name(statement), params->count,
                               params->values, params->lengths, params->formats, 1) == 1;
}

/* ---- set-up: one pipeline ---- */

enum { SETTINGS, WHOLE, TOPICS, PREPARE };

static bool setup_next(void *context, struct sm__cursor *cursor, struct sm__item *item)
{
    (void)context;
    *item = (struct sm__item){ .what = cursor->stage, .first = cursor->at };
    if (cursor->stage < PREPARE)
        cursor->stage++;
    else
        cursor->at++;
    return item->first < SM__STATEMENT_COUNT;
}

static void put_ms(struct sm__params *params, int ms)
{
    char text[16];

    (void)snprintf(text, sizeof(text), "%d", ms);
    sm__field_text(sm__params_scalar(params), text);
}

static bool send_unnamed(struct sm__session *session, const char *query)
{
    struct sm__params *params = &session->params;

    return sm__params_end(params) &&
           PQsendQueryParams(session->conn, sm__query_text(query), params->count, NULL,
                             params->values, params->lengths, params->formats, 1) == 1;
}

static bool send_topics(struct sm__session *session)
{
    struct sm__out *names = sm__params_array(&session->params, SM__OID_TEXT, SM_TOPIC_COUNT);

    for (size_t i = 0; i < SM_TOPIC_COUNT; i++)
        sm__field_text(names, session->options.topics[i]);
    return send_unnamed(session, "session_topics");
}

static bool setup_send(void *context, struct sm__session *session, const struct sm__item *item)
{
    const char *name;

    (void)context;
    switch (item->what) {
    case SETTINGS:
        put_ms(&session->params, session->options.client.lock_timeout_ms);
        put_ms(&session->params, session->options.client.idle_timeout_ms);
        return send_unnamed(session, "session_setup");
    case WHOLE:
        return send_unnamed(session, "session_whole");
    case TOPICS:
        return send_topics(session);
    default:
        name = sm__statement_name((enum sm__statement)item->first);
        return PQsendPrepare(session->conn, name, sm__query_text(name), 0, NULL) == 1;
    }
}

static enum sm_status take_whole(struct sm__session *session, const PGresult *result,
                                 struct sm_err *err)
{
    const char *dbname = PQdb(session->conn);

    if (!sm__get_bool(result, 0, 0))
        return sm_err_set(err, session->proven ? SM_RETRY : SM_FATAL, SM_FROM_POSTGRES,
                          "the database %s has no schema of ours; hint: secretmagic migrate",
                          dbname);
    if (!sm__get_bool(result, 0, 1))
        return sm_err_set(err, SM_RETRY, SM_FROM_POSTGRES,
                          "the schema in the database %s is not whole, a restore seems to be under "
                          "way; hint: let it finish",
                          dbname);
    for (int i = 0; i < SM__TYPE_COUNT; i++)
        session->oids[i] = (uint32_t)sm__get_i32(result, 0, 2 + i);
    return SM_OK;
}

static enum sm_status setup_take(void *context, const struct sm__item *item, PGresult *result,
                                 struct sm_err *err)
{
    struct sm__session *session = context;

    if (item->what == WHOLE)
        return take_whole(session, result, err);
    if (item->what == TOPICS) {
        for (int i = 0; i < SM_TOPIC_COUNT; i++)
            session->topic_ids[i] = sm__get_i16(result, i, 0);
    }
    return SM_OK;
}

static const struct sm__script setup_script = { setup_next, setup_send, setup_take, NULL };

/* ---- connecting ---- */

/* A notice says nothing that a status does not; libpq's own default prints it. */
static void ignore_notice(void *context, const char *text)
{
    (void)context;
    (void)text;
}

static enum sm_status start(struct sm__session *session, struct sm_err *err)
{
    const struct sm_postgres_client *client = &session->options.client;
    /* Those before dbname can be changed by the connection string, those behind it cannot. A dead
     * peer is noticed within half a minute, also while we only wait. */
    const char *const keywords[] = { "keepalives_idle",  "keepalives_interval",
                                     "keepalives_count", "tcp_user_timeout",
                                     "dbname",           "application_name",
                                     "client_encoding",  NULL };
    const char *const values[] = {
        "10", "5", "3", "25000", client->conninfo, client->application_name, "UTF8", NULL
    };

    session->deadline_us = sm_monotonic_us() + (int64_t)client->connect_timeout_ms * 1000;
    session->conn = PQconnectStartParams(keywords, values, 1);
    if (session->conn == NULL)
        return sm_err_set(err, SM_RETRY, SM_FROM_OS, "out of memory for a PostgreSQL connection");
    (void)PQsetNoticeProcessor(session->conn, ignore_notice, NULL);
    /* While connecting this is the only way to see the SQLSTATE. */
    (void)PQsetErrorVerbosity(session->conn, PQERRORS_VERBOSE);
    session->phase = SM__SESSION_CONNECTING;
    session->events = POLLOUT;
    if (PQstatus(session->conn) == CONNECTION_BAD)
        return sm__session_lost(session, err);
    return SM_AGAIN;
}

static enum sm_status connecting(struct sm__session *session, struct sm_err *err)
{
    switch (PQconnectPoll(session->conn)) {
    case PGRES_POLLING_OK:
        break;
    case PGRES_POLLING_READING:
        session->events = POLLIN;
        return SM_AGAIN;
    case PGRES_POLLING_WRITING:
        session->events = POLLOUT;
        return SM_AGAIN;
    case PGRES_POLLING_FAILED:
    case PGRES_POLLING_ACTIVE:
    default:
        return sm__session_lost(session, err);
    }
    if (PQsetnonblocking(session->conn, 1) != 0)
        return sm__session_lost(session, err);
    sm__exchange_begin(&session->setup, session, &setup_script, session);
    session->phase = SM__SESSION_SETTING_UP;
    return SM_OK;
}

static enum sm_status setting_up(struct sm__session *session, struct sm_err *err)
{
    enum sm_status status = sm__exchange_step(&session->setup, session, err);

    if (status == SM_OK) {
        session->phase = SM__SESSION_READY;
        session->proven = true;
        return SM_OK;
    }
    if (status == SM_AGAIN)
        return SM_AGAIN;
    sm__session_close(session);
    /* Setting up writes no record, so nothing here is about one. */
    return status == SM_FATAL ? SM_FATAL : SM_RETRY;
}

enum sm_status sm__session_connect(struct sm__session *session, struct sm_err *err)
{
    enum sm_status status = SM_OK;

    if (session->phase == SM__SESSION_CLOSED)
        status = start(session, err);
    else if (session->phase != SM__SESSION_READY && sm_monotonic_us() >= session->deadline_us) {
        sm__session_close(session);
        return sm_err_set(err, SM_RETRY, SM_FROM_POSTGRES,
                          "PostgreSQL did not answer a new connection within %d ms",
                          session->options.client.connect_timeout_ms);
    }
    if (status == SM_OK && session->phase == SM__SESSION_CONNECTING)
        status = connecting(session, err);
    if (status == SM_OK && session->phase == SM__SESSION_SETTING_UP)
        status = setting_up(session, err);
    return status;
}
