/* What hostile bytes cost: steps bounded by their number, and no memory but the arena's. The
 * allocator is wrapped at link time, and counts. */
#include "unit/codec/avro_fixture.h"
#include "support/random_json.h"

static unsigned long allocations;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);

void *__wrap_malloc(size_t size)
{
    allocations++;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    allocations++;
    return __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    allocations++;
    return __real_realloc(memory, size);
}

/* Everything that can be made to loop: empty items, recursion, blocks, unions, what is skipped. */
#define WRITER                                                                                     \
    "{\"type\":\"record\",\"name\":\"R\",\"fields\":["                                             \
    "{\"name\":\"nulls\",\"type\":{\"type\":\"array\",\"items\":\"null\"}},"                       \
    "{\"name\":\"empty\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\","             \
    "\"name\":\"Empty\",\"fields\":[{\"name\":\"a\",\"type\":\"null\"},{\"name\":\"b\","           \
    "\"type\":{\"type\":\"fixed\",\"name\":\"F\",\"size\":0}}]}}},"                                \
    "{\"name\":\"deep\",\"type\":[\"null\",\"R\",{\"type\":\"array\",\"items\":\"R\"}]},"          \
    "{\"name\":\"map\",\"type\":{\"type\":\"map\",\"values\":{\"type\":\"array\","                 \
    "\"items\":\"Empty\"}}},"                                                                      \
    "{\"name\":\"skipped\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"array\","            \
    "\"items\":\"Empty\"}}}]}"
#define READER                                                                                     \
    "{\"type\":\"record\",\"name\":\"R\",\"fields\":["                                             \
    "{\"name\":\"nulls\",\"type\":{\"type\":\"array\",\"items\":\"null\"}},"                       \
    "{\"name\":\"empty\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\","             \
    "\"name\":\"Empty\",\"fields\":[{\"name\":\"x\",\"type\":\"int\",\"default\":1},"              \
    "{\"name\":\"y\",\"type\":\"string\",\"default\":\"y\"}]}}},"                                  \
    "{\"name\":\"deep\",\"type\":[\"null\",\"R\",{\"type\":\"array\",\"items\":\"R\"}]},"          \
    "{\"name\":\"map\",\"type\":{\"type\":\"map\",\"values\":{\"type\":\"array\","                 \
    "\"items\":\"Empty\"}}}]}"

static const struct sm_avro_plan *compile_hostile(void)
{
    const struct sm_avro_plan *plan = NULL;

    sm_arena_reset(&arena);
    sm_arena_reset(&scratch);
    if (sm_avro_plan_compile(schema_of(WRITER), schema_of(READER), &arena, &scratch, &plan,
                             &schema_fault) != SM_OK)
        fail_msg("%s", schema_fault.reason);
    return plan;
}

static void check(const struct sm_avro_plan *plan, struct sm_slice bytes)
{
    size_t mark = sm_arena_mark(&arena);
    unsigned long before = allocations;
    enum sm_status status = sm_avro_decode(plan, bytes, &arena, &datum, &fault);
    uint64_t bound = (uint64_t)sm_avro_plan_size(plan) * (bytes.size + SM_AVRO_EMPTY_ITEMS_MAX + 1);

    assert_true(status == SM_OK || status == SM_REJECT);
    assert_true(datum.steps <= bound && datum.steps <= SM_AVRO_STEPS_MAX);
    assert_int_equal(allocations, before);
    sm_arena_rewind(&arena, mark);
}

static void random_bytes_cost_a_bounded_number_of_steps(void **state)
{
    const struct sm_avro_plan *plan = compile_hostile();
    struct random random = { 5 };
    uint8_t bytes[256];

    (void)state;
    for (int round = 0; round < 200000; round++) {
        size_t size = random_below(&random, sizeof(bytes) + 1);

        /* Small numbers make long values: counts, indexes and lengths that are possible. */
        for (size_t i = 0; i < size; i++)
            bytes[i] = (uint8_t)(random_below(&random, 4) != 0 ? random_below(&random, 6)
                                                               : random_next(&random));
        check(plan, (struct sm_slice){ bytes, size });
    }
}

