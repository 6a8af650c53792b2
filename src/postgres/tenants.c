/* Looks into tenants for `tenants` (sql/queries/tenants_*.sql). */
#include "postgres/tenants.h"

#include "postgres/blocking.h"
#include "postgres/get.h"
#include "postgres/statements.h"

/* Runs a query on a connection of its own; `tell` is asked for each row. */
static enum sm_status ask(const struct sm_postgres_client *client, const char *name,
                          const struct sm__blocking_values *values,
                          void (*tell)(const PGresult *result, int row,
                                       const struct sm_tenants_sink *sink),
                          const struct sm_tenants_sink *sink, struct sm_err *err)
{
    PGconn *conn = NULL;
    PGresult *result = NULL;
    enum sm_status status = sm__blocking_open(client, &conn, err);

    if (status == SM_OK)
        status = sm__blocking_ask(conn, sm__query_text(name), values, &result, err);
    for (int row = 0; status == SM_OK && row < PQntuples(result); row++)
        tell(result, row, sink);
    PQclear(result);
    PQfinish(conn);
    return status;
}

static struct sm_uuid id_of(const PGresult *result, int row, int column)
{
    struct sm_uuid id = SM_UUID_NIL;

    if (!sm__get_null(result, row, column))
        sm__get_uuid(result, row, column, &id);
    return id;
}

static void tell_tenant(const PGresult *result, int row, const struct sm_tenants_sink *sink)
{
    const struct sm_tenant_view view = {
        .client_id = id_of(result, row, 0),
        .organization_id = sm__view_slice(result, row, 1),
        .name = sm__view_slice(result, row, 2),
        .status = sm__view_slice(result, row, 3),
        .state = sm__view_slice(result, row, 4),
        .storage = sm__view_slice(result, row, 5),
        .saga = sm__view_slice(result, row, 6),
        .step = sm__view_slice(result, row, 7),
        .waits_for = sm__view_slice(result, row, 8),
        .requested_mode = sm__view_slice(result, row, 9),
        .actual_mode = sm__view_slice(result, row, 10),
        .source_mode = sm__view_slice(result, row, 11),
        .target_mode = sm__view_slice(result, row, 12),
        .attempt = sm__get_i32(result, row, 13),
        .held = sm__get_bool(result, row, 14),
        .frozen = sm__get_bool(result, row, 15),
        .since = sm__get_time(result, row, 16),
        .reason = sm__view_slice(result, row, 17),
        .command_id = id_of(result, row, 18),
        .acknowledged_at = sm__get_time(result, row, 19),
        .acks_ignored = sm__get_i64(result, row, 20),
        .age_us = sm__get_i64(result, row, 21),
        .command_age_us = sm__get_i64(result, row, 22),
        .commands = sm__get_i64(result, row, 23),
        .pending = sm__get_i64(result, row, 24),
    };

    sink->tenant(sink->context, &view);
}

enum sm_status sm_postgres_tenants_list(const struct sm_postgres_client *client,
                                        const struct sm_tenants_filter *filter,
                                        const struct sm_tenants_sink *sink, struct sm_err *err)
{
    char id[SM_UUID_TEXT_SIZE + 1];
    const char *const texts[] = { filter->client_id != NULL ? id : NULL, filter->organization_id,
                                  filter->state };
    const struct sm__blocking_values values = { texts, SM_ARRAY_COUNT(texts) };

    if (filter->client_id != NULL)
        sm_uuid_format(filter->client_id, id);
    return ask(client, "tenants_list", &values, tell_tenant, sink, err);
}

static void tell_event(const PGresult *result, int row, const struct sm_tenants_sink *sink)
{
    const struct sm_tenant_event_view view = {
        .version = sm__get_i32(result, row, 0),
        .event_id = id_of(result, row, 1),
        .type = sm__view_slice(result, row, 2),
        .created_at = sm__get_time(result, row, 3),
        .actor = sm__view_slice(result, row, 4),
        .data = sm__view_slice(result, row, 5),
    };

    sink->event(sink->context, &view);
}

enum sm_status sm_postgres_tenants_events(const struct sm_postgres_client *client,
                                          const struct sm_uuid *client_id,
                                          const struct sm_tenants_sink *sink, struct sm_err *err)
{
    char id[SM_UUID_TEXT_SIZE + 1];
    const char *const texts[] = { id };
    const struct sm__blocking_values values = { texts, SM_ARRAY_COUNT(texts) };

    sm_uuid_format(client_id, id);
    return ask(client, "tenants_events", &values, tell_event, sink, err);
}

static void tell_command(const PGresult *result, int row, const struct sm_tenants_sink *sink)
{
    bool published = !sm__get_null(result, row, 5);
    const struct sm_tenant_command_view view = {
        .client_id = id_of(result, row, 0),
        .command_id = id_of(result, row, 1),
        .sequence = sm__get_i64(result, row, 2),
        .event_id = id_of(result, row, 3),
        .created_at = sm__get_time(result, row, 4),
        .published_at = sm__get_time(result, row, 5),
        .partition = published ? sm__get_i32(result, row, 6) : -1,
        .offset = published ? sm__get_i64(result, row, 7) : -1,
        .differs = sm__get_bool(result, row, 8),
        .value = sm__view_slice(result, row, 9),
    };

    sink->command(sink->context, &view);
}

enum sm_status sm_postgres_tenants_commands(const struct sm_postgres_client *client,
                                            const struct sm_tenants_filter *filter,
                                            const struct sm_tenants_sink *sink, struct sm_err *err)
{
    char id[SM_UUID_TEXT_SIZE + 1];
    const char *const texts[] = { filter->client_id != NULL ? id : NULL,
                                  filter->organization_id };
    const struct sm__blocking_values values = { texts, SM_ARRAY_COUNT(texts) };

    if (filter->client_id != NULL)
        sm_uuid_format(filter->client_id, id);
    return ask(client, "tenants_commands", &values, tell_command, sink, err);
}
