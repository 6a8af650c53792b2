#ifndef SM_POSTGRES_ROWS_H
#define SM_POSTGRES_ROWS_H
/* Rows of tables as the domain's types; texts are views of the result until they are kept. */
#include "domain/client.h"
#include "postgres/get.h"

/* From 30 columns beginning with `column`: status, tenant_mode, config_confirmed,
 * config_confirmed_at, config_confirmed_by, name, organization_id, features_enabled, contact_email,
 * contact_phone, created_at, updated_at, and the tenant's 18 (tenant_rows.h), which are all NULL
 * where it has no row. False if a name in it is unknown. */
bool sm__read_client(const PGresult *result, int row, int column, struct sm_client *out);
#endif
