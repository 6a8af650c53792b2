#include "support/avro_text.h"

#include <math.h>

static void append_hex(struct sm_slice bytes, struct sm_buf *out)
{
    sm_buf_append_text(out, "{\"hex\":\"");
    for (size_t i = 0; i < bytes.size; i++)
        sm_buf_printf(out, "%02x", bytes.data[i]);
    sm_buf_append_text(out, "\"}");
}

static void append_record(const struct sm_avro_schema *schema, const struct sm_avro_value *value,
                          struct sm_buf *out)
{
    for (uint32_t i = 0; i < value->count; i++) {
        sm_buf_append_text(out, i == 0 ? "{" : ",");
        sm_json_append_string(schema->fields[i].name, out);
        sm_buf_append_byte(out, ':');
        avro_text_append(schema->fields[i].schema, &value->items[i], out);
    }
    sm_buf_append_text(out, value->count == 0 ? "{}" : "}");
}

static void append_items(const struct sm_avro_schema *schema, const struct sm_avro_value *value,
                         struct sm_buf *out)
{
    bool is_map = value->type == SM_AVRO_MAP;
    uint32_t count = 0;

    sm_buf_append_byte(out, is_map ? '{' : '[');
    for (const struct sm_avro_value *item = value->items; item != NULL; item = item->next) {
        if (count++ != 0)
            sm_buf_append_byte(out, ',');
        if (is_map) {
            sm_json_append_string(item->bytes, out);
            sm_buf_append_byte(out, ':');
            item = item->next;
        }
        avro_text_append(schema->item, item, out);
    }
    SM_ASSERT(count == value->count);
    sm_buf_append_byte(out, is_map ? '}' : ']');
}

static void append_real(double real, struct sm_buf *out)
{
    if (isnan(real))
        sm_buf_append_text(out, "{\"real\":\"nan\"}");
    else
        sm_buf_printf(out, "{\"real\":\"%a\"}", real);
}

void avro_text_append(const struct sm_avro_schema *schema, const struct sm_avro_value *value,
                      struct sm_buf *out)
{
    SM_ASSERT(value->there);
    if (schema->type == SM_AVRO_UNION)
        schema = schema->branches[value->branch];
    SM_ASSERT(schema->type == (enum sm_avro_type)value->type);
    switch (schema->type) {
    case SM_AVRO_NULL:
        sm_buf_append_text(out, "null");
        break;
    case SM_AVRO_BOOLEAN:
        sm_buf_append_text(out, value->boolean ? "true" : "false");
        break;
    case SM_AVRO_INT:
    case SM_AVRO_LONG:
        sm_buf_printf(out, "%lld", (long long)value->integer);
        break;
    case SM_AVRO_FLOAT:
    case SM_AVRO_DOUBLE:
        append_real(value->real, out);
        break;
    case SM_AVRO_BYTES:
    case SM_AVRO_FIXED:
        append_hex(value->bytes, out);
        break;
    case SM_AVRO_STRING:
    case SM_AVRO_ENUM:
        sm_json_append_string(value->bytes, out);
        break;
    case SM_AVRO_RECORD:
        append_record(schema, value, out);
        break;
    case SM_AVRO_ARRAY:
    case SM_AVRO_MAP:
        append_items(schema, value, out);
        break;
    case SM_AVRO_UNION:
        break;
    }
}

static int digit_of(char letter)
{
    const char *digits = "0123456789abcdef";
    const char *found = letter == '\0' ? NULL : strchr(digits, letter);

    return found == NULL ? -1 : (int)(found - digits);
}

void avro_text_unhex(const char *text, struct sm_buf *out)
{
    for (; *text != '\0'; text++) {
        int high = digit_of(text[0]), low = high < 0 ? -1 : digit_of(text[1]);

        if (*text == ' ')
            continue;
        SM_ASSERT(low >= 0);
        sm_buf_append_byte(out, (uint8_t)(high << 4 | low));
        text++;
    }
}
