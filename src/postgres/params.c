/* Parameters and arrays in PostgreSQL's binary format (arrayfuncs.c, rangetypes.c there). */
#include "postgres/params.h"

#include "base/err.h"

void sm__params_reset(struct sm__params *params)
{
    params->count = 0;
    params->out.size = 0;
    params->out.failed = false;
    params->rows.size = 0;
    params->rows.failed = false;
    params->row_count = 0;
}

void sm__params_deinit(struct sm__params *params)
{
    sm__out_deinit(&params->out);
    sm__out_deinit(&params->rows);
}

struct sm__out *sm__params_scalar(struct sm__params *params)
{
    SM_ASSERT(params->count < SM__PARAMS_MAX);
    params->starts[params->count++] = params->out.size;
    return &params->out;
}

/* array: int32 dimensions, int32 has nulls, oid of the element, per dimension int32 size and int32
 * lower bound, then the elements as fields. An empty one has no dimensions. As a parameter of its
 * own it is written without a length in front; sm__params_end knows that by the mark. */
#define ARRAY_MARK INT32_C(-2)

struct sm__out *sm__params_array(struct sm__params *params, uint32_t element_oid, size_t count)
{
    struct sm__out *out = sm__params_scalar(params);

    sm__out_i32(out, ARRAY_MARK);
    sm__out_i32(out, count == 0 ? 0 : 1);
    sm__out_i32(out, 1); /* there may be nulls: PostgreSQL looks for itself */
    sm__out_i32(out, (int32_t)element_oid);
    if (count != 0) {
        sm__out_i32(out, (int32_t)count);
        sm__out_i32(out, 1);
    }
    return out;
}

static int32_t load_i32(const uint8_t *at)
{
    uint32_t bits;

    memcpy(&bits, at, sizeof(bits));
    return (int32_t)__builtin_bswap32(bits);
}

struct sm__out *sm__params_row(struct sm__params *params)
{
    SM_ASSERT(params->row_count < SM__ROWS_MAX);
    params->row_starts[params->row_count++] = params->rows.size;
    return &params->rows;
}

/* Copies the next field of row `row`, and moves on behind it. */
static void copy_field(struct sm__params *params, size_t row, struct sm__out *to)
{
    const uint8_t *field = params->rows.data + params->row_starts[row];
    int32_t length = load_i32(field);
    size_t size = 4 + (length > 0 ? (size_t)length : 0);

    sm__out_bytes(to, field, size);
    params->row_starts[row] += size;
}

static void copy_column(struct sm__params *params, struct sm__out *array)
{
    for (size_t i = 0; i < params->row_count; i++)
        copy_field(params, i, array);
}

void sm__params_columns(struct sm__params *params, const uint32_t *element_oids, size_t columns)
{
    /* A table that is not whole has no fields to walk; sm__params_end reports it. */
    params->out.failed = params->out.failed || params->rows.failed;
    for (size_t i = 0; i < columns && !params->out.failed; i++)
        copy_column(params, sm__params_array(params, element_oids[i], params->row_count));
    params->row_count = 0;
    params->rows.size = 0;
}

/* record: int32 number of columns, then of each its type's oid and its field. */
static void copy_record(struct sm__params *params, size_t row, const uint32_t *oids, size_t columns)
{
    struct sm__out *out = &params->out;
    size_t start = out->size;

    sm__out_i32(out, 0); /* the size of it all, known below */
    sm__out_i32(out, (int32_t)columns);
    for (size_t i = 0; i < columns; i++) {
        sm__out_i32(out, (int32_t)oids[i]);
        copy_field(params, row, out);
    }
    if (!out->failed)
        sm__store_i32(out->data + start, (int32_t)(out->size - start - 4));
}

void sm__params_records(struct sm__params *params, uint32_t record_oid, const uint32_t *column_oids,
                        size_t columns)
{
    params->out.failed = params->out.failed || params->rows.failed;
    (void)sm__params_array(params, record_oid, params->row_count);
    for (size_t i = 0; i < params->row_count && !params->out.failed; i++)
        copy_record(params, i, column_oids, columns);
    params->row_count = 0;
    params->rows.size = 0;
}

bool sm__params_end(struct sm__params *params)
{
    if (params->out.failed)
        return false;
    for (int i = 0; i < params->count; i++) {
        size_t end = i + 1 < params->count ? params->starts[i + 1] : params->out.size;
        const uint8_t *field = params->out.data + params->starts[i];
        int32_t length = load_i32(field);

        params->formats[i] = 1;
        params->values[i] = length == -1 ? NULL : (const char *)field + 4;
        params->lengths[i] = (int)(end - params->starts[i]) - 4;
    }
    return true;
}

/* range: a byte of flags, then each finite bound as a field. */
#define RANGE_EMPTY           0x01
#define RANGE_LOWER_INCLUSIVE 0x02

void sm__field_range(struct sm__out *out, struct sm_range range)
{
    static const uint8_t empty = RANGE_EMPTY, half_open = RANGE_LOWER_INCLUSIVE;

    if (range.first >= range.next) {
        sm__field_bytes(out, &empty, 1);
        return;
    }
    sm__out_i32(out, 1 + 12 + 12);
    sm__out_bytes(out, &half_open, 1);
    sm__field_i64(out, range.first);
    sm__field_i64(out, range.next);
}

/* multirange: int32 count, then the ranges as fields. */
void sm__field_ranges(struct sm__out *out, const struct sm_range *ranges, size_t count)
{
    sm__out_i32(out, (int32_t)(4 + count * (4 + 1 + 12 + 12)));
    sm__out_i32(out, (int32_t)count);
    for (size_t i = 0; i < count; i++)
        sm__field_range(out, ranges[i]);
}
