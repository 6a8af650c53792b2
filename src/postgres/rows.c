/* Rows of tables as the domain's types. */
#include "postgres/rows.h"

#include "postgres/tenant_rows.h"

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
    return sm__read_tenant(result, row, column + 12, &out->tenant);
}
