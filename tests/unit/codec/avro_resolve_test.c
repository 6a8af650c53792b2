/* Schema resolution: each rule of the specification, and what it refuses. */
#include "unit/codec/avro_fixture.h"

#define RECORD(fields)         "{\"type\":\"record\",\"name\":\"R\",\"fields\":[" fields "]}"
#define NAMED(name, fields)    "{\"type\":\"record\",\"name\":\"" name "\",\"fields\":[" fields "]}"
#define FIELD(name, type)      "{\"name\":\"" name "\",\"type\":" type "}"
#define MORE(name, type, more) "{\"name\":\"" name "\",\"type\":" type "," more "}"
#define ENUM(symbols)          "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[" symbols "]}"
#define TIME(unit)             "{\"type\":\"long\",\"logicalType\":\"timestamp-" unit "\"}"
#define ARRAY(items)           "{\"type\":\"array\",\"items\":" items "}"

static void numbers_and_text_are_promoted(void **state)
{
    static const struct decoding rows[] = {
        { "\"int\"", "\"long\"", "02", "1" },
        { "\"int\"", "\"float\"", "02", "{\"real\":\"0x1p+0\"}" },
        { "\"int\"", "\"float\"", "82808010", "{\"real\":\"0x1p+24\"}" }, /* 2^24 + 1 */
        { "\"int\"", "\"double\"", "82808010", "{\"real\":\"0x1.000001p+24\"}" },
        { "\"long\"", "\"float\"", "02", "{\"real\":\"0x1p+0\"}" },
        { "\"long\"", "\"double\"", "feffffffffffffffff01", "{\"real\":\"0x1p+63\"}" },
        { "\"float\"", "\"double\"", "0000c03f", "{\"real\":\"0x1.8p+0\"}" },
        { "\"string\"", "\"bytes\"", "0261", "{\"hex\":\"61\"}" },
        { "\"bytes\"", "\"string\"", "0261", "\"a\"" },
        { TIME("millis"), TIME("micros"), "02", "1000" },
        { TIME("nanos"), TIME("micros"), "d00f", "1" },
        { TIME("nanos"), TIME("micros"), "01", "-1" },
        { "\"long\"", TIME("micros"), "02", "1" },
    };

    (void)state;
    check_decodings(rows, SM_ARRAY_COUNT(rows), SM_OK);
}

static void fields_go_by_name_or_alias_and_defaults_fill_in(void **state)
{
    static const struct decoding rows[] = {
        { RECORD(FIELD("a", "\"int\"") "," FIELD("b", "\"string\"")),
          RECORD(FIELD("b", "\"string\"") "," FIELD("a", "\"long\"")), "02 0278",
          "{\"b\":\"x\",\"a\":1}" },
        { RECORD(FIELD("a", "\"int\"") "," FIELD("b", "\"string\"")),
          RECORD(FIELD("b", "\"string\"")), "02 0278", "{\"b\":\"x\"}" },
        { RECORD(FIELD("old", "\"int\"")),
          RECORD(MORE("new", "\"int\"", "\"aliases\":[\"older\",\"old\"]")), "02", "{\"new\":1}" },
        { RECORD(FIELD("a", "\"int\"") "," FIELD("b", "\"int\"")),
          RECORD(MORE("b", "\"int\"", "\"aliases\":[\"a\"]")), "02 04", "{\"b\":2}" },
        { RECORD(""), RECORD(MORE("n", "[\"null\",\"int\"]", "\"default\":null")), "",
          "{\"n\":null}" },
        { RECORD(""), RECORD(MORE("n", "[\"null\",\"int\"]", "\"default\":7")), "", "{\"n\":7}" },
        { RECORD(""),
          RECORD(MORE("b", "\"bytes\"", "\"default\":\"\\u00ff\\u0041\"") "," MORE(
              "f", "\"float\"", "\"default\":0.1") "," MORE("l", "\"long\"", "\"default\":-1")),
          "", "{\"b\":{\"hex\":\"ff41\"},\"f\":{\"real\":\"0x1.99999ap-4\"},\"l\":-1}" },
        { RECORD(""),
          RECORD(MORE("a", ARRAY("\"int\""), "\"default\":[1,2]") "," MORE(
              "m", "{\"type\":\"map\",\"values\":\"string\"}", "\"default\":{\"k\":\"v\"}")),
          "", "{\"a\":[1,2],\"m\":{\"k\":\"v\"}}" },
        { RECORD(""),
          RECORD(MORE(
              "r", NAMED("S", MORE("x", "\"int\"", "\"default\":5") "," FIELD("y", "\"int\"")),
              "\"default\":{\"y\":6}") "," MORE("e", ENUM("\"A\",\"B\""), "\"default\":\"B\"")),
          "", "{\"r\":{\"x\":5,\"y\":6},\"e\":\"B\"}" },
    };

    (void)state;
    check_decodings(rows, SM_ARRAY_COUNT(rows), SM_OK);
}

