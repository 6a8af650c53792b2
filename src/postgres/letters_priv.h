#ifndef SM_POSTGRES_LETTERS_PRIV_H
#define SM_POSTGRES_LETTERS_PRIV_H
/* What letters.c and requests.c share. */
#include "postgres/blocking.h"
#include "postgres/letters.h"

#define SM__NUMBER_SIZE 24

/* Runs sql/queries/<name>.sql; connects first where *conn is NULL, and that is to be closed in any
 * case. */
enum sm_status sm__letters_ask(const struct sm_postgres_client *client, const char *name,
                               const struct sm__blocking_values *values, PGconn **conn,
                               PGresult **result, struct sm_err *err);
/* A row of array as text, and count. */
enum sm_status sm__letters_take_ids(const PGresult *result, struct sm_letter_ids *out,
                                    struct sm_err *err);
#endif
