/* Runs sql/checks. */
#include "postgres/checks.h"

#include "postgres/blocking.h"
#include "postgres/embedded.h"
#include "postgres/statements.h"

/* Of one check: where everything is wrong, memory shall not be the next to go. */
enum { FINDINGS_MAX = 1000 };

static void tell(const char *check, const PGresult *result,
                 const struct sm_postgres_check_sink *sink)
{
    for (int row = 0; row < PQntuples(result); row++) {
        const struct sm_postgres_finding finding = {
            .check = check,
            .table = PQgetvalue(result, row, 0),
            .row = PQgetvalue(result, row, 1),
            .column = PQgetvalue(result, row, 2),
            .expected = PQgetvalue(result, row, 3),
            .found = PQgetvalue(result, row, 4),
        };

        sink->finding(sink->context, &finding);
    }
}

enum sm_status sm_postgres_checks_run(const struct sm_postgres_client *client,
                                      const struct sm_postgres_check_sink *sink, struct sm_err *err)
{
    PGconn *conn = NULL;
    char sql[8192];
    enum sm_status status = sm__blocking_open(client, &conn, err);

    if (status != SM_OK)
        return status;
    status = sm__blocking_run(conn, sm__query_text("begin_snapshot"), err);
    for (size_t i = 0; status == SM_OK && i < sm__sql_checks_count; i++) {
        PGresult *result = NULL;

        SM_ASSERT(sm__sql_checks[i].size < sizeof(sql) - 64);
        (void)snprintf(sql, sizeof(sql), "SELECT * FROM (\n%s\n) AS finding LIMIT %d",
                       sm__sql_checks[i].text, FINDINGS_MAX);
        status = sm__blocking_query(conn, sql, &result, err);
        if (status == SM_OK)
            tell(sm__sql_checks[i].name, result, sink);
        PQclear(result);
    }
    PQfinish(conn);
    return status;
}
