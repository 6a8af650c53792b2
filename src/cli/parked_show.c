/* All about one parked event. */
#include <inttypes.h>

#include "cli/age.h"
#include "cli/parked.h"
#include "cli/payload.h"

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

static void append_uuid(struct sm_buf *out, const char *name, const struct sm_uuid *id)
{
    char text[SM_UUID_TEXT_SIZE + 1];

    sm_uuid_format(id, text);
    append_name(out, name);
    sm_buf_printf(out, "%s\n", text);
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

static void append_state(struct sm_buf *out, const struct sm_parked_view *event)
{
    char age[SM__AGE_SIZE];

    sm__age_format(event->age_us, age);
    append_name(out, "state");
    sm_buf_append_slice(out, event->state);
    sm_buf_printf(out, "%s %s\n", event->resolved_at == SM_TIME_NONE ? ", for" : " after", age);
    append_name(out, "waits for");
    if (event->resolved_at == SM_TIME_NONE)
        sm__parked_append_wait(event->waits_for, event->waits_code, out);
    else
        sm_buf_append_text(out, "nothing any more");
    sm_buf_append_byte(out, '\n');
    if (event->resolved_at == SM_TIME_NONE && sm_slice_equal(event->first_wait, event->waits_for))
        return;
    append_name(out, "at first");
    sm__parked_append_wait(event->first_wait, SM_SLICE_NONE, out);
    sm_buf_append_byte(out, '\n');
}

static void append_position(struct sm_buf *out, const struct sm_parked_view *event)
{
    append_name(out, "position");
    sm_buf_append_slice(out, event->topic);
    sm_buf_printf(out, "[%" PRId32 "] offset %" PRId64 "\n", event->partition, event->offset);
    append_time(out, "record time", event->record_time);
    append_time(out, "parked at", event->recorded_at);
    append_name(out, "parked by");
    sm_buf_printf(out, "ledger row %" PRId64 " of the partition\n", event->ledger_seq);
    if (event->resolved_at == SM_TIME_NONE)
        return;
    append_time(out, "resolved at", event->resolved_at);
    append_name(out, "resolved by");
    sm_buf_printf(out, "ledger row %" PRId64 " of the partition\n", event->resolved_seq);
}

static void append_record(struct sm_buf *out, const struct sm_parked_view *event)
{
    append_name(out, "key");
    append_bytes(out, event->record_key);
    sm_buf_append_byte(out, '\n');
    if (event->is_erased) {
        append_uuid(out, "erased by", &event->erased_by);
        return;
    }
    append_name(out, "headers");
    sm_buf_printf(out, "%zu\n", event->header_count);
    for (size_t i = 0; i < event->header_count; i++) {
        sm_buf_append_text(out, "  ");
        append_bytes(out, event->headers[i].name);
        sm_buf_append_text(out, ": ");
        append_bytes(out, event->headers[i].value);
        sm_buf_append_byte(out, '\n');
    }
    append_name(out, "value");
    sm_buf_printf(out, "%zu bytes\n", event->record_value.size);
    if (!sm__payload_is_text(event->record_value)) {
        sm__payload_append_dump(event->record_value, out);
        return;
    }
    sm_buf_append_slice(out, event->record_value);
    sm_buf_append_byte(out, '\n');
}

bool sm__parked_show_text(const struct sm_parked_view *event, struct sm_buf *out)
{
    append_name(out, "id");
    sm_buf_printf(out, "%" PRId64 "\n", event->id);
    append_state(out, event);
    append_uuid(out, "client", &event->client_id);
    append_name(out, "stream");
    sm__parked_append_stream(event, out);
    sm_buf_append_byte(out, '\n');
    append_name(out, "type");
    sm_buf_append_slice(out, event->type);
    sm_buf_append_text(out, event->gated ? " (gated)\n" : "\n");
    append_uuid(out, "event id", &event->event_id);
    append_position(out, event);
    append_record(out, event);
    return !sm_buf_failed(out);
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

bool sm__parked_show_json(const struct sm_parked_view *event, struct sm_buf *out)
{
    struct sm_report *report = sm_report_create();
    bool resolved = event->resolved_at != SM_TIME_NONE;
    char erased_by[SM_UUID_TEXT_SIZE + 1];
    bool printed;

    sm__parked_report(event, report);
    sm_report_slice(report, "first_waited_for", event->first_wait);
    sm_report_number(report, "ledger_seq", event->ledger_seq);
    report_time(report, "record_time", event->record_time);
    report_time(report, "resolved_at", event->resolved_at);
    sm_report_number(report, "resolved_seq", resolved ? event->resolved_seq : SM_REPORT_UNKNOWN);
    report_bytes(report, "record_key", event->record_key);
    sm_report_array(report, "headers");
    for (size_t i = 0; i < event->header_count; i++) {
        sm_report_open_row(report, "headers");
        report_bytes(report, "name", event->headers[i].name);
        report_bytes(report, "value", event->headers[i].value);
        sm_report_close(report);
    }
    report_bytes(report, "record_value", event->record_value);
    sm_uuid_format(&event->erased_by, erased_by);
    sm_report_text(report, "erased_by", event->is_erased ? erased_by : NULL);
    printed = sm_report_print(report, out);
    sm_report_destroy(report);
    return printed;
}
