#ifndef SIM_RANDOM_H
#define SIM_RANDOM_H
/* The simulator's only randomness: SplitMix64 (Steele, Lea, Flood 2014), so that a history is a
 * function of its seed on every machine. Each part of the world draws from a stream of its own, so
 * that a change in one part does not shuffle all others. */
#include <stdbool.h>
#include <stdint.h>

struct sim_random {
    uint64_t state;
};

void sim_random_init(struct sim_random *random, uint64_t seed, uint64_t stream);
uint64_t sim_random_next(struct sim_random *random);
/* In [0, bound); 0 for a bound of 0. */
uint64_t sim_random_below(struct sim_random *random, uint64_t bound);
/* In [low, high]. */
int64_t sim_random_between(struct sim_random *random, int64_t low, int64_t high);
/* True in `permille` of 1000 cases. */
bool sim_random_chance(struct sim_random *random, unsigned permille);
#endif
