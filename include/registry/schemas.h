#ifndef SM_REGISTRY_SCHEMAS_H
#define SM_REGISTRY_SCHEMAS_H
/* The schemas port on a registry's Confluent API (GET /schemas/ids/ID), by libcurl.
 *
 * What this adapter adds to ports/schemas.h:
 * - UNKNOWN is HTTP status 404 with error_code 40403, and a schema of another type than AVRO or
 *   with references. Everything else that is no schema is AWAY: no connection, too slow, any other
 *   status (a 404 without that code is a wrong base URL), no JSON, too large.
 * - Whether a found text is a schema is for who reads it to say.
 * - Connections are kept and used again. */
#include "ports/schemas.h"
#include "registry/client.h"

/* Does not connect: the first question does. Copies what it needs.
 * SM_OK and schemas that the caller closes; SM_FATAL as sm_registry_client_check, or when memory
 * cannot be had. */
SM_MUST_CHECK enum sm_status sm_registry_schemas_open(const struct sm_registry_client *client,
                                                      struct sm_schemas **out, struct sm_err *err);
#endif