static void names_match_without_namespaces_and_by_alias(void **state)
{
    static const struct decoding rows[] = {
        { NAMED("a.R", FIELD("x", "\"int\"")), NAMED("b.R", FIELD("x", "\"int\"")), "02",
          "{\"x\":1}" },
        { NAMED("a.Old", FIELD("x", "\"int\"")),
          "{\"type\":\"record\",\"name\":\"b.New\",\"aliases\":[\"a.Old\"],\"fields\":[" FIELD(
              "x", "\"int\"") "]}",
          "02", "{\"x\":1}" },
        { ENUM("\"A\",\"B\""), ENUM("\"B\",\"A\""), "00", "\"A\"" },
        { ENUM("\"A\",\"B\""),
          "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"X\"],\"default\":\"X\"}", "02",
          "\"X\"" },
        { "{\"type\":\"fixed\",\"name\":\"a.F\",\"size\":1}",
          "{\"type\":\"fixed\",\"name\":\"F\",\"size\":1}", "61", "{\"hex\":\"61\"}" },
    };

    (void)state;
    check_decodings(rows, SM_ARRAY_COUNT(rows), SM_OK);
}

static void unions_resolve_on_either_side(void **state)
{
    static const struct decoding rows[] = {
        { "\"int\"", "[\"null\",\"int\"]", "02", "1" },
        { "[\"null\",\"int\"]", "\"int\"", "0202", "1" },
        { "[\"null\",\"int\"]", "[\"string\",\"long\",\"null\"]", "0202", "1" },
        { "[\"null\",\"int\"]", "[\"string\",\"long\",\"null\"]", "00", "null" },
        { "\"int\"", "[\"double\",\"int\"]", "02", "1" }, /* its own type before a promotion */
        { "[\"double\",\"long\"]", NULL, "0202", "1" },
        { "\"int\"", "[\"float\",\"double\"]", "02", "{\"real\":\"0x1p+0\"}" },
        { "[" NAMED("A", FIELD("x", "\"int\"")) "," NAMED("B", FIELD("x", "\"int\"")) "]",
          "[" NAMED("B", FIELD("x", "\"long\"")) "," NAMED("A", FIELD("x", "\"string\"")) "]",
          "02 04", "{\"x\":2}" },
        { "[" NAMED("n.A", FIELD("x", "\"int\"")) ",\"null\"]",
          "[" NAMED("m.A", MORE("z", "\"int\"", "\"default\":1")) "," NAMED(
              "n.A", FIELD("x", "\"int\"")) "]",
          "00 04", "{\"x\":2}" },
        { ARRAY("[\"null\",\"int\"]"), ARRAY("\"int\""), "02 0202 00", "[1]" },
        { ARRAY("\"string\""), ARRAY("\"int\""), "00", "[]" },
    };

    (void)state;
    check_decodings(rows, SM_ARRAY_COUNT(rows), SM_OK);
}

