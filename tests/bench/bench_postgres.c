/* libpq as the benchmark's helpers need it. */
#include "bench/bench_postgres.h"

#include "bench/bench.h"

PGconn *bench_postgres_open(const char *conninfo)
{
    PGconn *conn = PQconnectdb(conninfo);

    if (PQstatus(conn) != CONNECTION_OK)
        bench_fail("cannot connect: %s", PQerrorMessage(conn));
    return conn;
}

PGresult *bench_postgres_query(PGconn *conn, const char *sql, ExecStatusType expected)
{
    PGresult *result = PQexec(conn, sql);

    if (PQresultStatus(result) != expected)
        bench_fail("%s: %s", sql, PQerrorMessage(conn));
    return result;
}

void bench_postgres_do(PGconn *conn, const char *sql)
{
    PGresult *result = PQexec(conn, sql);

    if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
        bench_fail("%s: %s", sql, PQerrorMessage(conn));
    PQclear(result);
}

int64_t bench_postgres_number(PGconn *conn, const char *sql, int64_t missing)
{
    PGresult *result = bench_postgres_query(conn, sql, PGRES_TUPLES_OK);
    int64_t number = missing;

    if (PQntuples(result) > 0 && !PQgetisnull(result, 0, 0))
        number = bench_number("answer", PQgetvalue(result, 0, 0), INT64_MIN, INT64_MAX);
    PQclear(result);
    return number;
}

int64_t bench_postgres_wal(PGconn *conn)
{
    return bench_postgres_number(conn, "SELECT (pg_current_wal_lsn() - '0/0')::bigint", 0);
}
