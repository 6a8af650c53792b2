/* Schemas that are kept for the time when the registry is away, on a private PostgreSQL. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "contract/postgres_rig.h"
#include "postgres/schema_cache.h"

#define HERE "http://127.0.0.1:8081/apis/ccompat/v7"

static struct postgres_rig rig;

/* What a load handed over. */
struct loaded {
    size_t count, size;
    uint32_t first_id;
    char first[64]; /* its beginning */
};

static int new_database(void **state)
{
    (void)state;
    postgres_rig_create(&rig, true);
    return 0;
}

static void take(void *context, uint32_t id, struct sm_slice text)
{
    struct loaded *loaded = context;

    if (loaded->count++ == 0) {
        loaded->first_id = id;
        (void)snprintf(loaded->first, sizeof(loaded->first), "%.*s", (int)text.size,
                       (const char *)text.data);
    }
    loaded->size += text.size;
}

static struct loaded load(const char *registry)
{
    struct sm_postgres_client client = postgres_rig_client(&rig);
    struct loaded loaded = { 0 };
    const struct sm_schema_cache_sink sink = { &loaded, take };
    struct sm_err err = { 0 };

    if (sm_postgres_schema_cache_load(&client, registry, &sink, &err) != SM_OK)
        fail_msg("%s", err.text);
    return loaded;
}

static enum sm_status keep(uint32_t id, struct sm_slice text, struct sm_err *err)
{
    struct sm_postgres_client client = postgres_rig_client(&rig);

    return sm_postgres_schema_cache_keep(&client, HERE, id, text, err);
}

static void what_was_kept_is_loaded_for_its_registry_only(void **state)
{
    struct loaded loaded;

    (void)state;
    assert_int_equal(load(HERE).count, 0);
    assert_int_equal(keep(UINT32_MAX, SM_SLICE("\"caf\xc3\xa9\""), NULL), SM_OK);
    loaded = load(HERE);
    assert_int_equal(loaded.count, 1);
    assert_int_equal(loaded.first_id, UINT32_MAX);
    assert_string_equal(loaded.first, "\"caf\xc3\xa9\"");
    assert_int_equal(load("http://127.0.0.1:8082").count, 0);
}

static void what_an_id_means_never_changes(void **state)
{
    struct sm_err err = { 0 };

    (void)state;
    assert_int_equal(keep(7, SM_SLICE("\"long\""), NULL), SM_OK);
    assert_int_equal(keep(7, SM_SLICE("\"long\""), NULL), SM_OK);
    assert_int_equal(keep(7, SM_SLICE("\"string\""), &err), SM_REJECT);
    assert_non_null(strstr(err.text, "schema 7 of the registry " HERE " is another than before"));
    assert_string_equal(load(HERE).first, "\"long\"");
}

static void what_the_database_cannot_hold_is_refused(void **state)
{
    (void)state;
    assert_int_equal(keep(1, SM_SLICE(""), NULL), SM_REJECT);
    assert_int_equal(keep(1, SM_SLICE("\"a\0b\""), NULL), SM_REJECT);
    assert_int_equal(keep(1, SM_SLICE("\"\xff\""), NULL), SM_REJECT);
    assert_int_equal(load(HERE).count, 0);
}

static void a_row_that_was_changed_is_not_used(void **state)
{
    (void)state;
    assert_int_equal(keep(1, SM_SLICE("\"long\""), NULL), SM_OK);
    assert_int_equal(keep(2, SM_SLICE("\"string\""), NULL), SM_OK);
    postgres_rig_run(&rig, "UPDATE schema_cache SET definition = '\"int\"' WHERE schema_id = 1");
    assert_int_equal(load(HERE).count, 1);
    assert_int_equal(load(HERE).first_id, 2);
}

static void a_load_is_bounded_and_newest_first(void **state)
{
    struct loaded loaded;

    (void)state;
    postgres_rig_run(&rig,
                     "INSERT INTO schema_cache SELECT '" HERE "', n, t, sha256(convert_to(t, "
                     "'UTF8')), to_timestamp(n) FROM generate_series(1, 1200) AS n, CAST(n AS "
                     "text) AS t");
    loaded = load(HERE);
    assert_int_equal(loaded.count, SM_SCHEMA_CACHE_COUNT_MAX);
    assert_int_equal(loaded.first_id, 1200);
    postgres_rig_run(&rig, "INSERT INTO schema_cache SELECT '" HERE "', 2000 + n, t, "
                           "sha256(convert_to(t, 'UTF8')), to_timestamp(2000 + n) FROM "
                           "generate_series(1, 9) AS n, repeat('x', 1000000) AS t");
    loaded = load(HERE);
    assert_int_equal(loaded.count, 4);
    assert_true(loaded.size <= SM_SCHEMA_CACHE_SIZE_MAX);
}

static void the_role_of_the_program_may_load_and_keep(void **state)
{
    (void)state;
    assert_int_equal(postgres_rig_count(&rig, "SELECT count(*) FROM unnest(ARRAY['SELECT', "
                                              "'INSERT', 'UPDATE', 'DELETE']) AS p WHERE "
                                              "has_table_privilege('secretmagic_projector', "
                                              "'schema_cache', p)"),
                     2);
}

static void a_database_that_is_away_or_empty_is_told(void **state)
{
    struct sm_postgres_client client = { .conninfo = "host=127.0.0.1 port=1 dbname=none" };
    const struct sm_schema_cache_sink sink = { NULL, take };
    struct sm_err err = { 0 };

    (void)state;
    assert_int_equal(sm_postgres_schema_cache_load(&client, HERE, &sink, &err), SM_RETRY);
    postgres_rig_create(&rig, false);
    assert_int_equal(keep(1, SM_SLICE("\"long\""), &err), SM_FATAL);
    assert_non_null(strstr(err.text, "schema_cache"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_was_kept_is_loaded_for_its_registry_only, new_database),
        cmocka_unit_test_setup(what_an_id_means_never_changes, new_database),
        cmocka_unit_test_setup(what_the_database_cannot_hold_is_refused, new_database),
        cmocka_unit_test_setup(a_row_that_was_changed_is_not_used, new_database),
        cmocka_unit_test_setup(a_load_is_bounded_and_newest_first, new_database),
        cmocka_unit_test_setup(the_role_of_the_program_may_load_and_keep, new_database),
        cmocka_unit_test(a_database_that_is_away_or_empty_is_told),
    };
    int failed;

    postgres_rig_open(&rig);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    postgres_rig_close(&rig);
    return failed;
}
