#ifndef SM_CLI_TEXT_TABLE_H
#define SM_CLI_TEXT_TABLE_H
/* A table of text for people: columns as wide as their widest cell, numbers to the right. */
#include "base/buf.h"

#define SM__TABLE_COLUMNS_MAX 16
#define SM__TABLE_CELL_SIZE   80 /* bytes; longer text is cut */

struct sm__text_table {
    struct sm__table_cell {
        char text[SM__TABLE_CELL_SIZE];
        bool right; /* a number */
    } * cells;      /* owned, row by row */
    size_t columns; /* 1 to SM__TABLE_COLUMNS_MAX */
    size_t count;   /* of cells */
    size_t capacity;
    bool failed; /* sticky: memory ran out */
};

void sm__table_init(struct sm__text_table *table, size_t columns);
void sm__table_deinit(struct sm__text_table *table);
/* The next cell of the row, from left to right; a full row is followed by the next one. */
void sm__table_text(struct sm__text_table *table, const char *text);
/* SM_REPORT_UNKNOWN is printed as "unknown". */
void sm__table_number(struct sm__text_table *table, int64_t number);
void sm__table_heading(struct sm__text_table *table, const char *text, bool right);
SM_MUST_CHECK bool sm__table_append(const struct sm__text_table *table, struct sm_buf *out);
#endif
