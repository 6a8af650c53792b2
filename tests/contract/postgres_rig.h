#ifndef SM_CONTRACT_POSTGRES_RIG_H
#define SM_CONTRACT_POSTGRES_RIG_H
/* A private PostgreSQL for a test program, databases of its own in it, and what tests do to them
 * behind the adapter's back, by libpq itself. */
#include <libpq-fe.h>

#include "postgres/store.h"

struct postgres_rig {
    char folder[256]; /* of scripts/stack */
    bool ours;        /* the folder is removed at the end */
    char server[192]; /* connection string without a database */
    char database[64];
    char conninfo[320]; /* of the database */
    unsigned databases; /* made so far */
    PGconn *admin;      /* the owner's session in the database; has declared itself the writer */
};

/* Uses the server that the connection string in SECRETMAGIC_TEST_SERVER names (another version of
 * PostgreSQL, say); or the stack in the folder that SECRETMAGIC_TEST_POSTGRES names, if one is up
 * there (ctest's fixture sees to it); else starts one. Ends the program if it cannot. */
void postgres_rig_open(struct postgres_rig *rig);
void postgres_rig_close(struct postgres_rig *rig);
/* "up", "down", "kill" of the server; only where it is ours. */
void postgres_rig_stack(struct postgres_rig *rig, const char *command);

/* A new database with our schema, or without. */
void postgres_rig_create(struct postgres_rig *rig, bool migrated);
/* From now on the rig is another database of the server. */
void postgres_rig_switch(struct postgres_rig *rig, const char *database);
struct sm_postgres_client postgres_rig_client(const struct postgres_rig *rig);
/* A store whose session calls itself `owner`. */
struct sm_store *postgres_rig_store(const struct postgres_rig *rig, const char *owner);

/* Waits as the store asks; the context is a rig. */
void postgres_rig_wait(void *context, struct sm_store *store);

/* SQL by the owner's session, which has declared itself to be the program. */
void postgres_rig_run(struct postgres_rig *rig, const char *sql);
/* The first column of the first row as text, in a buffer that the next call uses again. */
const char *postgres_rig_ask(struct postgres_rig *rig, const char *sql);
int64_t postgres_rig_count(struct postgres_rig *rig, const char *sql);
#endif
