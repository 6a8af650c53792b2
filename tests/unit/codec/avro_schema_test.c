/* Schemas: what their text means, the parsing canonical form and its fingerprint, refusals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/avro_schema.h"

static struct sm_arena arena;
static struct sm_avro_schema_fault fault;

static int open_arena(void **state)
{
    (void)state;
    return sm_arena_init(&arena, 32 << 20) ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    sm_arena_deinit(&arena);
    return 0;
}

static const struct sm_avro_schema *read_good(const char *text)
{
    const struct sm_avro_schema *schema = NULL;

    sm_arena_reset(&arena);
    if (sm_avro_schema_read(sm_slice_of(text), &arena, &schema, &fault) != SM_OK)
        fail_msg("%s: %s", text, fault.reason);
    return schema;
}

static struct sm_slice canonical_of(const char *text)
{
    struct sm_slice canonical;

    assert_int_equal(sm_avro_schema_canonical(read_good(text), &arena, &canonical), SM_OK);
    return canonical;
}

static void the_canonical_form_keeps_what_matters_to_a_reader(void **state)
{
    static const char *const rows[][2] = {
        { "\"int\"", "\"int\"" },
        { "{\"type\": \"int\", \"logicalType\": \"date\"}", "\"int\"" },
        { "{\"type\": {\"type\": \"int\"}}", "\"int\"" },
        { " [ \"null\" , \"string\"]", "[\"null\",\"string\"]" },
        { "{\"values\":\"int\",\"type\":\"map\",\"x\":1}",
          "{\"type\":\"map\",\"values\":\"int\"}" },
        { "{\"type\":\"array\",\"items\":{\"type\":\"boolean\"}}",
          "{\"type\":\"array\",\"items\":\"boolean\"}" },
        { "{\"size\":\t16,\"type\":\"fixed\",\"name\":\"a.b.C\",\"aliases\":[\"D\"]}",
          "{\"name\":\"a.b.C\",\"type\":\"fixed\",\"size\":16}" },
        { "{\"type\":\"enum\",\"name\":\"E\",\"namespace\":\"n.s\",\"symbols\":[\"A\",\"\\u0042\"],"
          "\"default\":\"A\",\"doc\":\"d\"}",
          "{\"name\":\"n.s.E\",\"type\":\"enum\",\"symbols\":[\"A\",\"B\"]}" },
        { "{\"type\":\"error\",\"name\":\"R\",\"fields\":[]}",
          "{\"name\":\"R\",\"type\":\"record\",\"fields\":[]}" },
        { "{\"type\":\"record\",\"namespace\":\"x\",\"name\":\"y.R\",\"fields\":[{\"name\":\"f\","
          "\"type\":[\"null\",\"R\"],\"default\":null,\"order\":\"ignore\"},{\"type\":"
          "{\"type\":\"fixed\",\"name\":\"F\",\"size\":1},\"name\":\"g\"},{\"name\":\"h\","
          "\"type\":{\"type\":\"F\"}}]}",
          "{\"name\":\"y.R\",\"type\":\"record\",\"fields\":[{\"name\":\"f\",\"type\":[\"null\","
          "\"y.R\"]},{\"name\":\"g\",\"type\":{\"name\":\"y.F\",\"type\":\"fixed\",\"size\":1}},"
          "{\"name\":\"h\",\"type\":\"y.F\"}]}" },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(rows); i++) {
        struct sm_slice canonical = canonical_of(rows[i][0]);

        if (!sm_slice_equal(canonical, sm_slice_of(rows[i][1])))
            fail_msg("%s gives %.*s", rows[i][0], (int)canonical.size,
                     (const char *)canonical.data);
    }
}

/* The primitive types from the specification's test data, the others by fastavro. */
static void fingerprints_are_those_of_other_implementations(void **state)
{
    static const struct {
        const char *schema;
        int64_t fingerprint;
    } rows[] = {
        { "\"null\"", INT64_C(7195948357588979594) },
        { "\"int\"", INT64_C(8247732601305521295) },
        { "\"boolean\"", INT64_C(-6970731678124411036) },
        { "\"long\"", INT64_C(-3434872931120570953) },
        { "\"bytes\"", INT64_C(5746618253357095269) },
        { "{\"type\":\"array\",\"items\":\"string\"}", INT64_C(-3577210133426481249) },
        { "{\"type\":\"fixed\",\"name\":\"Test\",\"size\":1}", INT64_C(6572239772516444520) },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(rows); i++) {
        int64_t found = (int64_t)sm_avro_crc64(canonical_of(rows[i].schema));

        if (found != rows[i].fingerprint)
            fail_msg("%s gives %lld", rows[i].schema, (long long)found);
    }
}

static void names_lie_in_the_namespace_around_them(void **state)
{
    const struct sm_avro_schema *outer = read_good(
        "{\"type\":\"record\",\"name\":\"Outer\",\"namespace\":\"a\","
        "\"aliases\":[\"Old\",\"b.Old\"],"
        "\"fields\":[{\"name\":\"f\",\"aliases\":[\"g\"],\"type\":{\"type\":\"record\","
        "\"name\":\"c.Inner\",\"fields\":[{\"name\":\"x\",\"type\":[\"a.Outer\",\"null\"]}]}}]}");

    (void)state;
    assert_true(sm_slice_equal(outer->name, SM_SLICE("a.Outer")));
    assert_true(sm_slice_equal(outer->aliases[0], SM_SLICE("a.Old")));
    assert_true(sm_slice_equal(outer->aliases[1], SM_SLICE("b.Old")));
    assert_true(sm_slice_equal(outer->fields[0].aliases[0], SM_SLICE("g")));
    assert_true(sm_slice_equal(outer->fields[0].schema->name, SM_SLICE("c.Inner")));
    assert_ptr_equal(outer->fields[0].schema->fields[0].schema->branches[0], outer);
    assert_true(sm_slice_equal(sm_avro_name_base(outer->name), SM_SLICE("Outer")));
}

