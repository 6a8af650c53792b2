/* The server's own copy of a unit: once COMMIT is sent, the client may be gone before it counts. */
#include "domain/data.h"
#include "sim/memory_priv.h"

/* Values are left behind: the log keeps the canonical data, as PostgreSQL does. */
static struct sm_event *keep_event(struct memory_db *db, const struct sm_event *from)
{
    struct sm_event *event = sim_heap_copy(&db->heap, from, sizeof(*from));

    memset(event->values, 0, sizeof(event->values));
    event->source = sim_heap_keep(&db->heap, from->source);
    event->actor = sim_heap_keep(&db->heap, from->actor);
    event->correlation_id = sim_heap_keep(&db->heap, from->correlation_id);
    event->causation_id = sim_heap_keep(&db->heap, from->causation_id);
    event->traceparent = sim_heap_keep(&db->heap, from->traceparent);
    event->key = sim_heap_keep(&db->heap, from->key);
    event->data = sim_heap_keep(&db->heap, from->data);
    return event;
}

static void keep_partitions(struct memory_db *db, struct sm_unit *unit)
{
    struct sm_unit_partition *list =
        sim_heap_copy(&db->heap, unit->partitions, unit->partition_count * sizeof(*list));

    for (size_t i = 0; i < unit->partition_count; i++) {
        struct sm_ledger_row *row = &list[i].row;

        row->duplicates = sim_heap_copy(&db->heap, row->duplicates,
                                        row->duplicate_count * sizeof(*row->duplicates));
        row->gaps = sim_heap_copy(&db->heap, row->gaps, row->gap_count * sizeof(*row->gaps));
    }
    unit->partitions = list;
}

static void keep_appends(struct memory_db *db, struct sm_unit *unit)
{
    struct sm_append *list =
        sim_heap_copy(&db->heap, unit->appends, unit->append_count * sizeof(*list));

    for (size_t i = 0; i < unit->append_count; i++) {
        list[i].event = keep_event(db, list[i].event);
        list[i].previous = sim_heap_keep(&db->heap, list[i].previous);
    }
    unit->appends = list;
}

static void keep_heads(struct memory_db *db, struct sm_unit *unit)
{
    struct sm_head_change *list =
        sim_heap_copy(&db->heap, unit->heads, unit->head_count * sizeof(*list));

    for (size_t i = 0; i < unit->head_count; i++)
        list[i].name.key = sim_heap_keep(&db->heap, list[i].name.key);
    unit->heads = list;
    if (unit->check_count != 0) {
        struct sm_head_wanted *checks =
            sim_heap_copy(&db->heap, unit->checks, unit->check_count * sizeof(*checks));

        for (size_t i = 0; i < unit->check_count; i++)
            checks[i].name.key = sim_heap_keep(&db->heap, checks[i].name.key);
        unit->checks = checks;
    }
}

static void keep_checks(struct memory_db *db, struct sm_unit *unit)
{
    struct sm_head_wanted *list =
        sim_heap_copy(&db->heap, unit->checks, unit->check_count * sizeof(*list));

    for (size_t i = 0; i < unit->check_count; i++)
        list[i].name.key = sim_heap_keep(&db->heap, list[i].name.key);
    unit->checks = list;
}

static void keep_clients(struct memory_db *db, struct sm_unit *unit)
{
    struct sm_client_change *list =
        sim_heap_copy(&db->heap, unit->clients, unit->client_count * sizeof(*list));

    for (size_t i = 0; i < unit->client_count; i++) {
        const struct sm_client *from = list[i].client;
        struct sm_client *client = sim_heap_copy(&db->heap, from, sizeof(*from));

        client->config_confirmed_by = sim_heap_keep(&db->heap, from->config_confirmed_by);
        client->name = sim_heap_keep(&db->heap, from->name);
        client->organization_id = sim_heap_keep(&db->heap, from->organization_id);
        client->features_enabled = sim_heap_keep(&db->heap, from->features_enabled);
        client->contact_email = sim_heap_keep(&db->heap, from->contact_email);
        client->contact_phone = sim_heap_keep(&db->heap, from->contact_phone);
        client->tenant.reason = sim_heap_keep(&db->heap, from->tenant.reason);
        list[i].client = client;
    }
    unit->clients = list;
}

struct sm_header *memory__headers_keep(struct sim_heap *heap, const struct sm_header *from,
                                       size_t count)
{
    struct sm_header *headers = sim_heap_copy(heap, from, count * sizeof(*headers));

    for (size_t i = 0; i < count; i++) {
        headers[i].name = sim_heap_keep(heap, headers[i].name);
        headers[i].value = sim_heap_keep(heap, headers[i].value);
    }
    return headers;
}

