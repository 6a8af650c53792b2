#ifndef SM_TESTS_LAW_RANDOM_H
#define SM_TESTS_LAW_RANDOM_H
/* Random numbers and random events of one client, all from one seed. */
#include <stdlib.h>

#include "unit/domain/fixture.h"

/* SplitMix64 (Steele, Lea, Flood 2014): any seed is a good one. */
struct random {
    uint64_t state;
};

static inline uint64_t random_next(struct random *random)
{
    uint64_t mixed = random->state += 0x9E3779B97F4A7C15;

    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
    return mixed ^ (mixed >> 31);
}

static inline unsigned random_below(struct random *random, unsigned bound)
{
    return (unsigned)(random_next(random) % bound);
}

/* SM_LAW_SEED in the environment tries another history; a failing test prints its seed. */
static inline uint64_t random_seed(void)
{
    const char *text = getenv("SM_LAW_SEED");

    return text != NULL ? strtoull(text, NULL, 10) : 20260101;
}

static inline struct sm_slice random_text(struct random *random, struct sm_arena *arena)
{
    static const char *const pieces[] = { "a", "Z", " ", "\"", "\\", "ж", "😀", "0", "/", "'", "~" };
    uint8_t *text = sm_arena_alloc(arena, 64);
    size_t size = 0;
    unsigned count = 1 + random_below(random, 8);

    assert_non_null(text);
    for (unsigned i = 0; i < count; i++) {
        const char *piece = pieces[random_below(random, SM_ARRAY_COUNT(pieces))];

        memcpy(text + size, piece, strlen(piece));
        size += strlen(piece);
    }
    return (struct sm_slice){ text, size };
}

/* Appends `"name": value` to an object that is being written. */
static inline void put_member(struct sm_buf *buf, const char *name, struct sm_slice json)
{
    sm_buf_append_text(buf, buf->size == 1 ? "\"" : ",\"");
    sm_buf_append_text(buf, name);
    sm_buf_append_text(buf, "\":");
    sm_buf_append_slice(buf, json);
}

static inline void put_text(struct sm_buf *buf, const char *name, struct sm_slice text)
{
    struct sm_buf json;

    sm_buf_init(&json, 4096);
    sm_json_append_string(text, &json);
    put_member(buf, name, sm_buf_view(&json));
    sm_buf_deinit(&json);
}

static inline void put_choice(struct random *random, struct sm_buf *buf, const char *name,
                              const char *const *choices)
{
    unsigned count = 0;

    while (choices[count] != NULL)
        count++;
    put_text(buf, name, sm_slice_of(choices[random_below(random, count)]));
}

static inline void put_integer(struct random *random, const struct sm_field *field,
                               struct sm_buf *buf)
{
    char text[24];

    (void)snprintf(text, sizeof(text), "%lld",
                   (long long)(field->integer_min + (int64_t)random_below(random, 3)));
    put_member(buf, field->name, sm_slice_of(text));
}

static inline const char *random_whole(struct random *random, enum sm_event_type type)
{
    static const char *const schedules[] = {
        "{\"kind\": \"interval\", \"interval_minutes\": 15}",
        "{\"kind\": \"daily\", \"time_of_day\": \"06:30\", \"timezone\": \"Europe/Moscow\"}",
        "{\"kind\": \"weekly\", \"time_of_day\": \"23:59\", \"days_of_week\": [7, 1]}",
    };
    static const char *const completed[] = {
        "{\"batch_id\": \"b.1\", \"records_total\": 3, \"records_processed\": 3}",
        "{\"batch_id\": \"b.1\", \"records_total\": 3.0, \"records_processed\": 1, "
        "\"records_failed\": 2}",
    };

    if (type == SM_EVENT_CLIENT_SCHEDULE_CHANGED || type == SM_EVENT_SCHEDULER_DEFAULTS_CHANGED)
        return schedules[random_below(random, 3)];
    return type == SM_EVENT_BATCH_COMPLETED ? completed[random_below(random, 2)] : NULL;
}