static void the_known_bombs_are_cheap(void **state)
{
    static const struct {
        const char *schema;
        const char *hex;
        uint32_t steps_max;
    } rows[] = {
        { "{\"type\":\"array\",\"items\":\"null\"}", "8080808080808001", 1 }, /* 2^42 of them */
        { "{\"type\":\"array\",\"items\":\"null\"}", "80e1eb17", 1 }, /* 25,000,000 */
        { "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"]}", "80897a", 1 },
        { "\"string\"", "8080808008", 1 }, /* 1 GiB in five bytes */
        { "{\"type\":\"map\",\"values\":\"null\"}", "feffffffffffffffff01", 1 },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(rows); i++) {
        size_t high_water;

        assert_int_equal(decode_hex(rows[i].schema, NULL, rows[i].hex), SM_REJECT);
        assert_true(datum.steps <= rows[i].steps_max);
        high_water = arena.used;
        assert_true(high_water < 4096);
    }
}

static void append_enum(struct sm_buf *out, char prefix)
{
    sm_buf_append_text(out, "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[");
    for (unsigned i = 0; i < SM_AVRO_MEMBERS_MAX; i++)
        sm_buf_printf(out, "%s\"%c%u\"", i == 0 ? "" : ",", prefix, i);
    sm_buf_append_text(out, "]}");
}

static void resolving_schemas_takes_a_bounded_time(void **state)
{
    struct sm_buf writer, reader;

    (void)state;
    sm_buf_init(&writer, SM_AVRO_SCHEMA_SIZE_MAX);
    sm_buf_init(&reader, SM_AVRO_SCHEMA_SIZE_MAX);
    append_enum(&writer, 'w');
    append_enum(&reader, 'r');
    assert_int_equal(decode_hex(writer.data, reader.data, "00"), SM_REJECT);
    assert_string_equal(text.data, "compile: the schemas are too large to be resolved");
    sm_buf_deinit(&writer);
    sm_buf_deinit(&reader);
}

/* A record with a field that defines 600 records, each inside the next one by its name, and a field
 * that is the last of them. */
static void append_chain(struct sm_buf *out, const char *field)
{
    sm_buf_printf(out,
                  "{\"type\":\"record\",\"name\":\"R\",\"fields\":["
                  "{\"name\":\"%s\",\"default\":null,\"type\":[\"null\"",
                  field);
    for (unsigned i = 0; i < 600; i++)
        sm_buf_printf(out,
                      ",{\"type\":\"record\",\"name\":\"R%u\",\"fields\":["
                      "{\"name\":\"f\",\"type\":[\"null\",\"R%u\"]}]}",
                      i, i == 0 ? 0 : i - 1);
    sm_buf_append_text(out, "]},{\"name\":\"last\",\"type\":\"R599\"}]}");
}

/* Where both have the field, each pair of records is compiled before it is met inside another. */
static void types_nested_too_deep_are_refused(void **state)
{
    struct sm_buf writer, reader;

    (void)state;
    sm_buf_init(&writer, SM_AVRO_SCHEMA_SIZE_MAX);
    sm_buf_init(&reader, SM_AVRO_SCHEMA_SIZE_MAX);
    append_chain(&writer, "one");
    append_chain(&reader, "another");
    assert_int_equal(decode_hex(writer.data, NULL, "00 02 00"), SM_OK);
    assert_int_equal(decode_hex(writer.data, reader.data, "00 02 00"), SM_REJECT);
    assert_string_equal(text.data, "compile: the schema's types are nested deeper than 512 levels");
    sm_buf_deinit(&writer);
    sm_buf_deinit(&reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_bytes_cost_a_bounded_number_of_steps),
        cmocka_unit_test(the_known_bombs_are_cheap),
        cmocka_unit_test(resolving_schemas_takes_a_bounded_time),
        cmocka_unit_test(types_nested_too_deep_are_refused),
    };

    return cmocka_run_group_tests(tests, open_arenas, close_arenas);
}
