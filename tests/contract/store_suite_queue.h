#ifndef SM_CONTRACT_STORE_SUITE_QUEUE_H
#define SM_CONTRACT_STORE_SUITE_QUEUE_H
/* Of the store suite: queues of the waiting room. */
#include "contract/store_suite.h"

/* WAITING, with what it handed out. Begin with all zeros; count_max and bytes_max may be set. */
struct queue_answer {
    struct sm_arena arena;
    struct sm_waiting waiting;
};
void queue_ask(const struct store_rig *rig, struct sm_store *store, struct queue_answer *answer,
               struct sm_due queue, int64_t after);
void queue_answered(struct queue_answer *answer);

struct sm_due queue_of(unsigned client, int32_t partition);
struct sm_watch queue_watch(const struct store_rig *rig, struct sm_store *store,
                            const struct sm_takeover *taken, size_t count);
void queue_assert_due(const struct store_rig *rig, struct scene *scene, unsigned client);
void queue_assert_not_due(const struct store_rig *rig, const struct scene *scene);

/* An event that waits for its client's gate. */
struct sm_event *queue_event(struct scene *scene, unsigned id, unsigned client);
/* Commits `count` of them, the first one of this id. */
void queue_park(const struct store_rig *rig, struct scene *scene, unsigned client, unsigned first,
                unsigned count);
/* The number of the client's waiting event at this place in its queue. */
int64_t queue_id(const struct store_rig *rig, struct scene *scene, unsigned client, size_t at);

/* Where client 1's event of this id has been seen, but for the waiting event of that number. */
struct sm_seen queue_seen(const struct store_rig *rig, struct sm_store *store, unsigned id,
                          int64_t parked_id);

/* Of the scene's next unit: it opens the client, or has looked at the queue to its end. */
void queue_open(struct scene *scene, unsigned client);
void queue_finish(struct scene *scene, const struct sm_due *due);
#endif
