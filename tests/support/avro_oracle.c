#include "support/avro_oracle.h"

#include <avro.h>
#include <math.h>

#include "base/json.h"

static void append(avro_value_t *value, struct sm_buf *out);

static void append_hex(const void *data, size_t size, struct sm_buf *out)
{
    sm_buf_append_text(out, "{\"hex\":\"");
    for (size_t i = 0; i < size; i++)
        sm_buf_printf(out, "%02x", ((const uint8_t *)data)[i]);
    sm_buf_append_text(out, "\"}");
}

static void append_bytes(avro_value_t *value, struct sm_buf *out)
{
    const void *data = NULL;
    size_t size = 0;

    if (avro_value_get_type(value) == AVRO_BYTES)
        (void)avro_value_get_bytes(value, &data, &size);
    else
        (void)avro_value_get_fixed(value, &data, &size);
    append_hex(data, size, out);
}

static void append_text(avro_value_t *value, struct sm_buf *out)
{
    const char *text = "";
    size_t size = 1; /* with its terminator */

    (void)avro_value_get_string(value, &text, &size);
    sm_json_append_string((struct sm_slice){ (const uint8_t *)text, size - 1 }, out);
}

static void append_symbol(avro_value_t *value, struct sm_buf *out)
{
    int index = 0;

    (void)avro_value_get_enum(value, &index);
    sm_json_append_string(sm_slice_of(avro_schema_enum_get(avro_value_get_schema(value), index)),
                          out);
}

static void append_number(avro_value_t *value, struct sm_buf *out)
{
    int32_t narrow = 0;
    int64_t wide = 0;

    if (avro_value_get_type(value) == AVRO_INT32) {
        (void)avro_value_get_int(value, &narrow);
        wide = narrow;
    } else {
        (void)avro_value_get_long(value, &wide);
    }
    sm_buf_printf(out, "%lld", (long long)wide);
}

static void append_real(avro_value_t *value, struct sm_buf *out)
{
    float single = 0;
    double real = 0;

    if (avro_value_get_type(value) == AVRO_FLOAT) {
        (void)avro_value_get_float(value, &single);
        real = (double)single;
    } else {
        (void)avro_value_get_double(value, &real);
    }
    if (isnan(real))
        sm_buf_append_text(out, "{\"real\":\"nan\"}");
    else
        sm_buf_printf(out, "{\"real\":\"%a\"}", real);
}

/* Arrays have no names. */
static void append_items(avro_value_t *value, struct sm_buf *out)
{
    bool named = avro_value_get_type(value) != AVRO_ARRAY;
    size_t count = 0;

    (void)avro_value_get_size(value, &count);
    sm_buf_append_byte(out, named ? '{' : '[');
    for (size_t i = 0; i < count; i++) {
        const char *name = NULL;
        avro_value_t item;

        (void)avro_value_get_by_index(value, i, &item, &name);
        if (i != 0)
            sm_buf_append_byte(out, ',');
        if (named) {
            sm_json_append_string(sm_slice_of(name), out);
            sm_buf_append_byte(out, ':');
        }
        append(&item, out);
    }
    sm_buf_append_byte(out, named ? '}' : ']');
}

static void append(avro_value_t *value, struct sm_buf *out)
{
    avro_value_t branch;
    int boolean = 0;

    switch (avro_value_get_type(value)) {
    case AVRO_NULL:
        sm_buf_append_text(out, "null");
        break;
    case AVRO_BOOLEAN:
        (void)avro_value_get_boolean(value, &boolean);
        sm_buf_append_text(out, boolean != 0 ? "true" : "false");
        break;
    case AVRO_INT32:
    case AVRO_INT64:
        append_number(value, out);
        break;
    case AVRO_FLOAT:
    case AVRO_DOUBLE:
        append_real(value, out);
        break;
    case AVRO_STRING:
        append_text(value, out);
        break;
    case AVRO_ENUM:
        append_symbol(value, out);
        break;
    case AVRO_BYTES:
    case AVRO_FIXED:
        append_bytes(value, out);
        break;
    case AVRO_UNION:
        (void)avro_value_get_current_branch(value, &branch);
        append(&branch, out);
        break;
    case AVRO_ARRAY:
    case AVRO_MAP:
    case AVRO_RECORD:
        append_items(value, out);
        break;
    case AVRO_LINK:
        break;
    }
}

static bool write_again(avro_value_t *value, struct sm_buf *out)
{
    size_t size = 0;
    avro_writer_t writer;
    bool good;

    if (avro_value_sizeof(value, &size) != 0)
        return false;
    writer = avro_writer_memory((const char *)sm_buf_extend(out, size), (int64_t)size);
    good = size == 0 || avro_value_write(writer, value) == 0;
    avro_writer_free(writer);
    return good;
}

bool avro_oracle_read(struct sm_slice schema, struct sm_slice input, struct sm_buf *text,
                      struct sm_buf *bytes)
{
    avro_schema_t parsed = NULL;
    avro_value_iface_t *class = NULL;
    avro_reader_t reader = NULL;
    avro_value_t value = { 0 };
    bool good = false;

    if (avro_schema_from_json_length((const char *)schema.data, schema.size, &parsed) != 0)
        goto out;
    class = avro_generic_class_from_schema(parsed);
    if (class == NULL || avro_generic_value_new(class, &value) != 0)
        goto out;
    reader = avro_reader_memory((const char *)input.data, (int64_t)input.size);
    if (reader == NULL || avro_value_read(reader, &value) != 0 || !write_again(&value, bytes))
        goto out;
    append(&value, text);
    good = true;
out:
    if (!good)
        sm_buf_printf(text, "%s", avro_strerror());
    if (reader != NULL)
        avro_reader_free(reader);
    if (value.self != NULL)
        avro_value_decref(&value);
    if (class != NULL)
        avro_value_iface_decref(class);
    if (parsed != NULL)
        avro_schema_decref(parsed);
    return good;
}