static void keep_dead_letters(struct memory_db *db, struct sm_unit *unit)
{
    struct sm_dead_letter *list =
        sim_heap_copy(&db->heap, unit->dead_letters, unit->dead_letter_count * sizeof(*list));

    for (size_t i = 0; i < unit->dead_letter_count; i++) {
        list[i].headers = memory__headers_keep(&db->heap, list[i].headers, list[i].header_count);
        list[i].key = sim_heap_keep(&db->heap, list[i].key);
        list[i].value = sim_heap_keep(&db->heap, list[i].value);
        list[i].rejection = sim_heap_copy(&db->heap, list[i].rejection, sizeof(*list[i].rejection));
        if (list[i].event != NULL) /* texts are not looked at, and may be half-read */
            list[i].event = sim_heap_copy(&db->heap, list[i].event, sizeof(*list[i].event));
    }
    unit->dead_letters = list;
}

static void keep_rows(struct memory_db *db, struct sm_unit *unit)
{
    struct sm_row_change *list =
        sim_heap_copy(&db->heap, unit->rows, unit->row_count * sizeof(*list));

    for (size_t i = 0; i < unit->row_count; i++) {
        struct sm_row *row = sim_heap_copy(&db->heap, list[i].row, sizeof(*row));

        for (size_t c = 0; c < SM_COLUMNS_MAX; c++)
            row->columns[c].text = sim_heap_keep(&db->heap, row->columns[c].text);
        list[i].row = row;
        list[i].name.key = sim_heap_keep(&db->heap, list[i].name.key);
    }
    unit->rows = list;
}

static void keep_log_lines(struct memory_db *db, struct sm_unit *unit)
{
    struct sm_log_line *list =
        sim_heap_copy(&db->heap, unit->log_lines, unit->log_line_count * sizeof(*list));

    for (size_t i = 0; i < unit->log_line_count; i++) {
        struct sm_event *event = keep_event(db, list[i].event);

        /* The line's own time is a column. */
        event->values[SM_LINE_TIMESTAMP] = list[i].event->values[SM_LINE_TIMESTAMP];
        event->values[SM_LINE_TIMESTAMP].text = SM_SLICE_NONE;
        list[i].event = event;
    }
    unit->log_lines = list;
}

static void keep_parked(struct memory_db *db, struct sm_unit *unit)
{
    struct sm_parked *list =
        sim_heap_copy(&db->heap, unit->parked, unit->parked_count * sizeof(*list));
    struct sm_parked_change *changes = sim_heap_copy(
        &db->heap, unit->parked_changes, unit->parked_change_count * sizeof(*changes));

    for (size_t i = 0; i < unit->parked_count; i++) {
        list[i].headers = memory__headers_keep(&db->heap, list[i].headers, list[i].header_count);
        list[i].key = sim_heap_keep(&db->heap, list[i].key);
        list[i].value = sim_heap_keep(&db->heap, list[i].value);
        list[i].wait.code = sim_heap_keep(&db->heap, list[i].wait.code);
        list[i].event = keep_event(db, list[i].event);
    }
    for (size_t i = 0; i < unit->parked_change_count; i++)
        changes[i].wait.code = sim_heap_keep(&db->heap, changes[i].wait.code);
    unit->parked = list;
    unit->parked_changes = changes;
}

static void keep_outcomes(struct memory_db *db, struct sm_unit *unit)
{
    struct sm_request_outcome *list =
        sim_heap_copy(&db->heap, unit->outcomes, unit->outcome_count * sizeof(*list));

    for (size_t i = 0; i < unit->outcome_count; i++) {
        if (list[i].rejection != NULL)
            list[i].rejection =
                sim_heap_copy(&db->heap, list[i].rejection, sizeof(*list[i].rejection));
    }
    unit->outcomes = list;
}

static void keep_openings(struct memory_db *db, struct sm_unit *unit)
{
    struct sm_reference *references =
        sim_heap_copy(&db->heap, unit->opened_references,
                      unit->opened_reference_count * sizeof(*references));

    for (size_t i = 0; i < unit->opened_reference_count; i++)
        references[i].code = sim_heap_keep(&db->heap, references[i].code);
    unit->opened_references = references;
    unit->opened_clients =
        sim_heap_copy(&db->heap, unit->opened_clients,
                      unit->opened_client_count * sizeof(*unit->opened_clients));
    unit->done = sim_heap_copy(&db->heap, unit->done, unit->done_count * sizeof(*unit->done));
}

struct sm_unit *memory__unit_keep(struct memory_db *db, const struct sm_unit *from)
{
    struct sm_unit *unit = sim_heap_copy(&db->heap, from, sizeof(*from));

    keep_partitions(db, unit);
    keep_appends(db, unit);
    keep_heads(db, unit);
    keep_checks(db, unit);
    keep_clients(db, unit);
    keep_dead_letters(db, unit);
    keep_rows(db, unit);
    keep_log_lines(db, unit);
    keep_parked(db, unit);
    memory__commands_keep(db, unit);
    keep_outcomes(db, unit);
    if (unit->erasure != NULL)
        unit->erasure = keep_event(db, unit->erasure);
    keep_openings(db, unit);
    unit->generations =
        sim_heap_copy(&db->heap, from->generations, SM_BUCKETS * sizeof(*from->generations));
    return unit;
}
