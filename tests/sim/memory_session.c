/* What the server does with one session's call, stage by stage. */
#include "sim/memory_priv.h"

int64_t memory__latency(struct memory_db *db)
{
    const struct memory_db_options *options = &db->options;
    int64_t latency =
        sim_random_between(&db->random, options->latency_min_us, options->latency_max_us);

    /* Now and then something takes much longer than everything else. */
    return options->latency_max_us != 0 && sim_random_chance(&db->random, 20) ? latency * 50
                                                                              : latency;
}

/* How long the call stays in the phase that it begins. */
static int64_t stage_us(struct memory_db *db, const struct memory_session *session,
                        enum memory_phase phase)
{
    int64_t us = memory__latency(db);

    for (size_t i = 0; i < MEMORY_HOLDS; i++) {
        const struct memory_hold *hold = &db->holds[i];

        if (hold->call == session->call_number && hold->phase == phase)
            us += hold->us;
    }
    return us;
}

struct memory_session *memory__session_open(struct memory_db *db, uint64_t store)
{
    struct memory_session *session = calloc(1, sizeof(*session));
    struct memory_session **end = &db->sessions;

    SM_ASSERT(session != NULL);
    session->number = ++db->session_numbers;
    session->store = store;
    session->due_us = INT64_MAX;
    while (*end != NULL)
        end = &(*end)->next;
    *end = session;
    return session;
}

static void close_session(struct memory_db *db, struct memory_session *session)
{
    struct memory_session **link = &db->sessions;

    memory__unlock(db, session);
    while (*link != session)
        link = &(*link)->next;
    *link = session->next;
    free(session);
}

static enum memory_fault draw_fault(struct memory_db *db, enum sm_store_call_kind kind)
{
    db->calls++;
    if (db->fail_call != 0)
        return db->calls == db->fail_call ? db->fail_fault : MEMORY_FAULT_NONE;
    if (sim_random_chance(&db->random, db->options.transient_permille))
        return MEMORY_FAULT_TRANSIENT;
    if (!sim_random_chance(&db->random, db->options.lost_permille))
        return MEMORY_FAULT_NONE;
    switch (sim_random_below(&db->random, kind == SM_STORE_COMMIT ? 3 : 2)) {
    case 0:
        return MEMORY_FAULT_LOST_BEFORE;
    case 1:
        return MEMORY_FAULT_LOST_AFTER;
    default:
        return MEMORY_FAULT_LOST_DURING;
    }
}

void memory__session_begin(struct memory_db *db, struct memory_session *session,
                           const struct sm_store_call *call)
{
    session->call = call;
    session->fault = draw_fault(db, call->kind);
    session->call_number = db->calls;
    session->phase = MEMORY_REQUESTED;
    session->due_us = db->clock->now_us + stage_us(db, session, MEMORY_REQUESTED);
    session->status = SM_AGAIN;
}

static void answer(struct memory_db *db, struct memory_session *session, enum sm_status status)
{
    memory__unlock(db, session);
    if (session->orphaned) {
        close_session(db, session);
        return;
    }
    session->phase = MEMORY_ANSWERED;
    session->status = status;
    session->due_us = INT64_MAX;
    session->ready_us = db->clock->now_us + stage_us(db, session, MEMORY_ANSWERED);
    if (session->fault == MEMORY_FAULT_LOST_AFTER)
        memory__session_break(db, session);
}

void memory__session_break(struct memory_db *db, struct memory_session *session)
{
    memory__unlock(db, session);
    session->broken = true;
    if (session->orphaned || session->phase == MEMORY_IDLE)
        return;
    session->phase = MEMORY_ANSWERED;
    session->due_us = INT64_MAX;
    session->ready_us = db->clock->now_us;
    session->status = sm_err_set(&session->err, SM_RETRY, SM_FROM_POSTGRES,
                                 "the connection with the memory database broke");
}

void memory__session_leave(struct memory_db *db, struct memory_session *session)
{
    session->call = NULL;
    session->orphaned = true;
    switch (session->phase) {
    case MEMORY_SENT:
        return; /* the old backend may still be committing */
    case MEMORY_LOCKING:
    case MEMORY_GRANTED:
        session->phase = MEMORY_DOOMED;
        session->due_us = db->clock->now_us + memory__latency(db) * 4;
        return;
    case MEMORY_IDLE:
    case MEMORY_REQUESTED:
    case MEMORY_ANSWERED:
    case MEMORY_DOOMED:
        close_session(db, session);
        return;
    }
}

/* ---- the stages ---- */

static size_t wanted_positions(const struct memory_session *session, struct sm_partition_id *ids)
{
    const struct sm_store_call *call = session->call;
    size_t count =
        call->kind == SM_STORE_COMMIT ? call->unit->partition_count : call->take_over.count;

    SM_ASSERT(count <= MEMORY_PARTITIONS_MAX);
    for (size_t i = 0; i < count; i++)
        ids[i] = call->kind == SM_STORE_COMMIT ? call->unit->partitions[i].id
                                               : call->take_over.list[i].id;
    return count;
}

static void wait_for_locks(struct memory_db *db, struct memory_session *session)
{
    bool patient = session->call->kind == SM_STORE_COMMIT;

    if (session->phase != MEMORY_LOCKING)
        session->locking_since_us = db->clock->now_us;
    session->phase = MEMORY_LOCKING;
    session->due_us = patient ? INT64_MAX : session->locking_since_us + db->options.lock_timeout_us;
}

