/* TAKE_OVER and its way past a frozen owner, and STOP: sql/queries/take_over*.sql, stop.sql. */
#include "postgres/get.h"
#include "postgres/store_priv.h"

/* Scripts of a fixed list of statements. */
static bool next_of(struct sm__cursor *cursor, struct sm__item *item,
                    const enum sm__statement *list, size_t count)
{
    if (cursor->at >= count)
        return false;
    *item = (struct sm__item){ .what = (int)list[cursor->at++] };
    return true;
}

/* ---- take-over ---- */

/* What lies below the first position is lost; the digest of the ledger row that says so. */
static void digest_of_lost(const struct sm__store *store, const struct sm_takeover *wanted,
                           struct sm_digest *out)
{
    static const struct sm_digest none;
    const struct sm_ledger_row row = { .topic_id = store->session.topic_ids[wanted->id.topic],
                                       .partition = wanted->id.partition,
                                       .seq = 1,
                                       .cause = SM_CAUSE_LIVE,
                                       .next_offset = wanted->low,
                                       .recorded_at = store->recorded_at,
                                       .lost = { 0, wanted->low } };
    struct sm_sha256 hash;

    *out = none;
    if (wanted->mode != SM_TAKEOVER_CREATE || wanted->low <= 0)
        return;
    sm_digest_begin_ledger(&hash, &none, &row);
    sm_sha256_end(&hash, out);
}

void sm__take_over_prepare(struct sm__store *store)
{
    store->recorded_at = sm_wall_us();
}

static bool take_over_next(void *context, struct sm__cursor *cursor, struct sm__item *item)
{
    static const enum sm__statement list[] = { SM__SQL_TAKE_OVER_BEGIN, SM__SQL_TAKE_OVER_LOCK,
                                               SM__SQL_TAKE_OVER };

    (void)context;
    return next_of(cursor, item, list, SM_ARRAY_COUNT(list));
}

/* The call's partitions; with how they are wanted, or by name alone. */
static void put_partitions(struct sm__store *store, struct sm__params *params, bool with_wishes)
{
    static const uint32_t oids[] = { SM__OID_INT2, SM__OID_INT4, SM__OID_INT2,
                                     SM__OID_INT8, SM__OID_INT8, SM__OID_BYTEA };
    struct sm_digest digest;

    for (size_t i = 0; i < store->call.take_over.count; i++) {
        const struct sm_takeover *wanted = &store->call.take_over.list[i];
        struct sm__out *out = sm__params_row(params);

        sm__field_i16(out, store->session.topic_ids[wanted->id.topic]);
        sm__field_i32(out, wanted->id.partition);
        if (!with_wishes)
            continue;
        digest_of_lost(store, wanted, &digest);
        sm__field_i16(out, (int16_t)wanted->mode);
        sm__field_i64(out, wanted->epoch);
        sm__field_i64(out, wanted->low);
        sm__field_bytes(out, digest.bytes, SM_DIGEST_SIZE);
    }
    sm__params_columns(params, oids, with_wishes ? SM_ARRAY_COUNT(oids) : 2);
}

static void put_take_over(struct sm__store *store, struct sm__params *params)
{
    put_partitions(store, params, true);
    sm__field_text(sm__params_scalar(params), store->session.options.owner);
    sm__field_time(sm__params_scalar(params), store->recorded_at);
}

static void put_lock_timeout(const struct sm__store *store, struct sm__params *params)
{
    char text[16];

    (void)snprintf(text, sizeof(text), "%d",
                   store->session.options.client.take_over_lock_timeout_ms);
    sm__field_text(sm__params_scalar(params), text);
}

static bool take_over_send(void *context, struct sm__session *session, const struct sm__item *item)
{
    if (item->what == SM__SQL_TAKE_OVER_BEGIN)
        put_lock_timeout(context, &session->params);
    else if (item->what == SM__SQL_TAKE_OVER_LOCK)
        put_partitions(context, &session->params, false);
    else
        put_take_over(context, &session->params);
    return sm__session_send(session, (enum sm__statement)item->what);
}

