/* The data of an event in Avro as the JSON it means, so that one table judges both. */
#include "codec/avro_event_priv.h"

#include <inttypes.h>
#include <stdio.h>

/* One record of data being turned. */
struct turning {
    struct sm_arena *scratch;
    struct sm_rejection *rejection;
    const struct sm__avro_event_field *field;
};

static struct sm_json *new_node(const struct turning *turning, enum sm_json_type type)
{
    struct sm_json *node = sm_arena_alloc(turning->scratch, sizeof(*node));

    if (node != NULL)
        *node = (struct sm_json){ .type = type };
    return node;
}

/* An integer's digits; of a time outside of the calendar too, which the domain then refuses. */
static bool write_integer(const struct turning *turning, int64_t integer, struct sm_slice *out)
{
    char *text = sm_arena_alloc(turning->scratch, 24);

    if (text == NULL)
        return false;
    *out = (struct sm_slice){ (uint8_t *)text, (size_t)snprintf(text, 24, "%" PRId64, integer) };
    return true;
}

static bool write_time(const struct turning *turning, int64_t time_us, struct sm_slice *out)
{
    char *text;

    if (time_us < SM_TIME_MIN || time_us > SM_TIME_MAX)
        return write_integer(turning, time_us, out);
    text = sm_arena_alloc(turning->scratch, SM_TIMESTAMP_TEXT_SIZE + 1);
    if (text == NULL)
        return false;
    sm_timestamp_format(time_us, text);
    *out = (struct sm_slice){ (uint8_t *)text, SM_TIMESTAMP_TEXT_SIZE };
    return true;
}

static enum sm_status read_json(const struct turning *turning, struct sm_slice text,
                                struct sm_json **out)
{
    struct sm_json_fault fault = { 0 };
    enum sm_status status = sm_json_read(text, turning->scratch, out, &fault);
    char path[SM_REJECTION_FIELD_SIZE];
    struct sm_slice rest = text;

    if (status != SM_REJECT)
        return status;
    (void)snprintf(path, sizeof(path), "data.%.*s", (int)turning->field->name.size,
                   (const char *)turning->field->name.data);
    rest.data += fault.offset;
    rest.size -= fault.offset;
    sm_reject(turning->rejection, SM_CODE_JSON_INVALID, path, rest, "at byte %zu of the text: %s",
              fault.offset, fault.reason);
    return SM_REJECT;
}

static enum sm_status turn_list(const struct turning *turning, const struct sm_avro_value *value,
                                struct sm_json **out)
{
    struct sm_json *array = new_node(turning, SM_JSON_ARRAY);
    struct sm_json **tail = array == NULL ? NULL : &array->first;

    if (array == NULL)
        return SM_LIMIT;
    for (const struct sm_avro_value *item = value->items; item != NULL; item = item->next) {
        struct sm_json *node = new_node(turning, SM_JSON_NUMBER);

        if (node == NULL || !write_integer(turning, item->integer, &node->text))
            return SM_LIMIT;
        *tail = node;
        tail = &node->next;
        array->count++;
    }
    *out = array;
    return SM_OK;
}

static enum sm_status turn_scalar(const struct turning *turning, enum sm_json_type type,
                                  const struct sm_avro_value *value, struct sm_json **out)
{
    struct sm_json *node = new_node(turning, type);
    bool good = node != NULL;

    if (good && turning->field->type == SM_VALUE_INTEGER)
        good = write_integer(turning, value->integer, &node->text);
    else if (good && turning->field->type == SM_VALUE_TIME)
        good = write_time(turning, value->integer, &node->text);
    else if (good && turning->field->type == SM_VALUE_BOOL)
        node->boolean = value->boolean;
    else if (good)
        node->text = value->bytes;
    *out = node;
    return good ? SM_OK : SM_LIMIT;
}

static enum sm_status turn_value(const struct turning *turning, const struct sm_avro_value *value,
                                 struct sm_json **out)
{
    if (value->type == SM_AVRO_RECORD) { /* Cleared */
        *out = new_node(turning, SM_JSON_NULL);
        return *out == NULL ? SM_LIMIT : SM_OK;
    }
    switch (turning->field->type) {
    case SM_VALUE_JSON:
        return read_json(turning, value->bytes, out);
    case SM_VALUE_LIST:
        return turn_list(turning, value, out);
    case SM_VALUE_BOOL:
        return turn_scalar(turning, SM_JSON_BOOL, value, out);
    case SM_VALUE_INTEGER:
        return turn_scalar(turning, SM_JSON_NUMBER, value, out);
    case SM_VALUE_TIME:
    case SM_VALUE_TEXT:
    case SM_VALUE_ABSENT:
    case SM_VALUE_NULL:
        break;
    }
    return turn_scalar(turning, SM_JSON_STRING, value, out);
}

enum sm_status sm__avro_event_data(const struct sm__avro_event_record *record,
                                   const struct sm_avro_value *value, struct sm_arena *scratch,
                                   const struct sm_json **out, struct sm_rejection *rejection)
{
    struct turning turning = { .scratch = scratch, .rejection = rejection };
    struct sm_json *object = new_node(&turning, SM_JSON_OBJECT);
    struct sm_json **tail = object == NULL ? NULL : &object->first;

    if (object == NULL)
        return SM_LIMIT;
    for (uint32_t i = 0; i < record->count; i++) {
        const struct sm_avro_value *field = &value->items[record->fields[i].slot];
        struct sm_json *node = NULL;
        enum sm_status status;

        if (field->type == SM_AVRO_NULL)
            continue;
        turning.field = &record->fields[i];
        status = turn_value(&turning, field, &node);
        if (status != SM_OK)
            return status;
        node->name = record->fields[i].name;
        *tail = node;
        tail = &node->next;
        object->count++;
    }
    *out = object;
    return SM_OK;
}
