#ifndef SM_TESTS_BENCH_EVENTS_H
#define SM_TESTS_BENCH_EVENTS_H
/* Events as a platform's services would emit them: CloudEvents JSON of the real catalogue.
 *
 * A generator is a fixed sequence: the same seed, client count and draw give the same clients,
 * types and data in the same order. Ids and times differ from run to run, as they must: an id that
 * was on the topic before is a duplicate. */
#include <stdbool.h>

#include "base/uuid.h"

#define BENCH_VALUE_SIZE 768

struct bench_event {
    struct sm_uuid id;
    struct sm_uuid client_id;
    char key[SM_UUID_TEXT_SIZE + 1]; /* of the record: the client's id */
    char value[BENCH_VALUE_SIZE];
    size_t size; /* of the value, without its terminator */
    bool processing; /* belongs on the processing topic */
};

enum bench_draw {
    BENCH_EVENLY, /* every client is as likely as any other */
    BENCH_ZIPF /* the client of rank k is k times rarer than the first: exponent 1.0 */
};

/* What is drawn. FULL: 60 % changes of feature configurations, the rest over the catalogue, as a
 * day's work gives it:
 *
 *   feature_config.changed                     60.0 %
 *   batch.started, .completed, .failed         12.0 %  each batch is started, then ended
 *   log.recorded                               12.0 %
 *   bom_explosion.started, .completed, .failed  6.0 %  the same
 *   feature.created                             5.0 %
 *   bom_config.changed                          2.0 %
 *   client_schedule.changed                     1.5 %
 *   client.updated                              1.5 %
 *
 * All are admitted: nothing contradicts what the same sequence has sent before. */
enum bench_mix { BENCH_MIX_FEATURES, BENCH_MIX_FULL };

struct bench_events_options {
    uint32_t clients;
    enum bench_draw draw;
    bool random_ids; /* UUIDv4 instead of UUIDv7 */
    uint64_t seed;
    enum bench_mix mix;
};

struct bench_events;
struct bench_events *bench_events_create(const struct bench_events_options *options);
void bench_events_destroy(struct bench_events *events);

/* Client `index` (from 0) comes into being, and is confirmed. */
void bench_events_registered(struct bench_events *events, uint32_t index, struct bench_event *out);
void bench_events_confirmed(struct bench_events *events, uint32_t index, struct bench_event *out);
/* The next change of a feature configuration, of a client drawn. */
void bench_events_changed(struct bench_events *events, struct bench_event *out);
/* The next event of the mix, of a client drawn. */
void bench_events_next(struct bench_events *events, struct bench_event *out);
#endif
