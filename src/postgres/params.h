#ifndef SM_POSTGRES_PARAMS_H
#define SM_POSTGRES_PARAMS_H
/* The binary parameters of one statement, built one after the other in one buffer.
 *
 * Statements for many rows take one array per column, or one array of composite values. Rows are
 * written row by row, as fields, into a table, which is then turned into either: one list of fields
 * a row serves both these and COPY. */
#include "domain/digest.h"
#include "postgres/out.h"

#define SM__PARAMS_MAX 20

/* Object identifiers of built-in types never change between servers. */
enum sm__oid {
    SM__OID_BOOL = 16,
    SM__OID_BYTEA = 17,
    SM__OID_INT8 = 20,
    SM__OID_INT2 = 21,
    SM__OID_INT4 = 23,
    SM__OID_TEXT = 25,
    SM__OID_TIMESTAMPTZ = 1184,
    SM__OID_BYTEA_ARRAY = 1001,
    SM__OID_UUID = 2950,
    SM__OID_JSONB = 3802,
    SM__OID_INT8RANGE = 3926,
    SM__OID_INT8MULTIRANGE = 4536
};

/* Rows in one statement: bounds the memory of its parameters, and of its result. */
#define SM__ROWS_MAX 4096

struct sm__params {
    struct sm__out out;
    struct sm__out rows; /* of the table being built */
    size_t row_starts[SM__ROWS_MAX]; /* of each row in `rows`; later of its next field */
    size_t row_count;
    int count;
    size_t starts[SM__PARAMS_MAX]; /* of the value, in out */
    const char *values[SM__PARAMS_MAX]; /* filled by sm__params_end; NULL: SQL's NULL */
    int lengths[SM__PARAMS_MAX];
    int formats[SM__PARAMS_MAX];
};

void sm__params_reset(struct sm__params *params);
void sm__params_deinit(struct sm__params *params);
/* Makes values, lengths and formats; false when memory could not be had. */
bool sm__params_end(struct sm__params *params);

/* Begins a parameter that one sm__field_… writes into the buffer this returns. */
struct sm__out *sm__params_scalar(struct sm__params *params);
/* Begins a one-dimensional array of `count` elements; as many sm__field_… must follow. */
struct sm__out *sm__params_array(struct sm__params *params, uint32_t element_oid, size_t count);

/* Begins a row of the table; the fields of all its columns must follow. */
struct sm__out *sm__params_row(struct sm__params *params);
/* Makes the table's columns one array parameter each; the table is empty again. */
void sm__params_columns(struct sm__params *params, const uint32_t *element_oids, size_t columns);
/* Makes the table one array parameter, of a composite type with these columns; then it is empty. */
void sm__params_records(struct sm__params *params, uint32_t record_oid, const uint32_t *column_oids,
                        size_t columns);

/* Fields of int8range and int8multirange. */
void sm__field_range(struct sm__out *out, struct sm_range range);
void sm__field_ranges(struct sm__out *out, const struct sm_range *ranges, size_t count);
#endif
