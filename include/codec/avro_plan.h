#ifndef SM_CODEC_AVRO_PLAN_H
#define SM_CODEC_AVRO_PLAN_H
/* Avro's schema resolution, compiled: from the schema that bytes were written with and the one they
 * are read by to a program, once; then any number of decodings by that program.
 *
 *   writer's schema ─┐                     bytes ─┐
 *                    ├─► compile ─► plan ─────────┴─► decode ─► value, in the reader's shape
 *   reader's schema ─┘   (once an id)                 (once a record)
 *
 * Resolved: fields by name or alias, in any order; fields that only the writer has are skipped,
 * those that only the reader has get their default; int to long to float to double; string and
 * bytes either way; enums by symbol, unknown ones to the enum's default; unions on either side;
 * records, enums and fixed by name without namespace, or by alias. Of a reader's union the first
 * branch of the same type (of named ones: of the same full name, or an alias) is taken, else the
 * first that resolution allows, as Java does; so a schema read by itself gives what was written.
 * Timestamps of another unit are converted; decimals match if precision and scale do.
 *
 * What cannot be resolved is refused where it is met: a branch that the reader does not have is no
 * matter until a value comes on it. Only a root that never can be resolved is refused at once.
 *
 * Bytes from a topic are hostile. Every length and count is checked against what remains; varints
 * have at most ten bytes and fit; a boolean is 0 or 1; text is UTF-8; a block's size, if given, is
 * right; all bytes are consumed. At most SM_AVRO_DEPTH_MAX levels, SM_AVRO_STEPS_MAX steps, and
 * SM_AVRO_EMPTY_ITEMS_MAX items that take no bytes. A decoding takes at most so many steps as the
 * plan is long, times (its bytes and SM_AVRO_EMPTY_ITEMS_MAX and 1); and no memory but the arena's.
 * Fields that only the writer has are measured, not judged. Pure. */
#include "codec/avro_schema.h"

struct sm_avro_plan; /* immutable; lies in the arena it was compiled into */

/* Compiles into `arena`, where the plan then lives without the schemas and their texts; `scratch`
 * is used and rewound.
 * SM_OK. SM_REJECT: *fault says why nothing written so can be read so, or that the schemas are too
 * large. SM_LIMIT: an arena is too small. */
SM_MUST_CHECK enum sm_status sm_avro_plan_compile(const struct sm_avro_schema *writer,
                                                  const struct sm_avro_schema *reader,
                                                  struct sm_arena *arena, struct sm_arena *scratch,
                                                  const struct sm_avro_plan **out,
                                                  struct sm_avro_schema_fault *fault);
/* True if all that the writer's schema allows can be read, which is what registries call
 * compatible; else *fault says the first thing that cannot. */
bool sm_avro_plan_is_whole(const struct sm_avro_plan *plan, struct sm_avro_schema_fault *fault);
/* How many instructions it has. */
uint32_t sm_avro_plan_size(const struct sm_avro_plan *plan);

/* A value, of the type that the reader's schema has there; of a union, that of the branch. */
struct sm_avro_value {
    uint8_t type; /* enum sm_avro_type, never SM_AVRO_UNION */
    bool there; /* false: not decoded, of a record that was refused half-way */
    uint16_t branch; /* where the reader has a union: the index of the branch */
    uint32_t count; /* RECORD: fields; ARRAY: items; MAP: entries, each of two items, a STRING and
                       what it names; ENUM: the symbol's index */
    union {
        bool boolean;
        int64_t integer; /* INT, LONG */
        double real; /* FLOAT, DOUBLE */
        struct sm_slice bytes; /* BYTES, STRING, FIXED; ENUM: the symbol. Points into the bytes
                                  that were read, or into the plan */
        const struct sm_avro_value *items; /* RECORD: an array by the reader's fields; ARRAY and
                                              MAP: the first of a list by `next`, or NULL */
    };
    const struct sm_avro_value *next; /* of an item of ARRAY and MAP */
};
struct sm_avro_datum {
    struct sm_avro_value value;
    uint32_t steps; /* instructions that were run: the work it took */
};
#define SM_AVRO_VALUE_ARENA_SIZE (SM_AVRO_STEPS_MAX * sizeof(struct sm_avro_value) + 16)

#define SM_AVRO_PATH_SIZE 64
/* Where and why bytes were refused. */
struct sm_avro_fault {
    size_t offset; /* bytes into the input */
    bool unresolved; /* the bytes may be right, but the reader's schema has no place for them */
    const char *reason; /* static, or of the plan */
    const char *name; /* if unresolved: the writer's type, as "secretmagic.ClientMerged" or "int" */
    char path[SM_AVRO_PATH_SIZE]; /* of the field: "data.days_of_week[3]"; cut off at the front */
};

/* Decodes all of `bytes`, which must live as long as the value; texts point into it.
 * SM_OK. SM_REJECT: *fault says why; what was decoded of a record is in out->value nevertheless.
 * SM_LIMIT: the arena is too small; SM_AVRO_VALUE_ARENA_SIZE always suffices. */
SM_MUST_CHECK enum sm_status sm_avro_decode(const struct sm_avro_plan *plan, struct sm_slice bytes,
                                            struct sm_arena *arena, struct sm_avro_datum *out,
                                            struct sm_avro_fault *fault);
#endif
