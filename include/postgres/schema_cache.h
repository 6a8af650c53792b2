#ifndef SM_POSTGRES_SCHEMA_CACHE_H
#define SM_POSTGRES_SCHEMA_CACHE_H
/* Schemas of the schema registry, kept in schema_cache, so that the program starts and goes on
 * while the registry is away.
 *
 * `registry` tells registries apart: its base URL without user, password and query, of at most
 * SM_SCHEMA_CACHE_NAME_MAX bytes. Both calls block and have a connection of their own. SM_RETRY:
 * the database is away or busy; the caller goes on with what the registry says, and may try again.
 * SM_FATAL: it has no such table, or refuses us; err says what helps. */
#include "base/slice.h"
#include "postgres/client.h"

#define SM_SCHEMA_CACHE_NAME_MAX  500
#define SM_SCHEMA_CACHE_COUNT_MAX 1000 /* schemas that are loaded, the newest first… */
#define SM_SCHEMA_CACHE_SIZE_MAX  (4 << 20) /* …and bytes of them all; others are asked for anew */

struct sm_schema_cache_sink {
    void *context;
    /* The text is valid during the call. */
    void (*kept)(void *context, uint32_t id, struct sm_slice text);
};

/* Hands over what is kept of this registry, unless its bytes were changed since. */
SM_MUST_CHECK enum sm_status sm_postgres_schema_cache_load(const struct sm_postgres_client *client,
                                                           const char *registry,
                                                           const struct sm_schema_cache_sink *sink,
                                                           struct sm_err *err);
/* Keeps a schema at its first sight; one of this id that is there stays. SM_REJECT: that has
 * another text, so the registry is not the one it was (it was made anew, say), or the text is none
 * that can be kept (empty, not UTF-8, or with a NUL). */
SM_MUST_CHECK enum sm_status sm_postgres_schema_cache_keep(const struct sm_postgres_client *client,
                                                           const char *registry, uint32_t id,
                                                           struct sm_slice text,
                                                           struct sm_err *err);
#endif
