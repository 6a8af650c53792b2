#ifndef SM_POSTGRES_UNIT_WAITING_H
#define SM_POSTGRES_UNIT_WAITING_H
/* The waiting room's part of a unit, log lines and requests, as parameters. */
#include "postgres/session.h"

void sm__unit_put_log_lines(const struct sm_unit *unit, const struct sm__item *item,
                            struct sm__params *params);
void sm__unit_put_changes(const struct sm_unit *unit, const struct sm__item *item,
                          struct sm__session *session);
void sm__unit_put_outcomes(const struct sm_unit *unit, const struct sm__item *item,
                           struct sm__params *params);
void sm__unit_put_done(const struct sm_unit *unit, const struct sm__item *item,
                       struct sm__session *session);
void sm__unit_put_opened_clients(const struct sm_unit *unit, const struct sm__item *item,
                                 struct sm__params *params);
void sm__unit_put_opened_references(const struct sm_unit *unit, const struct sm__item *item,
                                    struct sm__session *session);
void sm__unit_put_erasure(const struct sm_unit *unit, struct sm__params *params);
/* One log line as 13 fields, in the order of unit_log_lines.sql and unit_copy_lines.sql. */
#define SM__LINE_FIELDS 13
void sm__line_fields(struct sm__out *out, const struct sm_unit *unit,
                     const struct sm_log_line *line);
#endif
