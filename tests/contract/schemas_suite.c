#include "contract/schemas_suite.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define SECOND_US 1000000

static uint32_t put_numbered(const struct schemas_rig *rig, unsigned number)
{
    char text[128];

    (void)snprintf(text, sizeof(text), "{\"type\":\"fixed\",\"name\":\"f%u\",\"size\":%u}", number,
                   number + 1);
    return rig->put(rig->context, text);
}

static void a_schema_is_found_as_it_was_registered(void **state)
{
    static const char *const texts[] = {
        "\"string\"",
        "{\"type\":\"record\",\"name\":\"R\",\"doc\":\"\xc3\xa9 \\\"quoted\\\"\",\"fields\":[{"
        "\"name\":\"a\",\"type\":\"long\"}]}",
    };
    const struct schemas_rig *rig = *state;
    struct sm_schemas *schemas = rig->open(rig->context);
    static struct answers answers;

    answers_init(&answers, rig);
    for (size_t i = 0; i < SM_ARRAY_COUNT(texts); i++) {
        uint32_t id = rig->put(rig->context, texts[i]);

        ask_for(schemas, id);
        await_answers(rig, schemas, &answers, i + 1);
        assert_found(&answers, id, texts[i]);
    }
    schemas->ops->close(schemas);
}

static void what_is_not_there_is_unknown(void **state)
{
    const struct schemas_rig *rig = *state;
    struct sm_schemas *schemas = rig->open(rig->context);
    static struct answers answers;

    answers_init(&answers, rig);
    ask_for(schemas, rig->unknown_id);
    await_answers(rig, schemas, &answers, 1);
    assert_int_equal(last_answer(&answers, rig->unknown_id)->outcome, SM_SCHEMAS_UNKNOWN);
    /* Not asked for again by itself. */
    step_for(rig, schemas, &answers, SECOND_US / 4);
    assert_int_equal(answers.count, 1);
    schemas->ops->close(schemas);
}

static void what_cannot_be_read_is_unknown_and_says_why(void **state)
{
    const struct schemas_rig *rig = *state;
    struct sm_schemas *schemas = rig->open(rig->context);
    uint32_t other = rig->put_other(rig->context), referring = rig->put_referring(rig->context);
    static struct answers answers;

    answers_init(&answers, rig);
    ask_for(schemas, other);
    ask_for(schemas, referring);
    await_answers(rig, schemas, &answers, 2);
    assert_int_equal(last_answer(&answers, other)->outcome, SM_SCHEMAS_UNKNOWN);
    assert_non_null(strstr(last_answer(&answers, other)->text, "no Avro schema"));
    assert_int_equal(last_answer(&answers, referring)->outcome, SM_SCHEMAS_UNKNOWN);
    assert_non_null(strstr(last_answer(&answers, referring)->text, "refers to other schemas"));
    schemas->ops->close(schemas);
}

static void many_are_each_answered_once(void **state)
{
    enum { MANY = 100 };
    const struct schemas_rig *rig = *state;
    struct sm_schemas *schemas = rig->open(rig->context);
    uint32_t ids[MANY];
    static struct answers answers;

    answers_init(&answers, rig);
    for (unsigned i = 0; i < MANY; i++)
        ids[i] = put_numbered(rig, i);
    for (unsigned i = 0; i < MANY; i++) {
        ask_for(schemas, ids[i]);
        ask_for(schemas, ids[i]);
    }
    await_answers(rig, schemas, &answers, MANY);
    step_for(rig, schemas, &answers, SECOND_US / 10);
    assert_int_equal(answers.count, MANY);
    for (unsigned i = 0; i < MANY; i++)
        assert_int_equal(answers_of(&answers, ids[i], SM_SCHEMAS_FOUND), 1);
    schemas->ops->close(schemas);
}

