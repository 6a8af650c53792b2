/* Reading a schema: JSON to a tree. Recursion goes no deeper than the JSON does. */
#include "codec/avro_schema_priv.h"

#include <stdio.h>

static const char *const type_names[] = {
    [SM_AVRO_NULL] = "null",   [SM_AVRO_BOOLEAN] = "boolean", [SM_AVRO_INT] = "int",
    [SM_AVRO_LONG] = "long",   [SM_AVRO_FLOAT] = "float",     [SM_AVRO_DOUBLE] = "double",
    [SM_AVRO_BYTES] = "bytes", [SM_AVRO_STRING] = "string",   [SM_AVRO_RECORD] = "record",
    [SM_AVRO_ENUM] = "enum",   [SM_AVRO_FIXED] = "fixed",     [SM_AVRO_ARRAY] = "array",
    [SM_AVRO_MAP] = "map",     [SM_AVRO_UNION] = "union",
};
/* Bytes that a value takes at the least; of the others it depends on what they are made of. */
static const uint8_t sizes_min[] = {
    [SM_AVRO_NULL] = 0,   [SM_AVRO_BOOLEAN] = 1, [SM_AVRO_INT] = 1,   [SM_AVRO_LONG] = 1,
    [SM_AVRO_FLOAT] = 4,  [SM_AVRO_DOUBLE] = 8,  [SM_AVRO_BYTES] = 1, [SM_AVRO_STRING] = 1,
    [SM_AVRO_RECORD] = 0, [SM_AVRO_ENUM] = 1,    [SM_AVRO_FIXED] = 0, [SM_AVRO_ARRAY] = 1,
    [SM_AVRO_MAP] = 1,    [SM_AVRO_UNION] = 1,
};

const char *sm_avro_type_name(enum sm_avro_type type)
{
    SM_ASSERT((unsigned)type < SM_ARRAY_COUNT(type_names));
    return type_names[type];
}

bool sm__avro_refuse(struct sm__avro_reader *reader, const char *what, struct sm_slice about)
{
    int size = (int)(about.size < 80 ? about.size : 80);

    reader->status = SM_REJECT;
    (void)snprintf(reader->fault->reason, sizeof(reader->fault->reason), "%s%s%.*s", what,
                   about.data != NULL ? " " : "", size,
                   about.data != NULL ? (const char *)about.data : "");
    return false;
}

void *sm__avro_alloc(struct sm__avro_reader *reader, size_t count, size_t size)
{
    void *memory = sm_arena_zalloc(reader->arena, count, size);

    if (memory == NULL)
        reader->status = SM_LIMIT;
    return memory;
}

static const struct sm_avro_schema *read_schema(struct sm__avro_reader *reader,
                                                const struct sm_json *json, struct sm_slice space);

static struct sm_avro_schema *new_schema(struct sm__avro_reader *reader, enum sm_avro_type type)
{
    struct sm_avro_schema *schema = sm__avro_alloc(reader, 1, sizeof(*schema));

    if (schema != NULL) {
        schema->type = type;
        schema->size_min = sizes_min[type];
        schema->symbol_default = -1;
    }
    return schema;
}

static bool find_type(struct sm_slice name, enum sm_avro_type *out)
{
    for (unsigned i = 0; i < SM_AVRO_UNION; i++) {
        if (sm_slice_equal(name, sm_slice_of(type_names[i]))) {
            *out = (enum sm_avro_type)i;
            return true;
        }
    }
    *out = SM_AVRO_RECORD;
    return sm_slice_equal(name, SM_SLICE("error")); /* of protocols: a record */
}

static const struct sm_json *array_of(struct sm__avro_reader *reader, const struct sm_json *json,
                                      const char *name, struct sm_slice about)
{
    const struct sm_json *member = sm_json_member(json, name);

    if (member != NULL && member->type == SM_JSON_ARRAY && member->count <= SM_AVRO_MEMBERS_MAX)
        return member;
    (void)sm__avro_refuse(reader,
                          name[0] == 'f' ? "no array of at most 4096 fields has the record"
                                         : "no array of at most 4096 symbols has the enum",
                          about);
    return NULL;
}

