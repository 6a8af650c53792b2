#ifndef SM_POSTGRES_OUTBOX_VIEW_H
#define SM_POSTGRES_OUTBOX_VIEW_H
/* How it stands with the commands: for `status`. Blocking. */
#include "postgres/client.h"

#define SM_RELAY_OWNER_SIZE 128

struct sm_postgres_outbox_view {
    int64_t pending; /* commands that are not known to be on the topic */
    int64_t oldest_age_us; /* of them; 0: there is none */
    int64_t published; /* commands on the topic, those included that were found there */
    int64_t published_at; /* when the last one came; SM_TIME_NONE: none yet */
    bool scanned; /* commands may be decided: what stands on the topic is known */
    char owner[SM_RELAY_OWNER_SIZE]; /* who publishes now; "": nobody */
    char stopped[SM_ERR_TEXT_SIZE]; /* why nobody does any more; "": somebody may */
};
/* SM_OK; SM_RETRY: the database cannot be reached; SM_FATAL: not permitted, or there is no such
 * table yet. */
SM_MUST_CHECK enum sm_status sm_postgres_outbox_view(const struct sm_postgres_client *client,
                                                     struct sm_postgres_outbox_view *out,
                                                     struct sm_err *err);
#endif
