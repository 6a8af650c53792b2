/* The registry adapter on a server that plays Apicurio's answers, and that misbehaves. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "contract/registry_rig.h"

#define SECOND_US 1000000

static const struct schemas_rig *suite;
static struct registry_rig registry;

/* An answer to a question for an id that is answered in this way; found once it is well again. */
static void misbehave(const char *mode, const char *expected)
{
    struct sm_schemas *schemas;
    uint32_t id = registry.rig.put(&registry, "\"string\"");
    struct answers *answers = calloc(1, sizeof(*answers));
    const struct seen_answer *seen;

    assert_non_null(answers);
    registry.client.timeout_ms = 500;
    schemas = suite->open(&registry);
    answers_init(answers, suite);
    registry_rig_behave(&registry, id, mode);
    ask_for(schemas, id);
    await_answers(suite, schemas, answers, 1);
    seen = last_answer(answers, id);
    print_message("%s: %s\n", mode, seen->text);
    assert_int_equal(seen->outcome, SM_SCHEMAS_AWAY);
    assert_non_null(strstr(seen->text, expected));
    assert_non_null(strstr(seen->text, registry.url));
    registry_rig_behave(&registry, id, "well");
    while (answers_of(answers, id, SM_SCHEMAS_FOUND) == 0)
        await_answers(suite, schemas, answers, answers->count + 1);
    assert_found(answers, id, "\"string\"");
    schemas->ops->close(schemas);
    free(answers);
    registry.client.timeout_ms = 0;
}

static void no_answer_is_away(void **state)
{
    (void)state;
    misbehave("slow", "timed out");
    misbehave("drip", "timed out");
    misbehave("cut", "gives no answer");
    misbehave("reset", "reset");
    misbehave("no-http", "is it a schema registry");
    misbehave("endless-interim", "more than 1048576 bytes");
}

static void too_much_is_away(void **state)
{
    (void)state;
    misbehave("endless", "more than 1048576 bytes");
    misbehave("endless-header", "more than 1048576 bytes");
    misbehave("huge", "more than 1048576 bytes");
    misbehave("endless-failure", "HTTP status 500");
}

static void a_refusal_is_away(void **state)
{
    (void)state;
    misbehave("status-500", "HTTP status 500");
    misbehave("status-503", "HTTP status 503");
    misbehave("status-429", "HTTP status 429");
    misbehave("status-401", "does not let us in");
    misbehave("status-403", "does not let us in");
    misbehave("redirect", "sends us elsewhere");
    misbehave("no-page", "is the path in --registry right");
    misbehave("no-page-json", "is the path in --registry right");
}

static void garbage_is_away(void **state)
{
    (void)state;
    misbehave("html", "no JSON");
    misbehave("empty", "no JSON");
    misbehave("garbage", "no JSON");
    misbehave("compressed", "no JSON");
    misbehave("list", "no JSON");
    misbehave("values", "no JSON");
    misbehave("no-schema", "without a schema");
    misbehave("number", "without a schema");
}

static void eight_floods_at_once_are_refused(void **state)
{
    static struct answers answers;
    struct sm_schemas *schemas;
    uint32_t ids[SM_SCHEMAS_FLYING_MAX];

    (void)state;
    registry.client.timeout_ms = 2000;
    schemas = suite->open(&registry);
    answers_init(&answers, suite);
    for (uint32_t i = 0; i < SM_SCHEMAS_FLYING_MAX; i++) {
        ids[i] = 5000 + i;
        registry_rig_behave(&registry, ids[i], "endless");
        ask_for(schemas, ids[i]);
    }
    await_answers(suite, schemas, &answers, SM_SCHEMAS_FLYING_MAX);
    for (uint32_t i = 0; i < SM_SCHEMAS_FLYING_MAX; i++) {
        assert_non_null(strstr(last_answer(&answers, ids[i])->text, "more than"));
        registry_rig_behave(&registry, ids[i], "well");
    }
    schemas->ops->close(schemas);
    registry.client.timeout_ms = 0;
}

/* A schema of the largest size that is read. */
static void a_large_schema_is_found(void **state)
{
    enum { SIZE = 900000 };
    static char text[SIZE + 3];
    static struct answers answers;
    struct sm_schemas *schemas = suite->open(&registry);
    uint32_t id;

    (void)state;
    memset(text, 'a', SIZE + 2);
    text[0] = text[SIZE + 1] = '"';
    id = registry.rig.put(&registry, text);
    answers_init(&answers, suite);
    ask_for(schemas, id);
    await_answers(suite, schemas, &answers, 1);
    assert_found(&answers, id, text);
    schemas->ops->close(schemas);
}

