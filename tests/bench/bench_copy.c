/* The limit: how fast PostgreSQL takes the very rows that a drain left behind, by plain binary
 * COPY.
 *
 * `out` writes every table that the drain wrote to a file each; `in` puts them into the same
 * tables of
 * another database, one after another on one connection, each COPY a transaction of its own. Only
 * the
 * COPY INs are timed. It is a fair limit because nothing that must be paid for is left out (the
 * same
 * columns, indexes, constraints, WAL, fsync) and nothing else is in (no decoding, no reading, no
 * looking up, each head written once instead of once a batch). */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "bench/bench_postgres.h"

#define CHUNK_SIZE (1 << 18)
#define PATH_SIZE  4096

static const char *const tables[] = {
    "consumer_offsets", "events", "heads", "clients", "ingest_ledger", "dead_letters",
    "batches", "bom_explosion_status", "feature_metadata", "processing_logs", "parked_events",
};

static FILE *open_file(const char *folder, const char *table, const char *mode)
{
    char path[PATH_SIZE];
    FILE *file;

    if (snprintf(path, sizeof(path), "%s/%s.bin", folder, table) >= (int)sizeof(path))
        bench_fail("the name of the folder %s is too long", folder);
    file = fopen(path, mode);
    if (file == NULL)
        bench_fail("cannot open %s: %s", path, strerror(errno));
    return file;
}

static void start_copy(PGconn *conn, const char *table, const char *direction,
                       ExecStatusType expected)
{
    char sql[128];

    (void)snprintf(sql, sizeof(sql), "COPY %s %s (FORMAT binary)", table, direction);
    PQclear(bench_postgres_query(conn, sql, expected));
}

/* The rows that the COPY which has just ended was about. */
static int64_t end_copy(PGconn *conn, const char *table)
{
    PGresult *result = PQgetResult(conn);
    int64_t rows;

    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        bench_fail("COPY %s: %s", table, PQerrorMessage(conn));
    rows = bench_number("rows", PQcmdTuples(result), 0, INT64_MAX);
    PQclear(result);
    while ((result = PQgetResult(conn)) != NULL)
        PQclear(result);
    return rows;
}

static int64_t copy_out(PGconn *conn, const char *folder, const char *table)
{
    FILE *file = open_file(folder, table, "wb");
    char *data;
    int size;

    start_copy(conn, table, "TO STDOUT", PGRES_COPY_OUT);
    while ((size = PQgetCopyData(conn, &data, 0)) > 0) {
        if (fwrite(data, 1, (size_t)size, file) != (size_t)size)
            bench_fail("cannot write the rows of %s: %s", table, strerror(errno));
        PQfreemem(data);
    }
    if (fclose(file) != 0)
        bench_fail("cannot write the rows of %s: %s", table, strerror(errno));
    return end_copy(conn, table);
}

static int64_t copy_in(PGconn *conn, const char *folder, const char *table)
{
    static char chunk[CHUNK_SIZE];
    FILE *file = open_file(folder, table, "rb");
    size_t size;

    start_copy(conn, table, "FROM STDIN", PGRES_COPY_IN);
    while ((size = fread(chunk, 1, sizeof(chunk), file)) > 0) {
        if (PQputCopyData(conn, chunk, (int)size) != 1)
            bench_fail("COPY %s: %s", table, PQerrorMessage(conn));
    }
    if (ferror(file) != 0)
        bench_fail("cannot read the rows of %s", table);
    (void)fclose(file);
    if (PQputCopyEnd(conn, NULL) != 1)
        bench_fail("COPY %s: %s", table, PQerrorMessage(conn));
    return end_copy(conn, table);
}

int main(int argc, char **argv)
{
    PGconn *conn;
    bool in;
    double total = 0;
    int64_t wal;

    if (argc != 4 || (strcmp(argv[1], "out") != 0 && strcmp(argv[1], "in") != 0)) {
        (void)fputs("usage: bench_copy out|in CONNECTION FOLDER\n", stderr);
        return 2;
    }
    in = strcmp(argv[1], "in") == 0;
    conn = bench_postgres_open(argv[2]);
    /* Writes of anybody but the program are refused otherwise. */
    bench_postgres_do(conn, "SELECT set_config('secretmagic.writer', 'projector', false)");
    wal = bench_postgres_wal(conn);
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        int64_t begun_ns = bench_monotonic_ns();
        int64_t rows = (in ? copy_in : copy_out)(conn, argv[3], tables[i]);
        double seconds = (double)(bench_monotonic_ns() - begun_ns) / 1e9;

        total += seconds;
        (void)printf("%s_rows %" PRId64 "\n%s_seconds %.3f\n", tables[i], rows, tables[i], seconds);
    }
    (void)printf("seconds %.3f\nwal_bytes %" PRId64 "\n", total, bench_postgres_wal(conn) - wal);
    PQfinish(conn);
    return 0;
}
