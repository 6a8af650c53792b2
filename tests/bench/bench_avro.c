/* From the generator's JSON to Avro, by the decoder and the encoder of the program. */
#include "bench/bench_avro.h"

#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "codec/avro_event.h"
#include "codec/cloudevents.h"

#define ARENA_SIZE (1 << 20)

struct bench_avro {
    struct sm_avro_encoder *encoder; /* owned */
    struct sm_arena arena, scratch;
    struct sm_buf value;
    uint32_t ids[SM_TOPIC_COUNT];
};

struct bench_avro *bench_avro_create(uint32_t config_id, uint32_t processing_id)
{
    struct bench_avro *avro = calloc(1, sizeof(*avro));

    if (avro == NULL || (avro->encoder = sm_avro_encoder_create()) == NULL ||
        !sm_arena_init(&avro->arena, ARENA_SIZE) || !sm_arena_init(&avro->scratch, ARENA_SIZE))
        bench_fail("no memory for an encoder");
    sm_buf_init(&avro->value, BENCH_VALUE_SIZE);
    avro->ids[SM_TOPIC_CONFIG] = config_id;
    avro->ids[SM_TOPIC_PROCESSING] = processing_id;
    return avro;
}

void bench_avro_destroy(struct bench_avro *avro)
{
    sm_avro_encoder_destroy(avro->encoder);
    sm_arena_deinit(&avro->arena);
    sm_arena_deinit(&avro->scratch);
    sm_buf_deinit(&avro->value);
    free(avro);
}

void bench_avro_encode(struct bench_avro *avro, struct bench_event *event)
{
    const struct sm_record record = {
        .topic = event->processing ? SM_TOPIC_PROCESSING : SM_TOPIC_CONFIG,
        .timestamp_us = bench_wall_us(),
        .key = { (const uint8_t *)event->key, SM_UUID_TEXT_SIZE },
        .value = { (const uint8_t *)event->value, event->size },
    };
    struct sm_event_known known;
    struct sm_rejection rejection;
    struct sm_event decoded;

    sm_arena_reset(&avro->arena);
    sm_buf_reset(&avro->value);
    if (sm_cloudevents_decode(&record, &avro->arena, &avro->scratch, &decoded, &known,
                              &rejection) != SM_OK ||
        sm_avro_event_encode(avro->encoder, &decoded, SM_FRAME_CONFLUENT, avro->ids[record.topic],
                             &avro->scratch, &avro->value) != SM_OK)
        bench_fail("an event cannot be encoded: %.*s", (int)event->size, event->value);
    memcpy(event->value, avro->value.data, avro->value.size);
    event->size = avro->value.size;
}
