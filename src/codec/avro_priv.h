#ifndef SM_CODEC_AVRO_PRIV_H
#define SM_CODEC_AVRO_PRIV_H
/* What the compiler of plans and the decoder share: the program. */
#include "base/limits.h"
#include "codec/avro_plan.h"

/* Each instruction reads one value of the writer's, but for the last three. */
enum sm__avro_code {
    SM__AVRO_READ_NULL,
    SM__AVRO_READ_BOOLEAN,
    SM__AVRO_READ_INT, /* a varint of 32 bits */
    SM__AVRO_READ_LONG,
    SM__AVRO_READ_INT_REAL, /* the same, to FLOAT or DOUBLE */
    SM__AVRO_READ_LONG_REAL,
    SM__AVRO_READ_LONG_TIMES, /* times `factor`; negative: divided by it, towards the past */
    SM__AVRO_READ_FLOAT,
    SM__AVRO_READ_DOUBLE,
    SM__AVRO_READ_BYTES,
    SM__AVRO_READ_STRING, /* bytes that are UTF-8 */
    SM__AVRO_READ_FIXED, /* `width` bytes */
    SM__AVRO_READ_ENUM, /* `symbols`, `count` of them, by the writer's index */
    SM__AVRO_READ_ARRAY, /* blocks of `children[0]` */
    SM__AVRO_READ_MAP, /* blocks of a string and `children[0]` */
    SM__AVRO_READ_RECORD, /* all `children` in turn, into `width` fields by their slots */
    SM__AVRO_READ_UNION, /* the one of `children` that the index says */
    SM__AVRO_CONSTANT, /* a field that the writer does not have: its default */
    SM__AVRO_FAIL /* what comes here cannot be resolved */
};

struct sm__avro_symbol {
    struct sm_slice text; /* of the reader's; absent: the reader has no place for it */
    uint32_t index; /* the reader's */
};

#define SM__AVRO_SLOT_NONE UINT16_MAX
struct sm__avro_op {
    uint8_t code; /* enum sm__avro_code */
    uint8_t type; /* enum sm_avro_type of the value it makes */
    uint16_t branch; /* of the reader's union, 0 where that has none */
    uint16_t slot; /* a record's child: the reader's field; SLOT_NONE: read to be forgotten */
    uint16_t size_min; /* bytes that the writer's value takes at the least; cut off at 65535 */
    uint32_t count; /* of children or symbols */
    uint32_t width; /* of FIXED: bytes; of RECORD: the reader's fields */
    union {
        const struct sm__avro_op *children;
        const struct sm__avro_symbol *symbols;
        const struct sm_avro_value *constant;
        const char *reason; /* of FAIL; terminated */
        int64_t factor;
    };
    const char *name; /* terminated. A record's child: the field's. FAIL: the writer's type's */
};

struct sm_avro_plan {
    struct sm__avro_op root;
    uint32_t size; /* instructions */
    struct sm_avro_schema_fault hole; /* the first thing that cannot be read; no reason: none */
};

/* ---- avro_resolve.c: the rules, of two types without what is inside them ---- */

/* True if names match: same, or an alias of the reader's; `loosely`: or without namespaces. */
bool sm__avro_names_match(const struct sm_avro_schema *writer, const struct sm_avro_schema *reader,
                          bool loosely);
/* True if a value of the writer's type can be read as the reader's; neither is a union. Without
 * `loosely` only as what it is: no promotion, and by the full name. */
bool sm__avro_types_match(const struct sm_avro_schema *writer, const struct sm_avro_schema *reader,
                          bool loosely);
/* The instruction that reads one primitive type, or fixed, as another that it matches. */
struct sm__avro_op sm__avro_op_primitive(const struct sm_avro_schema *writer,
                                         const struct sm_avro_schema *reader);

/* ---- avro_default.c ---- */

/* The value that a default means, with all that it refers to in the arena. SM_OK; SM_REJECT: it is
 * no value of that type; SM_LIMIT. */
enum sm_status sm__avro_default_read(const struct sm_avro_schema *schema,
                                     const struct sm_json *json, struct sm_arena *arena,
                                     struct sm_avro_value *out);

/* ---- avro_cursor.c, avro_skip.c: where a decoding stands ---- */

struct sm__avro_run {
    const uint8_t *at; /* next byte */
    const uint8_t *end;
    struct sm_arena *arena;
    struct sm_avro_fault *fault;
    enum sm_status status;
    uint32_t depth; /* values that are being read around this one */
    uint32_t steps; /* instructions run */
    uint32_t empty_items; /* that took no bytes */
    uint32_t values; /* that memory was taken for; as bounded as steps */
};
/* A block of items of an array or map. */
struct sm__avro_block {
    uint32_t count; /* 0: that was the last block */
    const uint8_t *end; /* NULL: its size was not said */
};

/* Sets SM_REJECT, with a static reason. Always false. */
bool sm__avro_fail(struct sm__avro_run *run, const char *reason);
/* Counts a step; false when there were too many. */
static inline bool sm__avro_step(struct sm__avro_run *run)
{
    if (run->steps >= SM_AVRO_STEPS_MAX)
        return sm__avro_fail(run, "more than 65536 values");
    run->steps++;
    return true;
}
bool sm__avro_long_slowly(struct sm__avro_run *run, int64_t *out);
/* A zigzag varint. Most have one byte. */
static inline bool sm__avro_long(struct sm__avro_run *run, int64_t *out)
{
    if (run->at < run->end && *run->at < 0x80) {
        uint8_t byte = *run->at++;

        *out = (int64_t)(byte >> 1) ^ -(int64_t)(byte & 1);
        return true;
    }
    return sm__avro_long_slowly(run, out);
}
bool sm__avro_int(struct sm__avro_run *run, int64_t *out); /* within 32 bits */
/* `size` bytes, which are there. */
bool sm__avro_take(struct sm__avro_run *run, uint64_t size, struct sm_slice *out);
/* A length and so many bytes. */
bool sm__avro_bytes(struct sm__avro_run *run, struct sm_slice *out);
/* An index below `count`. */
bool sm__avro_index(struct sm__avro_run *run, uint32_t count, const char *reason, uint32_t *out);
/* Begins the next block of items, each of at least `size_min` bytes: there can be so many. */
bool sm__avro_block_begin(struct sm__avro_run *run, uint32_t size_min,
                          struct sm__avro_block *block);
/* After its items: its size, if said, was right. */
bool sm__avro_block_end(struct sm__avro_run *run, const struct sm__avro_block *block);
/* One more level, and back. */
bool sm__avro_enter(struct sm__avro_run *run);
static inline void sm__avro_leave(struct sm__avro_run *run)
{
    run->depth--;
}
/* Puts ".name", or "[index]" where that is NULL, in front of the fault's path. Always false. */
bool sm__avro_fault_in(struct sm__avro_run *run, const char *name, uint32_t index);
/* Moves over one value. */
bool sm__avro_skip(struct sm__avro_run *run, const struct sm__avro_op *op);
#endif
