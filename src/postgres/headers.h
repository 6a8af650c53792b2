#ifndef SM_POSTGRES_HEADERS_H
#define SM_POSTGRES_HEADERS_H
/* A record's headers as they are kept: two arrays of bytea side by side, names and values. */
#include "domain/record.h"
#include "postgres/get.h"

/* Names or values, as one field. */
void sm__field_headers(struct sm__out *out, const struct sm_header *headers, size_t count,
                       bool names);
/* From column `column` (names) and the one behind it (values), into the arena; false when it is too
 * small. */
bool sm__read_headers(const PGresult *result, int row, int column, struct sm_arena *arena,
                      const struct sm_header **headers, size_t *count);
/* Bytes of names and values. */
size_t sm__headers_size(const struct sm_header *headers, size_t count);
#endif
