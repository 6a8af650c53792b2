#ifndef SM_CLI_POSITIONS_H
#define SM_CLI_POSITIONS_H
/* The positions that the database has, one after the other. */
#include "ports/log.h"

/* Anything but SM_OK ends the reading, and is its result. The row is valid until it returns. */
typedef enum sm_status sm__take_position(void *context, const struct sm_position_row *row,
                                         struct sm_err *err);
/* By topic and partition. SM_OK; SM_RETRY or SM_FATAL: they cannot be read; or what `take` said. */
SM_MUST_CHECK enum sm_status sm__positions_read(struct sm_log *log, sm__take_position *take,
                                                void *context, struct sm_err *err);
#endif
