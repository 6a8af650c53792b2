/* The contract of base/json.h with PostgreSQL's jsonb, on random documents: what we take it takes,
 * what we refuse it refuses, and our canonical text is byte for byte what it prints.
 *
 * SECRETMAGIC_TEST_SEED picks other documents, SECRETMAGIC_TEST_DOCUMENTS how many; a failure names
 * the seed of its document. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/utf8.h"
#include "contract/postgres_rig.h"
#include "support/random_json.h"

enum { BATCH = 200, TEXT_OID = 25, TEXT_ARRAY_OID = 1009 };

static struct postgres_rig rig;
static struct sm_arena arena;
static struct sm_buf text, array;
static uint64_t first_seed = 1;
static uint64_t document_count = 20000;

static void put_int(struct sm_buf *out, uint32_t value)
{
    uint32_t big_endian = htonl(value);

    sm_buf_append(out, &big_endian, sizeof(big_endian));
}

/* The header of a binary text[] with one dimension. */
static void begin_array(uint32_t count)
{
    sm_buf_reset(&array);
    put_int(&array, 1); /* dimensions */
    put_int(&array, 0); /* no nulls */
    put_int(&array, TEXT_OID);
    put_int(&array, count);
    put_int(&array, 1); /* first index */
}

/* What PostgreSQL makes of each text in `array`: its jsonb, or null where it refuses. */
static PGresult *ask(void)
{
    static const char sql[] =
        "SELECT CASE WHEN pg_input_is_valid(t, 'jsonb') THEN t::jsonb::text END"
        " FROM unnest($1) WITH ORDINALITY AS u (t, i) ORDER BY i";
    const Oid types[] = {TEXT_ARRAY_OID};
    const char *const values[] = {array.data};
    const int sizes[] = {(int)array.size};
    const int formats[] = {1};
    PGresult *result = PQexecParams(rig.admin, sql, 1, types, values, sizes, formats, 0);

    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        fail_msg("%s", PQresultErrorMessage(result));
    return result;
}

/* Bounds of ours that jsonb does not have; base/json.h names them. */
static bool is_own_bound(const char *reason)
{
    return strcmp(reason, "nested deeper than 64 levels") == 0 ||
           strcmp(reason, "more than 65536 values") == 0 ||
           strcmp(reason, "exponents that add too many digits") == 0;
}

/* Holds our verdict on `input` against row `row` of what PostgreSQL said. */
static void compare(struct sm_slice input, const PGresult *theirs, int row, uint64_t seed)
{
    struct sm_json_fault fault = {0, ""};
    struct sm_slice ours = SM_SLICE_NONE;
    struct sm_json *root = NULL;
    enum sm_status status;

    sm_arena_reset(&arena);
    status = sm_json_read(input, &arena, &root, &fault);
    if (status == SM_OK)
        status = sm_json_canonical(root, &arena, &ours);
    assert_int_not_equal(status, SM_LIMIT);
    if (status == SM_REJECT && is_own_bound(fault.reason))
        return;
    if ((status == SM_OK) == PQgetisnull(theirs, row, 0))
        fail_msg("seed %llu: ours: %s, PostgreSQL: %s; of %.*s", (unsigned long long)seed,
                 status == SM_OK ? "ok" : fault.reason, status == SM_OK ? "refused" : "ok",
                 (int)input.size, (const char *)input.data);
    if (status == SM_OK &&
        !sm_slice_equal(ours, (struct sm_slice){(const uint8_t *)PQgetvalue(theirs, row, 0),
                                                (size_t)PQgetlength(theirs, row, 0)}))
        fail_msg("seed %llu: of %.*s ours: %.*s, PostgreSQL: %s", (unsigned long long)seed,
                 (int)input.size, (const char *)input.data, (int)ours.size, (const char *)ours.data,
                 PQgetvalue(theirs, row, 0));
}

/* NUL and bytes that are not UTF-8 do not get as far as jsonb: the whole parameter is refused. */
static bool can_be_sent(struct sm_slice input)
{
    size_t chars;

    return sm_utf8_count(input, &chars) && memchr(input.data, '\0', input.size) == NULL;
}

static struct sm_slice document(uint64_t seed)
{
    struct random random = {seed};

    random_document(&random, &text);
    return text.size != 0 ? sm_buf_view(&text) : SM_SLICE("");
}

static void random_documents_are_the_same_as_jsonb(void **state)
{
    uint64_t seed = first_seed;
    uint64_t compared = 0;

    (void)state;
    while (compared < document_count) {
        uint64_t seeds[BATCH];
        PGresult *theirs;

        begin_array(BATCH);
        for (int i = 0; i < BATCH;) {
            struct sm_slice input = document(seed);

            seeds[i] = seed++;
            if (!can_be_sent(input))
                continue;
            put_int(&array, (uint32_t)input.size);
            sm_buf_append_slice(&array, input);
            i++;
        }
        assert_false(sm_buf_failed(&array));
        theirs = ask();
        for (int i = 0; i < BATCH; i++)
            compare(document(seeds[i]), theirs, i, seeds[i]);
        compared += BATCH;
        PQclear(theirs);
    }
    print_message("%llu documents, seeds %llu to %llu\n", (unsigned long long)compared,
                  (unsigned long long)first_seed, (unsigned long long)seed - 1);
}

/* `head`, `count` times `unit`, and `tail`. */
struct long_document {
    const char *head;
    unsigned count;
    const char *unit;
    const char *tail;
};

