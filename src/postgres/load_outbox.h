#ifndef SM_POSTGRES_LOAD_OUTBOX_H
#define SM_POSTGRES_LOAD_OUTBOX_H
/* LOAD's questions about commands: how far each client's sequence has come, and which commands were
 * found on the topic before they were ours. */
#include "postgres/session.h"

void sm__load_outboxes_prepare(struct sm_load *load);
/* Of load_outboxes.sql and of load_found.sql. */
void sm__load_put_outboxes(const struct sm_load *load, const struct sm__item *item,
                           struct sm__params *params);
/* All rows of load_found.sql's answer. SM_OK; SM_LIMIT: the arena is too small. */
enum sm_status sm__load_take_found(struct sm_load *load, const struct sm__item *item,
                                   const PGresult *result, struct sm_err *err);
#endif
