/* Applies what is missing of sql/init and sql/migrations. */
#include "postgres/migrate.h"

#include <stdlib.h>

#include "base/sha256.h"
#include "postgres/blocking.h"
#include "postgres/embedded.h"
#include "postgres/get.h"

/* "SMmi": the advisory lock that lets one instance at a time migrate. */
#define LOCK "1397583209"

static int number_of(const struct sm__embedded *file)
{
    return (int)strtol(file->name, NULL, 10);
}

static void checksum_of(const struct sm__embedded *file, struct sm_digest *out)
{
    struct sm_sha256 hash;

    sm_sha256_init(&hash);
    sm_sha256_add(&hash, file->text, file->size);
    sm_sha256_end(&hash, out);
}

/* What the database says of itself. */
struct found {
    bool table; /* schema_migrations is there */
    bool others; /* events is there */
};

static enum sm_status look(PGconn *conn, struct found *out, struct sm_err *err)
{
    PGresult *result = NULL;
    enum sm_status status =
        sm__blocking_query(conn,
                           "SELECT to_regclass('public.schema_migrations') IS NOT NULL,"
                           " to_regclass('public.events') IS NOT NULL",
                           &result, err);

    if (status != SM_OK)
        return status;
    out->table = sm__get_bool(result, 0, 0);
    out->others = sm__get_bool(result, 0, 1);
    PQclear(result);
    return SM_OK;
}

static const struct sm__embedded *find_file(int version)
{
    for (size_t i = 0; i < sm__sql_migrations_count; i++) {
        if (number_of(&sm__sql_migrations[i]) == version)
            return &sm__sql_migrations[i];
    }
    return NULL;
}

/* Compares one row of schema_migrations with the file of its number. */
static enum sm_status check_applied(int version, const struct sm_digest *checksum,
                                    struct sm_err *err)
{
    const struct sm__embedded *file = find_file(version);
    struct sm_digest ours;

    if (file == NULL)
        return sm_err_set(
            err, SM_FATAL, SM_FROM_POSTGRES,
            "the schema has migration %d and this program knows up to %d; hint: use a "
            "newer secretmagic",
            version, number_of(&sm__sql_migrations[sm__sql_migrations_count - 1]));
    checksum_of(file, &ours);
    if (!sm_digest_equal(&ours, checksum))
        return sm_err_set(
            err, SM_FATAL, SM_FROM_POSTGRES,
            "migration %s was applied with other content than this program has; hint: "
            "files that were released are never changed, use the secretmagic that "
            "applied it or a newer one",
            file->name);
    return SM_OK;
}

/* Reads schema_migrations; *last_out is the highest version there, 0 without the table. */
static enum sm_status check_all(PGconn *conn, int *last_out, struct sm_err *err)
{
    struct found found = { 0 };
    PGresult *result = NULL;
    struct sm_digest checksum;
    enum sm_status status = look(conn, &found, err);

    *last_out = 0;
    if (status != SM_OK || (!found.table && !found.others))
        return status;
    if (found.table)
        status = sm__blocking_query(
            conn, "SELECT version, checksum FROM schema_migrations ORDER BY version", &result, err);
    if (status != SM_OK)
        return status;
    if (!found.table || PQntuples(result) == 0)
        status = sm_err_set(err, SM_RETRY, SM_FROM_POSTGRES,
                            "the database has some of our tables but no record of migrations, a "
                            "restore seems to be under way; hint: let it finish, or give another "
                            "database");
    for (int row = 0; status == SM_OK && row < PQntuples(result); row++) {
        *last_out = sm__get_i32(result, row, 0);
        (void)sm__get_digest(result, row, 1, &checksum);
        status = check_applied(*last_out, &checksum, err);
    }
    PQclear(result);
    return status;
}

static enum sm_status record(PGconn *conn, const struct sm__embedded *file, struct sm_err *err)
{
    char hex[2 * SM_DIGEST_SIZE + 1], sql[320];
    struct sm_digest checksum;

    checksum_of(file, &checksum);
    sm_digest_format(&checksum, hex);
    (void)snprintf(sql, sizeof(sql),
                   "INSERT INTO schema_migrations (version, name, checksum)"
                   " VALUES (%d, '%.100s', '\\x%s')",
                   number_of(file), file->name, hex);
    return sm__blocking_run(conn, sql, err);
}

static enum sm_status apply(PGconn *conn, const struct sm__embedded *file, struct sm_err *err)
{
    enum sm_status status = sm__blocking_run(conn, "BEGIN", err);

    if (status == SM_OK)
        status = sm__blocking_run(conn, file->text, err);
    if (status == SM_OK)
        status = record(conn, file, err);
    if (status == SM_OK)
        status = sm__blocking_run(conn, "COMMIT", err);
    if (status == SM_OK)
        return SM_OK;
    sm_err_prefix(err, "migration %s", file->name);
    if (err != NULL && strcmp(err->sqlstate, "42501") == 0)
        return sm_err_set(
            err, SM_FATAL, SM_FROM_POSTGRES,
            "migration %s: the role may not create tables in schema public; hint: run "
            "secretmagic migrate as the owner of the database",
            file->name);
    return status;
}

enum sm_status sm_postgres_migrate(const struct sm_postgres_client *client,
                                   struct sm_migration_report *out, struct sm_err *err)
{
    PGconn *conn = NULL;
    enum sm_status status = sm__blocking_open(client, &conn, err);

    *out = (struct sm_migration_report){ 0 };
    if (status != SM_OK)
        return status;
    /* Of the session: it outlives the transactions, and ends with the connection if we die. */
    status = sm__blocking_run(conn, "SELECT pg_advisory_lock(" LOCK ")", err);
    if (status == SM_OK)
        status = check_all(conn, &out->version, err);
    for (size_t i = 0; status == SM_OK && i < sm__sql_migrations_count; i++) {
        const struct sm__embedded *file = &sm__sql_migrations[i];

        if (number_of(file) <= out->version)
            continue;
        status = apply(conn, file, err);
        if (status != SM_OK)
            break;
        out->version = number_of(file);
        out->applied[out->applied_count++] = file->name;
    }
    PQfinish(conn);
    return status;
}
