#ifndef SM_TESTS_BENCH_EVENTS_PRIV_H
#define SM_TESTS_BENCH_EVENTS_PRIV_H
/* What the files of the generator share. */
#include <inttypes.h>
#include <stdlib.h>

#include "bench/bench.h"
#include "bench/bench_events.h"

/* What a client's pipeline is doing. */
struct bench__work {
    uint32_t batches; /* started so far */
    bool batch_runs;
    bool bom_runs;
};

struct bench_events {
    struct bench_events_options options;
    uint64_t drawn; /* state of the sequence that the seed fixes */
    uint64_t free; /* state of the sequence that ids come from */
    int64_t time_us; /* of the last event */
    double *shares; /* of ZIPF: shares[k] is how many events go to ranks 0 to k */
    struct bench__work *work; /* by client */
};

/* A number in [0, bound). */
uint32_t bench__below(uint64_t *state, uint32_t bound);
uint32_t bench__draw_client(struct bench_events *events);
/* Everything up to the value of "data"; what follows is appended, the last brace included. */
void bench__begin(struct bench_events *events, uint32_t index, const char *type,
                  struct bench_event *out);
void bench__append(struct bench_event *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
#endif
