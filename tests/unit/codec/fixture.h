#ifndef SM_UNIT_CODEC_FIXTURE_H
#define SM_UNIT_CODEC_FIXTURE_H
/* A good event, records made of texts, and one decoder's results for a test to look at. Each test
 * program includes it once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/cloudevents.h"

#define ID      "0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"
#define CLIENT  "6f1c1c50-5a3e-4b8e-9d59-8f1f7b3c2a10"
#define ANOTHER "11111111-2222-4333-8444-555555555555"
#define DATA    "{\"feature_type\":\"ma\",\"config\":{\"window_days\":7e0,\"x\":1.50e1}}"
#define REQUIRED                                                                                   \
    "\"specversion\":\"1.0\",\"id\":\"" ID                                                         \
    "\",\"source\":\"erp\",\"type\":\"feature_config.changed\","                                   \
    "\"subject\":\"" CLIENT "\",\"time\":\"2026-11-23T03:44:00.5+03:00\""
#define GOOD "{" REQUIRED ",\"data\":" DATA "}"

static struct sm_arena arena, scratch;
static struct sm_event event;
static struct sm_event_known known;
static struct sm_rejection rejection;

static inline int open_arenas(void **state)
{
    (void)state;
    return sm_arena_init(&arena, 4 << 20) && sm_arena_init(&scratch, 16 << 20) ? 0 : -1;
}

static inline int close_arenas(void **state)
{
    (void)state;
    sm_arena_deinit(&arena);
    sm_arena_deinit(&scratch);
    return 0;
}

static inline struct sm_record record_of(const char *value)
{
    return (struct sm_record){ .topic = SM_TOPIC_CONFIG,
                               .key = SM_SLICE(CLIENT),
                               .value = sm_slice_of(value) };
}

static inline enum sm_status decode(const struct sm_record *record)
{
    enum sm_status status;

    rejection = (struct sm_rejection){ .code = SM_CODE_NONE };
    sm_arena_reset(&arena);
    status = sm_cloudevents_decode(record, &arena, &scratch, &event, &known, &rejection);
    assert_int_equal(sm_arena_mark(&scratch), 0);
    return status;
}

static inline void decode_good(const struct sm_record *record)
{
    if (decode(record) != SM_OK)
        fail_msg("%s %s: %s", sm_rejection_code_name(rejection.code), rejection.field,
                 rejection.reason);
    assert_true(known.id && known.client_id && known.type && known.content);
}

static inline void assert_slice(struct sm_slice slice, const char *expected)
{
    if (!sm_slice_equal(slice, sm_slice_of(expected)))
        fail_msg("%.*s; expected %s", (int)slice.size, (const char *)slice.data, expected);
}

static inline void assert_uuid(const struct sm_uuid *uuid, const char *expected)
{
    char text[SM_UUID_TEXT_SIZE + 1];

    sm_uuid_format(uuid, text);
    assert_string_equal(text, expected);
}

#define HEADER(its_name, its_value)                                                                \
    {                                                                                              \
        .name = { (const uint8_t *)(its_name), sizeof(its_name) - 1 }, .value = {                  \
            (const uint8_t *)(its_value),                                                          \
            sizeof(its_value) - 1                                                                  \
        }                                                                                          \
    }
#define REQUIRED_HEADERS                                                                           \
    HEADER("ce_specversion", "1.0"), HEADER("ce_id", ID), HEADER("ce_source", "erp"),              \
        HEADER("ce_type", "feature_config.changed"), HEADER("ce_subject", CLIENT),                 \
        HEADER("ce_time", "2026-11-23T03:44:00.5+03:00")
#endif
