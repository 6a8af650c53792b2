#ifndef SM_ENGINE_CACHE_H
#define SM_ENGINE_CACHE_H
/* What a lane remembers of committed state: heads of streams, and of clients what admission asks.
 *
 * Two set-associative tables of fixed size: a set of eight slots per hash, the slot not used for
 * the longest time gives way. Considered: open addressing with a clock (needs tombstones and
 * rehashing); chains (a pointer chase and an allocator). Sets need neither, and forget in O(1).
 *
 * Changed only after a commit (law: a batch that is rolled back leaves no trace here). A head is
 * guarded by its version at commit, so an outdated one costs a conflict, never a wrong row. A
 * client's brief is guarded by its bucket's generation: each entry carries the `stamp` of its
 * bucket, and raising the bucket's stamp forgets all its clients at once. */
#include "base/limits.h"
#include "domain/project.h"

struct sm__brief {
    struct sm_client_brief client;
    bool has_dead_letters;
    bool has_waiting;
};

struct sm__cached_head; /* cache.c */
struct sm__cached_client;

struct sm__cache {
    struct sm__cached_head *heads; /* owned */
    size_t head_set_mask; /* sets - 1 */
    struct sm__cached_client *clients; /* owned */
    size_t client_set_mask;
    uint32_t tick; /* age of entries; raised by every use */
    uint32_t epoch; /* entries of another epoch do not exist */
    bool generations_known;
    uint64_t generations[SM_BUCKETS]; /* under which the clients were read */
    uint32_t stamps[SM_BUCKETS];
};

bool sm__cache_init(struct sm__cache *cache, size_t streams_max, size_t clients_max);
void sm__cache_deinit(struct sm__cache *cache);
void sm__cache_clear(struct sm__cache *cache);

/* The hash that the head functions expect; callers that ask twice compute it once. */
uint64_t sm__stream_hash(const struct sm_uuid *client_id, enum sm_kind kind, struct sm_slice key);

bool sm__cache_head_get(struct sm__cache *cache, uint64_t hash, const struct sm_uuid *client_id,
                        enum sm_kind kind, struct sm_slice key, struct sm_head *out);
/* Keys longer than a slot holds are not kept. */
void sm__cache_head_put(struct sm__cache *cache, uint64_t hash, const struct sm_uuid *client_id,
                        enum sm_kind kind, struct sm_slice key, const struct sm_head *head);
void sm__cache_head_drop(struct sm__cache *cache, uint64_t hash, const struct sm_uuid *client_id,
                         enum sm_kind kind, struct sm_slice key);

bool sm__cache_client_get(struct sm__cache *cache, const struct sm_uuid *id, struct sm__brief *out);
void sm__cache_client_put(struct sm__cache *cache, const struct sm_uuid *id,
                          const struct sm__brief *brief);
void sm__cache_client_drop(struct sm__cache *cache, const struct sm_uuid *id);
#endif
