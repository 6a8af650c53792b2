#ifndef SM_CLI_PAYLOAD_H
#define SM_CLI_PAYLOAD_H
/* Bytes of a record, for people: as text where they are text, else as a dump. They come from a
 * topic and may hold anything, so nothing of them reaches a terminal as a control character. */
#include "base/buf.h"

/* True when the bytes are UTF-8 without control characters but tabs and line ends; of none, too. */
bool sm__payload_is_text(struct sm_slice bytes);
/* Sixteen bytes a line: place, bytes in hexadecimal, what of them is ASCII. */
void sm__payload_append_dump(struct sm_slice bytes, struct sm_buf *out);
/* All bytes in hexadecimal, without a space. */
void sm__payload_append_hex(struct sm_slice bytes, struct sm_buf *out);
#endif
