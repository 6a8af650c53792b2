#ifndef SM_SUPPORT_AVRO_TEXT_H
#define SM_SUPPORT_AVRO_TEXT_H
/* A decoded Avro value as JSON, for comparisons: bytes and fixed as {"hex": "00ff"}, reals as
 * {"real": "0x1.8p+1"} (by %a, all NaN alike), enums as their symbol. Unions as what is in them. */
#include "base/buf.h"
#include "codec/avro_plan.h"

/* `schema` is the one it was read by. */
void avro_text_append(const struct sm_avro_schema *schema, const struct sm_avro_value *value,
                      struct sm_buf *out);
/* Bytes of pairs of hexadecimal digits, spaces between them allowed, into `out`. */
void avro_text_unhex(const char *text, struct sm_buf *out);
#endif
