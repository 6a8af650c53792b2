#ifndef SM_PORTS_SCHEMAS_H
#define SM_PORTS_SCHEMAS_H
/* Where writers' schemas come from: the text of a schema by the id that Confluent framing carries.
 *
 * It keeps no cache and compiles nothing: who asks keeps the answer for ever, since what an id
 * means never changes. A question stays until it has its answer:
 *
 *   ask(7) ──► AWAY(7) … AWAY(7) ──► FOUND(7, text)      or      UNKNOWN(7, why)
 *              each time a try has failed; the next one follows by itself, after a pause that
 *              doubles from 0.1 to 10 s
 *
 * AWAY is the registry's failure and says nothing of the schema: records that need it wait. UNKNOWN
 * is certain: the registry has no such schema, or one that we shall never read (not Avro, or one in
 * several parts); records that need it are dead letters.
 *
 * Not thread-safe; never blocks. Second implementation: tests/sim/memory_schemas; both pass
 * tests/contract/schemas_suite. */
#include <poll.h>

#include "base/err.h"
#include "base/slice.h"

#define SM_SCHEMAS_ASKED_MAX 256 /* ids that wait for their answers */
#define SM_SCHEMAS_FLYING_MAX 8 /* of them, those that the registry is being asked for just now */
#define SM_SCHEMAS_FDS_MAX 32 /* descriptors that wait names, at the most */
#define SM_SCHEMA_SIZE_MAX (1 << 20) /* bytes of an answer, wrapping and all; more is AWAY */

enum sm_schemas_outcome { SM_SCHEMAS_FOUND, SM_SCHEMAS_UNKNOWN, SM_SCHEMAS_AWAY };
struct sm_schemas_answer {
    uint32_t id;
    enum sm_schemas_outcome outcome;
    struct sm_slice text; /* of FOUND: the schema as registered; valid during the call */
    /* Of UNKNOWN (status SM_REJECT) and AWAY (SM_RETRY): what happened, where, and what helps; no
     * password or token is in it. NULL of FOUND. Valid during the call. */
    const struct sm_err *err;
};

struct sm_schemas_sink {
    void *context;
    /* May ask, but not step or close. */
    void (*answered)(void *context, const struct sm_schemas_answer *answer);
};

struct sm_schemas;
struct sm_schemas_ops {
    /* Asks for a schema, unless that is being done already. SM_OK: answers will come by step.
     * SM_AGAIN: SM_SCHEMAS_ASKED_MAX ids wait; ask again when one has its answer. */
    enum sm_status (*ask)(struct sm_schemas *schemas, uint32_t id);
    /* Moves on what is under way and hands over the answers that have come; at most one for each
     * id. Cheap when there is nothing to do. */
    void (*step)(struct sm_schemas *schemas, const struct sm_schemas_sink *sink);
    /* What to wait for before the next step: fills `fds`, which has room for SM_SCHEMAS_FDS_MAX,
     * and returns how many there are; step also at *wake_us (monotonic; INT64_MAX: no need). */
    size_t (*wait)(struct sm_schemas *schemas, struct pollfd *fds, int64_t *wake_us);
    /* Forgets all questions and frees everything. */
    void (*close)(struct sm_schemas *schemas);
};
struct sm_schemas {
    const struct sm_schemas_ops *ops;
};
#endif
