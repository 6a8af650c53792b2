#ifndef SM_CLI_MASK_H
#define SM_CLI_MASK_H
/* Connection strings as they may be logged. */
#include "base/buf.h"

/* Appends a libpq connection string or URI with every password in it replaced by ***. */
void sm__mask_append(struct sm_buf *out, const char *conninfo);
#endif
