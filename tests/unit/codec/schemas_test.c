/* The schemas that ship are the catalogue, and what was released stays as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/avro_schema.h"
#include "codec/schemas.h"
#include "domain/data.h"

static struct sm_arena arena;

static int open_arena(void **state)
{
    (void)state;
    return sm_arena_init(&arena, 4 << 20) ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    sm_arena_deinit(&arena);
    return 0;
}

static const struct sm_avro_schema *read_text(const struct sm_schema_text *text)
{
    const struct sm_avro_schema *schema = NULL;
    struct sm_avro_schema_fault fault;

    if (sm_avro_schema_read(text->text, &arena, &schema, &fault) != SM_OK)
        fail_msg("%s.v%u: %s", text->name, text->version, fault.reason);
    return schema;
}

/* A row for each version that was ever released; none is ever changed or taken away. */
static void released_schemas_are_unchanged(void **state)
{
    static const struct {
        const char *name;
        unsigned version;
        uint64_t fingerprint;
    } released[] = {
        { "ConfigEvent", 1, UINT64_C(0xf20386c4e852841a) },
        { "ConfigEvent", 2, UINT64_C(0x8f186b4dfd491170) },
        { "ProcessingEvent", 1, UINT64_C(0x389439d586b75022) },
        { "ProcessingEvent", 2, UINT64_C(0x9af66952a864bf19) },
    };
    size_t count;
    const struct sm_schema_text *texts = sm_schema_texts(&count);

    (void)state;
    assert_int_equal(count, SM_ARRAY_COUNT(released));
    for (size_t i = 0; i < count; i++) {
        struct sm_avro_schema_fault fault;
        uint64_t fingerprint = 0;

        assert_int_equal(sm_avro_fingerprint(texts[i].text, &arena, &fingerprint, &fault), SM_OK);
        assert_string_equal(texts[i].name, released[i].name);
        assert_int_equal(texts[i].version, released[i].version);
        if (fingerprint != released[i].fingerprint)
            fail_msg("%s.v%u has the fingerprint %016llx; hint: a change needs a new version",
                     texts[i].name, texts[i].version, (unsigned long long)fingerprint);
    }
}

static const struct sm_avro_field *find_field(const struct sm_avro_schema *record, const char *name)
{
    for (uint32_t i = 0; i < record->count; i++)
        if (sm_slice_equal(record->fields[i].name, sm_slice_of(name)))
            return &record->fields[i];
    fail_msg("%.*s has no field %s", (int)record->name.size, (const char *)record->name.data, name);
    return NULL;
}

static bool is_type(const struct sm_avro_schema *schema, const struct sm_field *field)
{
    switch (field->type) {
    case SM_VALUE_BOOL:
        return schema->type == SM_AVRO_BOOLEAN;
    case SM_VALUE_INTEGER:
        return schema->type == (field->integer_max > INT32_MAX ? SM_AVRO_LONG : SM_AVRO_INT);
    case SM_VALUE_TIME:
        return schema->type == SM_AVRO_LONG && schema->logical == SM_AVRO_TIMESTAMP_MICROS;
    case SM_VALUE_TEXT:
    case SM_VALUE_JSON:
        return schema->type == SM_AVRO_STRING;
    case SM_VALUE_LIST:
        return schema->type == SM_AVRO_ARRAY && schema->item->type == SM_AVRO_INT;
    case SM_VALUE_ABSENT:
    case SM_VALUE_NULL:
        break;
    }
    return false;
}

static void check_field(const struct sm_avro_schema *record, const struct sm_field *field,
                        bool is_patch)
{
    const struct sm_avro_field *found = find_field(record, field->name);
    const struct sm_avro_schema *schema = found->schema;
    bool cleared = field->nullable && is_patch;

    if (!field->required) {
        assert_int_equal(schema->type, SM_AVRO_UNION);
        assert_int_equal(schema->count, cleared ? 3 : 2);
        assert_int_equal(schema->branches[0]->type, SM_AVRO_NULL);
        assert_int_equal(found->fallback->type, SM_JSON_NULL);
        if (cleared)
            assert_true(sm_slice_equal(schema->branches[2]->name, SM_SLICE("secretmagic.Cleared")));
        schema = schema->branches[1];
    }
    if (!is_type(schema, field))
        fail_msg("%s of %.*s has another type", field->name, (int)record->name.size,
                 (const char *)record->name.data);
}

