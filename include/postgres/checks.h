#ifndef SM_POSTGRES_CHECKS_H
#define SM_POSTGRES_CHECKS_H
/* The invariants of sql/checks, run by PostgreSQL itself over the rows: a second opinion beside
 * engine/verify, which shares no code with it. Each query of the folder returns one row per
 * finding: table, row, column, expected, found (all text). Blocking. */
#include "postgres/client.h"

struct sm_postgres_finding {
    const char *check; /* name of the file in sql/checks, without .sql */
    const char *table;
    const char *row;
    const char *column;
    const char *expected;
    const char *found;
};
struct sm_postgres_check_sink {
    void *context;
    void (*finding)(void *context, const struct sm_postgres_finding *finding);
};
/* SM_OK: all were run, findings went to the sink, at most 1,000 of each; SM_RETRY; SM_FATAL. */
SM_MUST_CHECK enum sm_status sm_postgres_checks_run(const struct sm_postgres_client *client,
                                                    const struct sm_postgres_check_sink *sink,
                                                    struct sm_err *err);
#endif
