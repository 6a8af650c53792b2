#ifndef SM_CODEC_AVRO_WRITE_H
#define SM_CODEC_AVRO_WRITE_H
/* What is written through avro-c: its writer has none of the faults of its reader. */
#include <avro.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/uuid.h"

/* One message being written. A failure is sticky: avro-c's only ones are of memory. */
struct sm__avro_writing {
    struct sm_arena *scratch; /* for texts with a terminator; rewound by whoever writes */
    bool failed;
};

void sm__avro_check(struct sm__avro_writing *writing, int error);
/* avro-c takes texts with a terminator, which counts. */
void sm__avro_put_text(struct sm__avro_writing *writing, avro_value_t *value, struct sm_slice text);
void sm__avro_put_integer(struct sm__avro_writing *writing, avro_value_t *value, int64_t integer);
/* A field of a record; of a union, its branch: 0 is null. */
avro_value_t sm__avro_field(struct sm__avro_writing *writing, avro_value_t *record,
                            const char *name);
avro_value_t sm__avro_branch(struct sm__avro_writing *writing, avro_value_t *record,
                             const char *name, int branch);
/* An absent text is null. */
void sm__avro_put_optional(struct sm__avro_writing *writing, avro_value_t *root, const char *name,
                           struct sm_slice text);
void sm__avro_put_uuid(struct sm__avro_writing *writing, avro_value_t *root, const char *name,
                       const struct sm_uuid *uuid);
/* Appends the value. SM_OK; SM_LIMIT: `out` is too small, or memory cannot be had. */
SM_MUST_CHECK enum sm_status sm__avro_write_body(avro_value_t *value, struct sm_buf *out);
#endif
