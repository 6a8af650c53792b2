#ifndef SM_TESTS_DOMAIN_SCENE_H
#define SM_TESTS_DOMAIN_SCENE_H
/* One event before one state, for the tests of admission. Each program includes it once. */
#include "domain/admit.h"
#include "unit/domain/fixture.h"

#define CLIENT_ID "02000000-0000-0000-0000-000000000000"

static const struct sm_admission_options options = { .time_ahead_max_us = 3600000000 };

struct scene {
    struct fixture fixture;
    struct sm_stream stream;
    struct sm_client client; /* of kinds other than the client's own */
    struct sm_event event;
    struct sm_admission admission;
    struct sm_verdict verdict;
};
static struct scene scene;

static inline int set_up(void **state)
{
    (void)state;
    fixture_init(&scene.fixture);
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    fixture_deinit(&scene.fixture);
    return 0;
}

enum before { UNKNOWN, ACTIVE, CONFIRMED, SUSPENDED, ARCHIVED, BEFORE_COUNT };

/* A client whose gate is closed only by what `before` says. */
static inline struct sm_client client_before(enum before before)
{
    static const enum sm_client_status statuses[BEFORE_COUNT] = {
        [SUSPENDED] = SM_CLIENT_STATUS_SUSPENDED,
        [ARCHIVED] = SM_CLIENT_STATUS_ARCHIVED,
    };

    if (before == UNKNOWN)
        return (struct sm_client){ .exists = false };
    return (struct sm_client){
        .exists = true,
        .status = statuses[before],
        .tenant_mode = SM_TENANT_SHARED,
        .config_confirmed = before != ACTIVE,
        .organization_id = SM_SLICE("org_7"),
    };
}

/* A stream at version 3 with an active one (at version 0 for an unknown client), and nothing that
 * stands in the event's way but the client's state. */
static inline void set_scene(enum before before, enum sm_event_type type, const char *data)
{
    scene.event = fixture_event(&scene.fixture, type, data, 1);
    scene.stream = (struct sm_stream){ .head = SM_HEAD_EMPTY };
    scene.client = client_before(before);
    if (before != UNKNOWN) {
        scene.stream.head = (struct sm_head){ 3, scene.event.time_us - 5, scene.event.time_us - 5 };
        scene.stream.client = scene.client;
    }
    scene.admission = (struct sm_admission){
        .options = &options,
        .record_time_us = scene.event.time_us,
        .stream = &scene.stream,
        .references = { { .known = true }, { .known = true } },
        .arena = &scene.fixture.arena,
    };
}

/* The row that the event's stream has; status NULL: none. */
static inline void set_row(size_t status_column, const char *status)
{
    scene.stream.row = (struct sm_row){ .exists = status != NULL };
    if (status != NULL)
        scene.stream.row.columns[status_column] =
            (struct sm_value){ .type = SM_VALUE_TEXT, .text = sm_slice_of(status) };
}

static inline void becomes(enum sm_verdict_kind kind, enum sm_rejection_code code)
{
    bool is_client = sm_event_type_kind(scene.event.type) == SM_KIND_CLIENT;

    scene.admission.client = sm_client_brief(is_client ? &scene.stream.client : &scene.client);
    memset(&scene.verdict, 0xA5, sizeof(scene.verdict));
    sm_admit(&scene.admission, &scene.event, &scene.verdict);
    assert_string_equal(sm_rejection_code_name(scene.verdict.rejection.code),
                        sm_rejection_code_name(code));
    assert_int_equal(scene.verdict.kind, kind);
}

static inline void becomes_a_fact(void)
{
    becomes(SM_VERDICT_FACT, SM_CODE_NONE);
}

static inline void is_rejected(enum sm_rejection_code code, const char *field, const char *value)
{
    becomes(SM_VERDICT_REJECTED, code);
    assert_refused(&scene.verdict.rejection, code, field, value);
}

static inline void is_parked(enum sm_wait_for what, const char *code)
{
    becomes(SM_VERDICT_PARKED, SM_CODE_NONE);
    assert_string_equal(sm_wait_name(scene.verdict.wait.what), sm_wait_name(what));
    assert_text(scene.verdict.wait.code, code);
}
#endif
