#ifndef SM_POSTGRES_STORE_H
#define SM_POSTGRES_STORE_H
/* The store port on libpq (14 or newer) and PostgreSQL 16 or newer: one nonblocking connection.
 *
 * What this adapter adds to ports/store.h:
 * - A unit of a few rows is one round trip: one pipeline that is one transaction. A larger one is
 *   three: a pipeline with everything but the log rows, then COPY with COMMIT behind it.
 * - TAKE_OVER that waits longer than take_over_lock_timeout_ms terminates the sessions that own the
 *   partitions and are inside a transaction (and no other session), then tries again.
 * - A database without our schema is SM_FATAL at the first connection; later on, when the store has
 *   worked before, everything that a restart or a restore of the database can cause is SM_RETRY.
 * - Nothing is read or written while a restore of a dump is under way (schema not whole yet). */
#include "ports/store.h"
#include "postgres/client.h"

struct sm_postgres_store_options {
    struct sm_postgres_client client;
    const char *owner;                  /* name of this instance, for consumer_offsets.owner */
    const char *topics[SM_TOPIC_COUNT]; /* names on the broker, by enum sm_topic; all different */
};

/* Does not connect: the first call does. Copies what it needs of the options.
 * SM_OK and a store that the caller closes; SM_FATAL when the connection string cannot be parsed or
 * memory cannot be had. */
SM_MUST_CHECK enum sm_status sm_postgres_store_open(const struct sm_postgres_store_options *options,
                                                    struct sm_store **out, struct sm_err *err);
#endif
