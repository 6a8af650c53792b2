#ifndef MEMORY_PRIV_H
#define MEMORY_PRIV_H
/* What the files of the memory database share. */
#include "sim/memory_db.h"

int64_t memory__latency(struct memory_db *db);
/* The partition is durable up to `offset`, maybe further than ever. */
void memory__raise_mark(struct memory_db *db, struct sm_partition_id id, int64_t offset);

/* memory_lock.c */
/* True if it has the rows (all or none of them). */
bool memory__lock_positions(struct memory_db *db, struct memory_session *session,
                            const struct sm_partition_id *ids, size_t count);
bool memory__lock_buckets(struct memory_db *db, struct memory_session *session, uint64_t shared,
                          uint64_t exclusive);
/* Gives everything back and wakes whoever waits. */
void memory__unlock(struct memory_db *db, struct memory_session *session);
/* Ends the sessions that hold one of the rows; not one whose COMMIT is under way. */
void memory__terminate_holders(struct memory_db *db, const struct memory_session *waiter,
                               const struct sm_partition_id *ids, size_t count);

/* memory_session.c */
struct memory_session *memory__session_open(struct memory_db *db, uint64_t store);
void memory__session_begin(struct memory_db *db, struct memory_session *session,
                           const struct sm_store_call *call);
/* GRANTED and told so: sends the rows and COMMIT. */
void memory__session_send(struct memory_db *db, struct memory_session *session);
/* The client hangs up. The session ends, at once or later. */
void memory__session_leave(struct memory_db *db, struct memory_session *session);
/* The server ends it; the client hears of it when it asks next. */
void memory__session_break(struct memory_db *db, struct memory_session *session);
void memory__session_run(struct memory_db *db, struct memory_session *session);

/* memory_takeover.c, memory_load.c */
void memory__take_over(struct memory_db *db, struct memory_session *session);
enum sm_status memory__load(struct memory_db *db, struct sm_load *load, struct sm_err *err);

/* memory_commit.c */
struct sm_unit *memory__unit_keep(struct memory_db *db, const struct sm_unit *unit);
/* The checks that come with the first statements of the transaction. */
enum sm_status memory__check_positions(struct memory_db *db, const struct sm_unit *unit,
                                       struct sm_err *err);
enum sm_status memory__check_generations(struct memory_db *db, const struct sm_unit *unit,
                                         struct sm_err *err);
/* Writes all of the session's unit or nothing. */
enum sm_status memory__commit(struct memory_db *db, struct memory_session *session);

/* memory_waiting.c */
/* False: the unit clashes with who waits by now; *kind and *what say how. */
bool memory__waiting_check(const struct memory_db *db, const struct sm_unit *unit,
                           enum sm_conflict *kind, const char **what);
void memory__waiting_write(struct memory_db *db, const struct sm_unit *unit);
/* memory_erase.c: after all else of the unit. */
void memory__erase(struct memory_db *db, const struct sm_event *erasure);

/* memory_requests.c */
/* The partition's request that stands longest. */
bool memory__request_due(const struct memory_db *db, struct sm_partition_id partition,
                         struct sm_due *out, int64_t *id);
void memory__requests_hand_out(struct memory_db *db, struct sm_waiting *waiting,
                               struct sm_waiting_event *events);
bool memory__requests_check(const struct memory_db *db, const struct sm_unit *unit);
void memory__requests_write(struct memory_db *db, const struct sm_unit *unit);

void memory__watch(struct memory_db *db, struct sm_watch *watch);
enum sm_status memory__waiting(struct memory_db *db, struct sm_waiting *waiting,
                               struct sm_err *err);
void memory__trim(struct memory_db *db, struct sm_trim *trim);
enum sm_status memory__trial(struct memory_db *db, const struct sm_trial *trial,
                             struct sm_err *err);

/* memory_audit.c */
bool memory__audit_unit(struct memory_db *db, const struct memory_session *session);
bool memory__audit_commands(struct memory_db *db);

/* memory_unit.c */
struct sm_header *memory__headers_keep(struct sim_heap *heap, const struct sm_header *from,
                                       size_t count);

/* memory_outbox.c */
/* The server's own copy of the unit's commands. */
void memory__commands_keep(struct memory_db *db, struct sm_unit *unit);
/* False: no relay has scanned the topic since the database is what it is. */
bool memory__commands_allowed(const struct memory_db *db, const struct sm_unit *unit);
/* False and why not: an id or a sequence is in the outbox. */
bool memory__commands_check(const struct memory_db *db, const struct sm_unit *unit,
                            const char **what);
void memory__commands_write(struct memory_db *db, const struct sm_unit *unit);
bool memory__load_outbox(const struct memory_db *db, struct sm_arena *arena,
                         struct sm_outbox_wanted *wanted);
#endif
