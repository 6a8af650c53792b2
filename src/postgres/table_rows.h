#ifndef SM_POSTGRES_TABLE_ROWS_H
#define SM_POSTGRES_TABLE_ROWS_H
/* Rows of the projected tables (domain/row.h), by their lists of columns: one code for all. */
#include "domain/row.h"
#include "ports/unit.h"
#include "postgres/get.h"
#include "postgres/params.h"

/* From the table's columns, beginning with `column`. False when the arena is too small; with arena
 * NULL texts are views of the result. */
bool sm__read_row(const PGresult *result, int row, int column, enum sm_table table,
                  struct sm_arena *arena, struct sm_row *out);
/* The parameters of unit_<table>.sql for rows[0 ... count): all of one table. */
void sm__put_rows(const struct sm_row_change *rows, size_t count, enum sm_table table,
                  struct sm__params *params);
#endif
