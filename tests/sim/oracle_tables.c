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
    char organization[SIM_ORGANIZATION_SIZE];

    sim_organization_text(expected->organization, organization);
    if (statuses[row->status] != expected->status ||
        modes[row->tenant_mode] != expected->tenant_mode)
        return "status or tenant_mode";
    if (row->config_confirmed != expected->confirmed ||
        row->config_confirmed_at != expected->confirmed_at ||
        !oracle_same_number(row->config_confirmed_by, SIM_POOL_ACTOR, expected->confirmed_by))
        return "confirmation";
    if (!oracle_same_number(row->name, SIM_POOL_NAME, expected->name) ||
        !oracle_same_text(row->organization_id, organization) ||
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

    for (int i = 0; i < ORACLE_CLIENTS; i++) {
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

static bool check_heads(struct oracle *oracle)
{
    size_t count = 0;

    for (int i = 0; i < ORACLE_CLIENTS; i++) {
        struct sm_stream_name name = {sim_client_uuid(i), SM_KIND_CLIENT, SM_SLICE("")};

        if (!check_head(oracle, &name, &oracle->clients[i].stream, &count))
            return false;
        name.kind = SM_KIND_FEATURE_CONFIG;
        for (int feature = 1; feature <= sim_pool_count(SIM_POOL_FEATURE); feature++) {
            name.key = sm_slice_of(sim_pool_text(SIM_POOL_FEATURE, feature)->text);
            if (!check_head(oracle, &name, &oracle->clients[i].feature_streams[feature], &count))
                return false;
        }
    }
    return count == oracle->input->rows->head_count ||
           oracle_fail(oracle, "heads", "%zu rows, must be %zu", oracle->input->rows->head_count,
                       count);
}

bool oracle_check_tables(struct oracle *oracle)
{
    return check_clients(oracle) && check_heads(oracle);
}
