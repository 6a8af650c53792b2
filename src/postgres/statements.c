/* Finds the embedded texts of sql/queries by name. */
#include "postgres/statements.h"

#include "base/err.h"
#include "postgres/embedded.h"

static const char *const names[SM__STATEMENT_COUNT] = {
#define SM__STATEMENT_NAME(name, file) [name] = file,
    SM__STATEMENT_LIST(SM__STATEMENT_NAME)
#undef SM__STATEMENT_NAME
};

const char *sm__statement_name(enum sm__statement statement)
{
    return names[statement];
}

const char *sm__query_text(const char *name)
{
    for (size_t i = 0; i < sm__sql_queries_count; i++) {
        if (strcmp(sm__sql_queries[i].name, name) == 0)
            return sm__sql_queries[i].text;
    }
    SM_ASSERT(false && "a statement without a file in sql/queries");
    return NULL;
}
