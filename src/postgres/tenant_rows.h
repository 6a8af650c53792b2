#ifndef SM_POSTGRES_TENANT_ROWS_H
#define SM_POSTGRES_TENANT_ROWS_H
/* Rows of `tenants`: read back, and as parameters (unit_rows.h). */
#include "domain/tenant.h"
#include "postgres/get.h"

/* From the 18 columns of load_clients.sql beginning with `column`; all NULL: a tenant that nothing
 * has happened to. False if a word in it is unknown. */
bool sm__read_tenant(const PGresult *result, int row, int column, struct sm_tenant *out);
#endif
