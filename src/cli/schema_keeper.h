#ifndef SM_CLI_SCHEMA_KEEPER_H
#define SM_CLI_SCHEMA_KEEPER_H
/* A schemas port before another one: what the database keeps is answered without asking, and what
 * is found is kept. So the program starts and goes on while the registry is away. */
#include "ports/schemas.h"
#include "postgres/client.h"

/* `name` tells registries apart (postgres/schema_cache.h) and is copied. `registry` is closed with
 * the keeper, and also when this fails. The database may be away: then nothing is known at first.
 * SM_OK; SM_FATAL when memory cannot be had. */
SM_MUST_CHECK enum sm_status sm__schema_keeper_open(struct sm_schemas *registry,
                                                    const struct sm_postgres_client *database,
                                                    const char *name, struct sm_schemas **out,
                                                    struct sm_err *err);
#endif
