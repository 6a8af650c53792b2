#ifndef SM_CLI_LAG_SAMPLER_H
#define SM_CLI_LAG_SAMPLER_H
/* Takes samples of lag: asks PostgreSQL for positions and Kafka for ends, each by connections of
 * its own, and gives what came back to the evaluator.
 *
 * Positions are asked before ends, so that an end is never older than the position it is compared
 * with. Not thread-safe; blocks, for at most a few times `timeout_ms` where Kafka is silent. */
#include "cli/wire.h"
#include "codec/lag_snapshot.h"

struct sm__lag_sampler;
/* Waits for nothing. SM_OK; SM_FATAL: a Kafka property is refused, or no memory. */
SM_MUST_CHECK enum sm_status sm__lag_sampler_open(struct sm__wire *wire,
                                                  int timeout_ms, struct sm__lag_sampler **out,
                                                  struct sm_err *err);
void sm__lag_sampler_close(struct sm__lag_sampler *sampler);
/* One look at everything. Who does not answer is in the snapshot, not an error. SM_OK, or SM_FATAL
 * when memory cannot be had. */
SM_MUST_CHECK enum sm_status sm__lag_sampler_look(struct sm__lag_sampler *sampler,
                                                  struct sm_err *err);
/* As things stand now; points into the sampler until the next look. */
void sm__lag_sampler_view(struct sm__lag_sampler *sampler, struct sm_lag_snapshot *out);
struct sm_postgres_lag; /* postgres/lag.h */
/* The connection that it asks by, for others of its thread. */
struct sm_postgres_lag *sm__lag_sampler_database(const struct sm__lag_sampler *sampler);
#endif
