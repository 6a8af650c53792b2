#ifndef SM_BASE_UTF8_H
#define SM_BASE_UTF8_H
/* UTF-8 as RFC 3629 has it: shortest forms only, no surrogates, up to U+10FFFF. Exactly what
 * PostgreSQL accepts, which refuses NUL besides (that is for the caller to ask). */
#include "base/slice.h"

/* Bytes of the character that `at` begins with, of `left` bytes; 0 if it is not a valid one. */
size_t sm_utf8_size(const uint8_t *at, size_t left);
/* True and the number of characters if all of `text` is valid. */
bool sm_utf8_count(struct sm_slice text, size_t *chars_out);
/* True if valid and without control characters (U+0000 to U+001F, U+007F to U+009F). */
bool sm_utf8_is_plain(struct sm_slice text);
#endif
