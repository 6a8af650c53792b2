#ifndef SM_POSTGRES_MIGRATE_H
#define SM_POSTGRES_MIGRATE_H
/* Brings a database's schema to this program's: sql/init, then sql/migrations, in the order of
 * their numbers, each in one transaction, recorded with its SHA-256 in schema_migrations. Forward
 * only. Any number of instances may do it at once (one does, the others wait). Blocking. */
#include "postgres/client.h"

#define SM_MIGRATIONS_MAX 64

struct sm_migration_report {
    int version;                            /* of the schema, after */
    size_t applied_count;                   /* now */
    const char *applied[SM_MIGRATIONS_MAX]; /* names, "001_schema"; static */
};

/* SM_OK: the schema is this program's.
 * SM_RETRY: the database cannot be reached, or a restore of a dump is under way.
 * SM_FATAL: a file that was applied has changed, the schema is newer than this program, or the role
 * may not do it. What was applied before the failure is in *out. */
SM_MUST_CHECK enum sm_status sm_postgres_migrate(const struct sm_postgres_client *client,
                                                 struct sm_migration_report *out,
                                                 struct sm_err *err);
#endif
