/* The list of dead letters, and what it has in common with the look at one of them. */
#include <inttypes.h>

#include "cli/age.h"
#include "cli/letters.h"

static void report_uuid(struct sm_report *report, const char *name, bool is_known,
                        const struct sm_uuid *id)
{
    char text[SM_UUID_TEXT_SIZE + 1];

    sm_uuid_format(id, text);
    sm_report_text(report, name, is_known ? text : NULL);
}

void sm__letters_report(const struct sm_letter_view *letter, struct sm_report *report)
{
    char time[SM_TIMESTAMP_TEXT_SIZE + 1];

    sm_report_number(report, "id", letter->id);
    sm_report_slice(report, "state", letter->state);
    sm_report_slice(report, "code", letter->code);
    sm_report_slice(report, "field", letter->field);
    sm_report_slice(report, "value", letter->value);
    sm_report_slice(report, "reason", letter->reason);
    report_uuid(report, "client_id", letter->has_client, &letter->client_id);
    sm_report_slice(report, "type", letter->type);
    report_uuid(report, "event_id", letter->has_event, &letter->event_id);
    sm_report_slice(report, "topic", letter->topic);
    sm_report_number(report, "partition", letter->partition);
    sm_report_number(report, "offset", letter->offset);
    sm_timestamp_format(letter->recorded_at, time);
    sm_report_text(report, "refused_at", time);
    sm_report_number(report, "age_seconds", letter->age_us / 1000000);
    sm_report_number(report, "attempts", letter->attempts);
    report_uuid(report, "erased_by", letter->erased, &letter->erased_by);
}

bool sm__letters_list_init(struct sm__letters_list *list, bool json)
{
    static const struct {
        const char *text;
        bool right;
    } headings[] = {{"id", true},      {"since", true},  {"code", false},     {"field", false},
                    {"client", false}, {"type", false},  {"topic", false},    {"partition", true},
                    {"offset", true},  {"state", false}, {"attempts", true}};

    *list = (struct sm__letters_list){.report = json ? sm_report_create() : NULL};
    sm_report_array(list->report, "codes");
    sm_report_array(list->report, "dead_letters");
    sm__table_init(&list->table, SM_ARRAY_COUNT(headings));
    for (size_t i = 0; i < SM_ARRAY_COUNT(headings); i++)
        sm__table_heading(&list->table, headings[i].text, headings[i].right);
    sm__table_init(&list->codes, 2);
    return !json || list->report != NULL;
}

void sm__letters_list_deinit(struct sm__letters_list *list)
{
    sm__table_deinit(&list->table);
    sm__table_deinit(&list->codes);
    sm_report_destroy(list->report);
}

/* What a record held may be anything; a table's cell shows what of it is plain. */
static void add_slice(struct sm__text_table *table, struct sm_slice text)
{
    char cell[SM__TABLE_CELL_SIZE];
    size_t size = text.size < sizeof(cell) - 1 ? text.size : sizeof(cell) - 1;

    for (size_t i = 0; i < size; i++)
        cell[i] = (char)(text.data[i] >= 0x20 && text.data[i] < 0x7f ? text.data[i] : '?');
    cell[size] = '\0';
    sm__table_text(table, cell);
}

void sm__letters_list_code(void *context, struct sm_slice code, int64_t count)
{
    struct sm__letters_list *list = context;

    if (list->report == NULL) {
        sm__table_number(&list->codes, count);
        add_slice(&list->codes, code);
        return;
    }
    sm_report_open_row(list->report, "codes");
    sm_report_slice(list->report, "code", code);
    sm_report_number(list->report, "count", count);
    sm_report_close(list->report);
}

static void add_row(struct sm__text_table *table, const struct sm_letter_view *letter)
{
    char age[SM__AGE_SIZE], client[SM_UUID_TEXT_SIZE + 1] = "";

    sm__age_format(letter->age_us, age);
    if (letter->has_client)
        sm_uuid_format(&letter->client_id, client);
    sm__table_number(table, letter->id);
    sm__table_heading(table, age, true);
    add_slice(table, letter->code);
    add_slice(table, letter->field);
    sm__table_text(table, client);
    add_slice(table, letter->type);
    add_slice(table, letter->topic);
    sm__table_number(table, letter->partition);
    sm__table_number(table, letter->offset);
    add_slice(table, letter->state);
    sm__table_number(table, letter->attempts);
}

void sm__letters_list_add(void *context, const struct sm_letter_view *letter)
{
    struct sm__letters_list *list = context;

    list->shown++;
    if (list->report == NULL) {
        add_row(&list->table, letter);
        return;
    }
    sm_report_open_row(list->report, "dead_letters");
    sm__letters_report(letter, list->report);
    sm_report_close(list->report);
}

bool sm__letters_list_append(struct sm__letters_list *list, int64_t total, struct sm_buf *out)
{
    if (list->report != NULL) {
        sm_report_number(list->report, "total", total);
        return sm_report_print(list->report, out);
    }
    if (total == 0) {
        sm_buf_append_text(out, "there is no such dead letter\n");
        return !sm_buf_failed(out);
    }
    if (!sm__table_append(&list->codes, out))
        return false;
    sm_buf_append_byte(out, '\n');
    if (!sm__table_append(&list->table, out))
        return false;
    sm_buf_printf(out, "\n%" PRId64 " of %" PRId64 " dead letters; secretmagic dead-letters show "
                       "ID tells all about one\n",
                  list->shown, total);
    return !sm_buf_failed(out);
}
