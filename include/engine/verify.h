#ifndef SM_ENGINE_VERIFY_H
#define SM_ENGINE_VERIFY_H
/* Proves that state is the log: projects the whole log again, stream by stream, and compares heads
 * and tables with it row by row; recomputes the ledger's chain and accounts for every offset.
 * Reads only. Memory is bounded: every scan is ordered the same way and merged. Streams are read by
 * ranges of clients, each in a snapshot of its own, and the ledger in one more: it may run beside
 * writers, and only the ledger's snapshot grows with the log. */
#include "ports/log.h"

enum sm_difference_kind {
    SM_DIFFERENCE_ROW_MISSING, /* the log says there must be one */
    SM_DIFFERENCE_ROW_EXTRA, /* the log knows nothing of it */
    SM_DIFFERENCE_COLUMN, /* a column has another value than the log says */
    SM_DIFFERENCE_LOG, /* a log row is not what its hash, version or order says */
    SM_DIFFERENCE_LEDGER /* an offset, a count or the chain does not add up */
};
struct sm_difference {
    enum sm_difference_kind kind;
    const char *table;
    char row[160]; /* names the row: "client … feature_config/ema" */
    char column[64];
    char expected[160];
    char found[160];
};
struct sm_table_result {
    const char *table;
    uint64_t rows;
    uint64_t differences;
    struct sm_digest expected; /* of the table as the log says */
    struct sm_digest found; /* of the table as it is */
};
/* events, heads, clients, ingest_ledger, and those of domain/row.h */
#define SM_VERIFY_TABLES (4 + SM_TABLE_COUNT)
struct sm_verify_result {
    struct sm_table_result tables[SM_VERIFY_TABLES];
    uint64_t differences;
    /* Of all streams by client, kind and key: each event's content hash, version and created_at.
     * Positions, and when things were recorded, are not in it: two installations that were given
     * the same events in the same order of each stream have the same one. */
    struct sm_digest content;
};
/* So many events take well under a second, beside which a new snapshot costs little. */
#define SM_VERIFY_RANGE_EVENTS 10000
struct sm_verify_sink {
    void *context;
    /* A snapshot ends at the end of a client once it has served so many events; 0:
     * SM_VERIFY_RANGE_EVENTS. Digests do not depend on it. */
    uint64_t range_events;
    void (*difference)(void *context, const struct sm_difference *difference); /* first N of each */
    void (*progress)(void *context, const char *stage, uint64_t rows);
    /* Each row of the ledger with its digest as it is there, by topic_id, partition and ledger_seq
     * (`offset` does not count); NULL: nobody wants them. */
    void (*ledger)(void *context, const struct sm_log_position *at, const struct sm_digest *digest);
};
/* SM_OK: done, see result->differences. SM_RETRY: the log could not be read: could not tell. */
SM_MUST_CHECK enum sm_status sm_verify(struct sm_log *log, const struct sm_verify_sink *sink,
                                       struct sm_verify_result *out, struct sm_err *err);
#endif