static void run_take_over(struct memory_db *db, struct memory_session *session)
{
    struct sm_partition_id ids[MEMORY_PARTITIONS_MAX];
    size_t count = wanted_positions(session, ids);

    if (session->phase == MEMORY_LOCKING &&
        db->clock->now_us >= session->locking_since_us + db->options.lock_timeout_us)
        memory__terminate_holders(db, session, ids, count);
    if (!memory__lock_positions(db, session, ids, count)) {
        wait_for_locks(db, session);
        if (session->due_us <= db->clock->now_us) /* a COMMIT under way cannot be ended */
            session->due_us = INT64_MAX;
        return;
    }
    memory__take_over(db, session);
    answer(db, session, SM_OK);
}

static void run_commit(struct memory_db *db, struct memory_session *session)
{
    const struct sm_unit *unit = session->call->unit;
    struct sm_partition_id ids[MEMORY_PARTITIONS_MAX];
    enum sm_status status;

    if (session->held_count == 0) {
        if (!memory__lock_positions(db, session, ids, wanted_positions(session, ids))) {
            wait_for_locks(db, session);
            return;
        }
        status = memory__check_positions(db, unit, &session->err);
        if (status != SM_OK) {
            answer(db, session, status);
            return;
        }
    }
    if (!memory__lock_buckets(db, session, unit->buckets_shared, unit->buckets_exclusive)) {
        wait_for_locks(db, session);
        return;
    }
    status = memory__check_generations(db, unit, &session->err);
    if (status != SM_OK) {
        answer(db, session, status);
        return;
    }
    session->phase = MEMORY_GRANTED;
    session->ready_us = db->clock->now_us + stage_us(db, session, MEMORY_GRANTED);
    session->due_us = session->ready_us + db->options.idle_timeout_us;
}

static void run_sent(struct memory_db *db, struct memory_session *session)
{
    enum sm_status status;

    if (session->fault == MEMORY_FAULT_LOST_DURING && sim_random_chance(&db->random, 500))
        status = SM_RETRY; /* the server noticed in time and undid it */
    else
        status = memory__commit(db, session);
    answer(db, session, status);
}

static enum sm_status stop(struct memory_db *db, struct memory_session *session)
{
    const struct sm_stop *stop = session->call->stop;
    struct memory_position *position = memory_rows_position(&db->rows, stop->id);

    if (position == NULL || position->epoch != stop->epoch)
        return sm_err_set(&session->err, SM_FENCED, SM_FROM_POSTGRES,
                          "the partition to be stopped has another owner");
    if (stop->kind == SM_STOP_FOR_GOOD)
        position->stopped_reason = sim_heap_keep(&db->heap, sm_slice_of(stop->reason));
    position->waits_reason = stop->kind == SM_STOP_WAITS
                                 ? sim_heap_keep(&db->heap, sm_slice_of(stop->reason))
                                 : SM_SLICE_NONE;
    if (stop->kind == SM_STOP_LEFT && position->claimed_offset == position->next_offset)
        position->claims--;
    return SM_OK;
}

static void run_requested(struct memory_db *db, struct memory_session *session)
{
    enum sm_status status = SM_OK;

    if (session->fault == MEMORY_FAULT_LOST_BEFORE && session->call->kind != SM_STORE_COMMIT) {
        memory__session_break(db, session);
        return;
    }
    switch (session->call->kind) {
    case SM_STORE_TAKE_OVER:
        run_take_over(db, session);
        return;
    case SM_STORE_COMMIT:
        run_commit(db, session);
        return;
    case SM_STORE_LOAD:
        status = memory__load(db, session->call->load, &session->err);
        break;
    case SM_STORE_STOP:
        status = stop(db, session);
        break;
    case SM_STORE_WATCH:
        memory__watch(db, session->call->watch);
        break;
    case SM_STORE_WAITING:
        status = memory__waiting(db, session->call->waiting, &session->err);
        break;
    case SM_STORE_TRIM:
        memory__trim(db, session->call->trim);
        break;
    case SM_STORE_TRIAL:
        status = memory__trial(db, session->call->trial, &session->err);
        break;
    }
    answer(db, session, status);
}

void memory__session_run(struct memory_db *db, struct memory_session *session)
{
    switch (session->phase) {
    case MEMORY_REQUESTED:
        if (session->fault == MEMORY_FAULT_TRANSIENT) {
            sm_err_set(&session->err, SM_RETRY, SM_FROM_POSTGRES, "deadlock detected");
            answer(db, session, SM_RETRY);
            return;
        }
        run_requested(db, session);
        return;
    case MEMORY_LOCKING:
        if (session->call->kind == SM_STORE_COMMIT)
            run_commit(db, session);
        else
            run_take_over(db, session);
        return;
    case MEMORY_GRANTED: /* idle in transaction for too long */
        memory__session_break(db, session);
        return;
    case MEMORY_SENT:
        run_sent(db, session);
        return;
    case MEMORY_DOOMED:
        close_session(db, session);
        return;
    case MEMORY_IDLE:
    case MEMORY_ANSWERED:
        session->due_us = INT64_MAX;
        return;
    }
}

void memory__session_send(struct memory_db *db, struct memory_session *session)
{
    if (session->fault == MEMORY_FAULT_LOST_BEFORE) {
        memory__session_break(db, session);
        return;
    }
    session->unit = memory__unit_keep(db, session->call->unit);
    session->phase = MEMORY_SENT;
    session->due_us = db->clock->now_us + stage_us(db, session, MEMORY_SENT);
    if (session->fault == MEMORY_FAULT_LOST_DURING)
        session->due_us += sim_random_between(&db->random, 0, 200) * db->options.latency_max_us;
}
