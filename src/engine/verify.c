/* Verify as its users see it, and what both of its halves report with. */
#include "engine/verify_priv.h"

#include <inttypes.h>
#include <stdio.h>

static const char *table_name(int table)
{
    static const char *const names[SM__VERIFY_ROWS] = { "events", "heads", "clients",
                                                        "ingest_ledger" };

    return table < SM__VERIFY_ROWS ? names[table]
                                   : sm_table_name((enum sm_table)(table - SM__VERIFY_ROWS));
}

enum { PROGRESS_ROWS = 100000 };

enum sm_status sm__cursor_open(struct sm__verify *verify, enum sm_log_scan_kind kind,
                               struct sm__cursor *out, struct sm_err *err)
{
    enum sm_status status = verify->log->ops->open(verify->log, kind, &out->scan, err);

    return status == SM_OK ? sm__cursor_next(verify, out, err) : status;
}

enum sm_status sm__cursor_next(struct sm__verify *verify, struct sm__cursor *cursor,
                               struct sm_err *err)
{
    enum sm_status status = verify->log->ops->next(cursor->scan, &cursor->row, err);

    if (status == SM_STOP) {
        cursor->row = NULL;
        return SM_OK;
    }
    if (++verify->rows_read % PROGRESS_ROWS == 0 && verify->sink->progress != NULL)
        verify->sink->progress(verify->sink->context, "reading", verify->rows_read);
    return status;
}

void sm__cursor_close(struct sm__verify *verify, struct sm__cursor *cursor)
{
    if (cursor->scan != NULL)
        verify->log->ops->close_scan(cursor->scan);
    *cursor = (struct sm__cursor){ 0 };
}

void sm__verify_differ(struct sm__verify *verify, int table, enum sm_difference_kind kind,
                       const char *row, const char *column, const char *expected, const char *found)
{
    struct sm_difference difference = { .kind = kind, .table = table_name(table) };

    snprintf(difference.row, sizeof(difference.row), "%s", row);
    snprintf(difference.column, sizeof(difference.column), "%s", column);
    snprintf(difference.expected, sizeof(difference.expected), "%s", expected);
    snprintf(difference.found, sizeof(difference.found), "%s", found);
    verify->result->tables[table].differences++;
    verify->result->differences++;
    verify->sink->difference(verify->sink->context, &difference);
}

static enum sm_difference_kind column_kind(int table)
{
    if (table == SM__VERIFY_EVENTS)
        return SM_DIFFERENCE_LOG;
    return table == SM__VERIFY_LEDGER ? SM_DIFFERENCE_LEDGER : SM_DIFFERENCE_COLUMN;
}

void sm__verify_number(struct sm__verify *verify, int table, const char *row, const char *column,
                       int64_t expected, int64_t found)
{
    char expected_text[24], found_text[24];

    if (expected == found)
        return;
    snprintf(expected_text, sizeof(expected_text), "%" PRId64, expected);
    snprintf(found_text, sizeof(found_text), "%" PRId64, found);
    sm__verify_differ(verify, table, column_kind(table), row, column, expected_text, found_text);
}

static void time_text(int64_t time_us, char out[SM_TIMESTAMP_TEXT_SIZE + 1])
{
    if (time_us == SM_TIME_NONE)
        snprintf(out, SM_TIMESTAMP_TEXT_SIZE + 1, "none");
    else
        sm_timestamp_format(time_us, out);
}

void sm__verify_time(struct sm__verify *verify, int table, const char *row, const char *column,
                     int64_t expected, int64_t found)
{
    char expected_text[SM_TIMESTAMP_TEXT_SIZE + 1], found_text[SM_TIMESTAMP_TEXT_SIZE + 1];

    if (expected == found)
        return;
    time_text(expected, expected_text);
    time_text(found, found_text);
    sm__verify_differ(verify, table, column_kind(table), row, column, expected_text, found_text);
}

static void slice_text(struct sm_slice slice, char *out, size_t size)
{
    if (slice.data == NULL)
        snprintf(out, size, "null");
    else
        snprintf(out, size, "%.*s", slice.size < size ? (int)slice.size : (int)size - 1,
                 (const char *)slice.data);
}

void sm__verify_text(struct sm__verify *verify, int table, const char *row, const char *column,
                     struct sm_slice expected, struct sm_slice found)
{
    char expected_text[160], found_text[160];

    if (sm_slice_equal(expected, found))
        return;
    slice_text(expected, expected_text, sizeof(expected_text));
    slice_text(found, found_text, sizeof(found_text));
    sm__verify_differ(verify, table, column_kind(table), row, column, expected_text, found_text);
}

void sm__verify_digest(struct sm__verify *verify, int table, const char *row, const char *column,
                       const struct sm_digest *expected, const struct sm_digest *found)
{
    char expected_text[2 * SM_DIGEST_SIZE + 1], found_text[2 * SM_DIGEST_SIZE + 1];

    if (sm_digest_equal(expected, found))
        return;
    sm_digest_format(expected, expected_text);
    sm_digest_format(found, found_text);
    sm__verify_differ(verify, table, column_kind(table), row, column, expected_text, found_text);
}

enum sm_status sm__verify_surplus(struct sm__verify *verify, int table,
                                  const struct sm_stream_name *name, struct sm_err *err)
{
    return verify->hooks == NULL
               ? SM_OK
               : verify->hooks->surplus(verify->hooks->context, table, name, err);
}

void sm__verify_begin(struct sm__verify *verify)
{
    uint64_t wanted = verify->sink->range_events;

    *verify->result = (struct sm_verify_result){ 0 };
    verify->range_events = wanted != 0 ? wanted : SM_VERIFY_RANGE_EVENTS;
    for (int i = 0; i < SM_VERIFY_TABLES; i++) {
        verify->result->tables[i].table = table_name(i);
        sm_sha256_init(&verify->expected[i]);
        sm_sha256_init(&verify->found[i]);
    }
    sm_sha256_init(&verify->content);
}

void sm__verify_end(struct sm__verify *verify)
{
    struct sm_verify_result *out = verify->result;

    for (int i = 0; i < SM_VERIFY_TABLES; i++) {
        sm_sha256_end(&verify->expected[i], &out->tables[i].expected);
        sm_sha256_end(&verify->found[i], &out->tables[i].found);
    }
    sm_sha256_end(&verify->content, &out->content);
}

enum sm_status sm_verify(struct sm_log *log, const struct sm_verify_sink *sink,
                         struct sm_verify_result *out, struct sm_err *err)
{
    struct sm__verify verify = { .log = log, .sink = sink, .result = out };
    enum sm_status status;

    sm__verify_begin(&verify);
    status = log->ops->refresh(log, &SM_UUID_NIL, err);
    if (status == SM_OK)
        status = sm__verify_streams(&verify, err);
    if (status == SM_OK)
        status = log->ops->refresh(log, &SM_UUID_NIL, err);
    if (status == SM_OK)
        status = sm__verify_ledger(&verify, err);
    sm__verify_end(&verify);
    return status;
}
