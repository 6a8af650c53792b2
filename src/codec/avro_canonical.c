/* The parsing canonical form: a schema's text without what does not matter to who reads the bytes
 * (https://avro.apache.org/docs/1.12.0/specification/#parsing-canonical-form-for-schemas). */
#include "codec/avro_schema_priv.h"

/* The text is written twice: once to learn its size. */
struct writer {
    uint8_t *out; /* NULL: only counted */
    size_t size;
    const struct sm_avro_schema **written; /* named types, which are spelled out once */
    uint32_t written_count;
};

static void put_slice(struct writer *writer, struct sm_slice text)
{
    if (writer->out != NULL && text.size != 0)
        memcpy(writer->out + writer->size, text.data, text.size);
    writer->size += text.size;
}

static void put(struct writer *writer, const char *text)
{
    put_slice(writer, sm_slice_of(text));
}

/* Names and symbols hold nothing that JSON would escape. */
static void put_name(struct writer *writer, const char *before, struct sm_slice name)
{
    put(writer, before);
    put(writer, "\"");
    put_slice(writer, name);
    put(writer, "\"");
}

static void put_number(struct writer *writer, uint32_t number)
{
    uint8_t digits[10];
    size_t first = sizeof(digits);

    do {
        digits[--first] = (uint8_t)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    put_slice(writer, (struct sm_slice){ digits + first, sizeof(digits) - first });
}

static void put_schema(struct writer *writer, const struct sm_avro_schema *schema);

static void put_fields(struct writer *writer, const struct sm_avro_schema *record)
{
    put(writer, ",\"type\":\"record\",\"fields\":[");
    for (uint32_t i = 0; i < record->count; i++) {
        put_name(writer, i == 0 ? "{\"name\":" : ",{\"name\":", record->fields[i].name);
        put(writer, ",\"type\":");
        put_schema(writer, record->fields[i].schema);
        put(writer, "}");
    }
    put(writer, "]}");
}

static void put_named(struct writer *writer, const struct sm_avro_schema *schema)
{
    for (uint32_t i = 0; i < writer->written_count; i++) {
        if (writer->written[i] == schema) {
            put_name(writer, "", schema->name);
            return;
        }
    }
    writer->written[writer->written_count++] = schema;
    put_name(writer, "{\"name\":", schema->name);
    if (schema->type == SM_AVRO_RECORD) {
        put_fields(writer, schema);
    } else if (schema->type == SM_AVRO_ENUM) {
        put(writer, ",\"type\":\"enum\",\"symbols\":[");
        for (uint32_t i = 0; i < schema->count; i++)
            put_name(writer, i == 0 ? "" : ",", schema->symbols[i]);
        put(writer, "]}");
    } else {
        put(writer, ",\"type\":\"fixed\",\"size\":");
        put_number(writer, schema->count);
        put(writer, "}");
    }
}

static void put_schema(struct writer *writer, const struct sm_avro_schema *schema)
{
    if (schema->name.data != NULL) {
        put_named(writer, schema);
    } else if (schema->type == SM_AVRO_ARRAY || schema->type == SM_AVRO_MAP) {
        put(writer, schema->type == SM_AVRO_ARRAY ? "{\"type\":\"array\",\"items\":"
                                                  : "{\"type\":\"map\",\"values\":");
        put_schema(writer, schema->item);
        put(writer, "}");
    } else if (schema->type == SM_AVRO_UNION) {
        for (uint32_t i = 0; i < schema->count; i++) {
            put(writer, i == 0 ? "[" : ",");
            put_schema(writer, schema->branches[i]);
        }
        put(writer, "]");
    } else {
        put_name(writer, "", sm_slice_of(sm_avro_type_name(schema->type)));
    }
}

enum sm_status sm_avro_schema_canonical(const struct sm_avro_schema *schema, struct sm_arena *arena,
                                        struct sm_slice *out)
{
    struct writer writer = { .out = NULL };
    uint8_t *text;

    writer.written = sm_arena_zalloc(arena, SM_AVRO_NAMES_MAX, sizeof(const void *));
    if (writer.written == NULL)
        return SM_LIMIT;
    put_schema(&writer, schema);
    text = sm_arena_alloc(arena, writer.size);
    if (text == NULL)
        return SM_LIMIT;
    writer = (struct writer){ .out = text, .written = writer.written };
    put_schema(&writer, schema);
    *out = (struct sm_slice){ text, writer.size };
    return SM_OK;
}

/* Bit by bit: it runs once a schema, so a table of 2 KiB would not earn its place. */
uint64_t sm_avro_crc64(struct sm_slice bytes)
{
    static const uint64_t empty = UINT64_C(0xc15d213aa4d7a795);
    uint64_t crc = empty;

    for (size_t i = 0; i < bytes.size; i++) {
        crc ^= bytes.data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (empty & (0 - (crc & 1)));
    }
    return crc;
}

enum sm_status sm_avro_fingerprint(struct sm_slice text, struct sm_arena *scratch, uint64_t *out,
                                   struct sm_avro_schema_fault *fault)
{
    size_t mark = sm_arena_mark(scratch);
    const struct sm_avro_schema *schema = NULL;
    struct sm_slice canonical = SM_SLICE_NONE;
    enum sm_status status = sm_avro_schema_read(text, scratch, &schema, fault);

    if (status == SM_OK)
        status = sm_avro_schema_canonical(schema, scratch, &canonical);
    if (status == SM_OK)
        *out = sm_avro_crc64(canonical);
    sm_arena_rewind(scratch, mark);
    return status;
}
