/* The wire's half that is PostgreSQL: migrations, stores, the log. */
#include "cli/wire_priv.h"
#include "postgres/checks.h"
#include "postgres/log.h"
#include "postgres/migrate.h"
#include "postgres/outbox.h"
#include "postgres/outbox_view.h"
#include "postgres/parked_inspect.h"
#include "postgres/repair.h"
#include "postgres/schema.h"
#include "postgres/store.h"

const struct sm_postgres_client *sm__wire_database(const struct sm__wire *wire)
{
    return &wire->postgres;
}

enum sm_status sm__wire_migrate(struct sm__wire *wire, struct sm_migration_report *out,
                                struct sm_err *err)
{
    return sm_postgres_migrate(&wire->postgres, out, err);
}

enum sm_status sm__wire_schema(struct sm__wire *wire, struct sm_postgres_schema *out,
                               struct sm_err *err)
{
    return sm_postgres_schema_view(&wire->postgres, out, err);
}

enum sm_status sm__wire_log(struct sm__wire *wire, struct sm_log **out, struct sm_err *err)
{
    return sm_postgres_log_open(&wire->postgres, out, err);
}

enum sm_status sm__wire_repair(struct sm__wire *wire, struct sm_repair **out, struct sm_err *err)
{
    return sm_postgres_repair_open(&wire->postgres, out, err);
}

enum sm_status sm__wire_checks(struct sm__wire *wire, const struct sm_postgres_check_sink *sink,
                               struct sm_err *err)
{
    return sm_postgres_checks_run(&wire->postgres, sink, err);
}

enum sm_status sm__wire_parked_list(struct sm__wire *wire, const struct sm_parked_filter *filter,
                                    const struct sm_parked_sink *sink, struct sm_err *err)
{
    return sm_postgres_parked_list(&wire->postgres, filter, sink, err);
}

enum sm_status sm__wire_parked_show(struct sm__wire *wire, int64_t id,
                                    const struct sm_parked_sink *sink, struct sm_err *err)
{
    return sm_postgres_parked_show(&wire->postgres, id, sink, err);
}

enum sm_status sm__wire_parked_waiting(struct sm__wire *wire,
                                       const struct sm_parked_waiting_sink *sink,
                                       struct sm_err *err)
{
    return sm_postgres_parked_waiting(&wire->postgres, sink, err);
}

enum sm_status sm__wire_store(struct sm__wire *wire, struct sm_store **out, struct sm_err *err)
{
    const struct sm_postgres_store_options options = {
        .client = wire->postgres,
        .owner = wire->owner,
        .topics = {wire->topics[0], wire->topics[1]},
    };

    return sm_postgres_store_open(&options, out, err);
}

enum sm_status sm__wire_outbox(struct sm__wire *wire, struct sm_outbox **out, struct sm_err *err)
{
    const struct sm_postgres_outbox_options options = {
        .client = wire->postgres,
        .owner = wire->owner,
        .topic = wire->topics[SM__WIRE_COMMANDS],
    };

    return sm_postgres_outbox_open(&options, out, err);
}

enum sm_status sm__wire_outbox_view(struct sm__wire *wire, struct sm_postgres_outbox_view *out,
                                    struct sm_err *err)
{
    return sm_postgres_outbox_view(&wire->postgres, out, err);
}
