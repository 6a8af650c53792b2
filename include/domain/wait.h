#ifndef SM_DOMAIN_WAIT_H
#define SM_DOMAIN_WAIT_H
/* The waiting room (design section 8): what a parked event waits for, and what lets it go.
 *
 * Topics and partitions have no order between them, so an event may come before what it rests on.
 * Queues: an event waits behind waiting events of its own stream; a gated one also behind waiting
 * gated ones of its client and partition. client.registered and log lines never wait, nothing waits
 * behind an acknowledgement of an unknown command, and an acknowledgement behind nothing. */
#include "domain/client.h"
#include "domain/reference.h"

/* X(enumerator, name in PostgreSQL's parked_for, in words) */
#define SM_WAIT_LIST(X) \
    X(SM_WAIT_CLIENT, "client", "the client's registration") \
    X(SM_WAIT_GATE, "gate", "the client active, its configuration confirmed, and no migration freezing it") \
    X(SM_WAIT_FEATURE_TYPE, "feature_type", "the feature type's definition") \
    X(SM_WAIT_DATA_TYPE, "data_type", "the data type's definition") \
    X(SM_WAIT_COMMAND, "command", "the command that it acknowledges to be published") \
    X(SM_WAIT_QUEUE, "queue", "events before it in its queue")

enum sm_wait_for {
#define SM_WAIT_ENUM(name, text, words) name,
    SM_WAIT_LIST(SM_WAIT_ENUM)
#undef SM_WAIT_ENUM
    SM_WAIT_COUNT
};
struct sm_wait {
    enum sm_wait_for what;
    struct sm_slice code; /* of FEATURE_TYPE and DATA_TYPE: which; else absent */
};

/* X(enumerator, name in PostgreSQL's parked_state) */
#define SM_PARKED_LIST(X) \
    X(SM_PARKED_WAITING, "waiting") \
    X(SM_PARKED_RELEASED, "released") /* it is in the log */ \
    X(SM_PARKED_DUPLICATE, "duplicate") /* the log had it when its turn came */ \
    X(SM_PARKED_REJECTED, "rejected") /* it is a dead letter now */ \
    X(SM_PARKED_EXPIRED, "expired") /* a dead letter too: nobody let it go in time */

enum sm_parked_state {
#define SM_PARKED_ENUM(name, text) name,
    SM_PARKED_LIST(SM_PARKED_ENUM)
#undef SM_PARKED_ENUM
    SM_PARKED_STATE_COUNT
};

const char *sm_wait_name(enum sm_wait_for what);
const char *sm_wait_words(enum sm_wait_for what);
bool sm_wait_find(struct sm_slice name, enum sm_wait_for *out);
const char *sm_parked_state_name(enum sm_parked_state state);

/* May the event have to wait behind others at all? */
bool sm_event_type_queues(enum sm_event_type type);
/* An applied event of this type may let events of its client go. */
bool sm_event_type_opens_client(enum sm_event_type type);
/* An applied event of this type defines what events of any client may wait for: *out says which
 * kind of reference; its code is the event's key. */
bool sm_event_type_defines(enum sm_event_type type, enum sm_reference_kind *out);
#endif
