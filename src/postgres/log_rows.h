#ifndef SM_POSTGRES_LOG_ROWS_H
#define SM_POSTGRES_LOG_ROWS_H
/* Rows of the scans (sql/queries/scan_*.sql) as the log port's structs. Texts are views of the
 * result. Ranges need room of their own, which grows with the largest row. */
#include "ports/log.h"
#include "postgres/get.h"

struct sm__range_room {
    struct sm_range *ranges; /* owned */
    size_t capacity;
};

/* False with *what naming the column that holds what only tampering can have put there. */
bool sm__read_event_row(const PGresult *result, int row, struct sm_event_row *out,
                        const char **what);
bool sm__read_head_row(const PGresult *result, int row, struct sm_head_wanted *out,
                       const char **what);
bool sm__read_ledger_row(const PGresult *result, int row, struct sm__range_room *room,
                         struct sm_ledger_record *out, const char **what);
void sm__read_dead_letter_row(const PGresult *result, int row, struct sm_dead_letter_row *out);
bool sm__read_parked_row(const PGresult *result, int row, struct sm_parked_row *out,
                         const char **what);
bool sm__find_cause(struct sm_slice name, enum sm_cause *out);
void sm__read_position_row(const PGresult *result, int row, struct sm_position_row *out);
#endif