static void one_request_is_under_way_for_an_id(void **state)
{
    const struct schemas_rig *rig = *state;
    struct sm_schemas *schemas = rig->open(rig->context);
    uint32_t id = put_numbered(rig, 1000);
    static struct answers answers;

    answers_init(&answers, rig);
    /* Once answered it may be asked for again, which would be a second request. */
    for (int i = 0; i < 10 && answers.count == 0; i++) {
        ask_for(schemas, id);
        schemas->ops->step(schemas, &answers.sink);
    }
    await_answers(rig, schemas, &answers, 1);
    if (rig->requests != NULL)
        assert_int_equal(rig->requests(rig->context, id), 1);
    schemas->ops->close(schemas);
}

static void an_answered_id_may_be_asked_for_again_at_once(void **state)
{
    const struct schemas_rig *rig = *state;
    struct sm_schemas *schemas = rig->open(rig->context);
    uint32_t id = put_numbered(rig, 1001);
    static struct answers answers;

    answers_init(&answers, rig);
    answers.asks_again = schemas;
    ask_for(schemas, id);
    await_answers(rig, schemas, &answers, 2);
    assert_int_equal(answers_of(&answers, id, SM_SCHEMAS_FOUND), 2);
    schemas->ops->close(schemas);
}

static void questions_are_bounded(void **state)
{
    const struct schemas_rig *rig = *state;
    struct sm_schemas *schemas = rig->open(rig->context);
    static struct answers answers;

    answers_init(&answers, rig);
    for (uint32_t i = 0; i < SM_SCHEMAS_ASKED_MAX; i++)
        ask_for(schemas, rig->unknown_id + i);
    assert_int_equal(schemas->ops->ask(schemas, rig->unknown_id - 1), SM_AGAIN);
    ask_for(schemas, rig->unknown_id); /* it is being asked for: no room needed */
    await_answers(rig, schemas, &answers, 1);
    ask_for(schemas, rig->unknown_id - 1);
    await_answers(rig, schemas, &answers, SM_SCHEMAS_ASKED_MAX + 1);
    assert_int_equal(last_answer(&answers, rig->unknown_id - 1)->outcome, SM_SCHEMAS_UNKNOWN);
    schemas->ops->close(schemas);
}

static void an_idle_port_needs_no_waking(void **state)
{
    const struct schemas_rig *rig = *state;
    struct sm_schemas *schemas = rig->open(rig->context);
    struct pollfd fds[SM_SCHEMAS_FDS_MAX];
    int64_t wake_us = 0;
    static struct answers answers;

    answers_init(&answers, rig);
    for (int round = 0; round < 2; round++) {
        assert_int_equal(schemas->ops->wait(schemas, fds, &wake_us), 0);
        assert_int_equal(wake_us, INT64_MAX);
        ask_for(schemas, rig->unknown_id);
        (void)schemas->ops->wait(schemas, fds, &wake_us);
        assert_true(wake_us <= rig->now_us(rig->context)); /* there is something to begin */
        await_answers(rig, schemas, &answers, (size_t)round + 1);
    }
    schemas->ops->close(schemas);
}

static void open_questions_are_forgotten(void **state)
{
    const struct schemas_rig *rig = *state;
    static struct answers answers;

    answers_init(&answers, rig);
    for (int steps = 0; steps < 3; steps++) {
        struct sm_schemas *schemas = rig->open(rig->context);

        for (uint32_t i = 0; i < 20; i++)
            ask_for(schemas, rig->unknown_id + i);
        for (int i = 0; i < steps; i++)
            schemas->ops->step(schemas, &answers.sink);
        schemas->ops->close(schemas);
    }
}

/* ---- away ---- */