/* How long after an answer in this mode nothing is asked. */
static int64_t silence_after(const char *mode)
{
    enum { ID = 7100 };
    static struct answers answers;
    struct sm_schemas *schemas = suite->open(&registry);
    struct pollfd fds[SM_SCHEMAS_FDS_MAX];
    int64_t wake_us;

    registry_rig_behave(&registry, ID, mode);
    answers_init(&answers, suite);
    ask_for(schemas, ID);
    await_answers(suite, schemas, &answers, 1);
    assert_int_equal(answers.list[0].outcome, SM_SCHEMAS_AWAY);
    (void)schemas->ops->wait(schemas, fds, &wake_us);
    wake_us -= answers.list[0].at_us;
    schemas->ops->close(schemas);
    registry_rig_behave(&registry, ID, "well");
    return wake_us;
}

static void the_registry_says_when_to_ask_again_within_bounds(void **state)
{
    (void)state;
    assert_in_range(silence_after("retry-in-2"), 2 * SECOND_US - SECOND_US / 10, 2 * SECOND_US);
    assert_in_range(silence_after("retry-at-noon"), 60 * SECOND_US - SECOND_US / 10,
                    60 * SECOND_US);
    assert_in_range(silence_after("retry-nonsense"), 0, SECOND_US / 10);
}

static void at_most_eight_are_asked_for_at_once(void **state)
{
    enum { MANY = 40 };
    static struct answers answers;
    struct registry_rig fresh = { .server = 0 };
    struct sm_schemas *schemas;

    (void)state;
    registry_rig_open(&fresh, NULL);
    fresh.client.timeout_ms = 300;
    schemas = fresh.rig.open(&fresh);
    answers_init(&answers, suite);
    for (uint32_t i = 1; i <= MANY; i++) {
        registry_rig_behave(&fresh, i, "drip");
        ask_for(schemas, i);
    }
    await_answers(suite, schemas, &answers, SM_SCHEMAS_FLYING_MAX * 2);
    /* The server notices only with its next byte that we have gone. */
    assert_in_range(registry_rig_peak(&fresh), SM_SCHEMAS_FLYING_MAX, SM_SCHEMAS_FLYING_MAX * 2);
    schemas->ops->close(schemas);
    registry_rig_close(&fresh);
}

static void no_step_takes_long(void **state)
{
    static struct answers answers;
    struct sm_schemas *schemas;
    int64_t longest_us = 0;

    (void)state;
    registry.client.timeout_ms = 300;
    schemas = suite->open(&registry);
    answers_init(&answers, suite);
    for (uint32_t i = 0; i < 20; i++) {
        registry_rig_behave(&registry, 7000 + i, i % 2 == 0 ? "slow" : "drip");
        ask_for(schemas, 7000 + i);
    }
    while (answers.count < 20) {
        int64_t before_us = suite->now_us(&registry), took_us;

        schemas->ops->step(schemas, &answers.sink);
        took_us = suite->now_us(&registry) - before_us;
        longest_us = took_us > longest_us ? took_us : longest_us;
        suite->wait(&registry, schemas);
    }
    schemas->ops->close(schemas);
    for (uint32_t i = 0; i < 20; i++)
        registry_rig_behave(&registry, 7000 + i, "well");
    print_message("longest step: %lld us\n", (long long)longest_us);
    assert_true(longest_us < SECOND_US / 4); /* mostly far below a millisecond */
    registry.client.timeout_ms = 0;
}

static void a_closed_port_is_away_at_once(void **state)
{
    static struct answers answers;
    struct registry_rig gone = { .server = 0 };
    struct sm_schemas *schemas;
    struct sm_err err;

    (void)state;
    registry_rig_open(&gone, NULL);
    registry_rig_close(&gone);
    assert_int_equal(sm_registry_schemas_open(&gone.client, &schemas, &err), SM_OK);
    answers_init(&answers, suite);
    ask_for(schemas, 1);
    await_answers(suite, schemas, &answers, 2);
    assert_int_equal(last_answer(&answers, 1)->outcome, SM_SCHEMAS_AWAY);
    assert_non_null(strstr(last_answer(&answers, 1)->text, "does it run"));
    schemas->ops->close(schemas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_answer_is_away),
        cmocka_unit_test(too_much_is_away),
        cmocka_unit_test(a_refusal_is_away),
        cmocka_unit_test(garbage_is_away),
        cmocka_unit_test(eight_floods_at_once_are_refused),
        cmocka_unit_test(a_large_schema_is_found),
        cmocka_unit_test(the_registry_says_when_to_ask_again_within_bounds),
        cmocka_unit_test(at_most_eight_are_asked_for_at_once),
        cmocka_unit_test(no_step_takes_long),
        cmocka_unit_test(a_closed_port_is_away_at_once),
    };
    int failed;

    registry_rig_open(&registry, NULL);
    suite = &registry.rig;
    failed = schemas_suite_run("schemas from a registry", suite);
    failed += cmocka_run_group_tests_name("a registry that misbehaves", tests, NULL, NULL);
    registry_rig_close(&registry);
    return failed;
}
