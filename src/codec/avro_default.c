/* Defaults: JSON of a schema to the value it means. */
#include "codec/avro_priv.h"

/* A record's default may leave out members that have a default themselves, and so for ever:
 * `levels` bounds the recursion. */
static enum sm_status read_value(const struct sm_avro_schema *schema, const struct sm_json *json,
                                 struct sm_arena *arena, unsigned levels,
                                 struct sm_avro_value *out);

/* A double from a number's text. The text is JSON's, so strtod reads all of it in every locale but
 * for the decimal point, and the program never leaves the C locale. */
static enum sm_status read_real(const struct sm_json *json, struct sm_avro_value *out)
{
    char text[64];

    if (json->type != SM_JSON_NUMBER || json->text.size >= sizeof(text))
        return SM_REJECT;
    memcpy(text, json->text.data, json->text.size);
    text[json->text.size] = '\0';
    out->real = strtod(text, NULL);
    if (out->type == SM_AVRO_FLOAT)
        out->real = (double)(float)out->real;
    return SM_OK;
}

static enum sm_status read_integer(const struct sm_json *json, struct sm_avro_value *out)
{
    if (json->type != SM_JSON_NUMBER || !sm_json_integer(json, &out->integer))
        return SM_REJECT;
    return out->type == SM_AVRO_LONG || (out->integer >= INT32_MIN && out->integer <= INT32_MAX)
               ? SM_OK
               : SM_REJECT;
}

/* Each character up to U+00FF stands for the byte of its number. */
static enum sm_status read_bytes(const struct sm_avro_schema *schema, const struct sm_json *json,
                                 struct sm_arena *arena, struct sm_avro_value *out)
{
    uint8_t *bytes;
    size_t size = 0;

    if (json->type != SM_JSON_STRING)
        return SM_REJECT;
    bytes = sm_arena_alloc(arena, json->text.size);
    if (bytes == NULL)
        return SM_LIMIT;
    for (size_t i = 0; i < json->text.size; i++) {
        uint8_t byte = json->text.data[i];

        if (byte > 0xc3)
            return SM_REJECT;
        if (byte >= 0xc0) /* the text is UTF-8, so one more byte follows */
            byte = (uint8_t)((byte & 3) << 6 | (json->text.data[++i] & 0x3f));
        bytes[size++] = byte;
    }
    out->bytes = (struct sm_slice){ bytes, size };
    return schema->type == SM_AVRO_BYTES || size == schema->count ? SM_OK : SM_REJECT;
}

static enum sm_status read_text(const struct sm_avro_schema *schema, const struct sm_json *json,
                                struct sm_arena *arena, struct sm_avro_value *out)
{
    if (json->type != SM_JSON_STRING)
        return SM_REJECT;
    if (schema->type == SM_AVRO_ENUM) {
        while (out->count < schema->count &&
               !sm_slice_equal(schema->symbols[out->count], json->text))
            out->count++;
        if (out->count == schema->count)
            return SM_REJECT;
    }
    return sm_arena_copy(arena, json->text, &out->bytes) ? SM_OK : SM_LIMIT;
}

static enum sm_status read_record(const struct sm_avro_schema *schema, const struct sm_json *json,
                                  struct sm_arena *arena, unsigned levels,
                                  struct sm_avro_value *out)
{
    struct sm_avro_value *fields = sm_arena_zalloc(arena, schema->count, sizeof(*fields));

    if (json->type != SM_JSON_OBJECT)
        return SM_REJECT;
    if (fields == NULL)
        return SM_LIMIT;
    for (uint32_t i = 0; i < schema->count; i++) {
        const struct sm_avro_field *field = &schema->fields[i];
        const struct sm_json *member = json->first;
        enum sm_status status = SM_REJECT;

        while (member != NULL && !sm_slice_equal(member->name, field->name))
            member = member->next;
        member = member != NULL ? member : field->fallback;
        if (member != NULL)
            status = read_value(field->schema, member, arena, levels, &fields[i]);
        if (status != SM_OK)
            return status;
    }
    out->count = schema->count;
    out->items = fields;
    return SM_OK;
}