static void logical_types_count_on_the_types_they_are_for(void **state)
{
    const struct sm_avro_schema *decimal =
        read_good("{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":9,\"scale\":2}");

    (void)state;
    assert_int_equal(decimal->logical, SM_AVRO_DECIMAL);
    assert_int_equal(decimal->precision, 9);
    assert_int_equal(decimal->scale, 2);
    assert_int_equal(read_good("{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}")->logical,
                     SM_AVRO_TIMESTAMP_MILLIS);
    assert_int_equal(read_good("{\"type\":\"int\",\"logicalType\":\"timestamp-millis\"}")->logical,
                     SM_AVRO_PLAIN);
    assert_int_equal(read_good("{\"type\":\"string\",\"logicalType\":\"other\"}")->logical,
                     SM_AVRO_PLAIN);
}

static void what_is_no_schema_is_refused_with_a_reason(void **state)
{
    static const char *const rows[][2] = {
        { "", "no JSON: expected a value" },
        { "int", "no JSON: expected a value" },
        { "1", "a schema is a string, an object or an array, not 1" },
        { "\"record\"", "no type is defined before this by the name record" },
        { "\"Unknown\"", "no type is defined before this by the name Unknown" },
        { "[]", "a union has no branches, or more than 4096" },
        { "[\"int\",\"int\"]", "a union has a branch that is a union, or there twice: int" },
        { "[\"int\",[\"null\"]]", "a union has a branch that is a union, or there twice: union" },
        { "{}", "an object that is no schema: it has no type" },
        { "{\"type\":\"array\"}", "an array has no items, or a map no values" },
        { "{\"type\":\"fixed\",\"name\":\"F\",\"size\":-1}",
          "no size that can be has the fixed F" },
        { "{\"type\":\"fixed\",\"size\":1}", "a record, enum or fixed has no name" },
        { "{\"type\":\"fixed\",\"name\":\"1F\",\"size\":1}", "a type cannot have the name 1F" },
        { "{\"type\":\"fixed\",\"name\":\"a..F\",\"size\":1}", "a type cannot have the name a..F" },
        { "{\"type\":\"fixed\",\"name\":\"int\",\"size\":1}", "a type cannot have the name int" },
        { "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"A\"]}",
          "a symbol is no name, or there twice: A" },
        { "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"],\"default\":\"B\"}",
          "the default is no symbol of the enum E" },
        { "{\"type\":\"record\",\"name\":\"R\",\"fields\":1}",
          "no array of at most 4096 fields has the record R" },
        { "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a-b\",\"type\":\"int\"}]}",
          "a field has no name, or one that cannot be a-b" },
        { "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\"}]}",
          "no type has the field a" },
        { "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"},"
          "{\"name\":\"a\",\"type\":\"int\"}]}",
          "two fields of one record have the name a" },
        { "[{\"type\":\"fixed\",\"name\":\"F\",\"size\":1},"
          "{\"type\":\"enum\",\"name\":\"F\",\"symbols\":[]}]",
          "two types have the name F" },
    };
    const struct sm_avro_schema *schema;

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(rows); i++) {
        sm_arena_reset(&arena);
        assert_int_equal(sm_avro_schema_read(sm_slice_of(rows[i][0]), &arena, &schema, &fault),
                         SM_REJECT);
        if (strcmp(fault.reason, rows[i][1]) != 0)
            fail_msg("%s: %s; expected %s", rows[i][0], fault.reason, rows[i][1]);
    }
}

static void append_fixed(struct sm_buf *out, unsigned number)
{
    sm_buf_printf(out, "%s{\"type\":\"fixed\",\"name\":\"F%u\",\"size\":1}", number == 0 ? "" : ",",
                  number);
}

static void what_is_too_large_is_refused(void **state)
{
    const struct sm_avro_schema *schema;
    struct sm_buf text;

    (void)state;
    sm_buf_init(&text, 4 << 20);
    sm_buf_append_byte(&text, '[');
    for (unsigned i = 0; i <= SM_AVRO_NAMES_MAX; i++)
        append_fixed(&text, i);
    sm_buf_append_byte(&text, ']');
    sm_arena_reset(&arena);
    assert_int_equal(sm_avro_schema_read(sm_buf_view(&text), &arena, &schema, &fault), SM_REJECT);
    assert_string_equal(fault.reason, "more than 1024 named types, at F1024");
    while (text.size <= SM_AVRO_SCHEMA_SIZE_MAX)
        sm_buf_append_byte(&text, ' ');
    assert_int_equal(sm_avro_schema_read(sm_buf_view(&text), &arena, &schema, &fault), SM_REJECT);
    assert_string_equal(fault.reason, "a schema of more than 1 MiB");
    sm_buf_deinit(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_canonical_form_keeps_what_matters_to_a_reader),
        cmocka_unit_test(fingerprints_are_those_of_other_implementations),
        cmocka_unit_test(names_lie_in_the_namespace_around_them),
        cmocka_unit_test(logical_types_count_on_the_types_they_are_for),
        cmocka_unit_test(what_is_no_schema_is_refused_with_a_reason),
        cmocka_unit_test(what_is_too_large_is_refused),
    };

    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
