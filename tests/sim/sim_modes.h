#ifndef SIM_MODES_H
#define SIM_MODES_H
/* Ways to run worlds, and sums over them. */
#include "sim/sim.h"

/* One drawn world; where its order does not depend on races, a second one without faults and with
 * other batches, which must come to the same (law "batching"). */
bool sim_run_seed(uint64_t seed, bool verbose, struct sim_result *result);
/* A small world again and again: store call 1, 2, 3, … fails in every way until none is left, and
 * the process dies before and after every call. */
bool sim_run_exhaustive(uint64_t seed, bool verbose, struct sim_result *result);

/* Two processes, of which one parks what the other opens: every store call of both waits for all
 * the others, at each of its stages; then some pairs of calls. */
bool sim_run_pauses(uint64_t seed, bool verbose, struct sim_result *result);

void sim_counts_add(struct sim_counts *sum, const struct sim_counts *counts);
void sim_counts_print(const struct sim_counts *counts);
/* True if everything that can happen did happen at least once; else prints what did not. */
bool sim_counts_are_rich(const struct sim_counts *counts);
#endif
