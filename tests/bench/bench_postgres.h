#ifndef SM_TESTS_BENCH_POSTGRES_H
#define SM_TESTS_BENCH_POSTGRES_H
/* libpq as the benchmark's helpers need it: whatever fails ends the program. */
#include <libpq-fe.h>
#include <stdint.h>

PGconn *bench_postgres_open(const char *conninfo);
/* Runs SQL without parameters; the result must have this status, and is to be cleared. */
PGresult *bench_postgres_query(PGconn *conn, const char *sql, ExecStatusType expected);
void bench_postgres_do(PGconn *conn, const char *sql);
/* The first column of the first row as a number; `missing` where that is NULL or there is no row.
 * */
int64_t bench_postgres_number(PGconn *conn, const char *sql, int64_t missing);
/* Bytes of WAL written since the server was made. */
int64_t bench_postgres_wal(PGconn *conn);
#endif
