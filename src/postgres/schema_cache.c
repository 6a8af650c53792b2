/* Schemas of the schema registry, kept in the database. */
#include "postgres/schema_cache.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "postgres/blocking.h"
#include "postgres/get.h"
#include "postgres/statements.h"

#define NUMBER_SIZE 24

/* Connects, and runs sql/queries/<name>.sql; the caller clears the result in any case. */
static enum sm_status ask_once(const struct sm_postgres_client *client, const char *name,
                               const struct sm__blocking_values *values, PGresult **result,
                               struct sm_err *err)
{
    PGconn *conn = NULL;
    enum sm_status status = sm__blocking_open(client, &conn, err);

    if (status == SM_OK)
        status = sm__blocking_ask(conn, sm__query_text(name), values, result, err);
    PQfinish(conn);
    return status;
}

enum sm_status sm_postgres_schema_cache_load(const struct sm_postgres_client *client,
                                             const char *registry,
                                             const struct sm_schema_cache_sink *sink,
                                             struct sm_err *err)
{
    char count[NUMBER_SIZE], size[NUMBER_SIZE];
    const char *const texts[] = { registry, count, size };
    const struct sm__blocking_values values = { texts, SM_ARRAY_COUNT(texts) };
    PGresult *result = NULL;
    enum sm_status status;

    (void)snprintf(count, sizeof(count), "%d", SM_SCHEMA_CACHE_COUNT_MAX);
    (void)snprintf(size, sizeof(size), "%d", SM_SCHEMA_CACHE_SIZE_MAX);
    status = ask_once(client, "schema_cache_load", &values, &result, err);
    for (int row = 0; status == SM_OK && row < PQntuples(result); row++)
        sink->kept(sink->context, (uint32_t)sm__get_i64(result, row, 0),
                   sm__view_slice(result, row, 1));
    PQclear(result);
    return status;
}

static bool can_be_kept(struct sm_slice text)
{
    size_t chars;

    return text.size > 0 && memchr(text.data, '\0', text.size) == NULL &&
           sm_utf8_count(text, &chars);
}

enum sm_status sm_postgres_schema_cache_keep(const struct sm_postgres_client *client,
                                             const char *registry, uint32_t id,
                                             struct sm_slice text, struct sm_err *err)
{
    char number[NUMBER_SIZE];
    const char *texts[] = { registry, number, NULL };
    const struct sm__blocking_values values = { texts, SM_ARRAY_COUNT(texts) };
    PGresult *result = NULL;
    enum sm_status status;
    char *copy;

    if (!can_be_kept(text))
        return sm_err_set(err, SM_REJECT, SM_FROM_DOMAIN,
                          "schema %" PRIu32 " of the registry is empty, not UTF-8 or has a NUL",
                          id);
    copy = strndup((const char *)text.data, text.size);
    if (copy == NULL)
        return sm_err_set(err, SM_RETRY, SM_FROM_OS, "out of memory for a schema");
    (void)snprintf(number, sizeof(number), "%" PRIu32, id);
    texts[2] = copy;
    status = ask_once(client, "schema_cache_keep", &values, &result, err);
    if (status == SM_OK && sm__get_bool(result, 0, 0))
        status = sm_err_set(err, SM_REJECT, SM_FROM_POSTGRES,
                            "schema %" PRIu32 " of the registry %s is another than before; hint: "
                            "was the registry made anew? Then its rows in schema_cache must go",
                            id, registry);
    PQclear(result);
    free(copy);
    return status;
}
