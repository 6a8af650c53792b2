#ifndef SM_CLI_ASKING_H
#define SM_CLI_ASKING_H
/* What `dead-letters retry`, `dead-letters discard` and `parked expire` have in common: something
 * is asked for, somebody does it, and what became of each is printed. */
#include "cli/options.h"
#include "cli/wire.h"
#include "postgres/requests.h"

/* Asks for all of `ids`, waits as --wait says unless it is done at once, prints a line for each,
 * or one JSON document with `results`, in which an outcome of null was not reached in time.
 * *all_done tells whether all that was asked for has happened. */
SM_MUST_CHECK enum sm_status sm__ask(const struct sm_options *options, const struct sm__wire *wire,
                                     const struct sm_request *request,
                                     const struct sm_letter_ids *ids, bool *all_done,
                                     struct sm_err *err);
/* Everything is meant only when that is said: SM_OK with an ID, a filter or --all; else SM_REJECT.
 */
SM_MUST_CHECK enum sm_status sm__ask_meant(const struct sm_options *options, struct sm_err *err);
#endif
