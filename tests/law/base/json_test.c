/* Laws of the JSON reader over random documents: what jansson says of them, canonical text is a
 * fixed point and bounded, an arena that is too small is only ever a limit.
 *
 * SECRETMAGIC_TEST_SEED picks other documents; a failure names the seed of its document. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/json.h"
#include "base/limits.h"
#include "support/random_json.h"

enum { DOCUMENTS = 20000 };

static struct sm_arena arena;
static struct sm_buf text;
static uint64_t first_seed;

static struct sm_slice document(uint64_t seed)
{
    struct random random = { seed };

    random_document(&random, &text);
    return sm_buf_view(&text);
}

static void fail_at(uint64_t seed, const char *format, ...) SM_PRINTF(2, 3);
static void fail_at(uint64_t seed, const char *format, ...)
{
    char reason[256];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(reason, sizeof(reason), format, args);
    va_end(args);
    fail_msg("%s; the document of seed %llu: %s", reason, (unsigned long long)seed, text.data);
}

static bool same(const struct sm_json *ours, json_t *theirs);

static bool same_members(const struct sm_json *ours, json_t *theirs)
{
    if (ours->count != json_object_size(theirs))
        return false;
    for (const struct sm_json *member = ours->first; member != NULL; member = member->next) {
        /* Names may hold what ends C strings only as \u0000, which both refuse. */
        char *name = strndup((const char *)member->name.data, member->name.size);
        json_t *value = json_object_get(theirs, name);

        free(name);
        if (value == NULL || !same(member, value))
            return false;
    }
    return true;
}

static bool same_elements(const struct sm_json *ours, json_t *theirs)
{
    size_t index = 0;

    if (ours->count != json_array_size(theirs))
        return false;
    for (const struct sm_json *child = ours->first; child != NULL; child = child->next)
        if (!same(child, json_array_get(theirs, index++)))
            return false;
    return index == ours->count;
}

static bool same_number(struct sm_slice number, json_t *theirs)
{
    char *digits = strndup((const char *)number.data, number.size);
    double value = strtod(digits, NULL);

    free(digits);
    return json_is_number(theirs) && !(json_number_value(theirs) < value) &&
           !(json_number_value(theirs) > value);
}

static bool same(const struct sm_json *ours, json_t *theirs)
{
    switch (ours->type) {
    case SM_JSON_NULL:
        return json_is_null(theirs);
    case SM_JSON_BOOL:
        return json_is_boolean(theirs) && json_is_true(theirs) == ours->boolean;
    case SM_JSON_NUMBER:
        return same_number(ours->text, theirs);
    case SM_JSON_STRING:
        return json_is_string(theirs) && json_string_length(theirs) == ours->text.size &&
               memcmp(json_string_value(theirs), ours->text.data, ours->text.size) == 0;
    case SM_JSON_ARRAY:
        return json_is_array(theirs) && same_elements(ours, theirs);
    case SM_JSON_OBJECT:
        return json_is_object(theirs) && same_members(ours, theirs);
    }
    return false;
}

/* Where the two may differ: jansson keeps doubles, so it knows neither numeric's range nor the
 * digits beyond its own; and it nests deeper. */
static bool is_documented(const char *reason, const json_error_t *error)
{
    if (reason == NULL)
        return json_error_code(error) == json_error_numeric_overflow;
    return strcmp(reason, "a number outside the range of numeric") == 0 ||
           strcmp(reason, "exponents that add too many digits") == 0 ||
           strcmp(reason, "nested deeper than 64 levels") == 0;
}

static void jansson_takes_and_refuses_the_same_and_sees_the_same_values(void **state)
{
    unsigned taken = 0, refused = 0;

    (void)state;
    for (uint64_t seed = first_seed; seed < first_seed + DOCUMENTS; seed++) {
        struct sm_slice input = document(seed);
        struct sm_json_fault fault = { 0, NULL };
        struct sm_json *ours = NULL;
        json_error_t error;
        json_t *theirs = json_loadb((const char *)input.data, input.size,
                                    JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, &error);
        enum sm_status status;

        sm_arena_reset(&arena);
        status = sm_json_read(input, &arena, &ours, &fault);
        if ((status == SM_OK) != (theirs != NULL) && !is_documented(fault.reason, &error))
            fail_at(seed, "ours: %s, jansson: %s", fault.reason != NULL ? fault.reason : "ok",
                    theirs != NULL ? "ok" : error.text);
        if (status == SM_OK && theirs != NULL && !same(ours, theirs))
            fail_at(seed, "jansson sees something else");
        if (status == SM_REJECT && fault.offset > input.size)
            fail_at(seed, "the fault is behind the end");
        taken += status == SM_OK;
        refused += status == SM_REJECT;
        json_decref(theirs);
    }
    /* The generator must give both. */
    assert_in_range(taken, DOCUMENTS / 3, DOCUMENTS);
    assert_in_range(refused, DOCUMENTS / 10, DOCUMENTS);
}

static void canonical_text_is_a_fixed_point_and_not_much_longer(void **state)
{
    (void)state;
    for (uint64_t seed = first_seed; seed < first_seed + DOCUMENTS; seed++) {
        struct sm_slice input = document(seed), once, twice;
        struct sm_json_fault fault;
        struct sm_json *root = NULL;

        sm_arena_reset(&arena);
        if (sm_json_read(input, &arena, &root, &fault) != SM_OK)
            continue;
        assert_int_equal(sm_json_canonical(root, &arena, &once), SM_OK);
        if (once.size > 2 * input.size + SM_JSON_DIGITS_ADDED_MAX)
            fail_at(seed, "%zu bytes became %zu", input.size, once.size);
        if (sm_json_read(once, &arena, &root, &fault) != SM_OK)
            fail_at(seed, "canonical text is refused: %s", fault.reason);
        assert_int_equal(sm_json_canonical(root, &arena, &twice), SM_OK);
        if (!sm_slice_equal(once, twice))
            fail_at(seed, "canonical text is no fixed point");
    }
}

static void an_arena_that_is_too_small_is_a_limit_and_nothing_else(void **state)
{
    (void)state;
    for (uint64_t seed = first_seed; seed < first_seed + 300; seed++) {
        struct sm_slice input = document(seed);
        struct sm_json_fault fault;
        struct sm_json *root = NULL;
        enum sm_status whole;
        size_t needed;

        sm_arena_reset(&arena);
        whole = sm_json_read(input, &arena, &root, &fault);
        needed = sm_arena_mark(&arena);
        for (size_t capacity = 1; capacity <= needed; capacity += 1 + needed / 50) {
            struct sm_arena small;
            enum sm_status status;

            assert_true(sm_arena_init(&small, capacity));
            status = sm_json_read(input, &small, &root, &fault);
            if (status != SM_LIMIT && status != whole)
                fail_at(seed, "%s with %zu bytes", sm_status_name(status), capacity);
            sm_arena_deinit(&small);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jansson_takes_and_refuses_the_same_and_sees_the_same_values),
        cmocka_unit_test(canonical_text_is_a_fixed_point_and_not_much_longer),
        cmocka_unit_test(an_arena_that_is_too_small_is_a_limit_and_nothing_else),
    };
    const char *seed = getenv("SECRETMAGIC_TEST_SEED");
    int failed;

    first_seed = seed != NULL ? strtoull(seed, NULL, 10) : 1;
    if (!sm_arena_init(&arena, 8 << 20))
        return 1;
    sm_buf_init(&text, 1 << 20);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    sm_buf_deinit(&text);
    sm_arena_deinit(&arena);
    return failed;
}