static inline void put_field(struct random *random, struct sm_arena *arena,
                             const struct sm_field *field, struct sm_buf *buf)
{
    static const char *const objects[] = { "{}", "{\"bom_explosion\":true}",
                                           "{\"feature_engineering\":false, \"z\":true}" };
    static const char *const features[] = { "own_a", "own_b", NULL };
    static const char *const emails[] = { "a@b", "ж@пример.рф", NULL };
    static const char *const organizations[] = { "2", "org_3", NULL };
    static const char *const patterns[] = { "code", "batch_id", "data_type", "nan_semantics",
                                            NULL };
    size_t pattern = 0;

    for (; patterns[pattern] != NULL && strcmp(field->name, patterns[pattern]) != 0; pattern++) {}
    if (field->nullable && random_below(random, 3) == 0)
        put_member(buf, field->name, SM_SLICE("null"));
    else if (field->type == SM_VALUE_INTEGER)
        put_integer(random, field, buf);
    else if (field->type == SM_VALUE_BOOL)
        put_member(buf, field->name,
                   random_below(random, 2) == 0 ? SM_SLICE("true") : SM_SLICE("false"));
    else if (field->type == SM_VALUE_TIME)
        put_member(buf, field->name, SM_SLICE("\"2026-02-02T09:31:00+03:00\""));
    else if (patterns[pattern] != NULL)
        put_choice(random, buf, field->name, features);
    else if (strcmp(field->name, "config_rules") == 0)
        put_member(buf, field->name, SM_SLICE("{\"a\": {\"type\": \"flag\"}}"));
    else if (field->type == SM_VALUE_JSON)
        put_member(buf, field->name, sm_slice_of(objects[random_below(random, 3)]));
    else if (field->allowed != NULL)
        put_choice(random, buf, field->name, field->allowed);
    else if (strcmp(field->name, "feature_type") == 0)
        put_choice(random, buf, field->name, features);
    else if (strcmp(field->name, "organization_id") == 0)
        put_choice(random, buf, field->name, organizations);
    else if (strcmp(field->name, "command_id") == 0)
        put_text(buf, field->name, SM_SLICE("0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"));
    else if (strcmp(field->name, "contact_email") == 0)
        put_choice(random, buf, field->name, emails);
    else
        put_text(buf, field->name, random_text(random, arena));
}

/* Data of that type by the field tables: required fields always, others half of the time. */
static inline void random_data(struct random *random, struct sm_arena *arena,
                               enum sm_event_type type, struct sm_buf *buf)
{
    size_t count;
    const struct sm_field *fields = sm_event_fields(type, &count);
    /* One of them at least, so that no update is empty. */
    size_t always = random_below(random, count == 0 ? 1 : (unsigned)count);
    const char *whole = random_whole(random, type);

    if (whole != NULL) {
        sm_buf_append_text(buf, whole);
        return;
    }
    sm_buf_append_text(buf, "{");
    for (size_t i = 0; i < count; i++) {
        if (fields[i].required || i == always || random_below(random, 2) == 0)
            put_field(random, arena, &fields[i], buf);
    }
    sm_buf_append_text(buf, "}");
    assert_false(sm_buf_failed(buf));
}

/* A valid event; its time jumps forth and back, and often stands still. */
static inline struct sm_event random_event(struct random *random, struct fixture *fixture,
                                           enum sm_event_type type)
{
    static const int64_t jumps[] = { 0, 0, 1, 1000000, -1, -3000000 };
    struct sm_event event = {
        .client_id = { { 2 } },
        .expected_version = SM_VERSION_ANY,
        .time_us = 1700000000000000 + jumps[random_below(random, SM_ARRAY_COUNT(jumps))] *
                                          (int64_t)random_below(random, 100),
        .source = SM_SLICE("urn:test"),
    };
    struct sm_buf buf;

    for (size_t i = 0; i < sizeof(event.id.bytes); i++)
        event.id.bytes[i] = (uint8_t)random_next(random);
    if (random_below(random, 4) != 0)
        event.actor = random_text(random, &fixture->arena);
    sm_buf_init(&buf, 65536);
    random_data(random, &fixture->arena, type, &buf);
    if (fixture_read_slice(fixture, type, sm_buf_view(&buf), &event) != SM_OK)
        fail_msg("%s was refused: %s", buf.data, fixture->rejection.reason);
    sm_buf_deinit(&buf);
    sm_content_hash(&event, &event.content_hash);
    return event;
}
#endif
