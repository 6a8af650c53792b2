#ifndef SM_CODEC_AVRO_SCHEMA_PRIV_H
#define SM_CODEC_AVRO_SCHEMA_PRIV_H
/* What the files that read a schema share. */
#include "codec/avro_schema.h"

/* Where the reading of a schema stands. On failure `status` and `fault` are set, every function
 * says so by NULL or false, and nothing is read any more. */
struct sm__avro_reader {
    struct sm_arena *arena;
    struct sm_avro_schema_fault *fault;
    enum sm_status status;
    const struct sm_avro_schema **names; /* the named types that were defined so far */
    uint32_t name_count;
};

/* Sets SM_REJECT: "what 'about'". Always false. */
bool sm__avro_refuse(struct sm__avro_reader *reader, const char *what, struct sm_slice about);
/* Zeroed memory of the arena; NULL, with SM_LIMIT, when it does not fit. */
void *sm__avro_alloc(struct sm__avro_reader *reader, size_t count, size_t size);

/* ---- avro_name.c ---- */

/* Reads name, namespace and aliases of a named type and enters it into the table. */
bool sm__avro_name_define(struct sm__avro_reader *reader, const struct sm_json *json,
                          struct sm_slice space, struct sm_avro_schema *schema);
/* The namespace that a name with its namespace lies in; empty if in none. */
struct sm_slice sm__avro_name_space(struct sm_slice name);
/* The type of a name as written inside a namespace; NULL if there is none. */
const struct sm_avro_schema *sm__avro_name_find(struct sm__avro_reader *reader,
                                                struct sm_slice name, struct sm_slice space);
/* Letters, digits and _, a letter or _ first. */
bool sm__avro_name_is_simple(struct sm_slice name);
/* The array "aliases" of a field or, with its namespace, of a named type. */
bool sm__avro_aliases_read(struct sm__avro_reader *reader, const struct sm_json *json,
                           const struct sm_slice *space, const struct sm_slice **out,
                           uint32_t *count_out);
#endif
