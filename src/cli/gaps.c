/* `verify --gaps`: what lies at the offsets that the ledger calls gaps. The ledger has a gap where
 * Kafka handed over nothing: control records, records of aborted transactions - or records that a
 * client library skipped, which only a second look tells. */
#include <inttypes.h>

#include "cli/output.h"
#include "cli/verify.h"
#include "kafka/reader.h"

struct gap {
    const char *topic; /* on the broker */
    int32_t partition;
    struct sm_range range;
};

struct looking {
    struct sm__verify_out *out;
    struct sm__gaps *gaps;
    struct sm_kafka_reader *all; /* also what was never committed */
    struct sm_kafka_reader *committed;
    struct sm__topic_names names;
};

static void tell_unseen(struct looking *looking, const struct gap *gap,
                        const struct sm_kafka_range_view *view)
{
    struct sm_difference difference = {
        .kind = SM_DIFFERENCE_LEDGER, .table = "gaps", .column = "records", .expected = "none"};

    (void)snprintf(difference.row, sizeof(difference.row),
                   "%.100s[%d] offsets %" PRId64 " to %" PRId64, gap->topic, (int)gap->partition,
                   gap->range.first, gap->range.next - 1);
    (void)snprintf(difference.found, sizeof(difference.found),
                   "%" PRIu64 " that were never seen, the first at offset %" PRId64, view->records,
                   view->first);
    looking->gaps->unseen += view->records;
    sm__verify_tell(looking->out, "data never seen", &difference);
}

/* A read_committed reader sees a part of what a read_uncommitted one sees, so where the latter sees
 * nothing, which is nearly everywhere, the former need not look. */
static enum sm_status look(struct looking *looking, const struct gap *gap, struct sm_err *err)
{
    struct sm_kafka_range_view all, committed = {0, -1, -1};
    enum sm_status status = sm_kafka_reader_count(looking->all, gap->topic, gap->partition,
                                                  gap->range.first, gap->range.next, &all, err);

    if (status == SM_OK && all.records > 0)
        status = sm_kafka_reader_count(looking->committed, gap->topic, gap->partition,
                                       gap->range.first, gap->range.next, &committed, err);
    if (status == SM_REJECT) {
        looking->gaps->gone++;
        return SM_OK;
    }
    if (status != SM_OK)
        return status;
    looking->gaps->aborted += all.records - committed.records;
    if (committed.records > 0)
        tell_unseen(looking, gap, &committed);
    return SM_OK;
}

static enum sm_status look_at_row(struct looking *looking, const struct sm_ledger_row *row,
                                  struct sm_err *err)
{
    struct gap gap = {sm__topic_names_find(&looking->names, row->topic_id), row->partition, {0, 0}};
    char text[64];
    enum sm_status status = SM_OK;

    for (size_t i = 0; status == SM_OK && i < row->gap_count; i++) {
        gap.range = row->gaps[i];
        looking->gaps->ranges++;
        looking->gaps->offsets += (uint64_t)(gap.range.next - gap.range.first);
        if (gap.topic == NULL) /* no position has this topic: the ledger check tells of that */
            looking->gaps->gone++;
        else
            status = look(looking, &gap, err);
        (void)snprintf(text, sizeof(text), "gaps read again: %" PRIu64, looking->gaps->ranges);
        sm__progress_show(&looking->out->progress, 0, text);
    }
    return status;
}

static enum sm_status scan(struct looking *looking, struct sm_log *log, struct sm_err *err)
{
    struct sm_log_scan *rows;
    const struct sm_log_row *row;
    enum sm_status status = log->ops->open(log, SM_SCAN_LEDGER, &rows, err);

    if (status != SM_OK)
        return status;
    while (status == SM_OK && (status = log->ops->next(rows, &row, err)) == SM_OK)
        status = look_at_row(looking, &row->ledger.row, err);
    log->ops->close_scan(rows);
    return status == SM_STOP ? SM_OK : status;
}

enum sm_status sm__gaps_read(struct sm__wire *wire, struct sm_log *log, struct sm__verify_out *out,
                             struct sm__gaps *gaps, struct sm_err *err)
{
    struct looking looking = {.out = out, .gaps = gaps};
    enum sm_status status;

    *gaps = (struct sm__gaps){0};
    status = sm__wire_reader(wire, true, 0, &looking.all, err);
    if (status == SM_OK)
        status = sm__wire_reader(wire, false, 0, &looking.committed, err);
    if (status == SM_OK)
        status = sm__topic_names_read(log, &looking.names, err);
    if (status == SM_OK)
        status = scan(&looking, log, err);
    sm_kafka_reader_close(looking.all);
    sm_kafka_reader_close(looking.committed);
    free(looking.names.list);
    return status;
}
