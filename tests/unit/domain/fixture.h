#ifndef SM_TESTS_DOMAIN_FIXTURE_H
#define SM_TESTS_DOMAIN_FIXTURE_H
/* Events from JSON text, for the tests of the domain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "domain/data.h"
#include "domain/digest.h"

/* The arena outlives the events, the scratch lives as long as one parse: what still pointed there
 * afterwards would be found by AddressSanitizer. */
struct fixture {
    struct sm_arena arena;
    struct sm_arena scratch;
    struct sm_rejection rejection;
};

static inline void fixture_init(struct fixture *fixture)
{
    assert_true(sm_arena_init(&fixture->arena, 16 << 20));
    assert_true(sm_arena_init(&fixture->scratch, 32 << 20));
}

static inline void fixture_deinit(struct fixture *fixture)
{
    sm_arena_deinit(&fixture->arena);
    sm_arena_deinit(&fixture->scratch);
}

/* Tests write JSON with single quotes; here they become double ones. NULL stays NULL. */
static inline struct sm_slice fixture_json(struct sm_arena *arena, const char *text)
{
    size_t size = text == NULL ? 0 : strlen(text);
    uint8_t *json = text == NULL ? NULL : sm_arena_alloc(arena, size);

    for (size_t i = 0; i < size; i++)
        json[i] = (uint8_t)(text[i] == '\'' ? '"' : text[i]);
    return (struct sm_slice){ json, size };
}

/* Absent data: the event has none. */
static inline enum sm_status fixture_read_slice(struct fixture *fixture, enum sm_event_type type,
                                                struct sm_slice data, struct sm_event *event)
{
    struct sm_json_fault fault = { 0, "" };
    struct sm_json *root = NULL;
    enum sm_status status;

    event->type = type;
    fixture->rejection = (struct sm_rejection){ .code = SM_CODE_NONE };
    if (data.data != NULL && sm_json_read(data, &fixture->scratch, &root, &fault) != SM_OK)
        fail_msg("not JSON (%s at byte %zu): %.*s", fault.reason, fault.offset, (int)data.size,
                 (const char *)data.data);
    status = sm_event_read_data(event, root, &fixture->arena, &fixture->rejection);
    sm_arena_reset(&fixture->scratch);
    return status;
}

static inline enum sm_status fixture_read(struct fixture *fixture, enum sm_event_type type,
                                          const char *data, struct sm_event *event)
{
    return fixture_read_slice(fixture, type, fixture_json(&fixture->scratch, data), event);
}

/* A whole event at a time, with an id of its own made from `number`. */
static inline struct sm_event fixture_event(struct fixture *fixture, enum sm_event_type type,
                                            const char *data, uint8_t number)
{
    struct sm_event event = {
        .id = { { 1, number } },
        .client_id = { { 2 } },
        .expected_version = SM_VERSION_ANY,
        .time_us = 1700000000000000 + number,
        .source = SM_SLICE("urn:test"),
        .actor = SM_SLICE("admin@example.com"),
    };

    if (fixture_read(fixture, type, data, &event) != SM_OK)
        fail_msg("refused: %s", fixture->rejection.reason);
    sm_content_hash(&event, &event.content_hash);
    return event;
}

static inline void assert_text(struct sm_slice found, const char *expected)
{
    if (!sm_slice_equal(found, sm_slice_of(expected)))
        fail_msg("found %.*s, expected %s", found.data == NULL ? 6 : (int)found.size,
                 found.data == NULL ? "(none)" : (const char *)found.data,
                 expected == NULL ? "(none)" : expected);
}

/* The same; `expected` is JSON with single quotes. */
static inline void assert_json(struct fixture *fixture, struct sm_slice found, const char *expected)
{
    size_t mark = sm_arena_mark(&fixture->scratch);
    struct sm_slice json = fixture_json(&fixture->scratch, expected);

    if (!sm_slice_equal(found, json))
        fail_msg("found %.*s, expected %s", (int)found.size, (const char *)found.data,
                 expected == NULL ? "(none)" : expected);
    sm_arena_rewind(&fixture->scratch, mark);
}

static inline void assert_refused(const struct sm_rejection *rejection, enum sm_rejection_code code,
                                  const char *field, const char *value)
{
    assert_string_equal(sm_rejection_code_name(rejection->code), sm_rejection_code_name(code));
    assert_string_equal(rejection->field, field);
    assert_string_equal(rejection->value, value);
    assert_true(strlen(rejection->reason) > 10);
}
#endif