enum {
    ORDINAL,
    TAKEN,
    EXISTS,
    TOPIC_ID,
    EPOCH,
    NEXT_OFFSET,
    SEQ,
    CHAIN,
    RECORDED_AT,
    ANCHOR_OFFSET,
    ANCHOR_DIGEST,
    CLAIMS,
    TRIALS,
    PROVEN_OFFSET,
    PROVEN_DIGEST,
    OWNED
};

static void read_taken(const PGresult *result, int row, struct sm_takeover *out)
{
    if (!sm__get_bool(result, row, TAKEN)) {
        out->outcome = sm__get_bool(result, row, EXISTS) ? SM_TAKEOVER_FENCED : SM_TAKEOVER_UNSEEN;
        out->unowned = sm__get_bool(result, row, OWNED);
        return;
    }
    out->outcome = SM_TAKEOVER_TAKEN;
    out->topic_id = sm__get_i16(result, row, TOPIC_ID);
    out->epoch = sm__get_i64(result, row, EPOCH);
    out->next_offset = sm__get_i64(result, row, NEXT_OFFSET);
    out->seq = sm__get_i64(result, row, SEQ);
    (void)sm__get_digest(result, row, CHAIN, &out->chain);
    out->recorded_at = sm__get_time(result, row, RECORDED_AT);
    out->anchor.offset = sm__get_i64(result, row, ANCHOR_OFFSET);
    (void)sm__get_digest(result, row, ANCHOR_DIGEST, &out->anchor.digest);
    out->claims = sm__get_i32(result, row, CLAIMS);
    out->trials = sm__get_i32(result, row, TRIALS);
    out->proven.offset = sm__get_i64(result, row, PROVEN_OFFSET);
    (void)sm__get_digest(result, row, PROVEN_DIGEST, &out->proven.digest);
}

static enum sm_status take_over_take(void *context, const struct sm__item *item, PGresult *result,
                                     struct sm_err *err)
{
    struct sm__store *store = context;

    (void)err;
    if (item->what != SM__SQL_TAKE_OVER)
        return SM_OK;
    SM_ASSERT((size_t)PQntuples(result) == store->call.take_over.count);
    for (int row = 0; row < PQntuples(result); row++)
        read_taken(result, row, &store->call.take_over.list[sm__get_i32(result, row, ORDINAL) - 1]);
    return SM_OK;
}

const struct sm__script sm__take_over_script = { take_over_next, take_over_send, take_over_take,
                                                 NULL };

/* ---- terminating the previous owner ---- */

static bool terminate_next(void *context, struct sm__cursor *cursor, struct sm__item *item)
{
    static const enum sm__statement list[] = { SM__SQL_TAKE_OVER_TERMINATE };

    (void)context;
    return next_of(cursor, item, list, SM_ARRAY_COUNT(list));
}

static bool terminate_send(void *context, struct sm__session *session, const struct sm__item *item)
{
    put_partitions(context, &session->params, false);
    return sm__session_send(session, (enum sm__statement)item->what);
}

const struct sm__script sm__terminate_script = { terminate_next, terminate_send, NULL, NULL };

/* ---- stop ---- */

static bool stop_next(void *context, struct sm__cursor *cursor, struct sm__item *item)
{
    static const enum sm__statement list[] = { SM__SQL_STOP };

    (void)context;
    return next_of(cursor, item, list, SM_ARRAY_COUNT(list));
}

static bool stop_send(void *context, struct sm__session *session, const struct sm__item *item)
{
    static const char *const words[] = { [SM_STOP_FOR_GOOD] = "stopped",
                                         [SM_STOP_WAITS] = "waits",
                                         [SM_STOP_OVER] = "over",
                                         [SM_STOP_LEFT] = "left" };
    const struct sm_stop *stop = ((const struct sm__store *)context)->call.stop;
    struct sm__params *params = &session->params;

    sm__field_i16(sm__params_scalar(params), session->topic_ids[stop->id.topic]);
    sm__field_i32(sm__params_scalar(params), stop->id.partition);
    sm__field_i64(sm__params_scalar(params), stop->epoch);
    sm__field_text(sm__params_scalar(params), words[stop->kind]);
    sm__field_text(sm__params_scalar(params), stop->kind < SM_STOP_OVER ? stop->reason : "");
    return sm__session_send(session, (enum sm__statement)item->what);
}

const struct sm__script sm__stop_script = { stop_next, stop_send, NULL, NULL };
