#ifndef SM_POSTGRES_SCHEMA_H
#define SM_POSTGRES_SCHEMA_H
/* Which schema a database has, without changing it: for `status`. Blocking. */
#include "postgres/client.h"

#define SM_SERVER_VERSION_SIZE 64

struct sm_postgres_schema {
    int version; /* of the last migration that was applied; 0: there is no schema of ours */
    char server_version[SM_SERVER_VERSION_SIZE]; /* "18.1" */
};
/* SM_OK; SM_RETRY: the database cannot be reached; SM_FATAL: not permitted. */
SM_MUST_CHECK enum sm_status sm_postgres_schema_view(const struct sm_postgres_client *client,
                                                     struct sm_postgres_schema *out,
                                                     struct sm_err *err);
/* The version that this program brings. */
int sm_postgres_schema_wanted(void);
#endif
