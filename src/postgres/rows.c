/* Rows of tables as the domain's types. */
#include "postgres/rows.h"

bool sm__read_client(const PGresult *result, int row, int column, struct sm_client *out)
{
    out->exists = true;
    if (!sm_client_status_find(sm__view_slice(result, row, column), &out->status) ||
        !sm_tenant_mode_find(sm__view_slice(result, row, column + 1), &out->tenant_mode))
        return false;
    out->config_confirmed = sm__get_bool(result, row, column + 2);
    out->config_confirmed_at = sm__get_time(result, row, column + 3);
    out->config_confirmed_by = sm__view_slice(result, row, column + 4);
    out->name = sm__view_slice(result, row, column + 5);
    out->organization_id = sm__view_slice(result, row, column + 6);
    out->features_enabled = sm__view_jsonb(result, row, column + 7);
    out->contact_email = sm__view_slice(result, row, column + 8);
    out->contact_phone = sm__view_slice(result, row, column + 9);
    out->created_at = sm__get_time(result, row, column + 10);
    out->updated_at = sm__get_time(result, row, column + 11);
    return true;
}

bool sm__client_keep(struct sm_client *client, struct sm_arena *arena)
{
    return sm_arena_copy(arena, client->config_confirmed_by, &client->config_confirmed_by) &&
           sm_arena_copy(arena, client->name, &client->name) &&
           sm_arena_copy(arena, client->organization_id, &client->organization_id) &&
           sm_arena_copy(arena, client->features_enabled, &client->features_enabled) &&
           sm_arena_copy(arena, client->contact_email, &client->contact_email) &&
           sm_arena_copy(arena, client->contact_phone, &client->contact_phone);
}
