#ifndef SM_ENGINE_VERIFY_PRIV_H
#define SM_ENGINE_VERIFY_PRIV_H
/* What the halves of verify share: the report being filled, and scans with one row looked ahead. */
#include "engine/fold.h"
#include "engine/verify.h"

enum {
    SM__VERIFY_EVENTS,
    SM__VERIFY_HEADS,
    SM__VERIFY_CLIENTS,
    SM__VERIFY_LEDGER,
    SM__VERIFY_ROWS /* + enum sm_table */
};

/* What a rebuild wants to know of streams, besides differences. Any failure ends the walk. */
struct sm__verify_hooks {
    void *context;
    /* Rows of this stream differ from what the fold says, or are missing. */
    enum sm_status (*differs)(void *context, const struct sm__fold *fold, struct sm_err *err);
    /* No stream claims the row; `table` as in sm_verify_result. */
    enum sm_status (*surplus)(void *context, int table, const struct sm_stream_name *name,
                              struct sm_err *err);
    /* All below the client `next` is done (NULL: all is); no scan is open. */
    enum sm_status (*ranged)(void *context, const struct sm_uuid *next, struct sm_err *err);
};

struct sm__verify {
    struct sm_log *log;
    const struct sm__verify_hooks *hooks; /* NULL: none */
    const struct sm_uuid *only; /* streams of this client; NULL: from where the scans begin */
    const struct sm_verify_sink *sink;
    struct sm_verify_result *result;
    struct sm_sha256 expected[SM_VERIFY_TABLES]; /* running digests */
    struct sm_sha256 found[SM_VERIFY_TABLES];
    struct sm_sha256 content; /* running, too */
    uint64_t range_events; /* a snapshot ends at the end of a client after so many */
    uint64_t rows_read; /* for progress */
};

/* A scan and its current row; row == NULL at its end. */
struct sm__cursor {
    struct sm_log_scan *scan;
    const struct sm_log_row *row;
};
enum sm_status sm__cursor_open(struct sm__verify *verify, enum sm_log_scan_kind kind,
                               struct sm__cursor *out, struct sm_err *err);
enum sm_status sm__cursor_next(struct sm__verify *verify, struct sm__cursor *cursor,
                               struct sm_err *err);
void sm__cursor_close(struct sm__verify *verify, struct sm__cursor *cursor);

/* The hook, if there is one. */
enum sm_status sm__verify_surplus(struct sm__verify *verify, int table,
                                  const struct sm_stream_name *name, struct sm_err *err);
/* Begins and ends the digests and names of a result. */
void sm__verify_begin(struct sm__verify *verify);
void sm__verify_end(struct sm__verify *verify);

/* Counts a difference and hands it to the sink. Texts are cut to fit. */
void sm__verify_differ(struct sm__verify *verify, int table, enum sm_difference_kind kind,
                       const char *row, const char *column, const char *expected,
                       const char *found);
/* Differ if the two are not the same; integers, times and texts as they print. */
void sm__verify_number(struct sm__verify *verify, int table, const char *row, const char *column,
                       int64_t expected, int64_t found);
void sm__verify_time(struct sm__verify *verify, int table, const char *row, const char *column,
                     int64_t expected, int64_t found);
void sm__verify_text(struct sm__verify *verify, int table, const char *row, const char *column,
                     struct sm_slice expected, struct sm_slice found);
void sm__verify_digest(struct sm__verify *verify, int table, const char *row, const char *column,
                       const struct sm_digest *expected, const struct sm_digest *found);

/* verify_rows.c: rows of the projected tables, each table merged with the streams of its kind. */
struct sm__row_walk {
    struct sm__cursor tables[SM_TABLE_COUNT];
};
enum sm_status sm__row_walk_open(struct sm__verify *verify, struct sm__row_walk *walk,
                                 struct sm_err *err);
/* The row of a stream whose fold has ended; `label` names it. */
enum sm_status sm__row_walk_compare(struct sm__verify *verify, struct sm__row_walk *walk,
                                    const struct sm_stream_name *name,
                                    const struct sm_row *expected, const char *label,
                                    struct sm_err *err);
/* Rows behind the last stream, below the name `until`; NULL: all. */
enum sm_status sm__row_walk_end(struct sm__verify *verify, struct sm__row_walk *walk,
                                const struct sm_stream_name *until, struct sm_err *err);
void sm__row_walk_close(struct sm__verify *verify, struct sm__row_walk *walk);

/* verify_tenant.c: a client's row of `tenants`, which is told among the columns of its client. */
void sm__verify_add_tenant(struct sm_sha256 *hash, const struct sm_tenant *tenant);
void sm__verify_tenant(struct sm__verify *verify, const char *row,
                       const struct sm_tenant *expected, const struct sm_tenant *found);

/* The log's snapshot, and where its scans begin, are the caller's. */
enum sm_status sm__verify_streams(struct sm__verify *verify, struct sm_err *err);
enum sm_status sm__verify_ledger(struct sm__verify *verify, struct sm_err *err);
#endif
