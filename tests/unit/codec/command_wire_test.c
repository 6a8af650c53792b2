/* Commands as bytes: both forms say the same, and say it again the same way. */
#include "codec/avro_schema.h"
#include "codec/command_wire.h"
#include "codec/frame.h"
#include "unit/codec/command_scene.h"

#include <avro.h>
#include <jansson.h>

#define VALUE_SIZE_MAX (1u << 20)

/* Statements with what JSON must escape, and with and without all that may be absent. */
static struct sm_tenant_command command_with_statements(struct sm_statement statements[2])
{
    struct sm_tenant_command command = command_of(SM_SAGA_MIGRATE, SM_STEP_COPY, SM_TENANT_SHARED,
                                           SM_TENANT_DEDICATED_DB);

    statements[0] = (struct sm_statement){
        .sql = SM_SLICE("SELECT \"a\\b\"\n FROM `t`"),
        .verify = { SM_SLICE("SELECT 1"), SM_SLICE("1 x") },
        .completed = { SM_SLICE("SELECT 2"), SM_SLICE("SUCCESS") },
        .failed = SM_SLICE("FAILED"),
        .ok_errors = { SM_SLICE("already"), SM_SLICE("used") },
        .ok_error_count = 2,
        .rollback = SM_SLICE("DROP VIEW `v`"),
    };
    statements[1] = (struct sm_statement){ .sql = SM_SLICE("SELECT 3") };
    command.minimum_version = SM_SLICE("3.3");
    command.statements = statements;
    command.statement_count = 2;
    return command;
}

static void encode(enum sm_command_format format, const struct sm_tenant_command *command,
                   struct sm_buf *out)
{
    struct sm_command_encoder *encoder = sm_command_encoder_create(format, 66051);

    assert_non_null(encoder);
    assert_int_equal(sm_command_encoder_format(encoder), format);
    sm_buf_init(out, VALUE_SIZE_MAX);
    /* The second time what was used before must leave no trace. */
    for (int i = 0; i < 2; i++) {
        sm_buf_reset(out);
        assert_int_equal(sm_command_encode(encoder, command, &arena, out), SM_OK);
    }
    sm_command_encoder_destroy(encoder);
}

static void json_says_all(void **state)
{
    struct sm_statement statements[2];
    struct sm_tenant_command command = command_with_statements(statements);
    struct sm_buf out;

    (void)state;
    encode(SM_COMMAND_JSON, &command, &out);
    assert_string_equal(
        out.data,
        "{\"specversion\":\"1.0\",\"id\":\"ab010000-0000-0000-0000-000000000000\","
        "\"source\":\"urn:secretmagic:run\",\"type\":\"tenant.command\","
        "\"subject\":\"02000000-0000-0000-0000-000000000000\","
        "\"time\":\"2023-11-14T22:13:20.123456Z\",\"datacontenttype\":\"application/json\","
        "\"causationid\":\"03000000-0000-0000-0000-000000000000\",\"data\":{"
        "\"organization_id\":\"2\",\"sequence\":7,\"mode\":\"dedicated_db\","
        "\"from_mode\":\"shared\",\"saga\":\"migrate\","
        "\"saga_id\":\"cd040000-0000-0000-0000-000000000000\",\"step\":\"copy\","
        "\"action\":\"apply\",\"attempt\":1,\"irreversible\":false,"
        "\"minimum_starrocks_version\":\"3.3\",\"statements\":["
        "{\"sql\":\"SELECT \\\"a\\\\b\\\"\\n FROM `t`\","
        "\"verify\":{\"query\":\"SELECT 1\",\"expected\":\"1 x\"},"
        "\"completed\":{\"query\":\"SELECT 2\",\"expected\":\"SUCCESS\"},\"failed\":\"FAILED\","
        "\"ok_errors\":[\"already\",\"used\"],\"rollback\":\"DROP VIEW `v`\"},"
        "{\"sql\":\"SELECT 3\",\"verify\":null,\"completed\":null,\"failed\":null,"
        "\"ok_errors\":[],\"rollback\":null}]}}");
    sm_buf_deinit(&out);
}

/* avro-c reads what is written, and prints it as JSON. */
static json_t *read_avro(const struct sm_buf *value)
{
    struct sm_slice text = sm_command_schema()->text;
    avro_schema_t schema = NULL;
    avro_value_iface_t *class;
    avro_reader_t reader;
    avro_value_t message;
    char *printed = NULL;
    json_t *root;

    assert_int_equal(
        avro_schema_from_json_length((const char *)text.data, text.size, &schema), 0);
    class = avro_generic_class_from_schema(schema);
    assert_int_equal(avro_generic_value_new(class, &message), 0);
    reader = avro_reader_memory(value->data + 5, (int64_t)value->size - 5);
    assert_int_equal(avro_value_read(reader, &message), 0);
    assert_int_equal(avro_value_to_json(&message, 1, &printed), 0);
    root = json_loads(printed, 0, NULL);
    assert_non_null(root);
    free(printed);
    avro_reader_free(reader);
    avro_value_decref(&message);
    avro_value_iface_decref(class);
    avro_schema_decref(schema);
    return root;
}

