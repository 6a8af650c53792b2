/* A table of text for people. */
#include "cli/text_table.h"
#include "codec/report.h"

void sm__table_init(struct sm__text_table *table, size_t columns)
{
    SM_ASSERT(columns > 0 && columns <= SM__TABLE_COLUMNS_MAX);
    *table = (struct sm__text_table){.columns = columns};
}

void sm__table_deinit(struct sm__text_table *table)
{
    free(table->cells);
    memset(table, 0, sizeof(*table));
}

static bool grow(struct sm__text_table *table)
{
    size_t capacity = table->capacity == 0 ? 8 * table->columns : 2 * table->capacity;
    struct sm__table_cell *cells = realloc(table->cells, capacity * sizeof(*cells));

    if (cells == NULL)
        return false;
    table->cells = cells;
    table->capacity = capacity;
    return true;
}

void sm__table_heading(struct sm__text_table *table, const char *text, bool right)
{
    struct sm__table_cell *cell;

    if (table->failed)
        return;
    table->failed = table->count == table->capacity && !grow(table);
    if (table->failed)
        return;
    cell = &table->cells[table->count++];
    (void)snprintf(cell->text, sizeof(cell->text), "%s", text);
    cell->right = right;
}

void sm__table_text(struct sm__text_table *table, const char *text)
{
    sm__table_heading(table, text, false);
}

void sm__table_number(struct sm__text_table *table, int64_t number)
{
    char text[32];

    (void)snprintf(text, sizeof(text), "%lld", (long long)number);
    sm__table_heading(table, number == SM_REPORT_UNKNOWN ? "unknown" : text, true);
}

static size_t width_of(const struct sm__text_table *table, size_t column)
{
    size_t width = 0;

    for (size_t i = column; i < table->count; i += table->columns) {
        size_t size = strlen(table->cells[i].text);

        width = size > width ? size : width;
    }
    return width;
}

bool sm__table_append(const struct sm__text_table *table, struct sm_buf *out)
{
    size_t widths[SM__TABLE_COLUMNS_MAX];

    if (table->failed)
        return false;
    for (size_t column = 0; column < table->columns; column++)
        widths[column] = width_of(table, column);
    for (size_t i = 0; i < table->count; i++) {
        const struct sm__table_cell *cell = &table->cells[i];
        size_t column = i % table->columns;
        bool last = column + 1 == table->columns;
        int width = (int)widths[column];

        if (cell->right)
            sm_buf_printf(out, "%*s", width, cell->text);
        else
            sm_buf_printf(out, "%-*s", last ? 0 : width, cell->text);
        sm_buf_append_text(out, last ? "\n" : "  ");
    }
    return !sm_buf_failed(out);
}
