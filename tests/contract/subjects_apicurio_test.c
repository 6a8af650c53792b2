/* Registering and checking schemas, on a real registry. */
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

#include "contract/registry_rig.h"
#include "registry/subjects.h"

#define RECORD(fields) "{\"type\":\"record\",\"name\":\"R\",\"fields\":[" fields "]}"
#define FIELD(name)    "{\"name\":\"" name "\",\"type\":\"long\"}"
#define OPTIONAL(name) "{\"name\":\"" name "\",\"type\":[\"null\",\"long\"],\"default\":null}"

struct test {
    struct registry_rig rig;
    struct sm_registry_subjects *subjects;
    char subject[64]; /* another one for each test, with characters that a path cannot have */
};

static int open_test(void **state)
{
    static struct test test;
    static int number;
    struct sm_err err;

    registry_rig_use_stack(&test.rig);
    if (sm_registry_subjects_open(&test.rig.client, &test.subjects, &err) != SM_OK)
        fail_msg("%s", err.text);
    (void)snprintf(test.subject, sizeof(test.subject), "a topic+%ld %d-value", (long)getpid(),
                   ++number);
    *state = &test;
    return 0;
}

static int close_test(void **state)
{
    sm_registry_subjects_close(((struct test *)*state)->subjects);
    return 0;
}

static uint32_t put(struct test *test, const char *schema)
{
    uint32_t id = 0;
    struct sm_err err;

    if (sm_registry_register(test->subjects, test->subject, schema, &id, &err) != SM_OK)
        fail_msg("%s", err.text);
    assert_true(id > 0);
    return id;
}

static struct sm_registry_check check(struct test *test, const char *schema)
{
    struct sm_registry_check result;
    struct sm_err err;

    if (sm_registry_check(test->subjects, test->subject, schema, &result, &err) != SM_OK)
        fail_msg("%s", err.text);
    return result;
}

static void what_was_registered_is_found(void **state)
{
    struct test *test = *state;
    static struct answers answers;
    struct sm_schemas *schemas = test->rig.rig.open(&test->rig);
    uint32_t id = put(test, RECORD(FIELD("a")));

    assert_int_equal(put(test, RECORD(FIELD("a"))), id);
    answers_init(&answers, &test->rig.rig);
    ask_for(schemas, id);
    await_answers(&test->rig.rig, schemas, &answers, 1);
    assert_found(&answers, id, RECORD(FIELD("a")));
    schemas->ops->close(schemas);
}

static void compatibility_is_told(void **state)
{
    struct test *test = *state;
    struct sm_registry_check result = check(test, RECORD(FIELD("a")));
    uint32_t id;
    struct sm_err err;

    assert_false(result.exists);
    assert_true(result.compatible);
    put(test, RECORD(FIELD("a")));
    result = check(test, RECORD(FIELD("a") "," OPTIONAL("b")));
    assert_true(result.exists && result.compatible);
    result = check(test, RECORD(FIELD("a") "," FIELD("b")));
    assert_true(result.exists && !result.compatible);
    assert_int_equal(sm_registry_register(test->subjects, test->subject,
                                          RECORD(FIELD("a") "," FIELD("b")), &id, &err),
                     SM_REJECT);
    print_message("%s\n", err.text);
    assert_int_equal(err.native, 409);
}

static void the_rule_can_be_set(void **state)
{
    struct test *test = *state;
    struct sm_err err;

    put(test, "\"int\"");
    assert_true(check(test, "\"long\"").compatible); /* the registry's own rule: BACKWARD */
    if (sm_registry_set_compatibility(test->subjects, test->subject, "FULL", &err) != SM_OK)
        fail_msg("%s", err.text);
    assert_false(check(test, "\"long\"").compatible);
    if (sm_registry_set_compatibility(test->subjects, test->subject, "BACKWARD", &err) != SM_OK)
        fail_msg("%s", err.text);
    assert_true(check(test, "\"long\"").compatible);
}

static void what_is_no_schema_is_refused(void **state)
{
    struct test *test = *state;
    struct sm_err err;
    uint32_t id;

    assert_int_equal(sm_registry_register(test->subjects, test->subject,
                                          "{\"type\":\"record\",\"name\":7}", &id, &err),
                     SM_REJECT);
    print_message("%s\n", err.text);
    assert_int_equal(err.native, 422);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_registered_is_found, open_test, close_test),
        cmocka_unit_test_setup_teardown(compatibility_is_told, open_test, close_test),
        cmocka_unit_test_setup_teardown(the_rule_can_be_set, open_test, close_test),
        cmocka_unit_test_setup_teardown(what_is_no_schema_is_refused, open_test, close_test),
    };

    return cmocka_run_group_tests_name("subjects of a registry", tests, NULL, NULL);
}
