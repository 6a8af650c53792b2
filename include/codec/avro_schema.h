#ifndef SM_CODEC_AVRO_SCHEMA_H
#define SM_CODEC_AVRO_SCHEMA_H
/* An Avro schema as a tree, read from its JSON by the Avro specification 1.12: names, namespaces,
 * aliases, defaults, logical types; its parsing canonical form and the fingerprint of that.
 *
 * A writer's schema comes from a registry that anybody may have written to, so it is bounded:
 * SM_AVRO_SCHEMA_SIZE_MAX bytes, SM_JSON_DEPTH_MAX levels of JSON (about 20 records each defined
 * inside the one before), SM_AVRO_NAMES_MAX named types, SM_AVRO_MEMBERS_MAX fields, symbols or
 * branches of one type.
 *
 * Considered: avro-c's parser. It drops logical types, defaults and aliases, which resolution
 * needs. Pure; all memory is the arena's, and the tree points into the text it was read from. */
#include "base/json.h"
#include "base/limits.h"

enum sm_avro_type {
    SM_AVRO_NULL,
    SM_AVRO_BOOLEAN,
    SM_AVRO_INT,
    SM_AVRO_LONG,
    SM_AVRO_FLOAT,
    SM_AVRO_DOUBLE,
    SM_AVRO_BYTES,
    SM_AVRO_STRING, /* the last primitive type */
    SM_AVRO_RECORD,
    SM_AVRO_ENUM,
    SM_AVRO_FIXED,
    SM_AVRO_ARRAY,
    SM_AVRO_MAP,
    SM_AVRO_UNION
};

/* Those that say more than their type does; others are ignored, as the specification asks. */
enum sm_avro_logical {
    SM_AVRO_PLAIN,
    SM_AVRO_DECIMAL,
    SM_AVRO_UUID,
    SM_AVRO_TIMESTAMP_MILLIS,
    SM_AVRO_TIMESTAMP_MICROS,
    SM_AVRO_TIMESTAMP_NANOS
};

struct sm_avro_schema;
struct sm_avro_field {
    struct sm_slice name;
    const struct sm_slice *aliases; /* alias_count of them */
    uint32_t alias_count;
    const struct sm_avro_schema *schema;
    const struct sm_json *fallback; /* its default; NULL: it has none */
};
struct sm_avro_schema {
    enum sm_avro_type type;
    enum sm_avro_logical logical;
    int64_t precision; /* of DECIMAL */
    int64_t scale; /* of DECIMAL */
    struct sm_slice name; /* of RECORD, ENUM and FIXED: with its namespace */
    const struct sm_slice *aliases; /* of the same: with their namespaces */
    uint32_t alias_count;
    uint32_t count; /* of fields, symbols or branches; of FIXED: bytes */
    uint32_t size_min; /* bytes that a value takes at the least; cut off at UINT32_MAX */
    int32_t symbol_default; /* of ENUM: index of its default; -1: none */
    union {
        const struct sm_avro_field *fields; /* of RECORD */
        const struct sm_slice *symbols; /* of ENUM */
        const struct sm_avro_schema *const *branches; /* of UNION */
        const struct sm_avro_schema *item; /* of ARRAY, and of MAP: of its values */
    };
};

#define SM_AVRO_REASON_SIZE 160
/* Why a schema was refused. */
struct sm_avro_schema_fault {
    size_t offset; /* of SM_JSON faults: bytes into the text; else 0 */
    char reason[SM_AVRO_REASON_SIZE]; /* names what it is about; valid UTF-8 */
};

/* Reads the text of a schema, which must live as long as the tree.
 * SM_OK: *out is the root. SM_REJECT: *fault says why not. SM_LIMIT: the arena is too small: 32 MiB
 * always suffice. */
SM_MUST_CHECK enum sm_status sm_avro_schema_read(struct sm_slice text, struct sm_arena *arena,
                                                 const struct sm_avro_schema **out,
                                                 struct sm_avro_schema_fault *fault);

/* The parsing canonical form. SM_OK, or SM_LIMIT when it does not fit. */
SM_MUST_CHECK enum sm_status sm_avro_schema_canonical(const struct sm_avro_schema *schema,
                                                      struct sm_arena *arena,
                                                      struct sm_slice *out);
/* CRC-64-AVRO of any bytes; of the canonical form it is the fingerprint of single-object
 * encoding. */
uint64_t sm_avro_crc64(struct sm_slice bytes);

/* The same of a schema's text. `scratch` is used and rewound. SM_OK; SM_REJECT and SM_LIMIT as
 * sm_avro_schema_read. */
SM_MUST_CHECK enum sm_status sm_avro_fingerprint(struct sm_slice text, struct sm_arena *scratch,
                                                 uint64_t *out, struct sm_avro_schema_fault *fault);

/* "int", "record", ... */
const char *sm_avro_type_name(enum sm_avro_type type);
/* A name without its namespace. */
struct sm_slice sm_avro_name_base(struct sm_slice name);
#endif
