/* What commands ask of a registry's subjects. */
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

#include "contract/subjects_suite.h"
#include "registry/subjects.h"

#define RECORD(fields) "{\"type\":\"record\",\"name\":\"R\",\"fields\":[" fields "]}"
#define FIELD(name)    "{\"name\":\"" name "\",\"type\":\"long\"}"
#define OPTIONAL(name) "{\"name\":\"" name "\",\"type\":[\"null\",\"long\"],\"default\":null}"

static struct registry_rig *suite;

struct test {
    struct sm_registry_subjects *subjects;
    char subject[64]; /* another one for each test, with characters that a path cannot have */
};

static int open_test(void **state)
{
    static struct test test;
    static int number;
    struct sm_err err;

    if (sm_registry_subjects_open(&suite->client, &test.subjects, &err) != SM_OK)
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

    if (sm_registry_register(test->subjects, test->subject, sm_slice_of(schema), &id, &err) !=
        SM_OK)
        fail_msg("%s", err.text);
    assert_true(id > 0);
    return id;
}

static struct sm_registry_check check(struct test *test, const char *schema)
{
    struct sm_registry_check result;
    struct sm_err err;

    if (sm_registry_check(test->subjects, test->subject, sm_slice_of(schema), &result, &err) !=
        SM_OK)
        fail_msg("%s", err.text);
    return result;
}

static void what_was_registered_is_found(void **state)
{
    struct test *test = *state;
    static struct answers answers;
    struct sm_schemas *schemas = suite->rig.open(suite);
    uint32_t id = put(test, RECORD(FIELD("a")));

    assert_int_equal(put(test, RECORD(FIELD("a"))), id);
    answers_init(&answers, &suite->rig);
    ask_for(schemas, id);
    await_answers(&suite->rig, schemas, &answers, 1);
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
                                          SM_SLICE(RECORD(FIELD("a") "," FIELD("b"))), &id, &err),
                     SM_REJECT);
    print_message("%s\n", err.text);
    assert_int_equal(err.native, 409);
}

static void a_rule_may_look_at_all_versions(void **state)
{
    struct test *test = *state;
    static const char again[] = RECORD(FIELD("a") "," FIELD("b"));
    struct sm_err err;

    put(test, RECORD(FIELD("a")));
    put(test, RECORD(FIELD("a") ",{\"name\":\"b\",\"type\":\"long\",\"default\":0}"));
    assert_true(check(test, again).compatible); /* with the last one */
    if (sm_registry_set_compatibility(test->subjects, test->subject, "BACKWARD_TRANSITIVE", &err) !=
        SM_OK)
        fail_msg("%s", err.text);
    assert_false(check(test, again).compatible); /* with the first */
}

static const char *rule_of(struct test *test)
{
    static char rule[SM_REGISTRY_RULE_SIZE];
    struct sm_err err;

    if (sm_registry_compatibility(test->subjects, test->subject, rule, &err) != SM_OK)
        fail_msg("%s", err.text);
    return rule;
}

static struct sm_registry_version find(struct test *test, const char *schema)
{
    struct sm_registry_version found;
    struct sm_err err;

    if (sm_registry_find(test->subjects, test->subject, sm_slice_of(schema), &found, &err) != SM_OK)
        fail_msg("%s", err.text);
    return found;
}

static void versions_are_found_by_their_schema(void **state)
{
    struct test *test = *state;
    static const char first[] = RECORD(FIELD("a")), second[] = RECORD(FIELD("a") "," OPTIONAL("b"));
    uint32_t ids[2];

    assert_int_equal(find(test, first).version, 0); /* no subject */
    ids[0] = put(test, first);
    assert_int_equal(find(test, second).version, 0); /* no such version */
    ids[1] = put(test, second);
    assert_int_equal(find(test, first).version, 1);
    assert_int_equal(find(test, first).id, ids[0]);
    assert_int_equal(find(test, second).version, 2);
    assert_int_equal(find(test, second).id, ids[1]);
}

static void versions_are_listed_and_read(void **state)
{
    struct test *test = *state;
    static const char second[] = RECORD(FIELD("a") "," OPTIONAL("b"));
    struct sm_registry_versions versions;
    struct sm_registry_version version;
    uint32_t id;
    struct sm_err err;

    assert_int_equal(sm_registry_list(test->subjects, test->subject, &versions, &err), SM_OK);
    assert_int_equal(versions.count, 0);
    put(test, RECORD(FIELD("a")));
    id = put(test, second);
    assert_int_equal(sm_registry_list(test->subjects, test->subject, &versions, &err), SM_OK);
    assert_int_equal(versions.count, 2);
    assert_int_equal(versions.list[0], 1);
    assert_int_equal(versions.list[1], 2);
    assert_int_equal(sm_registry_get(test->subjects, test->subject, 2, &version, &err), SM_OK);
    assert_int_equal(version.version, 2);
    assert_int_equal(version.id, id);
    assert_true(sm_slice_equal(version.schema, sm_slice_of(second)));
    assert_int_equal(sm_registry_get(test->subjects, test->subject, 3, &version, &err), SM_REJECT);
    print_message("%s\n", err.text);
    assert_int_equal(err.native, 404);
}

static void the_rule_can_be_set(void **state)
{
    struct test *test = *state;
    struct sm_err err;

    assert_string_equal(rule_of(test), "");
    put(test, "\"int\"");
    assert_string_equal(rule_of(test), "");
    assert_true(check(test, "\"long\"").compatible); /* the registry's own rule: BACKWARD */
    if (sm_registry_set_compatibility(test->subjects, test->subject, "FULL", &err) != SM_OK)
        fail_msg("%s", err.text);
    assert_string_equal(rule_of(test), "FULL");
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
                                          SM_SLICE("{\"type\":\"record\",\"name\":7}"), &id, &err),
                     SM_REJECT);
    print_message("%s\n", err.text);
    assert_int_equal(err.native, 422);
}

int subjects_suite_run(const char *name, struct registry_rig *rig)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_registered_is_found, open_test, close_test),
        cmocka_unit_test_setup_teardown(compatibility_is_told, open_test, close_test),
        cmocka_unit_test_setup_teardown(a_rule_may_look_at_all_versions, open_test, close_test),
        cmocka_unit_test_setup_teardown(versions_are_found_by_their_schema, open_test, close_test),
        cmocka_unit_test_setup_teardown(versions_are_listed_and_read, open_test, close_test),
        cmocka_unit_test_setup_teardown(the_rule_can_be_set, open_test, close_test),
        cmocka_unit_test_setup_teardown(what_is_no_schema_is_refused, open_test, close_test),
    };

    suite = rig;
    return cmocka_run_group_tests_name(name, tests, NULL, NULL);
}
