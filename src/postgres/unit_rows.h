#ifndef SM_POSTGRES_UNIT_ROWS_H
#define SM_POSTGRES_UNIT_ROWS_H
/* A unit's rows as parameters; each function makes all the parameters of one statement. */
#include "postgres/session.h"

/* sql/queries/unit.sql; without its heads and log rows, those lists are empty. */
void sm__unit_put(const struct sm_unit *unit, bool with_rows, struct sm__session *session);
/* unit_heads_insert.sql (heads that must not exist yet) or unit_heads_update.sql (all others): of
 * the part of the list that the item names. */
void sm__unit_put_heads(const struct sm_unit *unit, const struct sm__item *item, bool inserts,
                        struct sm__session *session);
size_t sm__unit_count_heads(const struct sm_unit *unit, const struct sm__item *item, bool inserts);
/* unit_heads_check.sql */
void sm__unit_put_checks(const struct sm_unit *unit, const struct sm__item *item,
                         struct sm__session *session);
/* unit_clients.sql */
void sm__unit_put_clients(const struct sm_unit *unit, const struct sm__item *item,
                          struct sm__params *params);
/* unit_tenants.sql */
void sm__unit_put_tenants(const struct sm_unit *unit, const struct sm__item *item,
                          struct sm__params *params);
/* unit_dead_letter.sql */
void sm__unit_put_dead_letter(const struct sm_unit *unit, const struct sm_dead_letter *letter,
                              struct sm__params *params);

/* unit_parked.sql: of the part of the list that the item names. */
void sm__unit_put_parked(const struct sm_unit *unit, const struct sm__item *item,
                         struct sm__session *session);
/* How many of parked[first ... first + count) one statement takes: records may hold a megabyte
 * each, and are small as a rule. */
size_t sm__unit_parked_together(const struct sm_unit *unit, size_t first, size_t count);

/* unit_commands.sql, likewise. */
void sm__unit_put_commands(const struct sm_unit *unit, const struct sm__item *item,
                           struct sm__session *session);
size_t sm__unit_commands_together(const struct sm_unit *unit, size_t first, size_t count);

/* The values of one log row as 23 fields, in the order of unit_copy.sql and of type unit_event. */
#define SM__EVENT_FIELDS 23
void sm__event_fields(struct sm__out *out, const struct sm_unit *unit,
                      const struct sm_append *append);
#endif
