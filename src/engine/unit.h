#ifndef SM_ENGINE_UNIT_H
#define SM_ENGINE_UNIT_H
/* What the files that build a unit share: its lists while they are filled, const in the unit. */
#include "engine/work.h"

struct sm__unit_lists {
    struct sm_unit_partition *partitions;
    struct sm_append *appends;
    struct sm_dead_letter *dead_letters;
    struct sm_log_line *log_lines;
    struct sm_parked *parked;
    struct sm_parked_change *changes;
    struct sm_request_outcome *outcomes;
    struct sm_range *ranges; /* of duplicates and gaps, all partitions' */
    size_t range_count;
};

/* unit_partition.c. `items` are all those of one partition. */
void sm__unit_add_partition(struct sm__lane *lane, struct sm__unit_lists *lists,
                            const struct sm__item *items, size_t count);
/* What is released of one queue: a ledger row that covers no offset. */
void sm__unit_add_release(struct sm__lane *lane, struct sm__unit_lists *lists);

/* commands.c. After the partitions. False: the arena is full. */
bool sm__unit_add_commands(struct sm__lane *lane);

/* unit_waiting.c. False: the arena is full. */
bool sm__unit_waiting_allocate(struct sm__lane *lane, struct sm__unit_lists *lists);
void sm__unit_add_parked(struct sm_parked *parked, const struct sm__item *item,
                         uint32_t partition);
void sm__unit_add_change(struct sm_unit *unit, struct sm__unit_lists *lists,
                         const struct sm__item *item);
void sm__unit_add_outcome(struct sm_unit *unit, struct sm__unit_lists *lists,
                          const struct sm__item *item);
bool sm__unit_add_openings(struct sm__lane *lane);
#endif
