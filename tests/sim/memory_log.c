/* ports/log.h over the memory database: each scan sorts pointers to the rows as they are now. */
#include "sim/memory_store.h"

#include "base/err.h"

struct sm_log_scan {
    struct memory_log *log;
    enum sm_log_scan_kind kind;
    const void **rows; /* owned; sorted */
    size_t count, next;
    struct sm_log_row row; /* what next handed out last */
};

struct memory_log {
    struct sm_log port; /* first: the port is the log */
    struct memory_db *db;
    unsigned open; /* scans */
    struct sm_uuid from; /* where scans by client begin */
};

/* ---- orders ---- */

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_names(const struct sm_stream_name *a, const struct sm_stream_name *b)
{
    int order = sm_uuid_compare(&a->client_id, &b->client_id);

    if (order == 0)
        order = compare_numbers(a->kind, b->kind);
    return order != 0 ? order : sm_slice_compare(a->key, b->key);
}

static struct sm_stream_name name_of(const struct memory_event *event)
{
    const struct sm_event *from = &event->row.event;

    return (struct sm_stream_name){from->client_id, sm_event_type_kind(from->type), from->key};
}

static int by_stream(const void *a, const void *b)
{
    const struct memory_event *x = *(const struct memory_event *const *)a;
    const struct memory_event *y = *(const struct memory_event *const *)b;
    struct sm_stream_name x_name = name_of(x), y_name = name_of(y);
    int order = compare_names(&x_name, &y_name);

    return order != 0 ? order : compare_numbers(x->row.version, y->row.version);
}

static int by_name(const void *a, const void *b)
{
    const struct memory_head *x = *(const struct memory_head *const *)a;
    const struct memory_head *y = *(const struct memory_head *const *)b;

    return compare_names(&x->name, &y->name);
}

static int by_id(const void *a, const void *b)
{
    const struct sm_client *x = *(const struct sm_client *const *)a;
    const struct sm_client *y = *(const struct sm_client *const *)b;

    return sm_uuid_compare(&x->id, &y->id);
}

static int compare_places(const struct sm_log_position *a, const struct sm_log_position *b)
{
    int order = compare_numbers(a->topic_id, b->topic_id);

    if (order == 0)
        order = compare_numbers(a->partition, b->partition);
    if (order == 0)
        order = compare_numbers(a->ledger_seq, b->ledger_seq);
    return order != 0 ? order : compare_numbers(a->offset, b->offset);
}

static int by_ledger(const void *a, const void *b)
{
    const struct sm_ledger_row *x = &(*(const struct memory_ledger_row *const *)a)->record.row;
    const struct sm_ledger_row *y = &(*(const struct memory_ledger_row *const *)b)->record.row;
    struct sm_log_position x_place = {x->topic_id, x->partition, 0, x->seq};
    struct sm_log_position y_place = {y->topic_id, y->partition, 0, y->seq};

    return compare_places(&x_place, &y_place);
}

static int by_offset(const void *a, const void *b)
{
    return compare_places(&(*(const struct memory_event *const *)a)->row.position,
                          &(*(const struct memory_event *const *)b)->row.position);
}

static int by_dead_offset(const void *a, const void *b)
{
    return compare_places(&(*(const struct memory_dead_letter *const *)a)->row.position,
                          &(*(const struct memory_dead_letter *const *)b)->row.position);
}

static int by_parked_offset(const void *a, const void *b)
{
    return compare_places(&(*(const struct memory_parked *const *)a)->row.position,
                          &(*(const struct memory_parked *const *)b)->row.position);
}

static int by_row_name(const void *a, const void *b)
{
    const struct memory_row *x = *(const struct memory_row *const *)a;
    const struct memory_row *y = *(const struct memory_row *const *)b;

    return compare_names(&x->name, &y->name);
}

static int by_partition(const void *a, const void *b)
{
    const struct memory_position *x = *(const struct memory_position *const *)a;
    const struct memory_position *y = *(const struct memory_position *const *)b;
    int order = compare_numbers(x->topic_id, y->topic_id);

    return order != 0 ? order : compare_numbers(x->id.partition, y->id.partition);
}

/* ---- scans ---- */

struct table {
    const void *rows;
    size_t count, size;
    int (*compare)(const void *a, const void *b);
};

static struct table table_of(const struct memory_rows *rows, enum sm_log_scan_kind kind)
{
    switch (kind) {
    case SM_SCAN_EVENTS_BY_STREAM:
        return (struct table){rows->events, rows->event_count, sizeof(*rows->events), by_stream};
    case SM_SCAN_HEADS:
        return (struct table){rows->heads, rows->head_count, sizeof(*rows->heads), by_name};
    case SM_SCAN_CLIENTS:
        return (struct table){rows->clients, rows->client_count, sizeof(*rows->clients), by_id};
    case SM_SCAN_LEDGER:
        return (struct table){rows->ledger, rows->ledger_count, sizeof(*rows->ledger), by_ledger};
    case SM_SCAN_EVENTS_BY_OFFSET:
        return (struct table){rows->events, rows->event_count, sizeof(*rows->events), by_offset};
    case SM_SCAN_DEAD_LETTERS:
        return (struct table){rows->dead_letters, rows->dead_letter_count,
                              sizeof(*rows->dead_letters), by_dead_offset};
    case SM_SCAN_POSITIONS:
        return (struct table){rows->positions, rows->position_count, sizeof(*rows->positions),
                              by_partition};
    case SM_SCAN_PARKED:
        return (struct table){rows->parked, rows->parked_count, sizeof(*rows->parked),
                              by_parked_offset};
    case SM_SCAN_ROWS:
        break;
    }
    /* All tables' rows in one order; those of the others are passed over. */
    return (struct table){rows->table_rows, rows->table_row_count, sizeof(*rows->table_rows),
                          by_row_name};
}