static void what_fails_is_asked_for_until_it_is_there(void **state)
{
    const struct schemas_rig *rig = *state;
    struct sm_schemas *schemas = rig->open(rig->context);
    uint32_t id = put_numbered(rig, 1002);
    static struct answers answers;

    answers_init(&answers, rig);
    rig->set_away(rig->context, id, true);
    ask_for(schemas, id);
    await_answers(rig, schemas, &answers, 3);
    assert_int_equal(answers_of(&answers, id, SM_SCHEMAS_AWAY), 3);
    rig->set_away(rig->context, id, false);
    while (answers_of(&answers, id, SM_SCHEMAS_FOUND) == 0)
        await_answers(rig, schemas, &answers, answers.count + 1);
    assert_found(&answers, id, "{\"type\":\"fixed\",\"name\":\"f1002\",\"size\":1003}");
    schemas->ops->close(schemas);
}

static void pauses_grow(void **state)
{
    const struct schemas_rig *rig = *state;
    struct sm_schemas *schemas = rig->open(rig->context);
    uint32_t id = put_numbered(rig, 1003);
    static struct answers answers;

    answers_init(&answers, rig);
    rig->set_away(rig->context, id, true);
    ask_for(schemas, id);
    await_answers(rig, schemas, &answers, 5);
    for (size_t i = 1; i < 5; i++) {
        int64_t pause_us = answers.list[i].at_us - answers.list[i - 1].at_us;

        /* 0.1, 0.2, 0.4, 0.8 s, and from half of that on */
        assert_true(pause_us >= (SECOND_US / 20) << (i - 1));
        assert_true(pause_us < 10 * SECOND_US);
    }
    rig->set_away(rig->context, id, false);
    schemas->ops->close(schemas);
}

static void others_go_on_meanwhile(void **state)
{
    enum { SICK = 20 };
    const struct schemas_rig *rig = *state;
    struct sm_schemas *schemas = rig->open(rig->context);
    uint32_t sick[SICK], well = put_numbered(rig, 1004);
    int64_t asked_us;
    static struct answers answers;

    answers_init(&answers, rig);
    for (unsigned i = 0; i < SICK; i++) {
        sick[i] = put_numbered(rig, 1100 + i);
        rig->set_away(rig->context, sick[i], true);
        ask_for(schemas, sick[i]);
    }
    await_answers(rig, schemas, &answers, SICK);
    asked_us = rig->now_us(rig->context);
    ask_for(schemas, well);
    while (answers_of(&answers, well, SM_SCHEMAS_FOUND) == 0)
        await_answers(rig, schemas, &answers, answers.count + 1);
    assert_true(last_answer(&answers, well)->at_us - asked_us < 5 * SECOND_US);
    for (unsigned i = 0; i < SICK; i++)
        rig->set_away(rig->context, sick[i], false);
    schemas->ops->close(schemas);
}

int schemas_suite_run(const char *name, const struct schemas_rig *rig)
{
    void *state = (void *)(uintptr_t)rig;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(a_schema_is_found_as_it_was_registered, state),
        cmocka_unit_test_prestate(what_is_not_there_is_unknown, state),
        cmocka_unit_test_prestate(what_cannot_be_read_is_unknown_and_says_why, state),
        cmocka_unit_test_prestate(many_are_each_answered_once, state),
        cmocka_unit_test_prestate(one_request_is_under_way_for_an_id, state),
        cmocka_unit_test_prestate(an_answered_id_may_be_asked_for_again_at_once, state),
        cmocka_unit_test_prestate(questions_are_bounded, state),
        cmocka_unit_test_prestate(an_idle_port_needs_no_waking, state),
        cmocka_unit_test_prestate(open_questions_are_forgotten, state),
    };
    const struct CMUnitTest away_tests[] = {
        cmocka_unit_test_prestate(what_fails_is_asked_for_until_it_is_there, state),
        cmocka_unit_test_prestate(pauses_grow, state),
        cmocka_unit_test_prestate(others_go_on_meanwhile, state),
    };
    int failed = cmocka_run_group_tests_name(name, tests, NULL, NULL);

    return rig->set_away == NULL
               ? failed
               : failed + cmocka_run_group_tests_name(name, away_tests, NULL, NULL);
}