static void recursive_types_resolve(void **state)
{
    static const struct decoding rows[] = {
        { RECORD(
              FIELD("v", "\"int\"") "," FIELD("n", "[\"null\",\"R\"]") "," FIELD("w", "\"int\"")),
          RECORD(FIELD("n", "[\"null\",\"R\"]") "," MORE("d", "\"int\"", "\"default\":9") "," FIELD(
              "v", "\"long\"")),
          "02 02 04 00 06 08", "{\"n\":{\"n\":null,\"d\":9,\"v\":2},\"d\":9,\"v\":1}" },
        { RECORD(FIELD("v", "\"int\"") "," FIELD("n", "[\"null\",\"R\"]")),
          RECORD(FIELD("v", "\"int\"")), "02 02 04 02 06 00", "{\"v\":1}" }, /* skipped */
    };

    (void)state;
    check_decodings(rows, SM_ARRAY_COUNT(rows), SM_OK);
}

static void what_only_the_writer_has_is_skipped(void **state)
{
    static const char writer[] =
        "{\"type\":\"record\",\"name\":\"R\",\"fields\":["
        "{\"name\":\"a\",\"type\":\"null\"},{\"name\":\"b\",\"type\":\"boolean\"},"
        "{\"name\":\"c\",\"type\":\"long\"},{\"name\":\"d\",\"type\":\"float\"},"
        "{\"name\":\"e\",\"type\":\"double\"},{\"name\":\"f\",\"type\":\"bytes\"},"
        "{\"name\":\"g\",\"type\":{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"]}},"
        "{\"name\":\"h\",\"type\":{\"type\":\"fixed\",\"name\":\"F\",\"size\":2}},"
        "{\"name\":\"i\",\"type\":{\"type\":\"array\",\"items\":"
        "{\"type\":\"array\",\"items\":\"string\"}}},"
        "{\"name\":\"j\",\"type\":{\"type\":\"map\",\"values\":\"int\"}},"
        "{\"name\":\"k\",\"type\":[\"null\",\"string\"]},"
        "{\"name\":\"l\",\"type\":{\"type\":\"record\",\"name\":\"S\",\"fields\":["
        "{\"name\":\"x\",\"type\":\"int\"}]}},{\"name\":\"z\",\"type\":\"int\"}]}";
    static const struct decoding rows[] = {
        { writer, RECORD(FIELD("z", "\"int\"")),
          "01 02 00000000 0000000000000000 0461 62 00 abcd 02 02 0261 00 01 02 00 00"
          " 02 0261 02 00 02 0261 02 06",
          "{\"z\":3}" },
    };

    (void)state;
    check_decodings(rows, SM_ARRAY_COUNT(rows), SM_OK);
}

static void what_cannot_be_resolved_is_refused_when_it_comes(void **state)
{
    static const struct decoding rows[] = {
        { "[\"null\",\"string\"]", "[\"null\",\"int\"]", "0200",
          "1 : the union that it is read as has no branch for it: string" },
        { ARRAY("\"string\""), ARRAY("\"int\""), "0200 00",
          "1 [0]: it cannot be read as the type that is expected: string" },
        { ENUM("\"A\",\"B\""), ENUM("\"A\""), "02",
          "1 : a symbol that the reader's enum does not have: enum" },
        { RECORD(FIELD("d", "[" NAMED("X", "") "," NAMED("Y", "") "]")),
          RECORD(FIELD("d", "[" NAMED("X", "") "]")), "02",
          "1 d: the union that it is read as has no branch for it: Y" },
        { "\"bytes\"", "\"string\"", "02ff", "2 : text that is not UTF-8" },
        { TIME("millis"), TIME("micros"), "feffffffffffffffff01",
          "10 : a time that the reader's unit cannot say" },
    };

    (void)state;
    check_decodings(rows, SM_ARRAY_COUNT(rows), SM_REJECT);
}

