#ifndef SM_ENGINE_WORK_H
#define SM_ENGINE_WORK_H
/* One unit of work on its way from decoded entries to a store unit: what is looked at, and what was
 * decided. Lives in the lane's unit arena. Base values are committed state (from cache or load);
 * working values are what the unit's events make of them, and are set back for each pass. */
#include "domain/command.h"
#include "engine/engine_priv.h"

#define SM__NO_INDEX UINT32_MAX

struct sm__work_client {
    struct sm_uuid id;
    unsigned bucket;
    uint32_t stream; /* the client's own, if the unit has events of it */
    bool known; /* `base`, or `own`, holds what is committed */
    bool base_dead_letters;
    bool has_dead_letters;
    bool base_waiting;
    bool waits; /* the unit parks events of it */
    uint32_t gated; /* the last gated item that waits; older ones of other partitions behind it */
    bool dirty;
    struct sm_client_brief base; /* of no meaning with `own`; nothing in the unit changes it */
    struct sm__work_own *own; /* if the unit has events of the client's own stream; else NULL */
};
struct sm__work_own {
    struct sm_client base;
    struct sm_client now;
    bool outbox_wanted; /* an event of the unit may cause a command */
    bool outbox_known;
    struct sm_outbox_wanted outbox;
    int64_t sequence; /* the last one given: the highest known, then the unit's own */
};
struct sm__work_stream {
    struct sm_stream_name name;
    uint64_t hash;
    uint32_t client;
    bool known;
    bool dirty;
    bool waits; /* the unit has events of it that wait */
    struct sm_head base;
    struct sm_head now;
    struct sm__work_row *row; /* of a kind with a table; else NULL */
};
struct sm__work_row {
    size_t wanted; /* its place among the rows that are loaded */
    struct sm_row base;
    struct sm_row now;
};
struct sm__work_reference {
    struct sm_reference reference;
    bool known;
    struct sm_reference_state base;
    struct sm_reference_state now; /* the unit may define it */
};
struct sm__work_organization {
    struct sm_slice id;
    bool known;
    bool base_owned, owned;
    struct sm_uuid base_owner, owner;
};
struct sm__item {
    struct sm__entry *entry;
    uint32_t client; /* indexes; SM__NO_INDEX for what could not be decoded and for marks */
    uint32_t stream; /* SM__NO_INDEX also of log lines */
    uint32_t organization;
    uint32_t references[SM_REFERENCES_MAX]; /* in the order of sm_event_references */
    uint32_t same_id; /* the item before with the same client and event id */
    bool seen_known; /* `seen` was looked up */
    bool seen_wanted;
    bool judged_by_log; /* its id is in the log: in the database, or by an earlier item */
    struct sm_seen seen;
    bool queue_known; /* the two below were looked up, or nothing of the client waits */
    bool stream_waits;
    bool gated_waits;
    uint32_t gated_before; /* of one that waits: see sm__work_client.gated */
    enum sm_verdict_kind verdict;
    struct sm_wait wait; /* of SM_VERDICT_PARKED */
    const struct sm_rejection
        *rejection;  /* of SM_VERDICT_REJECTED; half a kilobyte, so elsewhere */
    int32_t version; /* of a fact */
    int64_t created_at;
    struct sm_slice previous;
    struct sm_tenant_command *command; /* of a fact: what it causes; NULL: nothing */
};
struct sm__table { /* open addressing over the indexes of one of the arrays */
    uint32_t *slots;
    uint64_t mask;
};
struct sm__work {
    struct sm__item *items; /* by partition, then offset */
    size_t item_count;
    struct sm__work_client *clients;
    size_t client_count;
    struct sm__work_stream *streams;
    size_t stream_count;
    struct sm__work_organization *organizations;
    size_t organization_count;
    struct sm__work_reference *references;
    size_t reference_count;
    uint32_t *queue_items; /* the items that load.queues asks for */
    struct sm__table reference_table;
    struct sm__table client_table, stream_table, organization_table, id_table;
};

/* The client as the unit's items so far have made it. */
struct sm_client_brief sm__work_brief(const struct sm__work_client *client);
/* Indexes; made when there is none. */
uint32_t sm__work_client_find(struct sm__work *work, const struct sm_uuid *id);
uint32_t sm__work_organization_find(struct sm__work *work, struct sm_slice id);
/* May the client gain or lose its organization id by an event that does not name one? */
bool sm__work_moves_organization(enum sm_event_type type);
uint32_t sm__work_reference_find(struct sm__work *work, const struct sm_reference *reference);
/* The item's streams are known to the cache only if its kind is versioned: rows are not cached. */
bool sm__kind_is_cached(enum sm_kind kind);
/* Why the unit's events are admitted now. */
enum sm_cause sm__work_cause(const struct sm__lane *lane);

/* commands.c: what a unit's commands have to go on from. False: the arena is full. */
bool sm__commands_want(struct sm__lane *lane, struct sm_load *load);
void sm__commands_take(struct sm__lane *lane, const struct sm_load *load);

/* queue.c: may the item have to wait behind others, and which? For admission, in order. */
void sm__queue_ask(const struct sm__lane *lane, const struct sm__item *item,
                   struct sm_admission *admission);
void sm__queue_park(struct sm__work *work, uint32_t index);
#endif
