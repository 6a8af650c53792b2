#ifndef SM_POSTGRES_REPAIR_H
#define SM_POSTGRES_REPAIR_H
/* Opens the repair port (ports/repair.h): the schema secretmagic_rebuild of the database, on a
 * connection of its own, whose role owns the tables. */
#include "ports/repair.h"
#include "postgres/client.h"

/* SM_OK; SM_RETRY: cannot be reached now; SM_FATAL: never will, or no memory. */
SM_MUST_CHECK enum sm_status sm_postgres_repair_open(const struct sm_postgres_client *client,
                                                     struct sm_repair **out, struct sm_err *err);
#endif
