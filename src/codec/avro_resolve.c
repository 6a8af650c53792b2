/* The rules of schema resolution that look at two types alone
 * (https://avro.apache.org/docs/1.12.0/specification/#schema-resolution). */
#include "codec/avro_priv.h"

static bool is_alias(const struct sm_avro_schema *schema, struct sm_slice name)
{
    for (uint32_t i = 0; i < schema->alias_count; i++)
        if (sm_slice_equal(schema->aliases[i], name))
            return true;
    return false;
}

bool sm__avro_names_match(const struct sm_avro_schema *writer, const struct sm_avro_schema *reader,
                          bool loosely)
{
    if (sm_slice_equal(writer->name, reader->name) || is_alias(reader, writer->name))
        return true;
    return loosely &&
           sm_slice_equal(sm_avro_name_base(writer->name), sm_avro_name_base(reader->name));
}

static bool is_promoted(enum sm_avro_type from, enum sm_avro_type to)
{
    switch (from) {
    case SM_AVRO_INT:
        return to == SM_AVRO_LONG || to == SM_AVRO_FLOAT || to == SM_AVRO_DOUBLE;
    case SM_AVRO_LONG:
        return to == SM_AVRO_FLOAT || to == SM_AVRO_DOUBLE;
    case SM_AVRO_FLOAT:
        return to == SM_AVRO_DOUBLE;
    case SM_AVRO_BYTES:
        return to == SM_AVRO_STRING;
    case SM_AVRO_STRING:
        return to == SM_AVRO_BYTES;
    case SM_AVRO_NULL:
    case SM_AVRO_BOOLEAN:
    case SM_AVRO_DOUBLE:
    case SM_AVRO_RECORD:
    case SM_AVRO_ENUM:
    case SM_AVRO_FIXED:
    case SM_AVRO_ARRAY:
    case SM_AVRO_MAP:
    case SM_AVRO_UNION:
        break;
    }
    return false;
}

bool sm__avro_types_match(const struct sm_avro_schema *writer, const struct sm_avro_schema *reader,
                          bool loosely)
{
    if (writer->type != reader->type)
        return loosely && is_promoted(writer->type, reader->type);
    if (writer->name.data != NULL && !sm__avro_names_match(writer, reader, loosely))
        return false;
    if (writer->type == SM_AVRO_FIXED && writer->count != reader->count)
        return false;
    return writer->logical != SM_AVRO_DECIMAL || reader->logical != SM_AVRO_DECIMAL ||
           (writer->precision == reader->precision && writer->scale == reader->scale);
}

/* Parts of a second of a timestamp's unit; 0: it is none. */
static int64_t unit_of(enum sm_avro_logical logical)
{
    switch (logical) {
    case SM_AVRO_TIMESTAMP_MILLIS:
        return 1000;
    case SM_AVRO_TIMESTAMP_MICROS:
        return 1000000;
    case SM_AVRO_TIMESTAMP_NANOS:
        return 1000000000;
    case SM_AVRO_PLAIN:
    case SM_AVRO_DECIMAL:
    case SM_AVRO_UUID:
        break;
    }
    return 0;
}

/* The specification resolves a timestamp as the long it is: read by another unit it would be
 * another time, and nobody would notice. So units are converted. */
static void convert_time(struct sm__avro_op *op, const struct sm_avro_schema *writer,
                         const struct sm_avro_schema *reader)
{
    int64_t from = unit_of(writer->logical), to = unit_of(reader->logical);

    if (from == 0 || to == 0 || from == to)
        return;
    op->code = SM__AVRO_READ_LONG_TIMES;
    op->factor = to > from ? to / from : -(from / to);
}

static uint8_t code_of(enum sm_avro_type from, enum sm_avro_type to)
{
    bool real = to == SM_AVRO_FLOAT || to == SM_AVRO_DOUBLE;

    switch (from) {
    case SM_AVRO_BOOLEAN:
        return SM__AVRO_READ_BOOLEAN;
    case SM_AVRO_INT:
        return real ? SM__AVRO_READ_INT_REAL : SM__AVRO_READ_INT;
    case SM_AVRO_LONG:
        return real ? SM__AVRO_READ_LONG_REAL : SM__AVRO_READ_LONG;
    case SM_AVRO_FLOAT:
        return SM__AVRO_READ_FLOAT;
    case SM_AVRO_DOUBLE:
        return SM__AVRO_READ_DOUBLE;
    case SM_AVRO_BYTES:
    case SM_AVRO_STRING:
        return to == SM_AVRO_STRING ? SM__AVRO_READ_STRING : SM__AVRO_READ_BYTES;
    case SM_AVRO_FIXED:
        return SM__AVRO_READ_FIXED;
    case SM_AVRO_NULL:
    case SM_AVRO_RECORD:
    case SM_AVRO_ENUM:
    case SM_AVRO_ARRAY:
    case SM_AVRO_MAP:
    case SM_AVRO_UNION:
        break;
    }
    return SM__AVRO_READ_NULL;
}

struct sm__avro_op sm__avro_op_primitive(const struct sm_avro_schema *writer,
                                         const struct sm_avro_schema *reader)
{
    struct sm__avro_op op = { .code = code_of(writer->type, reader->type),
                              .type = (uint8_t)reader->type };

    if (writer->type == SM_AVRO_FIXED)
        op.width = writer->count;
    if (op.code == SM__AVRO_READ_LONG)
        convert_time(&op, writer, reader);
    return op;
}
