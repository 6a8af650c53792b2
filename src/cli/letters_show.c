/* All about one dead letter, and its record as a line of JSON. */
#include <inttypes.h>
#include <stdlib.h>

#include "cli/letters.h"
#include "cli/payload.h"

#define AROUND_FAULT   40 /* bytes shown on each side of it */

static void append_name(struct sm_buf *out, const char *name)
{
    sm_buf_printf(out, "%-12s", name);
}

static void append_time(struct sm_buf *out, const char *name, int64_t time_us)
{
    char text[SM_TIMESTAMP_TEXT_SIZE + 1];

    sm_timestamp_format(time_us, text);
    append_name(out, name);
    sm_buf_printf(out, "%s\n", time_us == SM_TIME_NONE ? "none" : text);
}

/* On one line: as text where that is safe, else in hexadecimal. */
static void append_bytes(struct sm_buf *out, struct sm_slice bytes)
{
    if (bytes.data == NULL)
        sm_buf_append_text(out, "(null)");
    else if (sm__payload_is_text(bytes) && memchr(bytes.data, '\n', bytes.size) == NULL)
        sm_buf_append_slice(out, bytes);
    else {
        sm_buf_append_text(out, "\\x");
        sm__payload_append_hex(bytes, out);
    }
}

static void append_line(struct sm_buf *out, const char *name, struct sm_slice text)
{
    append_name(out, name);
    append_bytes(out, text.data != NULL ? text : SM_SLICE("none"));
    sm_buf_append_byte(out, '\n');
}

static void append_uuid(struct sm_buf *out, const char *name, bool is_known,
                        const struct sm_uuid *id)
{
    char text[SM_UUID_TEXT_SIZE + 1];

    sm_uuid_format(id, text);
    append_line(out, name, is_known ? sm_slice_of(text) : SM_SLICE_NONE);
}

/* The reason of JSON_INVALID begins with the place: "at byte 17: ...". */
static void append_fault(struct sm_buf *out, const struct sm_letter_view *letter)
{
    static const char begin[] = "at byte ";
    struct sm_slice value = letter->record_value, before, after;
    char digits[24] = "";
    size_t size = sizeof(begin) - 1, at;

    if (!sm_slice_equal(letter->code, SM_SLICE("JSON_INVALID")) || letter->reason.size <= size ||
        memcmp(letter->reason.data, begin, size) != 0)
        return;
    for (size_t i = 0; i + 1 < sizeof(digits) && size + i < letter->reason.size; i++)
        digits[i] = (char)letter->reason.data[size + i];
    at = strtoul(digits, NULL, 10);
    if (at > value.size)
        return;
    before = (struct sm_slice){value.data, at};
    if (at > AROUND_FAULT)
        before = (struct sm_slice){value.data + at - AROUND_FAULT, AROUND_FAULT};
    after = (struct sm_slice){value.data + at,
                              value.size - at < AROUND_FAULT ? value.size - at : AROUND_FAULT};
    append_name(out, "fault");
    sm_buf_printf(out, "at byte %zu: ", at);
    append_bytes(out, before);
    sm_buf_append_text(out, " >>> ");
    append_bytes(out, after);
    sm_buf_append_byte(out, '\n');
}

static void append_record(struct sm_buf *out, const struct sm_letter_view *letter)
{
    append_line(out, "key", letter->record_key);
    append_name(out, "headers");
    sm_buf_printf(out, "%zu\n", letter->header_count);
    for (size_t i = 0; i < letter->header_count; i++) {
        sm_buf_append_text(out, "  ");
        append_bytes(out, letter->headers[i].name);
        sm_buf_append_text(out, ": ");
        append_bytes(out, letter->headers[i].value);
        sm_buf_append_byte(out, '\n');
    }
    append_fault(out, letter);
    append_name(out, "value");
    if (letter->record_value.data == NULL) {
        sm_buf_append_text(out, "(null)\n");
        return;
    }
    sm_buf_printf(out, "%zu bytes\n", letter->record_value.size);
    if (!sm__payload_is_text(letter->record_value)) {
        sm__payload_append_dump(letter->record_value, out);
        return;
    }
    sm_buf_append_slice(out, letter->record_value);
    sm_buf_append_byte(out, '\n');
}