static enum sm_status open_scan(struct sm_log *port, enum sm_log_scan_kind kind,
                                struct sm_log_scan **out, struct sm_err *err)
{
    struct memory_log *log = (struct memory_log *)port;
    struct table table = table_of(&log->db->rows, kind);
    struct sm_log_scan *scan = calloc(1, sizeof(*scan));

    (void)err;
    SM_ASSERT(scan != NULL);
    *scan = (struct sm_log_scan){.log = log, .kind = kind, .count = table.count};
    log->open++;
    scan->rows = malloc((table.count + 1) * sizeof(*scan->rows));
    SM_ASSERT(scan->rows != NULL);
    for (size_t i = 0; i < table.count; i++)
        scan->rows[i] = (const uint8_t *)table.rows + i * table.size;
    if (table.count != 0)
        qsort(scan->rows, table.count, sizeof(*scan->rows), table.compare);
    *out = scan;
    return SM_OK;
}

static struct sm_position_row position_row(const struct memory_position *from)
{
    struct sm_position_row row = from->totals;

    row.topic_id = from->topic_id;
    row.partition = from->id.partition;
    row.topic = from->id.topic == SM_TOPIC_CONFIG ? SM_SLICE("config") : SM_SLICE("processing");
    row.next_offset = from->next_offset;
    row.seq = from->seq;
    row.chain = from->chain;
    row.owner = SM_SLICE("memory");
    row.stopped_reason = from->stopped_reason;
    row.waits_reason = from->waits_reason;
    row.waits_since = SM_TIME_NONE; /* it has no clock */
    return row;
}

static void fill(struct sm_log_scan *scan, const void *from)
{
    switch (scan->kind) {
    case SM_SCAN_EVENTS_BY_STREAM:
    case SM_SCAN_EVENTS_BY_OFFSET:
        scan->row.event = ((const struct memory_event *)from)->row;
        return;
    case SM_SCAN_HEADS: {
        const struct memory_head *head = from;

        scan->row.head = (struct sm_head_wanted){head->name, head->head};
        return;
    }
    case SM_SCAN_CLIENTS:
        scan->row.client = *(const struct sm_client *)from;
        return;
    case SM_SCAN_LEDGER:
        scan->row.ledger = ((const struct memory_ledger_row *)from)->record;
        return;
    case SM_SCAN_DEAD_LETTERS:
        scan->row.dead_letter = ((const struct memory_dead_letter *)from)->row;
        return;
    case SM_SCAN_POSITIONS:
        scan->row.position = position_row(from);
        return;
    case SM_SCAN_PARKED:
        scan->row.parked = ((const struct memory_parked *)from)->row;
        return;
    case SM_SCAN_ROWS:
        break;
    }
    scan->row.table = (struct sm_table_row){((const struct memory_row *)from)->name,
                                            ((const struct memory_row *)from)->row};
}

/* Of the rows of all tables those of another, and those of clients below the first. */
static bool is_passed_over(const struct sm_log_scan *scan, const void *from)
{
    const struct sm_uuid *first = &scan->log->from;

    switch (scan->kind) {
    case SM_SCAN_EVENTS_BY_STREAM:
        return sm_uuid_compare(&((const struct memory_event *)from)->row.event.client_id, first) <
               0;
    case SM_SCAN_HEADS:
        return sm_uuid_compare(&((const struct memory_head *)from)->name.client_id, first) < 0;
    case SM_SCAN_CLIENTS:
        return sm_uuid_compare(&((const struct sm_client *)from)->id, first) < 0;
    case SM_SCAN_LEDGER:
    case SM_SCAN_EVENTS_BY_OFFSET:
    case SM_SCAN_DEAD_LETTERS:
    case SM_SCAN_POSITIONS:
    case SM_SCAN_PARKED:
        return false;
    case SM_SCAN_ROWS:
        break;
    }
    return ((const struct memory_row *)from)->name.kind !=
               sm_table_kind((enum sm_table)((int)scan->kind - (int)SM_SCAN_ROWS)) ||
           sm_uuid_compare(&((const struct memory_row *)from)->name.client_id, first) < 0;
}

static enum sm_status next_row(struct sm_log_scan *scan, const struct sm_log_row **row,
                               struct sm_err *err)
{
    (void)err;
    while (scan->next != scan->count && is_passed_over(scan, scan->rows[scan->next]))
        scan->next++;
    if (scan->next == scan->count)
        return SM_STOP;
    fill(scan, scan->rows[scan->next++]);
    *row = &scan->row;
    return SM_OK;
}

static void close_scan(struct sm_log_scan *scan)
{
    scan->log->open--;
    free(scan->rows);
    free(scan);
}

/* Every scan sees the rows as they are when it is opened, so there is no snapshot to take. */
static enum sm_status refresh(struct sm_log *port, const struct sm_uuid *from, struct sm_err *err)
{
    struct memory_log *log = (struct memory_log *)port;

    (void)err;
    SM_ASSERT(log->open == 0);
    log->from = *from;
    return SM_OK;
}

static void close_log(struct sm_log *log)
{
    free(log);
}

struct sm_log *memory_log_open(struct memory_db *db)
{
    static const struct sm_log_ops ops = {.open = open_scan,
                                          .next = next_row,
                                          .close_scan = close_scan,
                                          .refresh = refresh,
                                          .close = close_log};
    struct memory_log *log = calloc(1, sizeof(*log));

    SM_ASSERT(log != NULL);
    log->port.ops = &ops;
    log->db = db;
    return &log->port;
}
