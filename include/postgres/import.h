#ifndef SM_POSTGRES_IMPORT_H
#define SM_POSTGRES_IMPORT_H
/* A database of an earlier installation, with the same tables but updated by hand, read as the
 * events that would have made it: one JSON event a row or version, the queries being
 * sql/queries/import_*.sql.
 *
 * It is only read, in one snapshot. Ids of events are those of the rows, or follow from them, so
 * that reading it again gives the same events. Times without a zone are taken for local times of
 * `timezone`. Memory is bounded by a few rows. Blocking. */
#include "base/err.h"
#include "base/slice.h"
#include "postgres/client.h"

struct sm_import_options {
    const struct sm_postgres_client *client; /* its conninfo names the old database */
    const char *schema; /* where its tables are */
    const char *timezone;
};
/* Archived clients take no more events, so what archives them is a part of its own, to be sent when
 * the first has been consumed. */
enum sm_import_part { SM_IMPORT_ALL_BUT_ARCHIVED, SM_IMPORT_ARCHIVED };

struct sm_import_sink {
    void *context;
    /* Before a table's events, and for tables that are not there. */
    void (*table)(void *context, const char *name, bool exists);
    /* An event as `emit` takes it; valid during the call. Another status than SM_OK ends the read
     * with it. */
    enum sm_status (*event)(void *context, struct sm_slice event, struct sm_err *err);
};

struct sm_import;
/* SM_OK: the caller closes it. SM_RETRY: no connection. SM_FATAL: not permitted; no such time
 * zone; no table `clients` in the schema; or the database is one that this program keeps, which
 * needs no import. */
SM_MUST_CHECK enum sm_status sm_postgres_import_open(const struct sm_import_options *options,
                                                     struct sm_import **out, struct sm_err *err);
/* Hands over all events of a part, those of a stream in their order, clients before what is
 * theirs. SM_OK; SM_RETRY: the session broke; SM_FATAL: a column is not what its name says; or
 * what the sink returned. */
SM_MUST_CHECK enum sm_status sm_postgres_import_read(struct sm_import *import,
                                                     enum sm_import_part part,
                                                     const struct sm_import_sink *sink,
                                                     struct sm_err *err);
void sm_postgres_import_close(struct sm_import *import);
#endif
