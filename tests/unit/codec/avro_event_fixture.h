#ifndef SM_UNIT_CODEC_AVRO_EVENT_FIXTURE_H
#define SM_UNIT_CODEC_AVRO_EVENT_FIXTURE_H
/* Events decoded from JSON and from Avro, side by side. Each test program includes it once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/avro_event.h"
#include "codec/cloudevents.h"
#include "codec/schemas.h"

struct outcome {
    enum sm_status status;
    struct sm_event event;
    struct sm_event_known known;
    struct sm_rejection rejection;
};

static struct sm_arena arena, scratch, plans_arena;
static const struct sm_avro_event_plans *plans;
static struct sm_avro_encoder *encoder;
static struct sm_buf bytes;

static inline int open_all(void **state)
{
    (void)state;
    sm_buf_init(&bytes, 2 * SM_VALUE_SIZE_MAX);
    encoder = sm_avro_encoder_create();
    if (encoder == NULL || !sm_arena_init(&arena, 8 << 20) || !sm_arena_init(&scratch, 32 << 20) ||
        !sm_arena_init(&plans_arena, 1 << 20))
        return -1;
    return sm_avro_event_plans_compile(&plans_arena, &scratch, &plans) == SM_OK ? 0 : -1;
}

static inline int close_all(void **state)
{
    (void)state;
    sm_avro_encoder_destroy(encoder);
    sm_arena_deinit(&arena);
    sm_arena_deinit(&scratch);
    sm_arena_deinit(&plans_arena);
    sm_buf_deinit(&bytes);
    return 0;
}

static inline uint64_t fingerprint_of(enum sm_topic topic, bool latest)
{
    if (topic == SM_TOPIC_CONFIG)
        return latest ? UINT64_C(0x8f186b4dfd491170) : UINT64_C(0xf20386c4e852841a);
    return latest ? UINT64_C(0x9af66952a864bf19) : UINT64_C(0x389439d586b75022);
}

static inline void decode_json(const struct sm_record *record, struct outcome *out)
{
    memset(out, 0, sizeof(*out));
    out->status =
        sm_cloudevents_decode(record, &arena, &scratch, &out->event, &out->known, &out->rejection);
}

static inline void decode_body(const struct sm_avro_event_plan *plan, struct sm_slice body,
                               const struct sm_record *record, struct outcome *out)
{
    memset(out, 0, sizeof(*out));
    out->status = sm_avro_event_decode(plan, body, record, &arena, &scratch, &out->event,
                                       &out->known, &out->rejection);
    assert_int_equal(sm_arena_mark(&scratch), 0);
}

/* By the fingerprint in the frame, or by the first or latest schema of the topic. */
static inline void decode_avro(const struct sm_record *record, bool latest, struct outcome *out)
{
    struct sm_frame frame = sm_frame_of(record);
    uint64_t fingerprint = frame.kind == SM_FRAME_SINGLE_OBJECT
                               ? frame.fingerprint
                               : fingerprint_of(record->topic, latest);
    const struct sm_avro_event_plan *plan = sm_avro_event_plans_find(plans, fingerprint);

    assert_non_null(plan);
    decode_body(plan, frame.body, record, out);
}

static inline void assert_same_slice(struct sm_slice a, struct sm_slice b)
{
    if (!sm_slice_equal(a, b))
        fail_msg("%.*s is not %.*s", (int)a.size, (const char *)a.data, (int)b.size,
                 (const char *)b.data);
}

static inline void assert_same_event(const struct outcome *a, const struct outcome *b)
{
    if (a->status != SM_OK || b->status != SM_OK)
        fail_msg("%s: %s; %s: %s", a->rejection.field, a->rejection.reason, b->rejection.field,
                 b->rejection.reason);
    assert_same_slice(a->event.data, b->event.data);
    assert_same_slice(a->event.key, b->event.key);
    assert_same_slice(a->event.traceparent, b->event.traceparent);
    assert_same_slice(a->event.actor, b->event.actor);
    assert_true(sm_digest_equal(&a->event.content_hash, &b->event.content_hash));
    assert_memory_equal(&a->known, &b->known, sizeof(a->known));
    for (size_t i = 0; i < SM_VALUES_MAX; i++) {
        assert_int_equal(a->event.values[i].type, b->event.values[i].type);
        assert_true(a->event.values[i].integer == b->event.values[i].integer);
        assert_same_slice(a->event.values[i].text, b->event.values[i].text);
    }
}

static inline void encode(const struct sm_event *event, enum sm_frame_kind kind)
{
    sm_buf_reset(&bytes);
    assert_int_equal(sm_avro_event_encode(encoder, event, kind, 66051, &scratch, &bytes), SM_OK);
    assert_int_equal(sm_arena_mark(&scratch), 0);
}
#endif
