#ifndef SM_POSTGRES_OUTBOX_H
#define SM_POSTGRES_OUTBOX_H
/* The outbox port on libpq: one blocking connection, which hears of new commands by LISTEN. */
#include "ports/outbox.h"
#include "postgres/client.h"

struct sm_postgres_outbox_options {
    struct sm_postgres_client client; /* its texts must outlive the object, as the two below */
    const char *owner; /* name of this instance */
    const char *topic; /* name of the command topic on the broker */
};

/* Does not connect: the first call does. SM_OK and an outbox that the caller closes; SM_FATAL when
 * memory cannot be had. */
SM_MUST_CHECK enum sm_status
sm_postgres_outbox_open(const struct sm_postgres_outbox_options *options, struct sm_outbox **out,
                        struct sm_err *err);
#endif
