/* A command as Avro, in the framing of schema registries. */
#include <stdlib.h>

#include "codec/avro_write.h"
#include "codec/command_priv.h"
#include "codec/frame.h"

struct sm__command_avro {
    avro_schema_t schema;
    avro_value_iface_t *class;
    avro_value_t value;
};

struct sm__command_avro *sm__command_avro_create(void)
{
    struct sm_slice text = sm_command_schema()->text;
    struct sm__command_avro *avro = calloc(1, sizeof(*avro));

    if (avro == NULL)
        return NULL;
    if (avro_schema_from_json_length((const char *)text.data, text.size, &avro->schema) == 0)
        avro->class = avro_generic_class_from_schema(avro->schema);
    if (avro->class == NULL || avro_generic_value_new(avro->class, &avro->value) != 0) {
        sm__command_avro_destroy(avro);
        return NULL;
    }
    return avro;
}

void sm__command_avro_destroy(struct sm__command_avro *avro)
{
    if (avro == NULL)
        return;
    if (avro->value.self != NULL)
        avro_value_decref(&avro->value);
    if (avro->class != NULL)
        avro_value_iface_decref(avro->class);
    if (avro->schema != NULL)
        avro_schema_decref(avro->schema);
    free(avro);
}

static void put(struct sm__avro_writing *writing, avro_value_t *record, const char *name,
                struct sm_slice text)
{
    avro_value_t field = sm__avro_field(writing, record, name);

    if (!writing->failed)
        sm__avro_put_text(writing, &field, text);
}

static void put_integer(struct sm__avro_writing *writing, avro_value_t *record, const char *name,
                        int64_t integer)
{
    avro_value_t field = sm__avro_field(writing, record, name);

    if (!writing->failed)
        sm__avro_put_integer(writing, &field, integer);
}

static void put_expectation(struct sm__avro_writing *writing, avro_value_t *record,
                            const char *name, const struct sm_expectation *expectation)
{
    bool some = expectation->query.data != NULL;
    avro_value_t value = sm__avro_branch(writing, record, name, some ? 1 : 0);

    if (writing->failed || !some)
        return;
    put(writing, &value, "query", expectation->query);
    put(writing, &value, "expected", expectation->expected);
}

static void put_statement(struct sm__avro_writing *writing, avro_value_t *record,
                          const struct sm_statement *statement)
{
    avro_value_t list, item;

    put(writing, record, "sql", statement->sql);
    put_expectation(writing, record, "verify", &statement->verify);
    put_expectation(writing, record, "completed", &statement->completed);
    sm__avro_put_optional(writing, record, "failed", statement->failed);
    sm__avro_put_optional(writing, record, "rollback", statement->rollback);
    list = sm__avro_field(writing, record, "ok_errors");
    for (size_t i = 0; i < statement->ok_error_count && !writing->failed; i++) {
        sm__avro_check(writing, avro_value_append(&list, &item, NULL));
        if (!writing->failed)
            sm__avro_put_text(writing, &item, statement->ok_errors[i]);
    }
}

static void put_statements(struct sm__avro_writing *writing, avro_value_t *root,
                           const struct sm_tenant_command *command)
{
    avro_value_t list = sm__avro_field(writing, root, "statements"), item;

    for (size_t i = 0; i < command->statement_count && !writing->failed; i++) {
        sm__avro_check(writing, avro_value_append(&list, &item, NULL));
        if (!writing->failed)
            put_statement(writing, &item, &command->statements[i]);
    }
}

static void put_words(struct sm__avro_writing *writing, avro_value_t *root,
                      const struct sm_tenant_command *command)
{
    put(writing, root, "mode", sm_slice_of(sm_tenant_mode_name(command->mode)));
    put(writing, root, "from_mode", sm_slice_of(sm_tenant_mode_name(command->from_mode)));
    put(writing, root, "saga", sm_slice_of(sm_tenant_name(SM_TENANT_WORD_SAGA, command->saga)));
    put(writing, root, "step", sm_slice_of(sm_tenant_name(SM_TENANT_WORD_STEP, command->step)));
    put(writing, root, "action", sm_slice_of(sm_command_action_name(command->action)));
}

static void put_command(struct sm__avro_writing *writing, avro_value_t *root,
                        const struct sm_tenant_command *command)
{
    avro_value_t irreversible;

    sm__avro_put_uuid(writing, root, "id", &command->id);
    put(writing, root, "source", SM_SLICE(SM_COMMAND_SOURCE));
    put_integer(writing, root, "time", command->time_us);
    sm__avro_put_uuid(writing, root, "client_id", &command->client_id);
    sm__avro_put_uuid(writing, root, "causation_id", &command->event_id);
    put(writing, root, "organization_id", command->organization_id);
    put_integer(writing, root, "sequence", command->sequence);
    put_words(writing, root, command);
    sm__avro_put_uuid(writing, root, "saga_id", &command->saga_id);
    put_integer(writing, root, "attempt", command->attempt);
    irreversible = sm__avro_field(writing, root, "irreversible");
    if (!writing->failed)
        sm__avro_check(writing, avro_value_set_boolean(&irreversible, command->irreversible));
    put(writing, root, "minimum_starrocks_version", command->minimum_version);
    put_statements(writing, root, command);
}

enum sm_status sm__command_avro_write(struct sm__command_avro *avro, uint32_t schema_id,
                                      const struct sm_tenant_command *command,
                                      struct sm_arena *scratch, struct sm_buf *out)
{
    struct sm__avro_writing writing = { .scratch = scratch };
    uint8_t head[SM_FRAME_HEAD_SIZE_MAX];

    sm__avro_check(&writing, avro_value_reset(&avro->value));
    put_command(&writing, &avro->value, command);
    if (writing.failed)
        return SM_LIMIT;
    sm_buf_append(out, head, sm_frame_head(SM_FRAME_CONFLUENT, schema_id, head));
    return sm__avro_write_body(&avro->value, out);
}
