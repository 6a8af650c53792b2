#ifndef SM_POSTGRES_EMBEDDED_H
#define SM_POSTGRES_EMBEDDED_H
/* The files of sql/, as sql/embed.cmake puts them into the program, sorted by name. */
#include <stddef.h>

struct sm__embedded {
    const char *name; /* the file's name without .sql */
    const char *text; /* terminated */
    size_t size; /* bytes without the terminator */
};

extern const struct sm__embedded sm__sql_migrations[]; /* init and migrations, by number */
extern const size_t sm__sql_migrations_count;
extern const struct sm__embedded sm__sql_queries[];
extern const size_t sm__sql_queries_count;
extern const struct sm__embedded sm__sql_checks[];
extern const size_t sm__sql_checks_count;
#endif