static void avro_says_the_same(void **state)
{
    static const char framing[] = { 0, 0, 1, 2, 3 };
    struct sm_statement statements[2];
    struct sm_tenant_command command = command_with_statements(statements);
    struct sm_buf avro, text;
    json_t *root, *document, *data, *both;
    const char *name;

    (void)state;
    encode(SM_COMMAND_AVRO, &command, &avro);
    encode(SM_COMMAND_JSON, &command, &text);
    assert_memory_equal(avro.data, framing, sizeof(framing));
    root = read_avro(&avro);
    document = json_loads(text.data, 0, NULL);
    data = json_object_get(document, "data");
    assert_string_equal(json_string_value(json_object_get(root, "client_id")),
                        json_string_value(json_object_get(document, "subject")));
    json_object_foreach(data, name, both)
    {
        if (strcmp(name, "statements") != 0)
            assert_true(json_equal(json_object_get(root, name), both));
    }
    both = json_object_get(root, "statements");
    assert_int_equal(json_array_size(both), 2);
    assert_string_equal(json_string_value(json_object_get(json_array_get(both, 0), "sql")),
                        "SELECT \"a\\b\"\n FROM `t`");
    assert_true(json_is_null(json_object_get(json_array_get(both, 1), "verify")));
    json_decref(document);
    json_decref(root);
    sm_buf_deinit(&avro);
    sm_buf_deinit(&text);
}

static void is_same(struct sm_slice a, struct sm_slice b)
{
    assert_true(sm_slice_equal(a, b));
}

static void both_are_read_again(void **state)
{
    struct sm_statement statements[2];
    struct sm_tenant_command command = command_with_statements(statements), read;
    struct sm_arena big;

    (void)state;
    assert_true(sm_arena_init(&big, SM_AVRO_VALUE_ARENA_SIZE + (8 << 20)));
    for (int format = SM_COMMAND_JSON; format <= SM_COMMAND_AVRO; format++) {
        struct sm_buf out;

        sm_arena_reset(&big);
        encode((enum sm_command_format)format, &command, &out);
        assert_int_equal(sm_command_read(sm_buf_view(&out), &big, &read), SM_OK);
        assert_memory_equal(&read.id, &command.id, sizeof(read.id));
        assert_memory_equal(&read.event_id, &command.event_id, sizeof(read.event_id));
        assert_int_equal(read.time_us, command.time_us);
        assert_int_equal(read.step, command.step);
        assert_int_equal(read.saga, command.saga);
        assert_int_equal(read.mode, command.mode);
        assert_int_equal(read.from_mode, command.from_mode);
        assert_int_equal(read.sequence, 7);
        assert_int_equal(read.attempt, 1);
        assert_int_equal(read.statement_count, 2);
        for (size_t i = 0; i < 2; i++) {
            is_same(read.statements[i].sql, statements[i].sql);
            is_same(read.statements[i].verify.query, statements[i].verify.query);
            is_same(read.statements[i].verify.expected, statements[i].verify.expected);
            is_same(read.statements[i].completed.query, statements[i].completed.query);
            is_same(read.statements[i].failed, statements[i].failed);
            is_same(read.statements[i].rollback, statements[i].rollback);
            assert_int_equal(read.statements[i].ok_error_count, statements[i].ok_error_count);
        }
        is_same(read.statements[0].ok_errors[1], SM_SLICE("used"));
        sm_buf_deinit(&out);
    }
    sm_arena_deinit(&big);
}

/* Bytes of the topic win over ours, so they may be anybody's. */
static void what_is_no_command_is_refused(void **state)
{
    static const char *const texts[] = { "", "x", "{", "{}", "{\"data\":{}}", "[]" };
    struct sm_statement statements[2];
    struct sm_tenant_command command = command_with_statements(statements), read;
    struct sm_arena big;
    struct sm_buf out;

    (void)state;
    assert_true(sm_arena_init(&big, SM_AVRO_VALUE_ARENA_SIZE + (8 << 20)));
    for (size_t i = 0; i < SM_ARRAY_COUNT(texts); i++)
        assert_int_equal(sm_command_read(sm_slice_of(texts[i]), &big, &read), SM_REJECT);
    encode(SM_COMMAND_AVRO, &command, &out);
    for (size_t size = 0; size < out.size; size++) {
        sm_arena_reset(&big);
        assert_int_equal(
            sm_command_read((struct sm_slice){ (const uint8_t *)out.data, size }, &big, &read),
            SM_REJECT);
    }
    sm_buf_deinit(&out);
    sm_arena_deinit(&big);
}

static void what_does_not_fit_is_told(void **state)
{
    struct sm_statement statements[2];
    struct sm_tenant_command command = command_with_statements(statements);

    (void)state;
    for (int format = SM_COMMAND_JSON; format <= SM_COMMAND_AVRO; format++) {
        struct sm_command_encoder *encoder =
            sm_command_encoder_create((enum sm_command_format)format, 1);
        struct sm_buf out;

        sm_buf_init(&out, 200);
        assert_int_equal(sm_command_encode(encoder, &command, &arena, &out), SM_LIMIT);
        sm_buf_deinit(&out);
        sm_command_encoder_destroy(encoder);
    }
}

/* A row for each version that was ever released; none is ever changed or taken away. */
static void released_schemas_are_unchanged(void **state)
{
    struct sm_avro_schema_fault fault;
    struct sm_arena big;
    uint64_t fingerprint = 0;
    size_t count;
    const struct sm_schema_text *texts = sm_command_schema_texts(&count);

    (void)state;
    assert_true(sm_arena_init(&big, 4 << 20));
    assert_int_equal(count, 1);
    assert_string_equal(texts[0].name, "TenantCommand");
    assert_int_equal(texts[0].version, 1);
    assert_int_equal(sm_avro_fingerprint(texts[0].text, &big, &fingerprint, &fault), SM_OK);
    assert_int_equal(fingerprint, UINT64_C(0x9f63a3178bb13187));
    sm_arena_deinit(&big);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_says_all),
        cmocka_unit_test(avro_says_the_same),
        cmocka_unit_test(both_are_read_again),
        cmocka_unit_test(what_is_no_command_is_refused),
        cmocka_unit_test(what_does_not_fit_is_told),
        cmocka_unit_test(released_schemas_are_unchanged),
    };

    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
