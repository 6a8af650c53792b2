#ifndef SM_POSTGRES_SESSION_H
#define SM_POSTGRES_SESSION_H
/* One nonblocking connection that has been set up: settings, topics' numbers, prepared statements.
 *
 *   CLOSED ──connect──► CONNECTING ──► SETTING_UP ──► READY ──close──► CLOSED
 *             (any failure closes the session; the next connect starts anew) */
#include <libpq-fe.h>
#include <poll.h>

#include "base/clock.h"
#include "postgres/exchange.h"
#include "postgres/params.h"
#include "postgres/statements.h"
#include "postgres/store.h"

enum sm__session_phase {
    SM__SESSION_CLOSED,
    SM__SESSION_CONNECTING,
    SM__SESSION_SETTING_UP,
    SM__SESSION_READY
};

/* Our types, in the order in which session_whole.sql tells their identifiers. */
enum sm__type {
    SM__TYPE_KIND,
    SM__TYPE_EVENT_TYPE,
    SM__TYPE_CAUSE,
    SM__TYPE_PARKED_FOR,
    SM__TYPE_PARKED_STATE,
    SM__TYPE_UNIT_POSITION,
    SM__TYPE_UNIT_HEAD,
    SM__TYPE_UNIT_EVENT,
    SM__TYPE_UNIT_PARKED,
    SM__TYPE_UNIT_COMMAND,
    SM__TYPE_COUNT
};

struct sm__session {
    struct sm_postgres_store_options options; /* texts point into `texts`; times are filled in */
    char *texts; /* owned */
    PGconn *conn; /* NULL when closed */
    enum sm__session_phase phase;
    bool proven; /* has been READY before */
    short events; /* what poll should wait for */
    int64_t deadline_us; /* monotonic: the connection's or the call's */
    uint32_t oids[SM__TYPE_COUNT]; /* of our types, in this database */
    int16_t topic_ids[SM_TOPIC_COUNT];
    struct sm__params params; /* of the statement being sent */
    struct sm__exchange setup;
};

/* SM_OK; SM_FATAL: see sm_postgres_store_open. */
enum sm_status sm__session_init(struct sm__session *session,
                                const struct sm_postgres_store_options *options,
                                struct sm_err *err);
void sm__session_deinit(struct sm__session *session);

/* Moves on towards READY from any phase. SM_OK: is READY; SM_AGAIN; SM_RETRY; SM_FATAL (both leave
 * it CLOSED). */
enum sm_status sm__session_connect(struct sm__session *session, struct sm_err *err);
/* Ends it without waiting for anybody. */
void sm__session_close(struct sm__session *session);
/* The connection broke: closes it and returns the status, with `err` filled. */
enum sm_status sm__session_lost(struct sm__session *session, struct sm_err *err);

/* Sends a prepared statement with session->params; false: call sm__session_lost. */
bool sm__session_send(struct sm__session *session, enum sm__statement statement);

#endif
