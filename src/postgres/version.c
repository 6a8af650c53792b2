/* Which libpq is loaded. */
#include <libpq-fe.h>

#include "postgres/version.h"

/* Since version 10 the number is major * 10000 + minor. */
#define MAJOR 10000

void sm_postgres_library_version(char out[SM_POSTGRES_VERSION_SIZE])
{
    int version = PQlibVersion();

    (void)snprintf(out, SM_POSTGRES_VERSION_SIZE, "%d.%d", version / MAJOR, version % MAJOR);
}
