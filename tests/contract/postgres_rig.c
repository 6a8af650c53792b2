#include "contract/postgres_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "postgres/migrate.h"

/* ---- the server ---- */

static bool run_stack(const struct postgres_rig *rig, const char *arguments, char *out, size_t size)
{
    char command[768];
    FILE *pipe;
    size_t read;

    (void)snprintf(command, sizeof(command), "%s/scripts/stack %s --dir %s 2>&1", SM_SOURCE_DIR,
                   arguments, rig->folder);
    pipe = popen(command, "r");
    if (pipe == NULL)
        abort();
    read = fread(out, 1, size - 1, pipe);
    out[read] = '\0';
    return pclose(pipe) == 0;
}

static void need_stack(const struct postgres_rig *rig, const char *arguments, char *out,
                       size_t size)
{
    if (run_stack(rig, arguments, out, size))
        return;
    (void)fprintf(stderr, "scripts/stack %s failed: %s\n", arguments, out);
    exit(EXIT_FAILURE);
}

void postgres_rig_stack(struct postgres_rig *rig, const char *command)
{
    char arguments[64], out[4096];

    (void)snprintf(arguments, sizeof(arguments), "%s postgres%s", command,
                   strcmp(command, "up") == 0 ? " --small" : "");
    need_stack(rig, arguments, out, sizeof(out));
}

static void find_server(struct postgres_rig *rig)
{
    char out[4096];
    const char *found;

    need_stack(rig, "env postgres", out, sizeof(out));
    found = strstr(out, "SECRETMAGIC_DATABASE='");
    if (found == NULL || sscanf(found, "SECRETMAGIC_DATABASE='%191[^']'", rig->server) != 1)
        abort();
}

void postgres_rig_open(struct postgres_rig *rig)
{
    const char *server = getenv("SECRETMAGIC_TEST_SERVER"),
               *folder = getenv("SECRETMAGIC_TEST_POSTGRES");
    char out[4096];

    *rig = (struct postgres_rig){ 0 };
    if (server != NULL) {
        (void)snprintf(rig->server, sizeof(rig->server), "%s", server);
        return;
    }
    if (folder != NULL)
        (void)snprintf(rig->folder, sizeof(rig->folder), "%s", folder);
    if (folder == NULL || !run_stack(rig, "status postgres", out, sizeof(out))) {
        rig->ours = true;
        (void)snprintf(rig->folder, sizeof(rig->folder), "/tmp/secretmagic-test-postgres-%ld",
                       (long)getpid());
        postgres_rig_stack(rig, "up");
    }
    find_server(rig);
}

void postgres_rig_close(struct postgres_rig *rig)
{
    char out[4096];

    PQfinish(rig->admin);
    if (rig->ours)
        need_stack(rig, "destroy", out, sizeof(out));
}

/* ---- databases ---- */

static PGconn *connect_to(const char *conninfo)
{
    PGconn *conn = PQconnectdb(conninfo);

    if (PQstatus(conn) != CONNECTION_OK)
        fail_msg("%s", PQerrorMessage(conn));
    return conn;
}

static void run_on(PGconn *conn, const char *sql)
{
    PGresult *result = PQexec(conn, sql);
    ExecStatusType kind = PQresultStatus(result);

    if (kind != PGRES_COMMAND_OK && kind != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(conn));
    PQclear(result);
}

struct sm_postgres_client postgres_rig_client(const struct postgres_rig *rig)
{
    return (struct sm_postgres_client){ .conninfo = rig->conninfo, .application_name = "contract" };
}

void postgres_rig_switch(struct postgres_rig *rig, const char *database)
{
    PQfinish(rig->admin);
    (void)snprintf(rig->database, sizeof(rig->database), "%s", database);
    (void)snprintf(rig->conninfo, sizeof(rig->conninfo), "%s dbname=%s", rig->server,
                   rig->database);
    rig->admin = connect_to(rig->conninfo);
    postgres_rig_run(rig, "SET secretmagic.writer = 'projector'");
}

void postgres_rig_create(struct postgres_rig *rig, bool migrated)
{
    struct sm_postgres_client client = postgres_rig_client(rig);
    struct sm_migration_report report;
    struct sm_err err = { 0 };
    PGconn *server = connect_to(rig->server);
    char sql[128], name[sizeof(rig->database)];

    PQfinish(rig->admin);
    (void)snprintf(rig->database, sizeof(rig->database), "t_%ld_%u", (long)getpid(),
                   ++rig->databases);
    (void)snprintf(sql, sizeof(sql), "CREATE DATABASE %s", rig->database);
    run_on(server, sql);
    PQfinish(server);
    (void)snprintf(rig->conninfo, sizeof(rig->conninfo), "%s dbname=%s", rig->server,
                   rig->database);
    if (migrated && sm_postgres_migrate(&client, &report, &err) != SM_OK)
        fail_msg("%s", err.text);
    rig->admin = NULL;
    (void)snprintf(name, sizeof(name), "%s", rig->database);
    postgres_rig_switch(rig, name);
}

struct sm_store *postgres_rig_store(const struct postgres_rig *rig, const char *owner)
{
    const struct sm_postgres_store_options options = {
        .client = postgres_rig_client(rig),
        .owner = owner,
        .topics = { "test.config.events", "test.processing.events" },
    };
    struct sm_store *store = NULL;
    struct sm_err err = { 0 };

    if (sm_postgres_store_open(&options, &store, &err) != SM_OK)
        fail_msg("%s", err.text);
    return store;
}

void postgres_rig_wait(void *context, struct sm_store *store)
{
    struct pollfd wait = { .fd = -1 };
    struct timespec now;
    int64_t wake_us = 0, left_ms;

    (void)context;
    store->ops->wait(store, &wait, &wake_us);
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    left_ms = (wake_us - ((int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000)) / 1000;
    (void)poll(&wait, 1, left_ms < 0 ? 0 : left_ms > 10000 ? 10000 : (int)left_ms);
}

/* ---- SQL ---- */

void postgres_rig_run(struct postgres_rig *rig, const char *sql)
{
    run_on(rig->admin, sql);
}

const char *postgres_rig_ask(struct postgres_rig *rig, const char *sql)
{
    static char text[4096];
    PGresult *result = PQexec(rig->admin, sql);

    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(rig->admin));
    (void)snprintf(text, sizeof(text), "%s", PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    return text;
}

int64_t postgres_rig_count(struct postgres_rig *rig, const char *sql)
{
    return strtoll(postgres_rig_ask(rig, sql), NULL, 10);
}
