#ifndef SM_TESTS_BENCH_AVRO_H
#define SM_TESTS_BENCH_AVRO_H
/* The generator's events as Avro in the framing of schema registries. */
#include <stdint.h>

#include "bench/bench_events.h"

struct bench_avro;
/* The ids that a registry gave the latest schemas of the two topics. */
struct bench_avro *bench_avro_create(uint32_t config_id, uint32_t processing_id);
void bench_avro_destroy(struct bench_avro *avro);
/* Replaces the event's value. */
void bench_avro_encode(struct bench_avro *avro, struct bench_event *event);
#endif
