/* An operator who looks at dead letters and at what waits, and asks for something to be done. */
#include "sim/sim_priv.h"

static void retry(struct sim_world *world)
{
    size_t count = world->db.rows.dead_letter_count;
    bool forced = sim_random_chance(&world->random, 300);
    int64_t id;

    if (count == 0)
        return;
    id = 1 + (int64_t)sim_random_below(&world->random, count);
    if (memory_db_retry(&world->db, id, forced ? SM_CAUSE_FORCED : SM_CAUSE_RETRIED))
        sim_say(world, "dead letter %d is to be %s", (int)id, forced ? "forced" : "retried");
}

static void expire(struct sim_world *world)
{
    size_t count = world->db.rows.parked_count;
    int64_t id;

    if (count == 0)
        return;
    id = world->db.rows.parked[sim_random_below(&world->random, count)].id;
    if (memory_db_expire(&world->db, id))
        sim_say(world, "parked %d shall wait no longer", (int)id);
}

void sim_operator_act(struct sim_world *world)
{
    /* Several at once, as by a filter. */
    size_t many = 1 + sim_random_below(&world->random, 4);
    bool expires = sim_random_chance(&world->random, 200);

    world->operator_left--;
    world->next_operator_us =
        world->clock.now_us +
        sim_random_between(&world->random, 1, 2 * world->plan->operator_gap_us);
    for (; many != 0 && !world->db.away; many--) {
        if (expires)
            expire(world);
        else
            retry(world);
    }
}