static uint32_t add_sizes(uint32_t a, uint32_t b)
{
    return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

static bool read_field(struct sm__avro_reader *reader, const struct sm_json *json,
                       struct sm_slice space, struct sm_avro_field *field)
{
    const struct sm_json *name = sm_json_member(json, "name");
    const struct sm_json *type = sm_json_member(json, "type");

    if (name == NULL || name->type != SM_JSON_STRING || !sm__avro_name_is_simple(name->text))
        return sm__avro_refuse(reader, "a field has no name, or one that cannot be",
                               name != NULL ? name->text : SM_SLICE_NONE);
    if (type == NULL)
        return sm__avro_refuse(reader, "no type has the field", name->text);
    field->name = name->text;
    field->fallback = sm_json_member(json, "default");
    field->schema = read_schema(reader, type, space);
    return field->schema != NULL &&
           sm__avro_aliases_read(reader, json, NULL, &field->aliases, &field->alias_count);
}

static bool read_record(struct sm__avro_reader *reader, const struct sm_json *json,
                        struct sm_avro_schema *record)
{
    const struct sm_json *list = array_of(reader, json, "fields", record->name);
    struct sm_avro_field *fields =
        list == NULL ? NULL : sm__avro_alloc(reader, list->count, sizeof(*fields));

    if (fields == NULL)
        return false;
    record->fields = fields;
    for (const struct sm_json *item = list->first; item != NULL; item = item->next) {
        struct sm_avro_field *field = &fields[record->count];

        if (!read_field(reader, item, sm__avro_name_space(record->name), field))
            return false;
        for (uint32_t i = 0; i < record->count; i++)
            if (sm_slice_equal(fields[i].name, field->name))
                return sm__avro_refuse(reader, "two fields of one record have the name",
                                       field->name);
        record->count++;
    }
    /* Last, so that a record inside itself counts as nothing. */
    for (uint32_t i = 0; i < record->count; i++)
        record->size_min = add_sizes(record->size_min, fields[i].schema->size_min);
    return true;
}

static int32_t find_symbol(const struct sm_avro_schema *schema, struct sm_slice symbol)
{
    for (uint32_t i = 0; i < schema->count; i++)
        if (sm_slice_equal(schema->symbols[i], symbol))
            return (int32_t)i;
    return -1;
}

static bool read_enum(struct sm__avro_reader *reader, const struct sm_json *json,
                      struct sm_avro_schema *schema)
{
    const struct sm_json *list = array_of(reader, json, "symbols", schema->name);
    const struct sm_json *fallback = sm_json_member(json, "default");
    struct sm_slice *symbols =
        list == NULL ? NULL : sm__avro_alloc(reader, list->count, sizeof(*symbols));

    if (symbols == NULL)
        return false;
    schema->symbols = symbols;
    for (const struct sm_json *item = list->first; item != NULL; item = item->next) {
        if (item->type != SM_JSON_STRING || !sm__avro_name_is_simple(item->text) ||
            find_symbol(schema, item->text) >= 0)
            return sm__avro_refuse(reader, "a symbol is no name, or there twice:", item->text);
        symbols[schema->count++] = item->text;
    }
    if (fallback == NULL)
        return true;
    schema->symbol_default = find_symbol(schema, fallback->text);
    return schema->symbol_default >= 0 ||
           sm__avro_refuse(reader, "the default is no symbol of the enum", schema->name);
}

static bool read_fixed(struct sm__avro_reader *reader, const struct sm_json *json,
                       struct sm_avro_schema *schema)
{
    const struct sm_json *size = sm_json_member(json, "size");
    int64_t bytes = 0;

    if (size == NULL || size->type != SM_JSON_NUMBER || !sm_json_integer(size, &bytes) ||
        bytes < 0 || bytes > INT32_MAX)
        return sm__avro_refuse(reader, "no size that can be has the fixed", schema->name);
    schema->count = (uint32_t)bytes;
    schema->size_min = schema->count;
    return true;
}

static bool read_item(struct sm__avro_reader *reader, const struct sm_json *json,
                      struct sm_slice space, struct sm_avro_schema *schema)
{
    const struct sm_json *item =
        sm_json_member(json, schema->type == SM_AVRO_ARRAY ? "items" : "values");

    if (item == NULL)
        return sm__avro_refuse(reader, "an array has no items, or a map no values", SM_SLICE_NONE);
    schema->item = read_schema(reader, item, space);
    return schema->item != NULL;
}

static int64_t integer_of(const struct sm_json *json, const char *name)
{
    const struct sm_json *member = sm_json_member(json, name);
    int64_t number = 0;

    return member != NULL && member->type == SM_JSON_NUMBER && sm_json_integer(member, &number)
               ? number
               : 0;
}

/* A logical type on a type that it does not go with is ignored. */
static void read_logical(const struct sm_json *json, struct sm_avro_schema *schema)
{
    static const struct {
        const char *name;
        enum sm_avro_logical logical;
        enum sm_avro_type types[2];
    } known[] = {
        { "decimal", SM_AVRO_DECIMAL, { SM_AVRO_BYTES, SM_AVRO_FIXED } },
        { "uuid", SM_AVRO_UUID, { SM_AVRO_STRING, SM_AVRO_FIXED } },
        { "timestamp-millis", SM_AVRO_TIMESTAMP_MILLIS, { SM_AVRO_LONG, SM_AVRO_LONG } },
        { "timestamp-micros", SM_AVRO_TIMESTAMP_MICROS, { SM_AVRO_LONG, SM_AVRO_LONG } },
        { "timestamp-nanos", SM_AVRO_TIMESTAMP_NANOS, { SM_AVRO_LONG, SM_AVRO_LONG } },
    };
    const struct sm_json *logical = sm_json_member(json, "logicalType");

    for (size_t i = 0; logical != NULL && i < SM_ARRAY_COUNT(known); i++)
        if (sm_slice_equal(logical->text, sm_slice_of(known[i].name)) &&
            (schema->type == known[i].types[0] || schema->type == known[i].types[1]))
            schema->logical = known[i].logical;
    if (schema->logical == SM_AVRO_DECIMAL) {
        schema->precision = integer_of(json, "precision");
        schema->scale = integer_of(json, "scale");
    }
}

static bool read_content(struct sm__avro_reader *reader, const struct sm_json *json,
                         struct sm_slice space, struct sm_avro_schema *schema)
{
    bool named = schema->type == SM_AVRO_RECORD || schema->type == SM_AVRO_ENUM ||
                 schema->type == SM_AVRO_FIXED;

    if (named && !sm__avro_name_define(reader, json, space, schema))
        return false;
    read_logical(json, schema);
    switch (schema->type) {
    case SM_AVRO_RECORD:
        return read_record(reader, json, schema);
    case SM_AVRO_ENUM:
        return read_enum(reader, json, schema);
    case SM_AVRO_FIXED:
        return read_fixed(reader, json, schema);
    case SM_AVRO_ARRAY:
    case SM_AVRO_MAP:
        return read_item(reader, json, space, schema);
    case SM_AVRO_NULL:
    case SM_AVRO_BOOLEAN:
    case SM_AVRO_INT:
    case SM_AVRO_LONG:
    case SM_AVRO_FLOAT:
    case SM_AVRO_DOUBLE:
    case SM_AVRO_BYTES:
    case SM_AVRO_STRING:
    case SM_AVRO_UNION:
        break;
    }
    return true;
}

/* {"type": ...}; where that is no name of a type, it is a schema in brackets. */
static const struct sm_avro_schema *read_object(struct sm__avro_reader *reader,
                                                const struct sm_json *json, struct sm_slice space)
{
    const struct sm_json *member = sm_json_member(json, "type");
    struct sm_avro_schema *schema;
    enum sm_avro_type type;

    if (member == NULL) {
        (void)sm__avro_refuse(reader, "an object that is no schema: it has no type", SM_SLICE_NONE);
        return NULL;
    }
    if (member->type != SM_JSON_STRING || !find_type(member->text, &type))
        return read_schema(reader, member, space);
    schema = new_schema(reader, type);
    return schema != NULL && read_content(reader, json, space, schema) ? schema : NULL;
}

/* Branches are told apart by their types, those of named types by their names. */
static bool is_twice(const struct sm_avro_schema *a, const struct sm_avro_schema *b)
{
    return a->type == b->type && (a->name.data == NULL || sm_slice_equal(a->name, b->name));
}

static const struct sm_avro_schema *read_union(struct sm__avro_reader *reader,
                                               const struct sm_json *json, struct sm_slice space)
{
    struct sm_avro_schema *schema = new_schema(reader, SM_AVRO_UNION);
    const struct sm_avro_schema **branches =
        schema == NULL ? NULL : sm__avro_alloc(reader, json->count, sizeof(const void *));
    uint32_t size_min = UINT32_MAX;

    if (branches == NULL)
        return NULL;
    if (json->count == 0 || json->count > SM_AVRO_MEMBERS_MAX) {
        (void)sm__avro_refuse(reader, "a union has no branches, or more than 4096", SM_SLICE_NONE);
        return NULL;
    }
    schema->branches = branches;
    for (const struct sm_json *item = json->first; item != NULL; item = item->next) {
        const struct sm_avro_schema *branch = read_schema(reader, item, space);
        bool twice = branch != NULL && branch->type == SM_AVRO_UNION;

        for (uint32_t i = 0; branch != NULL && i < schema->count; i++)
            twice = twice || is_twice(branches[i], branch);
        if (twice)
            (void)sm__avro_refuse(reader, "a union has a branch that is a union, or there twice:",
                                  sm_slice_of(type_names[branch->type]));
        if (twice || branch == NULL)
            return NULL;
        size_min = branch->size_min < size_min ? branch->size_min : size_min;
        branches[schema->count++] = branch;
    }
    schema->size_min = add_sizes(1, size_min);
    return schema;
}

static const struct sm_avro_schema *read_schema(struct sm__avro_reader *reader,
                                                const struct sm_json *json, struct sm_slice space)
{
    enum sm_avro_type type;

    if (json->type == SM_JSON_ARRAY)
        return read_union(reader, json, space);
    if (json->type == SM_JSON_OBJECT)
        return read_object(reader, json, space);
    if (json->type != SM_JSON_STRING) {
        (void)sm__avro_refuse(reader, "a schema is a string, an object or an array, not",
                              json->text);
        return NULL;
    }
    if (find_type(json->text, &type) && type <= SM_AVRO_STRING)
        return new_schema(reader, type);
    return sm__avro_name_find(reader, json->text, space);
}

enum sm_status sm_avro_schema_read(struct sm_slice text, struct sm_arena *arena,
                                   const struct sm_avro_schema **out,
                                   struct sm_avro_schema_fault *fault)
{
    struct sm__avro_reader reader = { .arena = arena, .fault = fault, .status = SM_OK };
    struct sm_json_fault json_fault = { 0 };
    struct sm_json *root = NULL;
    enum sm_status status;

    *fault = (struct sm_avro_schema_fault){ 0 };
    if (text.size > SM_AVRO_SCHEMA_SIZE_MAX) {
        (void)sm__avro_refuse(&reader, "a schema of more than 1 MiB", SM_SLICE_NONE);
        return SM_REJECT;
    }
    status = sm_json_read(text, arena, &root, &json_fault);
    if (status == SM_REJECT) {
        fault->offset = json_fault.offset;
        (void)sm__avro_refuse(&reader, "no JSON:", sm_slice_of(json_fault.reason));
    }
    if (status != SM_OK)
        return status;
    reader.names = sm__avro_alloc(&reader, SM_AVRO_NAMES_MAX, sizeof(const void *));
    if (reader.names == NULL)
        return SM_LIMIT;
    *out = read_schema(&reader, root, SM_SLICE(""));
    return reader.status;
}