static const struct sm_avro_schema *find_record(enum sm_event_type type)
{
    const struct sm_avro_schema *root = read_text(sm_schema_latest(sm_event_type_topic(type)));
    const struct sm_avro_schema *data = find_field(root, "data")->schema;
    char name[SM_RECORD_NAME_SIZE];

    sm_schema_record_name(type, name);
    for (uint32_t i = 0; i < data->count; i++)
        if (sm_slice_equal(sm_avro_name_base(data->branches[i]->name), sm_slice_of(name)))
            return data->branches[i];
    fail_msg("%s is not in the schema of its topic", name);
    return NULL;
}

static void every_event_type_has_its_record_in_the_schema_of_its_topic(void **state)
{
    uint32_t records[SM_TOPIC_COUNT] = { 0 };

    (void)state;
    for (unsigned i = 0; i < SM_EVENT_TYPE_COUNT; i++) {
        enum sm_event_type type = (enum sm_event_type)i;
        const struct sm_avro_schema *record = find_record(type);
        size_t count;
        const struct sm_field *fields = sm_event_fields(type, &count);

        assert_int_equal(record->count, count);
        for (size_t at = 0; at < count; at++)
            check_field(record, &fields[at], type == SM_EVENT_CLIENT_UPDATED);
        records[sm_event_type_topic(type)]++;
    }
    for (unsigned topic = 0; topic < SM_TOPIC_COUNT; topic++) {
        const struct sm_avro_schema *root = read_text(sm_schema_latest((enum sm_topic)topic));

        assert_int_equal(find_field(root, "data")->schema->count, records[topic]);
    }
}

static void attributes_are_those_of_cloudevents(void **state)
{
    static const struct {
        const char *name;
        enum sm_avro_type type;
        enum sm_avro_logical logical;
        bool optional;
    } rows[] = {
        { "id", SM_AVRO_STRING, SM_AVRO_UUID, false },
        { "source", SM_AVRO_STRING, SM_AVRO_PLAIN, false },
        { "time", SM_AVRO_LONG, SM_AVRO_TIMESTAMP_MICROS, false },
        { "client_id", SM_AVRO_STRING, SM_AVRO_UUID, false },
        { "actor", SM_AVRO_STRING, SM_AVRO_PLAIN, true },
        { "correlation_id", SM_AVRO_STRING, SM_AVRO_PLAIN, true },
        { "causation_id", SM_AVRO_STRING, SM_AVRO_PLAIN, true },
        { "traceparent", SM_AVRO_STRING, SM_AVRO_PLAIN, true },
        { "expected_version", SM_AVRO_INT, SM_AVRO_PLAIN, true },
    };

    (void)state;
    for (unsigned topic = 0; topic < SM_TOPIC_COUNT; topic++) {
        const struct sm_avro_schema *root = read_text(sm_schema_latest((enum sm_topic)topic));

        assert_int_equal(root->count, SM_ARRAY_COUNT(rows) + 1);
        for (size_t i = 0; i < SM_ARRAY_COUNT(rows); i++) {
            const struct sm_avro_field *field = find_field(root, rows[i].name);
            const struct sm_avro_schema *schema =
                rows[i].optional ? field->schema->branches[1] : field->schema;

            assert_int_equal(schema->type, rows[i].type);
            assert_int_equal(schema->logical, rows[i].logical);
            assert_true((field->fallback != NULL) == rows[i].optional);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(released_schemas_are_unchanged),
        cmocka_unit_test(every_event_type_has_its_record_in_the_schema_of_its_topic),
        cmocka_unit_test(attributes_are_those_of_cloudevents),
    };

    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
