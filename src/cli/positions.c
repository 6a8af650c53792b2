/* Reading the positions of a database. */
#include "cli/positions.h"

enum sm_status sm__positions_read(struct sm_log *log, sm__take_position *take, void *context,
                                  struct sm_err *err)
{
    struct sm_log_scan *scan;
    const struct sm_log_row *row;
    enum sm_status status = log->ops->open(log, SM_SCAN_POSITIONS, &scan, err);

    if (status != SM_OK)
        return status;
    while (status == SM_OK && (status = log->ops->next(scan, &row, err)) == SM_OK)
        status = take(context, &row->position, err);
    log->ops->close_scan(scan);
    return status == SM_STOP ? SM_OK : status;
}
