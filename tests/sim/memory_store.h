#ifndef MEMORY_STORE_H
#define MEMORY_STORE_H
/* ports/store.h on a memory database, and ports/log.h on the same rows. */
#include "sim/memory_db.h"

/* One session of its own. Never fails; the caller closes it. */
struct sm_store *memory_store_open(struct memory_db *db);
/* How far the server is with the store's COMMIT; MEMORY_IDLE when none is under way. */
enum memory_phase memory_store_commit_phase(const struct sm_store *store);
/* A call has taken effect, and the client has not asked for the answer yet. */
bool memory_store_has_answer(const struct sm_store *store);
/* The log of the rows as they are now; close it before they change. */
struct sm_log *memory_log_open(struct memory_db *db);
#endif
