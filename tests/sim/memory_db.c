/* The memory database as the simulator sees it: made, moved on, taken down, restored. */
#include "sim/memory_priv.h"

#include <stdarg.h>

void memory_db_init(struct memory_db *db, const struct memory_db_options *options,
                    struct sim_clock *clock, uint64_t seed)
{
    *db = (struct memory_db){.options = *options, .clock = clock, .incarnation = 1};
    sim_random_init(&db->random, seed, 'd');
}

void memory_db_deinit(struct memory_db *db)
{
    while (db->sessions != NULL) { /* only sessions whose clients are gone */
        struct memory_session *session = db->sessions;

        SM_ASSERT(session->orphaned);
        db->sessions = session->next;
        free(session);
    }
    memory_rows_free(&db->rows);
    sim_heap_free(&db->heap);
}

static struct memory_session *next_session(const struct memory_db *db)
{
    struct memory_session *best = NULL;

    for (struct memory_session *session = db->sessions; session != NULL; session = session->next) {
        if (session->due_us != INT64_MAX && (best == NULL || session->due_us < best->due_us))
            best = session;
    }
    return best;
}

void memory_db_advance(struct memory_db *db)
{
    for (;;) {
        struct memory_session *session = next_session(db);

        if (session == NULL || session->due_us > db->clock->now_us)
            return;
        memory__session_run(db, session);
    }
}

int64_t memory_db_next_us(const struct memory_db *db)
{
    const struct memory_session *session = next_session(db);

    return session != NULL ? session->due_us : INT64_MAX;
}

/* Ends every session. Returns with none left but those whose clients have yet to notice. */
static void end_sessions(struct memory_db *db)
{
    for (struct memory_session *session = db->sessions, *next; session != NULL; session = next) {
        next = session->next;
        if (session->orphaned) {
            session->phase = MEMORY_DOOMED;
            memory__session_run(db, session);
        } else {
            memory__session_break(db, session);
        }
    }
}

void memory_db_set_away(struct memory_db *db, bool away)
{
    /* A COMMIT under way takes effect or not: those whose turn came before the others do. */
    for (struct memory_session *session = db->sessions, *next; away && session != NULL;
         session = next) {
        next = session->next;
        if (session->phase == MEMORY_SENT && sim_random_chance(&db->random, 500))
            memory__session_run(db, session);
    }
    if (away)
        end_sessions(db);
    db->away = away;
}

void memory_db_restore(struct memory_db *db, const struct memory_rows *backup)
{
    end_sessions(db);
    memory_rows_free(&db->rows);
    memory_rows_copy(&db->rows, backup);
    db->incarnation++;
}

int64_t memory_db_mark(const struct memory_db *db, struct sm_partition_id id)
{
    for (size_t i = 0; i < db->mark_count; i++) {
        if (db->marks[i].id.topic == id.topic && db->marks[i].id.partition == id.partition)
            return db->marks[i].offset;
    }
    return 0;
}

void memory__raise_mark(struct memory_db *db, struct sm_partition_id id, int64_t offset)
{
    for (size_t i = 0; i < db->mark_count; i++) {
        struct memory_mark *mark = &db->marks[i];

        if (mark->id.topic != id.topic || mark->id.partition != id.partition)
            continue;
        if (mark->offset < offset)
            mark->offset = offset;
        return;
    }
    SM_ASSERT(db->mark_count < MEMORY_PARTITIONS_MAX);
    db->marks[db->mark_count++] = (struct memory_mark){id, offset};
}

bool memory_db_fail(struct memory_db *db, const char *law, const char *format, ...)
{
    va_list args;

    if (db->law != NULL)
        return false; /* the first one is the cause */
    db->law = law;
    va_start(args, format);
    vsnprintf(db->failure, sizeof(db->failure), format, args);
    va_end(args);
    return false;
}
