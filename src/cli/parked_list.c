/* The list of events that wait, and what it has in common with the look at one of them. */
#include <inttypes.h>

#include "cli/age.h"
#include "cli/parked.h"

#define WORDS_SIZE_MAX 1024

void sm__parked_append_wait(struct sm_slice name, struct sm_slice code, struct sm_buf *out)
{
    enum sm_wait_for what;

    if (sm_wait_find(name, &what))
        sm_buf_append_text(out, sm_wait_words(what));
    else /* of a newer version's schema */
        sm_buf_append_slice(out, name);
    if (code.data == NULL)
        return;
    sm_buf_append_text(out, ": ");
    sm_buf_append_slice(out, code);
}

void sm__parked_append_stream(const struct sm_parked_view *event, struct sm_buf *out)
{
    sm_buf_append_slice(out, event->kind);
    if (event->key.size == 0)
        return;
    sm_buf_append_byte(out, '/');
    sm_buf_append_slice(out, event->key);
}

static void report_wait(const struct sm_parked_view *event, struct sm_report *report)
{
    struct sm_buf words;

    sm_buf_init(&words, WORDS_SIZE_MAX);
    sm__parked_append_wait(event->waits_for, event->waits_code, &words);
    sm_report_slice(report, "waits_for", event->waits_for);
    sm_report_slice(report, "waits_for_code", event->waits_code);
    sm_report_slice(report, "waits_for_words", sm_buf_view(&words));
    sm_buf_deinit(&words);
}

void sm__parked_report(const struct sm_parked_view *event, struct sm_report *report)
{
    char id[SM_UUID_TEXT_SIZE + 1], time[SM_TIMESTAMP_TEXT_SIZE + 1];

    sm_report_number(report, "id", event->id);
    sm_report_slice(report, "state", event->state);
    report_wait(event, report);
    sm_uuid_format(&event->client_id, id);
    sm_report_text(report, "client_id", id);
    sm_report_slice(report, "kind", event->kind);
    sm_report_slice(report, "key", event->key);
    sm_report_slice(report, "type", event->type);
    sm_report_flag(report, "gated", event->gated);
    sm_uuid_format(&event->event_id, id);
    sm_report_text(report, "event_id", id);
    sm_report_slice(report, "topic", event->topic);
    sm_report_number(report, "partition", event->partition);
    sm_report_number(report, "offset", event->offset);
    sm_timestamp_format(event->recorded_at, time);
    sm_report_text(report, "parked_at", time);
    sm_report_number(report, "age_seconds", event->age_us / 1000000);
}

bool sm__parked_list_init(struct sm__parked_list *list, bool json)
{
    static const char *const headings[] = {"waits for", "client", "type", "stream", "topic"};

    *list = (struct sm__parked_list){.report = json ? sm_report_create() : NULL};
    sm_report_array(list->report, "events");
    sm__table_init(&list->table, SM_ARRAY_COUNT(headings) + 4);
    sm__table_heading(&list->table, "id", true);
    sm__table_heading(&list->table, "since", true);
    for (size_t i = 0; i < SM_ARRAY_COUNT(headings); i++)
        sm__table_text(&list->table, headings[i]);
    sm__table_heading(&list->table, "partition", true);
    sm__table_heading(&list->table, "offset", true);
    return !json || list->report != NULL;
}

void sm__parked_list_deinit(struct sm__parked_list *list)
{
    sm__table_deinit(&list->table);
    sm_report_destroy(list->report);
}

static void add_slice(struct sm__text_table *table, struct sm_slice text)
{
    char cell[SM__TABLE_CELL_SIZE];

    (void)snprintf(cell, sizeof(cell), "%.*s", (int)text.size, (const char *)text.data);
    sm__table_text(table, cell);
}

static void add_row(struct sm__text_table *table, const struct sm_parked_view *event)
{
    char age[SM__AGE_SIZE], client[SM_UUID_TEXT_SIZE + 1];
    struct sm_buf words;

    sm__age_format(event->age_us, age);
    sm__table_number(table, event->id);
    sm__table_heading(table, age, true);
    sm_buf_init(&words, WORDS_SIZE_MAX);
    sm__parked_append_wait(event->waits_for, event->waits_code, &words);
    add_slice(table, sm_buf_view(&words));
    sm_uuid_format(&event->client_id, client);
    sm__table_text(table, client);
    add_slice(table, event->type);
    sm_buf_reset(&words);
    sm__parked_append_stream(event, &words);
    add_slice(table, sm_buf_view(&words));
    add_slice(table, event->topic);
    sm__table_number(table, event->partition);
    sm__table_number(table, event->offset);
    sm_buf_deinit(&words);
}

void sm__parked_list_add(struct sm__parked_list *list, const struct sm_parked_view *event)
{
    list->shown++;
    list->total = event->total;
    if (list->report == NULL) {
        add_row(&list->table, event);
        return;
    }
    sm_report_open_row(list->report, "events");
    sm__parked_report(event, list->report);
    sm_report_close(list->report);
}

bool sm__parked_list_append(struct sm__parked_list *list, struct sm_buf *out)
{
    if (list->report != NULL) {
        sm_report_number(list->report, "total", list->total);
        return sm_report_print(list->report, out);
    }
    if (list->shown == 0) {
        sm_buf_append_text(out, "no such event waits\n");
        return !sm_buf_failed(out);
    }
    if (!sm__table_append(&list->table, out))
        return false;
    sm_buf_printf(out, "\n%" PRId64 " of %" PRId64 " events that wait; secretmagic parked show ID "
                       "tells all about one\n",
                  list->shown, list->total);
    return !sm_buf_failed(out);
}
