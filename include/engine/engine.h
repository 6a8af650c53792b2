#ifndef SM_ENGINE_ENGINE_H
#define SM_ENGINE_ENGINE_H
/* The consuming engine: source -> decode -> admit -> project -> store, exactly once.
 *
 * Single-threaded and stepped: sm_engine_step does a bounded amount of work and never blocks (but
 * for the source's watermarks), so the whole program short of its adapters runs in a simulator on
 * virtual time. Work is shared out over lanes (writers), each with a store of its own, by partition
 * number, both topics alike; while one lane's unit is on its way to PostgreSQL the next batch is
 * decoded, and the other lanes go on.
 *
 * Positions, per partition (Law: durable <= applied <= read):
 *   offset_read     next record wanted from the source
 *   offset_applied  next after what the unit in flight holds
 *   offset_durable  next after what PostgreSQL has committed; the only one told to the group
 */
#include "codec/command_wire.h"
#include "codec/templates.h"
#include "domain/admit.h"
#include "ports/clock.h"
#include "ports/schemas.h"
#include "ports/source.h"
#include "ports/store.h"

struct sm_engine_options {
    size_t batch_records_max; /* 1 … SM_BATCH_RECORDS_MAX */
    size_t batch_bytes_max; /* bytes of records and decoded events a batch may hold, per buffer */
    size_t cache_streams_max; /* heads a lane keeps in memory */
    size_t cache_clients_max; /* clients a lane keeps in memory */
    int64_t retry_min_us; /* first pause after a failed unit; doubles up to the next */
    int64_t retry_max_us;
    int64_t fenced_wait_us; /* how long a fenced partition that the group still gives us stays
                               untouched before it is claimed again */
    int64_t revoke_wait_us; /* how long a revocation waits for units in flight */
    int64_t watch_us; /* how often an idle lane looks for what changed behind its back */
    int trials_max; /* deaths over one record alone, until it is a dead letter (PROCESS_DIED) */
    size_t release_max; /* waiting events that one unit admits */
    int64_t logs_retention_us; /* lines of processing_logs older than this are removed; 0: never */
    int64_t proof_interval_us; /* how often a partition that was fetched from is proven to be of the
                                  topic that we know, not of one made anew under its name */
    int watermarks_timeout_ms;
    struct sm_schemas *schemas; /* the registry; must outlive the engine. NULL: none is asked */
    bool until_idle; /* end when what was on the partitions at the first assignment is durable, and
                        nothing that waits is due */
    bool reset_recreated; /* go on from the first offset where a topic was made anew or retention
                             overtook us, recording the gap; else stop that partition */
    /* How the commands that tenants' events cause are said, and written; both must outlive the
     * engine. */
    const struct sm_templates *templates;
    struct sm_command_encoder *command_encoder;
    struct sm_admission_options admission;
};

struct sm_engine;

/* Adopts nothing: source, stores and clock must outlive the engine. `stores` has lane_count
 * entries. SM_OK; SM_FATAL when memory cannot be had or an option is out of range. */
SM_MUST_CHECK enum sm_status sm_engine_create(const struct sm_engine_options *options,
                                              struct sm_source *source, struct sm_store **stores,
                                              size_t lane_count, const struct sm_clock *clock,
                                              struct sm_engine **out, struct sm_err *err);
void sm_engine_destroy(struct sm_engine *engine);

/* A bounded amount of work.
 * SM_OK: progress was made, call again. SM_AGAIN: nothing to do now, wait as sm_engine_wait says.
 * SM_STOP: stopped as asked, or idle with until_idle: all units are durable. SM_FATAL: give up.
 * SM_FENCED: the source is at its end, as its poll says; go on with a new one and a new engine. */
SM_MUST_CHECK enum sm_status sm_engine_step(struct sm_engine *engine, struct sm_err *err);

/* What to wait for: up to `max` descriptors (one of each lane, the source's, and SM_SCHEMAS_FDS_MAX
 * if there is a registry) into `fds`, their number into *count, and the monotonic
 * time at which to step again in any case. */
void sm_engine_wait(struct sm_engine *engine, struct pollfd *fds, size_t max, size_t *count,
                    int64_t *wake_us);

/* Asks to finish or abandon units within revoke_wait_us; steps then end with SM_STOP. */
void sm_engine_stop(struct sm_engine *engine);

/* ---- observation: a copy, never engine state ---- */

enum sm_partition_phase {
    SM_PARTITION_TAKING_OVER,
    SM_PARTITION_RUNNING,
    SM_PARTITION_FENCED,
    SM_PARTITION_STOPPED,
    SM_PARTITION_PHASE_COUNT
};
struct sm_partition_view {
    struct sm_partition_id id;
    enum sm_partition_phase phase;
    int64_t epoch;
    int64_t offset_read;
    int64_t offset_applied;
    int64_t offset_durable;
    int64_t ledger_seq; /* of its last durable ledger row; 0: none */
    struct sm_digest chain; /* that row's digest */
};
struct sm_engine_view {
    uint64_t consumed, appended, logged, duplicated, parked, rejected; /* durable, since this
                                                                         process started */
    uint64_t resolved; /* of those parked, and of earlier ones */
    uint64_t commands; /* decided: they are in the outbox */
    uint64_t units; /* committed */
    uint64_t conflicts, retries, fences, bisections;
    size_t partition_count;
    bool store_away; /* the last call of some lane failed with SM_RETRY */
    bool broker_away;
};
void sm_engine_observe(const struct sm_engine *engine, struct sm_engine_view *out);
/* False when there is no such partition (index runs from 0). */
bool sm_engine_observe_partition(const struct sm_engine *engine, size_t index,
                                 struct sm_partition_view *out);
#endif
