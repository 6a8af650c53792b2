/* The store suite on a private PostgreSQL. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "contract/postgres_rig.h"
#include "contract/store_suite.h"
#include "postgres/log.h"
#include "postgres/outbox.h"

static void reset(void *context)
{
    postgres_rig_create(context, true);
}

static struct sm_store *open_store(void *context, const char *owner)
{
    return postgres_rig_store(context, owner);
}

static struct sm_outbox *open_outbox(void *context, const char *owner)
{
    const struct sm_postgres_outbox_options options = {
        .client = postgres_rig_client(context), .owner = owner, .topic = "test.tenant.commands"};
    struct sm_outbox *outbox = NULL;
    struct sm_err err = {0};

    if (sm_postgres_outbox_open(&options, &outbox, &err) != SM_OK)
        fail_msg("%s", err.text);
    return outbox;
}

static struct sm_log *open_log(void *context)
{
    struct sm_postgres_client client = postgres_rig_client(context);
    struct sm_log *log = NULL;
    struct sm_err err = {0};

    if (sm_postgres_log_open(&client, &log, &err) != SM_OK)
        fail_msg("%s", err.text);
    return log;
}

static void refuse(void *context)
{
    postgres_rig_run(context, "ALTER TABLE events ADD CHECK (source <> '" REFUSED_SOURCE "')");
}

static void cut(void *context)
{
    (void)postgres_rig_count(context,
                             "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
                             "WHERE datname = current_database() AND pid <> pg_backend_pid()");
}

int main(void)
{
    struct postgres_rig postgres;
    const struct store_rig rig = {&postgres, reset,             open_store, open_outbox,
                                  open_log,  postgres_rig_wait, refuse,     cut};
    int failed;

    postgres_rig_open(&postgres);
    failed = store_suite_run(&rig);
    postgres_rig_close(&postgres);
    return failed;
}
