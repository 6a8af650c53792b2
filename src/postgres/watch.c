/* WATCH, TRIM and TRIAL: one statement each (sql/queries/watch.sql, trim.sql, trial.sql). */
#include <stdlib.h>

#include "postgres/get.h"
#include "postgres/log_rows.h"
#include "postgres/store_priv.h"

static const struct sm__store *self(const void *context)
{
    return context;
}

static bool once(struct sm__cursor *cursor, struct sm__item *item, enum sm__statement statement)
{
    if (cursor->at++ != 0)
        return false;
    *item = (struct sm__item){ .what = (int)statement };
    return true;
}

/* ---- watch ---- */

static bool watch_next(void *context, struct sm__cursor *cursor, struct sm__item *item)
{
    (void)context;
    return once(cursor, item, SM__SQL_WATCH);
}

static bool watch_send(void *context, struct sm__session *session, const struct sm__item *item)
{
    static const uint32_t oids[] = { SM__OID_INT2, SM__OID_INT4, SM__OID_INT8, SM__OID_INT8 };
    const struct sm_watch *watch = self(context)->call.watch;

    for (size_t i = 0; i < watch->count; i++) {
        const struct sm_watch_position *position = &watch->positions[i];
        struct sm__out *out = sm__params_row(&session->params);

        sm__field_i16(out, session->topic_ids[position->id.topic]);
        sm__field_i32(out, position->id.partition);
        sm__field_i64(out, position->epoch);
        sm__field_i64(out, position->next_offset);
    }
    sm__params_columns(&session->params, oids, SM_ARRAY_COUNT(oids));
    sm__field_i64(sm__params_scalar(&session->params), SM_DUE_MAX);
    return sm__session_send(session, (enum sm__statement)item->what);
}

static bool find_topic(const struct sm__session *session, int16_t topic_id, enum sm_topic *out)
{
    for (int topic = 0; topic < SM_TOPIC_COUNT; topic++) {
        if (session->topic_ids[topic] == topic_id) {
            *out = (enum sm_topic)topic;
            return true;
        }
    }
    return false;
}

enum { MOVED, TOPIC_ID, PARTITION_ID, CAUSE, CLIENT_ID, STAMP };

/* False: nothing is due, or a kind of request that this version does not know. */
static bool read_due(const struct sm__session *session, const PGresult *result, int row,
                     struct sm_due *due)
{
    *due = (struct sm_due){ .cause = SM_CAUSE_RELEASED };
    if (sm__get_null(result, row, TOPIC_ID) ||
        !find_topic(session, sm__get_i16(result, row, TOPIC_ID), &due->partition.topic) ||
        !sm__find_cause(sm__view_slice(result, row, CAUSE), &due->cause))
        return false;
    due->partition.partition = sm__get_i32(result, row, PARTITION_ID);
    due->stamp = sm__get_i64(result, row, STAMP);
    if (!sm__get_null(result, row, CLIENT_ID))
        sm__get_uuid(result, row, CLIENT_ID, &due->client_id);
    return true;
}

static enum sm_status watch_take(void *context, const struct sm__item *item, PGresult *result,
                                 struct sm_err *err)
{
    struct sm_watch *watch = self(context)->call.watch;

    (void)item;
    (void)err;
    watch->moved = sm__get_bool(result, 0, MOVED);
    watch->due_count = 0;
    for (int row = 0; row < PQntuples(result) && watch->due_count < SM_DUE_MAX; row++)
        watch->due_count +=
            read_due(&self(context)->session, result, row, &watch->due[watch->due_count]);
    return SM_OK;
}

const struct sm__script sm__watch_script = { watch_next, watch_send, watch_take, NULL };

/* ---- trim ---- */

static bool trim_next(void *context, struct sm__cursor *cursor, struct sm__item *item)
{
    (void)context;
    return once(cursor, item, SM__SQL_TRIM);
}

static bool trim_send(void *context, struct sm__session *session, const struct sm__item *item)
{
    const struct sm_trim *trim = self(context)->call.trim;

    sm__field_time(sm__params_scalar(&session->params), trim->before_us);
    sm__field_i64(sm__params_scalar(&session->params), (int64_t)trim->count_max);
    return sm__session_send(session, (enum sm__statement)item->what);
}

static enum sm_status trim_take(void *context, const struct sm__item *item, PGresult *result,
                                struct sm_err *err)
{
    (void)item;
    (void)err;
    self(context)->call.trim->removed = (size_t)strtoull(PQcmdTuples(result), NULL, 10);
    return SM_OK;
}

const struct sm__script sm__trim_script = { trim_next, trim_send, trim_take, NULL };

/* ---- trial ---- */

static bool trial_next(void *context, struct sm__cursor *cursor, struct sm__item *item)
{
    (void)context;
    return once(cursor, item, SM__SQL_TRIAL);
}

static bool trial_send(void *context, struct sm__session *session, const struct sm__item *item)
{
    const struct sm_trial *trial = self(context)->call.trial;
    struct sm__params *params = &session->params;

    sm__field_i16(sm__params_scalar(params), session->topic_ids[trial->id.topic]);
    sm__field_i32(sm__params_scalar(params), trial->id.partition);
    sm__field_i64(sm__params_scalar(params), trial->epoch);
    sm__field_i64(sm__params_scalar(params), trial->offset);
    return sm__session_send(session, (enum sm__statement)item->what);
}

const struct sm__script sm__trial_script = { trial_next, trial_send, NULL, NULL };