static struct sm_slice build(const struct long_document *document_of)
{
    sm_buf_reset(&text);
    sm_buf_append_text(&text, document_of->head);
    for (unsigned i = 0; i < document_of->count; i++)
        sm_buf_append_text(&text, document_of->unit);
    sm_buf_append_text(&text, document_of->tail);
    assert_false(sm_buf_failed(&text));
    return sm_buf_view(&text);
}

static void the_ends_of_numerics_range_are_the_same(void **state)
{
    static const struct long_document documents[] = {
        {"1", 131071, "0", ""},
        {"1", 131072, "0", ""},
        {"-9", 131071, "9", ".5"},
        {"-9", 131072, "9", ".5"},
        {"0.", 16382, "0", "1"},
        {"0.", 16383, "0", "1"},
        {"0.", 16383, "0", "0"},
        {"0.", 16384, "0", "e1"},
        {"1.", 16384, "0", "e1"},
        {"1.", 16385, "0", "e1"},
        {"1.", 16384, "0", "e131071"},
        {"0.", 20000, "0", "1e20000"},
        {"0.", 20000, "0", "1e3616"},
        {"0.", 20000, "0", "1e3618"},
        {"1e", 20000, "0", "2"},
        {"1e-", 20000, "0", "2"},
        {"12", 131069, "0", ".25e1"},
        {"12", 131069, "0", ".25e2"},
        {"0e", 0, "", "1073741823"},
        {"0e", 0, "", "1073741824"},
        {"0.0e", 0, "", "-16382"},
        {"0.0e", 0, "", "-16383"},
        {"[", 63, "[", ""},
        {"\"", 100000, "\\u0001", "\""},
    };

    (void)state;
    begin_array(SM_ARRAY_COUNT(documents));
    for (size_t i = 0; i < SM_ARRAY_COUNT(documents); i++) {
        struct sm_slice input = build(&documents[i]);

        put_int(&array, (uint32_t)input.size);
        sm_buf_append_slice(&array, input);
    }
    PGresult *theirs = ask();
    for (size_t i = 0; i < SM_ARRAY_COUNT(documents); i++)
        compare(build(&documents[i]), theirs, (int)i, i);
    PQclear(theirs);
}

/* 10,000 names of equal lengths, twice: sorted at once on our side, last values win. */
static void a_wide_object_is_sorted_alike(void **state)
{
    struct random random = {first_seed};
    PGresult *theirs;

    (void)state;
    sm_buf_reset(&text);
    sm_buf_append_byte(&text, '{');
    for (unsigned i = 0; i < 20000; i++)
        sm_buf_printf(&text, "%s\"%x\":%u", i == 0 ? "" : ",",
                      random_below(&random, 10000) * 2654435761u, i);
    sm_buf_append_byte(&text, '}');
    assert_false(sm_buf_failed(&text));
    begin_array(1);
    put_int(&array, (uint32_t)text.size);
    sm_buf_append_slice(&array, sm_buf_view(&text));
    theirs = ask();
    compare(sm_buf_view(&text), theirs, 0, first_seed);
    PQclear(theirs);
}

/* What cannot be sent as a text is refused by us as well. */
static void nul_and_invalid_utf8_are_refused_by_both(void **state)
{
    static const struct sm_slice inputs[] = {
        {(const uint8_t *)"\"a\0b\"", 5},         {(const uint8_t *)"1\0", 2},
        {(const uint8_t *)"\"\xff\"", 3},         {(const uint8_t *)"\"\xc0\x80\"", 4},
        {(const uint8_t *)"\"\xed\xa0\x80\"", 5}, {(const uint8_t *)"\"\xf4\x90\x80\x80\"", 6},
        {(const uint8_t *)"\"\xe2\x82\"", 4},
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(inputs); i++) {
        const char *const values[] = {(const char *)inputs[i].data};
        const int sizes[] = {(int)inputs[i].size};
        const int formats[] = {1};
        const Oid types[] = {TEXT_OID};
        PGresult *theirs =
            PQexecParams(rig.admin, "SELECT $1::jsonb", 1, types, values, sizes, formats, 0);
        struct sm_json_fault fault;
        struct sm_json *root;

        assert_int_equal(PQresultStatus(theirs), PGRES_FATAL_ERROR);
        assert_string_equal(PQresultErrorField(theirs, PG_DIAG_SQLSTATE), "22021");
        PQclear(theirs);
        sm_arena_reset(&arena);
        assert_int_equal(sm_json_read(inputs[i], &arena, &root, &fault), SM_REJECT);
    }
}

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
    const char *value = getenv(name);

    return value != NULL ? strtoull(value, NULL, 10) : otherwise;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_documents_are_the_same_as_jsonb),
        cmocka_unit_test(the_ends_of_numerics_range_are_the_same),
        cmocka_unit_test(a_wide_object_is_sorted_alike),
        cmocka_unit_test(nul_and_invalid_utf8_are_refused_by_both),
    };
    int failed;

    first_seed = from_environment("SECRETMAGIC_TEST_SEED", first_seed);
    document_count = from_environment("SECRETMAGIC_TEST_DOCUMENTS", document_count);
    if (!sm_arena_init(&arena, 16 << 20))
        return 1;
    sm_buf_init(&text, 4 << 20);
    sm_buf_init(&array, 64 << 20);
    postgres_rig_open(&rig);
    postgres_rig_create(&rig, false);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    postgres_rig_close(&rig);
    sm_buf_deinit(&array);
    sm_buf_deinit(&text);
    sm_arena_deinit(&arena);
    return failed;
}
