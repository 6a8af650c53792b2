#ifndef SM_SUPPORT_AVRO_ORACLE_H
#define SM_SUPPORT_AVRO_ORACLE_H
/* avro-c's reading of bytes, for comparisons. Only bytes that are known to be good: it does not
 * survive others. */
#include "base/buf.h"

/* The value as avro_text.h has it into `text`, the bytes that avro-c writes of it into `bytes`;
 * what is wrong into `text` if false. */
bool avro_oracle_read(struct sm_slice schema, struct sm_slice input, struct sm_buf *text,
                      struct sm_buf *bytes);
#endif
