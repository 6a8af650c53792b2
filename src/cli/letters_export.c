/* Records of dead letters as they came, one JSON object a line. */
#include <inttypes.h>

#include "base/json.h"
#include "cli/letters.h"
#include "cli/payload.h"

#define LINE_SIZE_MAX (64u << 20)

static void append_base64(struct sm_slice bytes, struct sm_buf *out)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < bytes.size; i += 3) {
        size_t left = bytes.size - i;
        uint32_t bits = (uint32_t)bytes.data[i] << 16;

        bits |= left > 1 ? (uint32_t)bytes.data[i + 1] << 8 : 0;
        bits |= left > 2 ? bytes.data[i + 2] : 0;
        sm_buf_append_byte(out, (uint8_t)letters[bits >> 18]);
        sm_buf_append_byte(out, (uint8_t)letters[bits >> 12 & 63]);
        sm_buf_append_byte(out, (uint8_t)(left > 1 ? letters[bits >> 6 & 63] : '='));
        sm_buf_append_byte(out, (uint8_t)(left > 2 ? letters[bits & 63] : '='));
    }
}

/* "name": text, or "name_base64": what is no text. Null where there is nothing. */
static void append_member(const char *name, struct sm_slice bytes, struct sm_buf *out)
{
    bool is_text = sm__payload_is_text(bytes);

    sm_buf_printf(out, "\"%s%s\":", name, is_text ? "" : "_base64");
    if (bytes.data == NULL)
        sm_buf_append_text(out, "null");
    else if (is_text)
        sm_json_append_string(bytes, out);
    else {
        sm_buf_append_byte(out, '"');
        append_base64(bytes, out);
        sm_buf_append_byte(out, '"');
    }
}

static void append_time(int64_t time_us, struct sm_buf *out)
{
    char text[SM_TIMESTAMP_TEXT_SIZE + 1];

    sm_timestamp_format(time_us, text);
    if (time_us == SM_TIME_NONE)
        sm_buf_append_text(out, "null");
    else
        sm_buf_printf(out, "\"%s\"", text);
}

static void append_letter(const struct sm_letter_view *letter, struct sm_buf *out)
{
    sm_buf_printf(out, "{\"id\":%" PRId64 ",\"topic\":", letter->id);
    sm_json_append_string(letter->topic, out);
    sm_buf_printf(out, ",\"partition\":%" PRId32 ",\"offset\":%" PRId64 ",\"timestamp\":",
                  letter->partition, letter->offset);
    append_time(letter->record_time, out);
    sm_buf_append_text(out, ",\"code\":");
    sm_json_append_string(letter->code, out);
    sm_buf_append_byte(out, ',');
    append_member("key", letter->record_key, out);
    sm_buf_append_byte(out, ',');
    append_member("value", letter->record_value, out);
    sm_buf_append_text(out, ",\"headers\":[");
    for (size_t i = 0; i < letter->header_count; i++) {
        sm_buf_append_text(out, i == 0 ? "{" : ",{");
        append_member("name", letter->headers[i].name, out);
        sm_buf_append_byte(out, ',');
        append_member("value", letter->headers[i].value, out);
        sm_buf_append_byte(out, '}');
    }
    sm_buf_append_text(out, "]}\n");
}

void sm__letters_export(void *context, const struct sm_letter_view *letter)
{
    bool *failed = context;
    struct sm_buf line;

    sm_buf_init(&line, LINE_SIZE_MAX);
    append_letter(letter, &line);
    *failed = *failed || sm_buf_failed(&line);
    if (!sm_buf_failed(&line))
        (void)fwrite(line.data, 1, line.size, stdout);
    sm_buf_deinit(&line);
}
