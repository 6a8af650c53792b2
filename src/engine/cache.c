/* Set-associative tables of heads and clients. */
#include "engine/cache.h"

#include <stdlib.h>

#include "base/hash.h"
#include "ports/store.h"

enum { WAYS = 8, KEY_SIZE = 40 };

struct sm__cached_head {
    uint64_t hash;
    struct sm_uuid client_id;
    struct sm_head head;
    uint32_t tick;
    uint32_t epoch; /* 0: the slot was never used */
    uint8_t kind;
    uint8_t key_size;
    uint8_t key[KEY_SIZE];
};
struct sm__cached_client {
    struct sm_uuid id;
    struct sm__brief brief;
    uint32_t tick;
    uint32_t epoch;
    uint32_t stamp;
};

static size_t set_count(size_t entries_max)
{
    size_t sets = 1;

    while (sets * WAYS < entries_max)
        sets *= 2;
    return sets;
}

bool sm__cache_init(struct sm__cache *cache, size_t streams_max, size_t clients_max)
{
    size_t head_sets = set_count(streams_max), client_sets = set_count(clients_max);

    *cache = (struct sm__cache){ .head_set_mask = head_sets - 1,
                                 .client_set_mask = client_sets - 1,
                                 .epoch = 1 };
    /* calloc of this size is fresh zero pages: memory grows only with what is really kept. */
    cache->heads = calloc(head_sets * WAYS, sizeof(*cache->heads));
    cache->clients = calloc(client_sets * WAYS, sizeof(*cache->clients));
    return cache->heads != NULL && cache->clients != NULL;
}

void sm__cache_deinit(struct sm__cache *cache)
{
    free(cache->heads);
    free(cache->clients);
    *cache = (struct sm__cache){ 0 };
}

void sm__cache_clear(struct sm__cache *cache)
{
    cache->epoch++;
    cache->generations_known = false;
}

uint64_t sm__stream_hash(const struct sm_uuid *client_id, enum sm_kind kind, struct sm_slice key)
{
    uint64_t seed = sm_hash(client_id->bytes, sizeof(client_id->bytes), (uint64_t)kind + 1);

    return key.size == 0 ? seed : sm_hash(key.data, key.size, seed);
}

static bool head_matches(const struct sm__cache *cache, const struct sm__cached_head *slot,
                         uint64_t hash, const struct sm_uuid *client_id, struct sm_slice key)
{
    return slot->hash == hash && slot->epoch == cache->epoch && slot->key_size == key.size &&
           sm_uuid_equal(&slot->client_id, client_id) &&
           (key.size == 0 || memcmp(slot->key, key.data, key.size) == 0);
}

/* The slot of the stream, or the one to give way to it when `for_put`; NULL if there is none. */
static struct sm__cached_head *head_slot(struct sm__cache *cache, uint64_t hash,
                                         const struct sm_uuid *client_id, enum sm_kind kind,
                                         struct sm_slice key, bool for_put)
{
    struct sm__cached_head *set, *oldest = NULL;

    if (key.size > KEY_SIZE)
        return NULL;
    set = &cache->heads[(hash & cache->head_set_mask) * WAYS];
    for (size_t i = 0; i < WAYS; i++) {
        struct sm__cached_head *slot = &set[i];

        if (slot->kind == (uint8_t)kind && head_matches(cache, slot, hash, client_id, key))
            return slot;
        if (slot->epoch != cache->epoch) {
            if (oldest == NULL || oldest->epoch == cache->epoch)
                oldest = slot;
        } else if (oldest == NULL || (oldest->epoch == cache->epoch &&
                                      cache->tick - slot->tick > cache->tick - oldest->tick)) {
            oldest = slot;
        }
    }
    return for_put ? oldest : NULL;
}

bool sm__cache_head_get(struct sm__cache *cache, uint64_t hash, const struct sm_uuid *client_id,
                        enum sm_kind kind, struct sm_slice key, struct sm_head *out)
{
    struct sm__cached_head *slot = head_slot(cache, hash, client_id, kind, key, false);

    if (slot == NULL)
        return false;
    slot->tick = ++cache->tick;
    *out = slot->head;
    return true;
}

void sm__cache_head_put(struct sm__cache *cache, uint64_t hash, const struct sm_uuid *client_id,
                        enum sm_kind kind, struct sm_slice key, const struct sm_head *head)
{
    struct sm__cached_head *slot = head_slot(cache, hash, client_id, kind, key, true);

    if (slot == NULL)
        return;
    slot->hash = hash;
    slot->client_id = *client_id;
    slot->head = *head;
    slot->tick = ++cache->tick;
    slot->epoch = cache->epoch;
    slot->kind = (uint8_t)kind;
    slot->key_size = (uint8_t)key.size;
    if (key.size != 0)
        memcpy(slot->key, key.data, key.size);
}

void sm__cache_head_drop(struct sm__cache *cache, uint64_t hash, const struct sm_uuid *client_id,
                         enum sm_kind kind, struct sm_slice key)
{
    struct sm__cached_head *slot = head_slot(cache, hash, client_id, kind, key, false);

    if (slot != NULL)
        slot->epoch = 0;
}

static uint32_t stamp_of(const struct sm__cache *cache, const struct sm_uuid *client_id)
{
    return cache->stamps[sm_bucket_of(client_id)];
}

/* As head_slot; an entry whose bucket's stamp was raised to `stamp` does not exist. */
static struct sm__cached_client *client_slot(struct sm__cache *cache, const struct sm_uuid *id,
                                             uint32_t stamp, bool for_put)
{
    uint64_t hash = sm_hash(id->bytes, sizeof(id->bytes), 1);
    struct sm__cached_client *set = &cache->clients[(hash & cache->client_set_mask) * WAYS];
    struct sm__cached_client *oldest = NULL;

    for (size_t i = 0; i < WAYS; i++) {
        struct sm__cached_client *slot = &set[i];

        if (slot->epoch == cache->epoch && sm_uuid_equal(&slot->id, id)) {
            if (slot->stamp == stamp || for_put)
                return slot;
            return NULL;
        }
        if (slot->epoch != cache->epoch) {
            if (oldest == NULL || oldest->epoch == cache->epoch)
                oldest = slot;
        } else if (oldest == NULL || (oldest->epoch == cache->epoch &&
                                      cache->tick - slot->tick > cache->tick - oldest->tick)) {
            oldest = slot;
        }
    }
    return for_put ? oldest : NULL;
}

bool sm__cache_client_get(struct sm__cache *cache, const struct sm_uuid *id, struct sm__brief *out)
{
    struct sm__cached_client *slot = client_slot(cache, id, stamp_of(cache, id), false);

    if (slot == NULL)
        return false;
    slot->tick = ++cache->tick;
    *out = slot->brief;
    return true;
}

void sm__cache_client_put(struct sm__cache *cache, const struct sm_uuid *id,
                          const struct sm__brief *brief)
{
    uint32_t stamp = stamp_of(cache, id);
    struct sm__cached_client *slot = client_slot(cache, id, stamp, true);

    slot->id = *id;
    slot->brief = *brief;
    slot->tick = ++cache->tick;
    slot->epoch = cache->epoch;
    slot->stamp = stamp;
}

void sm__cache_client_drop(struct sm__cache *cache, const struct sm_uuid *id)
{
    struct sm__cached_client *slot = client_slot(cache, id, stamp_of(cache, id), false);

    if (slot != NULL)
        slot->epoch = 0;
}