/* An array's items; a map's are pairs of a key and what it names. */
static enum sm_status read_items(const struct sm_avro_schema *schema, const struct sm_json *json,
                                 struct sm_arena *arena, unsigned levels, struct sm_avro_value *out)
{
    size_t each = schema->type == SM_AVRO_MAP ? 2 : 1;
    struct sm_avro_value *items, *item;

    if (json->type != (each == 2 ? SM_JSON_OBJECT : SM_JSON_ARRAY))
        return SM_REJECT;
    items = sm_arena_zalloc(arena, each * json->count, sizeof(*items));
    if (items == NULL)
        return SM_LIMIT;
    out->count = json->count;
    out->items = json->count != 0 ? items : NULL;
    item = items;
    for (const struct sm_json *node = json->first; node != NULL; node = node->next) {
        enum sm_status status;

        if (each == 2) {
            *item = (struct sm_avro_value){ .type = SM_AVRO_STRING, .there = true };
            if (!sm_arena_copy(arena, node->name, &item->bytes))
                return SM_LIMIT;
            item->next = item + 1;
            item++;
        }
        status = read_value(schema->item, node, arena, levels, item);
        if (status != SM_OK)
            return status;
        item->next = node->next != NULL ? item + 1 : NULL;
        item++;
    }
    return SM_OK;
}

/* The specification wanted the first branch's type up to 1.11, and takes any since. */
static enum sm_status read_branch(const struct sm_avro_schema *schema, const struct sm_json *json,
                                  struct sm_arena *arena, unsigned levels,
                                  struct sm_avro_value *out)
{
    for (uint32_t i = 0; i < schema->count; i++) {
        enum sm_status status = read_value(schema->branches[i], json, arena, levels, out);

        out->branch = (uint16_t)i;
        if (status != SM_REJECT)
            return status;
    }
    return SM_REJECT;
}

static enum sm_status read_value(const struct sm_avro_schema *schema, const struct sm_json *json,
                                 struct sm_arena *arena, unsigned levels, struct sm_avro_value *out)
{
    *out = (struct sm_avro_value){ .type = (uint8_t)schema->type, .there = true };
    if (levels == 0)
        return SM_REJECT;
    switch (schema->type) {
    case SM_AVRO_NULL:
        return json->type == SM_JSON_NULL ? SM_OK : SM_REJECT;
    case SM_AVRO_BOOLEAN:
        out->boolean = json->boolean;
        return json->type == SM_JSON_BOOL ? SM_OK : SM_REJECT;
    case SM_AVRO_INT:
    case SM_AVRO_LONG:
        return read_integer(json, out);
    case SM_AVRO_FLOAT:
    case SM_AVRO_DOUBLE:
        return read_real(json, out);
    case SM_AVRO_FIXED:
    case SM_AVRO_BYTES:
        return read_bytes(schema, json, arena, out);
    case SM_AVRO_STRING:
    case SM_AVRO_ENUM:
        return read_text(schema, json, arena, out);
    case SM_AVRO_RECORD:
        return read_record(schema, json, arena, levels - 1, out);
    case SM_AVRO_ARRAY:
    case SM_AVRO_MAP:
        return read_items(schema, json, arena, levels - 1, out);
    case SM_AVRO_UNION:
        return read_branch(schema, json, arena, levels - 1, out);
    }
    return SM_REJECT;
}

enum sm_status sm__avro_default_read(const struct sm_avro_schema *schema,
                                     const struct sm_json *json, struct sm_arena *arena,
                                     struct sm_avro_value *out)
{
    return read_value(schema, json, arena, 2 * SM_AVRO_DEPTH_MAX, out);
}
