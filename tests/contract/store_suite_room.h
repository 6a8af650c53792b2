#ifndef SM_CONTRACT_STORE_SUITE_ROOM_H
#define SM_CONTRACT_STORE_SUITE_ROOM_H
/* What the suite's cases of the waiting room have in common. Their events are batch.started of
 * batches of their own: gated, each its own stream. */
#include "contract/store_suite.h"

struct room_answer {
    struct sm_arena arena;
    struct sm_waiting waiting;
};

/* WAITING; without a count_max up to 100 events of 64 KiB. */
void room_ask(const struct store_rig *rig, struct sm_store *store, struct room_answer *answer,
              struct sm_due queue, int64_t after);
void room_forget(struct room_answer *answer);
/* The client's queue of that partition of the config topic. */
struct sm_due room_queue(unsigned client, int32_t partition);
struct sm_watch room_watch(const struct store_rig *rig, struct sm_store *store,
                           const struct sm_takeover *taken, size_t count);
/* The client's queue of the scene's partition is what a watch tells of. */
void room_assert_due(const struct store_rig *rig, struct scene *scene, unsigned client);
void room_assert_nothing_due(const struct store_rig *rig, const struct scene *scene);

struct sm_event *room_event(struct scene *scene, unsigned id, unsigned client);
/* Commits: events first … first + count - 1 of the client wait for its gate. */
void room_park(const struct store_rig *rig, struct scene *scene, unsigned client, unsigned first,
               unsigned count);
/* The id of the client's waiting event of that place in its queue. */
int64_t room_id(const struct store_rig *rig, struct scene *scene, unsigned client, size_t at);
/* The unit opens the client, or has looked at what was due to its end. */
void room_open(struct scene *scene, unsigned client);
void room_finish(struct scene *scene, const struct sm_due *due);
/* How event `id` of client 1 was seen, asked on behalf of that waiting event, or of none. */
struct sm_seen room_seen(const struct store_rig *rig, struct sm_store *store, unsigned id,
                         int64_t parked_id);
#endif
