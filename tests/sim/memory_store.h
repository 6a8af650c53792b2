#ifndef MEMORY_STORE_H
#define MEMORY_STORE_H
/* ports/store.h on a memory database, and ports/log.h on the same rows. */
#include "sim/memory_db.h"

/* One session of its own. Never fails; the caller closes it. */
struct sm_store *memory_store_open(struct memory_db *db);
/* The log of the rows as they are now; close it before they change. */
struct sm_log *memory_log_open(struct memory_db *db);
#endif
