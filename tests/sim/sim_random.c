/* SplitMix64 and the few ways in which the simulator draws from it. */
#include "sim/sim_random.h"

uint64_t sim_random_next(struct sim_random *random)
{
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

void sim_random_init(struct sim_random *random, uint64_t seed, uint64_t stream)
{
    random->state = seed * UINT64_C(0x9e3779b97f4a7c15) + stream;
    random->state = sim_random_next(random); /* neighbouring seeds must not look alike */
}

uint64_t sim_random_below(struct sim_random *random, uint64_t bound)
{
    return bound == 0 ? 0 : sim_random_next(random) % bound;
}

int64_t sim_random_between(struct sim_random *random, int64_t low, int64_t high)
{
    return low + (int64_t)sim_random_below(random, (uint64_t)(high - low) + 1);
}

bool sim_random_chance(struct sim_random *random, unsigned permille)
{
    return permille != 0 && sim_random_below(random, 1000) < permille;
}
