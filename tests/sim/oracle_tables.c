/* Clients and heads as they must be when the whole ledger has been walked. */
#include "sim/oracle_priv.h"

#include <inttypes.h>

static const char *compare_client(const struct oracle_client *expected, const struct sm_client *row)
{
    static const int statuses[] = {[SM_CLIENT_STATUS_ACTIVE] = SIM_STATUS_ACTIVE,
                                   [SM_CLIENT_STATUS_SUSPENDED] = SIM_STATUS_SUSPENDED,
                                   [SM_CLIENT_STATUS_ARCHIVED] = SIM_STATUS_ARCHIVED};
    static const int modes[] = {[SM_TENANT_PREFIXED_TABLES] = SIM_TENANT_PREFIXED,
                                [SM_TENANT_DEDICATED_DB] = SIM_TENANT_DEDICATED,
                                [SM_TENANT_SHARED] = SIM_TENANT_SHARED};

    if (statuses[row->status] != expected->status ||
        modes[row->tenant_mode] != expected->tenant_mode)
        return "status or tenant_mode";
    if (row->config_confirmed != expected->confirmed ||
        row->config_confirmed_at != expected->confirmed_at ||
        !oracle_same_number(row->config_confirmed_by, SIM_POOL_ACTOR, expected->confirmed_by))
        return "confirmation";
    if (!oracle_same_number(row->name, SIM_POOL_NAME, expected->name) ||
        !oracle_same_number(row->organization_id, SIM_POOL_ORGANIZATION, expected->organization) ||
        !oracle_same_number(row->features_enabled, SIM_POOL_FEATURES, expected->features))
        return "name, organization_id or features_enabled";
    if (!oracle_same_number(row->contact_email, SIM_POOL_EMAIL, expected->email) ||
        !oracle_same_number(row->contact_phone, SIM_POOL_PHONE, expected->phone))
        return "contact";
    if (row->created_at != expected->created_at || row->updated_at != expected->updated_at)
        return "created_at or updated_at";
    return NULL;
}

static bool check_clients(struct oracle *oracle)
{
    const struct memory_rows *rows = oracle->input->rows;
    size_t count = 0;

    for (int i = 0; i < SIM_CLIENTS_MAX; i++) {
        struct sm_uuid id = sim_client_uuid(i);
        const struct sm_client *row = NULL;
        const char *differs;

        for (size_t j = 0; j < rows->client_count; j++) {
            if (sm_uuid_equal(&rows->clients[j].id, &id))
                row = &rows->clients[j];
        }
        if ((row != NULL) != oracle->clients[i].exists)
            return oracle_fail(oracle, "clients", "client %d %s", i,
                               row != NULL ? "must not be there" : "is missing");
        if (row == NULL)
            continue;
        count++;
        differs = compare_client(&oracle->clients[i], row);
        if (differs != NULL)
            return oracle_fail(oracle, "clients", "client %d has another %s than its events say", i,
                               differs);
    }
    return count == rows->client_count ||
           oracle_fail(oracle, "clients", "%zu rows, must be %zu", rows->client_count, count);
}

static bool check_head(struct oracle *oracle, const struct sm_stream_name *name,
                       const struct oracle_stream *expected, size_t *count)
{
    const struct memory_rows *rows = oracle->input->rows;
    const struct sm_head *head = NULL;

    for (size_t i = 0; i < rows->head_count; i++) {
        if (sm_uuid_equal(&rows->heads[i].name.client_id, &name->client_id) &&
            rows->heads[i].name.kind == name->kind &&
            sm_slice_equal(rows->heads[i].name.key, name->key))
            head = &rows->heads[i].head;
    }
    *count += head != NULL;
    if ((head != NULL) != (expected->version != 0))
        return oracle_fail(oracle, "heads", "the head of a stream with %d versions is %s",
                           expected->version, head != NULL ? "there" : "missing");
    if (head == NULL)
        return true;
    if (head->version != expected->version || head->last_at != expected->last_at ||
        head->active_at != expected->active_at)
        return oracle_fail(oracle, "heads",
                           "a head is at version %d, last %" PRId64 ", active %" PRId64
                           "; must be %d, %" PRId64 ", %" PRId64,
                           head->version, head->last_at, head->active_at, expected->version,
                           expected->last_at, expected->active_at);
    return true;
}

/* The stream's name as the database has it; false: there is no such stream. */
static bool name_stream(int client, int kind, int key, struct sm_stream_name *out)
{
    enum sim_field field = SIM_F_NONE;

    for (int type = 0; type < SIM_TYPE_COUNT; type++) {
        if ((int)sim_type_info(type)->kind == kind)
            field = sim_type_info(type)->key; /* all types of a kind have the same */
    }
    *out = (struct sm_stream_name){sim_client_uuid(client), (enum sm_kind)kind, SM_SLICE("")};
    if (field == SIM_F_NONE)
        return key == 0;
    if (key == 0 || key > sim_pool_count(sim_field_info((int)field)->pool))
        return false;
    out->key = sm_slice_of(sim_pool_text(sim_field_info((int)field)->pool, key)->text);
    return true;
}

static bool check_row(struct oracle *oracle, const struct sm_stream_name *name,
                      const struct oracle_row *expected, size_t *count)
{
    const struct memory_rows *rows = oracle->input->rows;
    const struct sm_row *row = NULL;
    const char *differs;

    for (size_t i = 0; i < rows->table_row_count; i++) {
        const struct memory_row *other = &rows->table_rows[i];

        if (sm_uuid_equal(&other->name.client_id, &name->client_id) &&
            other->name.kind == name->kind && sm_slice_equal(other->name.key, name->key))
            row = &other->row;
    }
    *count += row != NULL;
    if ((row != NULL) != expected->exists)
        return oracle_fail(oracle, "rows", "a row of kind %d %s", (int)name->kind,
                           row != NULL ? "must not be there" : "is missing");
    if (row == NULL)
        return true;
    differs = oracle_row_compare(name->kind, expected, row);
    return differs == NULL ||
           oracle_fail(oracle, "rows", "a row of kind %d, key %.*s, has another %s",
                       (int)name->kind, (int)name->key.size, (const char *)name->key.data, differs);
}

static bool check_streams(struct oracle *oracle)
{
    size_t heads = 0, rows = 0;

    for (int client = 0; client < ORACLE_CLIENTS; client++) {
        for (int kind = 0; kind < SM_KIND_COUNT; kind++) {
            for (int key = 0; key < ORACLE_KEYS; key++) {
                const struct oracle_stream *stream = &oracle->streams[client][kind][key];
                struct sm_stream_name name;

                if (stream->version == 0 || !name_stream(client, kind, key, &name))
                    continue;
                if (!check_head(oracle, &name, stream, &heads) ||
                    (oracle_kind_has_row((enum sm_kind)kind) &&
                     !check_row(oracle, &name, &stream->row, &rows)))
                    return false;
            }
        }
    }
    if (rows != oracle->input->rows->table_row_count)
        return oracle_fail(oracle, "rows", "%zu rows, must be %zu",
                           oracle->input->rows->table_row_count, rows);
    return heads == oracle->input->rows->head_count ||
           oracle_fail(oracle, "heads", "%zu heads, must be %zu", oracle->input->rows->head_count,
                       heads);
}

bool oracle_check_tables(struct oracle *oracle)
{
    return check_clients(oracle) && check_streams(oracle);
}