static void show_text(struct sm_buf *out, const struct sm_letter_view *letter)
{
    append_name(out, "id");
    sm_buf_printf(out, "%" PRId64 "\n", letter->id);
    append_line(out, "state", letter->state);
    append_line(out, "code", letter->code);
    append_line(out, "reason", letter->reason);
    append_line(out, "field", letter->field);
    append_line(out, "its value", letter->value);
    append_uuid(out, "client", letter->has_client, &letter->client_id);
    append_line(out, "type", letter->type);
    append_uuid(out, "event id", letter->has_event, &letter->event_id);
    if (letter->erased)
        append_uuid(out, "erased by", true, &letter->erased_by);
    append_name(out, "position");
    sm_buf_append_slice(out, letter->topic);
    sm_buf_printf(out, "[%" PRId32 "] offset %" PRId64 "\n", letter->partition, letter->offset);
    append_time(out, "record time", letter->record_time);
    append_time(out, "refused at", letter->recorded_at);
    append_name(out, "refused by");
    sm_buf_printf(out, "ledger row %" PRId64 " of the partition\n", letter->ledger_seq);
    append_name(out, "attempts");
    sm_buf_printf(out, "%" PRId32 "\n", letter->attempts);
    append_record(out, letter);
}

/* ---- JSON ---- */

/* "<name>" with the text, or "<name>_hex" with all bytes; the other one is null. */
static void report_bytes(struct sm_report *report, const char *name, struct sm_slice bytes)
{
    bool is_text = sm__payload_is_text(bytes);
    char hex_name[32];
    struct sm_buf hex;

    sm_buf_init(&hex, 2 * bytes.size + 1);
    (void)snprintf(hex_name, sizeof(hex_name), "%s_hex", name);
    sm_report_slice(report, name, is_text ? bytes : SM_SLICE_NONE);
    if (!is_text)
        sm__payload_append_hex(bytes, &hex);
    sm_report_slice(report, hex_name, is_text ? SM_SLICE_NONE : sm_buf_view(&hex));
    sm_buf_deinit(&hex);
}

static void report_time(struct sm_report *report, const char *name, int64_t time_us)
{
    char text[SM_TIMESTAMP_TEXT_SIZE + 1];

    sm_timestamp_format(time_us, text);
    sm_report_text(report, name, time_us == SM_TIME_NONE ? NULL : text);
}

static void show_json(struct sm_report *report, const struct sm_letter_view *letter)
{
    sm__letters_report(letter, report);
    sm_report_number(report, "ledger_seq", letter->ledger_seq);
    report_time(report, "record_time", letter->record_time);
    report_bytes(report, "record_key", letter->record_key);
    sm_report_array(report, "headers");
    for (size_t i = 0; i < letter->header_count; i++) {
        sm_report_open_row(report, "headers");
        report_bytes(report, "name", letter->headers[i].name);
        report_bytes(report, "value", letter->headers[i].value);
        sm_report_close(report);
    }
    report_bytes(report, "record_value", letter->record_value);
    sm_report_array(report, "history");
}

void sm__letters_show_letter(void *context, const struct sm_letter_view *letter)
{
    struct sm__letters_show *show = context;

    if (show->report != NULL)
        show_json(show->report, letter);
    else
        show_text(show->out, letter);
}

static void attempt_text(struct sm__letters_show *show, const struct sm_letter_attempt *attempt)
{
    struct sm_buf *out = show->out;
    char time[SM_TIMESTAMP_TEXT_SIZE + 1];

    sm_timestamp_format(attempt->requested_at, time);
    if (show->attempts++ == 0)
        sm_buf_append_text(out, "history\n");
    sm_buf_printf(out, "  %" PRId64 " %s ", attempt->id, time);
    append_bytes(out, attempt->action);
    sm_buf_append_text(out, " by ");
    append_bytes(out, attempt->actor);
    if (attempt->reason.data != NULL) {
        sm_buf_append_text(out, " because: ");
        append_bytes(out, attempt->reason);
    }
    sm_buf_append_text(out, "\n    ");
    append_bytes(out, attempt->done_at == SM_TIME_NONE ? SM_SLICE("stands still")
                                                       : attempt->outcome);
    if (attempt->code.data != NULL) {
        sm_buf_append_text(out, ": ");
        append_bytes(out, attempt->code);
    }
    if (attempt->detail.data != NULL) {
        sm_buf_append_text(out, ": ");
        append_bytes(out, attempt->detail);
    }
    sm_buf_append_byte(out, '\n');
}

void sm__letters_show_attempt(void *context, const struct sm_letter_attempt *attempt)
{
    struct sm__letters_show *show = context;

    if (show->report == NULL) {
        attempt_text(show, attempt);
        return;
    }
    sm_report_open_row(show->report, "history");
    sm_report_number(show->report, "id", attempt->id);
    sm_report_slice(show->report, "action", attempt->action);
    sm_report_slice(show->report, "actor", attempt->actor);
    sm_report_slice(show->report, "reason", attempt->reason);
    report_time(show->report, "requested_at", attempt->requested_at);
    report_time(show->report, "done_at", attempt->done_at);
    sm_report_slice(show->report, "outcome", attempt->outcome);
    sm_report_slice(show->report, "code", attempt->code);
    sm_report_slice(show->report, "detail", attempt->detail);
    sm_report_close(show->report);
}
