#ifndef SM_POSTGRES_EXCHANGE_H
#define SM_POSTGRES_EXCHANGE_H
/* A pipeline: statements sent without waiting, their results taken in the same order, one round
 * trip in all. What to send is made as there is room, so libpq's buffer stays about as large as the
 * largest statement however long the list is; and results are read while sending goes on, so that
 * neither side can wait for the other for ever. */
#include <libpq-fe.h>

#include "base/err.h"
#include "base/slice.h"

struct sm__session;

/* Where a list of statements has got to; its maker says what the numbers mean. Starts at zeros. */
struct sm__cursor {
    int stage;
    size_t at;
};
/* One statement: which, and for which part of the call's lists. */
struct sm__item {
    int what;
    size_t first;
    size_t count;
};
struct sm__script {
    /* The next statement; false when there are no more. Must say the same each time it is asked,
     * since one cursor runs ahead for sending and one behind for the results. */
    bool (*next)(void *context, struct sm__cursor *cursor, struct sm__item *item);
    /* Sends it by one PQsend…; false when libpq or memory fails. */
    bool (*send)(void *context, struct sm__session *session, const struct sm__item *item);
    /* Reads a good result. NULL: nothing to read in any. */
    enum sm_status (*take)(void *context, const struct sm__item *item, PGresult *result,
                           struct sm_err *err);
    /* Judges a failure once more, knowing which statement it was (NULL: the end of the
     * transaction). NULL: nothing to add. */
    enum sm_status (*judge)(const struct sm__item *item, enum sm_status status);
};

struct sm__exchange {
    const struct sm__script *script;
    void *context;
    struct sm__cursor sent;
    struct sm__cursor taken;
    size_t unflushed; /* bytes of parameters given to libpq since it last flushed */
    bool all_sent;
    bool all_taken;
    enum sm_status status; /* SM_OK, or the first failure */
    struct sm_err err; /* of that failure */
};

void sm__exchange_begin(struct sm__exchange *exchange, struct sm__session *session,
                        const struct sm__script *script, void *context);
/* SM_AGAIN; SM_OK; or the first failure, with the session idle again or (transaction opened by an
 * explicit BEGIN) inside a failed transaction, or closed if the connection broke. */
enum sm_status sm__exchange_step(struct sm__exchange *exchange, struct sm__session *session,
                                 struct sm_err *err);
#endif