static void what_never_can_be_resolved_is_refused_at_once(void **state)
{
    static const struct decoding rows[] = {
        { "\"string\"", "\"int\"", "",
          "compile: it cannot be read as the type that is expected: string" },
        { "\"long\"", "\"int\"", "",
          "compile: it cannot be read as the type that is expected: long" },
        { NAMED("A", ""), NAMED("B", ""), "",
          "compile: it cannot be read as the type that is expected: A" },
        { RECORD(""), RECORD(FIELD("a", "\"int\"")), "",
          "compile: a field is not in the record as written, and has no default: a" },
        { RECORD(""), RECORD(MORE("a", "\"int\"", "\"default\":\"x\"")), "",
          "compile: a field's default is no value of its type: a" },
        { RECORD(""), RECORD(MORE("a", "\"R\"", "\"default\":{}")), "",
          "compile: a field's default is no value of its type: a" },
        { "[\"string\",\"bytes\"]", "\"int\"", "",
          "compile: it cannot be read as the type that is expected: string" },
        { "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":4,\"scale\":2}",
          "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":4,\"scale\":1}", "",
          "compile: it cannot be read as the type that is expected: bytes" },
        { RECORD(FIELD("a", "\"int\"")), RECORD(FIELD("a", "\"string\"")), "",
          "compile: it cannot be read as the type that is expected: int" },
    };

    (void)state;
    check_decodings(rows, SM_ARRAY_COUNT(rows), SM_REJECT);
}

/* What registries call compatible. */
static void a_plan_is_whole_if_all_that_may_be_written_can_be_read(void **state)
{
    static const struct {
        const char *writer, *reader, *hole; /* NULL: none */
    } rows[] = {
        { "\"int\"", "\"long\"", NULL },
        { RECORD(FIELD("a", "\"int\"")), RECORD(""), NULL },
        { RECORD(""), RECORD(MORE("a", "\"int\"", "\"default\":7")), NULL },
        { "[\"null\",\"int\"]", "[\"long\",\"null\"]", NULL },
        { "[\"null\",\"int\"]", "[\"null\",\"string\"]",
          "the union that it is read as has no branch for it: int" },
        { "[\"null\",\"int\"]", "\"int\"",
          "it cannot be read as the type that is expected: null" },
        { "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"B\"]}",
          "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"]}",
          "an enum has no such symbol, and no default: B" },
        { "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"B\"]}",
          "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"],\"default\":\"A\"}", NULL },
        { "[\"null\"," RECORD("") "]", "[\"null\"," RECORD(FIELD("a", "\"int\"")) "]",
          "a field is not in the record as written, and has no default: a" },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(rows); i++) {
        const struct sm_avro_plan *plan = NULL;
        bool whole;

        sm_arena_reset(&arena);
        sm_arena_reset(&scratch);
        assert_int_equal(sm_avro_plan_compile(schema_of(rows[i].writer), schema_of(rows[i].reader),
                                              &arena, &scratch, &plan, &schema_fault),
                         SM_OK);
        whole = sm_avro_plan_is_whole(plan, &schema_fault);
        assert_string_equal(schema_fault.reason, rows[i].hole != NULL ? rows[i].hole : "");
        assert_int_equal(whole, rows[i].hole == NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_and_text_are_promoted),
        cmocka_unit_test(fields_go_by_name_or_alias_and_defaults_fill_in),
        cmocka_unit_test(names_match_without_namespaces_and_by_alias),
        cmocka_unit_test(unions_resolve_on_either_side),
        cmocka_unit_test(recursive_types_resolve),
        cmocka_unit_test(what_only_the_writer_has_is_skipped),
        cmocka_unit_test(what_cannot_be_resolved_is_refused_when_it_comes),
        cmocka_unit_test(what_never_can_be_resolved_is_refused_at_once),
        cmocka_unit_test(a_plan_is_whole_if_all_that_may_be_written_can_be_read),
    };

    return cmocka_run_group_tests(tests, open_arenas, close_arenas);
}
